//! How many operations in doubt must have taken effect, whatever the order.
//!
//! Where an operation needs a fact, another one that certainly took effect before it left the
//! contrary, and no operation that returned can have brought the fact between them, one in doubt
//! has. Stretches of that sort that do not overlap need one each.

use super::problem::{Problem, Step};
use crate::specification::Specification;

/// How many earlier operations are looked at for one that left the contrary.
const LOOK_BACK: usize = 48;

/// A stretch of time within which an operation in doubt must bring a fact.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    fact: u32,
    /// The call of the operation that left the contrary; `None`: it was so from the start.
    from: Option<u64>,
    /// The return of the operation that needs the fact.
    to: u64,
}

/// What the rest of a history needs from operations in doubt.
#[derive(Debug)]
pub(super) struct Uses {
    /// For each fact, when stretches that do not overlap begin, in time.
    begins: Vec<Vec<u64>>,
    /// The end of the last stretch of each fact.
    last: Vec<u64>,
    /// The return by which more operations were needed than are in doubt.
    pub(super) refuted: Option<u64>,
}

impl Uses {
    pub(super) fn new<S: Specification>(problem: &Problem<'_, S>) -> Self {
        let facts = problem.vocabulary.facts.len();
        let mut this =
            Self { begins: vec![Vec::new(); facts], last: vec![0; facts], refuted: None };
        let mut at_hand = vec![0; problem.vocabulary.topics];
        for kind in &problem.kinds {
            match &problem.vocabulary.words[kind.word as usize].brings {
                Some(topics) => {
                    topics.iter().for_each(|one| at_hand[*one as usize] += kind.calls.len());
                }
                None => at_hand.iter_mut().for_each(|count| *count += kind.calls.len()),
            }
        }
        let mut stretches = stretches(problem);
        stretches.sort_unstable_by_key(|one| (one.fact, one.to, one.from));
        for of_fact in stretches.chunk_by(|one, other| one.fact == other.fact) {
            let topic = problem.vocabulary.topic[of_fact[0].fact as usize];
            this.add(at_hand[topic as usize], of_fact);
        }
        this
    }

    /// Takes in all stretches of a fact, in the order of their ends, of which operations in doubt
    /// can fill so many.
    fn add(&mut self, at_hand: usize, stretches: &[Stretch]) {
        let fact = stretches[0].fact as usize;
        // From the start, those that end first: that tells earliest that there are too many.
        let mut needed = 0;
        let mut end = None;
        for stretch in stretches {
            if end.is_none() || stretch.from > end {
                end = Some(stretch.to);
                needed += 1;
                if needed > at_hand {
                    let refuted = self.refuted.get_or_insert(stretch.to);
                    *refuted = stretch.to.min(*refuted);
                    return;
                }
            }
        }
        // From the end, those that begin last: that is what the rest needs.
        let mut by_begin: Vec<&Stretch> = stretches.iter().collect();
        by_begin.sort_unstable_by_key(|one| (one.from, one.to));
        let mut before = None;
        for stretch in by_begin.into_iter().rev() {
            if let Some(from) = stretch.from
                && before.is_none_or(|before| stretch.to < before)
            {
                self.begins[fact].push(from);
                before = Some(from);
            }
        }
        self.begins[fact].reverse();
        self.last[fact] = stretches[stretches.len() - 1].to;
    }

    /// How many operations that bring a fact must take effect after all that were called up to a
    /// time, and the time by which that is known.
    pub(super) fn after(&self, fact: u32, time: u64) -> (usize, u64) {
        let begins = &self.begins[fact as usize];
        let needed = begins.len() - begins.partition_point(|begin| *begin <= time);
        (needed, self.last[fact as usize])
    }

    /// Facts of which the rest of a history ever needs some.
    pub(super) fn facts(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.begins).filter(|(_, begins)| !begins.is_empty()).map(|(fact, _)| fact)
    }
}

/// The steps that can bring facts of each topic.
struct Bringers {
    /// By call, each with the latest return up to it.
    by_topic: Vec<Vec<(u64, u64)>>,
}

impl Bringers {
    fn new<S: Specification>(problem: &Problem<'_, S>) -> Self {
        let mut by_topic: Vec<Vec<(u64, u64)>> = vec![Vec::new(); problem.vocabulary.topics];
        let mut add = |topic: usize, step: &Step| {
            let latest = by_topic[topic].last().map_or(0, |(_, latest)| *latest);
            by_topic[topic].push((step.call, latest.max(step.ret)));
        };
        for step in &problem.steps {
            match &problem.vocabulary.words[step.word as usize].brings {
                Some(topics) => topics.iter().for_each(|topic| add(*topic as usize, step)),
                None => (0..problem.vocabulary.topics).for_each(|topic| add(topic, step)),
            }
        }
        Self { by_topic }
    }

    /// Whether one of them can take effect between two times.
    fn any(&self, topic: u32, from: u64, to: u64) -> bool {
        let steps = &self.by_topic[topic as usize];
        let begun = steps.partition_point(|(call, _)| *call <= to);
        begun > 0 && steps[begun - 1].1 >= from
    }
}

fn stretches<S: Specification>(problem: &Problem<'_, S>) -> Vec<Stretch> {
    let vocabulary = &problem.vocabulary;
    let bringers = Bringers::new(problem);
    let initial = problem.specification.initial();
    let mut found = Vec::new();
    for step in &problem.steps {
        for fact in &vocabulary.words[step.word as usize].needs {
            let needed = &vocabulary.facts[*fact as usize];
            let contradicts = |other: &Step| {
                let word = &vocabulary.words[other.word as usize];
                let needs = word.needs.iter().map(|fact| &vocabulary.facts[*fact as usize]);
                needs.chain(&word.leaves).any(|one| problem.specification.excludes(one, needed))
            };
            // Those that returned before this one was called, the last first, as long as one that
            // returned so early can have been called later than what is known.
            let before = step.called as usize;
            let mut from = None;
            for at in problem.by_return[before.saturating_sub(LOOK_BACK)..before].iter().rev() {
                let other = &problem.steps[*at as usize];
                if Some(other.ret) <= from {
                    break;
                }
                if Some(other.call) > from && contradicts(other) {
                    from = Some(other.call);
                }
            }
            let never = from.is_none()
                && before <= LOOK_BACK
                && !problem.specification.holds(&initial, needed);
            if (from.is_some() || never)
                && !bringers.any(vocabulary.topic[*fact as usize], from.unwrap_or(0), step.ret)
            {
                found.push(Stretch { fact: *fact, from, to: step.ret });
            }
        }
    }
    found
}
