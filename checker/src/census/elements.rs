//! What became of each element of a list: stable, stale, resurrected, lost, never read; with times.
//!
//! An element is *known* from its append's acknowledgement or from the end of the first read that
//! held it, whichever was first. Reads that begin after that must hold it; those that do not *miss*
//! it. By the reads in the order of their calls, an element is *never read* if no read began after it
//! was known and none held it, *lost* if the last read that began after it was known misses it,
//! *resurrected* if one that misses it stands between two that hold it, *stale* if one misses it
//! otherwise, and *stable* if none does. (Jepsen's set-full checker tells the same of sets; the
//! definitions are ours.) Linear in the elements of all reads.

use std::collections::BTreeMap;

use history::{Call, Element, ElementFate, Elements, Outcome, Percentiles, Value};
use rustc_hash::FxHashMap;

use super::ROWS;
use crate::anomalies::Record;
use crate::linearizability::list;

/// What became of each known element of a list, by element.
#[must_use]
pub fn fates(record: &Record<'_>) -> Vec<Element> {
    /// What reads and appends say of an element; reads by their position among the reads.
    #[derive(Default)]
    struct Seen {
        acknowledged_ns: Option<u64>,
        first_ended_ns: Option<u64>,
        held_by: Vec<u32>,
        twice: bool,
    }
    let mut seen: FxHashMap<Value, Seen> = FxHashMap::default();
    for operation in &record.operations {
        if let (Call::Append { element }, Outcome::Ok) = (&operation.call, operation.outcome) {
            let at = &mut seen.entry(*element).or_default().acknowledged_ns;
            *at = Some(at.map_or(operation.settled_ns(), |at| at.min(operation.settled_ns())));
        }
    }
    let mut calls = Vec::new();
    for read in record.reads() {
        let operation = record.operations[read];
        let Some(elements) = list::elements(operation) else { continue };
        let read = calls.len() as u32;
        calls.push(operation.invoked_ns);
        for element in elements {
            let seen = seen.entry(*element).or_default();
            if seen.held_by.last() == Some(&read) {
                seen.twice = true;
                continue;
            }
            seen.held_by.push(read);
            let ended_ns = operation.settled_ns();
            seen.first_ended_ns = Some(seen.first_ended_ns.map_or(ended_ns, |at| at.min(ended_ns)));
        }
    }
    let mut fates: Vec<Element> = seen
        .into_iter()
        .filter_map(|(element, seen)| {
            let known_ns = seen.acknowledged_ns.into_iter().chain(seen.first_ended_ns).min()?;
            let due = calls.partition_point(|call| *call <= known_ns) as u32;
            let until = calls.len() as u32;
            // Of the reads that must hold it, those that do, and the first and last that do not.
            let holders = &seen.held_by[seen.held_by.partition_point(|read| *read < due)..];
            let gap = |(read, held): (u32, Option<&u32>)| (held != Some(&read)).then_some(read);
            let holders_or_none = holders.iter().map(Some).chain(std::iter::repeat(None));
            let first_missing = (due..until).zip(holders_or_none).find_map(gap);
            let from_end = holders.iter().rev().map(Some).chain(std::iter::repeat(None));
            let last_missing = (due..until).rev().zip(from_end).find_map(gap);
            let fate = match (first_missing, last_missing) {
                (None, _) | (_, None) if due == until && seen.held_by.is_empty() => {
                    ElementFate::NeverRead
                }
                (None, _) | (_, None) => ElementFate::Stable,
                (_, Some(last)) if last + 1 == until => ElementFate::Lost,
                // Held before the last gap and after it.
                (_, Some(last)) if seen.held_by.first().is_some_and(|read| *read < last) => {
                    ElementFate::Resurrected
                }
                _ => ElementFate::Stale,
            };
            let began_ns = |read: u32| calls[read as usize];
            Some(Element {
                key: record.key,
                element,
                fate,
                duplicated: seen.twice,
                known_ns,
                first_seen_ns: seen.first_ended_ns,
                last_seen_ns: seen.held_by.last().map(|read| began_ns(*read)),
                first_missing_ns: first_missing.map(began_ns),
                last_missing_ns: last_missing.map(began_ns),
            })
        })
        .collect();
    fates.sort_unstable_by_key(|one| one.element);
    fates
}

/// Counts the elements of lists, one list after another.
#[must_use]
pub(crate) fn summary(lists: impl IntoIterator<Item = Vec<Element>>) -> Elements {
    let mut this = Elements::default();
    let mut counts: BTreeMap<ElementFate, u64> = BTreeMap::new();
    let mut missing_ns = Vec::new();
    for element in lists.into_iter().flatten() {
        this.known += 1;
        *counts.entry(element.fate).or_default() += 1;
        this.duplicated += u64::from(element.duplicated);
        missing_ns
            .extend(element.last_missing_ns.map(|last| last.saturating_sub(element.known_ns)));
        let told = element.fate != ElementFate::Stable || element.duplicated;
        if told && this.rows.len() < ROWS {
            this.rows.push(element);
        }
    }
    let count = |fate| counts.get(&fate).copied().unwrap_or(0);
    this.stable = count(ElementFate::Stable);
    this.stale = count(ElementFate::Stale);
    this.resurrected = count(ElementFate::Resurrected);
    this.lost = count(ElementFate::Lost);
    this.never_read = count(ElementFate::NeverRead);
    this.missing_ns = Percentiles::of(missing_ns);
    this
}
