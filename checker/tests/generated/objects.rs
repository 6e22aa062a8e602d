//! Random histories of everything that the general search knows.

use std::fmt::Debug;

use aerocert_checker::linearizability::search::Interval;
use aerocert_checker::oracle::{self, Fate, Object, Timed};
use aerocert_checker::specification::{
    Counter, CounterOperation, List, ListOperation, MultiRegister, Mutex, MutexOperation, Queue,
    QueueOperation, Register, RegisterOperation, Set, SetOperation, Specification, Step, Text,
    TextOperation,
};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// A specification, the oracle's object of the same behaviour, and operations over a small domain.
pub(crate) trait Case {
    type Specification: Specification + Default;
    type Object: Object<Operation = <Self::Specification as Specification>::Operation>
        + Default
        + Debug;

    const NAME: &'static str;

    /// Any operation, with any result; without one if it is in doubt.
    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> Done<Self>;
}

/// An operation of a case.
pub(crate) type Done<C> = <<C as Case>::Specification as Specification>::Operation;

/// A history of a case.
pub(crate) type Times<C> = Vec<Timed<Done<C>>>;

/// The history as the search takes it.
pub(crate) fn intervals<C: Case + ?Sized>(history: &[Timed<Done<C>>]) -> Vec<Interval<Done<C>>> {
    let mut intervals: Vec<Interval<Done<C>>> = history
        .iter()
        .filter_map(|one| {
            let ret = match one.fate {
                Fate::Returned(end) => end,
                Fate::InDoubt => u64::MAX,
                Fate::Failed => return None,
            };
            Some(Interval { call: one.call, ret, operation: one.operation.clone() })
        })
        .collect();
    intervals.sort_by_key(|one| one.call);
    intervals
}

/// A few operations at random times with random results.
pub(crate) fn wild<C: Case>(random: &mut ChaCha8Rng, most: usize) -> Times<C> {
    let count = random.random_range(2..=most);
    let span = random.random_range(4..30);
    (0..count)
        .map(|_| {
            let call = random.random_range(0..span);
            let in_doubt = random.random_range(0..10) < 2;
            let fate = match random.random_range(0..12) {
                0 => Fate::Failed,
                _ if in_doubt => Fate::InDoubt,
                _ => Fate::Returned(call + random.random_range(0..span)),
            };
            Timed { call, fate, operation: C::any(random, in_doubt) }
        })
        .collect()
}

/// A history with an order: operations take effect one after another at instants within their
/// intervals, and those in doubt late or never. `wide` is how many effects an interval spans.
pub(crate) fn tame<C: Case>(random: &mut ChaCha8Rng, count: usize, wide: u64) -> Times<C> {
    tame_from::<C>(C::Object::default(), random, count, wide)
}

/// The same of an object that holds something at the start.
pub(crate) fn tame_from<C: Case>(
    mut object: C::Object,
    random: &mut ChaCha8Rng,
    count: usize,
    wide: u64,
) -> Times<C> {
    let mut now = 2 * wide;
    let mut history = Vec::new();
    while history.len() < count {
        now += random.random_range(0..2);
        let call = now - random.random_range(0..=wide);
        let in_doubt = random.random_range(0..100) < 12;
        let operation = C::any(random, in_doubt);
        if in_doubt {
            // Half of them never take effect.
            if random.random_bool(0.5)
                && let Some(after) = object.after(&operation)
            {
                object = after;
            }
            history.push(Timed { call, fate: Fate::InDoubt, operation });
        } else if let Some(after) = object.after(&operation) {
            object = after;
            let end = now + random.random_range(0..=wide);
            history.push(Timed { call, fate: Fate::Returned(end), operation });
        }
    }
    history
}

/// Changes one operation: its result, its time or its fate.
pub(crate) fn change<C: Case>(random: &mut ChaCha8Rng, history: &mut Times<C>) {
    let at = random.random_range(0..history.len());
    let wide = history.len() as u64 + 2;
    match random.random_range(0..4) {
        0 => {
            let later = random.random_range(1..wide);
            history[at].call += later;
            if let Fate::Returned(end) = &mut history[at].fate {
                *end += later;
            }
        }
        1 => history[at].fate = Fate::Failed,
        _ => {
            let in_doubt = history[at].fate == Fate::InDoubt;
            history[at].operation = C::any(random, in_doubt);
        }
    }
}

fn maybe(random: &mut ChaCha8Rng, most: u64) -> Option<u64> {
    let value = random.random_range(0..=most);
    (value > 0).then_some(value)
}

pub(crate) struct Registers;

impl Case for Registers {
    type Specification = Register;
    type Object = oracle::Register;

    const NAME: &'static str = "register";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> RegisterOperation {
        match random.random_range(0..10) {
            0..=5 if !in_doubt => RegisterOperation::Read(maybe(random, 3)),
            9 => RegisterOperation::Write(None),
            _ => RegisterOperation::Write(maybe(random, 3).or(Some(1))),
        }
    }
}

pub(crate) struct CasRegisters;

impl Case for CasRegisters {
    type Specification = Register;
    type Object = oracle::Register;

