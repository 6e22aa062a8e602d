//! The frontier: every way to explain the history up to an event, and from it those up to the next.

use super::Found;
use super::configuration::{Antichains, Configuration};
use super::space::Space;
use crate::specification::Specification;

/// Refutes an order, or finds that one exists.
#[derive(Debug)]
pub(super) struct Frontier<const N: usize> {
    /// The event that is being explained.
    pub(super) at: usize,
    /// All ways found so far to explain what returned before it.
    seen: Antichains<N>,
    /// How many of them were gone on from.
    turn: usize,
    /// Those that explain it, too.
    survivors: Antichains<N>,
    /// Room for the next.
    spare: Antichains<N>,
}

impl<const N: usize> Frontier<N> {
    /// From the first event on.
    pub(super) fn new<S: Specification>(space: &Space<'_, S, N>, start: Configuration<N>) -> Self {
        let mut this = Self {
            at: 0,
            seen: Antichains::default(),
            turn: 0,
            survivors: Antichains::default(),
            spare: Antichains::default(),
        };
        this.admit(space, &start);
        this
    }

    /// Takes a configuration in: it has explained the event, or must go on.
    fn admit<S: Specification>(&mut self, space: &Space<'_, S, N>, one: &Configuration<N>) {
        if space.explains(self.at, one) {
            self.survivors.insert(&space.words, self.at, one);
        } else {
            self.seen.insert(&space.words, self.at, one);
        }
    }

    /// Ways to explain what returned before the event, from which all others follow.
    pub(super) fn configurations(&self) -> impl Iterator<Item = Configuration<N>> {
        self.seen.iter().chain(self.survivors.iter())
    }

    /// Goes on with so much effort and so many bytes; `None` if that was not enough.
    pub(super) fn advance<S: Specification>(
        &mut self,
        space: &mut Space<'_, S, N>,
        effort: usize,
        bytes: usize,
    ) -> Option<Found> {
        let mut spent = 0;
        loop {
            while self.turn < self.seen.len() {
                if spent > effort || self.bytes() + space.bytes() > bytes {
                    return None;
                }
                let one = self.seen.get(self.turn);
                self.turn += 1;
                let Some(one) = one else { continue };
                let mut turn = 0;
                while let Some(next) = space.next(self.at, &one, &mut turn) {
                    self.admit(space, &next);
                }
                spent += space.effort(self.at);
            }
            if self.survivors.len() == 0 {
                let until = space.problem.events[self.at].at.max(space.looked);
                return Some(Found::Nothing { until });
            }
            self.at += 1;
            if self.at == space.problem.events.len() {
                return Some(Found::Order);
            }
            let mut explained =
                std::mem::replace(&mut self.survivors, std::mem::take(&mut self.spare));
            self.seen.clear();
            self.turn = 0;
            for one in explained.iter() {
                if let Some(entered) = space.enter(self.at, one) {
                    self.admit(space, &entered);
                }
            }
            spent += explained.len();
            explained.clear();
            self.spare = explained;
        }
    }

    fn bytes(&self) -> usize {
        self.seen.bytes() + self.survivors.bytes()
    }
}
