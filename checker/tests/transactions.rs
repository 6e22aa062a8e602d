//! Transactions: each class by hand, all of them against brute force, and public histories.

mod executor;
mod told;

use std::path::Path;

use aerocert_checker::oracle::transactions::{Order, explains};
use aerocert_checker::transactions::{Judgement, Level, judge};
use executor::Effect;
use history::exchange::elle;
use history::{Holding, Outcome, TransactionId, Transactions, Verdict};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use told::written::{LISTS, REGISTERS};
use told::{Did, Told};

/// The classes that are found in a history.
fn classes(text: &str) -> Vec<&'static str> {
    let history = told::read(text);
    let judgement = judge(&history, Level::StrictSerializable);
    check_proofs(&history, &judgement);
    judgement.counts.keys().map(|phenomenon| phenomenon.name()).collect()
}

/// Each anomaly has a proof: a cycle is closed and each of its steps has a reason.
fn check_proofs(history: &Transactions, judgement: &Judgement) {
    let counted = judgement
        .counts
        .keys()
        .all(|class| judgement.anomalies.iter().any(|anomaly| anomaly.phenomenon == *class));
    assert!(counted, "a class without an example: {judgement:#?}");
    for anomaly in &judgement.anomalies {
        assert!(!anomaly.claim.contains("must precede"), "{}", anomaly.claim);
        for (step, next) in anomaly.steps.iter().zip(anomaly.steps.iter().cycle().skip(1)) {
            assert_eq!(step.to, next.from, "{anomaly:#?}");
            assert!((step.from.0 as usize) < history.len() && step.from != step.to, "{anomaly:#?}");
        }
    }
}

