//! The clock is monotone: invocations are in order, and nothing completes before it is invoked.

use history::Assumption;

use super::evidence;
use crate::run::Run;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let operations = &run.history.operations;
    let backwards = operations
        .windows(2)
        .find(|pair| pair[1].invoked_ns < pair[0].invoked_ns)
        .map(|pair| &pair[1])
        .or_else(|| {
            operations.iter().find(|one| one.completed_ns.is_some_and(|end| end < one.invoked_ns))
        });
    let detail = match backwards {
        None => "times never run backwards".to_owned(),
        Some(one) => format!("time runs backwards at operation {}", one.id.0),
    };
    evidence("monotone-clock", backwards.is_none(), detail)
}
