//! Proofs of verdicts: each verifies, and no false one does.

mod generated;

use aerocert_checker::certificate::{prove, verify};
use aerocert_checker::oracle;
use history::{Call, Model, Operation, OperationId, Outcome, Proof, Returned};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const MODELS: [Model; 4] = [Model::Register, Model::CasRegister, Model::Counter, Model::Set];

const ROUNDS: u64 = if cfg!(debug_assertions) { 3_000 } else { 30_000 };

/// Histories with refusals; `AEROCERT_CASES` says how many.
fn refusals() -> u64 {
    std::env::var("AEROCERT_CASES").map_or(ROUNDS, |text| text.parse().expect("a number"))
}

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

/// Each verdict on refusals has a proof; and none of its mutants is believed that proves nothing.
#[test]
fn refusals_are_proven_and_mutants_of_their_proofs_are_refused() {
    let model = Model::CasRegister;
    let mut random = ChaCha8Rng::seed_from_u64(905);
    let (mut valid, mut believed, mut mutants) = (0, 0, 0);
    for round in 0..refusals() {
        let made = generated::refusing(&mut random, round);
        let operations = refs(&made);
        let told = || generated::told(&made);
        let proof = prove(model, &operations);
        assert_eq!(verify(model, &operations, &proof), Ok(()), "{proof:?}\n{}", told());
        let expected = oracle::explains(model, &operations);
        let is_refusal = |id: &OperationId| made[id.0 as usize].refused_ns().is_some();
        match proof {
            Proof::Unknown { reason } => panic!("{reason}\n{}", told()),
            Proof::Invalid { witness } => {
                assert!(!expected, "{}", told());
                let order = witness.clone();
                assert!(verify(model, &operations, &Proof::Valid { order }).is_err());
            }
            Proof::Valid { order } => {
                assert!(expected, "{}", told());
                valid += 1;
                let stands = |order: &[OperationId]| {
                    verify(model, &operations, &Proof::Valid { order: order.to_vec() }).is_ok()
                };
                for at in (0..order.len()).filter(|at| is_refusal(&order[*at])) {
                    let mut mutant = order.clone();
                    let refusal = mutant.remove(at);
                    assert!(!stands(&mutant), "it is left out: {order:?}\n{}", told());
                    mutant.insert(random.random_range(0..=mutant.len()), refusal);
                    // By the definition, step by step.
                    let explains = explains(&mutant, &made);
                    assert_eq!(stands(&mutant), explains, "{mutant:?}\n{}", told());
                    believed += u64::from(explains);
                    mutants += 1;
                    mutant.push(refusal);
                    assert!(!stands(&mutant), "it stands twice: {mutant:?}\n{}", told());
                }
                let others = |one: &&Operation| one.outcome != Outcome::Fail || is_refusal(&one.id);
                let witness = made.iter().filter(others).filter(|_| random.random_bool(0.6));
                let witness = witness.map(|one| one.id).collect();
                let proof = Proof::Invalid { witness };
                assert!(verify(model, &operations, &proof).is_err(), "{proof:?}\n{}", told());
            }
        }
    }
    println!("{} histories, {valid} valid; {mutants} mutants, {believed} orders", refusals());
    assert!((refusals() / 10..refusals() * 9 / 10).contains(&valid), "{valid} are valid");
    assert!(believed > mutants / 10 && mutants - believed > mutants / 10, "{believed} {mutants}");
}

/// Whether an order of a register's operations agrees with real time and with what they returned.
fn explains(order: &[OperationId], operations: &[Operation]) -> bool {
    let order: Vec<&Operation> = order.iter().map(|id| &operations[id.0 as usize]).collect();
    let ended = |one: &Operation| match one.outcome {
        Outcome::Info => u64::MAX,
        _ => one.completed_ns.unwrap_or(u64::MAX),
    };
    let mut held = None;
    order.iter().enumerate().all(|(at, one)| {
        let in_time = order[at + 1..].iter().all(|later| ended(later) >= one.invoked_ns);
        let agrees = match (&one.call, one.outcome, &one.returned) {
            (Call::Read, _, Returned::Value(value)) => held == Some(*value),
            (Call::Read, ..) => held.is_none(),
            (Call::Cas { expected, .. }, Outcome::Fail, _) => held != *expected,
            (Call::Cas { expected, value, .. }, ..) => held.replace(*value) == *expected,
            (Call::Write { value }, ..) => {
                held = Some(*value);
                true
            }
            _ => false,
        };
        in_time && agrees
    })
}

