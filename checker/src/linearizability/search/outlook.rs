//! What is still to come: facts that must not be lost, and operations that no longer matter.

use super::configuration::{Words, bit};
use super::problem::{Problem, Step};
use crate::specification::Specification;

/// A fact that some operation still needs, and that no operation yet to be called brings in time.
#[derive(Debug)]
pub(super) struct Pressing<const N: usize> {
    pub(super) fact: u32,
    /// The open operations that need it, if they have not taken effect.
    pub(super) waiting: [u64; N],
    /// Whether one that is yet to be called needs it.
    pub(super) always: bool,
    /// The open operations and kinds in doubt that bring it.
    pub(super) bringers: [u64; N],
    /// The return by which all that was said of it.
    pub(super) until: u64,
}

/// What each event must know of the rest.
#[derive(Debug)]
pub(super) struct Outlook<const N: usize> {
    pressing: Vec<Pressing<N>>,
    /// Where those of each event end.
    ends: Vec<usize>,
    /// For each changer in [`Problem::open`]: the open operations that need what it brings, if
    /// none else will. Empty where nothing is known.
    idle: Vec<Option<[u64; N]>>,
}

/// An event at which a fact is pressing for an operation: the slot that waits, if it is open.
type Press = (u32, u32, Option<u32>, u64);

impl<const N: usize> Outlook<N> {
    /// Takes about so many bytes at most.
    pub(super) fn new<S: Specification>(
        problem: &Problem<'_, S>,
        words: &Words<N>,
        most_bytes: usize,
    ) -> Self {
        let topics = problem.vocabulary.topics;
        if topics > most_bytes / (2 * size_of::<[u64; N]>()) {
            let ends = vec![0; problem.events.len()];
            return Self { pressing: Vec::new(), ends, idle: Vec::new() };
        }
        let most = most_bytes / (size_of::<Pressing<N>>() + size_of::<Press>());
        let mut presses = presses(problem, most);
        presses.sort_unstable_by_key(|(event, fact, ..)| (*event, *fact));
        let mut this = Self { pressing: Vec::new(), ends: Vec::new(), idle: Vec::new() };
        let knows_idle = problem.vocabulary.exact
            && problem.open.len() <= most_bytes / (2 * size_of::<Option<[u64; N]>>());
        if knows_idle {
            this.idle = vec![None; problem.open.len()];
        }
        let mut at_event = AtEvent {
            bringers: kinds_of_topics(problem, words),
            needy: vec![[0; N]; topics],
            last_call: last_calls(problem),
        };
        let mut presses = &presses[..];
        for index in 0..problem.events.len() {
            at_event.open(problem, index, true);
            let here = presses.partition_point(|(event, ..)| *event as usize <= index);
            for of_fact in presses[..here].chunk_by(|one, other| one.1 == other.1) {
                this.pressing.push(at_event.press(problem, of_fact));
            }
            presses = &presses[here..];
            this.ends.push(this.pressing.len());
            if knows_idle {
                at_event.idle(problem, index, &mut this.idle);
            }
            at_event.open(problem, index, false);
        }
        this
    }

    /// What is pressing at an event.
    pub(super) fn pressing(&self, event: usize) -> &[Pressing<N>] {
        let begin = event.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.pressing[begin..self.ends[event]]
    }

    /// Whether a changer in [`Problem::open`] brings nothing that anyone still needs.
    pub(super) fn is_idle(&self, open: usize, words: &[u64; N]) -> bool {
        let needy = self.idle.get(open).and_then(Option::as_ref);
        needy.is_some_and(|needy| !super::configuration::meet(needy, words))
    }
}

/// The bits of each topic, as they are at an event.
struct AtEvent<const N: usize> {
    /// Open operations, and kinds in doubt, that bring it.
    bringers: Vec<[u64; N]>,
    /// Open operations that need it.
    needy: Vec<[u64; N]>,
    /// The last call of an operation that needs it; none later if one in doubt does.
    last_call: Vec<u64>,
}

impl<const N: usize> AtEvent<N> {
    /// Sets or clears the bits of what is open at an event.
    fn open<S: Specification>(&mut self, problem: &Problem<'_, S>, index: usize, set: bool) {
        let event = &problem.events[index];
        for at in event.observers.start..event.changers.end {
            let step = &problem.steps[problem.open[at] as usize];
            let word = &problem.vocabulary.words[step.word as usize];
            let (place, bit) = bit(step.slot);
            let put = |bits: &mut [u64; N]| {
                if set { bits[place] |= bit } else { bits[place] &= !bit }
            };
            for fact in &word.needs {
                put(&mut self.needy[problem.vocabulary.topic[*fact as usize] as usize]);
            }
            match &word.brings {
                Some(topics) => {
                    topics.iter().for_each(|topic| put(&mut self.bringers[*topic as usize]));
                }
                None => self.bringers.iter_mut().for_each(put),
            }
        }
    }

