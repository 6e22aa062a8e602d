//! Monotonic writes and writes-follow-reads: a write that is older than what its session knew.
//!
//! The session guarantees of Terry et al. (PDIS 1994) on writes, per process and key. Definition: an
//! acknowledged write is older than a version that the same process knew before the write's call (by
//! a write of its own that was acknowledged: *monotonic writes*; by a read: *writes follow reads*).
//! What is older:
//!
//! - by versions, of any model: the write was acknowledged with a generation not above one that an
//!   earlier operation of the process told. A generation is the number of writes on which the write
//!   stands, so it was put on a record without what the process knew. Left out are records that are
//!   deleted and generations that may have wrapped, as in [`generation`];
//! - by values, of a register with unique ones: compare-and-sets lead from the write's value to the
//!   one that the process knew;
//! - by elements, of a list: a read holds the write's element, but not before it an element that
//!   the process had appended before (monotonic writes), or the last element of the list that the
//!   process had read last before (writes follow reads; the last element names a list's version).
//!   Of each read the first such element counts.
//!
//! Each is sound: a guarantee of a session asks of every version order that it put what the process
//! knew first, and versions, chains and lists show orders, not guesses. Each write is one finding,
//! in the order of calls, by the first of the three that shows it. One pass per rule.

use std::collections::BTreeMap;

use history::{AnomalyClass, Call, Operation, Outcome, ProcessId, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::chains::{Chains, Known};
use super::{Finding, Record, generation, observed, written};
use crate::evidence::{Seconds, words};
use crate::linearizability::list;

/// All writes that are older than what their session knew: what it knew, the write, and then what
/// shows the order, if generations do not: compare-and-sets, or a read.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    if record.is_deleted() {
        return Vec::new();
    }
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let by_values = match record.is_register() {
        true => by_chains(record),
        false => by_lists(record),
    };
    for proof in by_generations(record).into_iter().chain(by_values) {
        found.entry(proof[1]).or_insert(proof);
    }
    found
        .into_values()
        .map(|proof| Finding::new(class(record.operations[proof[0]]), record, proof))
        .collect()
}

fn class(known: &Operation) -> AnomalyClass {
    if known.call.is_write() {
        AnomalyClass::MonotonicWrites
    } else {
        AnomalyClass::WritesFollowReads
    }
}

fn by_generations(record: &Record<'_>) -> Vec<Vec<usize>> {
    let mut highest: FxHashMap<ProcessId, (u32, usize)> = FxHashMap::default();
    let mut found = Vec::new();
    for (at, generation) in generation::told(record) {
        let operation = record.operations[at];
        match highest.get(&operation.process) {
            Some((known, how)) if operation.call.is_write() && generation <= *known => {
                found.push(vec![*how, at]);
            }
            Some((known, _)) if generation <= *known => {}
            _ => {
                highest.insert(operation.process, (generation, at));
            }
        }
    }
    found
}

fn by_chains(record: &Record<'_>) -> Vec<Vec<usize>> {
    let chains = Chains::of(record);
    let mut sessions: FxHashMap<ProcessId, Known> = FxHashMap::default();
    let mut found = Vec::new();
    for (at, operation) in record.operations.iter().enumerate() {
        let value = match observed(operation) {
            Some(value) => value,
            None if operation.is_acknowledged_write() => written(operation),
            None => continue,
        };
        let Some(link) = chains.link(value) else { continue };
        let known = sessions.entry(operation.process).or_default();
        match known.beyond(link) {
            Some((later, how)) if operation.call.is_write() => {
                let between = chains.between(link, later).iter().copied();
                found
                    .push([how, at].into_iter().chain(between.filter(|one| *one != how)).collect());
            }
            Some(_) => {}
            None => known.learn(link, at),
        }
    }
    found
}

/// An append as its session made it.
struct Append {
    at: usize,
    process: ProcessId,
    /// How many appends of the session were acknowledged before it.
    before: usize,
    /// The last element of the list that the session had read last, and by which read.
    follows: Option<(Value, usize)>,
}

fn by_lists(record: &Record<'_>) -> Vec<Vec<usize>> {
    let mut own: FxHashMap<ProcessId, Vec<(Value, usize)>> = FxHashMap::default();
    let mut last: FxHashMap<ProcessId, (Value, usize)> = FxHashMap::default();
    let mut appends: FxHashMap<Value, Append> = FxHashMap::default();
    for (at, operation) in record.operations.iter().enumerate() {
        let process = operation.process;
        if let Some(element) = list::elements(operation).and_then(<[Value]>::last) {
            last.insert(process, (*element, at));
        }
        if let (Call::Append { element }, true) =
            (operation.call, operation.outcome != Outcome::Fail)
        {
            let mine = own.entry(process).or_default();
            let follows = last.get(&process).copied();
            let append = Append { at, process, before: mine.len(), follows };
            if appends.insert(element, append).is_some() {
                return Vec::new();
            }
            if operation.outcome == Outcome::Ok {
                mine.push((element, at));
            }
        }
    }
    let mut found = Vec::new();
    let mut told: FxHashSet<usize> = FxHashSet::default();
    for read in record.reads() {
        let Some(elements) = list::elements(record.operations[read]) else { continue };
        let mut held: FxHashSet<Value> = FxHashSet::default();
        let mut counts: FxHashMap<ProcessId, usize> = FxHashMap::default();
        for element in elements {
            if !held.insert(*element) {
                continue;
            }
            let Some(append) = appends.get(element) else { continue };
            let count = counts.entry(append.process).or_default();
            // What the session appended before, and the list does not hold before this element. At
            // most as many are passed over as the list holds.
            let mine = own.get(&append.process).map_or(&[][..], Vec::as_slice);
            let missing = (*count < append.before)
                .then(|| mine[..append.before].iter().find(|(one, _)| !held.contains(one)))
                .flatten()
                .map(|(_, how)| *how);
            let follows = append.follows.filter(|(one, _)| !held.contains(one)).map(|(_, how)| how);
            if record.operations[append.at].outcome == Outcome::Ok {
                *count += 1;
            }
            if let Some(how) = missing.or(follows) {
                if told.insert(append.at) {
                    found.push(vec![how, append.at, read]);
                }
                // One read that leaves things out may do so for each of its elements.
                break;
            }
        }
    }
    found
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [known, write, shown @ ..] = &finding.operations[..] else { return String::new() };
    let (known, write) = (record.operations[*known], record.operations[*write]);
    let mut knew = if known.call.is_write() {
        format!("the {} {}", words::asked(known), words::ended(known, seconds))
    } else {
        words::read(known, seconds)
    };
    knew.replace_range(..1, "T");
    let then = format!(
        "{knew}; then the same process began the {} at {}",
        words::asked(write),
        seconds.print(write.invoked_ns)
    );
    match shown {
        [] => format!(
            "{then}. It was acknowledged with generation {}, not above {}: it was put on top of a \
             record without what the process knew.",
            write.generation.unwrap_or(0),
            known.generation.unwrap_or(0)
        ),
        [read] if !record.is_register() => format!(
            "{then}. Yet {}, without the former before the latter.",
            words::read(record.operations[*read], seconds)
        ),
        steps => format!(
            "{then}. Yet {} compare-and-set{} led from its value to what the process knew.",
            steps.len(),
            if steps.len() == 1 { "" } else { "s" }
        ),
    }
}
