//! Registers that are overwritten: a value names its write, and the order of the writes follows
//! from the versions that the history carries, or as far as it goes, from what transactions read
//! of a key before they wrote it.

use history::{Act, Outcome, TransactionId, TransactionKey};

use super::super::graph::{Kind, NONE};
use super::super::phenomenon::Phenomenon;
use super::Sink;
use super::entries::{Entries, Entry};
use super::writes::Writes;
use super::zones;

pub(super) fn infer(sink: &mut Sink, entries: &Entries) {
    let mut writes = Writes::default();
    for (key, entries) in entries.by_key() {
        match writes.fill(sink, entries) {
            Ok(()) => {
                let mut register = Register { key, sink, writes: &writes, reads: Vec::new() };
                register.infer(entries);
            }
            Err(value) => sink.ambiguous(key, value),
        }
    }
}

/// A read of a key by a transaction that had not written it, and what the transaction made of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    /// The write that was read; [`NONE`] for the absent record.
    pub(super) of: u32,
    pub(super) reader: u32,
    /// The version that was seen; 0 if that is not known.
    version: u64,
    /// The last write of the reader itself, or [`NONE`].
    pub(super) update: u32,
}

/// One key.
struct Register<'a, 'b> {
    key: TransactionKey,
    sink: &'a mut Sink<'b>,
    writes: &'a Writes,
    reads: Vec<Read>,
}

impl Register<'_, '_> {
    fn infer(&mut self, entries: &[Entry]) {
        for own in entries.chunk_by(|one, other| one.transaction == other.transaction) {
            let outcome = self.sink.history.get(TransactionId(own[0].transaction)).outcome;
            if outcome == Outcome::Ok {
                self.transaction(own);
            }
        }
        self.reads.sort_by_key(|read| (read.of, read.reader));
        let mut settled: Vec<u32> = (0..self.writes.all.len() as u32)
            .filter(|write| {
                let write = self.writes.all[*write as usize];
                write.counts && write.is_last
            })
            .collect();
        for read in &self.reads {
            if let Some(write) = self.writes.all.get(read.of as usize).filter(|write| write.counts)
            {
                self.sink.edge(write.transaction, read.reader, Kind::WriteRead);
            }
        }
        self.check_lost_updates();
        if self.order_by_versions(&mut settled) {
            self.total_order(&settled);
        } else {
            self.partial_order(&settled);
        }
    }

