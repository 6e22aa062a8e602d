//! What a transaction sees of its own appends.

use history::{Act, List};

use super::super::super::graph::NONE;
use super::super::super::phenomenon::Phenomenon;
use super::super::entries::Entry;
use super::Lists;

impl Lists<'_, '_> {
    /// A transaction sees its own appends and no others between two reads.
    pub(super) fn check_own(&mut self, own: &[Entry]) {
        if !self.reads_the_future(own) {
            self.check_internal(own);
        }
    }

    /// Looks for a read of what is only appended after it.
    fn reads_the_future(&mut self, own: &[Entry]) -> bool {
        let (history, key) = (self.sink.history, self.key);
        let transaction = own[0].transaction;
        // Of the appends that follow, the one that stands first in the longest list.
        let (mut first, mut first_value) = (NONE, 0);
        for (at, entry) in own.iter().enumerate().rev() {
            let list = match entry.act {
                Act::Append(value) => {
                    let write = self.room.writes.of(value);
                    let place = write.map_or(NONE, |write| self.room.places[write as usize]);
                    if place < first {
                        (first, first_value) = (place, value);
                    }
                    continue;
                }
                Act::List(list) => list,
                _ => continue,
            };
            let elements = history.list(key, list);
            let seen = match (list, self.length_of(list)) {
                (_, Some(length)) => (first < length).then_some(first_value),
                (List::Prefix(_), None) => None,
                (List::Stray(_), None) => own[at..].iter().find_map(|later| match later.act {
                    Act::Append(value) if elements.contains(&value) => Some(value),
                    _ => None,
                }),
            };
            if let Some(value) = seen {
                self.sink.findings.push(Phenomenon::FutureRead, &[transaction], || {
                    format!(
                        "T{transaction} read {} from {}, and appended {} only then",
                        history.describe_list(elements),
                        history.key_name(key),
                        history.value_name(value)
                    )
                });
                return true;
            }
        }
        false
    }

    fn check_internal(&mut self, own: &[Entry]) {
        let (history, key) = (self.sink.history, self.key);
        let transaction = own[0].transaction;
        let mut known: Option<List> = None;
        self.room.own.clear();
        for entry in own {
            match entry.act {
                Act::Append(value) => self.room.own.push(value),
                Act::List(list) => {
                    let elements = history.list(key, list);
                    let appended = &self.room.own[..];
                    let rest = elements.strip_suffix(appended);
                    let fits = rest.is_some_and(|rest| match (known, list) {
                        (None, _) => true,
                        // Of one spine: equal if they are equally long.
                        (Some(List::Prefix(known)), List::Prefix(_)) => {
                            known as usize == rest.len()
                        }
                        (Some(known), _) => history.list(key, known) == rest,
                    });
                    if !fits {
                        self.sink.findings.push(Phenomenon::Internal, &[transaction], || {
                            let known = known.map(|known| history.list(key, known));
                            let mut expected = known.unwrap_or_default().to_vec();
                            expected.extend_from_slice(appended);
                            format!(
                                "T{transaction} read {} from {}, where by its own reads and \
                                 appends it had to {} {}",
                                history.describe_list(elements),
                                history.key_name(key),
                                if known.is_some() { "be" } else { "end with" },
                                history.describe_list(&expected)
                            )
                        });
                        return;
                    }
                    known = Some(list);
                    self.room.own.clear();
                }
                _ => {}
            }
        }
    }
}
