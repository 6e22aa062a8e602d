//! Depth first: one order after another, and no configuration twice.

use super::Found;
use super::configuration::{Antichains, Configuration};
use super::space::Space;
use crate::specification::Specification;

/// Looks for an order from some configurations at an event on; complete, but slow to refute.
#[derive(Debug)]
pub(super) struct Depth<const N: usize> {
    /// The way that is being tried, and before it where else to begin.
    way: Vec<Stop<N>>,
    visited: Antichains<N>,
    /// The furthest event that was reached.
    pub(super) furthest: usize,
}

#[derive(Debug)]
struct Stop<const N: usize> {
    at: u32,
    /// How many ways to go on from here were tried.
    turn: u32,
    configuration: Configuration<N>,
}

impl<const N: usize> Depth<N> {
    /// From configurations at an event.
    pub(super) fn new(at: usize, from: impl Iterator<Item = Configuration<N>>) -> Self {
        let stop = |configuration| Stop { at: at as u32, turn: 0, configuration };
        Self { way: from.map(stop).collect(), visited: Antichains::default(), furthest: at }
    }

    /// The moves on the way, each with its event and the turn at which it was tried.
    pub(super) fn moves(&self) -> impl Iterator<Item = (usize, u32)> {
        let (_, before) = self.way.split_last().unzip();
        before.unwrap_or(&[]).iter().map(|stop: &Stop<N>| (stop.at as usize, stop.turn - 1))
    }

    /// Goes on with so much effort and so many bytes; `None` if that was not enough.
    pub(super) fn advance<S: Specification>(
        &mut self,
        space: &mut Space<'_, S, N>,
        effort: usize,
        bytes: usize,
    ) -> Option<Found> {
        let mut spent = 0;
        while let Some(stop) = self.way.last_mut() {
            if stop.turn == 0 {
                match arrive(space, stop) {
                    Some(Arrival::End) => return Some(Found::Order),
                    Some(Arrival::Event) => {}
                    None => {
                        self.way.pop();
                        continue;
                    }
                }
                let at = stop.at as usize;
                self.furthest = self.furthest.max(at);
                if !self.visited.insert(&space.words, at, &stop.configuration) {
                    self.way.pop();
                    continue;
                }
                spent += space.effort(at);
                let way = self.way.capacity() * size_of::<Stop<N>>();
                if spent > effort || self.visited.bytes() + way + space.bytes() > bytes {
                    return None;
                }
            }
            let Some(stop) = self.way.last_mut() else { break };
            match space.next(stop.at as usize, &stop.configuration, &mut stop.turn) {
                Some(configuration) => {
                    let next = Stop { at: stop.at, turn: 0, configuration };
                    self.way.push(next);
                }
                None => {
                    self.way.pop();
                }
            }
        }
        let until = space.problem.events[self.furthest].at.max(space.looked);
        Some(Found::Nothing { until })
    }
}

enum Arrival {
    /// There is an event to explain.
    Event,
    /// All is explained.
    End,
}

/// Goes past the events that are explained; `None` if that is hopeless.
fn arrive<S: Specification, const N: usize>(
    space: &mut Space<'_, S, N>,
    stop: &mut Stop<N>,
) -> Option<Arrival> {
    while space.explains(stop.at as usize, &stop.configuration) {
        stop.at += 1;
        if stop.at as usize == space.problem.events.len() {
            return Some(Arrival::End);
        }
        stop.configuration = space.enter(stop.at as usize, stop.configuration)?;
    }
    Some(Arrival::Event)
}