    /// Looks at what one transaction did with the key.
    fn transaction(&mut self, own: &[Entry]) {
        let history = self.sink.history;
        let (reader, key) = (own[0].transaction, history.key_name(self.key));
        let name =
            |value: Option<u64>| value.map_or("nil".to_owned(), |value| history.value_name(value));
        let mut known: Option<Option<u64>> = None;
        let mut written = false;
        for (at, entry) in own.iter().enumerate() {
            match entry.act {
                Act::Write(value) => {
                    known = Some(Some(value));
                    written = true;
                }
                Act::Read(seen) => {
                    let later = own[at + 1..].iter().any(|later| match later.act {
                        Act::Write(value) => seen == Some(value),
                        _ => false,
                    });
                    if later {
                        self.sink.findings.push(Phenomenon::FutureRead, &[reader], || {
                            format!(
                                "T{reader} read {} from {key}, and wrote it only then",
                                name(seen)
                            )
                        });
                    } else if let Some(known) = known.filter(|known| *known != seen) {
                        self.sink.findings.push(Phenomenon::Internal, &[reader], || {
                            format!(
                                "T{reader} read {} from {key}, where by its own reads and writes \
                                 it had to be {}",
                                name(seen),
                                name(known)
                            )
                        });
                    } else if known.is_none() {
                        known = Some(seen);
                        self.check_value(reader, seen);
                        let update = own[at..].iter().rev().find_map(|entry| match entry.act {
                            Act::Write(value) => self.writes.of(value),
                            _ => None,
                        });
                        let of = match seen {
                            None => Some(NONE),
                            Some(value) => self.writes.of(value),
                        };
                        if let (Some(of), false) = (of, written) {
                            self.reads.push(Read {
                                of,
                                reader,
                                version: entry.version,
                                update: update.unwrap_or(NONE),
                            });
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Looks for a value that must not be read.
    fn check_value(&mut self, reader: u32, seen: Option<u64>) {
        let Some(value) = seen else { return };
        let history = self.sink.history;
        let key = history.key_name(self.key);
        let value_name = || history.value_name(value);
        let Some(write) = self.writes.of(value) else {
            self.sink.findings.push(Phenomenon::GarbageRead, &[reader], || {
                format!("T{reader} read {} from {key}, and nobody wrote it", value_name())
            });
            return;
        };
        let write = self.writes.all[write as usize];
        let writer = write.transaction;
        if write.is_aborted {
            self.sink.findings.push(Phenomenon::AbortedRead, &[reader, writer], || {
                format!(
                    "T{reader} read {} from {key}, and T{writer} wrote it and was aborted",
                    value_name()
                )
            });
        } else if !write.is_last && writer != reader {
            self.sink.findings.push(Phenomenon::IntermediateRead, &[reader, writer], || {
                format!(
                    "T{reader} read {} from {key}, and T{writer} wrote it over itself",
                    value_name()
                )
            });
        }
    }

    fn check_lost_updates(&mut self) {
        let history = self.sink.history;
        let key = history.key_name(self.key);
        for same in self.reads.chunk_by(|one, other| one.of == other.of) {
            let mut updaters = same.iter().filter(|read| read.update != NONE);
            let Some(first) = updaters.next() else { continue };
            for read in updaters {
                let (one, other) = (first.reader, read.reader);
                self.sink.findings.push(Phenomenon::LostUpdate, &[one, other], || {
                    let seen = self.writes.all.get(read.of as usize);
                    let seen =
                        seen.map_or("nil".to_owned(), |write| history.value_name(write.value));
                    format!("T{one} and T{other} both read {seen} from {key}, and both wrote it")
                });
            }
        }
    }

    /// Puts the writes into the order of the versions that the history carries, if each has one of
    /// its own and no read says otherwise; or into that in which each read the one before.
    fn order_by_versions(&self, settled: &mut [u32]) -> bool {
        if settled.len() <= 1 {
            return true;
        }
        let mut versions: Vec<u64> = self.writes.all.iter().map(|write| write.version).collect();
        for read in &self.reads {
            let Some(version) = versions.get_mut(read.of as usize) else { continue };
            if read.version != 0 && *version == 0 {
                *version = read.version;
            }
            if read.version != 0 && *version != read.version {
                return false;
            }
        }
        settled.sort_by_key(|write| versions[*write as usize]);
        let version = |write: &u32| versions[*write as usize];
        let rise = settled.windows(2).all(|pair| version(&pair[0]) < version(&pair[1]));
        if rise && version(&settled[0]) > 0 {
            return true;
        }
        settled.sort_unstable();
        let mut next = vec![NONE; self.writes.all.len() + 1];
        let place = |write: u32| if write == NONE { self.writes.all.len() } else { write as usize };
        for read in self.reads.iter().filter(|read| read.update != NONE) {
            next[place(read.of)] = read.update;
        }
        let mut at = next[self.writes.all.len()];
        let mut chain = Vec::new();
        while at != NONE && chain.len() < settled.len() {
            chain.push(at);
            at = next[at as usize];
        }
        let mut sorted = chain.clone();
        sorted.sort_unstable();
        if sorted != *settled {
            return false;
        }
        settled.copy_from_slice(&chain);
        true
    }

    /// All writes are in order.
    fn total_order(&mut self, order: &[u32]) {
        let writer = |write: u32| self.writes.all[write as usize].transaction;
        for pair in order.windows(2) {
            self.sink.edge(writer(pair[0]), writer(pair[1]), Kind::WriteWrite);
        }
        let mut next = vec![NONE; self.writes.all.len()];
        for pair in order.windows(2) {
            next[pair[0] as usize] = pair[1];
        }
        for read in &self.reads {
            let next = match next.get(read.of as usize) {
                Some(next) => *next,
                None => order.first().copied().unwrap_or(NONE),
            };
            if next != NONE {
                self.sink.edge(read.reader, writer(next), Kind::ReadWrite);
            }
        }
    }

    /// The absent record comes before all writes, and what a transaction read comes before what it
    /// wrote; real time says more.
    fn partial_order(&mut self, settled: &[u32]) {
        self.sink.is_total = false;
        let writer = |write: u32| self.writes.all[write as usize].transaction;
        let mut writers: Vec<u32> = settled.iter().map(|write| writer(*write)).collect();
        writers.sort_unstable();
        for same in self.reads.chunk_by(|one, other| one.of == other.of) {
            let readers: Vec<u32> = same.iter().map(|read| read.reader).collect();
            let updaters = same.iter().filter(|read| read.update != NONE).map(|read| read.reader);
            let updaters: Vec<u32> = updaters.collect();
            let before = match self.writes.all.get(same[0].of as usize) {
                None => &writers,
                Some(write) => {
                    if write.counts {
                        for updater in &updaters {
                            self.sink.edge(write.transaction, *updater, Kind::WriteWrite);
                        }
                    }
                    &updaters
                }
            };
            let Sink { joints, edges, .. } = &mut *self.sink;
            joints.all_but_self(edges, &readers, before, Kind::ReadWrite);
        }
        zones::infer(self.sink, self.writes, settled, &self.reads);
    }
}
