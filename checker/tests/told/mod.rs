//! Histories of transactions in a short notation, and random ones.
#![allow(dead_code, reason = "each test file takes its share")]

pub(crate) mod written;

use history::{Holding, Outcome, Transactions, TransactionsBuilder};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// A transaction that is not in a history yet.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) process: u32,
    pub(crate) outcome: Outcome,
    pub(crate) invoked: u64,
    pub(crate) completed: u64,
    pub(crate) acts: Vec<Did>,
}

/// An operation: the key, what it is, and its version if there is one.
#[derive(Clone, Debug)]
pub(crate) enum Did {
    Append(u32, u64),
    List(u32, Vec<u64>),
    Write(u32, u64, u64),
    Read(u32, Option<u64>, u64),
}

/// A history of transactions in the order of their beginnings.
pub(crate) fn history(holding: Holding, told: &[Told]) -> Transactions {
    let mut told = told.to_vec();
    told.sort_by_key(|one| one.invoked);
    let mut builder = TransactionsBuilder::new(holding);
    for one in told {
        let id = builder.begin(one.process, one.invoked);
        for act in one.acts {
            let seen = one.outcome == Outcome::Ok;
            match act {
                Did::Append(key, value) => {
                    let key = builder.key(&key.to_string());
                    builder.append(key, value);
                }
                Did::Write(key, value, version) => {
                    let key = builder.key(&key.to_string());
                    builder.write(key, value);
                    if version > 0 {
                        builder.version(version);
                    }
                }
                Did::List(key, _) | Did::Read(key, ..) if !seen => {
                    let key = builder.key(&key.to_string());
                    builder.read_unseen(key);
                }
                Did::List(key, list) => {
                    let key = builder.key(&key.to_string());
                    builder.read_list(key, &list);
                }
                Did::Read(key, value, version) => {
                    let key = builder.key(&key.to_string());
                    builder.read(key, value);
                    if version > 0 {
                        builder.version(version);
                    }
                }
            }
        }
        builder.complete(id, one.outcome, one.completed);
    }
    builder.finish()
}

/// Reads a history of one line a transaction: `process outcome begin end: operations`, these as in
/// `a 1 5` (append 5 to key 1), `l 1 5 6` (the list read from key 1), `w 1 5`, `r 1 5`, `r 1 nil`;
/// `r 1 5 v7` read version 7.
pub(crate) fn read(text: &str) -> Transactions {
    let (holding, told) = lines(text);
    history(holding, &told)
}

/// The transactions of a history in the notation of [`read`].
pub(crate) fn lines(text: &str) -> (Holding, Vec<Told>) {
    let mut told = Vec::new();
    let mut holding = Holding::Registers;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (who, what) = line.split_once(':').expect("the notation");
        let who: Vec<&str> = who.split_whitespace().collect();
        let mut acts = Vec::new();
        for act in what.split(',') {
            let (words, version) = act.split_once('v').unwrap_or((act, "0"));
            let words: Vec<&str> = words.split_whitespace().collect();
            let number = |at: usize| words[at].parse::<u64>().expect("the notation");
            let (key, version) = (number(1) as u32, version.trim().parse().expect("the notation"));
            acts.push(match words[0] {
                "a" => Did::Append(key, number(2)),
                "l" => Did::List(key, (2..words.len()).map(number).collect()),
                "w" => Did::Write(key, number(2), version),
                "r" => Did::Read(key, words[2].parse().ok(), version),
                other => panic!("no operation {other}"),
            });
        }
        if matches!(acts[0], Did::Append(..) | Did::List(..)) {
            holding = Holding::Lists;
        }
        let outcome = match who[1] {
            "ok" => Outcome::Ok,
            "fail" => Outcome::Fail,
            _ => Outcome::Info,
        };
        let (invoked, completed) =
            (who[2].parse().expect("the notation"), who[3].parse().expect("the notation"));
        let process = who[0].parse().expect("the notation");
        told.push(Told { process, outcome, invoked, completed, acts });
    }
    (holding, told)
}

