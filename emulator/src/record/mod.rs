//! Records, and what requests do to them.
//!
//! [`apply`] is a pure function from a record, a request and the time to a reply and the record
//! after it. It knows nothing of partitions, replicas and transactions: whoever calls it holds the
//! right to read or write, and keeps the result. Rules and the order in which they refuse follow
//! the server's (Community Edition 8.1.2.0: its source and recorded answers).

mod apply;
mod bins;
mod collection;
mod delete;
mod modify;
mod read;
mod rules;
mod sanity;
mod stored;
mod target;
#[cfg(test)]
mod tests;
mod write;

pub use apply::{Effect, Outcome, apply};
pub use bins::{Bin, Bins};
pub use rules::{Deletes, Rules};
pub use stored::{EPOCH_UNIX_MS, Record};
pub use target::Target;
