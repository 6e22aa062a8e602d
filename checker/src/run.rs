//! A run as the judge sees it: the history by key, and the windows of its faults.

use std::collections::BTreeMap;

use history::{
    Fault, FaultRecord, History, Key, Manifest, Mark, Observation, Operation, Operations, Outcome,
    Packed,
};

use crate::anomalies::Record;
use crate::survey::Survey;

/// A stored run with what every check needs of it.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    /// What was asked.
    pub(crate) manifest: &'a Manifest,
    /// What happened.
    pub(crate) history: &'a History,
    /// The faults by index, each as its last line says.
    pub(crate) faults: BTreeMap<u32, &'a FaultRecord>,
    /// What the nodes said of themselves.
    pub(crate) observations: &'a [Observation],
    /// When faults were in force.
    pub(crate) windows: Vec<Window>,
    pub(crate) survey: Survey,
    /// The keys, in order, each with the end of its positions.
    keys: Vec<(Key, usize)>,
    /// The positions of the operations, key by key, in the order of their invocations.
    positions: Vec<u32>,
    final_reads_ns: Option<u64>,
}

/// When one fault was in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// The fault's index.
    pub(crate) fault: u32,
    /// When its injection began at the earliest, in ns.
    pub(crate) from_ns: u64,
    /// When a probe found it gone (or the history's end), in ns.
    pub(crate) to_ns: u64,
    /// When the cluster was whole again and no migration remained, in ns: until then nodes may go on
    /// apart although nothing parts them any more.
    pub(crate) settled_ns: u64,
    /// Whether it parts nodes that go on alone: a partition, or a node that is paused for long.
    pub(crate) parts: bool,
}

impl Window {
    /// Whether a span of time touches the window.
    #[must_use]
    pub(crate) fn touches(&self, from_ns: u64, to_ns: u64) -> bool {
        from_ns <= self.to_ns && self.from_ns <= to_ns
    }
}

impl<'a> Run<'a> {
    /// Gathers a run.
    #[must_use]
    pub(crate) fn new(
        manifest: &'a Manifest,
        history: &'a History,
        faults: &'a [FaultRecord],
        observations: &'a [Observation],
    ) -> Self {
        let faults: BTreeMap<u32, &FaultRecord> =
            faults.iter().map(|record| (record.index, record)).collect();
        let ((keys, positions), survey) =
            rayon::join(|| by_key(&history.operations), || Survey::of(history));
        Self {
            manifest,
            history,
            windows: windows(manifest, history, &faults, observations),
            faults,
            observations,
            survey,
            keys,
            positions,
            final_reads_ns: history.marked_ns(Mark::FinalReadsStarted),
        }
    }

    /// The keys, in order.
    pub(crate) fn keys(&self) -> impl ExactSizeIterator<Item = Key> + '_ {
        self.keys.iter().map(|(key, _)| *key)
    }

    /// The positions of the operations of a key, which is given by its rank among all, in the order of
    /// their invocations.
    #[must_use]
    pub(crate) fn positions(&self, rank: usize) -> &[u32] {
        let begin = rank.checked_sub(1).map_or(0, |before| self.keys[before].1);
        &self.positions[begin..self.keys[rank].1]
    }

    /// The operations of a key, packed.
    pub(crate) fn packed(&self, rank: usize) -> impl Iterator<Item = Packed<'a>> + Clone + '_ {
        let operations = &self.history.operations;
        self.positions(rank).iter().map(|position| operations.packed(*position as usize))
    }

    /// The operations of a key.
    #[must_use]
    pub(crate) fn operations(&self, rank: usize) -> Vec<Operation> {
        self.packed(rank).map(Operation::from).collect()
    }

    /// A key's rank among all.
    #[must_use]
    pub(crate) fn rank(&self, key: Key) -> Option<usize> {
        self.keys.binary_search_by_key(&key, |(key, _)| *key).ok()
    }

    /// Looks at a key as a [`Record`], which is gathered for that and then gone.
    pub(crate) fn with_record<T>(&self, rank: usize, look: impl FnOnce(&Record<'_>) -> T) -> T {
        let operations = self.operations(rank);
        look(&Record::of(self, self.keys[rank].0, &operations))
    }

    /// Whether an operation is a read, made after healing and migrations, that was answered.
    #[must_use]
    pub(crate) fn is_final_read(&self, operation: &Operation) -> bool {
        !operation.call.is_write()
            && operation.outcome == Outcome::Ok
            && self.final_reads_ns.is_some_and(|start| operation.invoked_ns >= start)
    }

    /// When the final reads began, in ns.
    #[must_use]
    pub(crate) fn final_reads_ns(&self) -> Option<u64> {
        self.final_reads_ns
    }

    /// When no migration remained, in ns.
    #[must_use]
    pub(crate) fn migrations_ended_ns(&self) -> Option<u64> {
        self.history.marked_ns(Mark::MigrationsEnded)
    }
}

