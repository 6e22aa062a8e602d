use super::{Element, List, MAX_DEPTH, Map, MapOrder};
use crate::cursor::Cursor;
use crate::{DecodeError, ParticleType};

const WHAT: &str = "msgpack value";
/// The extension tag of wildcard and infinity.
const ARGUMENT_TAG: u8 = 0xFF;

/// Reads the one value that `bytes` are.
///
/// # Errors
/// Malformed or truncated input, input left over, nesting beyond [`MAX_DEPTH`].
pub fn decode(bytes: &[u8]) -> Result<Element, DecodeError> {
    let (element, length) = decode_one(bytes)?;
    if length == bytes.len() { Ok(element) } else { Err(DecodeError::Trailing(WHAT)) }
}

/// Reads the first value of `bytes` and tells how many bytes it took.
///
/// # Errors
/// As for [`decode`], except that input may be left over.
pub fn decode_one(bytes: &[u8]) -> Result<(Element, usize), DecodeError> {
    let mut cursor = Cursor::new(bytes);
    let element = element(&mut cursor, 0)?;
    Ok((element, bytes.len() - cursor.remaining()))
}

fn element(cursor: &mut Cursor<'_>, depth: usize) -> Result<Element, DecodeError> {
    let marker = cursor.u8(WHAT)?;
    Ok(match marker {
        0x00..=0x7F => Element::Integer(i64::from(marker)),
        0x80..=0x8F => map(cursor, usize::from(marker & 0x0F), depth)?,
        0x90..=0x9F => list(cursor, usize::from(marker & 0x0F), depth)?,
        0xA0..=0xBF => raw(cursor.take(usize::from(marker & 0x1F), WHAT)?),
        0xC0 => Element::Nil,
        0xC2 => Element::Boolean(false),
        0xC3 => Element::Boolean(true),
        0xC4 | 0xD9 => {
            let length = cursor.u8(WHAT)?;
            raw(cursor.take(usize::from(length), WHAT)?)
        }
        0xC5 | 0xDA => {
            let length = cursor.u16(WHAT)?;
            raw(cursor.take(usize::from(length), WHAT)?)
        }
        0xC6 | 0xDB => raw(cursor.sized(WHAT)?),
        0xC7 => {
            let length = usize::from(cursor.u8(WHAT)?);
            extension(cursor, length)?
        }
        0xC8 => {
            let length = usize::from(cursor.u16(WHAT)?);
            extension(cursor, length)?
        }
        0xC9 => {
            let length = length32(cursor)?;
            extension(cursor, length)?
        }
        0xCA => Element::Float(f64::from(f32::from_be_bytes(cursor.array(WHAT)?))),
        0xCB => Element::Float(f64::from_be_bytes(cursor.array(WHAT)?)),
        0xCC => Element::Integer(i64::from(cursor.u8(WHAT)?)),
        0xCD => Element::Integer(i64::from(cursor.u16(WHAT)?)),
        0xCE => Element::Integer(i64::from(cursor.u32(WHAT)?)),
        0xCF => {
            let value = cursor.u64(WHAT)?;
            i64::try_from(value).map_or(Element::Unsigned(value), Element::Integer)
        }
        0xD0 => Element::Integer(i64::from(i8::from_be_bytes(cursor.array(WHAT)?))),
        0xD1 => Element::Integer(i64::from(i16::from_be_bytes(cursor.array(WHAT)?))),
        0xD2 => Element::Integer(i64::from(i32::from_be_bytes(cursor.array(WHAT)?))),
        0xD3 => Element::Integer(i64::from_be_bytes(cursor.array(WHAT)?)),
        0xD4..=0xD8 => extension(cursor, 1 << (marker - 0xD4))?,
        0xDC => {
            let count = usize::from(cursor.u16(WHAT)?);
            list(cursor, count, depth)?
        }
        0xDD => {
            let count = length32(cursor)?;
            list(cursor, count, depth)?
        }
        0xDE => {
            let count = usize::from(cursor.u16(WHAT)?);
            map(cursor, count, depth)?
        }
        0xDF => {
            let count = length32(cursor)?;
            map(cursor, count, depth)?
        }
        0xE0..=0xFF => Element::Integer(i64::from(marker.cast_signed())),
        0xC1 => return Err(DecodeError::Malformed(WHAT)),
    })
}

fn length32(cursor: &mut Cursor<'_>) -> Result<usize, DecodeError> {
    usize::try_from(cursor.u32(WHAT)?).map_err(|_| DecodeError::Truncated(WHAT))
}

fn raw(bytes: &[u8]) -> Element {
    let Some((&particle, rest)) = bytes.split_first() else {
        return Element::Bytes(ParticleType::BLOB, Vec::new());
    };
    let rest = rest.to_vec();
    match ParticleType(particle) {
        ParticleType::STRING => Element::String(rest),
        ParticleType::GEOJSON => Element::GeoJson(rest),
        other => Element::Bytes(other, rest),
    }
}

fn extension(cursor: &mut Cursor<'_>, length: usize) -> Result<Element, DecodeError> {
    let tag = cursor.u8(WHAT)?;
    let bytes = cursor.take(length, WHAT)?;
    Ok(match (tag, bytes) {
        (ARGUMENT_TAG, [0]) => Element::Wildcard,
        (ARGUMENT_TAG, [1]) => Element::Infinity,
        _ => Element::Extension(tag, bytes.to_vec()),
    })
}

/// Items take a byte each at least, so more than are left cannot follow.
fn check_count(cursor: &Cursor<'_>, items: usize, depth: usize) -> Result<(), DecodeError> {
    if items > cursor.remaining() {
        return Err(DecodeError::Truncated(WHAT));
    }
    if depth == MAX_DEPTH { Err(DecodeError::TooDeep) } else { Ok(()) }
}

fn list(cursor: &mut Cursor<'_>, count: usize, depth: usize) -> Result<Element, DecodeError> {
    check_count(cursor, count, depth)?;
    let mut list = List::default();
    for index in 0..count {
        match element(cursor, depth + 1)? {
            Element::Extension(flags, _) if index == 0 => list.ordered = flags & 1 != 0,
            item => list.items.push(item),
        }
    }
    Ok(Element::List(list))
}

fn map(cursor: &mut Cursor<'_>, count: usize, depth: usize) -> Result<Element, DecodeError> {
    check_count(cursor, count.saturating_mul(2), depth)?;
    let mut map = Map::default();
    for index in 0..count {
        let key = element(cursor, depth + 1)?;
        let value = element(cursor, depth + 1)?;
        match key {
            Element::Extension(flags, _) if index == 0 => {
                map.order =
                    MapOrder::from_code(flags).ok_or(DecodeError::Malformed("map order"))?;
            }
            key => map.entries.push((key, value)),
        }
    }
    Ok(Element::Map(map))
}
