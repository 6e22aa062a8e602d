//! Each process has one open operation at a time.

use history::Assumption;

use super::evidence;
use crate::run::Run;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let first = run.survey.overlapping.map(|at| run.history.operations.packed(at));
    let detail = match first {
        None => {
            format!("{} processes, each with one open operation at a time", run.survey.processes)
        }
        Some(second) => format!(
            "process {} invoked operation {} while another of its operations was open",
            second.process().0,
            second.id().0
        ),
    };
    evidence("one-open-operation", first.is_none(), detail)
}
