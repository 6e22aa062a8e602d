//! Every order of a few operations, for any specification: written from the definition alone.

use checker::linearizability::search::Interval;
use checker::specification::Specification;

/// Whether an order that agrees with real time explains the operations; those that never returned
/// may be left out. The depth is their number, which callers keep small.
pub(crate) fn explains<S: Specification>(
    specification: &S,
    operations: &[Interval<S::Operation>],
) -> bool {
    place(specification, operations, &specification.initial(), 0)
}

fn place<S: Specification>(
    specification: &S,
    operations: &[Interval<S::Operation>],
    state: &S::State,
    done: u32,
) -> bool {
    let left = || (0..operations.len()).filter(|at| done & (1 << at) == 0);
    if left().all(|at| operations[at].ret == u64::MAX) {
        return true;
    }
    left().any(|next| {
        let waits = left().any(|other| operations[other].ret < operations[next].call);
        !waits
            && specification
                .apply(state, &operations[next].operation)
                .is_some_and(|state| place(specification, operations, &state, done | 1 << next))
    })
}
