//! One judged run as the pages see it, on the clock that readers understand: seconds since the
//! load began.

use std::collections::BTreeMap;

use history::{
    FaultOutcome, FaultRecord, History, Manifest, Mark, Observation, Operation, Outcome, Results,
};

use crate::words;

/// Everything that stands in the directory of one judged run.
#[derive(Clone, Copy, Debug)]
pub struct RunView<'a> {
    /// What was asked, of what.
    pub manifest: &'a Manifest,
    /// What happened.
    pub history: &'a History,
    /// All lines of `faults.jsonl`; the last line of a fault counts.
    pub faults: &'a [FaultRecord],
    /// What the nodes said of themselves.
    pub observations: &'a [Observation],
    /// What the checker says.
    pub results: &'a Results,
}

/// A window in which a fault was in force, by its probes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Band {
    /// The fault's position in the schedule, from 0.
    pub(crate) fault: u32,
    /// When a probe first found it in force, in seconds since the load began.
    pub(crate) from_s: f64,
    /// When a probe first found it gone, or the end of the history.
    pub(crate) to_s: f64,
}

/// A moment at which the run entered a phase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Phase {
    /// In seconds since the load began.
    pub(crate) at_s: f64,
    /// What begins or ends.
    pub(crate) name: &'static str,
}

impl<'a> RunView<'a> {
    /// When the load began, in ns since the run began; without that mark, the first invocation.
    fn origin_ns(&self) -> u64 {
        let first = self.history.operations.first().map_or(0, |operation| operation.invoked_ns);
        self.history.marked_ns(Mark::LoadStarted).unwrap_or(first)
    }

    /// A time of the history in seconds since the load began; negative before it.
    pub(crate) fn seconds(&self, time_ns: u64) -> f64 {
        (time_ns as f64 - self.origin_ns() as f64) / 1e9
    }

    /// Where the history ends, in seconds since the load began; at least a tenth.
    pub(crate) fn end_s(&self) -> f64 {
        self.seconds(self.history.ended_ns).max(0.1)
    }

    /// What became of each planned fault: the last line of each.
    pub(crate) fn fault_records(&self) -> Vec<&'a FaultRecord> {
        let mut last = BTreeMap::new();
        for record in self.manifest.nemesis.schedule.iter().chain(self.faults) {
            last.insert(record.index, record);
        }
        last.into_values().collect()
    }

    /// The windows in which faults were in force, in time. The fault journal knows them by its
    /// probes; where it was lost, the history's own fault events stand in.
    pub(crate) fn bands(&self) -> Vec<Band> {
        let end_s = self.end_s();
        let mut bands: Vec<Band> = self
            .fault_records()
            .into_iter()
            .filter_map(|record| {
                let healed_s = record.healed_ns.map_or(end_s, |ns| self.seconds(ns));
                let from_s = self.seconds(record.applied_ns?);
                Some(Band { fault: record.index, from_s, to_s: healed_s.max(from_s) })
            })
            .collect();
        if bands.is_empty() {
            let windows = self.history.fault_windows().into_iter();
            bands.extend(windows.map(|(fault, from, to)| Band {
                fault,
                from_s: self.seconds(from),
                to_s: self.seconds(to),
            }));
        }
        bands.sort_by(|a, b| a.from_s.total_cmp(&b.from_s).then(a.fault.cmp(&b.fault)));
        bands
    }

    /// The phases after the load began, in time.
    pub(crate) fn phases(&self) -> Vec<Phase> {
        self.history
            .marks
            .iter()
            .filter_map(|(at, mark)| {
                let name = match mark {
                    Mark::LoadEnded => "load ended",
                    Mark::MigrationsEnded => "migrations ended",
                    Mark::FinalReadsStarted => "final reads",
                    Mark::LoadStarted | Mark::FinalReadsEnded => return None,
                };
                Some(Phase { at_s: self.seconds(*at), name })
            })
            .collect()
    }

    /// The faults' windows overlapping a time.
    pub(crate) fn in_fault(&self, bands: &[Band], time_ns: u64) -> bool {
        let at_s = self.seconds(time_ns);
        bands.iter().any(|band| band.from_s <= at_s && at_s < band.to_s)
    }

    /// How many faults were really in force at some time.
    pub(crate) fn faults_in_force(&self) -> usize {
        self.fault_records()
            .iter()
            .filter(|record| {
                record.applied_ns.is_some()
                    || matches!(record.outcome, FaultOutcome::Applied | FaultOutcome::Healed)
            })
            .count()
    }

    /// A site's name, or its number where the topology does not name it.
    pub(crate) fn site(&self, site: u8) -> String {
        words::site(&self.manifest.cluster.topology, site)
    }
}

/// Whether the cluster answered: the operation is ok, or it is a compare-and-set that the cluster
/// refused because another one had been faster (result code 3, a generation error).
pub(crate) fn is_answered(operation: &Operation) -> bool {
    const GENERATION_ERROR: i16 = 3;
    match operation.outcome {
        Outcome::Ok => true,
        Outcome::Fail => {
            matches!(operation.call, history::Call::Cas { .. })
                && operation.code == GENERATION_ERROR
        }
        Outcome::Info => false,
    }
}
