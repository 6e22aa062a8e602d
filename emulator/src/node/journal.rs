//! What a node keeps when its process ends, as a list of changes: a driver whose processes can be
//! killed writes them down before anybody hears of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wire::Digest;

use super::membership::Ledger;
use super::metadata::Metadata;
use super::namespace::Kept;
use super::roster::Roster;
use super::state::{Node, Storage};
use super::storage::{Claim, Lineage, Partition, Stored};
use super::truncation::Truncations;
use crate::partition::PARTITIONS;
use crate::security::Directory;

/// A change of what a node keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Change {
    /// A process has begun: its number.
    Began(u64),
    /// Its rounds.
    Ledger(Ledger),
    /// Its users and roles.
    Directory(Arc<Directory>),
    /// A namespace's roster, and which records are gone.
    Namespace {
        /// The namespace's position.
        namespace: usize,
        /// The roster.
        roster: Roster,
        /// Its truncations.
        truncations: Arc<Truncations>,
    },
    /// Something of one namespace's copies.
    Copy {
        /// The namespace's position.
        namespace: usize,
        /// What.
        change: CopyChange,
    },
    /// Functions, indexes, masks.
    Metadata(Arc<Metadata>),
}

/// A change of a namespace's copies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum CopyChange {
    /// A record is stored.
    Stored(Digest, Stored),
    /// A record is removed without a trace.
    Removed(Digest),
    /// A partition's records are dropped.
    Cleared(u16),
    /// A partition's records are the older copy from now on, unless there is one already.
    SetAside(u16),
    /// A partition's older copy is dropped.
    AsideDropped(u16),
    /// What the node knows of a partition's completeness.
    Known(u16, Claim, Option<Lineage>),
}

impl CopyChange {
    /// Makes the change. Nothing comes of a partition that does not exist.
    fn apply(self, partitions: &mut [Partition]) {
        let of = |partition: u16| usize::from(partition);
        let place = match &self {
            Self::Stored(digest, _) | Self::Removed(digest) => usize::from(digest.partition()),
            Self::Cleared(partition)
            | Self::SetAside(partition)
            | Self::AsideDropped(partition)
            | Self::Known(partition, ..) => of(*partition),
        };
        let Some(partition) = partitions.get_mut(place) else { return };
        match self {
            Self::Stored(digest, stored) => drop(partition.records.insert(digest, stored)),
            Self::Removed(digest) => drop(partition.records.remove(&digest)),
            Self::Cleared(_) => partition.records.clear(),
            Self::SetAside(_) => {
                let records = std::mem::take(&mut partition.records);
                if partition.stale.is_empty() {
                    partition.stale = records;
                }
            }
            Self::AsideDropped(_) => partition.stale.clear(),
            Self::Known(_, claim, lineage) => {
                partition.claim = claim;
                partition.lineage = lineage;
            }
        }
    }
}

/// The changes of a namespace's copies that have not been written down yet.
#[derive(Debug, Default)]
pub(super) struct Journal {
    changes: Vec<CopyChange>,
    /// The partitions of which the node knows something else.
    known: BTreeSet<u16>,
}

impl Journal {
    pub(super) fn note(&mut self, change: CopyChange) {
        self.changes.push(change);
    }

    pub(super) fn know(&mut self, partition: usize) {
        self.known.insert(partition as u16);
    }

    fn take(&mut self, partitions: &[Partition]) -> Vec<CopyChange> {
        let mut changes = std::mem::take(&mut self.changes);
        let known = std::mem::take(&mut self.known).into_iter();
        changes.extend(known.map(|partition| known_of(partition, partitions)));
        changes
    }
}

fn known_of(partition: u16, partitions: &[Partition]) -> CopyChange {
    let copy = &partitions[usize::from(partition)];
    CopyChange::Known(partition, copy.claim, copy.lineage)
}

/// What was last written down of all that is written as a whole.
#[derive(Debug)]
pub(super) struct Written {
    ledger: u64,
    heads: Vec<(Roster, Arc<Truncations>)>,
    directory: Arc<Directory>,
    metadata: Arc<Metadata>,
}

impl Node {
    /// Begins to note changes, and gives those that its start made.
    pub fn begin_journal(&mut self) -> Vec<Change> {
        let began = Change::Began(self.membership.incarnation);
        let ledger = Change::Ledger(self.ledger.clone());
        let directory = Change::Directory(Arc::clone(&self.directory));
        let metadata = Change::Metadata(Arc::clone(&self.metadata));
        let mut changes = vec![began, ledger, directory, metadata];
        for (position, namespace) in self.namespaces.iter_mut().enumerate() {
            let mut journal = Journal::default();
            let partitions = namespace.kept.partitions.iter().enumerate();
            partitions.filter(|(_, copy)| copy.claim.evade).for_each(|(at, _)| journal.know(at));
            namespace.journal = Some(journal);
            changes.push(head(position, &namespace.kept));
        }
        self.written = Some(self.as_written());
        changes
    }

