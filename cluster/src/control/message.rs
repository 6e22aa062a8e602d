//! What goes over the control socket.

use history::ClusterIdentity;
use serde::{Deserialize, Serialize};

use crate::command::{Command, Reply};

/// The longest line, in bytes: a node's partition map of several namespaces is about a million.
pub(super) const LONGEST_LINE: u64 = 64 << 20;

/// What a controller asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// What is kept here; [`Response::Description`].
    Describe,
    /// Do something; [`Response::Reply`].
    Command(Command),
    /// Stop the cluster and end the process; [`Response::Stopping`].
    Down,
}

/// What the keeper answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// What is kept.
    Description(Description),
    /// What came of a command.
    Reply(Reply),
    /// The cluster is being stopped.
    Stopping,
    /// It cannot be done, and why.
    Error(String),
}

/// What a process keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The cluster.
    pub identity: ClusterIdentity,
    /// Its namespaces.
    pub namespaces: Vec<String>,
}
