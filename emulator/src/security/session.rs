//! Sessions: tokens that spare a client's further connections the password.

use std::collections::BTreeMap;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// How long a session lasts, in s (the server's `session-ttl`).
pub(super) const TTL_S: u32 = 86_400;
/// The most sessions at a time; the one that ends first makes room for the next.
const MOST: usize = 10_000;

/// Names a session.
pub(super) type Token = [u8; 16];

/// The sessions of one process.
#[derive(Debug)]
pub struct Sessions {
    random: ChaCha8Rng,
    /// Users and when their sessions end, in ns.
    open: BTreeMap<Token, (String, u64)>,
}

impl Sessions {
    /// No sessions yet. Tokens come from a stream of their own.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(u64::from(u32::from_be_bytes(*b"sess")));
        Self { random, open: BTreeMap::new() }
    }

    /// Opens a session.
    pub(super) fn begin(&mut self, now_ns: u64, user: &str) -> Token {
        self.open.retain(|_, (_, ends_ns)| *ends_ns > now_ns);
        if self.open.len() >= MOST {
            let first = self.open.iter().min_by_key(|(_, (_, ends_ns))| *ends_ns);
            if let Some(token) = first.map(|(token, _)| *token) {
                self.open.remove(&token);
            }
        }
        let token: Token = self.random.random();
        let ends_ns = now_ns + u64::from(TTL_S) * 1_000_000_000;
        self.open.insert(token, (user.to_owned(), ends_ns));
        token
    }

    /// Whether a token names a session of this user that has not ended.
    pub(super) fn is_open(&self, now_ns: u64, user: &str, token: &[u8]) -> bool {
        let session = Token::try_from(token).ok().and_then(|token| self.open.get(&token));
        session.is_some_and(|(owner, ends_ns)| owner == user && *ends_ns > now_ns)
    }

    /// Ends every session of a user.
    pub(super) fn end_all(&mut self, user: &str) {
        self.open.retain(|_, (owner, _)| owner != user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_its_users_and_ends() {
        let mut sessions = Sessions::new(1);
        let token = sessions.begin(5, "ann");
        let end_ns = 5 + u64::from(TTL_S) * 1_000_000_000;
        assert!(sessions.is_open(end_ns - 1, "ann", &token));
        assert!(!sessions.is_open(end_ns, "ann", &token), "it is over");
        assert!(!sessions.is_open(5, "bob", &token), "it is not his");
        assert!(!sessions.is_open(5, "ann", b"short"));
        assert_ne!(sessions.begin(5, "ann"), token);
        sessions.end_all("ann");
        assert!(!sessions.is_open(5, "ann", &token));
        let first = sessions.begin(6, "ann");
        for later in 0..MOST as u64 {
            sessions.begin(7 + later, "bob");
        }
        assert!(!sessions.is_open(8, "ann", &first), "there is no room for it any more");
    }
}
