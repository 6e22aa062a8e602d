//! Long valid histories of everything that the general search knows, changed in ways whose verdict
//! theory tells.

use std::sync::Arc;

use aerocert_checker::linearizability::search::{Budget, Found, Interval, search};
use aerocert_checker::specification::{
    Counter, CounterOperation, List, ListOperation, MultiRegister, Mutex, MutexOperation, Queue,
    QueueOperation, Register, RegisterOperation, Set, SetOperation, Specification, Step, Text,
    TextOperation,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// An operation, and whether it took effect.
#[derive(Clone)]
struct Told<O> {
    interval: Interval<O>,
    at: u64,
    effective: bool,
}

/// An object with histories of unique values.
trait Story {
    type Of: Specification + Default;

    /// How many operations a history has, and how many effects an interval spans at most.
    const LENGTH: u64;
    const WIDE: u64;

    /// An operation that is possible in a state; `unique` is a number that no other has.
    fn next(state: &State<Self>, unique: u64, random: &mut ChaCha8Rng) -> Option<Action<Self>>;

    /// The operation without what it returned, as it is if it is in doubt.
    fn doubted(operation: Action<Self>) -> Action<Self> {
        operation
    }

    /// Whether what an operation returned is due to another one, and to no other.
    fn shows(one: &Action<Self>, other: &Action<Self>) -> bool;

    /// Whether what an operation returned is true at one time of the history only.
    fn is_of_its_time(one: &Action<Self>) -> bool;
}

type State<T> = <<T as Story>::Of as Specification>::State;
type Action<T> = <<T as Story>::Of as Specification>::Operation;
type History<T> = Vec<Told<Action<T>>>;

/// How far apart effects are.
const BEAT: u64 = 10;

fn tell<T: Story>(random: &mut ChaCha8Rng) -> History<T> {
    let object = T::Of::default();
    let mut state = object.initial();
    let mut history: History<T> = Vec::new();
    let mut unique = 0;
    while (history.len() as u64) < T::LENGTH {
        unique += 1;
        let Some(operation) = T::next(&state, unique, random) else { continue };
        let at = (unique + T::WIDE) * BEAT;
        let reach = |random: &mut ChaCha8Rng| random.random_range(0..=T::WIDE * BEAT);
        let changes = !object.observes(&operation);
        let in_doubt = changes && random.random_range(0..100) < 4;
        let effective = !in_doubt || random.random_bool(0.5);
        if effective {
            state = object.apply(&state, &operation).expect("it is possible");
        }
        let operation = if in_doubt { T::doubted(operation) } else { operation };
        let call = at - reach(random);
        let ret = if in_doubt { u64::MAX } else { at + reach(random) };
        history.push(Told { interval: Interval { call, ret, operation }, at, effective });
    }
    history
}

/// Whether a history has an order; it must be decided.
fn holds<T: Story>(history: &History<T>) -> bool {
    let mut intervals: Vec<_> = history.iter().map(|one| one.interval.clone()).collect();
    intervals.sort_by_key(|one| one.call);
    match search(&T::Of::default(), &intervals, Budget::default()) {
        Found::Order => true,
        Found::Nothing { .. } => false,
        spent @ Found::Spent { .. } => panic!("{spent:?}"),
    }
}

fn pick<T: Story>(
    history: &History<T>,
    random: &mut ChaCha8Rng,
    fits: impl Fn(&Told<Action<T>>) -> bool,
) -> Option<usize> {
    let fitting: Vec<usize> = (0..history.len()).filter(|at| fits(&history[*at])).collect();
    (!fitting.is_empty()).then(|| fitting[random.random_range(0..fitting.len())])
}

/// Changes that take nothing away from what explained the history.
fn stays_valid<T: Story>(history: &History<T>, random: &mut ChaCha8Rng) {
    let object = T::Of::default();
    let returned = |one: &Told<Action<T>>| one.interval.ret != u64::MAX;
    let changes = |one: &Told<Action<T>>| !object.observes(&one.interval.operation);

    let mut wider = history.clone();
    for _ in 0..10 {
        let at = pick::<T>(&wider, random, returned).expect("most return");
        wider[at].interval.ret += random.random_range(0..5 * BEAT);
    }
    assert!(holds::<T>(&wider), "intervals grew");

    let mut doubted = history.clone();
    for _ in 0..3 {
        let at = pick::<T>(&doubted, random, |one| returned(one) && changes(one));
        doubted[at.expect("some change")].interval.ret = u64::MAX;
    }
    assert!(holds::<T>(&doubted), "what returned is in doubt");

    let mut settled = history.clone();
    if let Some(at) = pick::<T>(history, random, |one| !returned(one) && one.effective) {
        settled[at].interval.ret = settled[at].at + random.random_range(0..BEAT);
        assert!(holds::<T>(&settled), "what was in doubt returned in time");
    }

    let mut without = history.clone();
    if let Some(at) = pick::<T>(history, random, |one| !changes(one)) {
        without.remove(at);
        assert!(holds::<T>(&without), "an observer is left out");
    }
    if let Some(at) = pick::<T>(history, random, |one| !one.effective) {
        let mut without = history.clone();
        without.remove(at);
        assert!(holds::<T>(&without), "what never took effect is left out");
    }
}

/// Changes that nothing can explain.
fn becomes_invalid<T: Story>(history: &History<T>, random: &mut ChaCha8Rng) {
    let shown = |one: &Told<Action<T>>| {
        history.iter().any(|other| {
            other.interval.ret != u64::MAX
                && T::shows(&other.interval.operation, &one.interval.operation)
        })
    };
    if let Some(at) = pick::<T>(history, random, shown) {
        let mut without = history.clone();
        without.remove(at);
        assert!(!holds::<T>(&without), "what was seen is left out");
    }
    let (first, last) = (history[history.len() / 4].at, history[history.len() * 3 / 4].at);
    let timely = |one: &Told<Action<T>>| {
        one.interval.ret != u64::MAX && T::is_of_its_time(&one.interval.operation)
    };
    let early = pick::<T>(history, random, |one| timely(one) && one.at < first);
    let late = pick::<T>(history, random, |one| timely(one) && one.at > last);
    let (Some(early), Some(late)) = (early, late) else { return };
    let mut swapped = history.clone();
    swapped[early].interval.operation = history[late].interval.operation.clone();
    swapped[late].interval.operation = history[early].interval.operation.clone();
    assert!(!holds::<T>(&swapped), "two results are swapped");

    // What was in doubt may be what took effect late.
    let result = &history[early].interval.operation;
    let doubtful = |one: &Told<Action<T>>| {
        one.interval.ret == u64::MAX && T::shows(result, &one.interval.operation)
    };
    if history.iter().any(doubtful) {
        return;
    }
    let mut moved = history.clone();
    let by = history[history.len() - 1].at + 20 * T::WIDE * BEAT;
    moved[early].interval.call += by;
    moved[early].interval.ret += by;
    assert!(!holds::<T>(&moved), "a result came much later");
}

fn try_all<T: Story>() {
    for seed in 0..20 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let history = tell::<T>(&mut random);
        assert!(holds::<T>(&history), "it is made valid");
        stays_valid::<T>(&history, &mut random);
        becomes_invalid::<T>(&history, &mut random);
    }
}

