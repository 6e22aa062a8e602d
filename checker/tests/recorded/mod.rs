//! Histories of generated objects as other programs record them: JSON lines.

use std::fmt::Write as _;

use aerocert_checker::foreign::ObjectModel;
use aerocert_checker::oracle::{self, Fate, Timed};
use aerocert_checker::specification::{
    CounterOperation, ListOperation, MutexOperation, QueueOperation, RegisterOperation,
    SetOperation, Step, TextOperation,
};
use history::Value;
use history::exchange::foreign::{Foreign, Format};

use super::objects::{
    CasRegisters, Case, Counters, Done, Lists, MultiRegisters, Mutexes, Queues, Registers, Texts,
    Times, UniqueQueues, WholeSets,
};

/// What a line of a history says of an operation: function, argument, result.
pub(crate) type Line = (&'static str, String, String);

/// A case that other programs can record.
pub(crate) trait Recorded: Case {
    const MODEL: ObjectModel;

    /// An operation that the model has, instead of one that it has not.
    fn fit(operation: Done<Self>) -> Done<Self> {
        operation
    }

    fn line(operation: &Done<Self>) -> Line;

    /// What an object may hold at the start instead of what the model says, and how that is spelt.
    fn beginning() -> Option<(Self::Object, &'static str)> {
        None
    }

    /// Whether it says nothing of an object that holds something at the start, and to which nobody
    /// of the history writes nil.
    fn is_silent(_: &Done<Self>, _: &Times<Self>) -> bool {
        false
    }

    /// Whether it is a condition that did not hold.
    fn is_refused(_: &Done<Self>) -> bool {
        false
    }
}

fn value(value: Option<Value>) -> String {
    value.map_or("null".to_owned(), |value| value.to_string())
}

fn register(operation: &RegisterOperation) -> Line {
    match operation {
        RegisterOperation::Read(seen) => ("read", "null".to_owned(), value(*seen)),
        RegisterOperation::Write(to) => ("write", value(*to), value(*to)),
        RegisterOperation::CompareAndSet { from, to } => {
            let pair = format!("[{},{to}]", value(*from));
            ("cas", pair.clone(), pair)
        }
        RegisterOperation::Refused(from) => {
            ("cas", format!("[{},77]", value(*from)), String::new())
        }
    }
}

/// A read of nil where nobody writes it.
fn is_silent(operation: &RegisterOperation, all: &[Timed<RegisterOperation>]) -> bool {
    let writes_nil =
        |one: &Timed<RegisterOperation>| one.operation == RegisterOperation::Write(None);
    *operation == RegisterOperation::Read(None) && !all.iter().any(writes_nil)
}

impl Recorded for Registers {
    const MODEL: ObjectModel = ObjectModel::Register;

    fn beginning() -> Option<(oracle::Register, &'static str)> {
        Some((oracle::Register(Some(2)), "2"))
    }

    fn is_silent(operation: &RegisterOperation, all: &Times<Self>) -> bool {
        is_silent(operation, all)
    }

    fn line(operation: &RegisterOperation) -> Line {
        register(operation)
    }
}

impl Recorded for CasRegisters {
    const MODEL: ObjectModel = ObjectModel::CasRegister;

    fn beginning() -> Option<(oracle::Register, &'static str)> {
        Some((oracle::Register(Some(2)), "2"))
    }

    fn is_silent(operation: &RegisterOperation, all: &Times<Self>) -> bool {
        is_silent(operation, all)
    }

    fn line(operation: &RegisterOperation) -> Line {
        register(operation)
    }

    fn is_refused(operation: &RegisterOperation) -> bool {
        matches!(operation, RegisterOperation::Refused(_))
    }
}

impl Recorded for Counters {
    const MODEL: ObjectModel = ObjectModel::Counter;

    fn beginning() -> Option<(oracle::Sum, &'static str)> {
        Some((oracle::Sum(2), "2"))
    }

    fn fit(operation: CounterOperation) -> CounterOperation {
        match operation {
            CounterOperation::Add { delta, .. } => CounterOperation::Add { delta, sum: None },
            CounterOperation::Delete => CounterOperation::Add { delta: 1, sum: None },
            read => read,
        }
    }

    fn line(operation: &CounterOperation) -> Line {
        match operation {
            CounterOperation::Read(count) => ("read", "null".to_owned(), count.to_string()),
            CounterOperation::Add { delta, .. } => ("add", delta.to_string(), delta.to_string()),
            CounterOperation::Delete => unreachable!("it is fit"),
        }
    }
}

impl Recorded for Lists {
    const MODEL: ObjectModel = ObjectModel::List;

    fn line(operation: &ListOperation) -> Line {
        match operation {
            ListOperation::Read(seen) => ("read", "null".to_owned(), format!("{seen:?}")),
            ListOperation::Append(element) => ("append", element.to_string(), element.to_string()),
            ListOperation::Delete => ("delete", "null".to_owned(), "null".to_owned()),
        }
    }
}

impl Recorded for Texts {
    const MODEL: ObjectModel = ObjectModel::KeyValue;

    fn beginning() -> Option<(oracle::Words, &'static str)> {
        Some((oracle::Words("a".to_owned()), "\"a\""))
    }

    fn line(operation: &TextOperation) -> Line {
        match operation {
            TextOperation::Get(seen) => ("get", "null".to_owned(), format!("{seen:?}")),
            TextOperation::Put(text) => ("put", format!("{text:?}"), format!("{text:?}")),
            TextOperation::Append(text) => ("append", format!("{text:?}"), format!("{text:?}")),
        }
    }
}

impl Recorded for WholeSets {
    const MODEL: ObjectModel = ObjectModel::Set;

    fn fit(operation: SetOperation) -> SetOperation {
        match operation {
            SetOperation::Remove(element) => SetOperation::Add(element),
            SetOperation::Contains { element, .. } => SetOperation::read([element]),
            other => other,
        }
    }

    fn line(operation: &SetOperation) -> Line {
        match operation {
            SetOperation::Read(seen) => ("read", "null".to_owned(), format!("{seen:?}")),
            SetOperation::Add(element) => ("add", element.to_string(), element.to_string()),
            _ => unreachable!("it is fit"),
        }
    }
}

fn queue(operation: &QueueOperation) -> Line {
    let null = || "null".to_owned();
    match operation {
        QueueOperation::Enqueue(value) => ("enqueue", value.to_string(), value.to_string()),
        QueueOperation::Dequeue(value) => ("dequeue", null(), value.to_string()),
        QueueOperation::Empty | QueueOperation::Take => ("dequeue", null(), null()),
    }
}

impl Recorded for Queues {
    const MODEL: ObjectModel = ObjectModel::Queue;

    fn line(operation: &QueueOperation) -> Line {
        queue(operation)
    }
}

impl Recorded for UniqueQueues {
    const MODEL: ObjectModel = ObjectModel::Queue;

    fn line(operation: &QueueOperation) -> Line {
        queue(operation)
    }
}

impl Recorded for Mutexes {
    const MODEL: ObjectModel = ObjectModel::Mutex;

    fn line(operation: &MutexOperation) -> Line {
        let function = match operation {
            MutexOperation::Acquire => "acquire",
            MutexOperation::Release => "release",
        };
        (function, "null".to_owned(), "null".to_owned())
    }
}

impl Recorded for MultiRegisters {
    const MODEL: ObjectModel = ObjectModel::MultiRegister;

    fn line(operation: &Done<Self>) -> Line {
        let steps = |seen: bool| {
            let told = operation.iter().map(|step| match step {
                Step::Read(key, read) if seen => format!("[\"read\",{key},{}]", value(*read)),
                Step::Read(key, _) => format!("[\"read\",{key},null]"),
                Step::Write(key, written) => format!("[\"write\",{key},{}]", value(*written)),
            });
            format!("[{}]", told.collect::<Vec<_>>().join(","))
        };
        ("txn", steps(false), steps(true))
    }
}

/// The history as another program records it; of a time, calls come before returns.
pub(crate) fn recorded<C: Recorded>(history: &Times<C>) -> Foreign {
    let mut events: Vec<(u64, bool, usize)> = Vec::new();
    for (at, one) in history.iter().enumerate() {
        events.push((one.call, false, at));
        match one.fate {
            Fate::Returned(end) => events.push((end.max(one.call), true, at)),
            Fate::Failed => events.push((one.call, true, at)),
            Fate::InDoubt => {}
        }
    }
    events.sort_unstable();
    let mut text = String::new();
    for (_, ends, at) in events {
        let (function, argument, result) = C::line(&history[at].operation);
        let refused = C::is_refused(&history[at].operation);
        let (kind, said) = match (ends, history[at].fate) {
            (false, _) => ("invoke", argument),
            (true, Fate::Failed) => ("fail", format!("{argument},\"error\":\"timeout\"")),
            (true, _) if refused => ("fail", argument),
            (true, _) => ("ok", result),
        };
        let _ = writeln!(
            text,
            "{{\"process\":{at},\"type\":\"{kind}\",\"f\":\"{function}\",\"key\":0,\"value\":{said}}}"
        );
    }
    Foreign::read(text.as_bytes(), Format::JsonLines).expect("it is well written")
}
