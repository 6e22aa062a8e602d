//! The general search agrees with brute force, in both directions, on random small histories of
//! everything that it knows; and on longer ones with itself, told nothing but what operations do.
//!
//! `AEROCERT_CASES` says how many histories of each kind are tried, `AEROCERT_SEED` from which seed.

#[path = "generated/objects.rs"]
mod objects;
mod tried;

use std::collections::BTreeSet;

use aerocert_checker::linearizability::search::{Budget, Found, Interval, search};
use aerocert_checker::linearizability::{Decision, queue, search::decide};
use aerocert_checker::oracle::{self, Fate, Object};
use aerocert_checker::specification::Specification;
use objects::{
    CasRegisters, Case, Counters, Done, Lists, MultiRegisters, Mutexes, Queues, Registers, Sets,
    Texts, Times, UniqueQueues, WholeSets, change, intervals, tame, wild,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Histories of each kind, if nobody says otherwise.
const CASES: u64 = if cfg!(debug_assertions) { 3_000 } else { 60_000 };

/// Longer histories of each kind: those of queues take long without facts.
const MOST_LONGER: u64 = 3_000;

fn found<C: Case>(history: &Times<C>) -> Option<bool> {
    let budget = Budget { configurations: 300_000, ..Budget::default() };
    match search(&C::Specification::default(), &intervals::<C>(history), budget) {
        Found::Order => Some(true),
        Found::Nothing { .. } => Some(false),
        Found::Spent { .. } => None,
    }
}

fn searched<C: Case>(history: &Times<C>) -> bool {
    let found = found::<C>(history);
    found.unwrap_or_else(|| panic!("{}: not decided: {history:#?}", C::NAME))
}

fn explained<C: Case>(history: &Times<C>) -> bool {
    oracle::explains_object(&C::Object::default(), history)
}

/// The operations that a violation names have no order on their own.
fn names_a_violation<C: Case>(history: &Times<C>) -> bool {
    let intervals = intervals::<C>(history);
    match decide(&C::Specification::default(), &intervals, Budget::default()) {
        Decision::Broken(violation) => {
            let named: Times<C> = violation
                .operations
                .iter()
                .map(|at| {
                    let one = &intervals[*at];
                    let fate =
                        if one.ret == u64::MAX { Fate::InDoubt } else { Fate::Returned(one.ret) };
                    oracle::Timed { call: one.call, fate, operation: one.operation.clone() }
                })
                .collect();
            !explained::<C>(&named)
        }
        Decision::Holds => true,
        Decision::Undecided(why) => panic!("{}: {why}", C::NAME),
    }
}

/// The least history that still is wrong.
fn shrink<C: Case>(mut history: Times<C>, wrong: impl Fn(&Times<C>) -> bool) -> Times<C> {
    let mut at = 0;
    while at < history.len() {
        let mut without = history.clone();
        without.remove(at);
        if wrong(&without) {
            history = without;
            at = 0;
        } else {
            at += 1;
        }
    }
    history.sort_by_key(|one| one.call);
    history
}

fn agree<C: Case>() {
    let seed = tried::seed(1);
    let cases = tried::cases(CASES);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut valid = 0;
    for case in 0..cases {
        let mut history: Times<C> = match case % 4 {
            0 => wild::<C>(&mut random, 8),
            _ => {
                let (count, wide) = (random.random_range(3..=8), random.random_range(0..8));
                tame::<C>(&mut random, count, wide)
            }
        };
        if case % 4 == 1 {
            assert!(searched::<C>(&history), "{} is made valid: {history:#?}", C::NAME);
        }
        if case % 4 > 1 {
            change::<C>(&mut random, &mut history);
        }
        let disagrees = |history: &Times<C>| searched::<C>(history) != explained::<C>(history);
        if disagrees(&history) {
            let least = shrink::<C>(history, disagrees);
            panic!("{}: found {}: {least:#?}", C::NAME, searched::<C>(&least));
        }
        let misnamed = |history: &Times<C>| !names_a_violation::<C>(history);
        if misnamed(&history) {
            panic!("{}: names no violation of {:#?}", C::NAME, shrink::<C>(history, misnamed));
        }
        valid += u64::from(explained::<C>(&history));
    }
    println!("{}: {cases} histories from seed {seed}, {valid} of them valid", C::NAME);
    assert!((cases / 50..cases * 49 / 50).contains(&valid), "{}: {valid} are valid", C::NAME);
}

/// A specification that tells nothing but what operations do.
struct Plain<S>(S);

impl<S: Specification> Specification for Plain<S> {
    type State = S::State;
    type Operation = S::Operation;
    type Fact = ();

    fn initial(&self) -> S::State {
        self.0.initial()
    }

    fn apply(&self, state: &S::State, operation: &S::Operation) -> Option<S::State> {
        self.0.apply(state, operation)
    }

    fn observes(&self, _: &S::Operation) -> bool {
        false
    }
}

/// Longer histories than brute force can take.
fn agree_without_facts<C: Case>() {
    let seed = tried::seed(1) + 1_000;
    let cases = (tried::cases(CASES) / 20).min(MOST_LONGER);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut valid, mut decided, mut lost) = (0, 0, 0);
    let budget = Budget { configurations: 30_000, ..Budget::default() };
    for case in 0..cases {
        let (count, wide) = (random.random_range(10..=40), random.random_range(1..8));
        let mut history = tame::<C>(&mut random, count, wide);
        for _ in 0..case % 3 {
            change::<C>(&mut random, &mut history);
        }
        let plainly = |history: &Times<C>| {
            let plain = Plain(C::Specification::default());
            match search(&plain, &intervals::<C>(history), budget) {
                Found::Order => Some(true),
                Found::Nothing { .. } => Some(false),
                Found::Spent { .. } => None,
            }
        };
        let Some(plain) = plainly(&history) else { continue };
        let disagrees = |history: &Times<C>| {
            let found = found::<C>(history);
            plainly(history).is_some_and(|plain| found.is_some_and(|found| plain != found))
        };
        if disagrees(&history) {
            let least = shrink::<C>(history, disagrees);
            panic!("{}: found {:?}: {least:#?}", C::NAME, found::<C>(&least));
        }
        if found::<C>(&history).is_none() {
            lost += 1;
            continue;
        }
        decided += 1;
        valid += u64::from(plain);
    }
    println!(
        "{}: {decided} of {cases} longer histories from seed {seed}, {valid} valid, {lost} lost",
        C::NAME
    );
    assert!(lost <= cases / 20, "{}: {lost} are lost", C::NAME);
    assert!(decided > cases / 2, "{}: {decided} of {cases} are decided", C::NAME);
    assert!((decided / 100..decided * 99 / 100).contains(&valid), "{}: {valid} are valid", C::NAME);
}