    const NAME: &'static str = "cas-register";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> RegisterOperation {
        let value = random.random_range(1..=3);
        match random.random_range(0..12) {
            0..=3 if !in_doubt => RegisterOperation::Read(maybe(random, 3)),
            4 if !in_doubt => RegisterOperation::Refused(maybe(random, 3)),
            5 | 6 => RegisterOperation::Write(Some(value)),
            _ => RegisterOperation::CompareAndSet { from: maybe(random, 3), to: value },
        }
    }
}

pub(crate) struct Counters;

impl Case for Counters {
    type Specification = Counter;
    type Object = oracle::Sum;

    const NAME: &'static str = "counter";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> CounterOperation {
        let delta = random.random_range(-1..=2);
        match random.random_range(0..14) {
            0..=5 if !in_doubt => CounterOperation::Read(random.random_range(-1..=4)),
            6 | 7 if !in_doubt => {
                CounterOperation::Add { delta, sum: Some(random.random_range(0..=4)) }
            }
            8 => CounterOperation::Delete,
            _ => CounterOperation::Add { delta, sum: None },
        }
    }
}

pub(crate) struct Lists;

impl Case for Lists {
    type Specification = List;
    type Object = oracle::Written;

    const NAME: &'static str = "list-append";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> ListOperation {
        match random.random_range(0..12) {
            0..=6 if !in_doubt => {
                let len = random.random_range(0..=3);
                ListOperation::Read((0..len).map(|_| random.random_range(1..=2)).collect())
            }
            7 => ListOperation::Delete,
            _ => ListOperation::Append(random.random_range(1..=2)),
        }
    }
}

pub(crate) struct Texts;

impl Case for Texts {
    type Specification = Text;
    type Object = oracle::Words;

    const NAME: &'static str = "text";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> TextOperation {
        let text = ["", "a", "b", "ab", "aa", "ba", "aab"][random.random_range(0..7)];
        match random.random_range(0..12) {
            0..=6 if !in_doubt => TextOperation::Get(text.into()),
            7 => TextOperation::Put(text.into()),
            _ => TextOperation::Append(if random.random_bool(0.6) { "a" } else { "b" }.into()),
        }
    }
}

pub(crate) struct Sets;

impl Case for Sets {
    type Specification = Set;
    type Object = oracle::Members;

    const NAME: &'static str = "set";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> SetOperation {
        let element = random.random_range(1..=2);
        match random.random_range(0..10) {
            0..=4 if !in_doubt => SetOperation::Contains { element, found: random.random() },
            5..=7 => SetOperation::Add(element),
            _ => SetOperation::Remove(element),
        }
    }
}

pub(crate) struct WholeSets;

impl Case for WholeSets {
    type Specification = Set;
    type Object = oracle::Members;

    const NAME: &'static str = "set read as a whole";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> SetOperation {
        let element = random.random_range(1..=3);
        match random.random_range(0..16) {
            0..=8 if !in_doubt => SetOperation::read((1..=3).filter(|_| random.random_bool(0.5))),
            9 => SetOperation::Remove(element),
            10 if !in_doubt => SetOperation::Contains { element, found: random.random() },
            _ => SetOperation::Add(element),
        }
    }
}

pub(crate) struct Queues;

impl Case for Queues {
    type Specification = Queue;
    type Object = oracle::Queued;

    const NAME: &'static str = "queue";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> QueueOperation {
        let value = random.random_range(1..=3);
        match random.random_range(0..12) {
            0..=4 if !in_doubt => QueueOperation::Dequeue(value),
            5 if !in_doubt => QueueOperation::Empty,
            0..=3 => QueueOperation::Take,
            _ => QueueOperation::Enqueue(value),
        }
    }
}

/// Queues whose values are mostly enqueued once.
pub(crate) struct UniqueQueues;

impl Case for UniqueQueues {
    type Specification = Queue;
    type Object = oracle::Queued;

    const NAME: &'static str = "queue of unique values";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> QueueOperation {
        let value = random.random_range(1..=9);
        match random.random_range(0..14) {
            0..=5 if !in_doubt => QueueOperation::Dequeue(value),
            6 | 7 if !in_doubt => QueueOperation::Empty,
            0..=5 => QueueOperation::Take,
            _ => QueueOperation::Enqueue(value),
        }
    }
}

pub(crate) struct Mutexes;

impl Case for Mutexes {
    type Specification = Mutex;
    type Object = oracle::Lock;

    const NAME: &'static str = "mutex";

    fn any(random: &mut ChaCha8Rng, _: bool) -> MutexOperation {
        if random.random() { MutexOperation::Acquire } else { MutexOperation::Release }
    }
}

pub(crate) struct MultiRegisters;

impl Case for MultiRegisters {
    type Specification = MultiRegister;
    type Object = oracle::Registers;

    const NAME: &'static str = "multi-register";

    fn any(random: &mut ChaCha8Rng, in_doubt: bool) -> Done<Self> {
        let steps = random.random_range(1..=3);
        let only_reads = random.random_bool(0.4);
        (0..steps)
            .map(|_| {
                let register = random.random_range(0..2);
                if !in_doubt && (only_reads || random.random_bool(0.3)) {
                    Step::Read(register, maybe(random, 2))
                } else {
                    Step::Write(register, maybe(random, 2))
                }
            })
            .collect()
    }
}
