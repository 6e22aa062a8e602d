//! What a client sends.

use history::{Call, ReadMode, Workload};
use wire::cdt::CdtCall;
use wire::{Digest, Element, Field, Info1, Info2, Info3, Message, Op, OpCode, UserKey, Value};

use super::bins::{BIN, sighting};
use crate::cluster::{NAMESPACE, SET};

/// The list operation *append*.
const APPEND: u16 = 1;

/// The record of a key.
pub(crate) fn digest(key: history::Key) -> Digest {
    Digest::of(SET, &UserKey::from(key.0 as i64))
}

/// The body of a request. SC reads carry their mode, AP reads none.
pub(crate) fn request(
    call: &Call,
    digest: &Digest,
    workload: Workload,
    mode: Option<ReadMode>,
    timeout_ms: u32,
) -> Vec<u8> {
    let mut message = Message {
        transaction_ttl: timeout_ms,
        fields: vec![Field::namespace(NAMESPACE), Field::set(SET), Field::digest(digest)],
        ..Message::default()
    };
    if call.is_write() {
        message.info2 = Info2::WRITE;
    }
    match call {
        Call::Read => {
            message.info1 = Info1::READ | Info1::GET_ALL;
            if let Some(mode) = mode {
                message.info3 = Info3::NONE.with_read_mode(wire_mode(mode));
            }
        }
        Call::Write { value } if workload == Workload::Sightings => {
            message.ops = sighting(*value).iter().map(|(name, v)| Op::write(name, v)).collect();
        }
        Call::Write { value } => message.ops.push(Op::write(BIN, &Value::from(*value as i64))),
        Call::Append { element } => {
            let call = CdtCall::new(APPEND, [Element::from(*element as i64)]);
            message.ops.push(Op::new(OpCode::CDT_MODIFY, BIN, &Value::blob(call.encode())));
        }
        Call::Add { delta } => {
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