    /// What presses for one fact at an event.
    fn press<S: Specification>(&self, problem: &Problem<'_, S>, presses: &[Press]) -> Pressing<N> {
        let fact = presses[0].1;
        let topic = problem.vocabulary.topic[fact as usize] as usize;
        let bringers = self.bringers[topic];
        let mut this = Pressing { fact, waiting: [0; N], always: false, bringers, until: 0 };
        for (.., slot, until) in presses {
            this.until = this.until.max(*until);
            match slot {
                Some(slot) => {
                    let (place, bit) = bit(*slot);
                    this.waiting[place] |= bit;
                }
                None => this.always = true,
            }
        }
        this
    }

    /// Which of the changers open at an event may be idle.
    fn idle<S: Specification>(
        &self,
        problem: &Problem<'_, S>,
        index: usize,
        idle: &mut [Option<[u64; N]>],
    ) {
        let event = &problem.events[index];
        for at in event.changers.clone() {
            let step = &problem.steps[problem.open[at] as usize];
            let Some(topics) = &problem.vocabulary.words[step.word as usize].brings else {
                continue;
            };
            if topics.iter().any(|topic| self.last_call[*topic as usize] > event.at) {
                continue;
            }
            let mut needy = [0; N];
            for topic in topics {
                for (all, one) in needy.iter_mut().zip(&self.needy[*topic as usize]) {
                    *all |= one;
                }
            }
            let (place, bit) = bit(step.slot);
            needy[place] &= !bit;
            idle[at] = Some(needy);
        }
    }
}

/// The bits of the kinds in doubt that bring each topic.
fn kinds_of_topics<S: Specification, const N: usize>(
    problem: &Problem<'_, S>,
    words: &Words<N>,
) -> Vec<[u64; N]> {
    let mut bits = vec![[0; N]; problem.vocabulary.topics];
    for (index, kind) in problem.kinds.iter().enumerate() {
        match &problem.vocabulary.words[kind.word as usize].brings {
            Some(topics) => {
                topics.iter().for_each(|topic| words.mark(index, &mut bits[*topic as usize]));
            }
            None => bits.iter_mut().for_each(|bits| words.mark(index, bits)),
        }
    }
    bits
}

/// The last call of an operation that needs each topic.
fn last_calls<S: Specification>(problem: &Problem<'_, S>) -> Vec<u64> {
    let mut last = vec![0; problem.vocabulary.topics];
    let mut need = |word: u32, call: u64| {
        for fact in &problem.vocabulary.words[word as usize].needs {
            let last = &mut last[problem.vocabulary.topic[*fact as usize] as usize];
            *last = call.max(*last);
        }
    };
    problem.steps.iter().for_each(|step| need(step.word, step.call));
    problem.kinds.iter().for_each(|kind| need(kind.word, u64::MAX));
    last
}

/// When facts are pressing; about so many at most.
fn presses<S: Specification>(problem: &Problem<'_, S>, most: usize) -> Vec<Press> {
    let vocabulary = &problem.vocabulary;
    // Calls of those that bring each topic, in time.
    let mut bringers: Vec<Vec<u64>> = vec![Vec::new(); vocabulary.topics];
    for step in &problem.steps {
        match &vocabulary.words[step.word as usize].brings {
            Some(topics) => topics.iter().for_each(|one| bringers[*one as usize].push(step.call)),
            None => bringers.iter_mut().for_each(|calls| calls.push(step.call)),
        }
    }
    // For each need, in the order of returns: from which event on nobody is called that brings it.
    let mut needs: Vec<(u32, u32, &Step)> = Vec::new();
    for at in &problem.by_return {
        let step = &problem.steps[*at as usize];
        for fact in &vocabulary.words[step.word as usize].needs {
            let calls = &bringers[vocabulary.topic[*fact as usize] as usize];
            let begun = calls.partition_point(|call| *call <= step.ret);
            let last = begun.checked_sub(1).map_or(0, |last| calls[last]);
            let from = problem.events.partition_point(|event| event.at < last);
            needs.push((*fact, from as u32, step));
        }
    }
    let mut presses = Vec::new();
    for (fact, from, step) in &needs {
        let open = (*from).max(step.called)..step.event + 1;
        presses.extend(open.map(|event| (event, *fact, Some(step.slot), step.ret)));
        if presses.len() > most {
            return Vec::new();
        }
    }
    // Before a call, once for all that need the same fact, and not for too long.
    let mut longest = problem.events.len() as u32;
    loop {
        let mut covered = vec![0; vocabulary.facts.len()];
        let mut early = Vec::new();
        for (fact, from, step) in &needs {
            let covered = &mut covered[*fact as usize];
            let begin = (*from).max(*covered).max(step.called.saturating_sub(longest));
            if begin < step.called {
                early.extend((begin..step.called).map(|event| (event, *fact, None, step.ret)));
                *covered = step.called;
            }
            if early.len() + presses.len() > most {
                break;
            }
        }
        if early.len() + presses.len() <= most {
            presses.extend(early);
            return presses;
        }
        longest /= 4;
    }
}
