//! The fast algorithms agree with brute force, in both directions, on random small histories.

mod generated;
mod tried;

use aerocert_checker::linearizability::search::Budget;
use aerocert_checker::linearizability::{
    Decision, Unseen, decide, decide_by_search, decide_near_linear,
};
use aerocert_checker::oracle;
use history::{Call, Model, Operation, Outcome};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

const MODELS: [Model; 4] = [Model::Register, Model::CasRegister, Model::Counter, Model::Set];

/// Histories per model and kind; `AEROCERT_CASES` says how many.
fn rounds() -> u64 {
    tried::cases(if cfg!(debug_assertions) { 10_000 } else { 100_000 })
}

fn refs(operations: &[Operation]) -> Vec<&Operation> {
    operations.iter().collect()
}

fn assert_agrees(model: Model, operations: &[Operation], unseen: Unseen) -> bool {
    let operations = refs(operations);
    let expected = oracle::explains(model, &operations);
    match decide(model, &operations, unseen) {
        Decision::Holds => assert!(expected, "{model:?}: found valid: {operations:#?}"),
        Decision::Broken(_) => assert!(!expected, "{model:?}: found broken: {operations:#?}"),
        Decision::Undecided(why) => panic!("{model:?}: {why}: {operations:#?}"),
    }
    expected
}

#[test]
fn verdicts_agree_on_wild_histories() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(model as u64);
        let mut valid = 0;
        for _ in 0..rounds() {
            let operations = generated::wild(model, &mut random, 8, false);
            valid += u64::from(assert_agrees(model, &operations, Unseen::Impossible));
        }
        assert!(
            (rounds() / 50..rounds() * 49 / 50).contains(&valid),
            "{model:?}: {valid} are valid"
        );
    }
}

#[test]
fn verdicts_agree_on_histories_with_one_flaw() {
    use rand::RngExt;
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(100 + model as u64);
        let mut valid = 0;
        for _ in 0..rounds() {
            let shape = generated::Shape {
                operations: random.random_range(3..=8),
                processes: random.random_range(2..=4),
                in_doubt: 25,
            };
            let mut operations = generated::tame(model, &mut random, shape);
            assert!(assert_agrees(model, &operations, Unseen::Impossible), "made valid");
            let one = random.random_range(0..operations.len());
            let other = random.random_range(0..operations.len());
            if matches!((&operations[one].call, &operations[other].call), (Call::Read, Call::Read))
            {
                let returned = operations[one].returned.clone();
                operations[one].returned = operations[other].returned.clone();
                operations[other].returned = returned;
            } else {
                let later = random.random_range(0..3000);
                operations[one].invoked_ns += later;
                if let Some(end) = &mut operations[one].completed_ns {
                    *end += later;
                }
                operations = generated::finish(operations);
            }
            valid += u64::from(assert_agrees(model, &operations, Unseen::Impossible));
        }
        assert!(
            (rounds() / 50..rounds() * 49 / 50).contains(&valid),
            "{model:?}: {valid} are valid"
        );
    }
}

/// Refused compare-and-sets are observations: brute force places them like any other operation.
#[test]
fn verdicts_agree_on_histories_with_refusals() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    // Histories; those that are valid; those whose refusals leave a choice to the search; those that
    // are valid but for their refusals.
    let (mut valid, mut open, mut refuted) = (0, 0, 0);
    for round in 0..rounds() {
        let mut operations = generated::refusing(&mut random, round);
        let is_valid = assert_agrees(Model::CasRegister, &operations, Unseen::Impossible);
        let refs = refs(&operations);
        let near = decide_near_linear(Model::CasRegister, &refs, Unseen::Impossible);
        open += u64::from(near.is_none());
        // What is a violation whatever else was written is one.
        let excerpt = decide(Model::CasRegister, &refs, Unseen::Possible);
        assert!(!is_valid || excerpt == Decision::Holds, "{operations:#?}");
        valid += u64::from(is_valid);
        operations.retain(|one| one.outcome != Outcome::Fail);
        refuted +=
            u64::from(!is_valid && oracle::explains(Model::CasRegister, &self::refs(&operations)));
    }
    println!(
        "{} histories, {valid} valid, {refuted} refuted by refusals, {open} searched",
        rounds()
    );
    assert!(valid > rounds() / 5 && refuted > rounds() / 10, "{valid} {refuted}");
    assert!((1..rounds() / 10).contains(&open), "{open} are left to the search");
}

#[test]
fn the_search_agrees_on_values_that_are_not_unique() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(200 + model as u64);
        let mut valid = 0;
        for _ in 0..rounds() {
            let operations = generated::small_domain(model, &mut random, 8);
            valid += u64::from(assert_agrees(model, &operations, Unseen::Impossible));
        }
        assert!(
            (rounds() / 50..rounds() * 49 / 50).contains(&valid),
            "{model:?}: {valid} are valid"
        );
    }
}

