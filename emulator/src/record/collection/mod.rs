//! Operations on lists and maps.
//!
//! A [`CdtCall`] names an operation and, by its context, a list or map inside the bin's value.
//! Reading operations and removals choose entries ([`selection`]) and answer with what the caller
//! wants to know of them ([`answer`]). Semantics follow the server's list and map operations
//! (Community Edition 8.1.2.0); indexes that it keeps beside a list or map are not modelled, since
//! nobody can see them.

mod answer;
mod arguments;
mod context;
mod increment;
mod list;
mod map;
mod selection;
mod storable;
mod view;

pub(super) use storable::storable;
use wire::cdt::CdtCall;
use wire::msgpack::MAX_DEPTH;
use wire::{Element, ResultCode, Value};

/// Operation codes below this are for lists, the others for maps.
const FIRST_MAP_CODE: u16 = 64;

/// Reads from a list or map.
///
/// # Errors
/// [`ResultCode::PARAMETER`] for a malformed call, [`ResultCode::INCOMPATIBLE_TYPE`] for a bin of
/// another type, [`ResultCode::OP_NOT_APPLICABLE`] for an index, rank or context that leads
/// nowhere.
pub(super) fn read(value: &Value, call: &[u8]) -> Result<Option<Value>, ResultCode> {
    let call = CdtCall::decode(call).map_err(|_| ResultCode::PARAMETER)?;
    let root = element_of(value);
    if !call.context.is_empty() && root.is_none() {
        return Err(ResultCode::PARAMETER);
    }
    let root = root.ok_or(ResultCode::INCOMPATIBLE_TYPE)?;
    let answer = match context::find(&root, &call.context)? {
        Element::List(list) if call.code < FIRST_MAP_CODE => list::read(list, &call)?,
        Element::Map(map) if call.code >= FIRST_MAP_CODE => map::read(map, &call)?,
        _ => return Err(ResultCode::INCOMPATIBLE_TYPE),
    };
    Ok(as_value(answer))
}

/// What a change yields: the bin's new value, if it has one, and what to answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Modified {
    /// The new value; `None` when the operation left the bin alone.
    pub(super) value: Option<Value>,
    /// The answer, if there is one.
    pub(super) answer: Option<Value>,
}

/// Changes a list or map; most operations that add create it first when there is none.
///
/// # Errors
/// As for [`read`]; [`ResultCode::ELEMENT_EXISTS`] and [`ResultCode::ELEMENT_NOT_FOUND`] where
/// flags forbid to overwrite or create.
pub(super) fn modify(value: Option<&Value>, call: &[u8]) -> Result<Modified, ResultCode> {
    let call = CdtCall::decode(call).map_err(|_| ResultCode::PARAMETER)?;
    let mut root = match value {
        None => None,
        Some(value) => match element_of(value) {
            Some(root) => Some(root),
            None if call.context.is_empty() => return Err(ResultCode::INCOMPATIBLE_TYPE),
            None => return Err(ResultCode::PARAMETER),
        },
    };
    let change = context::change(&mut root, &call.context, &mut |target| {
        if call.code < FIRST_MAP_CODE {
            list::modify(target, &call)
        } else {
            map::modify(target, &call)
        }
    })?;
    let value = match change {
        Change::Nothing(answer) => return Ok(Modified { value: None, answer: as_value(answer) }),
        Change::Done(answer) => {
            let root = root.ok_or(ResultCode::UNKNOWN)?;
            if root.depth() > MAX_DEPTH {
                return Err(ResultCode::PARAMETER);
            }
            Modified { value: Some(Value::from(root)), answer: as_value(answer) }
        }
    };
    Ok(value)
}

/// What an operation did to its list or map, and what it answers.
#[derive(Debug, Clone, PartialEq)]
enum Change {
    /// Nothing; a list or map that was not there is not created either.
    Nothing(Option<Element>),
    /// It is as it should be.
    Done(Option<Element>),
}

fn element_of(value: &Value) -> Option<Element> {
    match value {
        Value::List(list) => Some(Element::List(list.clone())),
        Value::Map(map) => Some(Element::Map(map.clone())),
        _ => None,
    }
}

/// An answer as a bin; nil is none.
fn as_value(answer: Option<Element>) -> Option<Value> {
    answer.filter(|answer| *answer != Element::Nil).map(Value::from)
}
