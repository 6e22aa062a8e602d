use std::cmp::Ordering;

use super::Element;

/// The server's order of values: by type first (nil, false, true, integers, text, lists, maps,
/// bytes, floats, GeoJSON, extensions, infinity), then by value.
///
/// Lists compare item by item and then by length, maps by length and then entry by entry. A
/// wildcard equals anything, so this is an order only where none takes part.
#[must_use]
pub fn compare(left: &Element, right: &Element) -> Ordering {
    match (left, right) {
        (Element::Wildcard, _) | (_, Element::Wildcard) => Ordering::Equal,
        (Element::Integer(a), Element::Integer(b)) => a.cmp(b),
        (Element::Unsigned(a), Element::Unsigned(b)) => a.cmp(b),
        (Element::Float(a), Element::Float(b)) => {
            a.partial_cmp(b).unwrap_or_else(|| a.total_cmp(b))
        }
        (Element::String(a), Element::String(b)) | (Element::GeoJson(a), Element::GeoJson(b)) => {
            a.cmp(b)
        }
        (Element::Bytes(p, a), Element::Bytes(q, b)) => p.cmp(q).then_with(|| a.cmp(b)),
        (Element::Extension(p, a), Element::Extension(q, b)) => a.cmp(b).then(p.cmp(q)),
        (Element::List(a), Element::List(b)) => {
            let items = a.items.iter().zip(&b.items);
            first_difference(items.map(|(x, y)| compare(x, y)))
                .then(a.items.len().cmp(&b.items.len()))
        }
        (Element::Map(a), Element::Map(b)) => {
            let entries = a.entries.iter().zip(&b.entries);
            a.entries.len().cmp(&b.entries.len()).then_with(|| {
                first_difference(
                    entries.map(|((k, v), (l, w))| compare(k, l).then_with(|| compare(v, w))),
                )
            })
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

fn first_difference(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

const fn rank(element: &Element) -> u8 {
    match element {
        Element::Nil => 0,
        Element::Boolean(false) => 1,
        Element::Boolean(true) => 2,
        Element::Integer(_) => 3,
        Element::Unsigned(_) => 4,
        Element::String(_) => 5,
        Element::List(_) => 6,
        Element::Map(_) => 7,
        Element::Bytes(..) => 8,
        Element::Float(_) => 9,
        Element::GeoJson(_) => 10,
        Element::Extension(..) => 11,
        Element::Wildcard => 12,
        Element::Infinity => 13,
    }
}
