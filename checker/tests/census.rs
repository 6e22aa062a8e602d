//! The figures and tables beside the verdicts.

mod generated;
mod stage;

use aerocert_checker::anomalies::{Record, stale_read};
use aerocert_checker::census::{fates, prefix};
use aerocert_checker::oracle;
use history::{
    Call, ConsistencyLevel, Element, ElementFate, Key, Model, Operation, OperationId, Outcome,
    Returned, Value, Workload,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use stage::Stage;

const ROUNDS: u64 = if cfg!(debug_assertions) { 2_000 } else { 20_000 };

fn record(model: Model, operations: &[Operation]) -> Record<'_> {
    Record::new(Key(0), model, operations.iter().collect(), Vec::new())
}

#[test]
fn elements_have_their_fates_and_times() {
    let mut stage = Stage::new(Workload::Set);
    for element in 1..=6 {
        stage.append(0, element, (element * 10, element * 10 + 5));
    }
    stage.read(1, (100, 110), Returned::List(vec![1, 3, 4, 4]));
    stage.read(1, (120, 130), Returned::List(vec![1, 2, 4, 5]));
    stage.read(1, (8_100, 8_110), Returned::List(vec![1, 2, 3, 4]));
    stage.append(2, 7, (8_200, 8_210));
    let results = stage.judge();
    let elements = results.census.elements.expect("a run with lists");
    let fate = |element: Value| elements.rows.iter().find(|row| row.element == element);
    assert_eq!((elements.known, elements.stable, elements.duplicated), (7, 2, 1));
    assert_eq!(fate(1), None, "what is stable is only counted");
    assert_eq!(fate(2).map(|row| row.fate), Some(ElementFate::Stale));
    assert_eq!(fate(3).map(|row| row.fate), Some(ElementFate::Resurrected));
    assert!(fate(4).is_some_and(|row| row.duplicated && row.fate == ElementFate::Stable));
    assert_eq!(fate(6).map(|row| row.fate), Some(ElementFate::Lost));
    assert_eq!(fate(7).map(|row| row.fate), Some(ElementFate::NeverRead));
    let ms = |at: u64| at * 1_000_000;
    assert_eq!(
        fate(5),
        Some(&Element {
            key: Key(1),
            element: 5,
            fate: ElementFate::Lost,
            duplicated: false,
            known_ns: ms(55),
            first_seen_ns: Some(ms(130)),
            last_seen_ns: Some(ms(120)),
            first_missing_ns: Some(ms(100)),
            last_missing_ns: Some(ms(8_100)),
        })
    );
    assert_eq!(elements.missing_ns.map(|missing| missing.max), Some(ms(8_100 - 55)));
}

/// From the definitions, one read after another.
#[test]
fn fates_agree_with_their_definitions() {
    let mut random = ChaCha8Rng::seed_from_u64(800);
    let mut counts = std::collections::BTreeMap::new();
    for _ in 0..ROUNDS {
        let operations = generated::wild(Model::Set, &mut random, 8, false);
        for told in fates(&record(Model::Set, &operations)) {
            let holds = |one: &Operation| match &one.returned {
                Returned::List(list) => list.contains(&told.element),
                _ => false,
            };
            let reads: Vec<&Operation> =
                operations.iter().filter(|one| matches!(one.call, Call::Read)).collect();
            let known = operations
                .iter()
                .filter(|one| {
                    holds(one)
                        || (one.call == Call::Append { element: told.element }
                            && one.outcome == Outcome::Ok)
                })
                .filter_map(|one| one.completed_ns)
                .min()
                .expect("known by something");
            let due: Vec<&&Operation> =
                reads.iter().filter(|read| read.invoked_ns > known).collect();
            let missing: Vec<usize> = (0..reads.len())
                .filter(|at| reads[*at].invoked_ns > known && !holds(reads[*at]))
                .collect();
            let held: Vec<usize> = (0..reads.len()).filter(|at| holds(reads[*at])).collect();
            let between = missing.iter().any(|miss| {
                held.iter().any(|held| held < miss) && held.iter().any(|held| held > miss)
            });
            let expected = if due.is_empty() && held.is_empty() {
                ElementFate::NeverRead
            } else if due.last().is_some_and(|last| !holds(last)) {
                ElementFate::Lost
            } else if between {
                ElementFate::Resurrected
            } else if missing.is_empty() {
                ElementFate::Stable
            } else {
                ElementFate::Stale
            };
            assert_eq!((told.fate, told.known_ns), (expected, known), "{told:?} {operations:#?}");
            *counts.entry(told.fate).or_insert(0) += 1;
        }
    }
    assert_eq!(counts.len(), 5, "{counts:?}");
}

