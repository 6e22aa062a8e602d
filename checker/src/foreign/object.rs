//! One object of a foreign history, decided.

use std::sync::Arc;

use history::exchange::foreign::{Data, Datum, DatumId, Foreign, ForeignOperation, Function};
use history::{
    Call, Key, Model, Operation, OperationId, Outcome, ProcessId, REFUSED, Returned, Route,
    SiteIndex,
};

use super::way::{Elements, Queued, Recorded, Searched, Way};
use super::{ObjectModel, Question, Silence};
use crate::linearizability::Decision;
use crate::linearizability::search::{Budget, Interval};
use crate::specification::{
    MultiRegister, Mutex, MutexOperation, Queue, QueueOperation, Specification, Step, Text,
    TextOperation,
};

/// What an object is, and what it holds at the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a> {
    pub(super) history: &'a Foreign,
    pub(super) data: &'a Data,
    pub(super) model: ObjectModel,
    pub(super) initial: DatumId,
    pub(super) silence: Silence,
}

/// The operations of an object as aerocert records them, under the id of their calls; what the object
/// holds at the start is written by one of id 0. `None` if it is of no model of aerocert's own.
pub(crate) fn records(
    history: &Foreign,
    question: Question,
    operations: &[&ForeignOperation],
) -> Option<(Model, Vec<Operation>)> {
    let object = Object::of(history, question);
    let is_own = matches!(
        object.model,
        ObjectModel::Register | ObjectModel::CasRegister | ObjectModel::Counter | ObjectModel::List
    );
    let operations: Vec<ForeignOperation> = operations.iter().map(|one| **one).collect();
    is_own.then(|| (object.record_model(), object.records(&operations).0))
}

impl<'a> Object<'a> {
    /// Any of a history's objects.
    pub(super) fn of(history: &'a Foreign, question: Question) -> Self {
        let Question { model, initial } = question;
        let silence = Silence::of(history, question);
        Self { history, data: &history.data, model, initial, silence }
    }

    /// Decides operations in the order of their invocations; positions are theirs.
    pub(super) fn decide(&self, operations: &[ForeignOperation], budget: Budget) -> Decision {
        let (way, positions) = self.way(operations);
        let mut decision = way.decide(budget);
        if let Decision::Broken(violation) = &mut decision {
            let found = violation.operations.iter().filter_map(|at| positions[*at]);
            violation.operations = found.collect();
        }
        decision
    }

    /// An order of operations that are linearizable; `None` if the budget does not suffice to tell it.
    pub(super) fn order(
        &self,
        operations: &[ForeignOperation],
        budget: Budget,
    ) -> Option<Vec<usize>> {
        let (way, positions) = self.way(operations);
        Some(way.order(budget)?.into_iter().filter_map(|at| positions[at]).collect())
    }

    /// Operations taken apart for what decides them, and the position of each.
    fn way(&self, operations: &[ForeignOperation]) -> (Box<dyn Way>, Vec<Option<usize>>) {
        match self.model {
            ObjectModel::Register
            | ObjectModel::CasRegister
            | ObjectModel::Counter
            | ObjectModel::List => {
                let (records, positions) = self.records(operations);
                (Box::new(Recorded { model: self.record_model(), records }), positions)
            }
            ObjectModel::Set => {
                let (records, positions) = self.records(operations);
                (Box::new(Elements(records)), positions)
            }
            ObjectModel::Queue => {
                let (searched, positions) = self.searched(Queue, operations, queued);
                (Box::new(Queued(searched)), positions)
            }
            ObjectModel::Mutex => boxed(self.searched(Mutex, operations, mutex)),
            ObjectModel::MultiRegister => {
                boxed(self.searched(MultiRegister, operations, |one| self.transaction(one)))
            }
            ObjectModel::KeyValue => boxed(self.searched(Text, operations, |one| self.text(one))),
        }
    }

