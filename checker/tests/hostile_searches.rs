//! Histories that nobody would record, given to the general search: it ends within its budget.

use std::sync::Arc;

use aerocert_checker::linearizability::search::{Budget, Found, Interval, search};
use aerocert_checker::specification::{
    List, ListOperation, Register, RegisterOperation, Text, TextOperation,
};

const MANY: u64 = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };

fn interval<O>(call: u64, ret: u64, operation: O) -> Interval<O> {
    Interval { call, ret, operation }
}

fn registered(history: &[Interval<RegisterOperation>]) -> Found {
    search(&Register::default(), history, Budget::default())
}

#[test]
fn a_long_history_of_few_values() {
    let mut history: Vec<_> = (0..MANY)
        .map(|at| {
            let operation = match at % 3 {
                2 => RegisterOperation::Read(Some((at - 1) % 5)),
                _ => RegisterOperation::Write(Some(at % 5)),
            };
            interval(10 * at, 10 * at + 25, operation)
        })
        .collect();
    assert_eq!(registered(&history), Found::Order);
    let end = 10 * MANY + 100;
    history.push(interval(end, end + 1, RegisterOperation::Read(Some(7))));
    assert!(matches!(registered(&history), Found::Nothing { .. }));
}

#[test]
fn all_at_once() {
    let write = |at| interval(5, 5, RegisterOperation::Write(Some(at % 7)));
    let history: Vec<_> = (0..MANY).map(write).collect();
    let Found::Spent { open, explained, .. } = registered(&history) else {
        panic!("so many at once are beyond the budget")
    };
    assert_eq!((open as u64, explained), (MANY, 0));
    assert_eq!(registered(&history[..1_000]), Found::Order);
}

#[test]
fn all_in_doubt() {
    let mut history: Vec<_> =
        (0..MANY).map(|at| interval(at, u64::MAX, RegisterOperation::Write(Some(at)))).collect();
    assert_eq!(registered(&history), Found::Order);
    let read = |at, value| interval(at, at, RegisterOperation::Read(Some(value)));
    history.push(read(MANY + 1, 7));
    history.push(read(MANY + 2, 5));
    assert_eq!(registered(&history), Found::Order);
    history.push(read(MANY + 3, 7));
    assert!(matches!(registered(&history), Found::Nothing { .. }));

    let append = |at| interval(at, u64::MAX, ListOperation::Append(at));
    let mut history: Vec<_> = (0..MANY).map(append).collect();
    history.push(interval(MANY, MANY + 1, ListOperation::Read([3, 9].into())));
    assert_ne!(search(&List, &history, Budget::default()), Found::Nothing { until: MANY + 1 });
}

#[test]
fn a_chain_of_compare_and_sets() {
    let mut history: Vec<_> = (0..MANY)
        .map(|at| {
            let from = at.checked_sub(1);
            interval(2 * at, 2 * at + 3, RegisterOperation::CompareAndSet { from, to: at })
        })
        .collect();
    assert!(!matches!(registered(&history), Found::Nothing { .. }));
    history.remove(MANY as usize / 2);
    assert!(matches!(registered(&history), Found::Nothing { .. }));
}

#[test]
fn times_that_run_backwards() {
    let history: Vec<_> = (0..1_000_u64)
        .map(|at| {
            let call = 5_000 - (at * 37) % 3_000;
            let operation = match at % 2 {
                0 => RegisterOperation::Write(Some(at % 3)),
                _ => RegisterOperation::Read(Some(at % 3)),
            };
            interval(call, call - at % 50, operation)
        })
        .collect();
    let _ = registered(&history);
    let edges = [
        interval(u64::MAX, 0, RegisterOperation::Write(Some(1))),
        interval(u64::MAX, u64::MAX, RegisterOperation::Write(Some(2))),
        interval(0, u64::MAX - 1, RegisterOperation::Read(Some(1))),
        interval(0, 0, RegisterOperation::Read(None)),
    ];
    let _ = registered(&edges);
}

#[test]
fn values_of_a_megabyte() {
    let large: Arc<str> = "x".repeat(1 << 20).into();
    let get = |at, text: &Arc<str>| interval(at, at, TextOperation::Get(Arc::clone(text)));
    let mut history = vec![interval(0, 1, TextOperation::Append(Arc::clone(&large)))];
    history.extend((2..60).map(|at| get(at, &large)));
    history.push(interval(60, 70, TextOperation::Append("y".into())));
    history.push(interval(60, 70, TextOperation::Append("z".into())));
    let both: Arc<str> = format!("{large}zy").into();
    history.push(get(80, &both));
    assert_eq!(search(&Text, &history, Budget::default()), Found::Order);
    history.push(get(90, &large));
    assert!(matches!(search(&Text, &history, Budget::default()), Found::Nothing { .. }));

    let long: Arc<[u64]> = (0..1 << 17).collect();
    let read = |at| interval(at, at, ListOperation::Read(Arc::clone(&long)));
    let history = [read(1), read(2)];
    assert!(matches!(search(&List, &history, Budget::default()), Found::Nothing { .. }));
}
