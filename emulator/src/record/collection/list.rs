//! Operations on lists.

use wire::cdt::CdtCall;
use wire::msgpack::{List, compare};
use wire::{Element, ResultCode};

use super::Change;
use super::answer::Wish;
use super::arguments::Arguments;
use super::context::MAX_PADDING;
use super::increment::incremented;
use super::selection::{Choice, Selection};
use super::view::{View, place};

/// Codes of operations.
mod code {
    pub(super) const SET_TYPE: u16 = 0;
    pub(super) const APPEND: u16 = 1;
    pub(super) const APPEND_ITEMS: u16 = 2;
    pub(super) const INSERT: u16 = 3;
    pub(super) const INSERT_ITEMS: u16 = 4;
    pub(super) const POP: u16 = 5;
    pub(super) const POP_RANGE: u16 = 6;
    pub(super) const REMOVE: u16 = 7;
    pub(super) const REMOVE_RANGE: u16 = 8;
    pub(super) const SET: u16 = 9;
    pub(super) const TRIM: u16 = 10;
    pub(super) const CLEAR: u16 = 11;
    pub(super) const INCREMENT: u16 = 12;
    pub(super) const SORT: u16 = 13;
    pub(super) const SIZE: u16 = 16;
    pub(super) const GET: u16 = 17;
    pub(super) const GET_RANGE: u16 = 18;
}

/// The choice of an operation that gets entries by something.
const fn get_choice(code: u16) -> Option<Choice> {
    Some(match code {
        19 => Choice::Index,
        20 => Choice::Value,
        21 => Choice::Rank,
        22 => Choice::AllValue,
        23 => Choice::ValueList,
        24 => Choice::IndexRange,
        25 => Choice::ValueInterval,
        26 => Choice::RankRange,
        27 => Choice::RelativeRank,
        _ => return None,
    })
}

/// The choice of an operation that removes entries by something.
const fn remove_choice(code: u16) -> Option<Choice> {
    Some(match code {
        32 => Choice::Index,
        33 => Choice::Value,
        34 => Choice::Rank,
        35 => Choice::AllValue,
        36 => Choice::ValueList,
        37 => Choice::IndexRange,
        38 => Choice::ValueInterval,
        39 => Choice::RankRange,
        40 => Choice::RelativeRank,
        _ => return None,
    })
}

/// How an operation that adds treats what is there.
#[derive(Debug, Clone, Copy)]
struct AddFlags {
    unique: bool,
    bounded: bool,
    no_fail: bool,
    partial: bool,
}

impl AddFlags {
    fn new(flags: u64) -> Self {
        Self {
            unique: flags & 1 != 0,
            bounded: flags & 2 != 0,
            no_fail: flags & 4 != 0,
            partial: flags & 8 != 0,
        }
    }

    /// The code of a failure, unless failures are to be passed over.
    fn fail(self, code: ResultCode) -> Result<(), ResultCode> {
        if self.no_fail { Ok(()) } else { Err(code) }
    }
}

/// Reads from a list.
pub(super) fn read(list: &List, call: &CdtCall) -> Result<Option<Element>, ResultCode> {
    let arguments = &call.arguments;
    match call.code {
        code::SIZE => {
            Arguments::new(arguments, 0, 0)?;
            Ok(Some(size(list)))
        }
        code::GET => {
            let index = Arguments::new(arguments, 1, 0)?.integer(0)?;
            let view = View::of_list(list);
            Wish::VALUES.answer(&view, &Selection::index(&view, index)?)
        }
        code::GET_RANGE => {
            let arguments = Arguments::new(arguments, 1, 1)?;
            let view = View::of_list(list);
            let range = Selection::index_range(&view, arguments.integer(0)?, arguments.count(1)?);
            Wish::VALUES.answer(&view, &range)
        }
        other => {
            let choice = get_choice(other).ok_or(ResultCode::PARAMETER)?;
            let (_, answer) = choose(list, choice, arguments)?;
            Ok(answer)
        }
    }
}

fn choose(
    list: &List,
    choice: Choice,
    arguments: &[Element],
) -> Result<(Selection, Option<Element>), ResultCode> {
    let wish = Wish::from_flags(Arguments::new(arguments, 1, 3)?.flags(0)?)?;
    let view = View::of_list(list);
    let selection = wish.of(Selection::new(&view, choice, arguments)?, &view)?;
    let answer = wish.answer(&view, &selection)?;
    Ok((selection, answer))
}