    /// The model of aerocert's own histories.
    pub(super) fn record_model(&self) -> Model {
        match self.model {
            ObjectModel::Counter => Model::Counter,
            ObjectModel::List | ObjectModel::Set => Model::Set,
            _ => Model::CasRegister,
        }
    }

    /// Operations as aerocert records them, and the position of each; what the object holds at the
    /// start is written before everything, and has none.
    pub(super) fn records(
        &self,
        operations: &[ForeignOperation],
    ) -> (Vec<Operation>, Vec<Option<usize>>) {
        let mut records = Vec::with_capacity(operations.len() + 1);
        let mut positions = Vec::with_capacity(operations.len() + 1);
        if self.initial != DatumId::NIL {
            let call = match self.data.integer(self.initial) {
                Some(delta) if self.model == ObjectModel::Counter => Call::Add { delta },
                _ => Call::Write { value: u64::from(self.initial.0) },
            };
            records.push(record(call, 0, 0, 0, Outcome::Ok, 0));
            positions.push(None);
        }
        for (position, one) in operations.iter().enumerate() {
            let Some(call) = self.call(one) else { continue };
            let code = if one.refused { REFUSED } else { 0 };
            let times = (u64::from(one.invoked), u64::from(one.completed));
            let mut made = record(call, one.process, times.0, times.1, one.outcome, code);
            if one.outcome == Outcome::Ok && one.function == Function::Read {
                made.returned = self.returned(one.result);
            }
            records.push(made);
            positions.push(Some(position));
        }
        (records, positions)
    }

    fn call(&self, one: &ForeignOperation) -> Option<Call> {
        let says_nothing = match (one.function, one.outcome) {
            (Function::Read, Outcome::Ok) => self.silence.covers(one),
            (Function::Read, _) => true,
            (_, Outcome::Fail) => !one.refused,
            _ => false,
        };
        if says_nothing {
            return None;
        }
        let value = u64::from(one.argument.0);
        Some(match (one.function, self.model) {
            (Function::Read, _) => Call::Read,
            (Function::Write, _) if one.argument != DatumId::NIL => Call::Write { value },
            (Function::Write | Function::Delete, _) => Call::Delete,
            (Function::Cas, _) => {
                let [from, to] = self.data.sequence(one.argument)? else { return None };
                let expected = (*from != DatumId::NIL).then_some(u64::from(from.0));
                Call::Cas { expected, generation: 0, value: u64::from(to.0) }
            }
            (Function::Add, ObjectModel::Set) => Call::Append { element: value },
            (Function::Add, _) => Call::Add { delta: self.data.integer(one.argument)? },
            (Function::Append, _) => Call::Append { element: value },
            _ => return None,
        })
    }

    fn returned(&self, id: DatumId) -> Returned {
        match self.data.get(id) {
            Datum::Nil => Returned::Absent,
            Datum::Integer(count) if self.model == ObjectModel::Counter => Returned::Count(count),
            Datum::Sequence(elements)
                if matches!(self.model, ObjectModel::List | ObjectModel::Set) =>
            {
                Returned::List(elements.iter().map(|element| u64::from(element.0)).collect())
            }
            _ => Returned::Value(u64::from(id.0)),
        }
    }

    /// Operations as the search takes them, and the position of each; what the object holds at the
    /// start is written before everything, and has none.
    fn searched<S: Specification>(
        &self,
        specification: S,
        operations: &[ForeignOperation],
        of: impl Fn(&ForeignOperation) -> Option<S::Operation>,
    ) -> (Searched<S>, Vec<Option<usize>>) {
        let mut positions = Vec::new();
        let mut intervals = Vec::new();
        if self.initial != DatumId::NIL {
            let write = ForeignOperation {
                function: Function::Write,
                outcome: Outcome::Ok,
                argument: self.initial,
                ..BEFORE
            };
            if let Some(operation) = of(&write) {
                positions.push(None);
                intervals.push(Interval { call: 0, ret: 0, operation });
            }
        }
        for (position, one) in operations.iter().enumerate() {
            if one.outcome == Outcome::Fail {
                continue;
            }
            let Some(operation) = of(one) else { continue };
            positions.push(Some(position));
            intervals.push(Interval { call: one.invoked.into(), ret: one.settled(), operation });
        }
        (Searched { specification, intervals }, positions)
    }