    /// What was changed since the last call, in order; nothing before [`Node::begin_journal`].
    pub fn changes(&mut self) -> Vec<Change> {
        let Some(written) = &self.written else { return Vec::new() };
        let mut changes = Vec::new();
        if written.ledger != self.ledger.changes() {
            changes.push(Change::Ledger(self.ledger.clone()));
        }
        if !Arc::ptr_eq(&written.directory, &self.directory) {
            changes.push(Change::Directory(Arc::clone(&self.directory)));
        }
        if !Arc::ptr_eq(&written.metadata, &self.metadata) {
            changes.push(Change::Metadata(Arc::clone(&self.metadata)));
        }
        for (position, namespace) in self.namespaces.iter_mut().enumerate() {
            if written.heads[position] != head_of(&namespace.kept) {
                changes.push(head(position, &namespace.kept));
            }
            let Some(journal) = &mut namespace.journal else { continue };
            let copies = journal.take(&namespace.kept.partitions).into_iter();
            changes.extend(copies.map(|change| Change::Copy { namespace: position, change }));
        }
        if !changes.is_empty() {
            self.written = Some(self.as_written());
        }
        changes
    }

    fn as_written(&self) -> Written {
        Written {
            ledger: self.ledger.changes(),
            heads: self.namespaces.iter().map(|space| head_of(&space.kept)).collect(),
            directory: Arc::clone(&self.directory),
            metadata: Arc::clone(&self.metadata),
        }
    }
}

/// What is written of a namespace as a whole.
fn head_of(kept: &Kept) -> (Roster, Arc<Truncations>) {
    (kept.roster.clone(), Arc::clone(&kept.truncations))
}

fn head(namespace: usize, kept: &Kept) -> Change {
    let (roster, truncations) = head_of(kept);
    Change::Namespace { namespace, roster, truncations }
}

impl Storage {
    /// The storage of a node that has kept nothing, for so many namespaces.
    #[must_use]
    pub fn blank(namespaces: usize) -> Self {
        let kept = || Kept {
            roster: Roster::default(),
            partitions: std::iter::repeat_with(Partition::default).take(PARTITIONS).collect(),
            truncations: Arc::default(),
        };
        Self {
            incarnation: 0,
            warm: false,
            ledger: Ledger::default(),
            namespaces: std::iter::repeat_with(kept).take(namespaces).collect(),
            directory: Arc::default(),
            metadata: Arc::default(),
        }
    }

    /// Makes a change. Nothing comes of one in a namespace that does not exist.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Began(incarnation) => self.incarnation = incarnation,
            Change::Ledger(ledger) => self.ledger = ledger,
            Change::Directory(directory) => self.directory = directory,
            Change::Metadata(metadata) => self.metadata = metadata,
            Change::Namespace { namespace, roster, truncations } => {
                if let Some(kept) = self.namespaces.get_mut(namespace) {
                    kept.roster = roster;
                    kept.truncations = truncations;
                }
            }
            Change::Copy { namespace, change } => {
                if let Some(kept) = self.namespaces.get_mut(namespace) {
                    change.apply(&mut kept.partitions);
                }
            }
        }
    }

    /// The changes that lead from nothing to this storage.
    pub fn as_changes(&self) -> impl Iterator<Item = Change> + '_ {
        let began = Change::Began(self.incarnation);
        let ledger = Change::Ledger(self.ledger.clone());
        let directory = Change::Directory(Arc::clone(&self.directory));
        let namespaces = self.namespaces.iter().enumerate().flat_map(|(namespace, kept)| {
            let head = head(namespace, kept);
            let copies = (0u16..).zip(&kept.partitions).flat_map(|(partition, copy)| {
                let stored = |(digest, stored): (&Digest, &Stored)| {
                    CopyChange::Stored(*digest, stored.clone())
                };
                let aside = copy.stale.iter().map(stored);
                let turn = (!copy.stale.is_empty()).then_some(CopyChange::SetAside(partition));
                let records = copy.records.iter().map(stored);
                let known = known_of(partition, &kept.partitions);
                aside.chain(turn).chain(records).chain([known])
            });
            let copies = copies.map(move |change| Change::Copy { namespace, change });
            std::iter::once(head).chain(copies)
        });
        let metadata = Change::Metadata(Arc::clone(&self.metadata));
        [began, ledger, directory, metadata].into_iter().chain(namespaces)
    }
}
