use wire::msgpack::{List, Map, MapOrder};
use wire::{Element, ResultCode};

use super::selection::{Dimension, Run, Selection};
use super::view::View;

/// What a call wants to know of the entries that it chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wish {
    kind: Kind,
    /// True when the choice is to be all other entries.
    pub(super) inverted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Number { dimension: Dimension, from_end: bool },
    Count,
    Key,
    Value,
    Entries(MapOrder),
    Range { dimension: Dimension, from_end: bool },
    Exists,
}

impl Wish {
    /// The chosen entry's value, or a list of values.
    pub(super) const VALUES: Self = Self { kind: Kind::Value, inverted: false };
    /// The number of chosen entries.
    pub(super) const COUNT: Self = Self { kind: Kind::Count, inverted: false };

    /// Reads a wish: a kind in the low 16 bits, and a flag that inverts the choice.
    pub(super) fn from_flags(flags: u64) -> Result<Self, ResultCode> {
        const INVERTED: u64 = 0x1_0000;
        let number = |dimension, from_end| Kind::Number { dimension, from_end };
        let range = |dimension, from_end| Kind::Range { dimension, from_end };
        let kind = match flags & 0xFFFF {
            0 => Kind::Nothing,
            1 => number(Dimension::Index, false),
            2 => number(Dimension::Index, true),
            3 => number(Dimension::Rank, false),
            4 => number(Dimension::Rank, true),
            5 => Kind::Count,
            6 => Kind::Key,
            7 => Kind::Value,
            8 => Kind::Entries(MapOrder::Found),
            9 => range(Dimension::Index, false),
            10 => range(Dimension::Index, true),
            11 => range(Dimension::Rank, false),
            12 => range(Dimension::Rank, true),
            13 => Kind::Exists,
            16 => Kind::Entries(MapOrder::Unordered),
            17 => Kind::Entries(MapOrder::Key),
            _ => return Err(ResultCode::OP_NOT_APPLICABLE),
        };
        Ok(Self { kind, inverted: flags & INVERTED != 0 })
    }

    /// The selection that the answer is about: the chosen entries, or all others.
    pub(super) fn of(self, selection: Selection, view: &View<'_>) -> Result<Selection, ResultCode> {
        match (self.inverted, selection.multi) {
            (false, _) => Ok(selection),
            (true, true) => Ok(selection.inverted(view)),
            (true, false) => Err(ResultCode::OP_NOT_APPLICABLE),
        }
    }

    /// The answer; `None` where there is nothing to say.
    pub(super) fn answer(
        self,
        view: &View<'_>,
        selection: &Selection,
    ) -> Result<Option<Element>, ResultCode> {
        let places = &selection.places;
        let list = |items: Vec<Element>| Some(Element::List(List { ordered: false, items }));
        let one_or_list = |mut items: Vec<Element>, none: Option<Element>| {
            if selection.multi { list(items) } else { items.pop().or(none) }
        };
        Ok(match self.kind {
            Kind::Nothing => None,
            Kind::Count => Some(number(places.len())),
            Kind::Exists => Some(Element::Boolean(!places.is_empty())),
            Kind::Value => {
                one_or_list(places.iter().map(|&at| view.entries[at].1.clone()).collect(), None)
            }
            Kind::Key => one_or_list(keys(view, places)?, None),
            Kind::Number { dimension, from_end } => {
                one_or_list(numbers(view, places, dimension, from_end), Some(Element::Integer(-1)))
            }
            Kind::Entries(order) => {
                let values = places.iter().map(|&at| view.entries[at].1.clone());
                let mut entries: Vec<_> = keys(view, places)?.into_iter().zip(values).collect();
                if order == MapOrder::Key {
                    entries.sort_by(|(a, _), (b, _)| wire::msgpack::compare(a, b));
                }
                Some(Element::Map(Map { order, entries }))
            }
            Kind::Range { dimension, from_end } => {
                let run = selection
                    .run
                    .filter(|run| run.dimension == dimension)
                    .ok_or(ResultCode::OP_NOT_APPLICABLE)?;
                let Run { start, count, .. } = run;
                let start = if from_end { view.len() - start - count } else { start };
                list(vec![number(start), number(count)])
            }
        })
    }
}

fn number(number: usize) -> Element {
    Element::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A list has no keys to tell.
fn keys(view: &View<'_>, places: &[usize]) -> Result<Vec<Element>, ResultCode> {
    places
        .iter()
        .map(|&at| view.entries[at].0.cloned().ok_or(ResultCode::OP_NOT_APPLICABLE))
        .collect()
}

fn numbers(
    view: &View<'_>,
    places: &[usize],
    dimension: Dimension,
    from_end: bool,
) -> Vec<Element> {
    let order = match dimension {
        Dimension::Index => &view.by_index,
        Dimension::Rank => &view.by_rank,
    };
    let mut number_of = vec![0; order.len()];
    for (number, &place) in order.iter().enumerate() {
        number_of[place] = if from_end { order.len() - 1 - number } else { number };
    }
    places.iter().map(|&place| number(number_of[place])).collect()
}
