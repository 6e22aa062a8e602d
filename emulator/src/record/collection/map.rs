//! Operations on maps.

use wire::cdt::CdtCall;
use wire::msgpack::{Map, MapOrder, compare};
use wire::{Element, ResultCode};

use super::Change;
use super::answer::Wish;
use super::arguments::Arguments;
use super::increment::incremented;
use super::selection::{Choice, Selection};
use super::view::View;

/// Codes of operations.
mod code {
    pub(super) const SET_TYPE: u16 = 64;
    pub(super) const ADD: u16 = 65;
    pub(super) const ADD_ITEMS: u16 = 66;
    pub(super) const PUT: u16 = 67;
    pub(super) const PUT_ITEMS: u16 = 68;
    pub(super) const REPLACE: u16 = 69;
    pub(super) const REPLACE_ITEMS: u16 = 70;
    pub(super) const INCREMENT: u16 = 73;
    pub(super) const DECREMENT: u16 = 74;
    pub(super) const CLEAR: u16 = 75;
    pub(super) const SIZE: u16 = 96;
}

/// The choice of an operation that gets entries by something.
const fn get_choice(code: u16) -> Option<Choice> {
    Some(match code {
        97 => Choice::Key,
        98 => Choice::Index,
        99 => Choice::Value,
        100 => Choice::Rank,
        102 => Choice::AllValue,
        103 => Choice::KeyInterval,
        104 => Choice::IndexRange,
        105 => Choice::ValueInterval,
        106 => Choice::RankRange,
        107 => Choice::KeyList,
        108 => Choice::ValueList,
        109 => Choice::RelativeIndex,
        110 => Choice::RelativeRank,
        _ => return None,
    })
}

/// The choice of an operation that removes entries by something.
const fn remove_choice(code: u16) -> Option<Choice> {
    Some(match code {
        76 => Choice::Key,
        77 => Choice::Index,
        78 => Choice::Value,
        79 => Choice::Rank,
        81 => Choice::KeyList,
        82 => Choice::AllValue,
        83 => Choice::ValueList,
        84 => Choice::KeyInterval,
        85 => Choice::IndexRange,
        86 => Choice::ValueInterval,
        87 => Choice::RankRange,
        88 => Choice::RelativeIndex,
        89 => Choice::RelativeRank,
        _ => return None,
    })
}

/// How an operation that puts treats what is there.
#[derive(Debug, Clone, Copy)]
struct PutFlags {
    overwrite: bool,
    create: bool,
    no_fail: bool,
    partial: bool,
}

impl PutFlags {
    fn new(flags: u64) -> Self {
        Self {
            overwrite: flags & 1 == 0,
            create: flags & 2 == 0,
            no_fail: flags & 4 != 0,
            partial: flags & 8 != 0,
        }
    }

    /// Why an entry cannot be put, if it cannot.
    const fn refuses(self, key_exists: bool) -> Option<ResultCode> {
        match key_exists {
            true if !self.overwrite => Some(ResultCode::ELEMENT_EXISTS),
            false if !self.create => Some(ResultCode::ELEMENT_NOT_FOUND),
            _ => None,
        }
    }
}

/// Reads from a map.
pub(super) fn read(map: &Map, call: &CdtCall) -> Result<Option<Element>, ResultCode> {
    if call.code == code::SIZE {
        Arguments::new(&call.arguments, 0, 0)?;
        return Ok(Some(size(map)));
    }
    let choice = get_choice(call.code).ok_or(ResultCode::PARAMETER)?;
    let (_, answer) = choose(map, choice, &call.arguments)?;
    Ok(answer)
}

fn choose(
    map: &Map,
    choice: Choice,
    arguments: &[Element],
) -> Result<(Selection, Option<Element>), ResultCode> {
    let wish = Wish::from_flags(Arguments::new(arguments, 1, 3)?.flags(0)?)?;
    let view = View::of_map(map);
    let selection = wish.of(Selection::new(&view, choice, arguments)?, &view)?;
    let answer = wish.answer(&view, &selection)?;
    Ok((selection, answer))
}

