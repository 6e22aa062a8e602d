use std::cmp::Ordering;
use std::collections::BTreeSet;

use wire::msgpack::compare;
use wire::{Element, ResultCode};

use super::arguments::Arguments;
use super::view::{View, place, range};

/// Which entries a call chooses, as the call says it after the kind of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// The entry at an index.
    Index,
    /// Entries from an index on.
    IndexRange,
    /// The entry of a rank.
    Rank,
    /// Entries from a rank on.
    RankRange,
    /// The first entry with a value.
    Value,
    /// All entries with a value.
    AllValue,
    /// All entries with one of several values.
    ValueList,
    /// Entries with values from one to before another.
    ValueInterval,
    /// Entries from a rank on, counted from a value's.
    RelativeRank,
    /// The entry with a key.
    Key,
    /// Entries with one of several keys.
    KeyList,
    /// Entries with keys from one to before another.
    KeyInterval,
    /// Entries from an index on, counted from a key's.
    RelativeIndex,
}

impl Choice {
    /// True when several entries may be chosen, so that the answer is a list.
    pub(super) const fn is_multi(self) -> bool {
        !matches!(self, Self::Index | Self::Rank | Self::Value | Self::Key)
    }

    const fn arguments(self) -> (usize, usize) {
        match self {
            Self::Index
            | Self::Rank
            | Self::Value
            | Self::AllValue
            | Self::ValueList
            | Self::Key
            | Self::KeyList => (2, 0),
            Self::IndexRange | Self::RankRange | Self::ValueInterval | Self::KeyInterval => (2, 1),
            Self::RelativeRank | Self::RelativeIndex => (3, 1),
        }
    }
}

/// What a run of entries is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dimension {
    Index,
    Rank,
}

/// Neighbouring entries by index or rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) dimension: Dimension,
    pub(super) start: usize,
    pub(super) count: usize,
}

/// The chosen entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection {
    /// Their places, in the order of the answer.
    pub(super) places: Vec<usize>,
    /// The run that they are, if they are one.
    pub(super) run: Option<Run>,
    /// True when several might have been chosen.
    pub(super) multi: bool,
}

impl Selection {
    /// Chooses entries. The first of the arguments, the kind of the answer, is not looked at.
    ///
    /// An index or rank outside is not applicable where it means one entry, and an empty choice
    /// where it starts a range.
    pub(super) fn new(
        view: &View<'_>,
        choice: Choice,
        arguments: &[Element],
    ) -> Result<Self, ResultCode> {
        let (required, optional) = choice.arguments();
        let arguments = Arguments::new(arguments, required, optional)?;
        let selection = match choice {
            Choice::Index => Self::one(view, Dimension::Index, arguments.integer(1)?)?,
            Choice::Rank => Self::one(view, Dimension::Rank, arguments.integer(1)?)?,
            Choice::IndexRange => {
                let (start, count) = (arguments.integer(1)?, arguments.count(2)?);
                Self::range(view, Dimension::Index, start, count)
            }
            Choice::RankRange => {
                let (start, count) = (arguments.integer(1)?, arguments.count(2)?);
                Self::range(view, Dimension::Rank, start, count)
            }
            Choice::Value => {
                let mut all = Self::values_equal(view, arguments.element(1)?);
                all.places.truncate(1);
                all.run = all.run.map(|run| Run { count: run.count.min(1), ..run });
                all
            }
            Choice::AllValue => Self::values_equal(view, arguments.element(1)?),
            Choice::ValueList => {
                let wanted = &arguments.list(1)?.items;
                Self::scattered(view, |(_, value)| {
                    wanted.iter().any(|wanted| compare(value, wanted).is_eq())
                })
            }
            Choice::ValueInterval => {
                let (begin, end) = (arguments.element(1)?, arguments.element(2).ok());
                Self::interval(view, Dimension::Rank, begin, end)
            }
            Choice::RelativeRank => Self::relative(view, Dimension::Rank, arguments)?,
            Choice::Key => {
                let key = arguments.element(1)?;
                let mut one = Self::matching(view, Dimension::Index, |found| compare(found, key));
                one.places.truncate(1);
                one
            }
            Choice::KeyList => {
                let wanted = &arguments.list(1)?.items;
                Self::scattered(view, |(key, _)| {
                    key.is_some_and(|key| wanted.iter().any(|w| compare(key, w).is_eq()))
                })
            }
            Choice::KeyInterval => {
                let (begin, end) = (arguments.element(1)?, arguments.element(2).ok());
                Self::interval(view, Dimension::Index, begin, end)
            }
            Choice::RelativeIndex => Self::relative(view, Dimension::Index, arguments)?,
        };
        Ok(Self { multi: choice.is_multi(), ..selection })
    }

