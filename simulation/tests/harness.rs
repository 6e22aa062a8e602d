//! Mutants of the harness itself: what a recorder, a nemesis or an outcome table could get wrong is
//! done to the recording of a sound night, and must be noticed. The numbers are those of the
//! catalogue that was drawn up from other harnesses' mistakes.

use std::collections::{BTreeMap, BTreeSet};

use aerocert_simulation::{Night, Recorded, Sky, drawn, judge, manifest};
use history::{
    AnomalyClass, Call, Event, EventKind, Fault, FaultOutcome, History, Key, Mark, Mode,
    OperationId, Outcome, Results, Returned, SiteIndex, Verdict, Workload,
};

/// A night of registers in which writes stay in doubt, some of them seen later.
const SEED: u64 = 3;

fn night() -> (Night, Recorded) {
    let sky = Sky { mode: Mode::Sc, workload: Some(Workload::Register), beyond_limits: false };
    let (night, _) = drawn(SEED, &sky);
    let recorded = night.run().expect("a night writes what a recorder would");
    (night, recorded)
}

/// Judges the night as a mutant recorded it.
fn judged(mutant: impl FnOnce(&mut Vec<Event>, &mut Vec<history::FaultRecord>)) -> Results {
    let (night, mut recorded) = night();
    mutant(&mut recorded.events, &mut recorded.faults);
    recorded.history = History::from_events(recorded.events.iter().cloned())
        .expect("what the mutant does is no error of the reader's");
    judge(&night, &recorded)
}

/// The calls of the operations.
fn calls(events: &[Event]) -> BTreeMap<OperationId, (Key, Call)> {
    let call = |event: &Event| match &event.kind {
        EventKind::Invoke(one) => Some((one.operation, (one.key, one.call))),
        _ => None,
    };
    events.iter().filter_map(call).collect()
}

fn operation(event: &Event) -> Option<OperationId> {
    match &event.kind {
        EventKind::Invoke(one) => Some(one.operation),
        EventKind::Complete(one) => Some(one.operation),
        _ => None,
    }
}

/// Makes every write of one outcome one of another.
fn reword(events: &mut [Event], from: Outcome, to: Outcome) {
    let calls = calls(events);
    for event in events {
        if let EventKind::Complete(one) = &mut event.kind
            && calls[&one.operation].1.is_write()
            && one.outcome == from
        {
            one.outcome = to;
        }
    }
}

/// Operations that ended so, by what they returned.
fn ended(
    events: &[Event],
    outcome: Outcome,
    returned: impl Fn(&Returned) -> bool,
) -> Vec<OperationId> {
    let ended = |event: &Event| match &event.kind {
        EventKind::Complete(one) if one.outcome == outcome && returned(&one.returned) => {
            Some(one.operation)
        }
        _ => None,
    };
    events.iter().filter_map(ended).collect()
}

/// Counts operations in the order of their invocations, as a recorder does.
fn renumber(events: &mut [Event]) {
    let mut numbers = BTreeMap::new();
    for event in events {
        match &mut event.kind {
            EventKind::Invoke(one) => {
                let number = OperationId(numbers.len() as u64);
                numbers.insert(std::mem::replace(&mut one.operation, number), number);
            }
            EventKind::Complete(one) => one.operation = numbers[&one.operation],
            _ => {}
        }
    }
}

fn broken(results: &Results) -> Vec<&str> {
    results.assumptions.iter().filter(|one| !one.held).map(|one| one.name.as_str()).collect()
}

#[track_caller]
fn shows(results: &Results, class: AnomalyClass) {
    assert_eq!(results.verdict, Verdict::Invalid, "{:?}", broken(results));
    let found = results.anomalies();
    assert!(found.iter().any(|(one, _)| *one == class), "{found:?}");
    assert!(results.expectation.is_err(), "strong consistency shows nothing");
}

#[track_caller]
fn is_unknown_for(results: &Results, assumption: &str) {
    assert_eq!(results.verdict, Verdict::Unknown, "{:?}", results.anomalies());
    assert_eq!(broken(results), [assumption]);
}

