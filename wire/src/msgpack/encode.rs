use super::{Element, List, Map, MapOrder};
use crate::ParticleType;

/// Writes a value.
#[must_use]
pub fn encode(element: &Element) -> Vec<u8> {
    let mut out = Vec::new();
    encode_into(&mut out, element);
    out
}

/// Appends a value to `out`, every length and integer in its shortest form.
pub fn encode_into(out: &mut Vec<u8>, element: &Element) {
    match element {
        Element::Nil => out.push(0xC0),
        Element::Boolean(value) => out.push(if *value { 0xC3 } else { 0xC2 }),
        Element::Integer(value) => integer(out, *value),
        Element::Unsigned(value) => {
            out.push(0xCF);
            out.extend_from_slice(&value.to_be_bytes());
        }
        Element::Float(value) => {
            out.push(0xCB);
            out.extend_from_slice(&value.to_be_bytes());
        }
        Element::String(text) => raw(out, ParticleType::STRING, text),
        Element::GeoJson(text) => raw(out, ParticleType::GEOJSON, text),
        Element::Bytes(particle, bytes) => raw(out, *particle, bytes),
        Element::List(value) => list(out, value),
        Element::Map(value) => map(out, value),
        Element::Extension(tag, bytes) => extension(out, *tag, bytes),
        Element::Wildcard => extension(out, 0xFF, &[0]),
        Element::Infinity => extension(out, 0xFF, &[1]),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "each arm's range fits the width it writes"
)]
fn integer(out: &mut Vec<u8>, value: i64) {
    match value {
        -0x20..=0x7F => out.push(value as u8),
        0x80..=0xFF => out.extend_from_slice(&[0xCC, value as u8]),
        0x100..=0xFFFF => marked(out, 0xCD, &(value as u16).to_be_bytes()),
        0x1_0000..=0xFFFF_FFFF => marked(out, 0xCE, &(value as u32).to_be_bytes()),
        0x1_0000_0000.. => marked(out, 0xCF, &(value as u64).to_be_bytes()),
        -0x80..=-0x21 => out.extend_from_slice(&[0xD0, value as u8]),
        -0x8000..=-0x81 => marked(out, 0xD1, &(value as i16).to_be_bytes()),
        -0x8000_0000..=-0x8001 => marked(out, 0xD2, &(value as i32).to_be_bytes()),
        ..-0x8000_0000 => marked(out, 0xD3, &value.to_be_bytes()),
    }
}

fn marked(out: &mut Vec<u8>, marker: u8, bytes: &[u8]) {
    out.push(marker);
    out.extend_from_slice(bytes);
}

/// A length as the shortest of: low bits of a marker, one byte, two bytes, four bytes.
struct LengthForms {
    /// Marker whose low bits hold lengths below the given bound.
    fixed: Option<(u8, usize)>,
    /// Markers of the wider forms.
    one: Option<u8>,
    two: u8,
    four: u8,
}

impl LengthForms {
    fn put(&self, out: &mut Vec<u8>, length: usize) {
        match (self.fixed, self.one) {
            (Some((marker, below)), _) if length < below => {
                out.push(marker | u8::try_from(length).expect("below the bound of low bits"));
            }
            (_, Some(marker)) if u8::try_from(length).is_ok() => {
                out.extend_from_slice(&[marker, u8::try_from(length).expect("checked above")]);
            }
            _ => match u16::try_from(length) {
                Ok(short) => marked(out, self.two, &short.to_be_bytes()),
                Err(_) => {
                    let long = u32::try_from(length).expect("values are far below 4 GiB");
                    marked(out, self.four, &long.to_be_bytes());
                }
            },
        }
    }
}

const RAW: LengthForms =
    LengthForms { fixed: Some((0xA0, 32)), one: Some(0xD9), two: 0xDA, four: 0xDB };
const LIST: LengthForms = LengthForms { fixed: Some((0x90, 16)), one: None, two: 0xDC, four: 0xDD };
const MAP: LengthForms = LengthForms { fixed: Some((0x80, 16)), one: None, two: 0xDE, four: 0xDF };
const EXTENSION: LengthForms = LengthForms { fixed: None, one: Some(0xC7), two: 0xC8, four: 0xC9 };

fn raw(out: &mut Vec<u8>, particle: ParticleType, bytes: &[u8]) {
    RAW.put(out, bytes.len() + 1);
    out.push(particle.0);
    out.extend_from_slice(bytes);
}

fn extension(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    match bytes.len() {
        length @ (1 | 2 | 4 | 8 | 16) => {
            out.push(0xD4 + u8::try_from(length.ilog2()).expect("at most 4"));
        }
        length => EXTENSION.put(out, length),
    }
    out.push(tag);
    out.extend_from_slice(bytes);
}

/// Writes a list.
#[must_use]
pub fn encode_list(value: &List) -> Vec<u8> {
    let mut out = Vec::new();
    list(&mut out, value);
    out
}

/// Writes a map.
#[must_use]
pub fn encode_map(value: &Map) -> Vec<u8> {
    let mut out = Vec::new();
    map(&mut out, value);
    out
}

fn list(out: &mut Vec<u8>, list: &List) {
    LIST.put(out, list.items.len() + usize::from(list.ordered));
    if list.ordered {
        extension(out, 1, &[]);
    }
    for item in &list.items {
        encode_into(out, item);
    }
}

fn map(out: &mut Vec<u8>, map: &Map) {
    let ordered = map.order != MapOrder::Unordered;
    MAP.put(out, map.entries.len() + usize::from(ordered));
    if ordered {
        extension(out, map.order.code(), &[]);
        out.push(0xC0);
    }
    for (key, value) in &map.entries {
        encode_into(out, key);
        encode_into(out, value);
    }
}