struct Registers;

impl Story for Registers {
    type Of = Register;
    const LENGTH: u64 = 2_000;
    const WIDE: u64 = 6;

    fn next(held: &Option<u64>, unique: u64, random: &mut ChaCha8Rng) -> Option<RegisterOperation> {
        Some(match random.random_range(0..4) {
            0 => RegisterOperation::Write(Some(unique)),
            1 => RegisterOperation::CompareAndSet { from: *held, to: unique },
            2 if *held != Some(unique) => RegisterOperation::Refused(Some(unique)),
            _ => RegisterOperation::Read(*held),
        })
    }

    fn shows(one: &RegisterOperation, other: &RegisterOperation) -> bool {
        match (one, other) {
            (
                RegisterOperation::Read(Some(seen))
                | RegisterOperation::CompareAndSet { from: Some(seen), .. },
                RegisterOperation::Write(Some(value))
                | RegisterOperation::CompareAndSet { to: value, .. },
            ) => seen == value,
            _ => false,
        }
    }

    fn is_of_its_time(one: &RegisterOperation) -> bool {
        matches!(one, RegisterOperation::Read(_))
    }
}

struct Counters;

impl Story for Counters {
    type Of = Counter;
    const LENGTH: u64 = 600;
    const WIDE: u64 = 4;