#[test]
fn the_harness_as_it_is_finds_the_night_sound() {
    let results = judged(|_, _| {});
    assert_eq!(results.verdict, Verdict::Valid, "{:?}", results.anomalies());
}

/// What timed out may have been done: it is seen, and then a failed write was read.
#[test]
fn h01_a_timeout_is_taken_for_a_failure() {
    let results = judged(|events, _| reword(events, Outcome::Info, Outcome::Fail));
    shows(&results, AnomalyClass::DirtyRead);
}

/// What was refused is nowhere: reads that follow the acknowledgement do not see it.
#[test]
fn h02_a_failure_is_taken_for_success() {
    let results = judged(|events, _| reword(events, Outcome::Fail, Outcome::Ok));
    shows(&results, AnomalyClass::StaleRead);
}

/// A write whose lines are gone is read all the same. Lines in another order are no history: the
/// reader refuses times that run backwards, and completions before their invocations.
#[test]
fn h03_lines_are_dropped_or_change_places() {
    let results = judged(|events, _| {
        let calls = calls(events);
        let written = ended(events, Outcome::Ok, |_| true);
        // Not the first of a key: without it, the key space would seem not to have been empty.
        let later = written.len() / 2;
        let writes = written.into_iter().skip(later).filter(|one| calls[one].1.is_write());
        let dropped: Vec<OperationId> = writes.step_by(2).collect();
        events.retain(|event| operation(event).is_none_or(|one| !dropped.contains(&one)));
    });
    shows(&results, AnomalyClass::GarbageRead);
    let (_, recorded) = night();
    let invoked = |event: &Event| matches!(event.kind, EventKind::Invoke(_));
    let at = recorded.events.iter().position(invoked).unwrap();
    let completed = recorded
        .events
        .iter()
        .position(|event| !invoked(event) && operation(event) == operation(&recorded.events[at]));
    let mut events = recorded.events;
    events.swap(at, completed.unwrap());
    assert!(History::from_events(events).is_err());
}

/// A cut that is asked for and does not take is skipped once its probe has found the link open (see
/// the injector's own tests); a run whose faults were not in force proves nothing.
#[test]
fn h04_a_fault_never_takes_effect() {
    let results = judged(|events, faults| {
        let stays = |event: &Event| !matches!(event.kind, EventKind::Fault(_));
        events.retain(stays);
        for fault in faults {
            fault.outcome = FaultOutcome::Skipped("the link stayed open".to_owned());
        }
    });
    is_unknown_for(&results, "faults-applied");
}

#[test]
fn h05_a_fault_is_never_healed() {
    let results = judged(|_, faults| faults[0].outcome = FaultOutcome::Applied);
    is_unknown_for(&results, "faults-applied");
}

/// The reader refuses such events; a history that was put together otherwise is void.
#[test]
fn h06_times_run_backwards() {
    let (night, mut recorded) = night();
    let mut events = recorded.events.clone();
    let last = events.len() - 1;
    events[last / 2].time_ns = 0;
    assert!(History::from_events(events).is_err());
    let mut operations: Vec<history::Operation> = recorded.history.operations.iter().collect();
    let middle = operations.len() / 2;
    operations[middle].completed_ns = Some(operations[middle].invoked_ns - 1);
    recorded.history.operations = operations.into_iter().collect();
    is_unknown_for(&judge(&night, &recorded), "monotone-clock");
}

/// A write in doubt that nobody tells of is read all the same.
#[test]
fn h07_operations_in_doubt_are_left_out() {
    let results = judged(|events, _| {
        let doubtful = ended(events, Outcome::Info, |_| true);
        events.retain(|event| operation(event).is_none_or(|one| !doubtful.contains(&one)));
    });
    shows(&results, AnomalyClass::GarbageRead);
}

