//! An answer of the client in our own words, and the conclusion drawn from it.

use history::{Call, Outcome, Returned};

use super::table::{Effect, row};

/// What the client reported of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The server did what was asked.
    Answered {
        /// What was observed.
        returned: Returned,
        /// The record's generation, where the client surfaces it.
        generation: Option<u32>,
    },
    /// The call failed, with one signal for each request that the client made of it.
    Failed(Vec<Signal>),
    /// The client did not answer before the operation's own deadline, and was not waited for.
    Abandoned,
}

/// Why one request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// The server said so, by this result code; for a row of a batch it is the row's.
    Server(u8),
    /// The client gave up before a whole request had left, with this code of its own (negative).
    Unsent(i16),
    /// The request had left, and no readable answer came; the client's code (negative).
    Lost(i16),
}

impl Signal {
    /// The code, as completions record it.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Self::Server(code) => i16::from(code),
            Self::Unsent(code) | Self::Lost(code) => code,
        }
    }
}

/// The code of an operation that was not waited for: the client's own "no response".
const ABANDONED: i16 = -15;

/// What an attempt comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// What is known of the effect.
    pub outcome: Outcome,
    /// What was observed.
    pub returned: Returned,
    /// The record's generation.
    pub generation: Option<u32>,
    /// The deciding code, 0 for success.
    pub code: i16,
}

/// Concludes from an attempt.
#[must_use]
pub fn classify(call: &Call, attempt: Attempt) -> Conclusion {
    let nothing =
        |outcome, code| Conclusion { outcome, returned: Returned::Nothing, generation: None, code };
    let signals = match attempt {
        Attempt::Answered { returned, generation } => {
            return Conclusion { outcome: Outcome::Ok, returned, generation, code: 0 };
        }
        Attempt::Abandoned if call.is_write() => return nothing(Outcome::Info, ABANDONED),
        Attempt::Abandoned => return nothing(Outcome::Fail, ABANDONED),
        Attempt::Failed(signals) => signals,
    };
    let effects = || signals.iter().map(|signal| (row(*signal).effect(call), signal.code()));
    // The most conservative signal decides, and the last one among equals: it is the freshest.
    let in_doubt = effects().rfind(|(effect, _)| *effect == Effect::Unknown);
    match in_doubt.or_else(|| effects().next_back()) {
        Some((Effect::None, code)) => nothing(Outcome::Fail, code),
        Some((Effect::Unknown, code)) => nothing(Outcome::Info, code),
        Some((Effect::Absent, code)) => {
            Conclusion { returned: Returned::Absent, ..nothing(Outcome::Ok, code) }
        }
        // A failure without a reason proves nothing.
        None if call.is_write() => nothing(Outcome::Info, ABANDONED),
        None => nothing(Outcome::Fail, ABANDONED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: Call = Call::Write { value: 1 };

    fn outcome(call: Call, signals: &[Signal]) -> (Outcome, i16) {
        let conclusion = classify(&call, Attempt::Failed(signals.to_vec()));
        (conclusion.outcome, conclusion.code)
    }

    #[test]
    fn a_mixed_failure_is_in_doubt() {
        use Signal::{Lost, Server, Unsent};
        assert_eq!(outcome(WRITE, &[Server(11), Server(14)]), (Outcome::Fail, 14));
        assert_eq!(outcome(WRITE, &[Server(9), Server(3)]), (Outcome::Info, 9));
        assert_eq!(outcome(WRITE, &[Lost(-8), Server(11)]), (Outcome::Info, -8));
        assert_eq!(outcome(WRITE, &[Unsent(-3), Server(11)]), (Outcome::Fail, 11));
        assert_eq!(outcome(WRITE, &[]), (Outcome::Info, -15));
    }

    #[test]
    fn what_was_not_waited_for_is_in_doubt_if_it_writes() {
        assert_eq!(classify(&WRITE, Attempt::Abandoned).outcome, Outcome::Info);
        assert_eq!(classify(&Call::Read, Attempt::Abandoned).outcome, Outcome::Fail);
    }

    #[test]
    fn an_answer_is_passed_on() {
        let answered = Attempt::Answered { returned: Returned::Value(5), generation: Some(3) };
        let conclusion = classify(&Call::Read, answered);
        assert_eq!(conclusion.outcome, Outcome::Ok);
        assert_eq!(conclusion.returned, Returned::Value(5));
        assert_eq!((conclusion.generation, conclusion.code), (Some(3), 0));
    }

    #[test]
    fn a_record_that_is_not_there_is_an_observation() {
        let conclusion = classify(&Call::Read, Attempt::Failed(vec![Signal::Server(2)]));
        assert_eq!((conclusion.outcome, conclusion.returned), (Outcome::Ok, Returned::Absent));
    }
}
