//! Proofs of verdicts on transactions: each verifies, and none is believed that is false.
//!
//! `AEROCERT_CASES` says how many histories of each kind are tried, `AEROCERT_SEED` from which seed.

mod executor;
mod told;

use std::collections::BTreeMap;

use aerocert_checker::certificate::verify_transactions;
use aerocert_checker::oracle::transactions::{Order, explains};
use aerocert_checker::transactions::{
    CycleClass, Judgement, Level, Phenomenon, Through, forbids, judge, prove,
};
use executor::Effect;
use history::{
    Act, Because, CycleStep, Grounds, Holding, OddRead, Outcome, ProvenAnomaly, TransactionId,
    Transactions, TransactionsProof, Verdict,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use told::written::{LISTS, REGISTERS};
use told::{Did, Told};

const CASES: u64 = if cfg!(debug_assertions) { 500 } else { 2_000 };

fn variable(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// The proof of each anomaly of a judgement for itself, with its class.
fn proofs(history: &Transactions, judgement: &Judgement) -> Vec<(Phenomenon, TransactionsProof)> {
    let forbidden =
        judgement.anomalies.iter().filter(|one| forbids(judgement.level, one.phenomenon));
    let alone = forbidden.map(|anomaly| {
        let alone = Judgement { anomalies: vec![anomaly.clone()], ..judgement.clone() };
        (anomaly.phenomenon, prove(history, &alone))
    });
    alone.collect()
}

fn told(history: &Transactions) -> String {
    let line = |(id, one): (TransactionId, &history::Transaction)| {
        let (outcome, times) = (one.outcome, (one.invoked, one.completed));
        format!("T{} {} {outcome:?} {times:?}: {}\n", id.0, one.process, history.describe(id))
    };
    history.iter().map(line).collect()
}

/// Each class of [`LISTS`] and [`REGISTERS`] is proven by its name, for exactly the levels that forbid it.
#[test]
fn each_class_by_hand_has_a_proof() {
    let mut classes = BTreeMap::new();
    for (text, expected) in LISTS.iter().chain(REGISTERS) {
        let history = told::read(text);
        let judgement = judge(&history, Level::StrictSerializable);
        let proofs = proofs(&history, &judgement);
        assert_eq!(proofs.is_empty(), expected.is_empty(), "{text}");
        for (phenomenon, proof) in proofs {
            let TransactionsProof::Invalid(proven) = &proof else {
                panic!("{phenomenon}: {proof:?}\n{text}")
            };
            assert_eq!(proven.anomaly, phenomenon.name());
            for level in Level::ALL {
                let stands = verify_transactions(&history, level, &proof).is_ok();
                assert_eq!(stands, forbids(level, phenomenon), "{level}: {proof:?}\n{text}");
            }
            *classes.entry(phenomenon).or_insert(0) += 1;
        }
    }
    println!("{classes:?}");
    assert!(classes.len() >= 20, "{classes:?}");
}

/// What the verifier believes of a history without versions, brute force confirms: there is no order
/// of that kind.
fn is_true(history: &Transactions, proof: &TransactionsProof) -> bool {
    let TransactionsProof::Invalid(proven) = proof else { return false };
    let order = match proven.anomaly.rsplit_once('-') {
        Some((_, "process")) => Order::Sessions,
        Some((_, "realtime")) => Order::Realtime,
        _ => Order::Any,
    };
    !explains(history, order)
}

/// A proof with something changed.
fn mutant(
    proof: &TransactionsProof,
    history: &Transactions,
    random: &mut ChaCha8Rng,
) -> TransactionsProof {
    let TransactionsProof::Invalid(proven) = proof else { return proof.clone() };
    let ProvenAnomaly { mut anomaly, mut grounds } = proven.clone();
    let any = random.random_range(0..history.len() as u32);
    let names: Vec<(String, String)> = history
        .iter()
        .flat_map(|(id, _)| history.operations(id))
        .filter_map(|one| match one.act {
            Act::Append(value) | Act::Write(value) => {
                Some((history.key_name(one.key).to_owned(), history.value_name(value)))
            }
            _ => None,
        })
        .collect();
    let (key, value) = match names.len() {
        0 => (String::new(), String::new()),
        count => names[random.random_range(0..count)].clone(),
    };
    let (_, over) = match names.len() {
        0 => (String::new(), String::new()),
        count => names[random.random_range(0..count)].clone(),
    };
    match &mut grounds {
        Grounds::Cycle(steps) => {
            let at = random.random_range(0..steps.len());
            match random.random_range(0..6) {
                0 => {
                    let next = (at + 1) % steps.len();
                    steps[at].to = any;
                    steps[next].from = any;
                }
                1 => {
                    steps.remove(at);
                    if let Some(last) = steps.len().checked_sub(1) {
                        let at = at.min(last);
                        steps[(at + last) % (last + 1)].to = steps[at].from;
                    }
                }
                2 => {
                    steps[at].because = match random.random_range(0..6) {
                        0 => Because::Ww { key, value, over },
                        1 => Because::Wr { key, value },
                        2 => Because::Rw { key, over: value },
                        3 => Because::TimedRw { key, value, over, ended: any, began: at as u32 },
                        4 => Because::Process,
                        _ => Because::Realtime,
                    };
                }
                3 => match &mut steps[at].because {
                    Because::Ww { value: old, .. } | Because::Wr { value: old, .. } => *old = value,
                    Because::Rw { over: old, .. } => *old = value,
                    Because::TimedRw { ended, .. } => *ended = any,
                    Because::Process | Because::Realtime => steps.reverse(),
                },
                4 => {
                    // The other way round.
                    steps.reverse();
                    for step in steps.iter_mut() {
                        *step = CycleStep { from: step.to, to: step.from, ..step.clone() };
                    }
                }
                _ => {
                    let classes = [
                        CycleClass::G0,
                        CycleClass::G1c,
                        CycleClass::GSingle,
                        CycleClass::GNonadjacent,
                        CycleClass::G2Item,
                    ];
                    let through = [Through::Data, Through::Process, Through::Realtime];
                    let class = classes[random.random_range(0..classes.len())];
                    let through = through[random.random_range(0..through.len())];
                    anomaly = Phenomenon::Cycle(class, through).name().to_owned();
                }
            }
        }
        Grounds::Reads(odd) => match random.random_range(0..4) {
            0 => {
                let at = random.random_range(0..odd.reads.len());
                odd.reads[at] = OddRead { transaction: any, operation: random.random_range(0..3) };
            }
            1 => odd.values = vec![value],
            2 => {
                let names = ["garbage-read", "duplicate-elements", "G1a", "G1b", "internal"];
                let more = ["incompatible-order", "dirty-update", "lost-update", "future-read"];
                let names = [&names[..], &more[..]].concat();
                names[random.random_range(0..names.len())].clone_into(&mut anomaly);
            }
            _ => odd.reads.reverse(),
        },
    }
    TransactionsProof::Invalid(ProvenAnomaly { anomaly, grounds })
}

/// Every invalid verdict on a random history has a proof; of its mutants, and of proofs of other
/// histories, none is believed that is false.
fn every_verdict_is_proven(holding: Holding, seed: u64) {
    let cases = variable("AEROCERT_CASES", CASES);
    let mut random = ChaCha8Rng::seed_from_u64(variable("AEROCERT_SEED", 1) + seed);
    let (mut proven, mut unproven, mut believed, mut refused) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut classes = BTreeMap::new();
    let mut others: Vec<TransactionsProof> = Vec::new();
    for _ in 0..cases {
        let history = told::wild(holding, &mut random, 6);
        let has_versions = history.iter().any(|(id, _)| !history.versions(id).is_empty());
        let mut tried: Vec<TransactionsProof> = Vec::new();
        for level in Level::ALL {
            let judgement = judge(&history, level);
            if judgement.verdict != Verdict::Invalid {
                continue;
            }
            let proof = prove(&history, &judgement);
            assert_eq!(verify_transactions(&history, level, &proof), Ok(()), "{}", told(&history));
            if let TransactionsProof::Unknown { reason } = &proof {
                panic!("{level}: {reason} {:#?}\n{}", judgement.anomalies, told(&history));
            }
            proven += 1;
            if level != Level::StrictSerializable {
                continue;
            }
            for (phenomenon, proof) in proofs(&history, &judgement) {
                match &proof {
                    TransactionsProof::Invalid(proven) => {
                        assert_eq!(proven.anomaly, phenomenon.name());
                        *classes.entry(phenomenon).or_insert(0_u64) += 1;
                        tried.extend((0..4).map(|_| mutant(&proof, &history, &mut random)));
                        others.push(proof);
                    }
                    _ => {
                        println!("{phenomenon}: {:#?}\n{}", judgement.anomalies, told(&history));
                        unproven += 1;
                    }
                }
            }
        }
        let strangers = others.len().min(4);
        tried.extend((0..strangers).map(|_| others[random.random_range(0..others.len())].clone()));
        for proof in tried {
            let stands = verify_transactions(&history, Level::StrictSerializable, &proof).is_ok();
            let is_true = has_versions || is_true(&history, &proof);
            assert!(is_true || !stands, "{proof:?}\n{}", told(&history));
            believed += u64::from(stands);
            refused += u64::from(!stands);
        }
    }
    println!(
        "{holding:?}: {proven} verdicts proven; {unproven} anomalies beside them unproven; of the mutants \
         and strangers {believed} are believed, {refused} are refused; {classes:?}"
    );
    assert!(proven > cases && refused > cases && believed > cases / 50, "{proven} {refused}");
    assert_eq!(unproven, 0);
}

#[test]
fn every_invalid_verdict_on_lists_is_proven() {
    every_verdict_is_proven(Holding::Lists, 11_000);
}

#[test]
fn every_invalid_verdict_on_registers_is_proven() {
    every_verdict_is_proven(Holding::Registers, 12_000);
}

fn executed(execution: &executor::Execution) -> Vec<Told> {
    let tell = |one: &executor::Executed| Told {
        process: one.process,
        outcome: Outcome::Ok,
        invoked: one.invoked * 100,
        completed: one.completed * 100,
        acts: one
            .effects
            .iter()
            .map(|effect| match *effect {
                Effect::Write { key, value } => Did::Append(key, value),
                Effect::Read { key, seen } => {
                    Did::List(key, execution.keys[key as usize][..seen as usize].to_vec())
                }
            })
            .collect(),
    };
    execution.transactions.iter().map(tell).collect()
}

/// An anomaly that is injected into a serializable history is proven there, and its proof, as it is and
/// changed, is refused by the history without it and by other serializable ones.
#[test]
fn an_injected_anomaly_is_proven_where_it_is_and_nowhere_else() {
    let strict = Level::StrictSerializable;
    let mut random = ChaCha8Rng::seed_from_u64(13);
    let (mut proven, mut refused) = (0, 0);
    for (injected, expected) in LISTS.iter().filter(|(_, expected)| !expected.is_empty()) {
        let execution = executor::run(300, 6, &mut random);
        let clean = executed(&execution);
        let begin = clean[random.random_range(0..clean.len())].invoked + 1;
        let mut all = clean.clone();
        for mut one in told::lines(injected).1 {
            one.process += 100;
            one.invoked += begin;
            one.completed += begin;
            all.push(one);
        }
        // On keys of their own, so that nothing else is found.
        let last = execution.keys.len() as u32;
        for one in all.iter_mut().skip(clean.len()) {
            for act in &mut one.acts {
                let (Did::Append(key, _) | Did::List(key, _)) = act else { continue };
                *key += last;
            }
        }
        let dirty = told::history(Holding::Lists, &all);
        let clean = told::history(Holding::Lists, &clean);
        let other = told::history(Holding::Lists, &executed(&executor::run(300, 6, &mut random)));
        let judgement = judge(&dirty, strict);
        for (phenomenon, proof) in proofs(&dirty, &judgement) {
            assert!(expected.contains(phenomenon.name()), "{phenomenon}: {injected}");
            assert!(matches!(proof, TransactionsProof::Invalid(_)), "{proof:?}: {injected}");
            assert_eq!(verify_transactions(&dirty, strict, &proof), Ok(()), "{injected}");
            proven += 1;
            for valid in [&clean, &other] {
                assert!(verify_transactions(valid, strict, &proof).is_err(), "{proof:?}");
                for _ in 0..50 {
                    let mutant = mutant(&proof, valid, &mut random);
                    assert!(verify_transactions(valid, strict, &mutant).is_err(), "{mutant:?}");
                    refused += 1;
                }
            }
        }
    }
    println!("{proven} anomalies proven, {refused} proofs refused");
    assert!(proven >= 25 && refused > 2_000, "{proven} {refused}");
}

/// A stale read in a longer history is proven, and a cycle of very many transactions in time linear in
/// them.
#[test]
fn long_histories_are_proven_too() {
    for seed in 0..10 {
        let mut random = ChaCha8Rng::seed_from_u64(20 + seed);
        let mut execution = executor::run(2_000, 10, &mut random);
        let reader = execution.make_stale(&mut random) as u32;
        let history = told::history(Holding::Lists, &executed(&execution));
        let judgement = judge(&history, Level::StrictSerializable);
        let proof = prove(&history, &judgement);
        assert_eq!(verify_transactions(&history, judgement.level, &proof), Ok(()));
        let TransactionsProof::Invalid(ProvenAnomaly { grounds, .. }) = &proof else {
            panic!("{proof:?}")
        };
        let takes_part = match grounds {
            Grounds::Cycle(steps) => steps.iter().any(|step| step.from == reader),
            Grounds::Reads(odd) => odd.reads.iter().any(|read| read.transaction == reader),
        };
        assert!(takes_part, "{proof:?}");
    }
    let count = 200_000;
    let chain: Vec<Told> = (0..count)
        .map(|at: u64| Told {
            process: at as u32,
            outcome: Outcome::Ok,
            invoked: at,
            completed: u64::MAX - 1,
            acts: vec![
                Did::Read(0, Some(at.checked_sub(1).unwrap_or(count - 1)), 0),
                Did::Write(0, at, 0),
            ],
        })
        .collect();
    let history = told::history(Holding::Registers, &chain);
    let judgement = judge(&history, Level::StrictSerializable);
    let proof = prove(&history, &judgement);
    assert_eq!(verify_transactions(&history, judgement.level, &proof), Ok(()));
    let TransactionsProof::Invalid(ProvenAnomaly { grounds: Grounds::Cycle(steps), .. }) = proof
    else {
        panic!("no cycle")
    };
    assert_eq!(steps.len() as u64, count);
}

#[test]
fn what_is_wrong_with_a_proof_is_told() {
    let history = told::read(
        "0 ok 0 9: l 1, a 2 5\n1 ok 0 9: l 2, a 1 6\n2 fail 0 9: a 1 7\n3 info 0 9: a 1 8\n\
         4 ok 10 11: l 1 6",
    );
    let step = |from, to, because| CycleStep { from, to, because };
    let rw = |key: &str, over: &str| Because::Rw { key: key.to_owned(), over: over.to_owned() };
    let told = |anomaly: &str, steps: Vec<CycleStep>, level| {
        let (anomaly, grounds) = (anomaly.to_owned(), Grounds::Cycle(steps));
        let proof = TransactionsProof::Invalid(ProvenAnomaly { anomaly, grounds });
        verify_transactions(&history, level, &proof)
    };
    let skew = || vec![step(0, 1, rw("1", "6")), step(1, 0, rw("2", "5"))];
    let level = Level::Serializable;
    assert_eq!(told("G2-item", skew(), level), Ok(()));
    let fails = |steps, why: &str| assert_eq!(told("G2-item", steps, level), Err(why.to_owned()));
    assert_eq!(told("G0", skew(), level), Err("this is G2-item, not G0".to_owned()));
    assert_eq!(
        told("G2-item", skew(), Level::SnapshotIsolation),
        Err("snapshot-isolation allows G2-item".to_owned())
    );
    fails(Vec::new(), "a cycle without steps");
    fails(vec![step(0, 9, Because::Process)], "there is no T9");
    fails(skew()[..1].to_vec(), "after T1 stands T0");
    fails([skew(), skew()].concat(), "T0 is passed twice");
    let from = |to, because| vec![step(0, to, because), step(to, 0, rw("2", "5"))];
    fails(from(1, rw("1", "9")), "T0 to T1: T1 did not write 9 to 1");
    fails(from(2, rw("1", "7")), "T0 to T2: T2 may have had no effect");
    fails(from(3, rw("1", "8")), "T0 to T3: T3 may have had no effect");
    fails(from(1, Because::Realtime), "T0 to T1: the history does not say so");
    fails(from(4, Because::Process), "T0 to T4: the history does not say so");
    fails(from(4, Because::Realtime), "T4 to T0: the history does not say so");
}
