//! The key space was empty at the start: what a read returned before any write of its key was
//! invoked is *absent*.

use history::{Assumption, Call, Operation, Outcome, Returned};

use super::evidence;
use crate::run::Run;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let mut dirty = 0_u64;
    let mut first = None;
    for key in run.keys() {
        let operations = run.operations(key);
        let written_ns = operations
            .iter()
            .find(|one| one.call.is_write())
            .map_or(u64::MAX, |write| write.invoked_ns);
        let found = operations.iter().find(|one| one.settled_ns() < written_ns && holds(one));
        if let Some(read) = found {
            dirty += 1;
            first.get_or_insert_with(|| format!("key {}: {:?}", key.0, read.returned));
        }
    }
    let detail = match first {
        None => "no key held anything before its first write".to_owned(),
        Some(first) => format!("{dirty} keys held something before their first write ({first})"),
    };
    evidence("key-space-empty", dirty == 0, detail)
}

fn holds(operation: &Operation) -> bool {
    let empty = match &operation.returned {
        Returned::Nothing | Returned::Absent => true,
        Returned::List(elements) => elements.is_empty(),
        Returned::Count(count) => *count == 0,
        Returned::Value(_) | Returned::Torn(_) => false,
    };
    matches!(operation.call, Call::Read) && operation.outcome == Outcome::Ok && !empty
}
