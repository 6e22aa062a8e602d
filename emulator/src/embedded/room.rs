//! What a node has room for, whoever comes: connections, and the bytes of big requests and answers.
//!
//! | what | at most | beyond |
//! | --- | --- | --- |
//! | connections | [`Room::CONNECTIONS`], and no more than the process has descriptors for | closed at once, as `proto-fd-max` has it |
//! | bytes of a request or of an answer that a connection may hold without asking | [`Room::SMALL`] | see the next two rows |
//! | bigger requests, together | [`Room::REQUESTS`] | they wait until others are answered |
//! | bigger answers that clients have not taken yet, together | [`Room::ANSWERS`] | the connection is reset: its outcome is unknown, as it is |
//!
//! A request counts until it is answered, also after its client has gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::node::Connections;

/// Bytes that one permit of a budget stands for.
const UNIT: usize = 1024;
/// Descriptors that are left to the rest of the process: one of so many.
const OTHERS_SHARE: u64 = 4;

/// The room of one node.
#[derive(Debug)]
pub(crate) struct Room {
    most: usize,
    opened: AtomicU64,
    connections: Arc<Semaphore>,
    requests: Arc<Semaphore>,
    answers: Arc<Semaphore>,
}

/// A part of a node's room, until it is dropped; `None`: it was too little to count.
pub(super) type Part = Option<OwnedSemaphorePermit>;

/// Bytes are not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Room {
    /// Connections of a node (the server's default for `proto-fd-max`).
    pub(crate) const CONNECTIONS: usize = 15_000;
    /// Bytes that count as nothing.
    pub(super) const SMALL: usize = 4 * 1024;
    /// Bytes of bigger requests.
    pub(super) const REQUESTS: usize = 32 * 1024 * 1024;
    /// Bytes of bigger answers.
    pub(super) const ANSWERS: usize = 128 * 1024 * 1024;

    /// Room for so many connections.
    pub(crate) fn new(connections: usize) -> Self {
        let bytes = |most: usize| Arc::new(Semaphore::new(most / UNIT));
        Self {
            most: connections,
            opened: AtomicU64::new(0),
            connections: Arc::new(Semaphore::new(connections)),
            requests: bytes(Self::REQUESTS),
            answers: bytes(Self::ANSWERS),
        }
    }

    /// Takes in a connection.
    pub(super) fn connection(&self) -> Result<OwnedSemaphorePermit, Full> {
        let place = Arc::clone(&self.connections).try_acquire_owned().map_err(|_| Full)?;
        self.opened.fetch_add(1, Ordering::Relaxed);
        Ok(place)
    }

    /// The connections there are and were.
    pub(super) fn connections(&self) -> Connections {
        let open = (self.most - self.connections.available_permits().min(self.most)) as u64;
        Connections { open, opened: self.opened.load(Ordering::Relaxed).max(open) }
    }

    /// Waits, in line, until there is room for a request.
    pub(super) async fn request(&self, bytes: usize) -> Result<Part, Full> {
        let Some(units) = units(bytes) else { return Ok(None) };
        let part = Arc::clone(&self.requests).acquire_many_owned(units).await;
        part.map(Some).map_err(|_| Full)
    }

    /// Takes what a request needs beyond its bytes, or does without waiting.
    pub(super) fn more(&self, bytes: usize) -> Result<Part, Full> {
        take(&self.requests, bytes)
    }

    /// Takes in an answer.
    pub(super) fn answer(&self, bytes: usize) -> Result<Part, Full> {
        take(&self.answers, bytes)
    }
}

fn units(bytes: usize) -> Option<u32> {
    (bytes > Room::SMALL).then(|| u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX))
}

fn take(budget: &Arc<Semaphore>, bytes: usize) -> Result<Part, Full> {
    let Some(units) = units(bytes) else { return Ok(None) };
    Arc::clone(budget).try_acquire_many_owned(units).map(Some).map_err(|_| Full)
}

/// The connections that each of `nodes` may have, so that they cannot use up the descriptors of
/// this process. Its limit is raised as far as it may raise it.
pub(crate) fn connections_of_each(nodes: u8) -> usize {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, hard)| {
        match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
            Ok(()) => hard,
            Err(_) => soft,
        }
    });
    let share = (limit - limit / OTHERS_SHARE) / u64::from(nodes.max(1));
    usize::try_from(share).unwrap_or(usize::MAX).min(Room::CONNECTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_always_has_room_and_what_is_big_until_it_is_taken() {
        let room = Room::new(1);
        let all = room.answer(Room::ANSWERS).unwrap();
        assert!(all.is_some());
        assert_eq!(room.answer(Room::SMALL + 1).unwrap_err(), Full);
        assert!(room.answer(Room::SMALL).unwrap().is_none());
        drop(all);
        assert!(room.answer(Room::SMALL + 1).is_ok());
    }

    #[test]
    fn a_connection_that_goes_makes_room() {
        let room = Room::new(1);
        let first = room.connection().unwrap();
        assert!(room.connection().is_err());
        drop(first);
        assert!(room.connection().is_ok());
    }

    #[test]
    fn nodes_share_the_descriptors() {
        assert!((1..=Room::CONNECTIONS).contains(&connections_of_each(1)));
        assert!(connections_of_each(250) <= connections_of_each(1));
    }
}
