//! What can take effect next in a configuration, and which configurations are hopeless.

use super::configuration::{Configuration, Layout, Words, bit, meet};
use super::outlook::Outlook;
use super::problem::Problem;
use super::states::States;
use super::uses::Uses;
use crate::specification::Specification;

/// All configurations of a problem, and the ways from one to another.
#[derive(Debug)]
pub(super) struct Space<'a, S: Specification, const N: usize> {
    pub(super) problem: &'a Problem<'a, S>,
    pub(super) words: Words<N>,
    outlook: Outlook<N>,
    uses: &'a Uses,
    /// Facts of which the rest may need some from each kind in doubt.
    wanted: Vec<Vec<u32>>,
    states: States<'a, S>,
    /// The latest return that was looked at to call a configuration hopeless.
    pub(super) looked: u64,
}

impl<'a, S: Specification, const N: usize> Space<'a, S, N> {
    pub(super) fn new(
        problem: &'a Problem<'a, S>,
        layout: &Layout,
        uses: &'a Uses,
        most_bytes: usize,
    ) -> Self {
        let words = Words::new(layout);
        let outlook = Outlook::new(problem, &words, most_bytes);
        let vocabulary = &problem.vocabulary;
        let mut of_topic: Vec<Vec<u32>> = vec![Vec::new(); vocabulary.topics];
        for fact in uses.facts() {
            of_topic[vocabulary.topic[fact as usize] as usize].push(fact);
        }
        let wanted = problem.kinds.iter().map(|kind| {
            let topics = vocabulary.words[kind.word as usize].brings.iter().flatten();
            topics.flat_map(|topic| of_topic[*topic as usize].iter().copied()).collect()
        });
        let wanted = wanted.collect();
        let states = States::new(problem.specification);
        Self { problem, words, outlook, uses, wanted, states, looked: 0 }
    }

    /// The configuration at the first event, unless it is hopeless.
    pub(super) fn start(&mut self) -> Option<Configuration<N>> {
        self.enter(0, Configuration { state: 0, owing: 0, words: self.words.full() })
    }

    /// A configuration that has explained the event before, at an event; `None` if it is hopeless.
    pub(super) fn enter(
        &mut self,
        at: usize,
        mut configuration: Configuration<N>,
    ) -> Option<Configuration<N>> {
        for step in &self.problem.steps[self.problem.events[at].called.clone()] {
            let (place, bit) = bit(step.slot);
            configuration.words[place] |= bit;
        }
        self.observe(at, &mut configuration);
        (!self.is_hopeless(at, &configuration)).then_some(configuration)
    }

    /// Whether a configuration has explained an event.
    pub(super) fn explains(&self, at: usize, configuration: &Configuration<N>) -> bool {
        let step = &self.problem.steps[self.problem.events[at].step as usize];
        let (place, bit) = bit(step.slot);
        configuration.words[place] & bit == 0
    }

    /// How much work an event is, at least one.
    pub(super) fn effort(&self, at: usize) -> usize {
        let event = &self.problem.events[at];
        1 + (event.changers.end - event.observers.start + self.problem.kinds.len()) / 32
    }

