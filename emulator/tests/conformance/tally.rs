//! What was compared, and what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Why an answer may differ: rows of `reasons.tsv`, each a command (or a step of the frames), a key
/// of its answer, and the reason. A `*` at the end stands for anything.
#[derive(Debug)]
pub(crate) struct Reasons(Vec<[&'static str; 3]>);

impl Reasons {
    pub(crate) fn read() -> Self {
        let rows = include_str!("reasons.tsv").lines().skip(1);
        Self(
            rows.map(|row| {
                let cells: Vec<&str> = row.split('\t').collect();
                cells.try_into().unwrap_or_else(|_| panic!("three columns: {row}"))
            })
            .collect(),
        )
    }

    fn find(&self, command: &str, key: &str) -> Option<&'static str> {
        let fits = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
            Some(beginning) => text.starts_with(beginning),
            None => pattern == text,
        };
        let row = self.0.iter().find(|row| fits(row[0], command) && fits(row[1], key));
        row.map(|row| row[2])
    }

    /// The rows that explained nothing.
    pub(crate) fn unused(&self, tally: &Tally) -> Vec<&'static str> {
        let rows = self.0.iter().map(|row| row[2]);
        rows.filter(|reason| !tally.differing.contains_key(reason)).collect()
    }
}

/// Exchanges by what came of them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) matched: usize,
    pub(crate) differing: BTreeMap<&'static str, usize>,
    pub(crate) failed: Vec<String>,
    seen: BTreeSet<String>,
}

impl Tally {
    pub(crate) fn matched(&mut self) {
        self.matched += 1;
    }

    /// Whether a step is left out, since its answer differs and the steps after it would, too.
    pub(crate) fn skips(&mut self, reasons: &Reasons, op: &str) -> bool {
        let reason = reasons.find(op, "not-asked");
        if let Some(reason) = reason {
            *self.differing.entry(reason).or_default() += 1;
        }
        reason.is_some()
    }

    /// An answer that differs in these keys: explained if every one of them is.
    pub(crate) fn differs<'a>(
        &mut self,
        reasons: &Reasons,
        command: &str,
        keys: impl IntoIterator<Item = &'a str>,
        how: &str,
    ) {
        let found: Vec<(&str, Option<&'static str>)> =
            keys.into_iter().map(|key| (key, reasons.find(command, key))).collect();
        if let Some((key, _)) = found.iter().find(|(_, reason)| reason.is_none()) {
            // One line a kind of failure is enough to find it.
            if self.seen.insert(format!("{command} {key}")) {
                self.failed.push(format!("{command} [{key}]: {how}"));
            }
            return;
        }
        let reasons: BTreeSet<&'static str> =
            found.into_iter().filter_map(|(_, reason)| reason).collect();
        for reason in reasons {
            *self.differing.entry(reason).or_default() += 1;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>6} matched", self.matched)?;
        for (reason, count) in &self.differing {
            writeln!(f, "{count:>6} differing: {reason}")?;
        }
        write!(f, "{:>6} failed", self.failed.len())
    }
}
