//! Registers judged by their generations: held to brute force, and to what was made to lie.

mod generated;
mod tried;

use aerocert_checker::linearizability::register::{self, Action};
use aerocert_checker::linearizability::versions::{AVAILABLE, Lie, STRONG, Versions, judge};
use aerocert_checker::oracle;
use generated::Shape;
use history::{Call, Model, Operation, Outcome, Returned};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const ROUNDS: u64 = if cfg!(debug_assertions) { 10_000 } else { 100_000 };

/// Histories with refusals; `AEROCERT_CASES` says how many.
fn refusals() -> u64 {
    tried::cases(ROUNDS)
}

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
        let (call, generation) = (one.invoked_ns + 1, one.generation.unwrap_or(0));
        if let (Call::Cas { expected, .. }, Some(end)) = (&one.call, one.refused_ns()) {
            versions.push(key, call, ret, action, 0);
            versions.push(key, call, end + 1, Action::Refused(id(*expected)), generation);
        } else {
            versions.push(key, call, ret, action, generation);
        }
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

/// Longer than brute force can follow, so that versions are walked over before the end: what a read
/// or a generation says falsely makes the verdict that values alone give.
#[test]
fn longer_histories_are_judged_as_values_judge_them() {
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let (mut valid, mut trusted, rounds) = (0, 0, ROUNDS / 50);
    for _ in 0..rounds {
        let shape = Shape {
            operations: random.random_range(20..300),
            processes: random.random_range(1..20),
            in_doubt: 10,
        };
        let mut versions = Versions::with_capacity(shape.operations, AVAILABLE);
        let mut operations = in_order_of_effect(Model::Register, &mut random, shape);
        tell(&mut operations, AVAILABLE);
        let reads: Vec<usize> =
            (0..operations.len()).filter(|at| !operations[*at].call.is_write()).collect();
        let (one, other) =
            (reads[random.random_range(0..reads.len())], random.random_range(0..operations.len()));
        let (seen, told) = (shown(&operations[other]), operations[other].generation);
        match random.random_range(0..4) {
            0 => operations[one].generation = told,
            1 => {
                operations[one].returned = seen.map_or(Returned::Absent, Returned::Value);
                operations[one].generation = told;
            }
            2 => operations[other].generation = None,
            _ => {}
        }
        push(&mut versions, 0, &operations);
        let judgement = judge(&versions);
        let by_values = register::judge(versions.columns());
        assert!(judgement.ambiguous.is_empty() && by_values.ambiguous.is_empty());
        let told = || generated::told(&operations);
        assert_eq!(judgement.broken.len(), by_values.broken.len(), "{judgement:?}\n{}", told());
        valid += u64::from(by_values.broken.is_empty());
        trusted += u64::from(judgement.failing.is_empty());
    }
    for count in [valid, rounds - valid, trusted, rounds - trusted] {
        assert!(count > rounds / 10, "{valid} {trusted}");
    }
}

/// Adds refusals to a history whose values are numbered by its order: each found, at an instant within
/// its interval, a version that was then in place, or one that was not.
fn refuse(operations: Vec<Operation>, random: &mut ChaCha8Rng, refusals: usize) -> Vec<Operation> {
    let told = |one: &Operation| one.generation.filter(|_| one.outcome == Outcome::Ok);
    let mut found = Vec::new();
    for _ in 0..refusals {
        let near = &operations[random.random_range(0..operations.len())];
        let at = near.invoked_ns + random.random_range(0..300);
        let from = at - random.random_range(0..300).min(at);
        let other = &operations[random.random_range(0..operations.len())];
        let expected = shown(other).filter(|value| *value > 0);
        let value = 1_000 + found.len() as u64;
        let call = Call::Cas { expected, generation: 0, value };
        let to = at + random.random_range(0..300);
        let mut refusal = generated::operation(call, from, to, Outcome::Fail);
        refusal.code = 3;
        refusal.generation = told(near).filter(|_| random.random_bool(0.8));
        found.push(refusal);
    }
    generated::finish(operations.into_iter().chain(found).collect())
}