    /// What the space takes, in bytes, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.states.bytes()
    }

    /// Lets every open observer that returned what is there take effect at once: it changes
    /// nothing, so it never pays to wait. Says whether there was one.
    fn observe(&self, at: usize, configuration: &mut Configuration<N>) -> bool {
        let state = self.states.get(configuration.state);
        let mut any = false;
        for open in &self.problem.open[self.problem.events[at].observers.clone()] {
            let step = &self.problem.steps[*open as usize];
            let (place, bit) = bit(step.slot);
            let operation = self.problem.vocabulary.words[step.word as usize].operation;
            if configuration.words[place] & bit != 0
                && self.problem.specification.apply(state, operation).is_some()
            {
                configuration.words[place] &= !bit;
                any = true;
            }
        }
        any
    }

    /// Whether something that is still needed is lost for good.
    fn is_hopeless(&mut self, at: usize, configuration: &Configuration<N>) -> bool {
        let state = self.states.get(configuration.state);
        for pressing in self.outlook.pressing(at) {
            if (pressing.always || meet(&pressing.waiting, &configuration.words))
                && !meet(&pressing.bringers, &configuration.words)
            {
                let fact = &self.problem.vocabulary.facts[pressing.fact as usize];
                if !self.problem.specification.holds(state, fact) {
                    self.looked = self.looked.max(pressing.until);
                    return true;
                }
            }
        }
        false
    }

    /// Whether less is left in doubt than the rest needs, now that one more of a kind was used.
    fn is_used_up(&mut self, at: usize, kind: usize, words: &[u64; N]) -> bool {
        let vocabulary = &self.problem.vocabulary;
        let time = self.problem.events[at].at;
        for fact in &self.wanted[kind] {
            let (needed, until) = self.uses.after(*fact, time);
            if needed == 0 {
                continue;
            }
            let topic = vocabulary.topic[*fact as usize];
            let brings = |kind: &usize| {
                vocabulary.words[self.problem.kinds[*kind].word as usize].may_bring(topic)
            };
            let left: usize = (0..self.problem.kinds.len())
                .filter(brings)
                .map(|kind| self.words.left(words, kind))
                .sum();
            if left < needed {
                self.looked = self.looked.max(until);
                return true;
            }
        }
        false
    }

    /// The next configuration after one more open operation, the next to return first, or after one
    /// more in doubt, without those that are hopeless; `turn` counts those that were tried, from 0.
    pub(super) fn next(
        &mut self,
        at: usize,
        from: &Configuration<N>,
        turn: &mut u32,
    ) -> Option<Configuration<N>> {
        let changers = self.problem.events[at].changers.clone();
        loop {
            let tried = *turn as usize;
            *turn += 1;
            let next = match tried.checked_sub(changers.len()) {
                None => self.after_open(at, from, changers.start + tried),
                Some(kind) if kind < self.problem.kinds.len() => self.after_doubt(at, from, kind),
                Some(_) => return None,
            };
            if let Some(next) = next
                && !self.is_hopeless(at, &next)
            {
                return Some(next);
            }
        }
    }

    /// The configuration after an open operation took effect, if it can.
    fn after_open(
        &mut self,
        at: usize,
        from: &Configuration<N>,
        open: usize,
    ) -> Option<Configuration<N>> {
        let step = &self.problem.steps[self.problem.open[open] as usize];
        let (place, bit) = bit(step.slot);
        if from.words[place] & bit == 0 || !self.pays(from, step.word) {
            return None;
        }
        let state = self.after(from.state, step.word)?;
        let mut next = Configuration { state, owing: 0, words: from.words };
        next.words[place] &= !bit;
        self.hide(at, from.state, step.word, &mut next);
        self.observe(at, &mut next);
        Some(next)
    }

    /// The configuration after an operation in doubt took effect, if that can be of use.
    fn after_doubt(
        &mut self,
        at: usize,
        from: &Configuration<N>,
        index: usize,
    ) -> Option<Configuration<N>> {
        let kind = &self.problem.kinds[index];
        if !self.is_at_hand(at, index, &from.words) || !self.pays(from, kind.word) {
            return None;
        }
        let state = self.after(from.state, kind.word)?;
        let mut at_hand =
            kind.rather.iter().filter(|other| self.is_at_hand(at, **other as usize, &from.words));
        if state == from.state || at_hand.any(|other| self.is_possible(from.state, *other)) {
            return None;
        }
        let mut next = Configuration { state, owing: 0, words: from.words };
        self.words.take(&mut next.words, index);
        if self.is_used_up(at, index, &next.words) {
            return None;
        }
        self.hide(at, from.state, kind.word, &mut next);
        if !self.observe(at, &mut next) && kind.prompt {
            next.owing = index as u32 + 1;
        }
        Some(next)
    }

    /// Whether an operation needs what the last one in doubt brought, if one still must.
    fn pays(&self, from: &Configuration<N>, word: u32) -> bool {
        let owed = from.owing.checked_sub(1).map(|kind| self.problem.kinds[kind as usize].word);
        owed.is_none_or(|owed| self.problem.vocabulary.uses(word, owed))
    }

    fn after(&mut self, state: u32, word: u32) -> Option<u32> {
        self.states.after(&self.problem.vocabulary, state, word)
    }

    /// Whether one of a kind in doubt is possible.
    fn is_possible(&self, state: u32, kind: u32) -> bool {
        let word = &self.problem.vocabulary.words[self.problem.kinds[kind as usize].word as usize];
        self.problem.specification.apply(self.states.get(state), word.operation).is_some()
    }

    /// Whether one of a kind in doubt is called and left.
    fn is_at_hand(&self, at: usize, kind: usize, words: &[u64; N]) -> bool {
        let left = self.words.left(words, kind);
        let calls = &self.problem.kinds[kind].calls;
        left > 0 && calls[calls.len() - left] <= self.problem.events[at].at
    }

    /// Lets open operations take effect just before one that undoes whatever they do, if nobody
    /// needs what they bring: to have them done is never worse.
    fn hide(&mut self, at: usize, before: u32, word: u32, configuration: &mut Configuration<N>) {
        let problem = self.problem;
        let mut state = before;
        for open in problem.events[at].changers.clone() {
            let step = &problem.steps[problem.open[open] as usize];
            let (place, bit) = bit(step.slot);
            if configuration.words[place] & bit == 0
                || !self.outlook.is_idle(open, &configuration.words)
            {
                continue;
            }
            if let Some(hidden) = self.after(state, step.word)
                && self.after(hidden, word) == Some(configuration.state)
            {
                configuration.words[place] &= !bit;
                state = hidden;
            }
        }
    }
}
