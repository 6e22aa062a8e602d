//! Every proof is a violation on its own, as brute force sees it, and nothing can be left out.

mod generated;

use aerocert_checker::anomalies::{
    Finding, Record, backward_read, counter_drift, dirty_read, divergence, duplicate, garbage_read,
    lost_update, lost_write, non_linearizable, session_writes, stale_read,
};
use aerocert_checker::census::prefix;
use aerocert_checker::certificate::verify;
use aerocert_checker::evidence::Seconds;
use aerocert_checker::oracle;
use history::{AnomalyClass, Call, Key, Model, Operation, OperationId, Outcome, Proof, Returned};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const ROUNDS: u64 = if cfg!(debug_assertions) { 2_000 } else { 20_000 };

/// Histories with refusals; `AEROCERT_CASES` says how many.
fn refusals() -> u64 {
    std::env::var("AEROCERT_CASES").map_or(ROUNDS, |text| text.parse().expect("a number"))
}

/// Adds a write in doubt for each value that was observed and whose writer is not there.
fn with_unseen(model: Model, operations: &[Operation]) -> Vec<Operation> {
    let mut all = operations.to_vec();
    let written = |value: u64, all: &[Operation]| {
        all.iter().any(|one| {
            matches!(one.call, Call::Write { value: v } | Call::Cas { value: v, .. } if v == value)
                || matches!(one.call, Call::Append { element } if element == value)
        })
    };
    let mut observed = Vec::new();
    for one in operations {
        match (&one.returned, &one.call) {
            (Returned::Value(value), _) => observed.push(*value),
            (Returned::List(elements), _) => observed.extend(elements),
            (_, Call::Cas { expected: Some(value), .. }) if one.outcome != Outcome::Fail => {
                observed.push(*value);
            }
            _ => {}
        }
    }
    for value in observed {
        if !written(value, &all) {
            let call = match model {
                Model::Set => Call::Append { element: value },
                _ => Call::Write { value },
            };
            all.push(generated::operation(call, 0, 0, Outcome::Info));
        }
    }
    all
}

/// Counts from the first of several sights on, whatever came before.
fn from_first_sight(operations: &[Operation]) -> Vec<Operation> {
    let mut operations = operations.to_vec();
    let sights = operations.iter().filter(|one| matches!(one.returned, Returned::Count(_)));
    let mut sights: Vec<&Operation> = sights.collect();
    sights.sort_by_key(|one| one.completed_ns);
    if let [first, _, ..] = sights[..]
        && let Returned::Count(count) = first.returned
        && (!first.call.is_write()
            || operations
                .iter()
                .all(|one| one.id == first.id || Some(one.invoked_ns) > first.completed_ns))
    {
        let base = count - i64::from(first.call.is_write());
        for one in &mut operations {
            if let Returned::Count(count) = &mut one.returned {
                *count -= base;
            }
        }
    }
    operations
}

fn is_violation(model: Model, class: AnomalyClass, operations: &[Operation]) -> bool {
    let operations = match class {
        // That nobody wrote the value is known of the whole history alone.
        AnomalyClass::GarbageRead => operations.to_vec(),
        _ if model == Model::Counter => from_first_sight(operations),
        _ => with_unseen(model, operations),
    };
    !oracle::explains(model, &operations.iter().collect::<Vec<_>>())
}

#[test]
fn proofs_are_violations_on_their_own_and_irreducible() {
    for model in [Model::Register, Model::CasRegister, Model::Set, Model::Counter] {
        let mut random = ChaCha8Rng::seed_from_u64(40 + model as u64);
        let mut sizes = [0_u64; 12];
        for _ in 0..ROUNDS {
            let operations = generated::wild(model, &mut random, 8, false);
            let all: Vec<&Operation> = operations.iter().collect();
            let record = Record::new(Key(0), model, all, Vec::new());
            let Some(finding) = non_linearizable::find(&record).expect("decided") else { continue };
            let proof: Vec<Operation> =
                finding.operations.iter().map(|at| operations[*at].clone()).collect();
            sizes[proof.len()] += 1;
            assert!(
                is_violation(model, finding.class, &proof),
                "{:?} is none: {proof:#?} of {operations:#?}",
                finding.class
            );
            if finding.class == AnomalyClass::NonLinearizable {
                for left_out in 0..proof.len() {
                    let mut fewer = proof.clone();
                    fewer.remove(left_out);
                    assert!(!is_violation(model, finding.class, &fewer), "{proof:#?}");
                }
            }
        }
        let small: u64 = sizes[1..=6].iter().sum();
        let all: u64 = sizes.iter().sum();
        assert!(all > ROUNDS / 5 && small * 100 >= all * 99, "{model:?}: {sizes:?}");
    }
}

