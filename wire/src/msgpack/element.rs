use crate::ParticleType;

/// A value inside a list or a map, or an argument of an operation on one.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// Nothing.
    Nil,
    /// A truth value.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// An integer above `i64::MAX`.
    Unsigned(u64),
    /// A floating-point number.
    Float(f64),
    /// A text, not necessarily UTF-8.
    String(Vec<u8>),
    /// GeoJSON text.
    GeoJson(Vec<u8>),
    /// Bytes of any other particle type.
    Bytes(ParticleType, Vec<u8>),
    /// A list.
    List(List),
    /// A map.
    Map(Map),
    /// An extension that has no meaning here.
    Extension(u8, Vec<u8>),
    /// Equal to anything; only in arguments.
    Wildcard,
    /// Greater than everything; only in arguments.
    Infinity,
}

/// A list and whether it is kept sorted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct List {
    /// True when the items are kept in the order of [`super::compare`].
    pub ordered: bool,
    /// The items.
    pub items: Vec<Element>,
}

/// How a map is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum MapOrder {
    /// As entries arrive.
    #[default]
    Unordered,
    /// Sorted by key.
    Key,
    /// Sorted by key, with an index by value.
    KeyValue,
    /// As entries were found: an answer, not a map that is kept.
    Found,
}

impl MapOrder {
    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Unordered => 0,
            Self::Key => 1,
            Self::KeyValue => 3,
            Self::Found => 8,
        }
    }

    /// The order with that code; bits that tell of stored indexes do not count.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code & 0x0B {
            0 => Some(Self::Unordered),
            1 => Some(Self::Key),
            3 => Some(Self::KeyValue),
            8 => Some(Self::Found),
            _ => None,
        }
    }
}

/// A map and how it is kept. Keys are unique; ordered maps are sorted by [`super::compare`] of the keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Map {
    /// How the map is kept.
    pub order: MapOrder,
    /// The entries.
    pub entries: Vec<(Element, Element)>,
}

impl Element {
    /// Bytes of type blob.
    #[must_use]
    pub fn blob(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(ParticleType::BLOB, bytes.into())
    }

    /// An unordered list.
    #[must_use]
    pub fn list(items: impl Into<Vec<Self>>) -> Self {
        Self::List(List { ordered: false, items: items.into() })
    }

    /// The integer, if it is one.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    /// True for a value that can be a map's key: an integer, a text or a blob.
    #[must_use]
    pub const fn is_map_key(&self) -> bool {
        matches!(
            self,
            Self::Integer(_)
                | Self::Unsigned(_)
                | Self::String(_)
                | Self::Bytes(ParticleType::BLOB, _)
        )
    }

    /// The list, if it is one.
    #[must_use]
    pub const fn as_list(&self) -> Option<&List> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// How deep lists and maps are nested in it: 0 for a plain value, 1 for a list of those.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::List(list) => 1 + list.items.iter().map(Self::depth).max().unwrap_or(0),
            Self::Map(map) => {
                let entries = map.entries.iter();
                1 + entries.map(|(k, v)| k.depth().max(v.depth())).max().unwrap_or(0)
            }
            _ => 0,
        }
    }
}

impl From<i64> for Element {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Element {
    fn from(text: &str) -> Self {
        Self::String(text.as_bytes().to_vec())
    }
}

impl From<List> for Element {
    fn from(list: List) -> Self {
        Self::List(list)
    }
}

impl From<Map> for Element {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}
