//! Lists that are appended to: what is read of a key is the whole order of its versions.

mod flaws;
mod own;

use history::{Act, List, Outcome, TransactionId, TransactionKey};

use super::super::graph::{Kind, NONE};
use super::super::phenomenon::Phenomenon;
use super::Sink;
use super::entries::{Entries, Entry};
use super::writes::Writes;

pub(super) fn infer(sink: &mut Sink, entries: &Entries) {
    let mut room = Room::default();
    for (key, entries) in entries.by_key() {
        match room.writes.fill(sink, entries) {
            Ok(()) => Lists::new(key, entries, sink, &mut room).infer(),
            Err(value) => sink.ambiguous(key, value),
        }
    }
}

/// Room for one key after the other.
#[derive(Default)]
struct Room {
    writes: Writes,
    /// Which write made each element of the longest list.
    order: Vec<u32>,
    /// Where each write stands in it.
    places: Vec<u32>,
    /// For each length: who appended the last element within it, of those that count.
    last: Vec<u32>,
    /// For each length: who appended the first element behind it, of those that count.
    next: Vec<u32>,
    /// Who read a version, by its length, and wrote the key.
    updaters: Vec<u32>,
    /// Who read the longest version, and did not make a later one that was seen.
    at_end: Vec<u32>,
    own: Vec<u64>,
}

/// The lists of one key.
struct Lists<'a, 'b> {
    key: TransactionKey,
    entries: &'a [Entry],
    sink: &'a mut Sink<'b>,
    room: &'a mut Room,
    longest: &'b [u64],
    /// How much of the spine the longest list begins with.
    shared: u32,
    /// Whether all reads are beginnings of the longest, in which no element stands twice.
    agree: bool,
}

impl<'a, 'b> Lists<'a, 'b> {
    fn new(
        key: TransactionKey,
        entries: &'a [Entry],
        sink: &'a mut Sink<'b>,
        room: &'a mut Room,
    ) -> Self {
        let history = sink.history;
        let strays = entries.iter().filter_map(|entry| match entry.act {
            Act::List(list @ List::Stray(_)) => Some(history.list(key, list)),
            _ => None,
        });
        let spine = history.spine(key);
        let mut agree = true;
        let longest = strays.fold(spine, |longest, stray| {
            agree = false;
            if stray.len() > longest.len() { stray } else { longest }
        });
        let same = spine.iter().zip(longest).take_while(|(one, other)| one == other);
        let shared = if agree { spine.len() } else { same.count() } as u32;
        Self { key, entries, sink, room, longest, shared, agree }
    }

    fn infer(mut self) {
        self.place_writes();
        self.place_writers();
        self.check_longest();
        self.check_strays();
        self.room.updaters.clear();
        self.room.updaters.resize(self.longest.len() + 1, NONE);
        self.room.at_end.clear();
        for own in self.entries.chunk_by(|one, other| one.transaction == other.transaction) {
            self.transaction(own);
        }
        if self.agree {
            self.write_after_write();
        }
    }

    fn place_writes(&mut self) {
        let Room { writes, order, places, .. } = &mut *self.room;
        order.clear();
        order.extend(self.longest.iter().map(|value| writes.of(*value).unwrap_or(NONE)));
        places.clear();
        places.resize(writes.all.len(), NONE);
        for (place, write) in (0..).zip(order.iter()) {
            let Some(at) = places.get_mut(*write as usize) else { continue };
            if *at == NONE {
                *at = place;
            } else {
                self.agree = false;
            }
        }
    }

    /// How much of the longest list a read list is the beginning of, if it is.
    fn length_of(&self, list: List) -> Option<u32> {
        match list {
            List::Prefix(length) => (length <= self.shared).then_some(length),
            List::Stray(_) => {
                let elements = self.sink.history.list(self.key, list);
                self.longest.starts_with(elements).then_some(elements.len() as u32)
            }
        }
    }