    /// The entries from an index on, up to `count`.
    pub(super) fn index_range(view: &View<'_>, start: i64, count: usize) -> Self {
        Self::range(view, Dimension::Index, start, count)
    }

    /// The entry at an index.
    pub(super) fn index(view: &View<'_>, index: i64) -> Result<Self, ResultCode> {
        Self::one(view, Dimension::Index, index)
    }

    fn one(view: &View<'_>, dimension: Dimension, number: i64) -> Result<Self, ResultCode> {
        let start = place(number, view.len()).ok_or(ResultCode::OP_NOT_APPLICABLE)?;
        let run = Run { dimension, start, count: 1 };
        Ok(Self { multi: false, ..Self::run(view, run) })
    }

    fn range(view: &View<'_>, dimension: Dimension, start: i64, count: usize) -> Self {
        let (start, count) = range(start, count, view.len());
        Self::run(view, Run { dimension, start, count })
    }

    fn run(view: &View<'_>, run: Run) -> Self {
        let order = match run.dimension {
            Dimension::Index => &view.by_index,
            Dimension::Rank => &view.by_rank,
        };
        let places = order[run.start..run.start + run.count].to_vec();
        Self { places, run: Some(run), multi: true }
    }

    /// The entries whose key or value, by the dimension, compares as equal.
    fn matching(
        view: &View<'_>,
        dimension: Dimension,
        order: impl Fn(&Element) -> Ordering,
    ) -> Self {
        let sorted = sorted(view, dimension);
        let start = sorted.partition_point(|found| order(found).is_lt());
        let count = sorted[start..].iter().take_while(|found| order(found).is_eq()).count();
        Self::run(view, Run { dimension, start, count })
    }

    /// All entries with a value, by place. A wildcard in the value equals anything, so that equal
    /// entries need not be neighbours.
    fn values_equal(view: &View<'_>, value: &Element) -> Self {
        let equal = Self::scattered(view, |(_, found)| compare(found, value).is_eq());
        let run = Self::matching(view, Dimension::Rank, |found| compare(found, value)).run;
        Self { run, ..equal }
    }

    /// The entries that satisfy a predicate, by place.
    fn scattered(view: &View<'_>, wanted: impl Fn(&(Option<&Element>, &Element)) -> bool) -> Self {
        let places = (0..view.len()).filter(|&place| wanted(&view.entries[place])).collect();
        Self { places, run: None, multi: true }
    }

    /// The entries whose key or value is at least `begin` and below `end`; without an end, all
    /// from `begin` on.
    fn interval(
        view: &View<'_>,
        dimension: Dimension,
        begin: &Element,
        end: Option<&Element>,
    ) -> Self {
        let sorted = sorted(view, dimension);
        let start = sorted.partition_point(|found| compare(found, begin).is_lt());
        let end = end.map_or(sorted.len(), |end| {
            sorted.partition_point(|found| compare(found, end).is_lt())
        });
        Self::run(view, Run { dimension, start, count: end.saturating_sub(start) })
    }

    fn relative(
        view: &View<'_>,
        dimension: Dimension,
        arguments: Arguments<'_>,
    ) -> Result<Self, ResultCode> {
        let (from, number) = (arguments.element(1)?, arguments.integer(2)?);
        let count = arguments.count(3)?;
        let base = sorted(view, dimension).partition_point(|found| compare(found, from).is_lt());
        let start = number.saturating_add(i64::try_from(base).unwrap_or(i64::MAX));
        // What would lie before the first entry is cut off, not counted from the end.
        let cut = usize::try_from(start.min(0).unsigned_abs()).unwrap_or(usize::MAX);
        Ok(Self::range(view, dimension, start.max(0), count.saturating_sub(cut)))
    }

    /// The entries that were not chosen, by place.
    pub(super) fn inverted(&self, view: &View<'_>) -> Self {
        let chosen: BTreeSet<usize> = self.places.iter().copied().collect();
        let places = (0..view.len()).filter(|place| !chosen.contains(place)).collect();
        Self { places, run: None, multi: self.multi }
    }

    /// Takes the chosen entries out of what the view was made of.
    pub(super) fn remove_from<T>(&self, entries: &mut Vec<T>) {
        let chosen: BTreeSet<usize> = self.places.iter().copied().collect();
        let mut place = 0;
        entries.retain(|_| {
            place += 1;
            !chosen.contains(&(place - 1))
        });
    }
}

/// The keys by index or the values by rank.
fn sorted<'a>(view: &View<'a>, dimension: Dimension) -> Vec<&'a Element> {
    match dimension {
        Dimension::Index => view.by_index.iter().filter_map(|&at| view.entries[at].0).collect(),
        Dimension::Rank => view.by_rank.iter().map(|&at| view.entries[at].1).collect(),
    }
}