#[test]
fn lost_writes_are_listed_with_their_faults() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 110));
    stage.write(0, 2, (2_000, 2_010));
    stage.read(1, (2_100, 2_110), Returned::Value(2));
    stage.read(1, (8_100, 8_110), Returned::Value(1));
    let results = stage.judge();
    // As `results.json` holds it, and `check --json` prints it.
    let told = serde_json::to_value(&results).expect("results are JSON");
    assert_eq!(
        told["census"]["lost"],
        serde_json::json!({
            "total": 1,
            "by_fault": [{ "fault": 0, "count": 1 }],
            "rows": [{
                "key": 1,
                "operation": 1,
                "process": 0,
                "value": 2,
                "acknowledged_ns": 2_010_000_000_u64,
                "last_seen_ns": 2_100_000_000_u64,
                "missing_ns": 8_100_000_000_u64,
                "fault": 0,
            }],
        })
    );
    let stale = &told["census"]["staleness"];
    assert_eq!(
        (&stale["ns"]["max"], &stale["versions"]["max"]),
        (&6_090_000_000_u64.into(), &1.into())
    );
    let census = results.census;
    assert_eq!(census.lost.total, 1);
    let row = &census.lost.rows[0];
    assert_eq!((row.operation, row.value, row.fault), (OperationId(1), Some(2), Some(0)));
    assert_eq!(row.last_seen_ns, Some(2_100_000_000));
    assert_eq!(row.missing_ns, 8_100_000_000);
    assert_eq!((census.lost.by_fault[0].fault, census.lost.by_fault[0].count), (Some(0), 1));
    let stale = census.staleness.expect("one stale read");
    assert_eq!((stale.reads, stale.answered, stale.ns.max), (1, 2, 8_100_000_000 - 2_010_000_000));
    assert_eq!(census.levels.len(), 1);
    assert_eq!(census.levels[0].level, ConsistencyLevel::Weaker);
    assert_eq!(census.prefixes[0].until_ns, 8_110_000_000);
    assert_eq!(census.prefixes[0].operations, 3);
}

#[test]
fn a_valid_run_has_a_quiet_census() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 110));
    stage.read(1, (8_100, 8_110), Returned::Value(1));
    let census = stage.judge().census;
    assert_eq!(census.levels[0].level, ConsistencyLevel::Linearizable);
    assert_eq!((census.lost.total, census.staleness, census.prefixes.len()), (0, None, 0));
}

/// By the oracle, one completion after another.
#[test]
fn the_longest_prefix_is_the_longest() {
    for model in [Model::Register, Model::CasRegister, Model::Set, Model::Counter] {
        let mut random = ChaCha8Rng::seed_from_u64(810 + model as u64);
        let mut found = 0;
        for _ in 0..ROUNDS {
            let mut operations = generated::wild(model, &mut random, 7, false);
            if model == Model::Set && random.random_bool(0.5) {
                operations.retain(|one| one.call.is_write() || one.invoked_ns % 3 > 0);
            }
            let prefix = |at_ns: u64| -> Vec<Operation> {
                let by = operations.iter().filter(|one| one.invoked_ns <= at_ns).cloned();
                by.filter_map(|mut one| {
                    if one.outcome == Outcome::Ok && one.completed_ns > Some(at_ns) {
                        (one.outcome, one.completed_ns) = (Outcome::Info, None);
                        one.returned = Returned::Nothing;
                    }
                    (one.call.is_write() || one.outcome == Outcome::Ok).then_some(one)
                })
                .collect()
            };
            let mut ends: Vec<u64> = operations
                .iter()
                .filter(|one| one.outcome == Outcome::Ok)
                .filter_map(|one| one.completed_ns)
                .collect();
            ends.sort_unstable();
            let expected = ends.iter().copied().find(|end| {
                let prefix = prefix(*end);
                !oracle::explains(model, &prefix.iter().collect::<Vec<_>>())
            });
            let told = prefix::longest(&record(model, &operations));
            assert_eq!(told.map(|told| told.until_ns), expected, "{model:?}: {operations:#?}");
            if let Some(told) = told {
                let before = ends.iter().filter(|end| **end < told.until_ns).count() as u64;
                assert_eq!(told.operations, before);
                found += 1;
            }
        }
        assert!(found > ROUNDS / 50, "{model:?}: {found}");
    }
}

/// How stale a read is, counted write by write.
#[test]
fn staleness_agrees_with_its_definition() {
    let mut random = ChaCha8Rng::seed_from_u64(820);
    let mut found = 0;
    for _ in 0..ROUNDS {
        let operations = generated::wild(Model::Register, &mut random, 10, false);
        let record = record(Model::Register, &operations);
        for (read, staleness) in stale_read::measures(&record) {
            let read = &operations[read];
            let shows = |value: u64, one: &&Operation| {
                one.returned == Returned::Value(value)
                    || (one.call == Call::Write { value } && one.outcome == Outcome::Ok)
            };
            let in_place = |value: u64| {
                let shown = operations.iter().filter(|one| shows(value, one));
                shown.filter_map(|one| one.completed_ns).min()
            };
            let since = match read.returned {
                Returned::Value(value) => in_place(value),
                _ => None,
            };
            let over: Vec<u64> = operations
                .iter()
                .filter_map(|one| match one.call {
                    Call::Write { value } if since.is_none_or(|since| since < one.invoked_ns) => {
                        in_place(value).filter(|over| *over >= one.invoked_ns)
                    }
                    _ => None,
                })
                .filter(|over| *over < read.invoked_ns)
                .collect();
            assert_eq!(staleness.versions, over.len() as u64, "{read:?} of {operations:#?}");
            assert_eq!(Some(staleness.ns), over.iter().min().map(|over| read.invoked_ns - over));
            found += 1;
        }
    }
    assert!(found > ROUNDS / 10, "{found}");
}
