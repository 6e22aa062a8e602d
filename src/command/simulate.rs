//! `simulate`: nights in virtual time.

use history::{EventKind, Mode, Verdict};
use serde::Serialize;
use simulation::{Shrunk, Sky, Tale};

use crate::cli::{ModeName, Simulate};
use crate::exit::{Exit, Failure};
use crate::{output, plan};

/// How many nights that fail are told one by one.
const TOLD: usize = 10;

/// What the nights came to.
#[derive(Debug, Default, Serialize)]
struct Sum {
    nights: u64,
    operations: u64,
    faults: u64,
    valid: u64,
    unknown: u64,
    invalid: u64,
    /// Nights that showed what their mode must not show, or could not be judged.
    failing: u64,
    /// Nights with a cut of six seconds or more, and those of them that lost something.
    long_cuts: u64,
    long_cuts_with_losses: u64,
}

pub(super) fn simulate(arguments: &Simulate, json: bool) -> Result<Exit, Failure> {
    let mode = match arguments.mode {
        ModeName::Sc => Mode::Sc,
        ModeName::Ap => Mode::Ap,
    };
    let defect = arguments.defect.as_deref().map(plan::defect).transpose()?;
    if let Some(entry) = defect.map(|defect| defect.entry())
        && (entry.mode == emulator::node::Mode::Sc) != (mode == Mode::Sc)
    {
        return Err(Failure::Usage(format!(
            "the defect `{}` breaks the other mode; leave `--mode {}` out or change it",
            entry.name,
            mode_name(mode)
        )));
    }
    let workload = arguments.workload.as_deref().map(plan::workload).transpose()?;
    let sky = Sky { mode, workload, beyond_limits: arguments.beyond_limits };
    let defect = defect.map(|defect| (defect, arguments.one_in));
    let seeds: Vec<u64> = arguments.seeds.clone().collect();
    let begun = std::time::Instant::now();
    let tales = simulation::each(&seeds, |seed| simulation::tell(*seed, &sky, defect))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::harness)?;
    let sum = sum(&tales);
    let failing: Vec<&Tale> = tales.iter().filter(|tale| !tale.as_expected).collect();
    let shrunk = match failing.iter().find(|tale| tale.verdict == Verdict::Invalid) {
        Some(tale) if !arguments.no_shrink => shrink(tale, &sky, defect)?,
        _ => None,
    };
    if json {
        let nights: Vec<_> = tales.iter().map(|tale| night_json(tale, arguments)).collect();
        let shrunk = shrunk.as_ref().map(shrunk_json);
        output::json(&serde_json::json!({ "sum": sum, "nights": nights, "shrunk": shrunk }))?;
    } else {
        for tale in failing.iter().take(TOLD) {
            output::data(&format!("{}\n", told(tale, arguments)));
        }
        if failing.len() > TOLD {
            output::data(&format!("and {} more\n", failing.len() - TOLD));
        }
        for tale in tales.iter().filter(|tale| tale.lost).take(TOLD) {
            if let Some(limit) = tale.limit {
                let name = limit.name();
                output::data(&format!("night {}: lost beyond the limit: {name}\n", tale.seed));
            }
        }
        if let Some(shrunk) = &shrunk {
            output::data(&shrunk_text(shrunk));
        }
        output::data(&sum_text(&sum, mode));
        output::note(&format!("{:.1} s", begun.elapsed().as_secs_f32()));
    }
    let exit = |tale: &&Tale| match tale.verdict {
        Verdict::Invalid => Exit::Broken,
        Verdict::Valid | Verdict::Unknown => Exit::Inconclusive,
    };
    Ok(failing.iter().map(exit).fold(Exit::Met, Exit::worse))
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Sc => "sc",
        Mode::Ap => "ap",
    }
}

fn sum(tales: &[Tale]) -> Sum {
    let mut sum = Sum::default();
    for tale in tales {
        sum.nights += 1;
        sum.operations += tale.operations;
        sum.faults += tale.faults as u64;
        match tale.verdict {
            Verdict::Valid => sum.valid += 1,
            Verdict::Unknown => sum.unknown += 1,
            Verdict::Invalid => sum.invalid += 1,
        }
        sum.failing += u64::from(!tale.as_expected);
        sum.long_cuts += u64::from(tale.long_cut);
        sum.long_cuts_with_losses += u64::from(tale.long_cut && tale.lost);
    }
    sum
}

fn sum_text(sum: &Sum, mode: Mode) -> String {
    let mut text = format!(
        "{} nights ({}): {} valid, {} unknown, {} invalid, {} failing; {} operations, {} faults\n",
        sum.nights,
        mode_name(mode),
        sum.valid,
        sum.unknown,
        sum.invalid,
        sum.failing,
        sum.operations,
        sum.faults
    );
    if mode == Mode::Ap && sum.long_cuts > 0 {
        text += &format!(
            "{} of {} nights with a cut of 6 s or more lost acknowledged writes\n",
            sum.long_cuts_with_losses, sum.long_cuts
        );
    }
    text
}