/// Of a long record a refusal that is moved to where the value was in place, or left out, and a
/// witness of which something is missing: none is believed.
#[test]
fn long_records_with_refusals_are_proven_too() {
    let model = Model::CasRegister;
    let mut random = ChaCha8Rng::seed_from_u64(950);
    let (mut moved, mut broken) = (0, 0);
    for round in 0..30 {
        let shape = generated::Shape { operations: 3_000, processes: 8, in_doubt: round % 4 };
        let blind = [0.0, 0.1, 0.3][round as usize % 3];
        let mut made = generated::contended(&mut random, shape, blind);
        let proof = prove(model, &refs(&made));
        assert_eq!(verify(model, &refs(&made), &proof), Ok(()));
        let Proof::Valid { order } = proof else { panic!("{proof:?}") };
        let stands =
            |order: Vec<OperationId>| verify(model, &refs(&made), &Proof::Valid { order }).is_ok();
        let place = |value: u64| {
            order.iter().position(|id| match made[id.0 as usize].call {
                Call::Write { value: own } | Call::Cas { value: own, .. } => own == value,
                _ => false,
            })
        };
        for at in (0..order.len()).filter(|at| made[order[*at].0 as usize].refused_ns().is_some()) {
            let mut mutant = order.clone();
            let refusal = mutant.remove(at);
            if at % 16 == 0 {
                assert!(!stands(mutant.clone()), "it is left out");
            }
            let Call::Cas { expected: Some(value), .. } = made[refusal.0 as usize].call else {
                continue;
            };
            if let Some(write) = place(value) {
                mutant.insert(if write < at { write + 1 } else { write }, refusal);
                assert!(!stands(mutant), "{value} is in place there");
                moved += 1;
            }
        }
        if !generated::unjustify(&mut made, &mut random) {
            continue;
        }
        broken += 1;
        let proof = prove(model, &refs(&made));
        assert_eq!(verify(model, &refs(&made), &proof), Ok(()));
        let Proof::Invalid { witness } = proof else { panic!("{proof:?}") };
        assert!(witness.len() <= 6, "{witness:?}");
        for left_out in 0..witness.len() {
            let mut witness = witness.clone();
            witness.remove(left_out);
            assert!(verify(model, &refs(&made), &Proof::Invalid { witness }).is_err());
        }
    }
    println!("{moved} refusals were moved, {broken} records are broken");
    assert!(moved > 1_000 && broken > 20, "{moved} {broken}");
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
                Proof::Unknown { reason } => panic!("{model:?}: {reason}: {operations:#?}"),
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

/// The same where compare-and-sets were refused, of which some are in the witness.
#[test]
fn no_witness_with_refusals_stands_against_a_valid_record() {
    let model = Model::CasRegister;
    let mut random = ChaCha8Rng::seed_from_u64(925);
    let mut tried = 0;
    for round in 0..refusals() / 4 {
        let made = generated::refusing(&mut random, round);
        let operations = refs(&made);
        if !oracle::explains(model, &operations) {
            continue;
        }
        let says = |one: &&Operation| one.outcome != Outcome::Fail || one.refused_ns().is_some();
        let said: Vec<OperationId> = made.iter().filter(says).map(|one| one.id).collect();
        // Every witness there is, of a small record.
        let chosen = |set: u32| (0..said.len()).filter(move |at| set & (1 << at) != 0);
        for set in 1..1_u32 << said.len().min(7) {
            let witness = chosen(set).map(|at| said[at]).collect();
            let proof = Proof::Invalid { witness };
            let told = || generated::told(&made);
            assert!(verify(model, &operations, &proof).is_err(), "{proof:?}\n{}", told());
            tried += 1;
        }
    }
    assert!(tried > refusals() / 4, "{tried}");
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
