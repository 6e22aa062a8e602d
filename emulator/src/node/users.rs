//! The users that a node knows, and the sessions that it has opened.

use std::sync::Arc;

use super::state::Node;
use crate::security::{Directory, Sessions};

impl Node {
    /// Users and roles, as far as they have come to be known here.
    #[must_use]
    pub fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// Changes users or roles; the others learn of it with the next heartbeat.
    pub(crate) fn change_directory(&mut self, change: impl FnOnce(&mut Directory)) {
        change(Arc::make_mut(&mut self.directory));
    }

    /// Takes in what another node knows of users and roles.
    pub(super) fn learn_directory(&mut self, other: &Arc<Directory>) {
        if Arc::ptr_eq(&self.directory, other) || self.directory == *other {
            return;
        }
        let mut learned = Directory::clone(&self.directory);
        if learned.learn(other) {
            self.directory = if learned == **other { Arc::clone(other) } else { Arc::new(learned) };
        }
    }

    /// The sessions of this process.
    pub(crate) fn sessions(&mut self) -> &mut Sessions {
        &mut self.sessions
    }
}
