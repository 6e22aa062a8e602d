//! What became of what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::row::Share;
use crate::worker::{Append, End, Look, Notes};

/// The moments of an experiment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moments {
    /// The fault began.
    pub(crate) fault: Instant,
    /// Every node had its new members.
    pub(crate) split: Instant,
    /// The fault was over.
    pub(crate) heal: Instant,
    /// Every node had all members again.
    pub(crate) rejoin: Instant,
    /// No migration remained.
    pub(crate) settled: Instant,
}

/// All appends, and the lists that were there in the end.
pub(crate) struct Appends {
    appends: Vec<Append>,
    last: BTreeMap<u64, BTreeSet<i64>>,
    seen: BTreeSet<i64>,
    moments: Moments,
}

impl Appends {
    fn is_kept(&self, append: &Append) -> bool {
        self.last.get(&append.key).is_some_and(|list| list.contains(&append.value))
    }

    fn lost_of(&self, asked: impl Fn(&Append) -> bool) -> Share {
        let is_asked = |one: &&Append| one.end == End::Acknowledged && asked(one);
        let all: Vec<&Append> = self.appends.iter().filter(is_asked).collect();
        let lost = all.iter().filter(|one| !self.is_kept(one)).count();
        (lost as u64, all.len() as u64)
    }

    /// Lost ones of those that were acknowledged.
    pub(crate) fn lost(&self) -> Share {
        self.lost_of(|_| true)
    }

    /// The same of those before the fault.
    pub(crate) fn lost_before(&self) -> Share {
        self.lost_of(|one| one.at < self.moments.fault)
    }

    /// The same of those between split and rejoin.
    pub(crate) fn lost_between(&self) -> Share {
        self.lost_of(|one| (self.moments.split..self.moments.rejoin).contains(&one.at))
    }

    /// What became of those in doubt: `kept`, `lost` after they had been read, `never` seen.
    pub(crate) fn doubt(&self, fate: &str) -> Share {
        let all: Vec<_> = self.appends.iter().filter(|one| one.end == End::InDoubt).collect();
        let fate_of = |one: &Append| match (self.is_kept(one), self.seen.contains(&one.value)) {
            (true, _) => "kept",
            (false, true) => "lost",
            (false, false) => "never",
        };
        (all.iter().filter(|one| fate_of(one) == fate).count() as u64, all.len() as u64)
    }

    /// Those of which the client said that they did not happen, and which were seen.
    pub(crate) fn certain(&self) -> Share {
        let all: Vec<_> = self.appends.iter().filter(|one| one.end == End::Failed).collect();
        let there = |one: &&&Append| self.is_kept(one) || self.seen.contains(&one.value);
        (all.iter().filter(there).count() as u64, all.len() as u64)
    }
}

/// All that an experiment showed.
pub(crate) struct Found {
    pub(crate) appends: Appends,
    pub(crate) counters: Share,
    /// Acknowledged compare-and-sets of one value and generation that another had replaced.
    pub(crate) doubles: Share,
    /// Reads between heal and the end of migrations that missed what later reads had.
    pub(crate) backward: Share,
    pub(crate) disagreements: Share,
    pub(crate) cut_s: f64,
    pub(crate) heal_s: f64,
}

/// What was read in the end.
pub(crate) struct Last {
    pub(crate) lists: BTreeMap<u64, BTreeSet<i64>>,
    pub(crate) counters: BTreeMap<u64, u64>,
    /// Keys about which the sites disagree, and all.
    pub(crate) disagreements: Share,
}

/// Judges what the workers noted.
pub(crate) fn judge(notes: Vec<Notes>, last: Last, moments: Moments) -> Found {
    let mut all = Notes::default();
    for mut one in notes {
        all.appends.append(&mut one.appends);
        all.looks.append(&mut one.looks);
        all.adds.append(&mut one.adds);
        all.sets.append(&mut one.sets);
    }
    let mut added: BTreeMap<u64, u64> = BTreeMap::new();
    all.adds.iter().for_each(|key| *added.entry(*key).or_default() += 1);
    let count_of = |key: &u64| last.counters.get(key).copied().unwrap_or(0);
    let missing = added.iter().map(|(key, count)| count.saturating_sub(count_of(key))).sum();
    let distinct: BTreeSet<_> = all.sets.iter().collect();
    let doubles = ((all.sets.len() - distinct.len()) as u64, all.sets.len() as u64);
    let seen = all.looks.iter().flat_map(|look| look.values.iter().copied()).collect();
    Found {
        counters: (missing, all.adds.len() as u64),
        doubles,
        backward: backward(&all, &last.lists, moments),
        disagreements: last.disagreements,
        cut_s: (moments.split - moments.fault).as_secs_f64(),
        heal_s: (moments.rejoin - moments.heal).as_secs_f64(),
        appends: Appends { appends: all.appends, last: last.lists, seen, moments },
    }
}

/// Reads of the time of migrations that miss a value which had been acknowledged before they began
/// and which is there in the end.
fn backward(notes: &Notes, last: &BTreeMap<u64, BTreeSet<i64>>, moments: Moments) -> Share {
    let mut acknowledged: BTreeMap<u64, Vec<&Append>> = BTreeMap::new();
    for append in notes.appends.iter().filter(|one| one.end == End::Acknowledged) {
        acknowledged.entry(append.key).or_default().push(append);
    }
    let misses = |look: &&Look| {
        let of_key = acknowledged.get(&look.key).into_iter().flatten();
        let mut due = of_key.filter(|one| {
            one.at < look.began && last.get(&look.key).is_some_and(|l| l.contains(&one.value))
        });
        due.any(|one| !look.values.contains(&one.value))
    };
    let period = moments.rejoin..moments.settled;
    let looks: Vec<&Look> = notes
        .looks
        .iter()
        .filter(|look| period.contains(&look.began) && period.contains(&look.ended))
        .collect();
    (looks.iter().filter(|look| misses(look)).count() as u64, looks.len() as u64)
}
