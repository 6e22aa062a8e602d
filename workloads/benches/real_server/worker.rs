//! What one worker does, and what it notes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aerospike::operations::lists::{self, ListPolicy};
use aerospike::{Bins, Client, Value as BinValue, as_bin, operations};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::stage::{key, read_policy, write_policy};

/// Records of each kind.
pub(crate) const KEYS: u64 = 200;
/// Sets of records: lists, counters, registers.
pub(crate) const LISTS: &str = "lists";
pub(crate) const COUNTERS: &str = "counters";
pub(crate) const REGISTERS: &str = "registers";
/// The bin of every record.
pub(crate) const BIN: &str = "v";

/// How an append ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Acknowledged,
    InDoubt,
    /// The client says that it did not happen.
    Failed,
}

/// An append of a value that is appended nowhere else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Append {
    pub(crate) key: u64,
    pub(crate) value: i64,
    pub(crate) end: End,
    pub(crate) at: Instant,
}

/// A read of a list.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) key: u64,
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) values: BTreeSet<i64>,
}

/// What a worker noted.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) appends: Vec<Append>,
    pub(crate) looks: Vec<Look>,
    /// Keys of acknowledged additions of one.
    pub(crate) adds: Vec<u64>,
    /// Key, generation and value that an acknowledged compare-and-set replaced.
    pub(crate) sets: Vec<(u64, u32, i64)>,
}

/// Works until it is stopped; `worker` is its number, and part of every value that it writes.
pub(crate) async fn work(
    client: Arc<Client>,
    worker: u64,
    pause: Duration,
    seed: u64,
    stop: watch::Receiver<bool>,
) -> Notes {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(worker);
    let mut notes = Notes::default();
    let mut value = (worker as i64) << 32;
    while !*stop.borrow() {
        let number = random.random_range(0..KEYS);
        value += 1;
        match random.random_range(0..10) {
            0..4 => append(&client, number, value, &mut notes).await,
            4..6 => {
                let add = [operations::add(&as_bin!(BIN, 1))];
                if client.operate(&write_policy(None), &key(COUNTERS, number), &add).await.is_ok() {
                    notes.adds.push(number);
                }
            }
            6..8 => compare_and_set(&client, number, value, &mut notes).await,
            _ => {
                let began = Instant::now();
                if let Some(values) = list(&client, number).await {
                    let ended = Instant::now();
                    notes.looks.push(Look { key: number, began, ended, values });
                }
            }
        }
        sleep(pause).await;
    }
    notes
}

async fn append(client: &Client, number: u64, value: i64, notes: &mut Notes) {
    let operation = [lists::append(&ListPolicy::default(), BIN, BinValue::Int(value))];
    let answer = client.operate(&write_policy(None), &key(LISTS, number), &operation).await;
    let end = match answer {
        Ok(_) => End::Acknowledged,
        Err(error) if error.in_doubt() => End::InDoubt,
        Err(_) => End::Failed,
    };
    notes.appends.push(Append { key: number, value, end, at: Instant::now() });
}

async fn compare_and_set(client: &Client, number: u64, value: i64, notes: &mut Notes) {
    let key = key(REGISTERS, number);
    let (generation, seen) = match client.get(&read_policy(), &key, Bins::All).await {
        Ok(record) => match record.bins.get(BIN) {
            Some(BinValue::Int(seen)) => (record.generation, *seen),
            _ => return,
        },
        Err(error) if is_absent(&error) => (0, 0),
        Err(_) => return,
    };
    let set = client.put(&write_policy(Some(generation)), &key, &[as_bin!(BIN, value)]).await;
    if set.is_ok() {
        notes.sets.push((number, generation, seen));
    }
}

/// The values of a list; an absent one is empty, `None` if nobody answered.
pub(crate) async fn list(client: &Client, number: u64) -> Option<BTreeSet<i64>> {
    match client.get(&read_policy(), &key(LISTS, number), Bins::All).await {
        Ok(record) => match record.bins.get(BIN) {
            Some(BinValue::List(values)) => Some(values.iter().filter_map(number_of).collect()),
            _ => Some(BTreeSet::new()),
        },
        Err(error) if is_absent(&error) => Some(BTreeSet::new()),
        Err(_) => None,
    }
}

/// A counter; an absent one is zero, `None` if nobody answered.
pub(crate) async fn counter(client: &Client, number: u64) -> Option<u64> {
    match client.get(&read_policy(), &key(COUNTERS, number), Bins::All).await {
        Ok(record) => record.bins.get(BIN).and_then(number_of).map(|count| count as u64),
        Err(error) if is_absent(&error) => Some(0),
        Err(_) => None,
    }
}

fn number_of(value: &BinValue) -> Option<i64> {
    match value {
        BinValue::Int(number) => Some(*number),
        _ => None,
    }
}

fn is_absent(error: &aerospike::Error) -> bool {
    error.server_result_code() == Some(aerospike::ResultCode::KeyNotFoundError)
}