macro_rules! each {
    ($($name:ident: $case:ident,)*) => {
        $(
            #[test]
            fn $name() {
                agree::<$case>();
                agree_without_facts::<$case>();
            }
        )*
    };
}

each! {
    registers: Registers,
    compare_and_set_registers: CasRegisters,
    counters: Counters,
    lists: Lists,
    texts: Texts,
    sets: Sets,
    sets_read_as_a_whole: WholeSets,
    queues: Queues,
    mutexes: Mutexes,
    several_registers: MultiRegisters,
}

/// Whether an order of a history's operations agrees with real time and with what they returned, and
/// leaves out nothing that happened.
fn is_order<C: Case>(history: &[Interval<Done<C>>], order: &[usize]) -> bool {
    let mut object = Some(C::Object::default());
    let mut called = 0;
    for at in order {
        let one = &history[*at];
        if one.ret < called {
            return false;
        }
        called = one.call.max(called);
        object = object.and_then(|object| object.after(&one.operation));
    }
    let happened = |at: &usize| history[*at].ret != u64::MAX;
    let once: BTreeSet<usize> = order.iter().copied().collect();
    object.is_some()
        && once.len() == order.len()
        && (0..history.len()).filter(happened).all(|at| once.contains(&at))
}

/// Queues of unique values by the order of their values alone.
#[test]
fn queues_by_the_order_of_their_values() {
    let cases = 4 * tried::cases(CASES);
    let mut random = ChaCha8Rng::seed_from_u64(tried::seed(1) + 2_000);
    let (mut valid, mut invalid, mut left, mut sizes) = (0, 0, 0, [0_u64; 10]);
    for case in 0..cases {
        let mut history: Times<UniqueQueues> = match case % 5 {
            0 => wild::<UniqueQueues>(&mut random, 8),
            _ => {
                let (count, wide) = (random.random_range(3..=9), random.random_range(0..10));
                tame::<UniqueQueues>(&mut random, count, wide)
            }
        };
        if case % 5 > 2 {
            change::<UniqueQueues>(&mut random, &mut history);
        }
        let intervals = intervals::<UniqueQueues>(&history);
        let expected = || explained::<UniqueQueues>(&history);
        match queue::decide(&intervals) {
            None => left += 1,
            Some(Decision::Undecided(why)) => panic!("{why}"),
            Some(Decision::Holds) => {
                valid += 1;
                assert!(expected(), "{intervals:#?}");
                let order = queue::order(&intervals).expect("it holds");
                assert!(is_order::<UniqueQueues>(&intervals, &order), "{order:?} {intervals:#?}");
            }
            Some(Decision::Broken(violation)) => {
                invalid += 1;
                assert!(!expected(), "{intervals:#?}");
                sizes[violation.operations.len()] += 1;
                let named = violation.operations.iter().map(|at| {
                    let Interval { call, ret, operation } = intervals[*at].clone();
                    let fate = if ret == u64::MAX { Fate::InDoubt } else { Fate::Returned(ret) };
                    oracle::Timed { call, fate, operation }
                });
                let named: Times<UniqueQueues> = named.collect();
                assert!(!explained::<UniqueQueues>(&named), "{named:#?} of {intervals:#?}");
            }
        }
    }
    println!(
        "{cases} queues: {valid} valid, {invalid} invalid {sizes:?}, {left} left to the search"
    );
    assert!(
        valid > cases / 10 && invalid > cases / 10 && left < cases * 2 / 3,
        "{valid} {invalid}"
    );
    assert!(sizes[1..5].iter().all(|size| *size > 0), "{sizes:?}");
}
