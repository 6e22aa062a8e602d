//! What real time says of the order of a register's values.
//!
//! If any operation on one value ended before any on another began, the former was written first:
//! all that read a value come before the next write (Gibbons and Korach 1997, for one register).
//! That holds only if transactions see all that ended before them, as in strong snapshot isolation
//! and above; so each such edge counts as an anti-dependency, and is told to be of real time.

use history::TransactionId;

use super::super::graph::Kind;
use super::Sink;
use super::registers::Read;
use super::writes::Writes;

/// So many values before each are looked at, and so many of their readers; those further back
/// precede them by way of these, or by real time alone.
const NEAR: usize = 8;

/// A value with the first end and the last beginning of the operations on it.
struct Zone<'a> {
    write: u32,
    first_end: u64,
    last_begin: u64,
    reads: &'a [Read],
}

pub(super) fn infer(sink: &mut Sink, writes: &Writes, settled: &[u32], reads: &[Read]) {
    let history = sink.history;
    let mut zones: Vec<Zone> = Vec::with_capacity(settled.len());
    for write in settled {
        let own = reads.partition_point(|read| read.of < *write)
            ..reads.partition_point(|read| read.of <= *write);
        let reads = &reads[own];
        let writer = writes.all[*write as usize].transaction;
        let operations = reads.iter().map(|read| read.reader).chain([writer]);
        let (mut first_end, mut last_begin) = (u64::MAX, 0);
        for one in operations.map(|id| history.get(TransactionId(id))) {
            first_end = first_end.min(one.completed);
            last_begin = last_begin.max(one.invoked);
        }
        zones.push(Zone { write: *write, first_end, last_begin, reads });
    }
    zones.sort_by_key(|zone| (zone.first_end, zone.write));
    let writer = |zone: &Zone| writes.all[zone.write as usize].transaction;
    for after in &zones {
        let before = zones.partition_point(|zone| zone.first_end < after.last_begin);
        let near = zones[..before].iter().rev().filter(|zone| zone.write != after.write);
        for zone in near.take(NEAR) {
            sink.edge(writer(zone), writer(after), Kind::TimedReadWrite);
            for read in zone.reads.iter().rev().take(NEAR) {
                sink.edge(read.reader, writer(after), Kind::TimedReadWrite);
            }
        }
    }
}
