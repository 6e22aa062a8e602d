//! Calls on lists and maps: the value of the operations [`crate::OpCode::CDT_READ`] and
//! [`crate::OpCode::CDT_MODIFY`].

use crate::DecodeError;
use crate::cursor::Cursor;
use crate::msgpack::{self, Element};

/// First element of a call that works on a list or map inside the bin's.
const CONTEXT_MARKER: i64 = 0xFF;

/// A call: where in the bin, what to do, with which arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct CdtCall {
    /// The way from the bin's list or map to the one that is meant; empty for the bin's own.
    pub context: Vec<ContextStep>,
    /// What to do: codes below 64 are for lists, the others for maps.
    pub code: u16,
    /// The arguments.
    pub arguments: Vec<Element>,
}

/// A step into a list or map.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextStep {
    /// Kind and creation flags: `0x10` list by index, `0x11` by rank, `0x13` by value, `0x20` map
    /// by index, `0x21` by rank, `0x22` by key, `0x23` by value; `0xC0` tells what to create.
    pub kind: u16,
    /// The index, rank, key or value.
    pub value: Element,
}

impl CdtCall {
    /// A call on the bin's own list or map.
    #[must_use]
    pub fn new(code: u16, arguments: impl Into<Vec<Element>>) -> Self {
        Self { context: Vec::new(), code, arguments: arguments.into() }
    }

    /// Reads a call: `[code, arguments…]`, `[0xFF, [context…], [code, arguments…]]`, or the older
    /// form of a two-byte code and, when there are arguments, a list of them.
    ///
    /// # Errors
    /// Anything else.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        if data.first() == Some(&0) {
            return Self::decode_older(data);
        }
        let mut items = list(msgpack::decode(data)?)?.into_iter();
        let first = items.next().and_then(|item| item.as_integer()).ok_or(MALFORMED)?;
        if first != CONTEXT_MARKER {
            return Ok(Self::new(code(first)?, items.collect::<Vec<_>>()));
        }
        let (Some(context), Some(call), None) = (items.next(), items.next(), items.next()) else {
            return Err(MALFORMED);
        };
        let context = context_steps(list(context)?)?;
        let mut call = list(call)?.into_iter();
        let first = call.next().and_then(|item| item.as_integer()).ok_or(MALFORMED)?;
        Ok(Self { context, code: code(first)?, arguments: call.collect() })
    }

    fn decode_older(data: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new(data);
        let code = cursor.u16("list or map call")?;
        let arguments = match cursor.rest() {
            [] => Vec::new(),
            rest => list(msgpack::decode(rest)?)?,
        };
        Ok(Self::new(code, arguments))
    }

    /// The call's bytes, in one of the two newer forms.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut call = vec![Element::Integer(self.code.into())];
        call.extend_from_slice(&self.arguments);
        if self.context.is_empty() {
            return msgpack::encode(&Element::list(call));
        }
        let context: Vec<Element> = self
            .context
            .iter()
            .flat_map(|step| [Element::Integer(step.kind.into()), step.value.clone()])
            .collect();
        msgpack::encode(&Element::list([
            Element::Integer(CONTEXT_MARKER),
            Element::list(context),
            Element::list(call),
        ]))
    }
}

const MALFORMED: DecodeError = DecodeError::Malformed("list or map call");

fn list(element: Element) -> Result<Vec<Element>, DecodeError> {
    if let Element::List(list) = element { Ok(list.items) } else { Err(MALFORMED) }
}

fn code(number: i64) -> Result<u16, DecodeError> {
    u16::try_from(number).map_err(|_| MALFORMED)
}

fn context_steps(flat: Vec<Element>) -> Result<Vec<ContextStep>, DecodeError> {
    let mut steps = Vec::with_capacity(flat.len() / 2);
    let mut items = flat.into_iter();
    while let Some(kind) = items.next() {
        let kind = kind.as_integer().ok_or(MALFORMED).and_then(code)?;
        let value = items.next().ok_or(MALFORMED)?;
        steps.push(ContextStep { kind, value });
    }
    Ok(steps)
}
