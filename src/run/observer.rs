//! What the nodes say of themselves, again and again, while a pair runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cluster::Cluster;
use history::Observation;
use tokio::sync::mpsc;

/// Looks at every node until nobody listens any more.
pub(super) async fn observe(
    cluster: Arc<Cluster>,
    origin: Instant,
    every: Duration,
    seen: mpsc::Sender<Observation>,
) {
    let mut ticker = tokio::time::interval(every);
    ticker.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticker.tick().await;
        let observation = cluster.observe(origin.elapsed().as_nanos() as u64).await;
        if seen.send(observation).await.is_err() {
            return;
        }
    }
}
