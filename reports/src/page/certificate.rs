//! The page of a certificate.

use std::collections::BTreeSet;

use askama::Template;
use history::{Certificate, Mode, RunSummary, Verdict};

use super::cluster::{Fact, cluster_facts};
use super::comparison::{Arm, Comparison, headline};
use super::head::Head;
use super::link::{relative, slug};
use super::matrix::{Cell, Matrix, cell, pairs};
use crate::chart::Figure;
use crate::notice::noticed;
use crate::proof::Proof;
use crate::view::RunView;
use crate::words::{self, Badge};

/// Proofs that the page shows, the first of each class and arm.
const MOST_PROOFS: usize = 10;

/// A night's certificate as one HTML file, with the histories of its runs where they are at hand
/// (a run without its history has no charts and no proofs). The same input gives the same bytes.
#[must_use]
pub fn certificate_page(certificate: &Certificate, runs: &[RunView<'_>]) -> String {
    let page = CertificatePage::of(certificate, runs);
    // A template writes into a string, which does not fail.
    page.render().unwrap_or_else(|error| format!("the page could not be written: {error}"))
}

#[derive(Debug, Template)]
#[template(path = "certificate.html")]
struct CertificatePage {
    head: Head,
    facts: Vec<Fact>,
    matrix: Matrix,
    headline: Option<Figure>,
    comparisons: Vec<Comparison>,
    proofs: Vec<ShownProof>,
    canaries: Vec<CanaryRow>,
    cluster: Vec<Fact>,
    methods: Vec<String>,
    reproduce: String,
    hashes: Vec<HashRow>,
}

#[derive(Debug)]
struct ShownProof {
    meaning: &'static str,
    link: String,
    proof: Proof,
}

#[derive(Debug)]
struct CanaryRow {
    defect: String,
    caught: Badge,
    tested: String,
    cell: Cell,
}

#[derive(Debug)]
struct HashRow {
    link: String,
    run: String,
    history: String,
    results: String,
}

impl CertificatePage {
    fn of(certificate: &Certificate, runs: &[RunView<'_>]) -> Self {
        let paired: Vec<Vec<Arm<'_>>> = pairs(certificate)
            .into_iter()
            .map(|pair| pair.into_iter().map(|run| (run, view_of(run, runs))).collect())
            .collect();
        let cluster = &certificate.cluster;
        let badge = words::certificate_badge(certificate.verdict);
        let subject = format!("certificate {}, seed {}", certificate.profile, certificate.seed);
        let statement = noticed(cluster.kind, &certificate.statement);
        Self {
            head: Head::new(cluster.kind, badge, &subject, &statement, &certificate.version),
            facts: facts(certificate),
            matrix: Matrix::of(certificate),
            headline: telling(&paired).and_then(|pair| headline("headline", pair)),
            comparisons: paired
                .iter()
                .enumerate()
                .map(|(i, pair)| Comparison::of(i, pair))
                .collect(),
            proofs: proofs(&paired),
            canaries: certificate
                .canaries
                .iter()
                .map(|canary| CanaryRow {
                    defect: canary.defect.clone(),
                    caught: if canary.caught {
                        Badge { symbol: "✔", word: "caught", tone: "good" }
                    } else {
                        Badge { symbol: "✘", word: "missed", tone: "bad" }
                    },
                    tested: format!("{} under {}", canary.run.workload, canary.run.nemesis),
                    cell: cell(&canary.run),
                })
                .collect(),
            cluster: cluster_of(certificate, runs),
            methods: methods(runs),
            reproduce: certificate.reproduce.clone(),
            hashes: certificate
                .runs
                .iter()
                .chain(certificate.canaries.iter().map(|canary| &canary.run))
                .map(|run| HashRow {
                    link: relative(&run.path, "report.html"),
                    run: run.path.clone(),
                    history: run.history_sha256.clone(),
                    results: run.results_sha256.clone(),
                })
                .collect(),
        }
    }
}

/// The history of a run: by the last part of its path, which is the run's name.
fn view_of<'a>(run: &RunSummary, views: &'a [RunView<'a>]) -> Option<&'a RunView<'a>> {
    let name = run.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let tested = |view: &&RunView<'_>| {
        let manifest = view.manifest;
        manifest.pair == run.pair
            && manifest.arm.name == run.arm
            && manifest.load.workload.name() == run.workload
            && manifest.nemesis.name == run.nemesis
    };
    views.iter().find(|view| view.manifest.run == name).or_else(|| views.iter().find(tested))
}

/// The pair that shows the difference between the modes best: where AP has most anomalies.
fn telling<'a, 'b>(pairs: &'b [Vec<Arm<'a>>]) -> Option<&'b Vec<Arm<'a>>> {
    let anomalies = |pair: &&Vec<Arm<'_>>| -> u64 {
        let ap = pair.iter().filter(|(run, view)| run.mode == Mode::Ap && view.is_some());
        ap.flat_map(|(run, _)| &run.anomalies).map(|count| count.count).sum()
    };
    let seen = pairs.iter().filter(|pair| pair.iter().any(|(_, view)| view.is_some()));
    // The first of equals, so that the order of the profile decides.
    seen.rev().max_by_key(anomalies)
}