    fn text(&self, one: &ForeignOperation) -> Option<TextOperation> {
        let text = |id| match self.data.get(id) {
            Datum::Text(text) => Arc::from(text),
            _ => Arc::from(""),
        };
        match (one.function, one.outcome) {
            (Function::Write, _) => Some(TextOperation::Put(text(one.argument))),
            (Function::Append, _) => Some(TextOperation::Append(text(one.argument))),
            (Function::Read, Outcome::Ok) if self.silence.covers(one) => None,
            (Function::Read, Outcome::Ok) => Some(TextOperation::Get(text(one.result))),
            _ => None,
        }
    }

    fn transaction(&self, one: &ForeignOperation) -> Option<Arc<[Step]>> {
        match one.outcome {
            Outcome::Ok if one.result != DatumId::NIL => steps(self.data, one.result, true),
            Outcome::Ok => steps(self.data, one.argument, true),
            _ => steps(self.data, one.argument, false),
        }
        .map(Arc::from)
    }
}

/// An operation before all others.
const BEFORE: ForeignOperation = ForeignOperation {
    process: 0,
    function: Function::Read,
    outcome: Outcome::Info,
    refused: false,
    key: DatumId::NIL,
    argument: DatumId::NIL,
    result: DatumId::NIL,
    invoked: 0,
    completed: 0,
    invoked_line: 0,
    completed_line: 0,
};

fn boxed<S: Specification + 'static>(
    (searched, positions): (Searched<S>, Vec<Option<usize>>),
) -> (Box<dyn Way>, Vec<Option<usize>>) {
    (Box::new(searched), positions)
}

fn queued(one: &ForeignOperation) -> Option<QueueOperation> {
    Some(match (one.function, one.outcome) {
        (Function::Enqueue, _) => QueueOperation::Enqueue(u64::from(one.argument.0)),
        (Function::Dequeue, Outcome::Ok) if one.result == DatumId::NIL => QueueOperation::Empty,
        (Function::Dequeue, Outcome::Ok) => QueueOperation::Dequeue(u64::from(one.result.0)),
        (Function::Dequeue, _) => QueueOperation::Take,
        _ => return None,
    })
}

fn mutex(one: &ForeignOperation) -> Option<MutexOperation> {
    match one.function {
        Function::Acquire => Some(MutexOperation::Acquire),
        Function::Release => Some(MutexOperation::Release),
        _ => None,
    }
}

/// The steps of a transaction on registers, `[[:read key value] [:write key value]]`; `None` if it
/// is none.
pub(super) fn steps(data: &Data, steps: DatumId, reads: bool) -> Option<Vec<Step>> {
    let mut found = Vec::new();
    for step in data.sequence(steps)? {
        let [name, key, value] = data.sequence(*step)? else { return None };
        let value = (*value != DatumId::NIL).then_some(u64::from(value.0));
        match data.get(*name) {
            Datum::Word(":read" | ":r") | Datum::Text("read" | "r") => {
                if reads {
                    found.push(Step::Read(key.0.into(), value));
                }
            }
            Datum::Word(":write" | ":w") | Datum::Text("write" | "w") => {
                found.push(Step::Write(key.0.into(), value));
            }
            _ => return None,
        }
    }
    Some(found)
}

fn record(call: Call, process: u32, from: u64, to: u64, outcome: Outcome, code: i16) -> Operation {
    Operation {
        id: OperationId(from),
        process: ProcessId(process),
        site: SiteIndex(0),
        route: Route::Map,
        key: Key(0),
        call,
        invoked_ns: from,
        completed_ns: (outcome != Outcome::Info).then_some(to),
        outcome,
        returned: Returned::Nothing,
        generation: None,
        code,
    }
}