/// The keys in order, each with the end of its part of the positions: sorted by counting.
fn by_key(operations: &Operations) -> (Vec<(Key, usize)>, Vec<u32>) {
    let mut counts = vec![0_usize; operations.keys().len()];
    for operation in operations.iter_packed() {
        counts[operation.key_number() as usize] += 1;
    }
    let mut numbers: Vec<usize> = (0..counts.len()).collect();
    numbers.sort_unstable_by_key(|number| operations.keys()[*number]);
    let mut keys = Vec::with_capacity(counts.len());
    let mut next = counts.clone();
    let mut end = 0;
    for number in numbers {
        next[number] = end;
        end += counts[number];
        keys.push((operations.keys()[number], end));
    }
    let mut positions = vec![0; operations.len()];
    for (position, operation) in (0..).zip(operations.iter_packed()) {
        let slot = &mut next[operation.key_number() as usize];
        positions[*slot] = position;
        *slot += 1;
    }
    (keys, positions)
}

/// The windows in time. A probe confirms a fault somewhat after its injection began, so a window
/// begins when the schedule planned it, if that was earlier.
fn windows(
    manifest: &Manifest,
    history: &History,
    faults: &BTreeMap<u32, &FaultRecord>,
    observations: &[Observation],
) -> Vec<Window> {
    let load_ns = history.marked_ns(Mark::LoadStarted).unwrap_or(0);
    let migrations_ended_ns = history.marked_ns(Mark::MigrationsEnded);
    history
        .fault_windows()
        .into_iter()
        .map(|(fault, applied_ns, to_ns)| {
            let record = faults.get(&fault);
            let planned_ns = record.map(|r| load_ns.saturating_add(r.planned_at_ms * 1_000_000));
            let parts = record.is_none_or(|record| {
                matches!(record.fault, Fault::Partition { .. } | Fault::Pause { .. })
            });
            let from_ns = planned_ns.map_or(applied_ns, |planned| planned.min(applied_ns));
            let whole = observations
                .iter()
                .find(|one| one.time_ns > to_ns && is_whole(one, &manifest.arm.namespace));
            let settled_ns = whole
                .map(|observation| observation.time_ns)
                .or(migrations_ended_ns)
                .map_or(u64::MAX, |settled_ns| settled_ns.max(to_ns));
            Window { fault, from_ns, to_ns, settled_ns, parts }
        })
        .collect()
}

/// Whether all nodes answered, as one cluster of all, and none has migrations left.
fn is_whole(observation: &Observation, namespace: &str) -> bool {
    let first = observation.nodes.first().and_then(Option::as_ref);
    let size = observation.nodes.len() as u32;
    observation.nodes.iter().all(|node| {
        node.as_ref().zip(first).is_some_and(|(node, first)| {
            node.cluster_size == size
                && node.cluster_key == first.cluster_key
                && node.namespaces.get(namespace).is_some_and(|one| one.migrations_remaining == 0)
        })
    })
}
