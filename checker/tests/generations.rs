//! Registers judged by their generations: held to brute force, and to what was made to lie.

mod generated;

use aerocert_checker::linearizability::register::Action;
use aerocert_checker::linearizability::versions::{AVAILABLE, Lie, STRONG, Versions, judge};
use aerocert_checker::oracle;
use generated::Shape;
use history::{Call, Model, Operation, Outcome, Returned};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const ROUNDS: u64 = if cfg!(debug_assertions) { 10_000 } else { 100_000 };

/// One key's operations with what they were told.
fn push(versions: &mut Versions, key: u32, operations: &[Operation]) {
    for one in operations {
        let id = |value: Option<u64>| value.map_or(0, |value| value as u32);
        let action = match (&one.call, &one.returned) {
            (Call::Write { value }, _) => Action::Write(id(Some(*value))),
            (Call::Cas { expected, value, .. }, _) => {
                Action::CompareAndSet { from: id(*expected), to: id(Some(*value)) }
            }
            (_, Returned::Value(value)) => Action::Read(id(Some(*value))),
            _ => Action::Read(0),
        };
        let action = match action {
            Action::Write(value) | Action::CompareAndSet { to: value, .. }
                if one.outcome == Outcome::Fail =>
            {
                Action::Failed(value)
            }
            action => action,
        };
        let ret = one.settled_ns().saturating_add(1);
        versions.push(key, one.invoked_ns + 1, ret, action, one.generation.unwrap_or(0));
    }
}

/// Gives a history with a known order the generations of that order: values are numbered by it.
fn tell(operations: &mut [Operation], highest: u32) {
    let mut order: Vec<u64> = operations.iter().filter_map(shown).collect();
    order.retain(|value| *value > 0);
    order.sort_unstable();
    order.dedup();
    for one in operations {
        let Some(value) = shown(one).filter(|_| one.outcome == Outcome::Ok) else { continue };
        let version = order.partition_point(|other| *other <= value) as u32;
        one.generation = (value > 0).then_some((version - 1) % highest + 1);
    }
}

fn shown(one: &Operation) -> Option<u64> {
    match (&one.call, &one.returned) {
        (Call::Write { value } | Call::Cas { value, .. }, _) => Some(*value),
        (_, Returned::Value(value)) => Some(*value),
        _ => Some(0),
    }
}

/// A tame history whose values are numbered by the order in which they took effect.
fn in_order_of_effect(model: Model, random: &mut ChaCha8Rng, shape: Shape) -> Vec<Operation> {
    let mut at = 1_000;
    let mut held = None;
    let mut operations = Vec::new();
    for value in 1..=shape.operations as u64 {
        at += random.random_range(1..100);
        let early = at - random.random_range(0..100 * shape.processes as u64).min(at - 1);
        let late = at + random.random_range(0..100 * shape.processes as u64);
        let mut one = if random.random_bool(0.5) {
            let returned = held.map_or(Returned::Absent, Returned::Value);
            Operation { returned, ..generated::operation(Call::Read, early, late, Outcome::Ok) }
        } else {
            let doubt = random.random_range(0..100) < shape.in_doubt;
            let outcome = if doubt { Outcome::Info } else { Outcome::Ok };
            let call = if model == Model::CasRegister && random.random_bool(0.6) {
                Call::Cas { expected: held, generation: 0, value }
            } else {
                Call::Write { value }
            };
            if !doubt || random.random_bool(0.5) {
                held = Some(value);
            }
            generated::operation(call, early, late, outcome)
        };
        one.generation = None;
        operations.push(one);
    }
    generated::finish(operations)
}