/// A version that a refusal found is a sight like any other, and no sight if it was not told.
#[test]
fn verdicts_with_refusals_agree_with_brute_force_whatever_is_told() {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let (mut valid, mut proposed, mut open, mut refuted) = (0, 0, 0, 0);
    for round in 0..refusals() {
        let shape = Shape { operations: random.random_range(2..=6), processes: 3, in_doubt: 20 };
        let mut operations = in_order_of_effect(Model::CasRegister, &mut random, shape);
        tell(&mut operations, STRONG);
        let mut operations = refuse(operations, &mut random, 1 + round as usize % 3);
        for one in &mut operations {
            match random.random_range(0..40) {
                0 => one.generation = Some(random.random_range(1..6)),
                1 => one.generation = None,
                _ => {}
            }
        }
        let mut versions = Versions::with_capacity(8, STRONG);
        push(&mut versions, 0, &operations);
        let judgement = judge(&versions);
        let told = || generated::told(&operations);
        let refs: Vec<&Operation> = operations.iter().collect();
        let expected = oracle::explains(Model::CasRegister, &refs);
        if judgement.ambiguous.is_empty() {
            assert_eq!(judgement.broken.is_empty(), expected, "{judgement:?}\n{}", told());
        } else {
            open += 1;
        }
        proposed += u64::from(judgement.failing.is_empty());
        valid += u64::from(expected);
        let rest: Vec<&Operation> =
            refs.into_iter().filter(|one| one.refused_ns().is_none()).collect();
        refuted += u64::from(!expected && oracle::explains(Model::CasRegister, &rest));
    }
    println!(
        "{} histories, {valid} valid, {proposed} as proposed, {refuted} refuted by refusals, {open} open",
        refusals()
    );
    assert!(valid > refusals() / 5 && refuted > refusals() / 20, "{valid} {refuted}");
    assert!(proposed > refusals() / 20 && open < refusals() / 10, "{proposed} {open}");
}

/// Whole histories whose refusals found what was there are as their generations propose; one that found
/// what it asked for, or found it between two sights of it, is not.
#[test]
fn honest_refusals_leave_the_proposal_as_it_is() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let shape = Shape { operations: 20_000, processes: 2, in_doubt: 0 };
    let mut operations = in_order_of_effect(Model::Register, &mut random, shape);
    tell(&mut operations, AVAILABLE);
    // Each read finds what a refusal of any other value would have found.
    let reads: Vec<Operation> = operations
        .iter()
        .filter(|one| one.generation.is_some() && !one.call.is_write())
        .cloned()
        .collect();
    let refusal = |read: &Operation, expected: Option<u64>, value: u64| Operation {
        call: Call::Cas { expected, generation: 0, value: 30_000 + value },
        outcome: Outcome::Fail,
        code: 3,
        returned: Returned::Nothing,
        ..read.clone()
    };
    let seen = |read: &Operation| shown(read).filter(|value| *value > 0);
    let honest = reads.iter().zip(1..).step_by(10).map(|(read, value)| {
        refusal(
            read,
            seen(read).map(|seen| seen.saturating_sub(1)).filter(|other| *other > 0),
            value,
        )
    });
    let honest: Vec<Operation> = operations.iter().cloned().chain(honest).collect();
    let failing = |operations: Vec<Operation>| {
        let mut versions = Versions::with_capacity(operations.len(), AVAILABLE);
        push(&mut versions, 0, &generated::finish(operations));
        judge(&versions).failing
    };
    assert_eq!(failing(honest.clone()), Vec::<u32>::new());
    for at in [0, reads.len() / 2, reads.len() - 1] {
        let liar = refusal(&reads[at], seen(&reads[at]), 0);
        assert_eq!(failing(honest.iter().cloned().chain([liar]).collect()), [0]);
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