    /// Looks at what one transaction did with the key.
    fn transaction(&mut self, own: &[Entry]) {
        let history = self.sink.history;
        let transaction = own[0].transaction;
        if history.get(TransactionId(transaction)).outcome != Outcome::Ok {
            return;
        }
        if own.len() > 1 {
            self.check_own(own);
        }
        let Act::List(list) = own[0].act else { return };
        let length = self.length_of(list);
        let elements = history.list(self.key, list);
        let is_intermediate = self.is_intermediate(transaction, elements);
        self.write_before_read(transaction, length, elements);
        let (true, false, Some(length)) = (self.agree, is_intermediate, length) else { return };
        if own.iter().any(|entry| matches!(entry.act, Act::Append(_))) {
            let other = &mut self.room.updaters[length as usize];
            if *other == NONE {
                *other = transaction;
            } else {
                let key = history.key_name(self.key);
                let other = *other;
                self.sink.findings.push(Phenomenon::LostUpdate, &[other, transaction], || {
                    format!(
                        "T{other} and T{transaction} both read {} from {key}, and both appended \
                         to it",
                        history.describe_list(elements)
                    )
                });
            }
        }
        self.read_before_write(transaction, length as usize);
    }

    /// Whether a read ends in the middle of what another transaction appended.
    fn is_intermediate(&mut self, reader: u32, elements: &[u64]) -> bool {
        let Some(write) = elements.last().and_then(|last| self.room.writes.of(*last)) else {
            return false;
        };
        let write = self.room.writes.all[write as usize];
        let is_intermediate = !write.is_last && write.transaction != reader;
        if is_intermediate {
            let history = self.sink.history;
            let transactions = [reader, write.transaction];
            let key = history.key_name(self.key);
            self.sink.findings.push(Phenomenon::IntermediateRead, &transactions, || {
                format!(
                    "T{reader} read {} from {key}, which ends with {}, and T{} appended more to it",
                    history.describe_list(elements),
                    history.value_name(write.value),
                    write.transaction
                )
            });
        }
        is_intermediate
    }

    /// Whoever appended the last element that was read precedes the reader.
    fn write_before_read(&mut self, reader: u32, length: Option<u32>, elements: &[u64]) {
        let writes = &self.room.writes;
        let writer = match length {
            Some(length) => self.room.last[length as usize],
            None => {
                let counts = |value: &u64| {
                    writes.of(*value).map(|at| writes.all[at as usize]).filter(|one| one.counts)
                };
                elements.iter().rev().find_map(counts).map_or(NONE, |write| write.transaction)
            }
        };
        if writer != NONE {
            self.sink.edge(writer, reader, Kind::WriteRead);
        }
    }

    /// The reader precedes whoever appended the next element.
    fn read_before_write(&mut self, reader: u32, length: usize) {
        match self.room.next[length] {
            NONE => self.room.at_end.push(reader),
            next => self.sink.edge(reader, next, Kind::ReadWrite),
        }
    }

    /// Who appended an element, if it counts.
    fn writer_at(&self, place: usize) -> u32 {
        let write = self.room.writes.all.get(self.room.order[place] as usize);
        write.filter(|write| write.counts).map_or(NONE, |write| write.transaction)
    }

    /// Fills in who appended what is within and behind each length.
    fn place_writers(&mut self) {
        let length = self.longest.len();
        self.room.last.clear();
        self.room.last.push(NONE);
        for place in 0..length {
            let (last, writer) = (self.room.last[place], self.writer_at(place));
            self.room.last.push(if writer == NONE { last } else { writer });
        }
        self.room.next.clear();
        self.room.next.resize(length + 1, NONE);
        for place in (0..length).rev() {
            let (next, writer) = (self.room.next[place + 1], self.writer_at(place));
            self.room.next[place] = if writer == NONE { next } else { writer };
        }
    }

    /// Appends follow each other as their elements do; those that nobody saw come after all that
    /// were seen, in whatever order.
    fn write_after_write(&mut self) {
        let Room { writes, order, places, at_end, .. } = &mut *self.room;
        let mut last = None;
        for write in order.iter() {
            let Some(write) = writes.all.get(*write as usize).filter(|write| write.counts) else {
                continue;
            };
            if let Some(last) = last {
                self.sink.edge(last, write.transaction, Kind::WriteWrite);
            }
            last = Some(write.transaction);
        }
        let unseen = writes.all.iter().zip(places.iter());
        let unseen = unseen.filter(|(write, place)| write.counts && **place == NONE);
        let mut unseen: Vec<u32> = unseen.map(|(write, _)| write.transaction).collect();
        unseen.dedup();
        if let Some(last) = last {
            unseen.iter().for_each(|one| self.sink.edge(last, *one, Kind::WriteWrite));
        }
        let Sink { joints, edges, .. } = &mut *self.sink;
        joints.all_but_self(edges, at_end, &unseen, Kind::ReadWrite);
    }
}
