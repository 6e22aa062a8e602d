//! Transactions: each class by hand, all of them against brute force, and public histories.

mod told;

use std::path::Path;

use aerocert_checker::oracle::transactions::{Order, explains};
use aerocert_checker::transactions::{Judgement, Level, judge};
use history::exchange::elle;
use history::{Holding, TransactionId, Transactions, Verdict};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

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
    // Lists.
    let lists = [
        ("0 ok 0 9: l 1", ""),
        ("0 ok 0 9: l 1 5", "garbage-read"),
        ("0 ok 0 1: a 1 5\n1 ok 2 3: l 1 5 5", "duplicate-elements"),
        ("0 fail 0 1: a 1 5\n1 ok 2 3: l 1 5", "G1a"),
        ("0 fail 0 1: a 1 5\n1 ok 2 3: a 1 6\n2 ok 4 5: l 1 5 6", "G1a dirty-update"),
        ("0 ok 0 1: a 1 5, a 1 6\n1 ok 0 3: l 1 5", "G1b"),
        (
            "0 ok 0 1: a 1 5\n1 ok 0 1: a 1 6\n2 ok 0 3: l 1 5\n3 ok 0 3: l 1 6",
            "incompatible-order",
        ),
        ("0 ok 0 9: l 1, a 1 5\n1 ok 0 9: l 1, a 1 6\n2 ok 0 9: l 1 5 6", "lost-update G-single"),
        ("0 ok 0 9: a 1 5, l 1", "internal"),
        ("0 ok 0 9: l 1, l 1 5\n1 ok 0 9: a 1 5", "internal"),
        ("0 ok 0 9: l 1 5, a 1 5", "future-read"),
        // Two writers in two orders.
        (
            "0 ok 0 9: a 1 5, a 2 5\n1 ok 0 9: a 1 6, a 2 6\n2 ok 0 9: l 1 5 6\n3 ok 0 9: l 2 6 5",
            "G0",
        ),
        ("0 ok 0 9: a 1 5, l 2 6\n1 ok 0 9: a 2 6, l 1 5", "G1c"),
        // One of two writes is seen.
        ("0 ok 0 9: a 1 5, a 2 5\n1 ok 0 9: l 1 5, l 2", "G-single"),
        // Two readers disagree about which of two writes was first: a long fork.
        (
            "0 ok 0 9: a 1 5\n1 ok 0 9: a 2 6\n2 ok 0 9: l 1 5, l 2\n3 ok 0 9: l 1, l 2 6",
            "G-nonadjacent",
        ),
        ("0 ok 0 9: l 1, a 2 5\n1 ok 0 9: l 2, a 1 6", "G2-item"),
        // Processes: 0 and 1 each forget what they had seen; times overlap.
        ("0 ok 0 3: a 1 5\n0 ok 3 9: a 1 6\n1 ok 0 9: l 1 6 5", "G0-process"),
        ("0 ok 0 3: l 1 5\n0 ok 3 9: a 1 5", "G1c-process"),
        ("0 ok 0 3: a 1 5\n0 ok 3 9: l 1", "G-single-process"),
        ("0 ok 0 3: a 1 5\n0 ok 3 9: l 2\n1 ok 0 3: a 2 6\n1 ok 3 9: l 1", "G-nonadjacent-process"),
        ("0 ok 0 3: l 1\n0 ok 3 9: l 2\n1 ok 0 9: a 2 6, l 3\n2 ok 0 9: a 3 7, a 1 5", ""),
        (
            "0 ok 0 3: l 3 7\n0 ok 3 9: l 2\n1 ok 0 9: a 2 6, l 1\n2 ok 0 9: a 3 7, a 1 5",
            "G2-item-process",
        ),
        // Real time.
        ("0 ok 0 1: a 1 5\n1 ok 2 3: a 1 6\n2 ok 0 9: l 1 6 5", "G0-realtime"),
        ("0 ok 0 1: l 1 5\n1 ok 2 3: a 1 5", "G1c-realtime"),
        ("0 ok 0 1: a 1 5\n1 ok 2 3: l 1", "G-single-realtime"),
        ("0 ok 0 1: a 1 5\n1 ok 2 9: l 2\n2 ok 0 1: a 2 6\n3 ok 2 9: l 1", "G-single-realtime"),
        ("0 ok 0 3: a 1 5\n1 ok 4 9: l 2\n2 ok 2 5: a 2 6\n3 ok 6 9: l 1", "G-single-realtime"),
        (
            "0 ok 0 1: l 3 7\n1 ok 2 9: l 2\n2 ok 0 9: a 2 6, l 1\n3 ok 0 9: a 3 7, a 1 5",
            "G2-item-realtime",
        ),
        // In doubt: what was read of it happened, all of it; what was not read may not have.
        ("0 info 0 1: a 1 5, a 2 5\n1 ok 2 3: l 1 5\n1 ok 4 5: l 2", "G-single-process"),
        ("0 info 0 1: a 1 5\n1 ok 2 3: l 1\n1 ok 4 5: l 1 5\n1 ok 6 7: l 1 5", ""),
        ("0 info 0 1: a 1 5\n1 ok 2 3: l 1", ""),
    ];
    let registers = [
        ("0 ok 0 9: r 1 5", "garbage-read"),
        ("0 fail 0 1: w 1 5\n1 ok 2 3: r 1 5", "G1a"),
        ("0 ok 0 1: w 1 5, w 1 6\n1 ok 0 3: r 1 5", "G1b"),
        ("0 ok 0 9: r 1 nil, w 1 5\n1 ok 0 9: r 1 nil, w 1 6", "lost-update G2-item"),
        ("0 ok 0 9: w 1 5, r 1 nil", "internal"),
        ("0 ok 0 9: r 1 5, w 1 5", "future-read"),
        // Versions say which write was first.
        ("0 ok 0 9: w 1 5 v1, w 2 5 v2\n1 ok 0 9: w 1 6 v2, w 2 6 v1", "G0"),
        ("0 ok 0 9: w 1 5, r 2 6\n1 ok 0 9: w 2 6, r 1 5", "G1c"),
        ("0 ok 0 9: w 1 5, w 2 5\n1 ok 0 9: r 1 5, r 2 nil", "G-single"),
        (
            "0 ok 0 9: w 1 5\n1 ok 0 9: w 2 6\n2 ok 0 9: r 1 5, r 2 nil\n3 ok 0 9: r 1 nil, r 2 6",
            "G-nonadjacent",
        ),
        ("0 ok 0 9: r 1 nil, w 2 5\n1 ok 0 9: r 2 nil, w 1 6", "G2-item"),
        ("0 ok 0 3: w 1 5\n0 ok 3 9: r 1 nil", "G-single-process"),
        // An old value, known to be old by real time alone.
        ("0 ok 0 1: w 1 5\n1 ok 2 3: w 1 6\n2 ok 4 5: r 1 5", "G-single-realtime"),
        ("0 ok 0 1: w 1 5\n1 ok 2 3: w 1 6\n2 ok 4 5: r 1 6", ""),
    ];
    let all = lists.iter().chain(&registers);
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
    assert!(unknown < (valid + invalid) / 10 && valid > invalid / 20 && invalid > valid / 20);
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
