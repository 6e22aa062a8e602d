//! The self-test in virtual time.

use emulator::defect::Defect;
use simulation::{Hunt, Silence, Sky};

use super::table::{Clean, Found, Table};
use crate::output;

/// Within how many nights a defect is to be found.
const NIGHTS: u64 = 200;
/// At one of how many opportunities a defect fires that fires rarely.
const RARELY: u64 = 1000;
/// Nights of each schedule without its defect.
const WITHOUT: u64 = 3;
/// Nights with other faults and no defect, of each mode.
const CLEAN: u64 = 100;

/// Hunts every defect of the table, twice, and holds nights without any.
pub(super) fn hunt_all(table: &mut Table, seed: u64, quiet: bool) {
    let defects: Vec<Defect> =
        Defect::ALL.into_iter().filter(|defect| table.of(*defect).is_some()).collect();
    let seeds = seed..seed + NIGHTS;
    let jobs: Vec<(Defect, u64)> = defects
        .iter()
        .map(|defect| (*defect, RARELY))
        .chain(defects.iter().map(|defect| (*defect, 1)))
        .collect();
    let hunts = simulation::each(&jobs, |(defect, one_in)| {
        let hunt = simulation::hunt(*defect, *one_in, seeds.clone());
        if !quiet {
            output::note(&format!(
                "{}, one in {one_in}: {} nights",
                defect.entry().name,
                hunt.nights
            ));
        }
        hunt
    });
    for ((defect, one_in), hunt) in jobs.iter().zip(hunts) {
        let Some(one) = table.of(*defect) else { continue };
        let found = found(&hunt, seed);
        if *one_in == 1 {
            one.note(&found);
            if !found.caught {
                one.missed = Some(missed(&hunt));
            }
            one.simulated = Some(found);
        } else {
            if !found.caught {
                let why = defect.entry().unseen.map_or_else(|| missed(&hunt), str::to_owned);
                one.missed = Some(format!("firing once in {one_in}: {why}"));
            }
            one.rarely = Some(found);
        }
    }
    let mut clean = Clean { nights: 0, operations: 0, alarms: 0 };
    let without: Vec<(Defect, u64, u64)> = jobs
        .iter()
        .filter(|(defect, one_in)| *one_in == 1 || defect.entry().dense.is_some())
        .flat_map(|(defect, one_in)| (0..WITHOUT).map(|night| (*defect, *one_in, seed + night)))
        .collect();
    let held = simulation::each(&without, |(defect, one_in, seed)| {
        simulation::silent(*defect, *one_in, *seed)
    });
    for ((defect, ..), silence) in without.iter().zip(held) {
        clean.add(silence);
        if let Some(one) = table.of(*defect) {
            one.silent_without &= silence.alarms == 0;
        }
    }
    for mode in [history::Mode::Sc, history::Mode::Ap] {
        let sky = Sky { mode, workload: None, beyond_limits: false };
        let seeds: Vec<u64> = (seed..seed + CLEAN).collect();
        for tale in simulation::each(&seeds, |seed| simulation::tell(*seed, &sky, None)) {
            let (operations, calm) =
                tale.map_or((0, false), |tale| (tale.operations, tale.as_expected));
            clean.add(Silence { nights: 1, operations, alarms: u64::from(!calm) });
        }
    }
    table.clean = Some(clean);
}

fn found(hunt: &Hunt, first: u64) -> Found {
    Found {
        caught: hunt.catch.is_some(),
        check: hunt.catch.as_ref().map(|catch| catch.check.name().to_owned()),
        runs: hunt.nights,
        operations: hunt.operations,
        opportunities: Some(hunt.opportunities),
        fired: Some(hunt.fired),
        seed: hunt.catch.as_ref().map_or(first + hunt.nights - 1, |catch| catch.seed),
    }
}

/// Why a hunt found nothing.
fn missed(hunt: &Hunt) -> String {
    if let Some(broken) = &hunt.broken {
        return format!("a night could not be held: {broken}");
    }
    let others: Vec<&str> = hunt.others.iter().map(|class| class.name()).collect();
    let shown = if others.is_empty() {
        "nothing of it was to be seen".to_owned()
    } else {
        format!("it showed other classes only ({})", others.join(", "))
    };
    format!(
        "in {} nights it fired {} times at {} opportunities, and {shown}",
        hunt.nights, hunt.fired, hunt.opportunities
    )
}
