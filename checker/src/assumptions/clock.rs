//! The clock is monotone: invocations are in order, and nothing completes before it is invoked.

use history::Assumption;

use super::evidence;
use crate::run::Run;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let backwards = run.survey.backwards.map(|at| run.history.operations.packed(at));
    let detail = match backwards {
        None => "times never run backwards".to_owned(),
        Some(one) => format!("time runs backwards at operation {}", one.id().0),
    };
    evidence("monotone-clock", backwards.is_none(), detail)
}
