//! A cluster that does what a test tells it, rightly or wrongly.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use history::{Interruption, Link, Topology};
use tokio::time::Instant;

use super::{Journal, Standing, Target};
use crate::fixture::stretch;

/// How the cluster misbehaves.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    /// Interruptions are refused.
    pub(super) refuses: bool,
    /// Interruptions have no effect on these links.
    pub(super) immune: BTreeSet<Link>,
    /// Interruptions are never restored.
    pub(super) never_restores: bool,
    /// Renewals are refused, so that leases lapse.
    pub(super) never_renews: bool,
    /// These links are closed whatever anybody does.
    pub(super) broken: BTreeSet<Link>,
    /// A killed node does not die.
    pub(super) immortal: bool,
}

#[derive(Debug)]
struct Lease {
    links: BTreeSet<Link>,
    lasts: Duration,
    until: Instant,
}

#[derive(Debug, Default)]
struct State {
    leases: BTreeMap<u64, Lease>,
    named: u64,
    silent: BTreeSet<u8>,
    offsets_ms: BTreeMap<u8, i64>,
    calls: Vec<String>,
}

/// The cluster. It notes each call, and what the journal on disk held at that moment.
#[derive(Debug)]
pub(super) struct Scripted {
    topology: Topology,
    script: Script,
    journal: PathBuf,
    state: Mutex<State>,
}

impl Scripted {
    pub(super) fn new(script: Script, journal: PathBuf) -> Self {
        Self { topology: stretch(), script, journal, state: Mutex::default() }
    }

    /// The calls so far, as `interrupt 10 links, journal holds 1`.
    pub(super) fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn noted(&self, call: &str) -> MutexGuard<'_, State> {
        let standing: Vec<Standing> = Journal::status(&self.journal).unwrap();
        let mut state = self.state();
        state.calls.push(format!("{call}, journal holds {}", standing.len()));
        state
    }
}

impl Target for Scripted {
    type Error = String;

    fn topology(&self) -> &Topology {
        &self.topology
    }

    async fn interrupt(
        &self,
        links: &[Link],
        _how: Interruption,
        lease: Duration,
    ) -> Result<u64, String> {
        let mut state = self.noted(&format!("interrupt {} links", links.len()));
        if self.script.refuses {
            return Err("not today".to_owned());
        }
        state.named += 1;
        let named = state.named;
        let links = links.iter().copied().filter(|l| !self.script.immune.contains(l)).collect();
        state.leases.insert(named, Lease { links, lasts: lease, until: Instant::now() + lease });
        Ok(named)
    }

    async fn renew(&self, interruption: u64) -> Result<(), String> {
        if self.script.never_renews {
            return Err("no such lease".to_owned());
        }
        let mut state = self.state();
        let lease = state.leases.get_mut(&interruption).ok_or("no such interruption")?;
        lease.until = Instant::now() + lease.lasts;
        Ok(())
    }

    async fn restore(&self, interruption: u64) -> Result<(), String> {
        let mut state = self.noted(&format!("restore {interruption}"));
        if self.script.never_restores {
            return Err("the rule is locked".to_owned());
        }
        state.leases.remove(&interruption);
        Ok(())
    }

    async fn is_open(&self, link: Link) -> Result<bool, String> {
        let now = Instant::now();
        let cut = |lease: &Lease| {
            (lease.until > now || self.script.never_restores) && lease.links.contains(&link)
        };
        Ok(!self.script.broken.contains(&link) && !self.state().leases.values().any(cut))
    }

    async fn kill(&self, node: u8) -> Result<(), String> {
        let mut state = self.noted(&format!("kill {node}"));
        if !self.script.immortal {
            state.silent.insert(node);
        }
        Ok(())
    }

    async fn start(&self, node: u8) -> Result<(), String> {
        self.noted(&format!("start {node}")).silent.remove(&node);
        Ok(())
    }

    async fn pause(&self, node: u8) -> Result<(), String> {
        self.noted(&format!("pause {node}")).silent.insert(node);
        Ok(())
    }

    async fn resume(&self, node: u8) -> Result<(), String> {
        self.noted(&format!("resume {node}")).silent.remove(&node);
        Ok(())
    }

    async fn answers(&self, node: u8) -> bool {
        !self.state().silent.contains(&node)
    }

    async fn set_clock_offset(&self, node: u8, offset_ms: i64) -> Result<(), String> {
        self.noted(&format!("clock {node} {offset_ms}")).offsets_ms.insert(node, offset_ms);
        Ok(())
    }

    async fn clock_offset_ms(&self, node: u8) -> Result<i64, String> {
        Ok(self.state().offsets_ms.get(&node).copied().unwrap_or(0))
    }
}
