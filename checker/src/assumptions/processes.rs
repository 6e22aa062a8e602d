//! Each process has one open operation at a time.

use history::{Assumption, ProcessId};
use rustc_hash::FxHashMap;

use super::evidence;
use crate::run::Run;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let mut free_ns: FxHashMap<ProcessId, u64> = FxHashMap::default();
    let mut first = None;
    for operation in run.history.operations.iter_packed() {
        // One in doubt ends with its timeout; only one that never ended keeps its process busy.
        let until_ns = operation.completed_ns().unwrap_or(u64::MAX);
        let before = free_ns.insert(operation.process(), until_ns);
        if first.is_none() && before.is_some_and(|free| free > operation.invoked_ns()) {
            first = Some(operation);
        }
    }
    let detail = match first {
        None => format!("{} processes, each with one open operation at a time", free_ns.len()),
        Some(second) => format!(
            "process {} invoked operation {} while another of its operations was open",
            second.process().0,
            second.id().0
        ),
    };
    evidence("one-open-operation", first.is_none(), detail)
}
