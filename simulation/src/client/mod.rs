//! A client without sockets, under the rules of the official one: what it sends, what it makes of
//! answers, and whom it believes to hold a partition.

mod acquaintance;
mod answer;
mod bins;
mod partition_map;
mod request;

pub(crate) use acquaintance::{Acquaintance, Peers};
pub(crate) use answer::{CLOSED, INVALID_NODE, NO_ANSWER, attempt, lost, unsent};
pub(crate) use partition_map::{PartitionMap, Tended};
pub(crate) use request::{digest, request};
