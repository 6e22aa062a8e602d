//! Arbitrary events, whose times do not fall.

use history::{
    Call, Completion, Event, EventKind, FaultEvent, FaultStage, Invocation, Key, Mark, OperationId,
    Outcome, ProcessId, Returned, Route, SiteIndex,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        Just(Call::Read),
        any::<u64>().prop_map(|value| Call::Write { value }),
        any::<(Option<u64>, u32, u64)>().prop_map(|(expected, generation, value)| Call::Cas {
            expected,
            generation,
            value
        }),
        any::<i64>().prop_map(|delta| Call::Add { delta }),
        any::<u64>().prop_map(|element| Call::Append { element }),
        Just(Call::Delete),
    ]
}

fn invocation() -> impl Strategy<Value = Invocation> {
    let route = prop_oneof![Just(Route::Map), any::<u8>().prop_map(Route::Pinned)];
    (any::<(u64, u32, u8, u64)>(), route, call()).prop_map(
        |((operation, process, site, key), route, call)| Invocation {
            operation: OperationId(operation),
            process: ProcessId(process),
            site: SiteIndex(site),
            route,
            key: Key(key),
            call,
        },
    )
}

fn completion() -> impl Strategy<Value = Completion> {
    let outcome = prop_oneof![Just(Outcome::Ok), Just(Outcome::Fail), Just(Outcome::Info)];
    let returned = prop_oneof![
        Just(Returned::Nothing),
        Just(Returned::Absent),
        any::<u64>().prop_map(Returned::Value),
        any::<u64>().prop_map(Returned::Torn),
        any::<i64>().prop_map(Returned::Count),
        vec(any::<u64>(), 0..20).prop_map(Returned::List),
    ];
    (any::<(u64, Option<u32>, i16)>(), outcome, returned).prop_map(
        |((operation, generation, code), outcome, returned)| Completion {
            operation: OperationId(operation),
            outcome,
            returned,
            generation,
            code,
        },
    )
}

fn kind() -> impl Strategy<Value = EventKind> {
    let stage = prop_oneof![
        Just(FaultStage::Applied),
        Just(FaultStage::Healed),
        Just(FaultStage::Skipped),
        Just(FaultStage::Indeterminate),
    ];
    let mark = prop_oneof![
        Just(Mark::LoadStarted),
        Just(Mark::LoadEnded),
        Just(Mark::MigrationsEnded),
        Just(Mark::FinalReadsStarted),
        Just(Mark::FinalReadsEnded),
    ];
    prop_oneof![
        8 => invocation().prop_map(EventKind::Invoke),
        8 => completion().prop_map(EventKind::Complete),
        1 => (any::<u32>(), stage)
            .prop_map(|(fault, stage)| EventKind::Fault(FaultEvent { fault, stage })),
        1 => mark.prop_map(EventKind::Mark),
    ]
}

/// Up to `most` events of any kind and number, as they could never be recorded together.
pub(crate) fn events(most: usize) -> impl Strategy<Value = Vec<Event>> {
    let elapsed = prop_oneof![9 => 0..100_000_u64, 1 => 0..u64::MAX / 4096];
    vec((elapsed, kind()), 0..most).prop_map(|drawn| {
        let mut time_ns = 0;
        let event = |(elapsed, kind)| {
            time_ns += elapsed;
            Event { time_ns, kind }
        };
        drawn.into_iter().map(event).collect()
    })
}
