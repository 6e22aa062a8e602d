//! The page of one run.

use askama::Template;
use history::{Expectation, Verdict};

use super::cluster::{Fact, NodeRow, cluster_facts, load_facts, node_rows};
use super::faults::{FaultRow, fault_rows};
use super::head::Head;
use super::losses::Losses;
use super::table::{self, Numbers};
use crate::chart::{self, Figure};
use crate::proof::Proofs;
use crate::series::{Series, Share, answered_in_faults};
use crate::statement::run_statement;
use crate::view::RunView;
use crate::words::{self, Badge};

/// Buckets of a chart.
const BUCKETS: usize = 120;

/// A judged run as one HTML file: the same run gives the same bytes.
#[must_use]
pub fn run_page(view: &RunView<'_>) -> String {
    let page = RunPage::of(view);
    // A template writes into a string, which does not fail.
    page.render().unwrap_or_else(|error| format!("the page could not be written: {error}"))
}

#[derive(Debug, Template)]
#[template(path = "run.html")]
struct RunPage {
    head: Head,
    expectation: Badge,
    expected: String,
    observed: String,
    unexpected: Option<String>,
    truncated: Option<String>,
    facts: Vec<Fact>,
    figures: Vec<Figure>,
    numbers: Numbers,
    faults: Vec<FaultRow>,
    losses: Option<Losses>,
    anomalies: Proofs,
    assumptions: Vec<AssumptionRow>,
    checks: Vec<CheckRow>,
    cluster: Vec<Fact>,
    nodes: Vec<NodeRow>,
    load: Vec<Fact>,
    reproduce: String,
    recheck: &'static str,
    not_checked: Vec<String>,
    files: &'static [(&'static str, &'static str)],
}

#[derive(Debug)]
struct AssumptionRow {
    badge: Badge,
    name: String,
    detail: String,
    consequence: &'static str,
}

#[derive(Debug)]
struct CheckRow {
    badge: Badge,
    name: &'static str,
    meaning: &'static str,
    operations: String,
    keys: String,
    found: String,
}

/// What lies beside the page.
const FILES: &[(&str, &str)] = &[
    ("manifest.json", "what was asked, of what cluster, and what to check"),
    ("history/", "every invocation and completion, compressed blocks"),
    ("faults.jsonl", "faults planned, applied, probed and healed"),
    ("observations.jsonl", "what the nodes said of themselves, every second"),
    ("results.json", "verdicts and evidence"),
];

impl RunPage {
    fn of(view: &RunView<'_>) -> Self {
        let RunView { manifest, results, .. } = view;
        let met = results.expectation.is_ok();
        let series = Series::of(view, view.end_s(), BUCKETS);
        let subject = format!(
            "{} {} under {}, seed {}",
            manifest.arm.name,
            manifest.load.workload.name(),
            manifest.nemesis.name,
            manifest.seed
        );
        Self {
            head: Head::new(
                manifest.cluster.kind,
                words::verdict_badge(results.verdict),
                &subject,
                &run_statement(manifest, results),
                &manifest.version,
            ),
            expectation: words::expectation_badge(met, results.verdict),
            expected: words::expectation(&manifest.expectation),
            observed: words::classes_counted(results.anomalies()),
            unexpected: results.expectation.as_ref().err().cloned(),
            truncated: results.truncated.clone().or_else(|| view.history.truncated.clone()),
            facts: facts(view),
            figures: if view.history.operations.is_empty() {
                Vec::new()
            } else {
                let mut figures = vec![
                    chart::availability(view, &series),
                    chart::latencies(view),
                    chart::throughput(view, &series),
                    chart::quantiles(view, &series),
                ];
                figures.extend(chart::fate(view));
                figures
            },
            numbers: table::of_run(view),
            faults: fault_rows(view),
            losses: Losses::of(view),
            anomalies: Proofs::of(view),
            assumptions: assumptions(view),
            checks: checks(view),
            cluster: cluster_facts(manifest),
            nodes: node_rows(view),
            load: load_facts(manifest),
            reproduce: manifest.reproduce.clone(),
            recheck: "aerocert check .",
            not_checked: not_checked(view),
            files: FILES,
        }
    }
}

/// The figures of the first screen.
fn facts(view: &RunView<'_>) -> Vec<Fact> {
    let operations = view.results.operations;
    let bands = view.bands();
    let (during, apart) = answered_in_faults(view);
    let in_force_s: f64 = bands.iter().map(|band| band.to_s - band.from_s).sum();
    let answered = |share: Share| share.of_one().map_or_else(|| "–".to_owned(), words::percent);
    let mut facts = vec![
        ("ok", words::count(operations.ok)),
        ("failed", words::count(operations.fail)),
        ("in doubt", words::count(operations.info)),
        ("faults applied", format!("{} of {}", view.faults_in_force(), view.fault_records().len())),
    ];
    if !bands.is_empty() {
        facts.push(("faults in force for", words::coarse_seconds(in_force_s)));
        facts.push(("answered in faults", answered(during)));
    }
    facts.push((if bands.is_empty() { "answered" } else { "answered otherwise" }, answered(apart)));
    facts
}

fn assumptions(view: &RunView<'_>) -> Vec<AssumptionRow> {
    view.results
        .assumptions
        .iter()
        .map(|assumption| AssumptionRow {
            badge: match (assumption.held, assumption.voids_anomalies) {
                (true, _) => Badge { symbol: "✔", word: "held", tone: "good" },
                (false, false) => Badge { symbol: "?", word: "missed", tone: "doubt" },
                (false, true) => Badge { symbol: "✘", word: "broken", tone: "bad" },
            },
            name: assumption.name.clone(),
            detail: assumption.detail.clone(),
            consequence: if assumption.voids_anomalies {
                "without it nothing that was found counts"
            } else {
                "without it a valid run is unknown"
            },
        })
        .collect()
}

fn checks(view: &RunView<'_>) -> Vec<CheckRow> {
    view.results
        .checks
        .iter()
        .map(|check| CheckRow {
            badge: words::verdict_badge(check.verdict),
            name: check.check.name(),
            meaning: words::check_meaning(check.check),
            operations: words::count(check.operations),
            keys: words::count(check.keys),
            found: match (&check.reason, check.verdict) {
                (Some(reason), Verdict::Unknown | Verdict::Valid) => reason.clone(),
                _ => words::classes_counted(check.anomalies.iter().map(|g| (g.class, g.count))),
            },
        })
        .collect()
}

/// What a reader might take for granted and must not.
fn not_checked(view: &RunView<'_>) -> Vec<String> {
    let manifest = view.manifest;
    let mut missing: Vec<String> = words::ALL_CHECKS
        .into_iter()
        .filter(|check| !manifest.checks.contains(check))
        .map(|check| format!("{}: {}.", check.name(), words::check_meaning(check)))
        .collect();
    let faults = words::faults_not_tried(&view.fault_records());
    missing.push(format!("Faults that this run did not try: {}.", faults.join(", ")));
    missing.push(
        "Operations on more than one record, transactions, queries and secondary indexes."
            .to_owned(),
    );
    missing.push(format!("Other clients and settings than {}.", manifest.client.client));
    if let Some(mode) = manifest.arm.read_mode {
        missing.push(format!("Reads in other modes than {}.", words::read_mode(mode)));
    }
    if matches!(manifest.expectation, Expectation::Valid) {
        missing.push(
            "Valid means that no violation was found in this history, not that there can be none."
                .to_owned(),
        );
    }
    missing
}
