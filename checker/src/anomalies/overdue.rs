//! Overdue reads: those that missed a write which had been acknowledged before they began.
//!
//! Under availability a write shows at its master before the replicas have it, and replicas answer
//! reads. So, without any fault, a read may miss what an earlier read has shown, for as long as
//! nobody has acknowledged it: nothing was promised of it yet. An acknowledgement is a promise, since
//! every replica has answered by then.

use history::Model;

use super::{Record, counter_drift, generation, stale_read};

/// The answered reads that missed an acknowledged write by value, by count or by generation, in the
/// order of their calls.
#[must_use]
pub(crate) fn find(record: &Record<'_>) -> Vec<usize> {
    let mut reads = stale_read::overdue(record);
    reads.extend(generation::overdue(record));
    if record.model == Model::Counter {
        reads.extend(counter_drift::out_of_bounds(record));
    }
    reads.sort_unstable();
    reads.dedup();
    reads
}
