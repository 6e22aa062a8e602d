//! Nodes are killed and lose what they held.

use std::time::Instant;

use aerospike::{Bins, as_bin};
use emulator::node::ConflictResolution;
use tokio::time::sleep;

use crate::PACE;
use crate::losses::{Found, Moments, judge};
use crate::row::Share;
use crate::split::{Crew, PART};
use crate::stage::{self, key, read_policy, settled, write_policy};
use crate::worker::BIN;

/// The keys of which two dead nodes held some alone.
const KEYS: u64 = 5_000;

/// One node is killed and comes back empty.
pub(crate) async fn one(seed: u64) -> Found {
    let cluster = stage::start(ConflictResolution::Generation, seed).await;
    let crew = Crew::begin(&cluster, PACE, seed).await;
    sleep(PART).await;
    let fault = Instant::now();
    cluster.kill(1).await.unwrap();
    sleep(PART).await;
    cluster.start_node(1, false).await.unwrap();
    let heal = Instant::now();
    settled(&cluster).await;
    let ended = Instant::now();
    sleep((heal + PART).saturating_duration_since(Instant::now())).await;
    let moments = Moments { fault, split: fault, heal, rejoin: heal, settled: ended };
    let (notes, last) = crew.end().await;
    judge(notes, last, moments)
}

/// Two nodes are killed at once and come back empty: keys that are gone then.
pub(crate) async fn two(seed: u64) -> Share {
    let cluster = stage::start(ConflictResolution::Generation, seed).await;
    let client = stage::client(&cluster, 0).await;
    for number in 0..KEYS {
        let bin = as_bin!(BIN, number as i64);
        client.put(&write_policy(None), &key("many", number), &[bin]).await.unwrap();
    }
    cluster.kill(1).await.unwrap();
    cluster.kill(4).await.unwrap();
    sleep(PART).await;
    for node in [1, 4] {
        cluster.start_node(node, false).await.unwrap();
    }
    settled(&cluster).await;
    let mut gone = 0;
    for number in 0..KEYS {
        let mut policy = read_policy();
        policy.base_policy.max_retries = 5;
        match client.get(&policy, &key("many", number), Bins::All).await {
            Ok(_) => {}
            Err(error)
                if error.server_result_code() == Some(aerospike::ResultCode::KeyNotFoundError) =>
            {
                gone += 1;
            }
            Err(error) => panic!("key {number}: {error}"),
        }
    }
    client.close().await.unwrap();
    (gone, KEYS)
}