#[test]
fn each_class_is_found_by_its_name() {
    let all = LISTS.iter().chain(REGISTERS);
    let found = all.map(|(text, expected)| (*text, classes(text).join(" "), *expected));
    let wrong: Vec<_> = found.filter(|(_, found, expected)| found != expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Judges random histories of a few transactions, and says how often each verdict was given.
fn against_brute_force(holding: Holding, seed: u64) -> [usize; 3] {
    let cases: u64 =
        std::env::var("PROPTEST_CASES").map_or(256, |cases| cases.parse().expect("a number"));
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut verdicts = [0; 3];
    for case in 0..cases * 25 {
        let history = told::wild(holding, &mut random, 6);
        let all: Vec<String> =
            history.iter().map(|(id, one)| format!("{one:?} {}", history.describe(id))).collect();
        let has_versions = history.iter().any(|(id, _)| !history.versions(id).is_empty());
        for (level, order) in [
            (Level::Serializable, Order::Any),
            (Level::StrongSessionSerializable, Order::Sessions),
            (Level::StrictSerializable, Order::Realtime),
        ] {
            let judgement = judge(&history, level);
            check_proofs(&history, &judgement);
            let truth = explains(&history, order);
            let told = format!("case {case}, {level}: {truth}\n{all:#?}\n{judgement:#?}");
            match judgement.verdict {
                Verdict::Valid => assert!(truth, "{told}"),
                // Brute force does not know that versions say more than values.
                Verdict::Invalid if has_versions => {}
                Verdict::Invalid => assert!(!truth, "{told}"),
                Verdict::Unknown => assert_eq!(holding, Holding::Registers, "{told}"),
            }
            verdicts[judgement.verdict as usize] += 1;
        }
    }
    verdicts
}

#[test]
fn lists_are_judged_as_by_brute_force() {
    let [valid, unknown, invalid] = against_brute_force(Holding::Lists, 1);
    println!("{valid} valid, {unknown} unknown, {invalid} invalid");
    assert!(unknown == 0 && valid > invalid / 20 && invalid > valid / 20);
}

#[test]
fn registers_are_judged_as_by_brute_force_or_not_at_all() {
    let [valid, unknown, invalid] = against_brute_force(Holding::Registers, 2);
    println!("{valid} valid, {unknown} unknown, {invalid} invalid");
    assert!(unknown < (valid + invalid) / 50 && valid > invalid / 20 && invalid > valid / 20);
}

#[test]
fn public_histories_get_their_known_verdicts() {
    let Some(folder) = std::env::var_os("AEROCERT_HISTORIES") else {
        println!("SKIPPED: AEROCERT_HISTORIES names no folder; only the equivalents were judged");
        return;
    };
    for (name, expected) in [("paper-example", "G-single"), ("si-without-g-single", "G2-item")] {
        let path = Path::new(&folder).join(format!("elle/{name}.edn"));
        let history = elle::read(&std::fs::read_to_string(path).unwrap()).unwrap();
        let judgement = judge(&history, Level::StrictSerializable);
        assert_eq!(judgement.verdict, Verdict::Invalid);
        check_proofs(&history, &judgement);
        let found: Vec<&str> = judgement.counts.keys().map(|class| class.name()).collect();
        println!("{name}: {found:?} {:?}", judgement.standing);
        for anomaly in &judgement.anomalies {
            println!("  {}", anomaly.claim);
        }
        assert!(found.contains(&expected), "{name}: {found:?}");
    }
}

#[test]
fn the_order_of_the_transactions_in_a_cycle_is_its_own() {
    let history = told::read("0 ok 0 9: a 1 5, a 2 5\n1 ok 0 9: l 1 5, l 2");
    let judgement = judge(&history, Level::Serializable);
    let anomaly = &judgement.anomalies[0];
    assert_eq!(anomaly.transactions, [TransactionId(0), TransactionId(1)]);
    assert_eq!(
        anomaly.claim,
        "no order holds all of these: T1 read 5 in 1, which T0 appended; T1 read [] from 2, \
         without 5, which T0 appended"
    );
}

/// An execution on lists as transactions that can be changed.
fn told(execution: &executor::Execution) -> Vec<Told> {
    told_of(Holding::Lists, execution)
}

/// An execution as transactions that can be changed; those on registers know no versions.
fn told_of(holding: Holding, execution: &executor::Execution) -> Vec<Told> {
    let tell = |one: &executor::Executed| Told {
        process: one.process,
        outcome: Outcome::Ok,
        // Room between any two moments.
        invoked: one.invoked * 100,
        completed: one.completed * 100,
        acts: one
            .effects
            .iter()
            .map(|effect| match *effect {
                Effect::Write { key, value } if holding == Holding::Lists => {
                    Did::Append(key, value)
                }
                Effect::Write { key, value } => Did::Write(key, value, 0),
                Effect::Read { key, seen } => {
                    let seen = &execution.keys[key as usize][..seen as usize];
                    match holding {
                        Holding::Lists => Did::List(key, seen.to_vec()),
                        Holding::Registers => Did::Read(key, seen.last().copied(), 0),
                    }
                }
            })
            .collect(),
    };
    execution.transactions.iter().map(tell).collect()
}

/// The names of what is found in a history.
fn names(judgement: &Judgement) -> String {
    let names: Vec<&str> = judgement.counts.keys().map(|phenomenon| phenomenon.name()).collect();
    names.join(" ")
}

#[test]
fn what_is_injected_into_a_serializable_history_is_found_and_nothing_else() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut found = 0;
    for (injected, expected) in LISTS {
        let execution = executor::run(300, 6, &mut random);
        let clean = told(&execution);
        let history = told::history(Holding::Lists, &clean);
        let judgement = judge(&history, Level::StrictSerializable);
        assert_eq!((judgement.verdict, names(&judgement)), (Verdict::Valid, String::new()));
        // On keys and by processes of their own, at some time in between.
        let begin = clean[random.random_range(0..clean.len())].invoked + 1;
        let mut all = clean.clone();
        for mut one in told::lines(injected).1 {
            one.process += 100;
            one.invoked += begin;
            one.completed += begin;
            for act in &mut one.acts {
                let (Did::Append(key, _) | Did::List(key, _)) = act else { continue };
                *key += 1_000_000;
            }
            all.push(one);
        }
        let history = told::history(Holding::Lists, &all);
        let judgement = judge(&history, Level::StrictSerializable);
        check_proofs(&history, &judgement);
        assert_eq!(names(&judgement), *expected, "{injected}");
        assert_eq!(judgement.verdict == Verdict::Valid, expected.is_empty());
        found += usize::from(!expected.is_empty());
    }
    println!("{found} anomalies injected and found");
}

#[test]
fn a_change_of_a_serializable_history_has_the_verdict_that_follows() {
    for seed in 0..20 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut execution = executor::run(2_000, 10, &mut random);
        let clean = told(&execution);
        let judged = |all: &[Told]| {
            let history = told::history(Holding::Lists, all);
            let judgement = judge(&history, Level::StrictSerializable);
            check_proofs(&history, &judgement);
            judgement
        };
        assert_eq!(judged(&clean).verdict, Verdict::Valid);
        // Forgetting that some were committed leaves what can be explained.
        let mut doubtful = clean.clone();
        for one in &mut doubtful {
            if random.random_bool(0.2) {
                one.outcome = Outcome::Info;
            }
        }
        let judgement = judged(&doubtful);
        assert_eq!((judgement.verdict, names(&judgement)), (Verdict::Valid, String::new()));
        // An append that was read cannot have been aborted.
        let mut aborted = clean.clone();
        let read = |key: u32, value: u64, by_others_than: usize| {
            clean.iter().enumerate().any(|(at, one)| {
                at != by_others_than
                    && one.acts.iter().any(|act| match act {
                        Did::List(of, list) => *of == key && list.contains(&value),
                        _ => false,
                    })
            })
        };
        let writer = (0..clean.len()).find(|at| {
            clean[*at].acts.iter().any(|act| match act {
                Did::Append(key, value) => read(*key, *value, *at),
                _ => false,
            })
        });
        aborted[writer.expect("an append that was read")].outcome = Outcome::Fail;
        let judgement = judged(&aborted);
        assert_eq!(judgement.verdict, Verdict::Invalid);
        assert!(names(&judgement).contains("G1a"), "{}", names(&judgement));
        // A read that is twelve appends late.
        let reader = execution.make_stale(&mut random);
        let judgement = judged(&told(&execution));
        assert_eq!(judgement.verdict, Verdict::Invalid);
        let [anomaly] = &judgement.anomalies[..] else { panic!("{judgement:#?}") };
        assert!(anomaly.phenomenon.name().starts_with("G-single"), "{anomaly:#?}");
        assert!(anomaly.transactions.contains(&TransactionId(reader as u32)), "{anomaly:#?}");
        // Real time is short, an order of processes and data may be long.
        let is_long = anomaly.transactions.len() > 3;
        assert!(!is_long || anomaly.phenomenon.name() != "G-single-realtime", "{anomaly:#?}");
    }
}