/// A proof that rests on refusals has no order on its own. What the rest of the record could do for
/// it is nothing, as the verifier finds; and of each proof that leaves one more out, it is something.
#[test]
fn proofs_with_refusals_are_violations_on_their_own_and_irreducible() {
    let model = Model::CasRegister;
    let mut random = ChaCha8Rng::seed_from_u64(50);
    let mut sizes = [0_u64; 16];
    let (mut broken, mut told) = (0, 0);
    for round in 0..refusals() {
        let operations = generated::refusing(&mut random, round);
        let all: Vec<&Operation> = operations.iter().collect();
        let record = Record::new(Key(0), model, all.clone(), Vec::new());
        let finding = non_linearizable::find(&record).expect("decided");
        assert_eq!(
            finding.is_none(),
            oracle::explains(model, &all),
            "{}",
            generated::told(&operations)
        );
        let Some(finding) = finding else { continue };
        broken += 1;
        let proof: Vec<Operation> =
            finding.operations.iter().map(|at| operations[*at].clone()).collect();
        // What is a violation without refusals is proven without: all that failed saw nothing.
        let silent: Vec<Operation> =
            proof.iter().map(|one| Operation { code: 0, ..one.clone() }).collect();
        if is_violation(model, finding.class, &silent) {
            continue;
        }
        assert_eq!(finding.class, AnomalyClass::NonLinearizable);
        sizes[proof.len()] += 1;
        let explained = oracle::explains(model, &proof.iter().collect::<Vec<_>>());
        assert!(!explained, "{finding:?} of\n{}", generated::told(&operations));
        let stands = |left_out: Option<usize>| {
            let kept = (0..proof.len()).filter(|at| Some(*at) != left_out);
            let witness = kept.map(|at| proof[at].id).collect();
            verify(model, &all, &Proof::Invalid { witness })
        };
        assert_eq!(stands(None), Ok(()), "{finding:?} of\n{}", generated::told(&operations));
        for left_out in 0..proof.len() {
            assert!(
                stands(Some(left_out)).is_err(),
                "{left_out} of {finding:?} of\n{}",
                generated::told(&operations)
            );
        }
        let seconds = Seconds::apart(&proof);
        let claim = non_linearizable::claim(&record, &finding, seconds);
        assert!(claim.contains("was refused at"), "{claim}");
        told += u64::from(claim.contains("in place"));
    }
    let small: u64 = sizes[1..=6].iter().sum();
    let all: u64 = sizes.iter().sum();
    println!("{broken} broken, {all} proven by refusals, {told} told in short, sizes {sizes:?}");
    assert!(all > refusals() / 20 && told > all / 4, "{all} of {broken}, {told}");
    assert!(small * 100 >= all * 95, "{sizes:?}");
}

#[test]
fn a_refusal_in_a_long_history_is_proven_in_short() {
    let model = Model::CasRegister;
    let mut random = ChaCha8Rng::seed_from_u64(65);
    let mut broken = 0;
    for round in 0..60 {
        let shape = generated::Shape { operations: 2_000, processes: 6, in_doubt: round % 4 };
        let blind = if round % 3 == 0 { 0.1 } else { 0.0 };
        let mut operations = generated::contended(&mut random, shape, blind);
        if !generated::unjustify(&mut operations, &mut random) {
            continue;
        }
        broken += 1;
        let all: Vec<&Operation> = operations.iter().collect();
        let record = Record::new(Key(0), model, all.clone(), Vec::new());
        let finding = non_linearizable::find(&record).expect("decided").expect("a violation");
        assert!(finding.operations.len() <= 6, "{finding:?}");
        let witness = finding.operations.iter().map(|at| operations[*at].id).collect();
        assert_eq!(verify(model, &all, &Proof::Invalid { witness }), Ok(()));
        let prefix = prefix::longest(&record).expect("a prefix");
        let until = |end_ns: u64| {
            let at = |one: &&Operation| one.refused_ns().unwrap_or(one.settled_ns()) <= end_ns;
            finding.operations.iter().map(|at| &operations[*at]).all(|one| at(&one))
        };
        assert!(!until(prefix.until_ns - 1), "the proof was over before: {prefix:?} {finding:?}");
    }
    assert!(broken > 50, "{broken}");
}

