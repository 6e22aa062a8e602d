//! The order that a search found.

use super::configuration::{Configuration, Layout, bit};
use super::depth::Depth;
use super::problem::Problem;
use super::space::Space;
use super::uses::Uses;
use super::{Budget, Found, Interval, MOST_WORDS};
use crate::specification::Specification;

/// An order of operations that agrees with real time and with a specification, as positions; `None` if
/// the budget does not suffice to find one, or there is none. Operations in doubt are in it as far as
/// others need them.
pub fn order<S: Specification>(
    specification: &S,
    operations: &[Interval<S::Operation>],
    budget: Budget,
) -> Option<Vec<usize>> {
    let problem = Problem::new(specification, operations, budget.bytes / 4);
    if problem.steps.is_empty() {
        return Some(Vec::new());
    }
    let uses = Uses::new(&problem);
    if problem.is_too_large() || uses.refuted.is_some() {
        return None;
    }
    let layout = Layout::new(problem.slots, problem.kinds.iter().map(|kind| kind.calls.len()));
    let taken = match layout.words {
        0..=1 => trace::<S, 1>(&problem, &layout, &uses, budget),
        2..=4 => trace::<S, 4>(&problem, &layout, &uses, budget),
        5..=MOST_WORDS => trace::<S, MOST_WORDS>(&problem, &layout, &uses, budget),
        _ => None,
    }?;
    // As the problem has them: steps in the order of calls, and those in doubt by what they did.
    let mut by_call: Vec<usize> = (0..operations.len()).collect();
    by_call.sort_by_key(|at| operations[*at].call);
    let (doubts, steps): (Vec<usize>, Vec<usize>) =
        by_call.into_iter().partition(|at| operations[*at].ret == u64::MAX);
    let mut used = vec![0; problem.kinds.len()];
    let position = |taken: Taken| match taken {
        Taken::Step(step) => Some(steps[step as usize]),
        Taken::Kind(kind) => {
            let word = problem.kinds[kind].word as usize;
            let does = problem.vocabulary.words[word].operation;
            used[kind] += 1;
            doubts
                .iter()
                .copied()
                .filter(|at| operations[*at].operation == *does)
                .nth(used[kind] - 1)
        }
    };
    taken.into_iter().map(position).collect()
}

/// What took effect.
#[derive(Clone, Copy, Debug)]
enum Taken {
    Step(u32),
    /// The next to be called of a kind in doubt.
    Kind(usize),
}

/// Searches depth first, and walks the way that led to the end once more.
fn trace<S: Specification, const N: usize>(
    problem: &Problem<'_, S>,
    layout: &Layout,
    uses: &Uses,
    budget: Budget,
) -> Option<Vec<Taken>> {
    let mut space: Space<'_, S, N> = Space::new(problem, layout, uses, budget.bytes / 4);
    let mut here = space.start()?;
    let mut depth = Depth::new(0, std::iter::once(here));
    let found = depth.advance(&mut space, budget.configurations, budget.bytes / 2)?;
    if found != Found::Order {
        return None;
    }
    let mut trail = Trail { problem, done: vec![false; problem.steps.len()], taken: Vec::new() };
    let mut at = 0;
    trail.observed(at, &here);
    for (event, tried) in depth.moves() {
        while at < event {
            at += 1;
            here = space.enter(at, here)?;
            trail.observed(at, &here);
        }
        let mut turn = tried;
        here = space.next(at, &here, &mut turn)?;
        trail.moved(at, tried as usize, &here);
        trail.observed(at, &here);
    }
    while at + 1 < problem.events.len() {
        at += 1;
        here = space.enter(at, here)?;
        trail.observed(at, &here);
    }
    Some(trail.taken)
}

/// What has taken effect on a way.
struct Trail<'a, S: Specification> {
    problem: &'a Problem<'a, S>,
    done: Vec<bool>,
    taken: Vec<Taken>,
}

impl<S: Specification> Trail<'_, S> {
    /// Notes the observers that took effect by themselves.
    fn observed<const N: usize>(&mut self, at: usize, now: &Configuration<N>) {
        let problem = self.problem;
        let observers = problem.events[at].observers.clone();
        problem.open[observers].iter().for_each(|step| self.note(*step, now));
    }

    /// Notes an open operation or one in doubt, and before it what it hides.
    fn moved<const N: usize>(&mut self, at: usize, tried: usize, now: &Configuration<N>) {
        let problem = self.problem;
        let changers = &problem.open[problem.events[at].changers.clone()];
        let moved = changers.get(tried);
        changers.iter().filter(|step| moved != Some(step)).for_each(|step| self.note(*step, now));
        match moved {
            Some(step) => self.note(*step, now),
            None => self.taken.push(Taken::Kind(tried - changers.len())),
        }
    }

    /// Notes an open step if it has taken effect since it was looked at last.
    fn note<const N: usize>(&mut self, step: u32, now: &Configuration<N>) {
        let (place, bit) = bit(self.problem.steps[step as usize].slot);
        if now.words[place] & bit == 0 && !std::mem::replace(&mut self.done[step as usize], true) {
            self.taken.push(Taken::Step(step));
        }
    }
}