/// The first proof of each class that each arm shows; unexpected ones first.
fn proofs(pairs: &[Vec<Arm<'_>>]) -> Vec<ShownProof> {
    let mut shown = BTreeSet::new();
    let mut proofs = Vec::new();
    let mut arms: Vec<&Arm<'_>> = pairs.iter().flatten().collect();
    arms.sort_by_key(|(run, _)| run.expected);
    for (run, view) in arms {
        let Some(view) = view else { continue };
        let bands = view.bands();
        for group in view.results.checks.iter().flat_map(|check| &check.anomalies) {
            let Some(anomaly) = group.examples.first() else { continue };
            if proofs.len() == MOST_PROOFS || !shown.insert((&run.arm, group.class)) {
                continue;
            }
            let id = format!("anomaly-{}-{}-1", slug(&run.arm), group.class.name());
            let heading = format!(
                "{}: {} in {} under {}",
                run.arm,
                group.class.name(),
                run.workload,
                run.nemesis
            );
            proofs.push(ShownProof {
                meaning: words::class_meaning(group.class),
                link: relative(&run.path, "report.html"),
                proof: Proof::of(view, &bands, anomaly, id, heading),
            });
        }
    }
    proofs
}

fn facts(certificate: &Certificate) -> Vec<Fact> {
    let runs = &certificate.runs;
    let operations: u64 =
        runs.iter().map(|run| run.operations.ok + run.operations.fail + run.operations.info).sum();
    let met = runs.iter().filter(|run| run.expected && run.verdict != Verdict::Unknown).count();
    let caught = certificate.canaries.iter().filter(|canary| canary.caught).count();
    let mut facts = vec![
        ("expectations met", format!("{met} of {}", runs.len())),
        ("operations", words::count(operations)),
        ("profile", certificate.profile.clone()),
        ("seed", certificate.seed.to_string()),
        ("began", certificate.started.clone()),
    ];
    if !certificate.canaries.is_empty() {
        facts.insert(1, ("canaries caught", format!("{caught} of {}", certificate.canaries.len())));
    }
    facts
}

/// The cluster as the runs' manifests describe it, else as the certificate summarises it.
fn cluster_of(certificate: &Certificate, runs: &[RunView<'_>]) -> Vec<Fact> {
    if let Some(view) = runs.first() {
        return cluster_facts(view.manifest);
    }
    let cluster = &certificate.cluster;
    let mut facts = vec![
        ("Name", cluster.name.clone()),
        (
            "Edition and build, as the nodes state them",
            format!("{} {}", cluster.edition, cluster.build),
        ),
        ("Nodes", format!("{} in {}", cluster.nodes, cluster.sites.join(", "))),
    ];
    if let Some(round_trip_us) = cluster.round_trip_us {
        facts.push(("Round trip between sites", words::span_ms(round_trip_us as f64 / 1e3)));
    }
    facts
}

/// How the verdicts came about, and where they end.
fn methods(runs: &[RunView<'_>]) -> Vec<String> {
    let mut methods = vec![
        "The arms of a pair were loaded at the same time, by the same workload, under one and the same faults, on one clock.".to_owned(),
        "Every operation counts as ok (it happened), failed (it certainly did not) or in doubt (it may take effect at any later time, or never). Clients do not retry.".to_owned(),
        "A fault's window is what probes saw, not what was requested. A run whose faults did not take, or whose traffic missed its floor, is unknown.".to_owned(),
        "Valid means that no violation was found in a history, not that there can be none. Invalid always comes with the operations that prove it.".to_owned(),
        "Each run's page names its assumptions, its checks and what it did not check.".to_owned(),
    ];
    let mut faults: Option<BTreeSet<&str>> = None;
    for view in runs {
        let missing: BTreeSet<&str> =
            words::faults_not_tried(&view.fault_records()).into_iter().collect();
        faults = Some(match faults {
            Some(all) => all.intersection(&missing).copied().collect(),
            None => missing,
        });
    }
    if let Some(faults) = faults.filter(|faults| !faults.is_empty()) {
        let names: Vec<&str> = faults.into_iter().collect();
        methods.push(format!("No run tried {}.", names.join(", ")));
    }
    methods
}