/// Changes a map, or creates it.
pub(super) fn modify(target: &mut Option<Element>, call: &CdtCall) -> Result<Change, ResultCode> {
    let arguments = &call.arguments;
    match call.code {
        code::SET_TYPE => {
            let order = order(Arguments::new(arguments, 1, 0)?.flags(0)?)?;
            let map = existing_or_new(target, MapOrder::Unordered)?;
            map.order = order;
            if order != MapOrder::Unordered {
                map.entries.sort_by(|(a, _), (b, _)| compare(a, b));
            }
            Ok(Change::Done(None))
        }
        code::ADD | code::PUT | code::REPLACE => {
            let (arguments, flags) = put_arguments(call, 2)?;
            let (key, value) = (arguments.key(0)?, arguments.storable(1)?);
            let map = existing_or_new(target, order(arguments.flags(2)?)?)?;
            put(map, vec![(key, value)], flags)
        }
        code::ADD_ITEMS | code::PUT_ITEMS | code::REPLACE_ITEMS => {
            let (arguments, flags) = put_arguments(call, 1)?;
            let entries = brought_entries(arguments)?;
            let order = order(arguments.flags(1)?)?;
            if call.code == code::REPLACE_ITEMS && existing(target)?.is_none() {
                return Err(ResultCode::ELEMENT_NOT_FOUND);
            }
            put(existing_or_new(target, order)?, entries, flags)
        }
        code::INCREMENT | code::DECREMENT => {
            let arguments = Arguments::new(arguments, 1, 2)?;
            let key = arguments.key(0)?;
            let map = existing_or_new(target, order(arguments.flags(2)?)?)?;
            let down = call.code == code::DECREMENT;
            let sum = incremented(value(map, &key), arguments.element(1).ok(), down)?;
            insert(map, key, sum.clone());
            Ok(Change::Done(Some(sum)))
        }
        code::CLEAR => {
            Arguments::new(arguments, 0, 0)?;
            let Some(map) = existing(target)? else { return Ok(Change::Nothing(None)) };
            map.entries.clear();
            Ok(Change::Done(None))
        }
        other => {
            let choice = remove_choice(other).ok_or(ResultCode::PARAMETER)?;
            let Some(map) = existing(target)? else { return Ok(Change::Nothing(None)) };
            let (selection, answer) = choose(map, choice, arguments)?;
            selection.remove_from(&mut map.entries);
            Ok(Change::Done(answer))
        }
    }
}

/// The arguments and flags of the operations that put: the older ones have their flags in their
/// name, and the replacing ones create no map and so take no order.
fn put_arguments(call: &CdtCall, required: usize) -> Result<(Arguments<'_>, PutFlags), ResultCode> {
    let (optional, flags) = match call.code {
        code::ADD | code::ADD_ITEMS => (1, Some(1)),
        code::REPLACE | code::REPLACE_ITEMS => (0, Some(2)),
        _ => (2, None),
    };
    let arguments = Arguments::new(&call.arguments, required, optional)?;
    let flags = flags.map_or_else(|| arguments.flags(required + 1), Ok)?;
    Ok((arguments, PutFlags::new(flags)))
}

fn brought_entries(arguments: Arguments<'_>) -> Result<Vec<(Element, Element)>, ResultCode> {
    let entries = arguments.map(0)?.entries;
    let all_keys = entries.iter().all(|(key, _)| key.is_map_key());
    if all_keys { Ok(entries) } else { Err(ResultCode::PARAMETER) }
}

fn order(flags: u64) -> Result<MapOrder, ResultCode> {
    match flags {
        0 | 0x10 => Ok(MapOrder::Unordered),
        1 | 0x11 => Ok(MapOrder::Key),
        3 | 0x13 => Ok(MapOrder::KeyValue),
        _ => Err(ResultCode::OP_NOT_APPLICABLE),
    }
}

fn size(map: &Map) -> Element {
    Element::Integer(i64::try_from(map.entries.len()).unwrap_or(i64::MAX))
}

fn existing(target: &mut Option<Element>) -> Result<Option<&mut Map>, ResultCode> {
    match target {
        None => Ok(None),
        Some(Element::Map(map)) => Ok(Some(map)),
        Some(_) => Err(ResultCode::INCOMPATIBLE_TYPE),
    }
}

fn existing_or_new(target: &mut Option<Element>, order: MapOrder) -> Result<&mut Map, ResultCode> {
    let map = || Element::Map(Map { order, entries: Vec::new() });
    match target.get_or_insert_with(map) {
        Element::Map(map) => Ok(map),
        _ => Err(ResultCode::INCOMPATIBLE_TYPE),
    }
}

/// Where a key is, or where it belongs in a sorted map and at the end of another.
fn find(map: &Map, key: &Element) -> Result<usize, usize> {
    if map.order == MapOrder::Unordered {
        let found = map.entries.iter().position(|(other, _)| compare(other, key).is_eq());
        found.ok_or(map.entries.len())
    } else {
        map.entries.binary_search_by(|(other, _)| compare(other, key))
    }
}

fn value<'a>(map: &'a Map, key: &Element) -> Option<&'a Element> {
    find(map, key).ok().map(|place| &map.entries[place].1)
}

/// Puts an entry, over the one with the same key if there is one.
pub(super) fn insert(map: &mut Map, key: Element, value: Element) {
    match find(map, &key) {
        Ok(place) => map.entries[place].1 = value,
        Err(place) => map.entries.insert(place, (key, value)),
    }
}

/// Puts entries under the flags and answers with the number of entries afterwards.
///
/// Of an entry that the flags refuse they also decide what follows: an error, no entry at all, or
/// all others.
fn put(
    map: &mut Map,
    entries: Vec<(Element, Element)>,
    flags: PutFlags,
) -> Result<Change, ResultCode> {
    let mut accepted = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        match flags.refuses(find(map, &key).is_ok()) {
            None => accepted.push((key, value)),
            Some(code) if !flags.no_fail => return Err(code),
            Some(_) if flags.partial => {}
            Some(_) => return Ok(Change::Done(Some(size(map)))),
        }
    }
    for (key, value) in accepted {
        insert(map, key, value);
    }
    Ok(Change::Done(Some(size(map))))
}