/// The command that does a night again.
fn again(tale: &Tale, arguments: &Simulate) -> String {
    let mut command = format!("aerocert simulate --seeds {}..{}", tale.seed, tale.seed + 1);
    command += match arguments.mode {
        ModeName::Sc => " --mode sc",
        ModeName::Ap => " --mode ap",
    };
    if let Some(workload) = &arguments.workload {
        command += &format!(" --workload {workload}");
    }
    if let Some(defect) = &arguments.defect {
        command += &format!(" --defect {defect}");
    }
    if arguments.one_in > 1 {
        command += &format!(" --one-in {}", arguments.one_in);
    }
    if arguments.beyond_limits {
        command += " --beyond-limits";
    }
    command
}

fn told(tale: &Tale, arguments: &Simulate) -> String {
    let found = tale.anomalies.iter().map(|(class, count)| format!("{count} × {}", class.name()));
    let found: Vec<String> = found.collect();
    format!(
        "night {}: {} ({}, {} faults): {}; again: {}",
        tale.seed,
        tale.verdict.name(),
        tale.workload.name(),
        tale.faults,
        if found.is_empty() { tale.why.clone().unwrap_or_default() } else { found.join(", ") },
        again(tale, arguments)
    )
}

fn night_json(tale: &Tale, arguments: &Simulate) -> serde_json::Value {
    let anomalies: Vec<_> = tale
        .anomalies
        .iter()
        .map(|(class, count)| serde_json::json!({ "class": class, "count": count }))
        .collect();
    serde_json::json!({
        "seed": tale.seed,
        "workload": tale.workload,
        "faults": tale.faults,
        "operations": tale.operations,
        "history_sha256": tale.fingerprint,
        "verdict": tale.verdict,
        "anomalies": anomalies,
        "as_expected": tale.as_expected,
        "why": tale.why,
        "limit": tale.limit.map(simulation::Limit::name),
        "reproduce": again(tale, arguments),
    })
}

/// Shrinks a night by its first class that must not be.
fn shrink(
    tale: &Tale,
    sky: &Sky,
    defect: Option<(emulator::defect::Defect, u64)>,
) -> Result<Option<Shrunk>, Failure> {
    let (night, _) = simulation::night(tale.seed, sky, defect).map_err(Failure::harness)?;
    let wanted = defect.map(|(defect, _)| defect.entry().class);
    let named = |class: &&str| tale.anomalies.iter().any(|(found, _)| found.name() == *class);
    let first = tale.anomalies.first().map(|(class, _)| class.name());
    let Some(class) = wanted.filter(named).or(first) else { return Ok(None) };
    Ok(simulation::shrink(&night, class))
}

fn shrunk_text(shrunk: &Shrunk) -> String {
    let mut text = format!(
        "smallest case of {}: {} of {} faults, {} of {} operations ({} nights held)\n",
        shrunk.class,
        shrunk.faults.1,
        shrunk.faults.0,
        shrunk.operations.1,
        shrunk.operations.0,
        shrunk.nights
    );
    for fault in &shrunk.night.schedule {
        text += &format!(
            "  {:>6} ms for {:>5} ms  {:?}\n",
            fault.planned_at_ms, fault.planned_for_ms, fault.fault
        );
    }
    let done = shrunk.events.iter().filter_map(|event| match &event.kind {
        EventKind::Invoke(one) => Some(format!(
            "  {:>9.3} ms  process {} at {}: {:?} of key {}\n",
            event.time_ns as f64 / 1e6,
            one.process.0,
            if one.site.0 == 0 { "london" } else { "paris" },
            one.call,
            one.key.0
        )),
        EventKind::Complete(one) => Some(format!(
            "  {:>9.3} ms      operation {}: {:?} {:?}\n",
            event.time_ns as f64 / 1e6,
            one.operation.0,
            one.outcome,
            one.returned
        )),
        EventKind::Fault(_) | EventKind::Mark(_) => None,
    });
    text.extend(done);
    text += &format!("  {}\n", shrunk.anomaly.claim);
    text
}

fn shrunk_json(shrunk: &Shrunk) -> serde_json::Value {
    serde_json::json!({
        "class": shrunk.class,
        "faults": shrunk.night.schedule,
        "faults_before": shrunk.faults.0,
        "operations": shrunk.operations.1,
        "operations_before": shrunk.operations.0,
        "events": shrunk.events,
        "anomaly": shrunk.anomaly,
        "nights": shrunk.nights,
    })
}
