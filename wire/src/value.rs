//! Values of bins.

use serde::{Deserialize, Serialize};

use crate::DecodeError;
use crate::msgpack::{self, Element, List, Map};

/// The type byte of a value on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ParticleType(pub u8);

impl ParticleType {
    /// No value.
    pub const NULL: Self = Self(0);
    /// Signed 64-bit integer.
    pub const INTEGER: Self = Self(1);
    /// 64-bit floating-point number.
    pub const FLOAT: Self = Self(2);
    /// Text.
    pub const STRING: Self = Self(3);
    /// Bytes.
    pub const BLOB: Self = Self(4);
    /// Truth value.
    pub const BOOLEAN: Self = Self(17);
    /// HyperLogLog sketch.
    pub const HLL: Self = Self(18);
    /// Map.
    pub const MAP: Self = Self(19);
    /// List.
    pub const LIST: Self = Self(20);
    /// GeoJSON.
    pub const GEOJSON: Self = Self(23);

    /// True for bytes that only a client's language understands (a Java or Python blob, say).
    #[must_use]
    pub const fn is_language_blob(self) -> bool {
        matches!(self.0, 7..=12)
    }
}

/// The value of a bin.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value; writing it removes the bin.
    Null,
    /// An integer.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// A text, not necessarily UTF-8.
    String(Vec<u8>),
    /// A truth value.
    Boolean(bool),
    /// A list.
    List(List),
    /// A map.
    Map(Map),
    /// Anything else, as it is on the wire: blobs, GeoJSON with its header, sketches, unknown types.
    Opaque(ParticleType, Vec<u8>),
}

impl Value {
    /// Reads a value of a type.
    ///
    /// # Errors
    /// A number or truth value of a wrong length, a list or map that is malformed.
    pub fn decode(particle_type: ParticleType, bytes: &[u8]) -> Result<Self, DecodeError> {
        let fixed = || bytes.try_into().map_err(|_| DecodeError::Malformed("number"));
        Ok(match particle_type {
            ParticleType::NULL => Self::Null,
            ParticleType::INTEGER => Self::Integer(i64::from_be_bytes(fixed()?)),
            ParticleType::FLOAT => Self::Float(f64::from_be_bytes(fixed()?)),
            ParticleType::STRING => Self::String(bytes.to_vec()),
            ParticleType::BOOLEAN => match bytes {
                [value @ (0 | 1)] => Self::Boolean(*value == 1),
                _ => return Err(DecodeError::Malformed("truth value")),
            },
            ParticleType::LIST => match msgpack::decode(bytes)? {
                Element::List(list) => Self::List(list),
                _ => return Err(DecodeError::Malformed("list")),
            },
            ParticleType::MAP => match msgpack::decode(bytes)? {
                Element::Map(map) => Self::Map(map),
                _ => return Err(DecodeError::Malformed("map")),
            },
            other => Self::Opaque(other, bytes.to_vec()),
        })
    }

    /// The value's type.
    #[must_use]
    pub const fn particle_type(&self) -> ParticleType {
        match self {
            Self::Null => ParticleType::NULL,
            Self::Integer(_) => ParticleType::INTEGER,
            Self::Float(_) => ParticleType::FLOAT,
            Self::String(_) => ParticleType::STRING,
            Self::Boolean(_) => ParticleType::BOOLEAN,
            Self::List(_) => ParticleType::LIST,
            Self::Map(_) => ParticleType::MAP,
            Self::Opaque(particle_type, _) => *particle_type,
        }
    }

    /// The value's bytes, without its type.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Null => Vec::new(),
            Self::Integer(value) => value.to_be_bytes().to_vec(),
            Self::Float(value) => value.to_be_bytes().to_vec(),
            Self::String(bytes) | Self::Opaque(_, bytes) => bytes.clone(),
            Self::Boolean(value) => vec![u8::from(*value)],
            Self::List(list) => msgpack::encode_list(list),
            Self::Map(map) => msgpack::encode_map(map),
        }
    }

    /// A blob.
    #[must_use]
    pub fn blob(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Opaque(ParticleType::BLOB, bytes.into())
    }

    /// The integer, if it is one.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    /// The text, if it is one and UTF-8.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::String(bytes) = self { std::str::from_utf8(bytes).ok() } else { None }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.as_bytes().to_vec())
    }
}

impl From<Element> for Value {
    /// The bin value that answers with a list's or map's element.
    ///
    /// An element that may only stand in arguments becomes `Null`.
    fn from(element: Element) -> Self {
        match element {
            Element::Nil | Element::Wildcard | Element::Infinity | Element::Extension(..) => {
                Self::Null
            }
            Element::Boolean(value) => Self::Boolean(value),
            Element::Integer(value) => Self::Integer(value),
            Element::Unsigned(value) => Self::Integer(value.cast_signed()),
            Element::Float(value) => Self::Float(value),
            Element::String(text) => Self::String(text),
            Element::Bytes(particle_type, bytes) => Self::Opaque(particle_type, bytes),
            Element::GeoJson(text) => {
                // A geo value starts with a flags byte and a count of cells, here none.
                let mut bytes = vec![0, 0, 0];
                bytes.extend_from_slice(&text);
                Self::Opaque(ParticleType::GEOJSON, bytes)
            }
            Element::List(list) => Self::List(list),
            Element::Map(map) => Self::Map(map),
        }
    }
}
