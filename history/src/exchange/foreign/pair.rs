//! Invocations and completions, paired.

use super::keyed::Keys;
use super::operation::{Foreign, ForeignOperation, Function};
use super::scan::Written;
use super::{Datum, DatumId};
use crate::Outcome;

/// What a line says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Invoke,
    Complete(Outcome),
}

/// A line of a history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) process: DatumId,
    pub(super) kind: Kind,
    /// `None` if the line says nothing of it.
    pub(super) function: Option<Function>,
    pub(super) key: Option<DatumId>,
    pub(super) value: Written,
    /// Whether it says why it failed.
    pub(super) error: bool,
    /// The line's number, from 1.
    pub(super) number: u32,
}

/// Pairs the lines of a history.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    pub(super) history: Foreign,
    /// By the id of a process's name: what is known of it.
    processes: Vec<Option<Process>>,
    keys: Keys,
    clock: u32,
}

#[derive(Clone, Copy, Debug)]
struct Process {
    number: u32,
    open: Option<u32>,
}

impl Pairing {
    /// Takes the next line.
    ///
    /// # Errors
    /// What is wrong with it.
    #[inline(always)]
    pub(super) fn line(&mut self, line: &Line) -> Result<(), String> {
        let at = line.process.0 as usize;
        if at >= self.processes.len() {
            self.processes.resize(at + 1, None);
        }
        match line.kind {
            Kind::Invoke => self.invoke(line),
            Kind::Complete(outcome) => self.complete(line, outcome),
        }
    }

    #[inline(always)]
    fn invoke(&mut self, line: &Line) -> Result<(), String> {
        let function = match line.function {
            Some(function) => function,
            None if line.value.is_sequence(&self.history.data) => Function::Transaction,
            None => return Err("an operation that does not say what it does: add `f`".to_owned()),
        };
        let (key, argument) = self.keys.of_invocation(&mut self.history, function, line);
        if function == Function::Cas
            && !matches!(self.history.data.sequence(argument), Some([_, _, ..]))
        {
            return Err("a `cas` whose value is no pair `[from to]`".to_owned());
        }
        let processes = &mut self.history.processes;
        let process = self.processes[line.process.0 as usize].get_or_insert_with(|| {
            processes.push(line.process);
            Process { number: processes.len() as u32 - 1, open: None }
        });
        if let Some(open) = process.open {
            let from = self.history.operations[open as usize].invoked_line;
            return Err(format!(
                "the process has an open operation since line {from}: give each operation its end, \
                 or each client a process of its own"
            ));
        }
        process.open = Some(self.history.operations.len() as u32);
        self.history.keyed |= line.key.is_some();
        self.clock += 1;
        self.history.operations.push(ForeignOperation {
            process: process.number,
            function,
            outcome: Outcome::Info,
            refused: false,
            key,
            argument,
            result: DatumId::NIL,
            invoked: self.clock,
            completed: u32::MAX,
            invoked_line: line.number,
            completed_line: 0,
        });
        Ok(())
    }

    #[inline(always)]
    fn complete(&mut self, line: &Line, outcome: Outcome) -> Result<(), String> {
        let data = &mut self.history.data;
        let process = &mut self.processes[line.process.0 as usize];
        let Some(open) = process.as_mut().and_then(|process| process.open.take()) else {
            let named = matches!(data.get(line.process), Datum::Word(_) | Datum::Text(_));
            if named && outcome == Outcome::Info {
                return Ok(());
            }
            return Err("an end without a beginning: no operation of the process is open".into());
        };
        let operation = &mut self.history.operations[open as usize];
        if line.function.is_some_and(|function| function != operation.function) {
            return Err(format!(
                "the end of another operation: the process began a `{}` on line {}",
                operation.function.name(),
                operation.invoked_line
            ));
        }
        self.clock += 1;
        operation.outcome = outcome;
        operation.completed = self.clock;
        operation.completed_line = line.number;
        match outcome {
            Outcome::Ok => operation.result = self.keys.of_result(data, operation, line.value)?,
            // A timeout that is called a failure observed nothing.
            Outcome::Fail => {
                operation.refused = operation.function == Function::Cas
                    && !line.error
                    && (line.value == Written::Value(DatumId::NIL) || line.value.is_sequence(data));
            }
            Outcome::Info => {}
        }
        Ok(())
    }
}