/// Changes a list, or creates it.
pub(super) fn modify(target: &mut Option<Element>, call: &CdtCall) -> Result<Change, ResultCode> {
    let arguments = &call.arguments;
    match call.code {
        code::SET_TYPE => {
            let flags = Arguments::new(arguments, 1, 0)?.flags(0)?;
            if flags & !0x11 != 0 {
                return Err(ResultCode::OP_NOT_APPLICABLE);
            }
            let list = existing_or_new(target, false)?;
            list.ordered = flags & 1 != 0;
            if list.ordered {
                list.items.sort_by(compare);
            }
            Ok(Change::Done(None))
        }
        code::APPEND | code::APPEND_ITEMS => {
            let arguments = Arguments::new(arguments, 1, 2)?;
            let items = brought_items(arguments, 0, call.code == code::APPEND_ITEMS)?;
            let flags = AddFlags::new(arguments.flags(2)?);
            let list = existing_or_new(target, arguments.flags(1)? & 1 != 0)?;
            let end = list.items.len();
            add(list, end, items, flags)?;
            Ok(Change::Done(Some(size(list))))
        }
        code::INSERT | code::INSERT_ITEMS => {
            let arguments = Arguments::new(arguments, 2, 1)?;
            let index = arguments.integer(0)?;
            let items = brought_items(arguments, 1, call.code == code::INSERT_ITEMS)?;
            let flags = AddFlags::new(arguments.flags(2)?);
            let list = existing_or_new(target, false)?;
            if list.ordered {
                return Err(ResultCode::OP_NOT_APPLICABLE);
            }
            if !items.is_empty() {
                let index = insertion_index(list, index)?;
                add(list, index, items, flags)?;
            }
            Ok(Change::Done(Some(size(list))))
        }
        code::SET => {
            let arguments = Arguments::new(arguments, 2, 1)?;
            let (index, item) = (arguments.integer(0)?, arguments.storable(1)?);
            let flags = AddFlags::new(arguments.flags(2)?);
            let list = existing_or_new(target, false)?;
            if list.ordered {
                return Err(ResultCode::OP_NOT_APPLICABLE);
            }
            set(list, index, item, flags)?;
            Ok(Change::Done(None))
        }
        code::INCREMENT => {
            let arguments = Arguments::new(arguments, 1, 3)?;
            let flags = AddFlags::new(arguments.flags(3)?);
            let list = existing_or_new(target, arguments.flags(2)? & 1 != 0)?;
            increment(list, arguments.integer(0)?, arguments.element(1).ok(), flags)
        }
        code::SORT => {
            let flags = Arguments::new(arguments, 0, 1)?.flags(0)?;
            let list = existing(target)?.ok_or(ResultCode::INCOMPATIBLE_TYPE)?;
            sort(list, flags);
            Ok(Change::Done(None))
        }
        code::CLEAR => {
            Arguments::new(arguments, 0, 0)?;
            let Some(list) = existing(target)? else { return Ok(Change::Nothing(None)) };
            list.items.clear();
            Ok(Change::Done(None))
        }
        _ => remove(target, call),
    }
}

/// Operations that remove; they leave alone what is not there.
fn remove(target: &mut Option<Element>, call: &CdtCall) -> Result<Change, ResultCode> {
    let arguments = &call.arguments;
    let choice = remove_choice(call.code);
    let simple = matches!(
        call.code,
        code::POP | code::POP_RANGE | code::REMOVE | code::REMOVE_RANGE | code::TRIM
    );
    if choice.is_none() && !simple {
        return Err(ResultCode::PARAMETER);
    }
    let Some(list) = existing(target)? else { return Ok(Change::Nothing(None)) };
    let (selection, answer) = if let Some(choice) = choice {
        choose(list, choice, arguments)?
    } else {
        let view = View::of_list(list);
        let selection = match call.code {
            code::POP | code::REMOVE => {
                Selection::index(&view, Arguments::new(arguments, 1, 0)?.integer(0)?)?
            }
            code::TRIM => {
                let arguments = Arguments::new(arguments, 2, 0)?;
                let (start, count) = (arguments.integer(0)?, arguments.count(1)?);
                Selection::index_range(&view, start, count).inverted(&view)
            }
            _ => {
                let arguments = Arguments::new(arguments, 1, 1)?;
                Selection::index_range(&view, arguments.integer(0)?, arguments.count(1)?)
            }
        };
        let wish = match call.code {
            code::POP | code::POP_RANGE => Wish::VALUES,
            _ => Wish::COUNT,
        };
        let answer = wish.answer(&view, &selection)?;
        (selection, answer)
    };
    selection.remove_from(&mut list.items);
    Ok(Change::Done(answer))
}

fn size(list: &List) -> Element {
    Element::Integer(i64::try_from(list.items.len()).unwrap_or(i64::MAX))
}

fn existing(target: &mut Option<Element>) -> Result<Option<&mut List>, ResultCode> {
    match target {
        None => Ok(None),
        Some(Element::List(list)) => Ok(Some(list)),
        Some(_) => Err(ResultCode::INCOMPATIBLE_TYPE),
    }
}

fn existing_or_new(target: &mut Option<Element>, ordered: bool) -> Result<&mut List, ResultCode> {
    let list = || Element::List(List { ordered, items: Vec::new() });
    match target.get_or_insert_with(list) {
        Element::List(list) => Ok(list),
        _ => Err(ResultCode::INCOMPATIBLE_TYPE),
    }
}

