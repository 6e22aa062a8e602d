//! Judging an arm while it is recorded, in a thread of its own: the first violation ends the run.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use checker::online::{Alarm, Judge};
use history::{Check, Event, Expectation, Model};
use tokio::sync::mpsc::UnboundedSender;

use crate::exit::Failure;
use crate::plan::ArmPlan;

/// How many batches of events may wait for the judge; a batch is gathered in half a second, or is
/// 32,768 events. One more, and the judge has fallen behind.
const QUEUE: usize = 16;

/// What a watcher says of its arm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// No order explains what was recorded: what is known of it.
    Broken(String),
    /// It watches no more, and why.
    Blind(String),
}

/// Whether a violation in an arm is one whatever the faults: it must show nothing, and is checked
/// for linearizability.
pub(crate) fn can_watch(plan: &ArmPlan) -> bool {
    plan.expectation == Expectation::Valid && plan.checks.contains(&Check::Linearizable)
}

/// Begins to watch an arm; what is recorded goes into the sender that is returned.
///
/// # Errors
/// The system refuses a thread.
pub(super) fn watch(
    plan: &ArmPlan,
    model: Model,
    said: UnboundedSender<Said>,
) -> Result<SyncSender<Vec<Event>>, Failure> {
    let (events, recorded) = sync_channel(QUEUE);
    let name = plan.arm.name.clone();
    let judge = Judge::new(model, &plan.checks);
    std::thread::Builder::new()
        .name("watcher".into())
        .spawn(move || {
            // Nobody listens once the run has ended.
            let _ = said.send(judged(&name, judge, &recorded));
        })
        .map_err(Failure::harness)?;
    Ok(events)
}

/// Judges until something is broken or no more comes.
fn judged(arm: &str, mut judge: Judge, recorded: &Receiver<Vec<Event>>) -> Said {
    for batch in recorded {
        let mut alarms = Vec::new();
        for event in &batch {
            match judge.take(event) {
                Ok(found) => alarms.extend(found),
                Err(error) => return Said::Blind(format!("arm {arm}: {error}")),
            }
        }
        alarms.extend(judge.settle());
        if let Some(first) = alarms.first() {
            return Said::Broken(told(arm, first));
        }
    }
    Said::Blind(format!("arm {arm}: judging fell behind the recording"))
}

fn told(arm: &str, alarm: &Alarm) -> String {
    format!(
        "arm {arm}: {} of key {}, known at {:.3} s",
        alarm.violation.class.name(),
        alarm.key.0,
        alarm.known_ns as f64 / 1e9
    )
}

#[cfg(test)]
mod tests {
    use history::{
        Call, Completion, EventKind, Invocation, Key, OperationId, Outcome, ProcessId, Returned,
        Route, SiteIndex,
    };

    use super::*;

    fn read(value: u64) -> Vec<Event> {
        let operation = OperationId(0);
        let invocation = Invocation {
            operation,
            process: ProcessId(0),
            site: SiteIndex(0),
            route: Route::Map,
            key: Key(7),
            call: Call::Read,
        };
        let completion = Completion {
            operation,
            outcome: Outcome::Ok,
            returned: Returned::Value(value),
            generation: None,
            code: 0,
        };
        vec![
            Event { time_ns: 1, kind: EventKind::Invoke(invocation) },
            Event { time_ns: 2, kind: EventKind::Complete(completion) },
            Event { time_ns: 3, kind: EventKind::Mark(history::Mark::LoadEnded) },
        ]
    }

    #[test]
    fn a_violation_is_told_and_an_end_of_the_stream_is_no_verdict() {
        let (sender, recorded) = sync_channel(QUEUE);
        sender.send(read(5)).unwrap();
        let judge = || Judge::new(Model::Register, &[]);
        let Said::Broken(told) = judged("sc", judge(), &recorded) else { panic!("5 is garbage") };
        assert!(told.contains("key 7"), "{told}");
        drop(sender);
        assert!(matches!(judged("sc", judge(), &recorded), Said::Blind(_)));
    }
}