#[test]
fn registers_without_versions_are_proved_to_be_serializable_by_an_order() {
    let judged = |all: &[Told]| {
        let history = told::history(Holding::Registers, all);
        let judgement = judge(&history, Level::StrictSerializable);
        check_proofs(&history, &judgement);
        judgement
    };
    for (seed, processes) in (0..40).zip([3, 10, 30, 60].into_iter().cycle()) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut execution = executor::run(2_000, processes, &mut random);
        let judgement = judged(&told_of(Holding::Registers, &execution));
        assert_eq!(judgement.verdict, Verdict::Valid, "{seed}, {processes} processes");
        execution.make_stale(&mut random);
        let judgement = judged(&told_of(Holding::Registers, &execution));
        assert_ne!(judgement.verdict, Verdict::Valid, "{seed}, {processes} processes");
    }
    let execution = executor::run(100_000, 10, &mut ChaCha8Rng::seed_from_u64(1));
    let begin = std::time::Instant::now();
    let judgement = judged(&told_of(Holding::Registers, &execution));
    println!("100000 transactions: {:?} in {:?}", judgement.verdict, begin.elapsed());
    assert_eq!((judgement.verdict, judgement.doubts), (Verdict::Valid, Vec::new()));
}

#[test]
fn hostile_histories_end_in_time_and_without_overflow() {
    let strict = |history: &Transactions| judge(history, Level::StrictSerializable).verdict;
    let count = 1_000_000_u64;
    let each = |acts: &dyn Fn(u64) -> Vec<Did>, until: &dyn Fn(u64) -> u64| {
        let all: Vec<Told> = (0..count)
            .map(|at| Told {
                process: at as u32,
                outcome: Outcome::Ok,
                invoked: at,
                completed: until(at),
                acts: acts(at),
            })
            .collect();
        all
    };
    // A chain: each reads what the one before wrote, all at once.
    let chain = |at: u64| vec![Did::Read(0, at.checked_sub(1), 0), Did::Write(0, at, 0)];
    let at_once = |_| u64::MAX - 1;
    let mut all = each(&chain, &at_once);
    assert_eq!(strict(&told::history(Holding::Registers, &all)), Verdict::Valid);
    // Closed to one component of a million.
    all[0].acts[0] = Did::Read(0, Some(count - 1), 0);
    assert_eq!(strict(&told::history(Holding::Registers, &all)), Verdict::Invalid);
    // Appends to one key that nobody or everybody sees, and ends that all come before half of the
    // beginnings.
    let unseen = |at: u64| vec![Did::List(0, Vec::new()), Did::Append(0, at)];
    let history = told::history(Holding::Lists, &each(&unseen, &at_once));
    assert_eq!(strict(&history), Verdict::Invalid);
    let halves = |at: u64| if at < count / 2 { count / 2 - 1 } else { count };
    let reads = |at: u64| vec![Did::List((at % 7) as u32, Vec::new())];
    assert_eq!(strict(&told::history(Holding::Lists, &each(&reads, &halves))), Verdict::Valid);
    // Times that go backwards.
    let backwards = each(&chain, &|at| count - at);
    let history = told::history(Holding::Registers, &backwards);
    assert_eq!(strict(&history), Verdict::Valid);
    // A value that is written twice says nothing, and is told.
    let twice = |_| vec![Did::Write(0, 1, 0)];
    let judgement =
        judge(&told::history(Holding::Registers, &each(&twice, &at_once)), Level::Serializable);
    assert_eq!(judgement.verdict, Verdict::Unknown);
    assert!(judgement.doubts[0].contains("write each value once"), "{:?}", judgement.doubts);
}