fn brought_items(
    arguments: Arguments<'_>,
    place: usize,
    several: bool,
) -> Result<Vec<Element>, ResultCode> {
    let item = arguments.storable(place)?;
    match item {
        Element::List(list) if several => Ok(list.items),
        _ if several => Err(ResultCode::PARAMETER),
        item => Ok(vec![item]),
    }
}

/// Where an index inserts: a negative one counts from the end, one beyond the end leaves a gap.
fn insertion_index(list: &List, index: i64) -> Result<usize, ResultCode> {
    let length = list.items.len();
    if index < 0 {
        return place(index, length).ok_or(ResultCode::OP_NOT_APPLICABLE);
    }
    match usize::try_from(index) {
        Ok(index) if index <= length + MAX_PADDING => Ok(index),
        Ok(index) if i32::try_from(index).is_ok() => Err(ResultCode::RECORD_TOO_BIG),
        _ => Err(ResultCode::OP_NOT_APPLICABLE),
    }
}

/// Adds items at an index, or where they belong in an ordered list.
fn add(
    list: &mut List,
    index: usize,
    items: Vec<Element>,
    flags: AddFlags,
) -> Result<(), ResultCode> {
    if flags.bounded && index > list.items.len() {
        return flags.fail(ResultCode::OP_NOT_APPLICABLE);
    }
    let items = if flags.unique { unseen(&list.items, items, flags)? } else { items };
    if items.is_empty() {
        return Ok(());
    }
    if list.ordered {
        list.items.extend(items);
        list.items.sort_by(compare);
    } else {
        if index > list.items.len() {
            list.items.resize(index, Element::Nil);
        }
        list.items.splice(index..index, items);
    }
    Ok(())
}

/// The items that are neither in the list nor earlier among themselves.
///
/// Of one that is, the flags decide: an error, no item at all, or all others.
fn unseen(
    present: &[Element],
    items: Vec<Element>,
    flags: AddFlags,
) -> Result<Vec<Element>, ResultCode> {
    let mut fresh: Vec<Element> = Vec::new();
    let mut was_present = false;
    for item in items {
        let equals = |other: &Element| compare(other, &item).is_eq();
        if present.iter().any(equals) {
            was_present = true;
            if !flags.partial {
                flags.fail(ResultCode::ELEMENT_EXISTS)?;
                return Ok(Vec::new());
            }
        } else if fresh.iter().any(equals) {
            flags.fail(ResultCode::OP_NOT_APPLICABLE)?;
            if !flags.partial {
                return Ok(Vec::new());
            }
        } else {
            fresh.push(item);
        }
    }
    if fresh.is_empty() && was_present {
        flags.fail(ResultCode::ELEMENT_EXISTS)?;
    }
    Ok(fresh)
}

/// Sets the item at an index; beyond the end it inserts.
fn set(list: &mut List, index: i64, item: Element, flags: AddFlags) -> Result<(), ResultCode> {
    let length = list.items.len();
    let Some(at) = place(index, length) else {
        let at = insertion_index(list, index)?;
        return add(list, at, vec![item], flags);
    };
    let elsewhere =
        |(other, found): (usize, &Element)| other != at && compare(found, &item).is_eq();
    if flags.unique && list.items.iter().enumerate().any(elsewhere) {
        return flags.fail(ResultCode::ELEMENT_EXISTS);
    }
    list.items[at] = item;
    Ok(())
}

/// Adds to the number at an index and answers with the sum.
fn increment(
    list: &mut List,
    index: i64,
    step: Option<&Element>,
    flags: AddFlags,
) -> Result<Change, ResultCode> {
    let at = place(index, list.items.len());
    let sum = incremented(at.map(|at| &list.items[at]), step, false)?;
    if !list.ordered {
        set(list, index, sum.clone(), flags)?;
        return Ok(Change::Done(Some(sum)));
    }
    let at = at.map_or_else(|| insertion_index(list, index), Ok)?;
    if at > list.items.len() {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let elsewhere = |(other, found): (usize, &Element)| other != at && compare(found, &sum).is_eq();
    if flags.unique && list.items.iter().enumerate().any(elsewhere) {
        flags.fail(ResultCode::ELEMENT_EXISTS)?;
        return Ok(Change::Nothing(Some(sum)));
    }
    if at < list.items.len() {
        list.items.remove(at);
    }
    list.items.push(sum.clone());
    list.items.sort_by(compare);
    Ok(Change::Done(Some(sum)))
}

/// Sorts by the flags: 1 from high to low, 2 without duplicates. An ordered list stays ascending.
fn sort(list: &mut List, flags: u64) {
    list.items.sort_by(compare);
    if flags & 2 != 0 {
        list.items.dedup_by(|a, b| compare(a, b).is_eq());
    }
    if flags & 1 != 0 && !list.ordered {
        list.items.reverse();
    }
}
