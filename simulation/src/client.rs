//! What a client sends, and what it makes of the answer.

use history::{Call, Outcome, ReadMode, Returned, Workload};
use wire::cdt::CdtCall;
use wire::{
    Digest, Element, Field, Info1, Info2, Info3, Message, Op, OpCode, ResultCode, UserKey, Value,
};

use crate::cluster::{NAMESPACE, SET};

const BIN: &str = "value";
/// The list operation *append*.
const APPEND: u16 = 1;

/// The record of a key.
pub(crate) fn digest(key: history::Key) -> Digest {
    Digest::of(SET, &UserKey::from(key.0 as i64))
}

/// The body of a request.
pub(crate) fn request(
    call: &Call,
    key: history::Key,
    mode: Option<ReadMode>,
    timeout_ms: u32,
) -> Vec<u8> {
    let mut message = Message {
        transaction_ttl: timeout_ms,
        fields: vec![Field::namespace(NAMESPACE), Field::set(SET), Field::digest(&digest(key))],
        ..Message::default()
    };
    match call {
        Call::Read => {
            message.info1 = Info1::READ | Info1::GET_ALL;
            if let Some(mode) = mode {
                message.info3 = Info3::NONE.with_read_mode(wire_mode(mode));
            }
        }
        Call::Write { value } => {
            message.info2 = Info2::WRITE;
            message.ops.push(Op::write(BIN, &Value::from(*value as i64)));
        }
        Call::Append { element } => {
            message.info2 = Info2::WRITE;
            let call = CdtCall::new(APPEND, [Element::from(*element as i64)]);
            message.ops.push(Op::new(OpCode::CDT_MODIFY, BIN, &Value::blob(call.encode())));
        }
        Call::Add { delta } => {
            message.info2 = Info2::WRITE;
            message.ops.push(Op::new(OpCode::INCREMENT, BIN, &Value::from(*delta)));
        }
        Call::Cas { generation, value, .. } => {
            message.info2 = Info2::WRITE | Info2::GENERATION;
            message.generation = *generation;
            message.ops.push(Op::write(BIN, &Value::from(*value as i64)));
        }
        Call::Delete => message.info2 = Info2::WRITE | Info2::DELETE | Info2::DURABLE_DELETE,
    }
    let mut body = Vec::new();
    message.encode_into(&mut body);
    body
}

fn wire_mode(mode: ReadMode) -> wire::ReadMode {
    match mode {
        ReadMode::Linearize => wire::ReadMode::Linearize,
        ReadMode::Session => wire::ReadMode::Session,
        ReadMode::AllowReplica => wire::ReadMode::AllowReplica,
        ReadMode::AllowUnavailable => wire::ReadMode::AllowUnavailable,
    }
}

/// What a client learned.
#[derive(Debug)]
pub(crate) struct Learned {
    pub(crate) outcome: Outcome,
    pub(crate) returned: Returned,
    pub(crate) generation: Option<u32>,
    pub(crate) code: i16,
}

impl Learned {
    /// Nothing came back: a write may have happened, a read has no effect.
    pub(crate) fn nothing(call: &Call, code: i16) -> Self {
        let outcome = if call.is_write() { Outcome::Info } else { Outcome::Fail };
        Self { outcome, returned: Returned::Nothing, generation: None, code }
    }

    /// Nothing was sent.
    pub(crate) fn unsent(code: i16) -> Self {
        Self { outcome: Outcome::Fail, returned: Returned::Nothing, generation: None, code }
    }

    /// What an answer (whole frames) says.
    pub(crate) fn from_answer(call: &Call, workload: Workload, bytes: &[u8]) -> Self {
        const LOST: i16 = -2;
        let body = bytes.get(wire::frame::HEADER_LENGTH..).unwrap_or_default();
        let Ok(message) = Message::decode(body) else { return Self::nothing(call, LOST) };
        let code = i16::from(message.result_code.0);
        let generation = (message.generation > 0).then_some(message.generation);
        let ok = |returned| Self { outcome: Outcome::Ok, returned, generation, code };
        match message.result_code {
            ResultCode::OK if call.is_write() => ok(Returned::Nothing),
            ResultCode::OK => ok(content(&message, workload)),
            ResultCode::NOT_FOUND if !call.is_write() => ok(Returned::Absent),
            ResultCode::TIMEOUT | ResultCode::UNKNOWN => Self::nothing(call, code),
            _ => Self::unsent(code),
        }
    }
}

fn content(message: &Message, workload: Workload) -> Returned {
    let value = message.ops.first().and_then(|op| op.value().ok());
    match (workload, value) {
        (Workload::Counter, Some(Value::Integer(count))) => Returned::Count(count),
        (_, Some(Value::Integer(value))) => Returned::Value(value as u64),
        (_, Some(Value::List(list))) => Returned::List(
            list.items.iter().filter_map(|item| item.as_integer()).map(|v| v as u64).collect(),
        ),
        _ => Returned::Nothing,
    }
}