    fn next(count: &i64, _: u64, random: &mut ChaCha8Rng) -> Option<CounterOperation> {
        Some(match random.random_range(0..4) {
            0 => CounterOperation::Read(*count),
            1 => CounterOperation::Add { delta: 2, sum: Some(count + 2) },
            _ => CounterOperation::Add { delta: 1, sum: None },
        })
    }

    fn doubted(operation: CounterOperation) -> CounterOperation {
        match operation {
            CounterOperation::Add { delta, .. } => CounterOperation::Add { delta, sum: None },
            other => other,
        }
    }

    /// An addition may be stood in for by one in doubt.
    fn shows(_: &CounterOperation, _: &CounterOperation) -> bool {
        false
    }

    fn is_of_its_time(one: &CounterOperation) -> bool {
        matches!(one, CounterOperation::Read(_))
    }
}

struct Lists;

impl Story for Lists {
    type Of = List;
    const LENGTH: u64 = 300;
    const WIDE: u64 = 5;

    fn next(held: &Arc<[u64]>, unique: u64, random: &mut ChaCha8Rng) -> Option<ListOperation> {
        Some(match random.random_bool(0.5) {
            true => ListOperation::Read(Arc::clone(held)),
            false => ListOperation::Append(unique),
        })
    }

    fn shows(one: &ListOperation, other: &ListOperation) -> bool {
        match (one, other) {
            (ListOperation::Read(seen), ListOperation::Append(element)) => seen.contains(element),
            _ => false,
        }
    }

    fn is_of_its_time(one: &ListOperation) -> bool {
        matches!(one, ListOperation::Read(_))
    }
}

struct Texts;

impl Story for Texts {
    type Of = Text;
    const LENGTH: u64 = 300;
    const WIDE: u64 = 5;

    fn next(held: &Arc<str>, unique: u64, random: &mut ChaCha8Rng) -> Option<TextOperation> {
        Some(match random.random_bool(0.5) {
            true => TextOperation::Get(Arc::clone(held)),
            false => TextOperation::Append(format!("<{unique}>").into()),
        })
    }

    fn shows(one: &TextOperation, other: &TextOperation) -> bool {
        match (one, other) {
            (TextOperation::Get(seen), TextOperation::Append(more)) => seen.contains(&**more),
            _ => false,
        }
    }

    fn is_of_its_time(one: &TextOperation) -> bool {
        matches!(one, TextOperation::Get(_))
    }
}

struct Sets;

impl Story for Sets {
    type Of = Set;
    const LENGTH: u64 = 300;
    const WIDE: u64 = 4;

    fn next(held: &Arc<[u64]>, unique: u64, random: &mut ChaCha8Rng) -> Option<SetOperation> {
        let any = |random: &mut ChaCha8Rng| held[random.random_range(0..held.len())];
        Some(match random.random_range(0..4) {
            0 => SetOperation::Read(Arc::clone(held)),
            1 if !held.is_empty() => SetOperation::Contains { element: any(random), found: true },
            _ => SetOperation::Add(unique),
        })
    }

    fn shows(one: &SetOperation, other: &SetOperation) -> bool {
        match (one, other) {
            (SetOperation::Read(seen), SetOperation::Add(element)) => seen.contains(element),
            (SetOperation::Contains { element: seen, .. }, SetOperation::Add(element)) => {
                seen == element
            }
            _ => false,
        }
    }

    fn is_of_its_time(one: &SetOperation) -> bool {
        matches!(one, SetOperation::Read(_))
    }
}

struct Queues;

impl Story for Queues {
    type Of = Queue;
    const LENGTH: u64 = 60;
    const WIDE: u64 = 1;

