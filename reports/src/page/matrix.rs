//! The matrix of a certificate: a row per pair of runs, a column per arm.

use history::{Certificate, RunSummary};

use super::link::relative;
use crate::words::{self, Badge};

/// The matrix.
#[derive(Debug)]
pub(crate) struct Matrix {
    /// The arms.
    pub(crate) arms: Vec<String>,
    /// The pairs.
    pub(crate) rows: Vec<MatrixRow>,
}

/// The runs that stood under the same faults.
#[derive(Debug)]
pub(crate) struct MatrixRow {
    /// The anchor of the pair's section.
    pub(crate) anchor: String,
    /// The workload.
    pub(crate) workload: String,
    /// The nemesis.
    pub(crate) nemesis: String,
    /// A cell per arm; `None` where the arm did not take part.
    pub(crate) cells: Vec<Option<Cell>>,
}

/// One run.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Its page.
    pub(crate) link: String,
    /// Its verdict.
    pub(crate) badge: Badge,
    /// Whether it was expected.
    pub(crate) expectation: Badge,
    /// What it shows.
    pub(crate) anomalies: String,
    /// How many operations.
    pub(crate) operations: String,
}

/// Runs that share a pair, in the order of the certificate.
pub(crate) fn pairs(certificate: &Certificate) -> Vec<Vec<&RunSummary>> {
    let mut pairs: Vec<Vec<&RunSummary>> = Vec::new();
    for run in &certificate.runs {
        match pairs.iter_mut().find(|pair| pair[0].pair == run.pair) {
            Some(pair) => pair.push(run),
            None => pairs.push(vec![run]),
        }
    }
    pairs
}

/// The anchor of the n-th pair.
pub(crate) fn anchor(index: usize) -> String {
    format!("pair-{}", index + 1)
}

impl Matrix {
    /// The matrix of a certificate.
    pub(crate) fn of(certificate: &Certificate) -> Self {
        let mut arms: Vec<String> = Vec::new();
        for run in &certificate.runs {
            if !arms.contains(&run.arm) {
                arms.push(run.arm.clone());
            }
        }
        let row = |(index, pair): (usize, Vec<&RunSummary>)| MatrixRow {
            anchor: anchor(index),
            workload: pair[0].workload.clone(),
            nemesis: pair[0].nemesis.clone(),
            cells: arms
                .iter()
                .map(|arm| pair.iter().find(|run| run.arm == *arm).map(|run| cell(run)))
                .collect(),
        };
        let rows = pairs(certificate).into_iter().enumerate().map(row).collect();
        Self { rows, arms }
    }
}

/// A run as a cell.
pub(crate) fn cell(run: &RunSummary) -> Cell {
    let operations = run.operations;
    Cell {
        link: relative(&run.path, "report.html"),
        badge: words::verdict_badge(run.verdict),
        expectation: words::expectation_badge(run.expected, run.verdict),
        anomalies: words::classes_counted(run.anomalies.iter().map(|a| (a.class, a.count))),
        operations: words::count(operations.ok + operations.fail + operations.info),
    }
}
