//! Keys that are written as part of the values: `[key value]`, as Jepsen does for independent keys.

use super::operation::{Foreign, ForeignOperation, Function};
use super::{Data, DatumId};
use crate::Outcome;

impl Foreign {
    /// Takes pairs apart, if every operation has one.
    pub(super) fn split_keys(&mut self) {
        if self.keyed || self.operations.is_empty() {
            return;
        }
        let data = &self.data;
        if !self.operations.iter().all(|operation| is_keyed(operation, data)) {
            return;
        }
        self.keyed = true;
        for operation in &mut self.operations {
            if let Some([key, value]) = self.data.sequence(operation.argument) {
                (operation.key, operation.argument) = (*key, *value);
            }
            operation.result = match self.data.sequence(operation.result) {
                Some([_, value]) if operation.outcome == Outcome::Ok => *value,
                _ => DatumId::NIL,
            };
        }
    }
}

/// Whether an operation's value is one of a key.
fn is_keyed(operation: &ForeignOperation, data: &Data) -> bool {
    let Some([key, value]) = data.sequence(operation.argument) else { return false };
    let is_atom = data.sequence(*key).is_none();
    match operation.function {
        Function::Cas => is_atom && data.sequence(*value).is_some(),
        Function::Transaction => is_atom && data.sequence(*value).is_some(),
        _ => is_atom,
    }
}
