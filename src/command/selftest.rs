//! `selftest`: switches known defects on, one at a time, and sees whether each is found.

use std::path::Path;

use history::{Anomaly, Verdict};
use serde::Serialize;

use crate::cli::Selftest;
use crate::exit::{Exit, Failure};
use crate::plan::{self, Canary, Pair};
use crate::run::{self, Interrupts, Judged, Place};
use crate::{config, night, output};

/// How many runs a defect may take to be found.
const ATTEMPTS: u64 = 3;

/// What came of one defect.
#[derive(Debug, Serialize)]
struct Trial {
    /// The defect.
    name: String,
    /// Whether it was found with the class that its entry names.
    caught: bool,
    /// The check that found it.
    check: Option<String>,
    /// The class that its entry names.
    class: String,
    /// Operations completed when the first violation was complete, those of attempts that missed
    /// it included.
    operations: Option<u64>,
    /// Runs until it was found: a defect shows in a window of some ms, which a run may not hit.
    attempts: u64,
    /// Operations of all attempts so far.
    #[serde(skip)]
    operations_tried: u64,
    /// Whether the same schedule without the defect raised no alarm.
    silent_without: bool,
    /// The seed of both.
    seed: u64,
}

pub(super) fn selftest(arguments: &Selftest, json: bool) -> Result<Exit, Failure> {
    let settings = config::settings("quick", None).map_err(Failure::usage)?;
    let names: Vec<String> = if arguments.defects.is_empty() {
        plan::defect_names().map(str::to_owned).collect()
    } else {
        arguments.defects.clone()
    };
    let mut canaries = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let attempt = |attempt: u64| {
            Canary::of(
                &settings,
                name,
                plan::derived(arguments.seed, index as u64 + attempt * 1000),
            )
        };
        canaries.push((0..ATTEMPTS).map(attempt).collect::<Result<Vec<_>, _>>()?);
    }
    if arguments.dry_run {
        for canary in canaries.iter().filter_map(|attempts| attempts.first()) {
            output::data(&super::run::plan_text(&canary.pair));
        }
        return Ok(Exit::Met);
    }
    let scratch = tempfile::tempdir().map_err(Failure::harness)?;
    let out = arguments.out.as_deref().unwrap_or(scratch.path());
    super::runtime()?.block_on(try_all(&canaries, out, json))
}

async fn try_all(canaries: &[Vec<Canary>], out: &Path, json: bool) -> Result<Exit, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let mut trials = Vec::new();
    for attempts in canaries {
        let mut trial: Option<Trial> = None;
        for canary in attempts {
            let with = judged(&canary.pair, out, &mut interrupts).await?;
            let without = judged(&canary.without(), out, &mut interrupts).await?;
            if let Some(exit) = interrupts.exit() {
                return Ok(exit);
            }
            let now = self::trial(canary, &with, &without, trial.as_ref());
            let over = now.caught || !now.silent_without;
            trial = Some(now);
            if over {
                break;
            }
        }
        trials.extend(trial);
    }
    let exit = exit(&trials);
    if json {
        output::json(&serde_json::json!({ "defects": trials }))?;
    } else {
        output::data(&table(&trials));
    }
    Ok(exit)
}

async fn judged(pair: &Pair, out: &Path, interrupts: &mut Interrupts) -> Result<Judged, Failure> {
    let reproduce = |arm: &str| super::run::reproduce(pair, arm);
    let recorded = run::run_pair(pair, &Place::Embedded, out, &reproduce, interrupts).await?;
    let Some(directory) = recorded.into_iter().next() else {
        return Err(Failure::Harness(format!("{} recorded nothing", pair.name)));
    };
    run::judge_stored(directory)
}

fn trial(canary: &Canary, with: &Judged, without: &Judged, before: Option<&Trial>) -> Trial {
    let found = with.results.checks.iter().find_map(|check| {
        let group = check.anomalies.iter().find(|group| group.class == canary.class)?;
        Some((check.check.name().to_owned(), group.examples.iter().map(at_ns).min()?))
    });
    let operations = found.as_ref().map(|(_, at_ns)| {
        let completed = |operation: &history::Operation| {
            operation.completed_ns.is_some_and(|completed| completed <= *at_ns)
        };
        with.history.operations.iter().filter(completed).count() as u64
    });
    let all = with.history.operations.len() as u64;
    let operations_before = before.map_or(0, |trial| trial.operations_tried);
    Trial {
        name: canary.defect.entry().name.to_owned(),
        caught: night::caught(with),
        check: found.map(|(check, _)| check),
        class: canary.class.name().to_owned(),
        operations: operations.map(|operations| operations_before + operations),
        attempts: before.map_or(0, |trial| trial.attempts) + 1,
        operations_tried: operations_before + all,
        silent_without: without.results.verdict != Verdict::Invalid,
        seed: canary.pair.seed,
    }
}

fn at_ns(anomaly: &Anomaly) -> u64 {
    anomaly.at_ns
}

/// A false alarm is worse than a defect that got away.
fn exit(trials: &[Trial]) -> Exit {
    let alarm = trials.iter().any(|trial| !trial.silent_without);
    let missed = trials.iter().any(|trial| !trial.caught);
    match (alarm, missed) {
        (true, _) => Exit::Broken,
        (false, true) => Exit::CanaryMissed,
        (false, false) => Exit::Met,
    }
}

fn table(trials: &[Trial]) -> String {
    let head = ["defect", "caught", "check", "class", "operations", "attempts", "without it"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for trial in trials {
        rows.push(vec![
            trial.name.clone(),
            if trial.caught { "yes" } else { "NO" }.to_owned(),
            trial.check.clone().unwrap_or_else(|| "-".to_owned()),
            trial.class.clone(),
            trial.operations.map_or_else(|| "-".to_owned(), |count| count.to_string()),
            trial.attempts.to_string(),
            if trial.silent_without { "no alarm" } else { "FALSE ALARM" }.to_owned(),
        ]);
    }
    let caught = trials.iter().filter(|trial| trial.caught).count();
    format!("{}{caught} of {} defects were found\n", output::table(&rows), trials.len())
}