/// A few transactions of which most have no order that explains them. Of each key the writes have
/// a random order, and each read sees a random moment in it, more or less after its own writes.
pub(crate) fn wild(holding: Holding, random: &mut ChaCha8Rng, most: usize) -> Transactions {
    let count = random.random_range(2..=most);
    let keys = random.random_range(1..=3);
    let span = if random.random_bool(0.5) { 8 } else { 30 };
    let versions = random.random_bool(0.3);
    let mut told: Vec<Told> = Vec::new();
    let mut free: Vec<u64> = Vec::new();
    let mut value = 0;
    let mut begins: Vec<u64> = (0..count).map(|_| random.random_range(0..span)).collect();
    begins.sort_unstable();
    for invoked in begins {
        let completed = invoked + random.random_range(1..=span / 2);
        let outcome = match random.random_range(0..10) {
            0 | 1 => Outcome::Info,
            2 => Outcome::Fail,
            _ => Outcome::Ok,
        };
        let process = free.iter().position(|until| *until <= invoked).unwrap_or_else(|| {
            free.push(0);
            free.len() - 1
        });
        free[process] = if outcome == Outcome::Info { u64::MAX } else { completed };
        let acts = (0..random.random_range(1..=3)).map(|_| {
            let key = random.random_range(0..keys);
            let write = random.random_bool(0.5);
            value += 1;
            match (holding, write) {
                (Holding::Lists, true) => Did::Append(key, value),
                (Holding::Lists, false) => Did::List(key, Vec::new()),
                (Holding::Registers, true) => Did::Write(key, value, 0),
                (Holding::Registers, false) => Did::Read(key, None, 0),
            }
        });
        let acts = acts.collect();
        told.push(Told { process: process as u32, outcome, invoked, completed, acts });
    }
    let by_time = random.random_bool(0.6);
    for key in 0..keys {
        let mut order: Vec<(u64, usize, u64, bool)> = Vec::new();
        for (at, one) in told.iter().enumerate() {
            let noise =
                if by_time { random.random_range(0..4) } else { random.random_range(0..99) };
            let when = if by_time { one.invoked + noise } else { noise };
            let keep = match one.outcome {
                Outcome::Ok => random.random_bool(0.99),
                Outcome::Info => random.random_bool(0.5),
                Outcome::Fail => random.random_bool(0.05),
            };
            let writes = one.acts.iter().filter_map(|act| match act {
                Did::Append(of, value) | Did::Write(of, value, _) if *of == key => Some(*value),
                _ => None,
            });
            let writes: Vec<u64> = writes.collect();
            let last = writes.last().copied();
            for value in writes {
                let seen = holding == Holding::Lists || Some(value) == last;
                if keep && (seen || random.random_bool(0.05)) {
                    order.push((when, at, value, true));
                }
            }
        }
        order.sort_by_key(|(when, at, ..)| (*when, *at));
        let order: Vec<(usize, u64)> =
            order.into_iter().map(|(_, at, value, _)| (at, value)).collect();
        let version_of = |value: u64| {
            let place = order.iter().position(|(_, other)| *other == value);
            place.map_or(0, |place| if versions { place as u64 + 1 } else { 0 })
        };
        for (at, one) in told.iter_mut().enumerate() {
            let mut own: Vec<u64> = Vec::new();
            let mut first: Option<usize> = None;
            for act in &mut one.acts {
                // Mostly what was read before, or the moment before the transaction's own writes.
                let others = order.iter().position(|(other, _)| *other == at);
                let moment = match (first, others) {
                    (Some(first), _) if random.random_bool(0.95) => first,
                    (None, Some(before)) if random.random_bool(0.7) => before,
                    _ => random.random_range(0..=order.len()),
                };
                let sees: Vec<u64> = order[..moment].iter().map(|(_, value)| *value).collect();
                match act {
                    Did::Append(of, value) if *of == key => own.push(*value),
                    Did::Write(of, value, version) if *of == key => {
                        own.push(*value);
                        *version = version_of(*value);
                    }
                    Did::List(of, list) if *of == key => {
                        list.extend(sees.iter().filter(|value| !own.contains(value)));
                        list.extend(&own);
                        first = Some(moment);
                    }
                    Did::Read(of, value, version) if *of == key => {
                        *value = own.last().or(sees.last()).copied();
                        *version = value.map_or(0, version_of);
                        first = Some(moment);
                    }
                    _ => {}
                }
            }
        }
    }
    history(holding, &told)
}
