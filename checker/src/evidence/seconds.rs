//! Times as sentences print them.

use std::collections::BTreeSet;

use history::Operation;

/// Prints times in s with as few decimals (3, 6 or 9) as keep the times of some operations apart.
#[derive(Clone, Copy, Debug)]
pub struct Seconds {
    decimals: usize,
}

impl Seconds {
    /// For sentences about some operations.
    pub fn apart<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> Self {
        let times: BTreeSet<u64> = operations
            .into_iter()
            .flat_map(|one| [Some(one.invoked_ns), one.completed_ns])
            .flatten()
            .collect();
        let distinct = |decimals: usize| {
            let unit = 10_u64.pow(9 - decimals as u32);
            times.iter().map(|at| at / unit).collect::<BTreeSet<u64>>().len() == times.len()
        };
        Self { decimals: [3, 6].into_iter().find(|decimals| distinct(*decimals)).unwrap_or(9) }
    }

    /// A time, as `3.201 s`. Digits beyond the last are cut off, so that order is kept.
    #[must_use]
    pub fn print(&self, at_ns: u64) -> String {
        let fraction = at_ns % 1_000_000_000 / 10_u64.pow(9 - self.decimals as u32);
        format!("{}.{fraction:0width$} s", at_ns / 1_000_000_000, width = self.decimals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_in_seconds() {
        assert_eq!(Seconds { decimals: 3 }.print(3_201_999_999), "3.201 s");
        assert_eq!(Seconds { decimals: 6 }.print(1_000), "0.000001 s");
        assert_eq!(Seconds { decimals: 9 }.print(1), "0.000000001 s");
    }
}
