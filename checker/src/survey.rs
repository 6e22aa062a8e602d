//! One pass over all operations of a history: what the assumptions ask of them.

use history::{History, OperationCounts, Operations, Outcome, Packed, ProcessId};
use rustc_hash::FxHashMap;

/// What one pass over a history shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Survey {
    /// How the operations ended.
    pub(crate) counts: OperationCounts,
    /// How many of them never completed.
    pub(crate) unanswered: u64,
    /// How many were acknowledged between a probe that found a fault in force and one that found it
    /// gone, by site.
    pub(crate) acknowledged_in_faults: Vec<u64>,
    /// How many processes there are.
    pub(crate) processes: u64,
    /// The first operation that was invoked while another of its process was open.
    pub(crate) overlapping: Option<usize>,
    /// The first operation at which time runs backwards.
    pub(crate) backwards: Option<usize>,
    /// Of each key, by its number, whether a process invoked an operation on it at the very time at
    /// which the one before ended: real time does not order these two.
    pub(crate) tied: Vec<bool>,
}

impl Survey {
    pub(crate) fn of(history: &History) -> Self {
        let operations = &history.operations;
        let windows = history.fault_windows();
        let mut this = Self { tied: vec![false; operations.keys().len()], ..Self::default() };
        let mut sessions = Sessions::of(operations);
        let mut before_ns = 0;
        let mut before_its_call = None;
        for (position, one) in operations.iter_packed().enumerate() {
            this.count(&one);
            let (call_ns, end_ns) = (one.invoked_ns(), one.completed_ns());
            if let (Some(end_ns), Outcome::Ok) = (end_ns, one.outcome())
                && windows.iter().any(|(_, from, to)| (*from..=*to).contains(&end_ns))
            {
                let site = usize::from(one.site().0);
                if this.acknowledged_in_faults.len() <= site {
                    this.acknowledged_in_faults.resize(site + 1, 0);
                }
                this.acknowledged_in_faults[site] += 1;
            }
            if call_ns < before_ns {
                this.backwards.get_or_insert(position);
            }
            before_ns = call_ns;
            if end_ns.is_some_and(|end_ns| end_ns < call_ns) {
                before_its_call.get_or_insert(position);
            }
            // One in doubt ends with its timeout; only one that never ended keeps its process busy.
            match sessions.replace(one.process(), end_ns.unwrap_or(u64::MAX)) {
                None => this.processes += 1,
                Some(free_ns) if free_ns > call_ns => {
                    this.overlapping.get_or_insert(position);
                }
                Some(free_ns) => this.tied[one.key_number() as usize] |= free_ns == call_ns,
            }
        }
        this.backwards = this.backwards.or(before_its_call);
        this
    }

    fn count(&mut self, one: &Packed<'_>) {
        match one.outcome() {
            Outcome::Ok => self.counts.ok += 1,
            Outcome::Fail => self.counts.fail += 1,
            Outcome::Info => self.counts.info += 1,
        }
        self.unanswered += u64::from(one.completed_ns().is_none());
    }
}

/// When each process was free again, in ns.
struct Sessions {
    /// By process: mostly their ids are dense.
    low: Vec<Option<u64>>,
    high: FxHashMap<ProcessId, u64>,
    bound: usize,
}

impl Sessions {
    fn of(operations: &Operations) -> Self {
        Self { low: Vec::new(), high: FxHashMap::default(), bound: 2 * operations.len() + 1024 }
    }

    /// Notes when a process is free, and gives back when it was so before.
    fn replace(&mut self, process: ProcessId, free_ns: u64) -> Option<u64> {
        let at = process.0 as usize;
        if at >= self.bound {
            return self.high.insert(process, free_ns);
        }
        if at >= self.low.len() {
            self.low.resize(at + 1, None);
        }
        self.low[at].replace(free_ns)
    }
}
