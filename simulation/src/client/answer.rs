//! What a client makes of an answer, in the words of the outcome table.

use history::{Call, Returned, Workload};
use wire::{Message, ResultCode};
use workloads::outcome::{Attempt, Signal};

use super::bins::returned;

/// The client's code where no node is known for the partition.
pub(crate) const INVALID_NODE: i16 = -3;
/// The client's code where its deadline passed.
pub(crate) const NO_ANSWER: i16 = -11;
/// The client's code where the connection broke, or could not be made.
pub(crate) const CLOSED: i16 = -8;
/// The client's code where an answer cannot be read.
const UNREADABLE: i16 = -2;

/// Nothing left the client.
pub(crate) fn unsent(code: i16) -> Attempt {
    Attempt::Failed(vec![Signal::Unsent(code)])
}

/// The request left, and no readable answer came.
pub(crate) fn lost(code: i16) -> Attempt {
    Attempt::Failed(vec![Signal::Lost(code)])
}

/// What an answer (whole frames) says.
pub(crate) fn attempt(call: &Call, workload: Workload, bytes: &[u8]) -> Attempt {
    let body = bytes.get(wire::frame::HEADER_LENGTH..).unwrap_or_default();
    let Ok(message) = Message::decode(body) else { return lost(UNREADABLE) };
    if message.result_code != ResultCode::OK {
        return Attempt::Failed(vec![Signal::Server(message.result_code.0)]);
    }
    Attempt::Answered {
        returned: if call.is_write() { Returned::Nothing } else { returned(workload, &message) },
        generation: (message.generation > 0).then_some(message.generation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use history::Outcome;
    use workloads::outcome::classify;

    const WRITE: Call = Call::Write { value: 1 };

    fn answered(call: Call, code: ResultCode) -> Outcome {
        let mut body = Vec::new();
        Message::reply(code).encode_into(&mut body);
        let bytes = wire::frame::encode_frame(wire::FrameType::Message, &body);
        classify(&call, attempt(&call, Workload::Register, &bytes)).outcome
    }

    #[test]
    fn a_timeout_of_the_server_leaves_a_write_in_doubt_and_a_refusal_does_not() {
        assert_eq!(answered(WRITE, ResultCode::TIMEOUT), Outcome::Info);
        assert_eq!(answered(WRITE, ResultCode::UNAVAILABLE), Outcome::Fail);
        assert_eq!(answered(Call::Read, ResultCode::TIMEOUT), Outcome::Fail);
    }

    #[test]
    fn what_was_not_sent_failed_and_what_was_sent_is_in_doubt() {
        let outcome = |attempt| classify(&WRITE, attempt).outcome;
        assert_eq!(outcome(unsent(INVALID_NODE)), Outcome::Fail);
        assert_eq!(outcome(unsent(CLOSED)), Outcome::Fail, "a refused connection");
        assert_eq!(outcome(lost(CLOSED)), Outcome::Info, "a connection that broke");
        assert_eq!(outcome(lost(NO_ANSWER)), Outcome::Info, "a deadline that passed");
        assert_eq!(outcome(attempt(&WRITE, Workload::Register, &[1; 40])), Outcome::Info);
    }

    #[test]
    fn a_record_that_is_not_there_is_an_observation() {
        assert_eq!(answered(Call::Read, ResultCode::NOT_FOUND), Outcome::Ok);
    }
}
