//! The way from a bin's list or map to one inside it.

use wire::cdt::ContextStep;
use wire::msgpack::{List, MAX_DEPTH, Map, MapOrder, compare};
use wire::{Element, ResultCode};

use super::Change;
use super::view::{View, place};

/// Bits of a step's kind.
mod kind {
    /// How the entry is found.
    pub(super) const BY: u16 = 0x0F;
    pub(super) const BY_INDEX: u16 = 0;
    pub(super) const BY_RANK: u16 = 1;
    pub(super) const BY_KEY: u16 = 2;
    pub(super) const BY_VALUE: u16 = 3;
    /// In what.
    pub(super) const LIST: u16 = 0x10;
    pub(super) const MAP: u16 = 0x20;
    /// What to create when there is nothing.
    pub(super) const CREATE: u16 = 0xC0;
    pub(super) const LIST_UNBOUNDED: u16 = 0x80;
    pub(super) const LIST_ORDERED: u16 = 0xC0;
    pub(super) const MAP_KEY_ORDERED: u16 = 0x80;
    pub(super) const MAP_KEY_VALUE_ORDERED: u16 = 0xC0;
}

/// How far beyond its end a list may be filled with nils.
pub(super) const MAX_PADDING: usize = 1 << 20;

/// Follows the steps.
pub(super) fn find<'a>(
    root: &'a Element,
    steps: &[ContextStep],
) -> Result<&'a Element, ResultCode> {
    steps.iter().try_fold(root, |current, step| {
        let found = existing(current, step)?.ok_or(ResultCode::OP_NOT_APPLICABLE)?;
        match current {
            Element::List(list) => list.items.get(found),
            Element::Map(map) => map.entries.get(found).map(|(_, value)| value),
            _ => None,
        }
        .ok_or(ResultCode::OP_NOT_APPLICABLE)
    })
}

/// Follows the steps, creates what they allow to create, and acts on what they lead to.
///
/// Recursion ends with the steps, of which there may be [`MAX_DEPTH`].
pub(super) fn change(
    current: &mut Option<Element>,
    steps: &[ContextStep],
    act: &mut dyn FnMut(&mut Option<Element>) -> Result<Change, ResultCode>,
) -> Result<Change, ResultCode> {
    if steps.len() > MAX_DEPTH {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let Some((step, rest)) = steps.split_first() else { return act(current) };
    let container = match current {
        Some(container) => container,
        None => current.insert(new_container(step)?),
    };
    let found = existing(container, step)?;
    match container {
        Element::List(list) => {
            let mut item = found.map(|index| list.items[index].clone());
            let change = change(&mut item, rest, act)?;
            if let (Change::Done(_), Some(item)) = (&change, item) {
                put_item(list, step, found, item)?;
            }
            Ok(change)
        }
        Element::Map(map) => {
            let mut value = found.map(|place| map.entries[place].1.clone());
            let change = change(&mut value, rest, act)?;
            if let (Change::Done(_), Some(value)) = (&change, value) {
                put_value(map, step, found, value)?;
            }
            Ok(change)
        }
        _ => Err(ResultCode::OP_NOT_APPLICABLE),
    }
}

/// The place of the entry that a step means, if there is one.
fn existing(container: &Element, step: &ContextStep) -> Result<Option<usize>, ResultCode> {
    let by = step.kind & kind::BY;
    let number = || step.value.as_integer().ok_or(ResultCode::OP_NOT_APPLICABLE);
    match container {
        Element::List(list) if step.kind & kind::MAP == 0 => match by {
            kind::BY_INDEX => Ok(place(number()?, list.items.len())),
            kind::BY_RANK => {
                let view = View::of_list(list);
                Ok(place(number()?, list.items.len()).map(|rank| view.by_rank[rank]))
            }
            kind::BY_VALUE => {
                Ok(list.items.iter().position(|item| compare(item, &step.value).is_eq()))
            }
            _ => Err(ResultCode::OP_NOT_APPLICABLE),
        },
        Element::Map(map) if step.kind & kind::LIST == 0 => match by {
            kind::BY_KEY => {
                Ok(map.entries.iter().position(|(key, _)| compare(key, &step.value).is_eq()))
            }
            kind::BY_VALUE => {
                Ok(map.entries.iter().position(|(_, value)| compare(value, &step.value).is_eq()))
            }
            kind::BY_INDEX | kind::BY_RANK => {
                let view = View::of_map(map);
                let order = if by == kind::BY_INDEX { &view.by_index } else { &view.by_rank };
                Ok(place(number()?, order.len()).map(|place| order[place]))
            }
            _ => Err(ResultCode::OP_NOT_APPLICABLE),
        },
        _ => Err(ResultCode::OP_NOT_APPLICABLE),
    }
}

/// The empty list or map that a step creates to step into.
fn new_container(step: &ContextStep) -> Result<Element, ResultCode> {
    let create = step.kind & kind::CREATE;
    match step.kind & (kind::LIST | kind::MAP | kind::BY) {
        _ if create == 0 => Err(ResultCode::OP_NOT_APPLICABLE),
        kind if kind == kind::LIST | kind::BY_INDEX => {
            Ok(List { ordered: create == kind::LIST_ORDERED, items: Vec::new() }.into())
        }
        kind if kind == kind::MAP | kind::BY_KEY => {
            let order = match create {
                kind::MAP_KEY_ORDERED => MapOrder::Key,
                kind::MAP_KEY_VALUE_ORDERED => MapOrder::KeyValue,
                _ => MapOrder::Unordered,
            };
            Ok(Map { order, entries: Vec::new() }.into())
        }
        _ => Err(ResultCode::OP_NOT_APPLICABLE),
    }
}

/// Puts a changed or new item into its list; an ordered list is in order afterwards.
fn put_item(
    list: &mut List,
    step: &ContextStep,
    found: Option<usize>,
    item: Element,
) -> Result<(), ResultCode> {
    if let Some(index) = found {
        list.items[index] = item;
    } else {
        let create = step.kind & kind::CREATE;
        let index = step.value.as_integer().ok_or(ResultCode::OP_NOT_APPLICABLE)?;
        let length = list.items.len();
        let at_end = usize::try_from(index) == Ok(length) || (length == 0 && index == -1);
        if create == 0 || step.kind & kind::BY != kind::BY_INDEX {
            return Err(ResultCode::OP_NOT_APPLICABLE);
        }
        if !at_end && !list.ordered {
            let index = usize::try_from(index).map_err(|_| ResultCode::OP_NOT_APPLICABLE)?;
            if create != kind::LIST_UNBOUNDED || index > length + MAX_PADDING {
                return Err(ResultCode::OP_NOT_APPLICABLE);
            }
            list.items.resize(index, Element::Nil);
        }
        list.items.push(item);
    }
    if list.ordered {
        list.items.sort_by(compare);
    }
    Ok(())
}

/// Puts a changed or new value into its map.
fn put_value(
    map: &mut Map,
    step: &ContextStep,
    found: Option<usize>,
    value: Element,
) -> Result<(), ResultCode> {
    if let Some(place) = found {
        map.entries[place].1 = value;
        return Ok(());
    }
    let may_create = step.kind & kind::CREATE != 0 && step.kind & kind::BY == kind::BY_KEY;
    if !may_create || !step.value.is_map_key() {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    super::map::insert(map, step.value.clone(), value);
    Ok(())
}
