//! Operations on bins, and the values that replies give back.

use crate::cursor::{Cursor, put_length};
use crate::{DecodeError, ParticleType, Value};

/// The code of an operation. Unknown codes are carried along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpCode(pub u8);

impl OpCode {
    /// Read a bin; with an empty name and [`crate::Info1::GET_ALL`], all bins.
    pub const READ: Self = Self(1);
    /// Write a bin, or remove it with a null value.
    pub const WRITE: Self = Self(2);
    /// Read from a list or map.
    pub const CDT_READ: Self = Self(3);
    /// Change a list or map.
    pub const CDT_MODIFY: Self = Self(4);
    /// Add to a number.
    pub const INCREMENT: Self = Self(5);
    /// Evaluate an expression.
    pub const EXPRESSION_READ: Self = Self(7);
    /// Write the value of an expression.
    pub const EXPRESSION_MODIFY: Self = Self(8);
    /// Append to text or bytes.
    pub const APPEND: Self = Self(9);
    /// Prepend to text or bytes.
    pub const PREPEND: Self = Self(10);
    /// Touch the record.
    pub const TOUCH: Self = Self(11);
    /// Read bits of a blob.
    pub const BITS_READ: Self = Self(12);
    /// Change bits of a blob.
    pub const BITS_MODIFY: Self = Self(13);
    /// Remove all bins.
    pub const DELETE_ALL: Self = Self(14);
    /// Read a HyperLogLog sketch.
    pub const HLL_READ: Self = Self(15);
    /// Change a HyperLogLog sketch.
    pub const HLL_MODIFY: Self = Self(16);
}

/// An operation of a request, or a bin of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    /// What to do; replies echo it.
    pub code: OpCode,
    /// Type of the value.
    pub particle_type: ParticleType,
    /// Flags; clients send 0, and servers ignore them.
    pub flags: u8,
    /// Name of the bin; a server refuses more than 15 bytes.
    pub name: Vec<u8>,
    /// The value's bytes, read with [`value`](Self::value) or, for lists and maps, with
    /// [`crate::cdt::CdtCall::decode`].
    pub data: Vec<u8>,
}

impl Op {
    /// An operation with a value.
    #[must_use]
    pub fn new(code: OpCode, name: impl Into<Vec<u8>>, value: &Value) -> Self {
        Self {
            code,
            particle_type: value.particle_type(),
            flags: 0,
            name: name.into(),
            data: value.encode(),
        }
    }

    /// A read of a bin.
    #[must_use]
    pub fn read(name: &str) -> Self {
        Self::new(OpCode::READ, name, &Value::Null)
    }

    /// A write of a bin.
    #[must_use]
    pub fn write(name: &str, value: &Value) -> Self {
        Self::new(OpCode::WRITE, name, value)
    }

    /// The value.
    ///
    /// # Errors
    /// Those of [`Value::decode`].
    pub fn value(&self) -> Result<Value, DecodeError> {
        Value::decode(self.particle_type, &self.data)
    }

    pub(crate) fn decode(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let mut op = Cursor::new(cursor.sized("operation")?);
        let [code, particle_type, flags, name_length] = op.array("operation")?;
        let name = op.take(usize::from(name_length), "bin name")?.to_vec();
        Ok(Self {
            code: OpCode(code),
            particle_type: ParticleType(particle_type),
            flags,
            name,
            data: op.rest().to_vec(),
        })
    }

    /// Names above 255 bytes do not fit the wire and are cut; servers refuse all above 15.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let name = &self.name[..self.name.len().min(255)];
        let name_length = u8::try_from(name.len()).expect("cut to 255 bytes");
        put_length(out, 4 + name.len() + self.data.len());
        out.extend_from_slice(&[self.code.0, self.particle_type.0, self.flags, name_length]);
        out.extend_from_slice(name);
        out.extend_from_slice(&self.data);
    }
}
