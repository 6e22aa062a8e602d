//! The key space was empty at the start: what a read returned before any write of its key was
//! invoked is *absent*.

use history::{Assumption, Call, Outcome, Packed, Returned, Seen};

use super::evidence;
use crate::run::Run;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let mut dirty = 0_u64;
    let mut first = None;
    for (rank, key) in run.keys().enumerate() {
        let operations = run.packed(rank);
        let written_ns = operations
            .clone()
            .find(|one| one.call().is_write())
            .map_or(u64::MAX, |write| write.invoked_ns());
        // Nothing that is invoked later can be over by then.
        let mut before = operations.take_while(|one| one.invoked_ns() < written_ns);
        if let Some(read) = before.find(|one| one.settled_ns() < written_ns && holds(*one)) {
            dirty += 1;
            first
                .get_or_insert_with(|| format!("key {}: {:?}", key.0, Returned::from(read.seen())));
        }
    }
    let detail = match first {
        None => "no key held anything before its first write".to_owned(),
        Some(first) => format!("{dirty} keys held something before their first write ({first})"),
    };
    evidence("key-space-empty", dirty == 0, detail)
}

fn holds(operation: Packed<'_>) -> bool {
    let empty = match operation.seen() {
        Seen::Nothing | Seen::Absent => true,
        Seen::List(elements) => elements.is_empty(),
        Seen::Count(count) => count == 0,
        Seen::Value(_) | Seen::Torn(_) => false,
    };
    matches!(operation.call(), Call::Read) && operation.outcome() == Outcome::Ok && !empty
}