/// Whatever generations say, the verdict is that of brute force.
#[test]
fn verdicts_agree_with_brute_force_whatever_is_told() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (mut valid, mut failing, mut lying) = (0, 0, 0);
    for round in 0..ROUNDS {
        let model = if round % 2 == 0 { Model::Register } else { Model::CasRegister };
        let mut operations = if round % 4 < 2 {
            generated::wild(model, &mut random, 8, false)
        } else {
            let operations = random.random_range(2..=8);
            let shape = Shape { operations, processes: 3, in_doubt: 20 };
            in_order_of_effect(model, &mut random, shape)
        };
        tell(&mut operations, STRONG);
        for one in &mut operations {
            match random.random_range(0..20) {
                0 => one.generation = Some(random.random_range(1..6)),
                1 => one.generation = None,
                _ => {}
            }
        }
        let mut versions = Versions::with_capacity(8, STRONG);
        push(&mut versions, 0, &operations);
        let judgement = judge(&versions);
        assert!(judgement.ambiguous.is_empty());
        let refs: Vec<&Operation> = operations.iter().collect();
        let expected = oracle::explains(model, &refs);
        assert_eq!(judgement.broken.is_empty(), expected, "{judgement:?}: {operations:#?}");
        valid += u64::from(expected);
        failing += u64::from(!judgement.failing.is_empty());
        lying += u64::from(!judgement.lies.is_empty());
    }
    for count in [valid, ROUNDS - failing, failing, lying] {
        assert!((ROUNDS / 10..ROUNDS * 9 / 10).contains(&count), "{valid} {failing} {lying}");
    }
}

#[test]
fn honest_generations_decide_alone_even_where_they_begin_anew() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    for highest in [64, STRONG, AVAILABLE] {
        for in_doubt in [0, 10] {
            let shape = Shape { operations: 20_000, processes: 2, in_doubt };
            let mut operations = in_order_of_effect(Model::Register, &mut random, shape);
            tell(&mut operations, highest);
            let mut versions = Versions::with_capacity(operations.len(), highest);
            push(&mut versions, 0, &operations);
            assert_eq!(judge(&versions), Default::default(), "{highest}");
        }
    }
}

#[test]
fn each_lie_is_told_apart() {
    let lies = |rows: &[(u64, u64, Action, u32)]| {
        let mut versions = Versions::with_capacity(rows.len(), STRONG);
        for (call, ret, action, generation) in rows {
            versions.push(0, *call, *ret, *action, *generation);
        }
        judge(&versions).lies
    };
    let fork = [(1, 2, Action::Write(1), 1), (3, 4, Action::Write(2), 1)];
    assert_eq!(lies(&fork), [(0, Lie::Fork(0, 1))]);
    let fork =
        [(1, 9, Action::Read(1), 1), (2, 3, Action::Write(2), 1), (2, 4, Action::Write(1), 2)];
    assert_eq!(lies(&fork), [(0, Lie::Fork(0, 1))]);
    let back = [(1, 2, Action::Write(1), 2), (3, 4, Action::Write(2), 1)];
    assert_eq!(lies(&back), [(0, Lie::Regression(0, 1))]);
    let swap = |to| Action::CompareAndSet { from: 0, to };
    let winners = [(1, 5, swap(1), 1), (2, 5, swap(2), 2)];
    assert_eq!(lies(&winners), [(0, Lie::Winners(0, 1))]);
    assert_eq!(lies(&[(1, 2, Action::Write(1), 1), (3, 4, Action::Write(2), 2)]), []);
}

/// The found version of a refusal is an observation: it must have held another value.
#[test]
fn refusals_that_found_a_version_are_observations() {
    let verdict = |found: u32| {
        let mut versions = Versions::with_capacity(4, STRONG);
        versions.push(0, 1, 2, Action::Write(1), 1);
        versions.push(0, 3, 20, Action::Write(2), 2);
        versions.push(0, 10, 12, Action::Refused(1), found);
        versions.push(0, 30, 31, Action::Read(2), 2);
        judge(&versions)
    };
    assert_eq!(verdict(2), Default::default());
    assert_eq!(verdict(1).failing, [0], "it found the value that it asked for");
    assert_eq!(verdict(900).failing, [0], "a version that is far ahead");
}
