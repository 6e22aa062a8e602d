//! What clients were promised, record by record.

use std::collections::BTreeMap;

use history::{Call, Outcome};

use super::client::Done;

/// The promises. Each key is written by one client after the other, never by two at a time.
#[derive(Debug, Default)]
pub(super) struct Book {
    records: BTreeMap<u64, Promise>,
    last_value: u64,
}

#[derive(Debug, Default)]
struct Promise {
    acknowledged: Option<u64>,
    /// Values that may have been written, or may still be.
    in_doubt: Vec<u64>,
}

impl Book {
    /// A value that was never written before.
    pub(super) fn value(&mut self) -> u64 {
        self.last_value += 1;
        self.last_value
    }

    /// Takes note of a write that ended.
    pub(super) fn note(&mut self, done: &Done) {
        let Call::Write { value } = done.call else { return };
        let promise = self.records.entry(done.key).or_default();
        match done.outcome {
            Outcome::Ok => promise.acknowledged = Some(value),
            Outcome::Info => promise.in_doubt.push(value),
            Outcome::Fail => {}
        }
    }

    /// The keys of which a write was acknowledged.
    pub(super) fn acknowledged(&self) -> Vec<u64> {
        let promised = self.records.iter().filter(|(_, promise)| promise.acknowledged.is_some());
        promised.map(|(key, _)| *key).collect()
    }

    /// Whether a record that is read as `value` keeps its promise.
    pub(super) fn is_kept(&self, key: u64, value: Option<u64>) -> bool {
        let Some(promise) = self.records.get(&key) else { return true };
        promise.acknowledged == value || value.is_some_and(|v| promise.in_doubt.contains(&v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(value: u64, outcome: Outcome) -> Done {
        Done {
            key: 7,
            call: Call::Write { value },
            outcome,
            code: 0,
            value: None,
            at_ns: 0,
            took_ns: 0,
        }
    }

    #[test]
    fn only_what_was_acknowledged_can_be_lost() {
        let mut book = Book::default();
        book.note(&done(1, Outcome::Ok));
        book.note(&done(2, Outcome::Fail));
        book.note(&done(3, Outcome::Info));
        assert!(book.is_kept(7, Some(1)) && book.is_kept(7, Some(3)));
        assert!(!book.is_kept(7, Some(2)) && !book.is_kept(7, None));
        assert!(book.is_kept(8, None));
        assert_eq!(book.acknowledged(), [7]);
    }
}