/// The fast algorithms and the search know nothing of each other.
#[test]
fn two_algorithms_agree_on_longer_histories() {
    use rand::RngExt;
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(300 + model as u64);
        let (mut valid, mut undecided) = (0, 0);
        let budget = Budget { configurations: 20_000, ..Budget::default() };
        for _ in 0..rounds() / 4 {
            let shape = generated::Shape {
                operations: random.random_range(10..=24),
                processes: random.random_range(2..=5),
                in_doubt: 10,
            };
            let mut operations = generated::tame(model, &mut random, shape);
            if random.random_bool(0.7) {
                let reads: Vec<usize> =
                    (0..operations.len()).filter(|at| !operations[*at].call.is_write()).collect();
                if let [first, .., last] = reads[..] {
                    operations[last].returned = operations[first].returned.clone();
                }
            }
            let operations = refs(&operations);
            let fast = decide(model, &operations, Unseen::Impossible);
            let slow = decide_by_search(model, &operations, budget);
            if matches!(slow, Decision::Undecided(_)) {
                undecided += 1;
                continue;
            }
            assert_eq!(
                matches!(fast, Decision::Holds),
                matches!(slow, Decision::Holds),
                "{model:?}: {fast:?}, {slow:?}: {operations:#?}"
            );
            valid += u64::from(matches!(fast, Decision::Holds));
        }
        let rounds = rounds() / 4;
        assert!(undecided < rounds / 10, "{model:?}: {undecided} are undecided");
        assert!((rounds / 50..rounds * 49 / 50).contains(&valid), "{model:?}: {valid} are valid");
    }
}

/// Keys whose values are apart, or the same for all keys; in the order of calls, or in any.
#[test]
fn columns_of_many_keys_agree_with_brute_force() {
    use aerocert_checker::linearizability::register::{Action, Columns, judge};
    use history::Returned;
    use rand::seq::SliceRandom;
    let mut random = ChaCha8Rng::seed_from_u64(500);
    for round in 0..rounds() / 1_000 {
        let mut rows = Vec::new();
        let mut broken = Vec::new();
        let mut first_value = 0;
        for key in 0..100 {
            let model = if key % 3 == 0 { Model::CasRegister } else { Model::Register };
            let operations = generated::wild(model, &mut random, 8, false);
            if !oracle::explains(model, &refs(&operations)) {
                broken.push(key);
            }
            let id = |value: u64| first_value + value as u32;
            for one in &operations {
                let action = match (&one.call, &one.returned, one.outcome) {
                    (Call::Write { value } | Call::Cas { value, .. }, _, Outcome::Fail) => {
                        Action::Failed(id(*value))
                    }
                    (Call::Cas { expected, value, .. }, ..) => {
                        Action::CompareAndSet { from: expected.map_or(0, id), to: id(*value) }
                    }
                    (Call::Write { value }, ..) => Action::Write(id(*value)),
                    (_, Returned::Value(value), _) => Action::Read(id(*value)),
                    _ => Action::Read(0),
                };
                let ret = one.settled_ns().saturating_add(1);
                rows.push((one.invoked_ns + 1, key, ret, action));
            }
            first_value += if round % 2 == 0 { 8 } else { 0 };
        }
        match round % 3 {
            0 => rows.shuffle(&mut random),
            _ => rows.sort_by_key(|row| row.0),
        }
        let mut columns = Columns::with_capacity(rows.len());
        for (call, key, ret, action) in &rows {
            columns.push(*key, *call, *ret, *action);
        }
        let judgement = judge(&columns);
        assert!(judgement.ambiguous.is_empty());
        assert_eq!(judgement.broken.iter().map(|(key, _)| *key).collect::<Vec<_>>(), broken);
        for (key, conflict) in judgement.broken {
            assert!(conflict.steps.iter().all(|step| rows[*step as usize].1 == key));
        }
    }
}

/// A value that is written twice does not name its write: its key is left to the general search.
#[test]
fn columns_with_values_written_twice_are_not_judged() {
    use aerocert_checker::linearizability::register::{Action, Columns, judge};
    let mut columns = Columns::default();
    for (key, action) in [
        (0, Action::Write(1)),
        (1, Action::Write(2)),
        (0, Action::Write(1)),
        (2, Action::CompareAndSet { from: 0, to: 3 }),
        (2, Action::Write(3)),
        (3, Action::Write(0)),
    ] {
        columns.push(key, 1, 9, action);
    }
    assert_eq!(judge(&columns).ambiguous, [0, 2, 3]);
    assert!(judge(&columns).broken.is_empty());
}
