//! From the client's errors to signals: the one place that knows how the client reports failure.
//!
//! With retries off, a call makes one request, yet the client wraps what it met: a refused write
//! (11, 14, 18) is a server error inside a timeout of the client's own. So the server's code is
//! looked for along the whole chain of causes, and where there is none, the question is whether a
//! whole request had left. The client says of a write that failed without a server's code that it is
//! in doubt exactly when it had written the whole request to a socket.

use std::iter::{once, successors};

use aerospike::{Error, ErrorKind};

use crate::outcome::Signal;

/// The client's code for "no attempts left", under which its own timeouts surface.
const NO_ATTEMPTS_LEFT: i16 = -11;

/// The signals of a failed call, one for each request that the client made of it.
pub(super) fn signals(error: &Error, writes: bool) -> Vec<Signal> {
    // Of a retried request the client does not say whether it had left.
    let retried = error.sub_errors().iter().map(|earlier| signal(earlier, true));
    retried.chain(once(signal(error, !writes || error.in_doubt()))).collect()
}

/// The signal of one request, which may have left or certainly has not.
fn signal(error: &Error, may_have_left: bool) -> Signal {
    if let Some(code) = error.server_result_code() {
        return Signal::Server(u8::from(code));
    }
    if may_have_left && !never_routed(error) {
        Signal::Lost(client_code(error))
    } else {
        Signal::Unsent(client_code(error))
    }
}

/// Whether the client found no node to send to, or no connection to send on.
fn never_routed(error: &Error) -> bool {
    chain(error).any(|cause| {
        matches!(
            cause.kind(),
            ErrorKind::InvalidNode
                | ErrorKind::InvalidNamespace
                | ErrorKind::NoMoreConnections
                | ErrorKind::ConnectionPoolEmpty
        )
    })
}

/// The innermost code of the client's own: it is the most telling one.
fn client_code(error: &Error) -> i16 {
    let own = chain(error).map(Error::result_code).filter(|code| *code < 0);
    own.last().and_then(|code| i16::try_from(code).ok()).unwrap_or(NO_ATTEMPTS_LEFT)
}

fn chain(error: &Error) -> impl Iterator<Item = &Error> {
    successors(Some(error), |error| error.cause())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_without_a_servers_code_is_lost_only_if_it_may_have_left() {
        let error = Error::client_error("socket").chain_error("command");
        assert_eq!(signals(&error, false), [Signal::Lost(-1)]);
        assert_eq!(signals(&error, true), [Signal::Unsent(-1)], "the client is in no doubt");
    }

    #[test]
    fn a_refused_argument_is_no_code_of_the_servers() {
        let error = Error::invalid_argument("no such bin");
        assert_eq!(signals(&error, true), [Signal::Unsent(NO_ATTEMPTS_LEFT)]);
    }
}
