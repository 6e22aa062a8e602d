//! The clock is monotone: invocations are in order, and nothing completes before it is invoked.

use history::Assumption;

use super::evidence;
use crate::run::Run;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let operations = &run.history.operations;
    let pairs = operations.iter_packed().zip(operations.iter_packed().skip(1));
    let backwards = pairs
        .map(|(before, one)| (before.invoked_ns(), one))
        .find(|(before_ns, one)| one.invoked_ns() < *before_ns)
        .map(|(_, one)| one)
        .or_else(|| {
            let mut all = operations.iter_packed();
            all.find(|one| one.completed_ns().is_some_and(|end| end < one.invoked_ns()))
        });
    let detail = match backwards {
        None => "times never run backwards".to_owned(),
        Some(one) => format!("time runs backwards at operation {}", one.id().0),
    };
    evidence("monotone-clock", backwards.is_none(), detail)
}
