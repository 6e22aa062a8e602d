//! The reads after healing: every site reads every key that was ever written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use history::{Call, Key, Outcome};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::load::runtime;
use super::process::Process;

/// Readers of each site.
pub(super) const READERS: usize = 8;
/// How long after the beginning a read that fails is still tried again.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// What the final reads came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinalReads {
    /// Keys that every site was to read.
    pub keys: u64,
    /// Reads that succeeded, over all sites: `keys` times the sites if nothing is missing.
    pub read: u64,
    /// Keys that some site could not read to the end, in rising order.
    pub unread: Vec<Key>,
}

/// Lets the readers of each site read all keys. Each read is an operation of the history, and so is
/// each further try of one that failed.
pub(super) async fn final_reads(
    keys: Vec<Key>,
    sites: Vec<Vec<Process>>,
    runtimes: &[Handle],
) -> FinalReads {
    let keys: Arc<[Key]> = keys.into();
    let end = Instant::now() + PATIENCE;
    let mut readers = JoinSet::new();
    for (number, site) in (0..).zip(sites) {
        let runtime = runtime(runtimes, number);
        let next = Arc::new(AtomicUsize::new(0));
        for process in site {
            readers.spawn_on(read(process, Arc::clone(&keys), Arc::clone(&next), end), &runtime);
        }
    }
    let mut report = FinalReads { keys: keys.len() as u64, ..FinalReads::default() };
    for (read, unread) in readers.join_all().await {
        report.read += read;
        report.unread.extend(unread);
    }
    report.unread.sort_unstable();
    report.unread.dedup();
    report
}

/// One reader: takes key after key; says how many it read, and which it could not.
async fn read(
    mut process: Process,
    keys: Arc<[Key]>,
    next: Arc<AtomicUsize>,
    end: Instant,
) -> (u64, Vec<Key>) {
    let (mut read, mut unread) = (0, Vec::new());
    while let Some(key) = keys.get(next.fetch_add(1, Ordering::Relaxed)) {
        loop {
            if process.ask(*key, Call::Read).await.outcome == Outcome::Ok {
                read += 1;
                break;
            }
            if Instant::now() >= end {
                unread.push(*key);
                break;
            }
            sleep(PAUSE).await;
        }
    }
    (read, unread)
}
