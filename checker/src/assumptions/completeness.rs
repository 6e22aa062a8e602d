//! The history is complete: it was not cut short, and holds its final reads.

use history::{Assumption, Mark};

use super::coverage;
use crate::run::Run;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let ended = run.history.marked_ns(Mark::FinalReadsEnded).is_some();
    let detail = match (&run.history.truncated, ended) {
        (Some(why), _) => format!("the readable history ends early: {why}"),
        (None, false) => "the history ends before its final reads did".to_owned(),
        (None, true) => "the history ends after its final reads".to_owned(),
    };
    coverage("history-complete", run.history.truncated.is_none() && ended, detail)
}
