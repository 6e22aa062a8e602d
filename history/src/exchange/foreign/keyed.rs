//! Keys that are written as part of the values: `[key value]`, as Jepsen does for independent keys.

use super::operation::{Foreign, ForeignOperation, Function};
use super::pair::Line;
use super::scan::Written;
use super::{Data, DatumId};
use crate::Outcome;

/// Takes pairs apart as long as every operation has one, and puts all together again at the first
/// that has none: most histories are all of the one kind, and ids for millions of pairs that nobody
/// asks for cost more than reading them.
#[derive(Debug)]
pub(super) struct Keys {
    apart: bool,
}

impl Default for Keys {
    fn default() -> Self {
        Self { apart: true }
    }
}

impl Keys {
    /// The key and the value of an invocation.
    #[inline(always)]
    pub(super) fn of_invocation(
        &mut self,
        history: &mut Foreign,
        function: Function,
        line: &Line,
    ) -> (DatumId, DatumId) {
        if self.apart {
            if line.key.is_none()
                && let Some([key, value]) = line.value.pair(&history.data)
                && is_keyed(function, [key, value], &history.data)
            {
                history.keyed = true;
                return (key, value);
            }
            self.apart = false;
            together(history);
            history.keyed = false;
        }
        history.keyed |= line.key.is_some();
        (line.key.unwrap_or(DatumId::NIL), line.value.id(&mut history.data))
    }

    /// The value that an operation ended with.
    ///
    /// # Errors
    /// If it was seen under no key, or under another than the operation asked for.
    #[inline(always)]
    pub(super) fn of_result(
        &self,
        data: &mut Data,
        operation: &ForeignOperation,
        value: Written,
    ) -> Result<DatumId, String> {
        if !self.apart {
            return Ok(value.id(data));
        }
        match value.pair(data) {
            Some([key, value]) if key == operation.key => Ok(value),
            _ if !sees(operation.function) => Ok(DatumId::NIL),
            _ => Err(format!(
                "the operation began with the key {} on line {}, and ends without it: give its end \
                 the value `[key value]`",
                data.print(operation.key),
                operation.invoked_line
            )),
        }
    }
}

/// Whether what an operation ends with is an observation.
fn sees(function: Function) -> bool {
    matches!(function, Function::Read | Function::Dequeue | Function::Transaction)
}

/// Gives all pairs so far ids, as the values that they are.
#[cold]
fn together(history: &mut Foreign) {
    if !history.keyed {
        return;
    }
    let data = &mut history.data;
    for operation in &mut history.operations {
        let key = std::mem::replace(&mut operation.key, DatumId::NIL);
        operation.argument = data.add_sequence(&[key, operation.argument]);
        if operation.outcome == Outcome::Ok && sees(operation.function) {
            operation.result = data.add_sequence(&[key, operation.result]);
        }
    }
}

/// Whether a pair is one of a key.
#[inline(always)]
fn is_keyed(function: Function, [key, value]: [DatumId; 2], data: &Data) -> bool {
    data.sequence(key).is_none()
        && (!matches!(function, Function::Cas | Function::Transaction)
            || data.sequence(value).is_some())
}

impl Written {
    /// Its two parts, if it is a pair.
    #[inline(always)]
    fn pair(self, data: &Data) -> Option<[DatumId; 2]> {
        match self {
            Self::Pair(pair) => Some(pair),
            Self::Value(id) => data.sequence(id)?.try_into().ok(),
        }
    }

    /// Whether it is a sequence.
    pub(super) fn is_sequence(self, data: &Data) -> bool {
        match self {
            Self::Pair(_) => true,
            Self::Value(id) => data.sequence(id).is_some(),
        }
    }

    /// Its id.
    #[inline(always)]
    fn id(self, data: &mut Data) -> DatumId {
        match self {
            Self::Value(id) => id,
            Self::Pair(pair) => data.add_sequence(&pair),
        }
    }
}
