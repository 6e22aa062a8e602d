//! Histories of one register under a closed loop of clients, from a seed.

use aerocert_checker::linearizability::search::Interval;
use aerocert_checker::specification::RegisterOperation;

pub(crate) type History = Vec<Interval<RegisterOperation>>;

/// Splitmix64 (Steele, Lea and Flood 2014): whoever measures another checker beside this one can
/// make the same histories in a few lines of any language.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x0123_4567).wrapping_add(99))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// In 0..1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Exponential, in ns.
    fn exponential(&mut self, mean_ns: f64) -> u64 {
        (-mean_ns * (1.0 - self.unit()).ln()) as u64
    }
}

/// What clients ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    /// Half reads, half writes of values that nobody wrote before.
    Unique,
    /// Reads, writes and compare-and-sets, a third each, over the values 0 to 4.
    FiveValues,
}

/// How a history is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) operations: usize,
    pub(crate) clients: usize,
    pub(crate) load: Load,
    /// How many operations that change the register crash, within the first nine tenths.
    pub(crate) crashed: usize,
    pub(crate) seed: u64,
}

const MS: f64 = 1e6;

/// A history with an order: each operation takes effect at an instant within its interval; one that
/// crashed with even chance, within 5 ms of its call, after which its client begins anew.
pub(crate) fn linearizable(shape: Shape) -> History {
    let mut random = Random::new(shape.seed);
    let early = shape.operations * 9 / 10;
    let mut crashes = vec![false; shape.operations];
    for _ in 0..shape.crashed {
        let free = |at: usize| !crashes[at];
        let at =
            std::iter::repeat_with(|| random.below(early as u64) as usize).find(|at| free(*at));
        crashes[at.expect("fewer crash than there are")] = true;
    }
    struct Plan {
        call: u64,
        ret: u64,
        effect: Option<u64>,
        choice: u64,
        value: u64,
        expected: u64,
    }
    let mut free: Vec<u64> = (0..shape.clients).map(|_| random.exponential(0.1 * MS)).collect();
    let mut plans = Vec::with_capacity(shape.operations);
    for crash in crashes {
        let client = (0..free.len()).min_by_key(|one| free[*one]).expect("a client");
        let call = free[client] + random.exponential(0.1 * MS) + 1;
        let ret = call + random.exponential(MS).max(1_000);
        let effect = call + (random.unit() * (ret - call) as f64) as u64;
        let choice = random.below(6);
        let (value, expected) = (random.below(5), random.below(5));
        let plan = if crash {
            let late = call + (random.unit() * 5.0 * MS) as u64;
            let effect = (random.below(2) == 0).then_some(late);
            free[client] = call + 5_000_000;
            Plan { call, ret: u64::MAX, effect, choice: 2 + choice % 4, value, expected }
        } else {
            free[client] = ret;
            Plan { call, ret, effect: Some(effect), choice, value, expected }
        };
        plans.push(plan);
    }
    let mut order: Vec<usize> = (0..plans.len()).collect();
    order.sort_by_key(|at| (plans[*at].effect.unwrap_or(u64::MAX), *at));
    let mut held = None;
    let mut history = Vec::with_capacity(plans.len());
    for at in order {
        let Plan { call, ret, effect, choice, value, expected } = plans[at];
        let operation = match (shape.load, choice) {
            (Load::Unique, 0 | 2 | 4) if ret != u64::MAX => RegisterOperation::Read(held),
            (Load::Unique, _) => RegisterOperation::Write(Some(at as u64)),
            (Load::FiveValues, 0 | 1) => RegisterOperation::Read(held),
            (Load::FiveValues, 2 | 3) => RegisterOperation::Write(Some(value)),
            (Load::FiveValues, _) if effect.is_none() || held == Some(expected) => {
                RegisterOperation::CompareAndSet { from: Some(expected), to: value }
            }
            // One that fails is an observation.
            (Load::FiveValues, _) if ret != u64::MAX => RegisterOperation::Refused(Some(expected)),
            (Load::FiveValues, _) => {
                RegisterOperation::CompareAndSet { from: Some(expected), to: value }
            }
        };
        match operation {
            RegisterOperation::Write(value) if effect.is_some() => held = value,
            RegisterOperation::CompareAndSet { from, to } if effect.is_some() && held == from => {
                held = Some(to);
            }
            _ => {}
        }
        history.push(Interval { call, ret, operation });
    }
    history.sort_by_key(|one| one.call);
    history
}

/// Adds a client that reads 0 and 1 in turns after everything has returned, more often than the
/// operations in doubt can explain.
pub(crate) fn flip(history: &mut History, crashed: usize) {
    let returned = history.iter().filter(|one| one.ret != u64::MAX).map(|one| one.ret);
    let mut now = returned.max().unwrap_or(0) + 1_000;
    for turn in 0..crashed as u64 + 3 {
        let operation = RegisterOperation::Read(Some(turn % 2));
        history.push(Interval { call: now, ret: now + 1_000, operation });
        now += 2_000;
    }
}

/// Lets one read near a place return a value that a write, itself completed before the read began,
/// had overwritten.
pub(crate) fn make_stale(history: &mut History, near: usize) {
    let writes: Vec<(u64, u64, u64)> = history
        .iter()
        .filter_map(|one| match one.operation {
            RegisterOperation::Write(Some(value)) => Some((one.call, one.ret, value)),
            _ => None,
        })
        .collect();
    let mut reads: Vec<usize> = (0..history.len())
        .filter(|at| matches!(history[*at].operation, RegisterOperation::Read(_)))
        .collect();
    reads.sort_by_key(|at| at.abs_diff(near));
    for at in reads {
        let begun = history[at].call;
        let last = writes.iter().filter(|(_, ret, _)| *ret < begun).map(|(call, ..)| *call).max();
        let old = writes
            .iter()
            .filter(|(_, ret, _)| last.is_some_and(|last| *ret < last))
            .max_by_key(|(call, ..)| *call);
        if let Some((_, _, value)) = old {
            history[at].operation = RegisterOperation::Read(Some(*value));
            return;
        }
    }
    panic!("no read has an overwritten value before it");
}

/// Lets one read near a place return another of the five values: whether that is a violation the
/// search must say.
pub(crate) fn misread(history: &mut History, near: usize) {
    let reads = (0..history.len())
        .filter(|at| matches!(history[*at].operation, RegisterOperation::Read(_)) && *at >= near);
    let at = reads.min().expect("a read");
    if let RegisterOperation::Read(value) = history[at].operation {
        history[at].operation = RegisterOperation::Read(Some((value.unwrap_or(0) + 2) % 5));
    }
}
