//! The judgement of one run.

use history::{FaultRecord, History, Key, Manifest, Observation, Results, Verdict};
use rayon::prelude::*;

use crate::anomalies::{Finding, Record};
use crate::checks::{Asked, Found, Groups, Proofs, Screen, Tally};
use crate::run::Run;
use crate::{assumptions, census, expectation};

/// Judges a stored run: assumptions first, then the checks of its manifest, then its expectation.
///
/// Missing coverage turns *valid* into *unknown* and never touches an anomaly; broken evidence (a
/// dirty key space, two open operations of one process, a clock that runs backwards) makes
/// everything unknown.
///
/// Records are judged one by one, side by side on all threads of the current rayon pool, and are
/// joined in the order of their keys: the results are the same bytes on any number of threads, and
/// only the records under way are unpacked.
#[must_use]
pub fn judge(
    manifest: &Manifest,
    history: &History,
    faults: &[FaultRecord],
    observations: &[Observation],
) -> Results {
    let run = Run::new(manifest, history, faults, observations);
    let asked: Vec<Asked> = manifest.checks.iter().map(|check| Asked::of(&run, *check)).collect();
    let judged = records(&run, &asked);
    let assumptions = assumptions::examine(&run);
    let void = assumptions.iter().any(|one| !one.held && one.voids_anomalies);
    let covered = assumptions.iter().all(|one| one.held);

    let tallies: Vec<(Key, Tally)> = judged.iter().map(|one| (one.key, one.tally)).collect();
    let found = |check: usize| -> Vec<(Key, &Found)> {
        let looked_into = judged.iter().filter_map(|one| Some((one.key, one.inquiry.as_ref()?)));
        looked_into.map(|(key, inquiry)| (key, &inquiry.found[check])).collect()
    };
    let found: Vec<Vec<(Key, &Found)>> = (0..asked.len()).map(found).collect();
    let groups: Vec<Groups> =
        found.iter().map(|found| Groups::of(found.iter().map(|(_, one)| &one.groups))).collect();
    let proofs = Proofs::of(&run, groups.iter());
    let checks: Vec<_> = asked
        .iter()
        .zip(&found)
        .zip(&groups)
        .map(|((asked, found), groups)| asked.result(&tallies, found, groups, &proofs))
        .collect();

    let verdict = checks.iter().map(|result| result.verdict).fold(Verdict::Valid, Verdict::and);
    let verdict = match verdict {
        _ if void => Verdict::Unknown,
        Verdict::Valid if !covered => Verdict::Unknown,
        verdict => verdict,
    };
    let unexpected = found.iter().flatten().find_map(|(_, found)| found.unexpected.as_ref());
    let expectation = match void {
        true => Ok(()),
        false => expectation::judge(manifest, &checks, unexpected),
    };
    let parts = judged.into_iter().map(|one| match one.inquiry {
        Some(inquiry) => inquiry.census,
        None => census::Part::linearizable(one.key, one.tally),
    });
    Results {
        schema_version: Results::SCHEMA_VERSION,
        verdict,
        expectation,
        operations: run.survey.counts,
        assumptions,
        checks,
        truncated: history.truncated.clone(),
        census: census::take(&run, parts.collect()),
    }
}

/// What was said of one record.
#[derive(Debug)]
struct Judged {
    key: Key,
    tally: Tally,
    /// What the finders said; none if they need not be asked.
    inquiry: Option<Box<Inquiry>>,
}

/// What the finders say of one record.
#[derive(Debug)]
struct Inquiry {
    /// By check.
    found: Vec<Found>,
    census: census::Part,
}

/// Judges all records, in the order of their keys.
fn records(run: &Run<'_>, asked: &[Asked]) -> Vec<Judged> {
    let keys: Vec<Key> = run.keys().collect();
    let screened = Screen::fits(run);
    let judge = |screen: &mut Screen, (rank, key): (usize, Key)| {
        if let Some(tally) = screened.then(|| screen.pass(run, rank)).flatten() {
            return Judged { key, tally, inquiry: None };
        }
        let (tally, inquiry) =
            run.with_record(rank, |record| (Tally::of(record), inquire(run, asked, record)));
        Judged { key, tally, inquiry: Some(Box::new(inquiry)) }
    };
    keys.into_par_iter().enumerate().map_init(Screen::default, judge).collect()
}

fn inquire(run: &Run<'_>, asked: &[Asked], record: &Record<'_>) -> Inquiry {
    let found: Vec<(Vec<Finding>, Option<String>)> =
        asked.iter().map(|check| check.find(record)).collect();
    let undecided = found.iter().any(|(_, undecided)| undecided.is_some());
    let findings: Vec<&Finding> = found.iter().flat_map(|(findings, _)| findings).collect();
    let census = census::Part::of(run, asked, record, &findings, undecided);
    let found = found
        .into_iter()
        .map(|(findings, undecided)| Found {
            undecided,
            unexpected: expectation::unexpected(run, record, &findings),
            groups: Groups::of_record(record, &findings),
        })
        .collect();
    Inquiry { found, census }
}
