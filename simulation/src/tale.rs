//! What there is to tell of a night.

use emulator::defect::Defect;
use history::{AnomalyClass, Fault, Results, Verdict, Workload};
use nemesis::schedule::ScheduleError;
use rayon::prelude::*;

use crate::{Limit, Night, Recorded, Sky, drawn, judge, planted};

/// How long a cut lasts at least that loses something under availability, in ms.
pub const LONG_CUT_MS: u64 = 6000;

/// A night that passed and was judged.
#[derive(Clone, Debug)]
pub struct Tale {
    /// Its seed.
    pub seed: u64,
    /// What its processes did.
    pub workload: Workload,
    /// How many faults it had.
    pub faults: usize,
    /// The limit that it left, if it was to leave one.
    pub limit: Option<Limit>,
    /// How many operations were invoked.
    pub operations: u64,
    /// SHA-256 of its history.
    pub fingerprint: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found.
    pub anomalies: Vec<(AnomalyClass, u64)>,
    /// Whether it showed what its mode may show, and could be judged.
    pub as_expected: bool,
    /// Why not.
    pub why: Option<String>,
    /// Nodes were cut apart for as long as loses something under availability.
    pub long_cut: bool,
    /// Something that was acknowledged was lost.
    pub lost: bool,
}

/// Why there is nothing to tell.
#[derive(Debug, thiserror::Error)]
pub enum NoTale {
    /// The schedule cannot be.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The simulation wrote a history that no recorder would.
    #[error(transparent)]
    History(#[from] history::HistoryError),
}

/// The night of a seed: a drawn one, or that of a defect, with the defect.
///
/// # Errors
/// A schedule that cannot be.
pub fn night(
    seed: u64,
    sky: &Sky,
    defect: Option<(Defect, u64)>,
) -> Result<(Night, Option<Limit>), ScheduleError> {
    let Some(on) = defect else { return Ok(drawn(seed, sky)) };
    let night = planted(on.0, on.1, seed)?;
    let workload = sky.workload.unwrap_or(night.workload);
    Ok((Night { defect, workload, ..night }, None))
}

/// Lets the night of a seed pass, and judges it.
///
/// # Errors
/// A schedule that cannot be, or a history that no recorder would write.
pub fn tell(seed: u64, sky: &Sky, defect: Option<(Defect, u64)>) -> Result<Tale, NoTale> {
    let (night, limit) = night(seed, sky, defect)?;
    let recorded = night.run()?;
    let results = judge(&night, &recorded);
    Ok(tale(&night, limit, &recorded, &results))
}

fn tale(night: &Night, limit: Option<Limit>, recorded: &Recorded, results: &Results) -> Tale {
    let anomalies = results.anomalies();
    let why = match (&results.expectation, results.verdict) {
        // Beyond a limit everything may be lost, and partitions may stay dead.
        _ if limit.is_some() => None,
        (Err(why), _) => Some(why.clone()),
        (Ok(()), Verdict::Unknown) => Some(undecided(results)),
        _ if !recorded.settled => Some("the cluster did not become whole again".to_owned()),
        _ => None,
    };
    let apart = |record: &history::FaultRecord| {
        matches!(record.fault, Fault::Partition { .. }) && record.planned_for_ms >= LONG_CUT_MS
    };
    let loses = |class: &AnomalyClass| {
        matches!(
            class,
            AnomalyClass::LostWrite | AnomalyClass::LostUpdate | AnomalyClass::CounterDrift
        )
    };
    Tale {
        seed: night.seed,
        workload: night.workload,
        faults: night.schedule.len(),
        limit,
        operations: recorded.operations(),
        fingerprint: recorded.fingerprint(),
        verdict: results.verdict,
        lost: anomalies.iter().any(|(class, _)| loses(class)),
        anomalies,
        as_expected: why.is_none(),
        why,
        long_cut: night.schedule.iter().any(apart),
    }
}

fn undecided(results: &Results) -> String {
    let broken = results.assumptions.iter().filter(|one| !one.held).map(|one| one.detail.clone());
    let reasons = results.checks.iter().filter_map(|check| check.reason.clone());
    broken.chain(reasons).next().unwrap_or_else(|| "it could not be decided".to_owned())
}

/// What nights without a defect came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// How many there were.
    pub nights: u64,
    /// How many operations were invoked in them.
    pub operations: u64,
    /// How many of them raised an alarm, or could not be judged.
    pub alarms: u64,
}

/// The night that a defect is hunted in where it fires at one of `one_in` opportunities, without the
/// defect.
#[must_use]
pub fn silent(defect: Defect, one_in: u64, seed: u64) -> Silence {
    let passed = planted(defect, one_in, seed).map_err(NoTale::from).and_then(|night| {
        let recorded = night.run()?;
        let results = judge(&night, &recorded);
        let calm = tale(&night, None, &recorded, &results).as_expected;
        Ok((recorded.operations(), calm))
    });
    let (operations, calm) = passed.unwrap_or((0, false));
    Silence { nights: 1, operations, alarms: u64::from(!calm) }
}

/// Does something for each of many, on all processors; the results come in the order of the items.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().with_max_len(1).map(work).collect()
}
