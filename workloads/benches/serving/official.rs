//! The official client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aerospike::{Bins, Client, ClientPolicy, ReadPolicy, WritePolicy, as_bin, as_key};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::node::NAMESPACE;

/// Keys that are written and read.
const KEYS: i64 = 1000;

/// So many processes share a client and write and read in turns for so long; how many operations
/// succeeded.
pub(crate) async fn load(server: SocketAddr, processes: usize, lasting: Duration) -> u64 {
    let client = Client::new(&ClientPolicy::default(), &server.to_string()).await.unwrap();
    let client = Arc::new(client);
    let end = Instant::now() + lasting;
    let mut tasks = JoinSet::new();
    for process in 0..processes as i64 {
        let client = Arc::clone(&client);
        tasks.spawn(async move {
            let (read, write) = (ReadPolicy::default(), WritePolicy::default());
            let mut count = 0;
            while Instant::now() < end {
                let key = as_key!(NAMESPACE, "set", (process * 31 + count as i64 / 2) % KEYS);
                if count % 2 == 0 {
                    client.put(&write, &key, &[as_bin!("v", count as i64)]).await.unwrap();
                } else {
                    client.get(&read, &key, Bins::All).await.unwrap();
                }
                count += 1;
            }
            count
        });
    }
    let operations = tasks.join_all().await.into_iter().sum();
    client.close().await.unwrap();
    operations
}
