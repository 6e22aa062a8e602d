use wire::Element;
use wire::msgpack::{List, Map, MapOrder, compare};

/// The entries of a list or map by index and by rank.
///
/// A list's index is the place in it; a map's is the place of the key among its sorted keys,
/// whether or not the map is kept sorted. The rank is the place among the sorted values, equal
/// values by index.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    /// Entries as they are kept; a list's have no key.
    pub(super) entries: Vec<(Option<&'a Element>, &'a Element)>,
    /// Places of entries, by index.
    pub(super) by_index: Vec<usize>,
    /// Places of entries, by rank.
    pub(super) by_rank: Vec<usize>,
}

impl<'a> View<'a> {
    /// The view of a list.
    pub(super) fn of_list(list: &'a List) -> Self {
        let entries: Vec<_> = list.items.iter().map(|item| (None, item)).collect();
        let by_index = (0..entries.len()).collect();
        Self::with_ranks(entries, by_index)
    }

    /// The view of a map.
    pub(super) fn of_map(map: &'a Map) -> Self {
        let entries: Vec<_> = map.entries.iter().map(|(key, value)| (Some(key), value)).collect();
        let mut by_index: Vec<usize> = (0..entries.len()).collect();
        if !matches!(map.order, MapOrder::Key | MapOrder::KeyValue) {
            by_index.sort_by(|&a, &b| compare(&map.entries[a].0, &map.entries[b].0));
        }
        Self::with_ranks(entries, by_index)
    }

    fn with_ranks(entries: Vec<(Option<&'a Element>, &'a Element)>, by_index: Vec<usize>) -> Self {
        let mut by_rank = by_index.clone();
        by_rank.sort_by(|&a, &b| compare(entries[a].1, entries[b].1));
        Self { entries, by_index, by_rank }
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// The place that a number means, counted from the end when it is negative; none outside.
pub(super) fn place(number: i64, length: usize) -> Option<usize> {
    let place = if number < 0 {
        length.checked_sub(usize::try_from(number.unsigned_abs()).ok()?)?
    } else {
        usize::try_from(number).ok()?
    };
    (place < length).then_some(place)
}

/// The start and length of what is left of a range inside `0..length`; a negative start counts from
/// the end, and what lies before the beginning is cut off.
pub(super) fn range(start: i64, count: usize, length: usize) -> (usize, usize) {
    let from_end = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
    if start >= 0 {
        let start = from_end.min(length);
        (start, count.min(length - start))
    } else if from_end <= length {
        let start = length - from_end;
        (start, count.min(length - start))
    } else {
        (0, count.saturating_sub(from_end - length).min(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_either_end() {
        assert_eq!(place(0, 3), Some(0));
        assert_eq!(place(-1, 3), Some(2));
        assert_eq!(place(3, 3), None);
        assert_eq!(place(-4, 3), None);
        assert_eq!(place(i64::MIN, 3), None);
    }

    #[test]
    fn ranges_are_cut_to_what_exists() {
        assert_eq!(range(1, 5, 3), (1, 2));
        assert_eq!(range(-2, usize::MAX, 3), (1, 2));
        assert_eq!(range(5, 1, 3), (3, 0));
        assert_eq!(range(-5, 3, 3), (0, 1));
        assert_eq!(range(-5, 2, 3), (0, 0));
        assert_eq!(range(-5, usize::MAX, 3), (0, 3));
    }
}
