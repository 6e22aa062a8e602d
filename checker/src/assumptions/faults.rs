//! Every planned fault was in force, as probes saw it, was healed, and they lasted long enough.

use history::{Assumption, FaultOutcome};

use super::coverage;
use crate::run::Run;

pub(super) fn applied(run: &Run<'_>) -> Assumption {
    let planned = run.manifest.nemesis.schedule.len();
    let mut failed = Vec::new();
    for fault in &run.manifest.nemesis.schedule {
        let why = match run.faults.get(&fault.index).map(|record| &record.outcome) {
            Some(FaultOutcome::Healed) => continue,
            Some(FaultOutcome::Applied) => "was applied and not healed".to_owned(),
            Some(FaultOutcome::Skipped(why)) => format!("was skipped: {why}"),
            Some(FaultOutcome::Indeterminate(why)) => format!("is indeterminate: {why}"),
            Some(FaultOutcome::Planned) | None => "never began".to_owned(),
        };
        failed.push(format!("fault {} {why}", fault.index));
    }
    let detail = match failed.first() {
        None => format!("{planned} of {planned} planned faults were applied and healed"),
        Some(first) => format!("{} of {planned} did not run as planned; {first}", failed.len()),
    };
    coverage("faults-applied", failed.is_empty(), detail)
}

pub(super) fn in_force(run: &Run<'_>) -> Assumption {
    let mut spans: Vec<(u64, u64)> =
        run.history.fault_windows().iter().map(|(_, from, to)| (*from, *to)).collect();
    spans.sort_unstable();
    // The union of the windows: faults may overlap.
    let (mut total_ns, mut until_ns) = (0, 0);
    for (from, to) in spans {
        total_ns += to.saturating_sub(from.max(until_ns));
        until_ns = until_ns.max(to);
    }
    let floor_ms = run.manifest.floors.faults_ms;
    let detail =
        format!("faults were in force for {} ms, {floor_ms} ms needed", total_ns / 1_000_000);
    coverage("faults-in-force", total_ns / 1_000_000 >= floor_ms, detail)
}
