//! One record as the finders see it.

use history::{
    Call, ConflictResolution, Key, Mode, Model, Operation, Outcome, ReadMode, Returned, Value,
};
use rustc_hash::FxHashMap;

use crate::linearizability::list;
use crate::run::Run;

/// What becomes of two versions of a record that meet after a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// There are never two: strong consistency.
    Never,
    /// The higher generation survives.
    HigherGeneration,
    /// Generations do not tell.
    Unknown,
}

/// The operations of one key, with what the finders ask of them again and again.
#[derive(Debug)]
pub struct Record<'a> {
    /// The key.
    pub key: Key,
    /// What it behaves as.
    pub model: Model,
    /// The operations in the order of their invocations.
    pub operations: Vec<&'a Operation>,
    /// The positions of the reads made after healing and migrations that were answered.
    pub final_reads: Vec<usize>,
    /// What becomes of two versions of it that meet.
    pub meeting: Meeting,
    /// When faults were in force, in ns.
    pub faults_ns: Vec<(u64, u64)>,
    /// Whether its read mode lets reads be older than what others have seen: session consistency and
    /// what is weaker (an available namespace is held to everything).
    pub reads_may_be_stale: bool,
    writers: FxHashMap<Value, usize>,
    /// For each value, the position of the operation whose end shows first that it was in place.
    shown: FxHashMap<Option<Value>, usize>,
}

impl<'a> Record<'a> {
    /// Gathers a record. `final_reads` are positions among `operations`.
    #[must_use]
    pub fn new(
        key: Key,
        model: Model,
        operations: Vec<&'a Operation>,
        final_reads: Vec<usize>,
    ) -> Self {
        let mut writers: FxHashMap<Value, usize> = FxHashMap::default();
        let mut shown: FxHashMap<Option<Value>, usize> = FxHashMap::default();
        for (position, operation) in operations.iter().enumerate() {
            if let Some(value) = written(operation) {
                let writer = writers.entry(value).or_insert(position);
                // A write that failed gives way to one of the same value that did not.
                if operations[*writer].outcome == Outcome::Fail {
                    *writer = position;
                }
            }
            let mut shows = |value: Option<Value>| {
                let first = shown.entry(value).or_insert(position);
                if operation.settled_ns() < operations[*first].settled_ns() {
                    *first = position;
                }
            };
            match (model, list::elements(operation), observed(operation)) {
                (Model::Set, Some(elements), _) => elements.iter().for_each(|e| shows(Some(*e))),
                (_, _, Some(value)) => shows(value),
                _ if operation.outcome == Outcome::Ok => {
                    written(operation).into_iter().for_each(|value| shows(Some(value)));
                }
                _ => {}
            }
        }
        Self {
            key,
            model,
            operations,
            final_reads,
            meeting: Meeting::Unknown,
            faults_ns: Vec::new(),
            reads_may_be_stale: false,
            writers,
            shown,
        }
    }

    /// A record of a run, of its [operations](Run::operations).
    #[must_use]
    pub(crate) fn of(run: &Run<'_>, key: Key, operations: &'a [Operation]) -> Self {
        let operations: Vec<&Operation> = operations.iter().collect();
        let finals =
            (0..operations.len()).filter(|at| run.is_final_read(operations[*at])).collect();
        Self {
            meeting: match (run.manifest.arm.mode, run.manifest.arm.conflict_resolution) {
                (Mode::Sc, _) => Meeting::Never,
                (Mode::Ap, Some(ConflictResolution::Generation)) => Meeting::HigherGeneration,
                (Mode::Ap, _) => Meeting::Unknown,
            },
            reads_may_be_stale: run
                .manifest
                .arm
                .read_mode
                .is_some_and(|mode| mode != ReadMode::Linearize),
            faults_ns: run.windows.iter().map(|window| (window.from_ns, window.to_ns)).collect(),
            ..Self::new(key, run.manifest.load.workload.model(), operations, finals)
        }
    }

    /// Whether a fault has been healed by a time and none is in force.
    #[must_use]
    pub fn is_healed(&self, at_ns: u64) -> bool {
        self.faults_ns.iter().any(|(_, to)| *to < at_ns)
            && !self.faults_ns.iter().any(|(from, to)| (*from..=*to).contains(&at_ns))
    }

    /// Whether it is a register of any kind.
    #[must_use]
    pub fn is_register(&self) -> bool {
        matches!(self.model, Model::Register | Model::CasRegister)
    }

    /// The operation that wrote a value or an element, whatever became of it.
    #[must_use]
    pub fn writer(&self, value: Value) -> Option<usize> {
        self.writers.get(&value).copied()
    }

    /// When a register's value (`None`: absent) or a list's element was surely in place, in ns, and
    /// the operation that shows it; an absent record needs none, it was so before everything.
    #[must_use]
    pub fn in_place(&self, value: Option<Value>) -> Option<(u64, Option<usize>)> {
        if value.is_none() {
            return Some((0, None));
        }
        let position = *self.shown.get(&value)?;
        Some((self.operations[position].settled_ns(), Some(position)))
    }

    /// The acknowledged writes, in the order of their invocations.
    pub fn acknowledged(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.operations.len()).filter(|at| self.operations[*at].is_acknowledged_write())
    }

    /// The answered reads, in the order of their invocations.
    pub fn reads(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.operations.len()).filter(|at| {
            let operation = self.operations[*at];
            matches!(operation.call, Call::Read) && operation.outcome == Outcome::Ok
        })
    }

    /// Whether the record is ever deleted, so that absence and generations begin anew.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.operations
            .iter()
            .any(|one| matches!(one.call, Call::Delete) && one.outcome != Outcome::Fail)
    }
}

/// The value or element that an operation writes, if it writes one.
#[must_use]
pub fn written(operation: &Operation) -> Option<Value> {
    match operation.call {
        Call::Write { value } | Call::Cas { value, .. } => Some(value),
        Call::Append { element } => Some(element),
        Call::Read | Call::Add { .. } | Call::Delete => None,
    }
}

/// What an answered read of a register returned: a value, or `Some(None)` for no record.
#[must_use]
pub fn observed(operation: &Operation) -> Option<Option<Value>> {
    match (&operation.call, operation.outcome, &operation.returned) {
        (Call::Read, Outcome::Ok, Returned::Value(value)) => Some(Some(*value)),
        (Call::Read, Outcome::Ok, Returned::Absent) => Some(None),
        _ => None,
    }
}
