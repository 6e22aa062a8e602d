//! The self-test over real sockets: the embedded cluster and the official client.

use std::path::Path;

use emulator::defect::Defect;
use history::Verdict;

use super::table::{Found, Table};
use crate::exit::{Exit, Failure};
use crate::plan::{self, Canary, Pair};
use crate::run::{self, Interrupts, Judged, Place};
use crate::{config, night};

/// How many runs a defect may take to be found: it shows in a window of some ms, which a run may
/// not hit.
const ATTEMPTS: u64 = 3;

/// Whether a run over sockets can hold the schedule of a defect.
pub(super) fn can(defect: Defect) -> bool {
    let entry = defect.entry();
    nemesis::schedule::NEMESES.contains(&entry.schedule.nemesis)
        && entry.mode == emulator::node::Mode::Sc
        && entry.schedule.replication_factor == 2
        && entry.schedule.roster == 0
        && !entry.schedule.disorder
}

/// The attempts for each defect.
///
/// # Errors
/// Settings that cannot hold a schedule.
pub(super) fn canaries(defects: &[Defect], seed: u64) -> Result<Vec<Vec<Canary>>, Failure> {
    let settings = config::settings("quick", None).map_err(Failure::usage)?;
    let attempts = |(index, defect): (usize, &Defect)| {
        let attempt = |attempt: u64| {
            let seed = plan::derived(seed, index as u64 + attempt * 1000);
            Canary::of(&settings, defect.entry().name, seed)
        };
        (0..ATTEMPTS).map(attempt).collect()
    };
    defects.iter().enumerate().map(attempts).collect()
}

/// Tries every canary, and the same pair without its defect. An exit code if it was stopped.
///
/// # Errors
/// What keeps a run from being made.
pub(super) async fn try_all(
    canaries: &[Vec<Canary>],
    out: &Path,
    table: &mut Table,
) -> Result<Option<Exit>, Failure> {
    let mut interrupts = Interrupts::listen()?;
    for attempts in canaries {
        let mut found = Found::default();
        for canary in attempts {
            let with = judged(&canary.pair, out, &mut interrupts).await?;
            let without = judged(&canary.without(), out, &mut interrupts).await?;
            if let Some(exit) = interrupts.exit() {
                return Ok(Some(exit));
            }
            take(&mut found, canary, &with);
            let silent = without.results.verdict != Verdict::Invalid;
            if let Some(one) = table.of(canary.defect) {
                one.silent_without &= silent;
            }
            if found.caught || !silent {
                break;
            }
        }
        let Some(canary) = attempts.first() else { continue };
        if let Some(one) = table.of(canary.defect) {
            if !found.caught {
                one.missed = Some(format!("not seen in {} runs over sockets", found.runs));
            }
            one.note(&found);
            one.sockets = Some(found);
        }
    }
    Ok(None)
}

async fn judged(pair: &Pair, out: &Path, interrupts: &mut Interrupts) -> Result<Judged, Failure> {
    let reproduce = |arm: &str| crate::command::run::reproduce(pair, arm);
    let recorded = run::run_pair(pair, &Place::Embedded, out, &reproduce, interrupts).await?;
    let Some(directory) = recorded.into_iter().next() else {
        return Err(Failure::Harness(format!("{} recorded nothing", pair.name)));
    };
    run::judge_stored(directory)
}

/// Adds what a run with the defect showed.
fn take(found: &mut Found, canary: &Canary, with: &Judged) {
    let shown = with.results.checks.iter().find_map(|check| {
        let group = check.anomalies.iter().find(|group| group.class == canary.class)?;
        let first_ns = group.examples.iter().map(|example| example.at_ns).min()?;
        Some((check.check.name().to_owned(), first_ns))
    });
    let until_ns = shown.as_ref().map_or(u64::MAX, |(_, at_ns)| *at_ns);
    let completed = |one: &history::Operation| one.completed_ns.is_some_and(|at| at <= until_ns);
    found.runs += 1;
    found.operations += with.history.operations.iter().filter(completed).count() as u64;
    found.caught = night::caught(with);
    found.check = shown.map(|(check, _)| check);
    found.seed = canary.pair.seed;
}
