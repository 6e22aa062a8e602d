//! Whether a run shows what its manifest expects.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use history::{AnomalyClass, CheckResult, Expectation, Manifest, Mode, Verdict};

use crate::anomalies::{Finding, Record, overdue};
use crate::run::{Run, Window};

/// Judges a run's expectation on consistency; what could not be decided breaks none. `unexpected` is
/// the first violation that it does not allow, in words.
///
/// # Errors
/// How it is broken, in words.
pub(crate) fn judge(
    manifest: &Manifest,
    checked: &[CheckResult],
    unexpected: Option<&String>,
) -> Result<(), String> {
    match &manifest.expectation {
        Expectation::Valid if manifest.arm.mode == Mode::Ap && unexpected.is_none() => Ok(()),
        Expectation::Valid => {
            let broken: Vec<String> = checked
                .iter()
                .filter(|result| result.verdict == Verdict::Invalid)
                .map(|result| {
                    let classes = result.anomalies.iter();
                    let classes: Vec<String> =
                        classes.map(|g| format!("{} × {}", g.count, g.class.name())).collect();
                    format!("{}: {}", result.check.name(), classes.join(", "))
                })
                .collect();
            if broken.is_empty() {
                return Ok(());
            }
            Err(format!("nothing was to be found, but: {}", broken.join("; ")))
        }
        Expectation::MustShow { class } => {
            let shown = checked.iter().flat_map(|result| &result.anomalies);
            let shown: BTreeSet<AnomalyClass> = shown.map(|group| group.class).collect();
            if shown.contains(class) {
                return Ok(());
            }
            let names: Vec<&str> = shown.iter().map(|class| class.name()).collect();
            let instead = if names.is_empty() { "nothing".into() } else { names.join(", ") };
            Err(format!("{} was to be found, but {instead} was", class.name()))
        }
        Expectation::MayShow { .. } => unexpected.map_or(Ok(()), |told| Err(told.clone())),
    }
}

/// The first violation of a record that the run's expectation does not allow, in words.
pub(crate) fn unexpected(
    run: &Run<'_>,
    record: &Record<'_>,
    findings: &[Finding],
) -> Option<String> {
    let classes = match &run.manifest.expectation {
        Expectation::MayShow { classes } => &classes[..],
        Expectation::Valid if run.manifest.arm.mode == Mode::Ap => &[],
        _ => return None,
    };
    let mut cuts = run.windows.iter().filter(|one| one.parts);
    let written_in_cut = !findings.is_empty() && cuts.any(|one| written_during(record, one));
    let overdue = OnceCell::new();
    findings.iter().find_map(|finding| {
        let why = match classes.contains(&finding.class) {
            true => unexplained(run, record, finding, written_in_cut)?,
            false => "is not among what this arm may show",
        };
        let promised = || overdue.get_or_init(|| overdue::find(record));
        let early = run.manifest.arm.mode == Mode::Ap && is_early(record, finding, promised);
        (!early).then(|| format!("{} of key {} {why}", finding.class.name(), finding.key.0))
    })
}

/// Whether a violation needs no fault under availability: it rests on a read that saw a write before
/// anybody acknowledged it, and on another that did not (see [`overdue`]).
fn is_early<'a>(
    record: &Record<'_>,
    finding: &Finding,
    overdue: impl Fn() -> &'a Vec<usize>,
) -> bool {
    let in_time = |at: &usize| overdue().binary_search(at).is_err();
    match finding.class {
        AnomalyClass::StaleRead | AnomalyClass::GenerationRegression => {
            let last = finding.operations.last();
            last.is_some_and(|at| !record.operations[*at].call.is_write() && in_time(at))
        }
        AnomalyClass::CounterDrift => finding.operations.iter().all(in_time),
        _ => false,
    }
}

/// Why no fault explains an anomaly. Availability namespaces lose what was written while nodes went
/// on apart, and nothing else; for as long as a fault lasts, and until the cluster has settled after
/// it, reads may be old or jump; once migrations have ended, all agree.
fn unexplained(
    run: &Run<'_>,
    record: &Record<'_>,
    finding: &Finding,
    written_in_cut: bool,
) -> Option<&'static str> {
    let migrations_ended_ns = run.migrations_ended_ns().or(run.final_reads_ns());
    let settled = |at: &usize| {
        migrations_ended_ns.is_some_and(|ended| record.operations[*at].invoked_ns >= ended)
    };
    match finding.class {
        AnomalyClass::Divergence => Some("shows copies that still differ after migrations"),
        AnomalyClass::BackwardRead | AnomalyClass::ReadYourWrites
            if finding.operations.iter().take(2).all(settled) =>
        {
            Some("is among reads that began after migrations had ended")
        }
        // A loss shows in every later read, so it explains whatever else the record shows.
        _ if written_in_cut => None,
        AnomalyClass::LostWrite
        | AnomalyClass::CounterDrift
        | AnomalyClass::LostUpdate
        | AnomalyClass::Duplicate => Some("is of a record that was not written during a cut"),
        _ => {
            let (_, at_ns) = finding.span_ns(record);
            let explained =
                run.windows.iter().any(|one| (one.from_ns..=one.settled_ns).contains(&at_ns));
            (!explained).then_some("fell outside of every fault")
        }
    }
}

/// Whether a write of a record that may have happened was under way during a cut, or before the
/// cluster had settled after it.
fn written_during(record: &Record<'_>, cut: &Window) -> bool {
    record.operations.iter().any(|one| {
        one.call.is_write()
            && one.outcome != history::Outcome::Fail
            && one.invoked_ns <= cut.settled_ns
            && cut.from_ns <= one.completed_ns.unwrap_or(one.invoked_ns)
    })
}
