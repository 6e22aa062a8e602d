use wire::msgpack::{MapOrder, compare};
use wire::{Element, ResultCode};

/// A value as a record keeps it: ordered lists and maps are in order at every depth.
///
/// # Errors
/// [`ResultCode::PARAMETER`] for a map with a key twice, and for a value that may only stand in
/// arguments.
pub(in crate::record) fn storable(element: Element) -> Result<Element, ResultCode> {
    match element {
        Element::Wildcard | Element::Infinity => Err(ResultCode::PARAMETER),
        Element::List(mut list) => {
            list.items = list.items.into_iter().map(storable).collect::<Result<_, _>>()?;
            if list.ordered {
                list.items.sort_by(compare);
            }
            Ok(Element::List(list))
        }
        Element::Map(mut map) => {
            let entries = map.entries.into_iter();
            map.entries = entries
                .map(|(key, value)| Ok((storable(key)?, storable(value)?)))
                .collect::<Result<_, ResultCode>>()?;
            let mut sorted = map.entries.clone();
            sorted.sort_by(|(a, _), (b, _)| compare(a, b));
            if sorted.windows(2).any(|pair| compare(&pair[0].0, &pair[1].0).is_eq()) {
                return Err(ResultCode::PARAMETER);
            }
            match map.order {
                MapOrder::Key | MapOrder::KeyValue => map.entries = sorted,
                MapOrder::Unordered | MapOrder::Found => map.order = MapOrder::Unordered,
            }
            Ok(Element::Map(map))
        }
        plain => Ok(plain),
    }
}
