use wire::msgpack::{List, Map};
use wire::{Element, ResultCode};

/// The arguments of a call, read by place; whatever is missing or of another type is a bad
/// parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments<'a>(&'a [Element]);

impl<'a> Arguments<'a> {
    /// The arguments, of which there must be `required`, and `optional` more may be.
    pub(super) fn new(
        elements: &'a [Element],
        required: usize,
        optional: usize,
    ) -> Result<Self, ResultCode> {
        if (required..=required + optional).contains(&elements.len()) {
            Ok(Self(elements))
        } else {
            Err(ResultCode::PARAMETER)
        }
    }

    /// An argument.
    pub(super) fn element(self, place: usize) -> Result<&'a Element, ResultCode> {
        self.0.get(place).ok_or(ResultCode::PARAMETER)
    }

    /// An argument that is to be stored.
    pub(super) fn storable(self, place: usize) -> Result<Element, ResultCode> {
        super::storable(self.element(place)?.clone())
    }

    /// An argument that is to be a map's key.
    pub(super) fn key(self, place: usize) -> Result<Element, ResultCode> {
        let key = self.element(place)?;
        if key.is_map_key() { Ok(key.clone()) } else { Err(ResultCode::PARAMETER) }
    }

    /// An integer.
    pub(super) fn integer(self, place: usize) -> Result<i64, ResultCode> {
        self.element(place)?.as_integer().ok_or(ResultCode::PARAMETER)
    }

    /// A number of entries; all that there are when it is missing.
    pub(super) fn count(self, place: usize) -> Result<usize, ResultCode> {
        match self.0.get(place) {
            None => Ok(usize::MAX),
            Some(Element::Integer(count)) => {
                usize::try_from(*count).map_err(|_| ResultCode::PARAMETER)
            }
            Some(_) => Err(ResultCode::PARAMETER),
        }
    }

    /// Flags; none when they are missing.
    pub(super) fn flags(self, place: usize) -> Result<u64, ResultCode> {
        match self.0.get(place) {
            None => Ok(0),
            Some(Element::Integer(flags)) => {
                u64::try_from(*flags).map_err(|_| ResultCode::PARAMETER)
            }
            Some(_) => Err(ResultCode::PARAMETER),
        }
    }

    /// A list.
    pub(super) fn list(self, place: usize) -> Result<&'a List, ResultCode> {
        self.element(place)?.as_list().ok_or(ResultCode::PARAMETER)
    }

    /// A map that is to be stored.
    pub(super) fn map(self, place: usize) -> Result<Map, ResultCode> {
        match self.storable(place)? {
            Element::Map(map) => Ok(map),
            _ => Err(ResultCode::PARAMETER),
        }
    }
}
