//! The self-test in virtual time.

use emulator::defect::Defect;
use simulation::{Hunt, Sky};

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
                one.missed = Some(format!("firing once in {one_in}: {}", missed(&hunt)));
            }
            one.rarely = Some(found);
        }
    }
    let mut clean = Clean { nights: 0, operations: 0, alarms: 0 };
    let held =
        simulation::each(&defects, |defect| simulation::silent(*defect, seed..seed + WITHOUT));
    for (defect, (nights, operations, alarms)) in defects.iter().zip(held) {
        clean.nights += nights;
        clean.operations += operations;
        clean.alarms += alarms;
        if let Some(one) = table.of(*defect) {
            one.silent_without &= alarms == 0;
        }
    }
    for mode in [history::Mode::Sc, history::Mode::Ap] {
        let sky = Sky { mode, workload: None, beyond_limits: false };
        let seeds: Vec<u64> = (seed..seed + CLEAN).collect();
        for tale in simulation::each(&seeds, |seed| simulation::tell(*seed, &sky, None)) {
            clean.nights += 1;
            match tale {
                Ok(tale) => {
                    clean.operations += tale.operations;
                    clean.alarms += u64::from(!tale.as_expected);
                }
                Err(_) => clean.alarms += 1,
            }
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
        seed: hunt.catch.as_ref().map_or(first + hunt.nights - 1, |catch| catch.seed),
    }
}

/// Why a hunt found nothing.
fn missed(hunt: &Hunt) -> String {
    if let Some(broken) = &hunt.broken {
        return format!("a night could not be held: {broken}");
    }
    let others: Vec<&str> = hunt.others.iter().map(|class| class.name()).collect();
    if others.is_empty() {
        format!(
            "in {} nights ({} operations) it never fired where its effect was still to be seen",
            hunt.nights, hunt.operations
        )
    } else {
        format!("{} nights showed other classes only: {}", hunt.nights, others.join(", "))
    }
}
