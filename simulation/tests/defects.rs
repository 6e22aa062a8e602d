//! Each defect of the catalogue is found in the night that is known to show it, and nothing is found
//! in the same night without it.

use aerocert_simulation::{Night, each, hunt, judge, planted, silent};
use emulator::defect::Defect;
use history::Verdict;

/// The seed of the first night that shows each defect; `aerocert selftest` finds them.
const SEEDS: [(&str, u64); 36] = [
    ("ack-before-replication", 1),
    ("linearize-without-regime-check", 2),
    ("unreplicated-served", 2),
    ("proxy-resend", 1),
    ("tie-without-roster-master", 1),
    ("definite-error-after-apply", 1),
    ("ack-with-one-missing", 1),
    ("old-regime-write-accepted", 1),
    ("old-regime-ping-accepted", 2),
    ("refusal-counted-as-stored", 1),
    ("ack-at-rebalance", 2),
    ("definite-error-at-rebalance", 4),
    ("definite-error-at-proxy", 1),
    ("cas-without-generation-check", 1),
    ("uncommitted-read", 1),
    ("retransmit-applies-again", 1),
    ("stale-copy-taken-for-current", 1),
    ("half-filled-taken-for-full", 2),
    ("full-before-filled", 2),
    ("stale-copy-promoted", 1),
    ("round-noted-by-holders-only", 1),
    ("one-replica-is-all", 1),
    ("non-roster-nodes-counted", 1),
    ("recent-records-not-migrated", 14),
    ("handover-keeps-serving", 1),
    ("update-time-may-fall", 1),
    ("regime-not-published", 3),
    ("absent-for-unavailable", 1),
    ("torn-replica", 1),
    ("recycled-message", 1),
    ("restart-marks-replicated", 2),
    ("wiped-copy-trusted", 1),
    ("timeout-marks-replicated", 2),
    ("unreplicated-copy-shown", 1),
    ("migration-overwrites-newer", 1),
    ("merge-keeps-older", 1),
];

/// At one of how many opportunities a defect fires that fires rarely.
const RARELY: u64 = 1000;
/// The seed of the first dense night that shows a defect which fires rarely, where that is soon.
const SOON: [(&str, u64); 13] = [
    ("ack-before-replication", 1),
    ("unreplicated-served", 12),
    ("proxy-resend", 1),
    ("tie-without-roster-master", 1),
    ("old-regime-ping-accepted", 15),
    ("half-filled-taken-for-full", 1),
    ("full-before-filled", 1),
    ("round-noted-by-holders-only", 5),
    ("one-replica-is-all", 2),
    ("non-roster-nodes-counted", 1),
    ("recent-records-not-migrated", 1),
    ("recycled-message", 1),
    ("merge-keeps-older", 5),
];

#[test]
fn a_defect_that_fires_rarely_is_found_in_its_dense_night() {
    let missed: Vec<&str> = each(&SOON, |(name, seed)| {
        let hunt = hunt(Defect::named(name).unwrap(), RARELY, *seed..seed + 1);
        assert!(hunt.fired > 0 && hunt.fired * 200 < hunt.opportunities, "{name}: {hunt:?}");
        (hunt.catch.is_none()).then_some(*name)
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_hunt_ends_with_the_first_night_that_shows_the_defect() {
    let defect = Defect::MergeKeepsOlder;
    let seed = SOON.into_iter().find(|(name, _)| *name == defect.entry().name).unwrap().1;
    // Nights are passed beside each other, and the later ones count for nothing.
    let hunt = hunt(defect, RARELY, 1..10);
    assert_eq!((hunt.catch.map(|catch| catch.seed), hunt.nights), (Some(seed), seed));
}

#[test]
fn nothing_is_found_in_dense_nights_without_the_defects() {
    let alarms: Vec<&str> = each(&SOON, |(name, seed)| {
        let silence = silent(Defect::named(name).unwrap(), RARELY, *seed);
        assert!(silence.operations > 2000, "{name}: {silence:?}");
        (silence.alarms > 0).then_some(*name)
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
fn each_defect_is_found_in_its_night_with_the_class_of_its_entry() {
    let missed: Vec<String> = each(&Defect::ALL, |defect| {
        let name = defect.entry().name;
        let (_, seed) = SEEDS.into_iter().find(|(known, _)| *known == name)?;
        let hunt = hunt(*defect, 1, seed..seed + 1);
        (hunt.catch.is_none()).then(|| format!("{name} in night {seed}: {:?}", hunt.others))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert_eq!(SEEDS.len(), Defect::ALL.len(), "a seed for each");
}

#[test]
fn nothing_is_found_in_the_same_nights_without_the_defects() {
    let alarms: Vec<String> = each(&SEEDS, |(name, seed)| {
        let night = planted(Defect::named(name).unwrap(), 1, *seed).unwrap();
        let recorded = night.run().unwrap();
        assert!(recorded.settled, "{name}: the cluster did not become whole");
        let results = judge(&night, &recorded);
        let quiet = results.expectation.is_ok() && results.verdict != Verdict::Unknown;
        (!quiet).then(|| format!("{name} in night {seed}: {:?}", results.anomalies()))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
fn stale_reads_that_a_mode_allows_and_one_lost_copy_raise_no_alarm() {
    let nights: Vec<Night> = ["unreplicated-copy-shown", "uncommitted-read", "wiped-copy-trusted"]
        .into_iter()
        .flat_map(|name| (1..=8).map(move |seed| (name, seed)))
        // Keys that are written again and again are read by old masters while others go on.
        .map(|(name, seed)| Night {
            writes_per_key: 0,
            ..planted(Defect::named(name).unwrap(), 1, seed).unwrap()
        })
        .collect();
    let alarms: Vec<String> = each(&nights, |night| {
        let results = judge(night, &night.run().unwrap());
        let calm = results.verdict == Verdict::Valid;
        (!calm).then(|| format!("{:?}, seed {}: {results:?}", night.read_mode, night.seed))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
fn a_defect_that_never_gets_the_opportunity_is_not_found() {
    let defect = Defect::AckBeforeReplication;
    let night = planted(defect, 1, 1).unwrap();
    let night = Night { schedule: Vec::new(), defect: Some((defect, 1)), ..night };
    let results = judge(&night, &night.run().unwrap());
    assert_eq!(results.verdict, Verdict::Valid, "{:?}", results.anomalies());
}
