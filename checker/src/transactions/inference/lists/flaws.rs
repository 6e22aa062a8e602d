//! Lists that cannot have been.

use history::{Act, List};

use rustc_hash::FxHashSet;

use super::super::super::phenomenon::Phenomenon;
use super::super::entries::Entry;
use super::{Lists, Room};

impl Lists<'_, '_> {
    /// Looks for elements of the longest list that must not be in any.
    pub(super) fn check_longest(&mut self) {
        let Room { order, writes, places, .. } = &*self.room;
        let mut flawed: Vec<(u32, bool)> = Vec::new();
        for (place, index) in (0..).zip(order) {
            let again = places.get(*index as usize).is_some_and(|first| *first != place);
            if again || writes.all.get(*index as usize).is_none_or(|write| write.is_aborted) {
                flawed.push((place, again));
            }
        }
        if flawed.is_empty() {
            return;
        }
        // The first to read each.
        let mut readers: Vec<(u32, u32)> = Vec::new();
        let mut seen = 0;
        for entry in self.entries {
            if let Act::List(list) = entry.act
                && let Some(length) = self.length_of(list)
                && length > seen
            {
                readers.push((length, entry.transaction));
                seen = length;
            }
        }
        for (place, again) in flawed {
            let reader = readers[readers.partition_point(|(length, _)| *length <= place)].1;
            self.check_element(reader, self.longest, place as usize, again);
        }
        self.check_dirty_updates();
    }

    /// Says what is wrong with an element of a list that a transaction read, and that may stand in
    /// it `again`.
    fn check_element(&mut self, reader: u32, list: &[u64], place: usize, again: bool) {
        let (history, key) = (self.sink.history, self.key);
        let value = list[place];
        let key_name = history.key_name(key);
        let text = || (history.value_name(value), history.describe_list(list));
        let Some(write) = self.room.writes.of(value) else {
            self.sink.findings.push(Phenomenon::GarbageRead, &[reader], || {
                let (value, list) = text();
                format!("T{reader} read {list} from {key_name}, and nobody appended {value} to it")
            });
            return;
        };
        let write = self.room.writes.all[write as usize];
        if again {
            let transactions = [reader, write.transaction];
            self.sink.findings.push(Phenomenon::DuplicateElements, &transactions, || {
                let (value, list) = text();
                format!(
                    "T{reader} read {list} from {key_name}, with {value} in it twice, and \
                     T{} appended it once",
                    write.transaction
                )
            });
        } else if write.is_aborted {
            let transactions = [reader, write.transaction];
            self.sink.findings.push(Phenomenon::AbortedRead, &transactions, || {
                let (value, list) = text();
                format!(
                    "T{reader} read {list} from {key_name}, and T{} appended {value} and was \
                     aborted",
                    write.transaction
                )
            });
        }
    }

    /// Looks for committed appends behind aborted ones.
    fn check_dirty_updates(&mut self) {
        let history = self.sink.history;
        let mut aborted = None;
        for write in &self.room.order {
            let Some(write) = self.room.writes.all.get(*write as usize) else { continue };
            match aborted {
                None if write.is_aborted => aborted = Some(*write),
                Some(below) if write.counts => {
                    let transactions = [below.transaction, write.transaction];
                    let key = history.key_name(self.key);
                    self.sink.findings.push(Phenomenon::DirtyUpdate, &transactions, || {
                        format!(
                            "T{} appended {} to {key} behind {}, which T{} had appended before \
                             it was aborted",
                            write.transaction,
                            history.value_name(write.value),
                            history.value_name(below.value),
                            below.transaction
                        )
                    });
                    aborted = None;
                }
                _ => {}
            }
        }
    }

    /// Looks at the lists that are no beginning of the others.
    pub(super) fn check_strays(&mut self) {
        let history = self.sink.history;
        let mut told = false;
        for entry in self.entries {
            let Act::List(list) = entry.act else { continue };
            if self.length_of(list).is_some() {
                continue;
            }
            let (stray, reader) = (history.list(self.key, list), entry.transaction);
            if matches!(list, List::Stray(_)) {
                let mut seen = FxHashSet::default();
                for place in 0..stray.len() {
                    let again = !seen.insert(stray[place]);
                    self.check_element(reader, stray, place, again);
                }
            }
            if told {
                continue;
            }
            let other = self.entries.iter().find(|other| match other.act {
                Act::List(list) => {
                    let other = history.list(self.key, list);
                    !other.starts_with(stray) && !stray.starts_with(other)
                }
                _ => false,
            });
            if let Some(Entry { transaction, act: Act::List(other), .. }) = other {
                told = true;
                let other = history.list(self.key, *other);
                let key = history.key_name(self.key);
                let transactions = [reader, *transaction];
                self.sink.findings.push(Phenomenon::IncompatibleOrder, &transactions, || {
                    format!(
                        "T{reader} read {} from {key}, and T{transaction} read {}: neither is \
                         the beginning of the other",
                        history.describe_list(stray),
                        history.describe_list(other)
                    )
                });
            }
        }
    }
}