#[test]
fn a_proof_from_a_long_history_is_short() {
    for model in [Model::Register, Model::CasRegister, Model::Set, Model::Counter] {
        let mut random = ChaCha8Rng::seed_from_u64(60 + model as u64);
        for round in 0..20 {
            let shape = generated::Shape {
                operations: if model == Model::Set { 300 } else { 2_000 },
                processes: 8,
                in_doubt: 5,
            };
            let mut operations = generated::tame(model, &mut random, shape);
            let reads: Vec<usize> =
                (0..operations.len()).filter(|at| !operations[*at].call.is_write()).collect();
            let early = reads[random.random_range(0..reads.len() / 3)];
            let late = reads[random.random_range(reads.len() / 2..reads.len())];
            operations[late].returned = operations[early].returned.clone();
            operations[late].id = OperationId(round);
            let record = Record::new(Key(0), model, operations.iter().collect(), Vec::new());
            let finding = non_linearizable::find(&record).expect("decided").expect("a violation");
            assert!(finding.operations.len() <= 6, "{model:?}: {finding:?}");
        }
    }
}

type Find = fn(&Record<'_>) -> Vec<Finding>;

/// Every class that a finder finds, on histories of each model: its proof is a violation on its own,
/// as brute force sees it.
#[test]
fn what_any_finder_finds_is_a_violation_on_its_own() {
    let finders: [(&str, Find); 9] = [
        ("stale-read", stale_read::find),
        ("backward-read", backward_read::find),
        ("session-writes", session_writes::find),
        ("dirty-read", dirty_read::find),
        ("garbage-read", garbage_read::find),
        ("lost-update", lost_update::find),
        ("duplicate", duplicate::find),
        ("lost-write", lost_write::find),
        ("divergence", divergence::find),
    ];
    let mut found = std::collections::BTreeMap::new();
    for model in [Model::Register, Model::CasRegister, Model::Set, Model::Counter] {
        let mut random = ChaCha8Rng::seed_from_u64(960 + model as u64);
        for _ in 0..ROUNDS {
            let mut operations = generated::wild(model, &mut random, 8, false);
            for one in &mut operations {
                if let Returned::List(elements) = &mut one.returned
                    && random.random_bool(0.05)
                {
                    elements.extend(elements.first().copied());
                }
            }
            let reads: Vec<usize> =
                (0..operations.len()).filter(|at| !operations[*at].call.is_write()).collect();
            // The last two reads are final, if all writes began before them.
            let finals = reads[reads.len().saturating_sub(2)..].to_vec();
            let began = finals.first().map_or(0, |at| operations[*at].invoked_ns);
            let settled =
                operations.iter().all(|one| !one.call.is_write() || one.invoked_ns < began);
            let finals = if settled { finals } else { Vec::new() };
            let record = Record::new(Key(0), model, operations.iter().collect(), finals);
            let all: Vec<&Operation> = operations.iter().collect();
            let mut findings: Vec<(&str, Vec<usize>, AnomalyClass)> = Vec::new();
            for (name, find) in finders {
                let made = find(&record).into_iter();
                findings.extend(made.map(|one| (name, one.operations, one.class)));
            }
            for finding in counter_drift::find(&record) {
                let proof = match finding.operations[..] {
                    [read] => counter_drift::prove(&record, read),
                    _ => finding.operations,
                };
                findings.push(("counter-drift", proof, finding.class));
            }
            for (name, mut positions, class) in findings {
                positions.sort_unstable();
                positions.dedup();
                let proof: Vec<Operation> =
                    positions.iter().map(|at| operations[*at].clone()).collect();
                // How many adds there are is known of the whole alone: the verifier counts them.
                let is_violation = match model {
                    Model::Counter => {
                        let witness = proof.iter().map(|one| one.id).collect();
                        verify(model, &all, &Proof::Invalid { witness }).is_ok()
                    }
                    _ => is_violation(model, class, &proof),
                };
                assert!(is_violation, "{name} is none: {proof:#?} of {operations:#?}");
                *found.entry(name).or_insert(0_u64) += 1;
            }
        }
    }
    assert_eq!(found.len(), 10, "{found:?}");
    assert!(found.values().all(|count| *count > 20), "{found:?}");
}
