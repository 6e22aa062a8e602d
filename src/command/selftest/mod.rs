//! `selftest`: switches known defects on, one at a time, and sees whether each is found: in nights
//! of virtual time, also where it fires but rarely, and a dozen over real sockets.

mod record;
mod simulated;
mod sockets;
mod table;

use std::path::Path;

use emulator::defect::Defect;

use crate::cli::Selftest;
use crate::exit::{Exit, Failure};
use crate::{output, plan};

use table::{Defended, Table};

/// The file in which the table is stored.
const STORED: &str = "selftest.json";
/// The defects of the first certificate: what is tried if nobody says otherwise.
const FIRST: [Defect; 6] = [
    Defect::AckBeforeReplication,
    Defect::LinearizeWithoutRegimeCheck,
    Defect::UnreplicatedServed,
    Defect::ProxyResend,
    Defect::TieWithoutRosterMaster,
    Defect::DefiniteErrorAfterApply,
];

pub(super) fn selftest(arguments: &Selftest, json: bool) -> Result<Exit, Failure> {
    let quick = !arguments.all && !arguments.simulated_only;
    let asked: Vec<Defect> = if !arguments.defects.is_empty() {
        let named = arguments.defects.iter().map(|name| plan::defect(name));
        named.collect::<Result<_, _>>()?
    } else if quick {
        FIRST.to_vec()
    } else {
        Defect::ALL.to_vec()
    };
    let over_sockets: Vec<Defect> = if arguments.simulated_only {
        Vec::new()
    } else {
        let chosen = |defect: &&Defect| {
            !arguments.defects.is_empty() || quick || defect.entry().over_sockets
        };
        asked.iter().filter(chosen).filter(|defect| sockets::can(**defect)).copied().collect()
    };
    let canaries = sockets::canaries(&over_sockets, arguments.seed)?;
    if arguments.dry_run {
        for canary in canaries.iter().filter_map(|attempts| attempts.first()) {
            output::data(&super::run::plan_text(&canary.pair));
        }
        return Ok(Exit::Met);
    }
    let mut table = Table::new(&asked);
    if !quick {
        simulated::hunt_all(&mut table, arguments.seed, json);
    }
    let scratch = tempfile::tempdir().map_err(Failure::harness)?;
    let out = arguments.out.as_deref().unwrap_or(scratch.path());
    if let Some(exit) = super::runtime()?.block_on(sockets::try_all(&canaries, out, &mut table))? {
        return Ok(exit);
    }
    let text = serde_json::to_string_pretty(&table).map_err(Failure::harness)?;
    let kept = Path::new("runs");
    let folder = arguments.out.as_deref().or((!quick).then_some(kept));
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(Failure::harness)?;
        std::fs::write(folder.join(STORED), &text).map_err(Failure::harness)?;
    }
    if let Some(checkout) = &arguments.record {
        record::store(&table, checkout).map_err(Failure::harness)?;
    }
    if json {
        output::json(&table)?;
    } else {
        output::data(&table.text());
    }
    Ok(exit(&table))
}

/// A false alarm is worse than a defect that got away.
fn exit(table: &Table) -> Exit {
    let silent = |one: &Defended| one.silent_without;
    if !table.defects.iter().all(silent) || table.clean.as_ref().is_some_and(|one| one.alarms > 0) {
        Exit::Broken
    } else if !table.defects.iter().all(|one| one.caught) {
        Exit::CanaryMissed
    } else {
        Exit::Met
    }
}