    fn next(held: &Arc<[u64]>, unique: u64, random: &mut ChaCha8Rng) -> Option<QueueOperation> {
        match (random.random_bool(0.5), held.first()) {
            (true, None) => Some(QueueOperation::Empty),
            (true, Some(front)) => Some(QueueOperation::Dequeue(*front)),
            (false, _) => Some(QueueOperation::Enqueue(unique)),
        }
    }

    fn doubted(operation: QueueOperation) -> QueueOperation {
        match operation {
            QueueOperation::Dequeue(_) => QueueOperation::Take,
            other => other,
        }
    }

    fn shows(one: &QueueOperation, other: &QueueOperation) -> bool {
        match (one, other) {
            (QueueOperation::Dequeue(seen), QueueOperation::Enqueue(value)) => seen == value,
            _ => false,
        }
    }

    fn is_of_its_time(one: &QueueOperation) -> bool {
        matches!(one, QueueOperation::Dequeue(_))
    }
}

struct MultiRegisters;

impl Story for MultiRegisters {
    type Of = MultiRegister;
    const LENGTH: u64 = 600;
    const WIDE: u64 = 5;

    fn next(held: &Arc<[(u64, u64)]>, unique: u64, random: &mut ChaCha8Rng) -> Option<Arc<[Step]>> {
        let get = |one: u64| held.iter().find(|(register, _)| *register == one).map(|at| at.1);
        let register = random.random_range(0..3);
        Some(match random.random_range(0..3) {
            0 => (0..3).map(|one| Step::Read(one, get(one))).collect(),
            1 => [Step::Write(register, Some(unique))].into(),
            _ => (0..2).map(|one| Step::Write(one, Some(unique))).collect(),
        })
    }

    fn shows(one: &Arc<[Step]>, other: &Arc<[Step]>) -> bool {
        let wrote = other.iter().find_map(|step| match step {
            Step::Write(_, value) => *value,
            Step::Read(..) => None,
        });
        wrote.is_some()
            && one.iter().any(|step| matches!(step, Step::Read(_, value) if *value == wrote))
    }

    fn is_of_its_time(one: &Arc<[Step]>) -> bool {
        one.iter().all(|step| matches!(step, Step::Read(..)))
    }
}

#[test]
fn registers() {
    try_all::<Registers>();
}

#[test]
fn counters() {
    try_all::<Counters>();
}

#[test]
fn lists() {
    try_all::<Lists>();
}

#[test]
fn texts() {
    try_all::<Texts>();
}

#[test]
fn sets() {
    try_all::<Sets>();
}

#[test]
fn queues() {
    try_all::<Queues>();
}

#[test]
fn several_registers() {
    try_all::<MultiRegisters>();
}

/// A lock has no values: what theory tells of it are counts.
#[test]
fn mutexes() {
    let turn = |at: u64, operation| Interval { call: 10 * at, ret: 10 * at + 5, operation };
    for seed in 0..20 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let alternating: Vec<Interval<MutexOperation>> = (0..400)
            .flat_map(|at| {
                [turn(2 * at, MutexOperation::Acquire), turn(2 * at + 1, MutexOperation::Release)]
            })
            .collect();
        let found = |history: &[Interval<MutexOperation>]| {
            search(&Mutex, history, Budget::default()) == Found::Order
        };
        assert!(found(&alternating));
        let at = random.random_range(1..700);
        let mut without = alternating.clone();
        without.remove(at);
        assert!(!found(&without), "one is left out");
        let mut doubted = alternating.clone();
        doubted[at].ret = u64::MAX;
        assert!(found(&doubted), "one is in doubt");
        doubted.remove(at + 2);
        assert!(!found(&doubted), "one is left out, and one in doubt cannot be it in time");
        let mut swapped = alternating.clone();
        swapped[at].operation = alternating[at + 1].operation;
        swapped[at + 1].operation = alternating[at].operation;
        assert!(!found(&swapped), "two are swapped");
        let mut moved = alternating;
        let mut late = moved.remove(at);
        (late.call, late.ret) = (20_000, 20_001);
        moved.push(late);
        assert!(!found(&moved), "one came later");
    }
}
