//! One record while its history goes on.

use history::{AnomalyClass, Call, Model, Operation, OperationId, Outcome, Returned};

use super::counter::CounterWindow;
use super::frontier::Frontier;
use super::list::ListWindow;
use super::register::RegisterWindow;
use super::versions::VersionWindow;
use super::window::{Moment, Standing, shrink};
use super::{Suspicion, Violation};
use crate::specification::{
    Counter, CounterOperation, List, ListOperation, Register, RegisterOperation,
};

/// Fewer operations than this are not worth settling before it is time.
const WORTH_SETTLING: usize = 32;

/// A record.
#[derive(Debug)]
pub(super) struct Watch {
    model: Model,
    window: Window,
    versions: VersionWindow,
    open: Vec<Operation>,
    fresh: Vec<Operation>,
    /// A write was acknowledged, and a final read was answered.
    pub(super) acknowledged: bool,
    pub(super) read_finally: bool,
    /// A write ended after the final reads had begun.
    pub(super) overlapped: bool,
    suspicion: Option<Suspicion>,
    /// Refusals were left undecided before the window became another one.
    deferred: bool,
}

/// What decides the record.
#[derive(Debug)]
enum Window {
    Register(RegisterWindow),
    Counter(CounterWindow),
    List(ListWindow),
    AnyRegister(Box<Frontier<Register>>),
    AnyCounter(Box<Frontier<Counter>>),
    AnyList(Box<Frontier<List>>),
    /// Nothing more can be learned.
    Closed,
}

impl Watch {
    /// A record of a model, of which so many operations may wait for what tells refusals' choices.
    pub(super) fn new(model: Model, patience: usize) -> Self {
        let window = match model {
            Model::Register | Model::CasRegister => Window::Register(RegisterWindow::new(patience)),
            Model::Counter => Window::Counter(CounterWindow::default()),
            Model::Set => Window::List(ListWindow::default()),
        };
        Self {
            model,
            window,
            versions: VersionWindow::default(),
            open: Vec::new(),
            fresh: Vec::new(),
            acknowledged: false,
            read_finally: false,
            overlapped: false,
            suspicion: None,
            deferred: false,
        }
    }

    /// Why the record must be looked at again when the history has ended.
    pub(super) fn suspicion(&self) -> Option<Suspicion> {
        let (reused, deferred) = match &self.window {
            Window::Register(window) => (window.is_reused(), window.is_deferred()),
            _ => (false, self.deferred),
        };
        self.suspicion
            .filter(|one| !deferred || *one != Suspicion::Ambiguous)
            .or(deferred.then_some(Suspicion::Undecided))
            .or(reused.then_some(Suspicion::Ambiguous))
            .or(self.overlapped.then_some(Suspicion::Overlapped))
    }

    /// An operation begins.
    pub(super) fn invoke(&mut self, operation: Operation) {
        self.open.push(operation);
    }

    /// The open operation of an id, which ends.
    pub(super) fn take_open(&mut self, id: OperationId) -> Option<Operation> {
        let at = self.open.iter().position(|one| one.id == id)?;
        Some(self.open.remove(at))
    }

    /// Takes in an operation that has ended.
    pub(super) fn complete(&mut self, operation: Operation) {
        self.acknowledged |= operation.is_acknowledged_write();
        if !matches!(self.window, Window::Closed) {
            self.fresh.push(operation);
        }
    }

    /// Whether something has ended that was not decided.
    pub(super) fn is_stirred(&self) -> bool {
        !self.fresh.is_empty()
    }

    /// Whether so much has gathered that settling the record costs little for each operation.
    pub(super) fn is_ripe(&self) -> bool {
        self.fresh.len() >= WORTH_SETTLING.max(self.window.len())
    }

    /// No operation that is open will end.
    pub(super) fn end(&mut self) {
        let open = std::mem::take(&mut self.open);
        for operation in open {
            self.complete(operation);
        }
    }

    /// Decides what ended before `now_ns`, and lets go of what cannot matter any more. What ends at
    /// that very time may overlap something that is still to be told of.
    pub(super) fn settle(&mut self, now_ns: u64) -> Option<Violation> {
        if matches!(self.window, Window::Closed) {
            return None;
        }
        let (fresh, ending): (Vec<Operation>, Vec<Operation>) = std::mem::take(&mut self.fresh)
            .into_iter()
            .partition(|one| one.completed_ns.is_none_or(|end| end < now_ns));
        let mut open: Vec<Operation> = self.open.iter().chain(&ending).cloned().collect();
        for one in &mut open {
            one.completed_ns = None;
            one.outcome = Outcome::Info;
            one.returned = Returned::Nothing;
        }
        self.fresh = ending;
        shrink(&mut self.open);
        let watermark_ns = open.iter().map(|one| one.invoked_ns).fold(now_ns, u64::min);
        self.versions.take(&fresh);
        let torn = fresh.iter().find(|one| {
            matches!(one.call, Call::Read)
                && one.outcome == Outcome::Ok
                && matches!(one.returned, Returned::Torn(_))
        });
        let torn = torn.map(|one| (AnomalyClass::TornRecord, vec![one.id]));
        let lie = torn.or_else(|| self.versions.settle(self.model, &open, watermark_ns));
        let mut standing = self.window.settle(Moment { fresh, open: &open, watermark_ns });
        if standing == Standing::Unfit {
            self.suspicion = Some(Suspicion::Ambiguous);
            self.deferred =
                matches!(&self.window, Window::Register(window) if window.is_deferred());
            // An open write that is held as what it must have been would be taken in twice.
            standing = match &self.window {
                Window::Register(window) if window.is_stuck() => Standing::Undecided,
                _ => {
                    self.window = std::mem::replace(&mut self.window, Window::Closed).widened();
                    let fresh = Vec::new();
                    self.window.settle(Moment { fresh, open: &open, watermark_ns })
                }
            };
        }
        let found = match standing {
            Standing::Broken(operations) => Some((AnomalyClass::NonLinearizable, operations)),
            Standing::Undecided if lie.is_none() => {
                self.close(Suspicion::Undecided);
                None
            }
            _ => lie,
        };
        let (class, operations) = found?;
        self.close(Suspicion::Broken);
        Some(Violation { class, operations })
    }

