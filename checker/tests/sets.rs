//! Sets read as a whole, held to brute force.

mod generated;

use std::collections::BTreeSet;

use aerocert_checker::linearizability::{Decision, Unseen, set};
use history::{Call, Model, Operation, Outcome, Returned, Value};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const ROUNDS: u64 = if cfg!(debug_assertions) { 5_000 } else { 50_000 };

/// Whether some order explains what was read; what is in doubt may be left out.
fn explains(left: &[&Operation], held: &BTreeSet<Value>) -> bool {
    if left.iter().all(|one| one.outcome == Outcome::Info) {
        return true;
    }
    (0..left.len()).any(|next| {
        let one = left[next];
        let waits = left
            .iter()
            .any(|other| other.outcome == Outcome::Ok && other.completed_ns < Some(one.invoked_ns));
        let mut held = held.clone();
        let possible = match (&one.call, &one.returned) {
            (Call::Append { element }, _) => held.insert(*element),
            (_, Returned::List(elements)) => {
                let distinct: BTreeSet<Value> = elements.iter().copied().collect();
                distinct == held && elements.len() == held.len()
            }
            _ => false,
        };
        let rest: Vec<&Operation> =
            left.iter().enumerate().filter(|(at, _)| *at != next).map(|(_, one)| *one).collect();
        !waits && possible && explains(&rest, &held)
    })
}

fn shuffled(random: &mut ChaCha8Rng, operations: &mut [Operation]) {
    for one in operations {
        if let Returned::List(elements) = &mut one.returned {
            for at in (1..elements.len()).rev() {
                elements.swap(at, random.random_range(0..=at));
            }
            // Any subset now and then, so that reads need not form a chain.
            if random.random_bool(0.15) {
                elements.retain(|_| random.random_bool(0.6));
            }
        }
    }
}

#[test]
fn sets_agree_with_brute_force_and_so_do_their_proofs() {
    let mut random = ChaCha8Rng::seed_from_u64(950);
    let (mut valid, mut small) = (0, 0);
    for _ in 0..ROUNDS {
        let mut operations = if random.random_bool(0.5) {
            generated::wild(Model::Set, &mut random, 8, false)
        } else {
            let shape = generated::Shape { operations: 7, processes: 3, in_doubt: 25 };
            generated::tame(Model::Set, &mut random, shape)
        };
        shuffled(&mut random, &mut operations);
        let live = |one: &&Operation| {
            one.outcome == Outcome::Ok || (one.outcome == Outcome::Info && one.call.is_write())
        };
        let refs: Vec<&Operation> = operations.iter().collect();
        let expected =
            explains(&operations.iter().filter(live).collect::<Vec<_>>(), &BTreeSet::new());
        match set::decide(&refs, Unseen::Impossible).expect("unique elements") {
            Decision::Holds => assert!(expected, "{operations:#?}"),
            Decision::Broken(violation) => {
                assert!(!expected, "{operations:#?}");
                let excerpt: Vec<Operation> =
                    violation.operations.iter().map(|at| operations[*at].clone()).collect();
                assert!(excerpt.len() <= 4, "{excerpt:#?}");
                // With what its reads hold added at any time, nothing explains the excerpt either;
                // but that nobody added an element is known of the whole alone.
                let known = |value: &Value| {
                    operations.iter().any(|one| {
                        one.call == Call::Append { element: *value } && one.outcome != Outcome::Fail
                    })
                };
                let held: BTreeSet<Value> = excerpt
                    .iter()
                    .filter_map(|one| match &one.returned {
                        Returned::List(elements) => Some(elements.clone()),
                        _ => None,
                    })
                    .flatten()
                    .filter(known)
                    .collect();
                let missing = held.into_iter().filter(|value| {
                    excerpt.iter().all(|one| one.call != Call::Append { element: *value })
                });
                let added: Vec<Operation> = missing
                    .map(|element| {
                        generated::operation(Call::Append { element }, 0, 0, Outcome::Info)
                    })
                    .collect();
                let all: Vec<&Operation> = excerpt.iter().chain(&added).collect();
                assert!(!explains(&all, &BTreeSet::new()), "{excerpt:#?} of {operations:#?}");
                small += 1;
            }
            Decision::Undecided(why) => panic!("{why}"),
        }
        valid += u64::from(expected);
    }
    assert!((ROUNDS / 50..ROUNDS * 49 / 50).contains(&valid), "{valid} are valid");
    assert!(small > ROUNDS / 50);
}
