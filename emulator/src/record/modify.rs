//! Operations that change a bin by what it holds: add, append, prepend; and reading values off
//! the wire as a write does.

use wire::{Element, Op, OpCode, ParticleType, ResultCode, Value, msgpack};

use super::collection::storable;

/// The value that a write or a modify brings.
///
/// Integers may come in one, two or four bytes too, without a sign.
pub(super) fn brought_value(op: &Op) -> Result<Value, ResultCode> {
    match op.particle_type {
        ParticleType::INTEGER => brought_integer(&op.data).map(Value::Integer),
        ParticleType::FLOAT
        | ParticleType::STRING
        | ParticleType::BLOB
        | ParticleType::BOOLEAN
        | ParticleType::HLL
        | ParticleType::GEOJSON => op.value().map_err(|_| ResultCode::PARAMETER),
        ParticleType::LIST | ParticleType::MAP => {
            let element = msgpack::decode(&op.data).map_err(|_| ResultCode::PARAMETER)?;
            match (op.particle_type, storable(element)?) {
                (ParticleType::LIST, Element::List(list)) => Ok(Value::List(list)),
                (ParticleType::MAP, Element::Map(map)) => Ok(Value::Map(map)),
                _ => Err(ResultCode::PARAMETER),
            }
        }
        other if other.is_language_blob() => Ok(Value::Opaque(other, op.data.clone())),
        _ => Err(ResultCode::PARAMETER),
    }
}

fn brought_integer(data: &[u8]) -> Result<i64, ResultCode> {
    match *data {
        [a] => Ok(i64::from(a)),
        [a, b] => Ok(i64::from(u16::from_be_bytes([a, b]))),
        [a, b, c, d] => Ok(i64::from(u32::from_be_bytes([a, b, c, d]))),
        [a, b, c, d, e, f, g, h] => Ok(i64::from_be_bytes([a, b, c, d, e, f, g, h])),
        _ => Err(ResultCode::PARAMETER),
    }
}

/// Adds, appends or prepends; on a bin that does not exist, writes.
pub(super) fn modified_value(existing: Option<&Value>, op: &Op) -> Result<Value, ResultCode> {
    let Some(existing) = existing else { return brought_value(op) };
    if op.particle_type == ParticleType::NULL {
        return Err(ResultCode::PARAMETER);
    }
    match op.code {
        OpCode::INCREMENT => increment(existing, op),
        OpCode::APPEND => concatenate(existing, op, |old, new| [old, new].concat()),
        _ => concatenate(existing, op, |old, new| [new, old].concat()),
    }
}

/// Adds to a number of the same type; integers wrap.
fn increment(existing: &Value, op: &Op) -> Result<Value, ResultCode> {
    match (existing, op.particle_type) {
        (Value::Integer(value), ParticleType::INTEGER) => {
            Ok(Value::Integer(value.wrapping_add(brought_integer(&op.data)?)))
        }
        (Value::Float(value), ParticleType::FLOAT) => match brought_value(op)? {
            Value::Float(addend) => Ok(Value::Float(value + addend)),
            _ => Err(ResultCode::PARAMETER),
        },
        _ => Err(ResultCode::INCOMPATIBLE_TYPE),
    }
}

/// Joins texts or bytes of the same type.
fn concatenate(
    existing: &Value,
    op: &Op,
    join: impl Fn(&[u8], &[u8]) -> Vec<u8>,
) -> Result<Value, ResultCode> {
    match existing {
        Value::String(old) if op.particle_type == ParticleType::STRING => {
            Ok(Value::String(join(old, &op.data)))
        }
        Value::Opaque(particle_type, old)
            if *particle_type == op.particle_type
                && (*particle_type == ParticleType::BLOB || particle_type.is_language_blob()) =>
        {
            Ok(Value::Opaque(*particle_type, join(old, &op.data)))
        }
        _ => Err(ResultCode::INCOMPATIBLE_TYPE),
    }
}