    /// Forgets everything: what is left to be said is said when the history has ended.
    fn close(&mut self, suspicion: Suspicion) {
        self.suspicion = Some(suspicion);
        self.window = Window::Closed;
        self.versions = VersionWindow::default();
        self.fresh = Vec::new();
    }
}

impl Window {
    fn len(&self) -> usize {
        match self {
            Self::Register(window) => window.len(),
            Self::Counter(window) => window.len(),
            Self::List(window) => window.len(),
            Self::AnyRegister(frontier) => frontier.len(),
            Self::AnyCounter(frontier) => frontier.len(),
            Self::AnyList(frontier) => frontier.len(),
            Self::Closed => 0,
        }
    }

    fn settle(&mut self, moment: Moment<'_>) -> Standing {
        let Moment { open, watermark_ns, .. } = moment;
        match self {
            Self::Register(window) => window.settle(moment),
            Self::Counter(window) => window.settle(moment),
            Self::List(window) => window.settle(moment),
            Self::AnyRegister(frontier) => frontier.settle(moment.fresh, open, watermark_ns),
            Self::AnyCounter(frontier) => frontier.settle(moment.fresh, open, watermark_ns),
            Self::AnyList(frontier) => frontier.settle(moment.fresh, open, watermark_ns),
            Self::Closed => Standing::Holds,
        }
    }

    /// The same record, decided in general.
    fn widened(self) -> Self {
        match self {
            Self::Register(mut window) => {
                if let Some(carried) = window.take_carried() {
                    return Self::AnyRegister(carried);
                }
                let held = window.into_operations();
                let of = RegisterOperation::of;
                Self::AnyRegister(Box::new(Frontier::new(Register::default(), of, None, held)))
            }
            Self::Counter(window) => {
                let (count, held) = window.into_operations();
                Self::AnyCounter(Box::new(Frontier::new(
                    Counter,
                    CounterOperation::of,
                    count,
                    held,
                )))
            }
            Self::List(window) => {
                let (elements, held) = window.into_operations();
                let of = ListOperation::of;
                Self::AnyList(Box::new(Frontier::new(List, of, elements.into(), held)))
            }
            widened => widened,
        }
    }
}

#[cfg(test)]
mod tests {
    use history::Value;

    use super::super::register::PATIENCE;
    use super::super::window::stand_in;
    use super::*;

    /// What the n-th write asks, and what a read after it returns.
    fn write(model: Model, n: u64) -> (Call, Returned) {
        let cas = |n: Value| Call::Cas { expected: n.checked_sub(1), generation: 0, value: n };
        match model {
            Model::Register => (Call::Write { value: n }, Returned::Value(n)),
            Model::CasRegister if n == 0 => (Call::Write { value: n }, Returned::Value(n)),
            Model::CasRegister => (cas(n), Returned::Value(n)),
            Model::Counter => (Call::Add { delta: 1 }, Returned::Count(n as i64 + 1)),
            _ => (Call::Append { element: n }, Returned::List((0..=n).collect())),
        }
    }

    #[test]
    fn a_window_does_not_grow_with_the_history() {
        for model in [Model::Register, Model::CasRegister, Model::Counter, Model::Set] {
            let mut watch = Watch::new(model, PATIENCE);
            for n in 0..2_000 {
                let (call, returned) = write(model, n);
                let at = 10 * n;
                let id = OperationId(2 * n);
                watch.complete(stand_in(id, call, (at, at + 8), Returned::Nothing));
                // It overlaps the write, and ends after it.
                let id = OperationId(2 * n + 1);
                watch.complete(stand_in(id, Call::Read, (at + 1, at + 9), returned));
                assert_eq!(watch.settle(at + 10), None, "{model:?}");
                assert!(watch.window.len() <= 8, "{model:?}: {} at {n}", watch.window.len());
            }
            // What was retired long ago must not come back.
            let (_, returned) = write(model, 5);
            watch.complete(stand_in(OperationId(9_999), Call::Read, (30_000, 30_001), returned));
            assert!(watch.settle(u64::MAX).is_some(), "{model:?}");
        }
    }
}
