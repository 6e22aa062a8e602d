//! What a fault does to a cluster, how that is undone, and how both are seen.

use std::sync::Arc;
use std::time::Duration;

use history::{Fault, Interruption, Link, Topology};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::look::Look;
use super::{Patience, Target};
use crate::schedule;

/// A fault as handles of the cluster see it. It is what the journal stores: enough to undo it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Disturbance {
    /// Links are interrupted.
    Links {
        /// The links.
        links: Vec<Link>,
        /// How.
        interruption: Interruption,
    },
    /// A node's process is killed.
    Killed {
        /// The node.
        node: u8,
    },
    /// A node's process is stopped in its tracks.
    Paused {
        /// The node.
        node: u8,
    },
    /// A node's wall clock is off.
    Skewed {
        /// The node.
        node: u8,
        /// By how much, in ms.
        offset_ms: i64,
    },
}

impl Disturbance {
    /// What a fault does on this topology.
    #[must_use]
    pub fn of(fault: &Fault, topology: &Topology) -> Self {
        match fault {
            Fault::Partition { interruption, .. } => {
                Self::Links { links: schedule::links(fault, topology), interruption: *interruption }
            }
            Fault::Kill { node } => Self::Killed { node: *node },
            Fault::Pause { node } => Self::Paused { node: *node },
            Fault::ClockSkew { node, offset_ms } => {
                Self::Skewed { node: *node, offset_ms: *offset_ms }
            }
        }
    }

    /// Applies it; gives the interruption's number if it is one.
    pub(super) async fn apply<T: Target>(
        &self,
        target: &T,
        patience: &Patience,
    ) -> Result<Option<u64>, String> {
        let applied = async {
            match self {
                Self::Links { links, interruption } => {
                    target.interrupt(links, *interruption, patience.lease).await.map(Some)
                }
                Self::Killed { node } => target.kill(*node).await.map(|()| None),
                Self::Paused { node } => target.pause(*node).await.map(|()| None),
                Self::Skewed { node, offset_ms } => {
                    target.set_clock_offset(*node, *offset_ms).await.map(|()| None)
                }
            }
        };
        bounded(patience.probe_within, applied).await
    }

    /// Begins its lease anew, if it has one.
    pub(super) async fn renew<T: Target>(
        &self,
        target: &T,
        interruption: Option<u64>,
        patience: &Patience,
    ) -> Result<(), String> {
        match interruption {
            Some(interruption) => bounded(patience.probe_within, target.renew(interruption)).await,
            None => Ok(()),
        }
    }

    /// Undoes it. An interruption whose number nobody knows can only lapse.
    async fn undo<T: Target>(
        &self,
        target: &T,
        interruption: Option<u64>,
        patience: &Patience,
    ) -> Result<(), String> {
        let undone = async {
            match (self, interruption) {
                (Self::Links { .. }, Some(interruption)) => target.restore(interruption).await,
                (Self::Links { .. }, None) => Ok(()),
                (Self::Killed { node }, _) => target.start(*node).await,
                (Self::Paused { node }, _) => target.resume(*node).await,
                (Self::Skewed { node, .. }, _) => target.set_clock_offset(*node, 0).await,
            }
        };
        bounded(patience.heal_within, undone).await
    }

    /// Undoes it again and again until probes find it gone, or patience ends.
    ///
    /// # Errors
    /// What is still disturbed, and what the handles said.
    pub(super) async fn heal<T: Target>(
        &self,
        target: &Arc<T>,
        interruption: Option<u64>,
        patience: &Patience,
    ) -> Result<Look, String> {
        let deadline = Instant::now() + patience.heal_within;
        loop {
            let undone = self.undo(&**target, interruption, patience).await;
            let look = self.look(target, patience.probe_within).await;
            if look.all_whole() {
                return Ok(look);
            }
            if Instant::now() >= deadline {
                let said = undone.err().map_or_else(String::new, |error| format!(" ({error})"));
                return Err(format!("{look}{said}"));
            }
            sleep(patience.probe_every).await;
        }
    }

    /// Looks until everything is as wanted, or the time is over; the last look tells.
    pub(super) async fn look_until<T: Target>(
        &self,
        target: &Arc<T>,
        wanted: fn(&Look) -> bool,
        within: Duration,
        every: Duration,
    ) -> Result<Look, Look> {
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let look = self.look(target, left.max(every)).await;
            if wanted(&look) {
                return Ok(look);
            }
            if Instant::now() >= deadline {
                return Err(look);
            }
            sleep(every).await;
        }
    }

    /// One round of probes, all at once, none of which may take longer than `within`.
    pub(super) async fn look<T: Target>(&self, target: &Arc<T>, within: Duration) -> Look {
        match self {
            Self::Links { links, .. } => look_at_links(target, links, within).await,
            Self::Killed { node } | Self::Paused { node } => {
                let answers = timeout(within, target.answers(*node)).await.unwrap_or(false);
                if answers {
                    Look { whole: vec![format!("node {node} answers")], ..Look::default() }
                } else {
                    Look { disturbed: vec![format!("node {node} is silent")], ..Look::default() }
                }
            }
            Self::Skewed { node, .. } => {
                match bounded(within, target.clock_offset_ms(*node)).await {
                    Ok(0) => {
                        Look { whole: vec![format!("node {node} is on time")], ..Look::default() }
                    }
                    Ok(off) => {
                        let seen = format!("node {node} is {off} ms off");
                        Look { disturbed: vec![seen], ..Look::default() }
                    }
                    Err(error) => {
                        let seen = format!("the clock of node {node} ({error})");
                        Look { unknown: vec![seen], ..Look::default() }
                    }
                }
            }
        }
    }
}

async fn look_at_links<T: Target>(target: &Arc<T>, links: &[Link], within: Duration) -> Look {
    let mut probes = JoinSet::new();
    for link in links.iter().copied() {
        let target = Arc::clone(target);
        probes.spawn(async move { (link, bounded(within, target.is_open(link)).await) });
    }
    let mut seen = probes.join_all().await;
    seen.sort_by_key(|(link, _)| *link);
    let mut look = Look::default();
    for (link, open) in seen {
        match open {
            Ok(true) => look.whole.push(format!("{link} open")),
            Ok(false) => look.disturbed.push(format!("{link} closed")),
            Err(error) => look.unknown.push(format!("{link} ({error})")),
        }
    }
    look
}

/// Waits for a handle, but not for ever.
async fn bounded<V, E: std::fmt::Display>(
    within: Duration,
    handle: impl Future<Output = Result<V, E>>,
) -> Result<V, String> {
    match timeout(within, handle).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} ms", within.as_millis())),
    }
}
