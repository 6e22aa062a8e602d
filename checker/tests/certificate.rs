//! Proofs of verdicts: each verifies, and no false one does.

mod generated;

use aerocert_checker::certificate::{prove, verify};
use aerocert_checker::oracle;
use history::{Call, Model, Operation, OperationId, Outcome, Proof, Returned};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const MODELS: [Model; 4] = [Model::Register, Model::CasRegister, Model::Counter, Model::Set];

const ROUNDS: u64 = if cfg!(debug_assertions) { 3_000 } else { 30_000 };

fn refs(operations: &[Operation]) -> Vec<&Operation> {
    operations.iter().collect()
}

#[test]
fn every_verdict_has_a_proof_that_verifies() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(900 + model as u64);
        let mut valid = 0;
        for _ in 0..ROUNDS {
            let operations = generated::wild(model, &mut random, 8, false);
            let operations = refs(&operations);
            let proof = prove(model, &operations);
            let expected = oracle::explains(model, &operations);
            match &proof {
                Proof::Valid { .. } => assert!(expected, "{operations:#?}"),
                Proof::Invalid { .. } => assert!(!expected, "{operations:#?}"),
                Proof::Unknown { reason } => panic!("{model:?}: {reason}: {operations:#?}"),
            }
            assert_eq!(verify(model, &operations, &proof), Ok(()), "{proof:?} {operations:#?}");
            valid += u64::from(expected);
        }
        assert!((ROUNDS / 50..ROUNDS * 49 / 50).contains(&valid), "{model:?}: {valid} are valid");
    }
}

#[test]
fn values_that_are_not_unique_are_proven_where_they_can() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(910 + model as u64);
        let mut proven = 0;
        for _ in 0..ROUNDS / 3 {
            let operations = generated::small_domain(model, &mut random, 7);
            let operations = refs(&operations);
            let expected = oracle::explains(model, &operations);
            let proof = prove(model, &operations);
            assert_eq!(verify(model, &operations, &proof), Ok(()), "{operations:#?}");
            match proof {
                Proof::Valid { .. } => assert!(expected, "{operations:#?}"),
                Proof::Invalid { .. } => assert!(!expected, "{operations:#?}"),
                Proof::Unknown { .. } => assert!(expected, "a small violation: {operations:#?}"),
            }
            proven += u64::from(!expected);
        }
        assert!(proven > ROUNDS / 30, "{model:?}: {proven}");
    }
}

/// A witness against a linearizable record is never believed, whatever it is made of.
#[test]
fn no_witness_stands_against_a_valid_record() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(920 + model as u64);
        let mut tried = 0;
        while tried < ROUNDS / 3 {
            let operations = if random.random_bool(0.5) {
                generated::wild(model, &mut random, 7, false)
            } else {
                let shape = generated::Shape { operations: 7, processes: 3, in_doubt: 25 };
                generated::tame(model, &mut random, shape)
            };
            let operations = refs(&operations);
            if !oracle::explains(model, &operations) {
                continue;
            }
            let live = operations.iter().filter(|one| one.outcome != Outcome::Fail);
            let witness: Vec<OperationId> =
                live.filter(|_| random.random_bool(0.6)).map(|one| one.id).collect();
            let proof = Proof::Invalid { witness };
            assert!(verify(model, &operations, &proof).is_err(), "{proof:?} {operations:#?}");
            tried += 1;
        }
    }
}

/// An order is believed only if it is one: every permutation of small records is tried.
#[test]
fn an_order_that_verifies_explains_the_record() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(930 + model as u64);
        let (mut believed, mut refused) = (0, 0);
        for _ in 0..ROUNDS {
            let operations = generated::wild(model, &mut random, 4, false);
            let mut order: Vec<OperationId> = operations.iter().map(|one| one.id).collect();
            order.retain(|_| random.random_bool(0.9));
            for at in (1..order.len()).rev() {
                order.swap(at, random.random_range(0..=at));
            }
            let operations = refs(&operations);
            if verify(model, &operations, &Proof::Valid { order: order.clone() }).is_ok() {
                assert!(oracle::explains(model, &operations), "{order:?} {operations:#?}");
                believed += 1;
            } else {
                refused += 1;
            }
        }
        assert!(believed > ROUNDS / 100 && refused > ROUNDS / 10, "{model:?}: {believed}");
    }
}

#[test]
fn what_is_wrong_with_a_proof_is_told() {
    let read = |from, value| Operation {
        id: OperationId(from),
        returned: Returned::Value(value),
        ..generated::operation(Call::Read, from, from + 1, Outcome::Ok)
    };
    let write = |from, value, outcome| Operation {
        id: OperationId(from),
        ..generated::operation(Call::Write { value }, from, from + 1, outcome)
    };
    let operations = [
        write(1, 7, Outcome::Ok),
        read(3, 7),
        write(5, 8, Outcome::Fail),
        write(7, 9, Outcome::Info),
    ];
    let operations = refs(&operations);
    let told = |order: &[u64]| {
        let order = order.iter().map(|id| OperationId(*id)).collect();
        verify(Model::Register, &operations, &Proof::Valid { order }).unwrap_err()
    };
    assert_eq!(told(&[1]), "operation 3 happened and is missing");
    assert_eq!(told(&[1, 1, 3]), "operation 1 stands twice in the order");
    assert_eq!(told(&[3, 1]), "operation 3 returned something else");
    assert_eq!(told(&[1, 5, 3]), "operation 5 failed");
    assert_eq!(told(&[1, 2, 3]), "operation 2 is not of this record");
    assert_eq!(told(&[1, 7, 3]), "operation 3 had ended before one ahead of it began");
}

#[test]
fn long_records_are_proven_too() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(940 + model as u64);
        let operations = if model == Model::Set { 1_000 } else { 50_000 };
        for in_doubt in [0, 20] {
            let shape = generated::Shape { operations, processes: 20, in_doubt };
            let mut made = generated::tame(model, &mut random, shape);
            let proof = prove(model, &refs(&made));
            assert!(matches!(proof, Proof::Valid { .. }), "{model:?}: {proof:?}");
            assert_eq!(verify(model, &refs(&made), &proof), Ok(()));
            let reads: Vec<usize> =
                (0..made.len()).filter(|at| !made[*at].call.is_write()).collect();
            made[reads[reads.len() - 1]].returned = made[reads[reads.len() / 2]].returned.clone();
            let proof = prove(model, &refs(&made));
            assert_eq!(verify(model, &refs(&made), &proof), Ok(()));
            let Proof::Invalid { witness } = proof else { panic!("{model:?}: {proof:?}") };
            assert!(witness.len() <= 6, "{model:?}: {witness:?}");
        }
    }
}