/// No client was answered while faults were in force: nothing was tried, so nothing is shown.
#[test]
fn h08_nothing_succeeds_while_a_fault_is_in_force() {
    let (night, mut recorded) = night();
    let windows = recorded.history.fault_windows();
    let inside = |at: u64| windows.iter().any(|(_, from, to)| (*from..=*to).contains(&at));
    let touched = recorded.events.iter().filter(|event| inside(event.time_ns));
    let touched: BTreeSet<OperationId> = touched.filter_map(operation).collect();
    recorded.events.retain(|event| operation(event).is_none_or(|one| !touched.contains(&one)));
    recorded.history = History::from_events(recorded.events.iter().cloned()).unwrap();
    let mut manifest = manifest(&night, &recorded);
    manifest.floors.acknowledged_in_faults = 1;
    let results = checker::judge(&manifest, &recorded.history, &recorded.faults, &[]);
    assert!(broken(&results).contains(&"traffic-in-faults"), "{:?}", broken(&results));
    assert_ne!(results.verdict, Verdict::Valid);
}

/// A record that has vanished is found by the read that says so, and without that read its key has
/// no final state.
#[test]
fn h09_reads_of_nothing_are_left_out() {
    let vanish = |events: &mut Vec<Event>| {
        let calls = calls(events);
        let finally =
            |event: &Event| matches!(event.kind, EventKind::Mark(Mark::FinalReadsStarted));
        let started = events.iter().position(finally).unwrap();
        let key = calls[&operation(events.last_chunk::<2>().unwrap().first().unwrap()).unwrap()].0;
        for event in &mut events[started..] {
            if let EventKind::Complete(one) = &mut event.kind
                && calls[&one.operation].0 == key
            {
                (one.returned, one.generation) = (Returned::Absent, None);
            }
        }
    };
    shows(&judged(|events, _| vanish(events)), AnomalyClass::LostWrite);
    let results = judged(|events, _| {
        vanish(events);
        let absent = ended(events, Outcome::Ok, |returned| *returned == Returned::Absent);
        events.retain(|event| operation(event).is_none_or(|one| !absent.contains(&one)));
    });
    assert_eq!(results.verdict, Verdict::Unknown, "{:?}", results.anomalies());
    let lost = results.checks.iter().find(|one| one.check == history::Check::LostWrites).unwrap();
    assert!(lost.reason.as_deref().is_some_and(|why| why.contains("key")), "{:?}", lost.reason);
}

#[test]
fn h10_a_key_was_used_by_an_earlier_run() {
    let results = judged(|events, _| {
        let absent = ended(events, Outcome::Ok, |returned| *returned == Returned::Absent);
        for event in events {
            if let EventKind::Complete(one) = &mut event.kind
                && one.operation == absent[0]
            {
                (one.returned, one.generation) = (Returned::Value(u64::MAX), Some(1));
            }
        }
    });
    is_unknown_for(&results, "key-space-empty");
}

/// One process records all events, so that there is one clock. Were there two that are apart, reads
/// of one site would see what the other had yet to write: the key space seems not to have been empty.
#[test]
fn h11_the_clocks_of_two_load_hosts_are_apart() {
    let results = judged(|events, _| {
        let abroad: Vec<OperationId> = (events.iter())
            .filter_map(|event| match &event.kind {
                EventKind::Invoke(one) if one.site == SiteIndex(1) => Some(one.operation),
                _ => None,
            })
            .collect();
        for event in events.iter_mut() {
            if operation(event).is_some_and(|one| abroad.binary_search(&one).is_ok()) {
                event.time_ns += 500_000_000;
            }
        }
        events.sort_by_key(|event| event.time_ns);
        renumber(events);
    });
    is_unknown_for(&results, "key-space-empty");
}

#[test]
fn h12_the_disk_is_full_before_the_run_ends() {
    let results = judged(|events, _| events.truncate(events.len() * 2 / 3));
    assert_eq!(results.verdict, Verdict::Unknown, "{:?}", results.anomalies());
    assert!(broken(&results).contains(&"history-complete"), "{:?}", broken(&results));
}

#[test]
fn the_night_has_what_the_mutants_need() {
    let (night, recorded) = night();
    let parts = |record: &history::FaultRecord| matches!(record.fault, Fault::Partition { .. });
    assert!(night.schedule.iter().any(parts));
    assert!(!ended(&recorded.events, Outcome::Info, |_| true).is_empty());
}
