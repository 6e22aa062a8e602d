//! Fields: what a message says about the record, before the operations on its bins.

use crate::cursor::{Cursor, put_length};
use crate::digest::DIGEST_LENGTH;
use crate::{DecodeError, Digest, ParticleType, UserKey};

/// The type byte of a field. Unknown types are carried along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldType(pub u8);

impl FieldType {
    /// Name of the namespace.
    pub const NAMESPACE: Self = Self(0);
    /// Name of the set.
    pub const SET: Self = Self(1);
    /// User key: particle type and value.
    pub const KEY: Self = Self(2);
    /// Version of a record, see [`RecordVersion`].
    pub const RECORD_VERSION: Self = Self(3);
    /// Digest, 20 bytes.
    pub const DIGEST: Self = Self(4);
    /// Transaction id, 8 bytes little-endian.
    pub const MRT_ID: Self = Self(5);
    /// Transaction deadline in seconds since 2010-01-01 UTC, 4 bytes little-endian.
    pub const MRT_DEADLINE: Self = Self(6);
    /// Query id, 8 bytes.
    pub const QUERY_ID: Self = Self(7);
    /// Socket timeout in ms, 4 bytes.
    pub const SOCKET_TIMEOUT: Self = Self(9);
    /// Records per second, 4 bytes.
    pub const RECORDS_PER_SECOND: Self = Self(10);
    /// Partition ids, 2 bytes little-endian each.
    pub const PARTITIONS: Self = Self(11);
    /// Digests after which partitions resume, 20 bytes each.
    pub const RESUME_DIGESTS: Self = Self(12);
    /// Most records to answer with, 8 bytes.
    pub const MAX_RECORDS: Self = Self(13);
    /// Last-update time that cross-datacenter replication sends.
    pub const LAST_UPDATE_TIME: Self = Self(14);
    /// Values of the records' partitions where a query resumes.
    pub const BVAL_ARRAY: Self = Self(15);
    /// Name of a secondary index.
    pub const INDEX_NAME: Self = Self(21);
    /// Range in a secondary index.
    pub const INDEX_RANGE: Self = Self(22);
    /// Context of a secondary index.
    pub const INDEX_CONTEXT: Self = Self(23);
    /// Expression of a secondary index.
    pub const INDEX_EXPRESSION: Self = Self(24);
    /// Type of a secondary index.
    pub const INDEX_TYPE: Self = Self(26);
    /// Package of a user-defined function.
    pub const UDF_PACKAGE: Self = Self(30);
    /// User-defined function.
    pub const UDF_FUNCTION: Self = Self(31);
    /// Arguments of a user-defined function.
    pub const UDF_ARGUMENTS: Self = Self(32);
    /// What a query does with a user-defined function.
    pub const UDF_OP: Self = Self(33);
    /// Bin names of a query.
    pub const BIN_NAMES: Self = Self(40);
    /// Rows of a batch.
    pub const BATCH: Self = Self(41);
    /// Filter expression.
    pub const FILTER: Self = Self(43);
}

/// A field: its type and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The field's type.
    pub field_type: FieldType,
    /// The field's bytes, without the type.
    pub data: Vec<u8>,
}

impl Field {
    /// A field of any type.
    #[must_use]
    pub fn new(field_type: FieldType, data: impl Into<Vec<u8>>) -> Self {
        Self { field_type, data: data.into() }
    }

    /// A namespace field.
    #[must_use]
    pub fn namespace(name: &str) -> Self {
        Self::new(FieldType::NAMESPACE, name)
    }

    /// A set field.
    #[must_use]
    pub fn set(name: &str) -> Self {
        Self::new(FieldType::SET, name)
    }

    /// A digest field.
    #[must_use]
    pub fn digest(digest: &Digest) -> Self {
        Self::new(FieldType::DIGEST, digest.0)
    }

    /// A user key field.
    #[must_use]
    pub fn key(key: &UserKey) -> Self {
        let mut data = Vec::with_capacity(1 + key.bytes.len());
        data.push(key.particle_type.0);
        data.extend_from_slice(&key.bytes);
        Self::new(FieldType::KEY, data)
    }

    /// A record version field.
    #[must_use]
    pub fn record_version(version: RecordVersion) -> Self {
        Self::new(FieldType::RECORD_VERSION, version.encode())
    }

    /// The field as a digest.
    ///
    /// # Errors
    /// A length other than 20 bytes.
    pub fn as_digest(&self) -> Result<Digest, DecodeError> {
        <[u8; DIGEST_LENGTH]>::try_from(self.data.as_slice())
            .map(Digest)
            .map_err(|_| DecodeError::Malformed("digest"))
    }

    /// The field as a user key.
    ///
    /// # Errors
    /// No type byte, or an integer that is not 8 bytes long.
    pub fn as_key(&self) -> Result<UserKey, DecodeError> {
        let (&particle, bytes) =
            self.data.split_first().ok_or(DecodeError::Malformed("user key"))?;
        let particle_type = ParticleType(particle);
        if particle_type == ParticleType::INTEGER && bytes.len() != 8 {
            return Err(DecodeError::Malformed("integer user key"));
        }
        Ok(UserKey { particle_type, bytes: bytes.to_vec() })
    }

    /// The field as text.
    ///
    /// # Errors
    /// Bytes that are not UTF-8.
    pub fn as_text(&self) -> Result<&str, DecodeError> {
        std::str::from_utf8(&self.data).map_err(|_| DecodeError::Malformed("text field"))
    }

    /// The field as a number of four bytes.
    ///
    /// # Errors
    /// Another length.
    pub fn as_u32(&self) -> Result<u32, DecodeError> {
        let bytes = self.data.as_slice().try_into();
        bytes.map(u32::from_be_bytes).map_err(|_| DecodeError::Malformed("four-byte field"))
    }

    /// The field as a number of eight bytes.
    ///
    /// # Errors
    /// Another length.
    pub fn as_u64(&self) -> Result<u64, DecodeError> {
        let bytes = self.data.as_slice().try_into();
        bytes.map(u64::from_be_bytes).map_err(|_| DecodeError::Malformed("eight-byte field"))
    }

    pub(crate) fn decode(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let (&field_type, data) =
            cursor.sized("field")?.split_first().ok_or(DecodeError::Malformed("field length"))?;
        Ok(Self::new(FieldType(field_type), data))
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_length(out, self.data.len() + 1);
        out.push(self.field_type.0);
        out.extend_from_slice(&self.data);
    }
}

/// The version of a record that transactions compare: 7 bytes, little-endian on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RecordVersion {
    /// Last update, ms since 2010-01-01 UTC; 40 bits.
    pub last_update_ms: u64,
    /// Generation as stored: in SC with the regime in its top 6 bits.
    pub generation: u16,
}

impl RecordVersion {
    /// The version's bytes; of the time its low 40 bits.
    #[must_use]
    pub fn encode(self) -> [u8; 7] {
        let word = self.last_update_ms & 0xFF_FFFF_FFFF | u64::from(self.generation) << 40;
        let [a, b, c, d, e, f, g, _] = word.to_le_bytes();
        [a, b, c, d, e, f, g]
    }

    /// Reads a version.
    ///
    /// # Errors
    /// A length other than 7 bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let [a, b, c, d, e, f, g] =
            bytes.try_into().map_err(|_| DecodeError::Malformed("record version"))?;
        Ok(Self {
            last_update_ms: u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]),
            generation: u16::from_le_bytes([f, g]),
        })
    }
}
