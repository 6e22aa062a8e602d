//! The frontier: every way to explain the history up to an event, and from it those up to the next.
//!
//! Of two ways that differ only in the in-doubt operations they used, one that used fewer of every
//! kind can do whatever the other can: only the least are kept.

use rustc_hash::FxHashMap;

use super::Found;
use super::moves;
use super::problem::{Configuration, Mask, Problem, States};
use crate::specification::Specification;

/// Configurations by state and mask, each with its least uses of in-doubt operations.
#[derive(Debug, Default)]
struct Antichains {
    uses: FxHashMap<(u32, Mask), Vec<Box<[u32]>>>,
    len: usize,
}

impl Antichains {
    /// Adds a configuration unless one that is there dominates it; says whether it was added.
    fn insert(&mut self, configuration: &Configuration) -> bool {
        let uses = self.uses.entry((configuration.state, configuration.done)).or_default();
        let below = |one: &[u32], other: &[u32]| one.iter().zip(other).all(|(a, b)| a <= b);
        if uses.iter().any(|one| below(one, &configuration.used)) {
            return false;
        }
        let before = uses.len();
        uses.retain(|one| !below(&configuration.used, one));
        self.len = self.len + uses.len() + 1 - before;
        uses.push(configuration.used.clone());
        true
    }

    fn into_configurations(self) -> impl Iterator<Item = Configuration> {
        self.uses.into_iter().flat_map(|((state, done), uses)| {
            uses.into_iter().map(move |used| Configuration { state, done, used })
        })
    }
}

/// Refutes an order, or finds that one exists.
///
/// # Errors
/// The operations explained when the budget was spent.
pub(super) fn search<S: Specification>(
    specification: &S,
    problem: &Problem<'_, S::Operation>,
    budget: usize,
) -> Result<Found, usize> {
    let mut states = States::new(specification.initial());
    let mut alive =
        vec![Configuration { state: 0, done: 0, used: vec![0; problem.kinds.len()].into() }];
    let mut visited = 0;
    for (index, event) in problem.events.iter().enumerate() {
        let bit = 1 << problem.slot[event.operation];
        let mut seen = Antichains::default();
        let mut survivors = Antichains::default();
        let mut open = Vec::new();
        // Takes a configuration in: it has explained the event, or must go on.
        let mut admit =
            |mut one: Configuration, states: &States<S::State>, open: &mut Vec<Configuration>| {
                moves::observe(specification, problem, states, event, &mut one);
                if one.done & bit != 0 {
                    one.done &= !bit;
                    survivors.insert(&one);
                } else if seen.insert(&one) {
                    open.push(one);
                }
                seen.len + survivors.len
            };
        for one in alive {
            admit(one, &states, &mut open);
        }
        let mut size = 0;
        while let Some(one) = open.pop() {
            for next in moves::next(specification, problem, &mut states, event, &one) {
                size = admit(next, &states, &mut open);
            }
            if visited + size > budget {
                return Err(index);
            }
        }
        visited += size;
        alive = survivors.into_configurations().collect();
        if alive.is_empty() {
            return Ok(Found::Nothing { until: event.at });
        }
    }
    Ok(Found::Order)
}
