//! A chart with the words that make it readable.

use askama::Template;

use super::Role;
use crate::view::Phase;

/// A chart, its caption and its legend.
#[derive(Clone, Debug, Template)]
#[template(path = "figure.html")]
pub(crate) struct Figure {
    /// The caption.
    pub(crate) caption: String,
    /// What is measured and how, in a sentence.
    pub(crate) note: String,
    /// What each line is.
    pub(crate) legend: Vec<LegendEntry>,
    /// The picture.
    pub(crate) svg: String,
}

/// One line of a legend.
#[derive(Clone, Debug)]
pub(crate) struct LegendEntry {
    /// The class of its sample.
    class: String,
    /// The path of its sample.
    path: String,
    /// Its name.
    name: String,
}

impl LegendEntry {
    /// A line; `bold` as the chart draws it.
    pub(crate) fn line(role: Role, bold: bool, name: impl Into<String>) -> Self {
        let weight = if bold { "bold" } else { "thin" };
        let class = format!("{} {weight}", role.class());
        Self { class, path: "M2 7h32".to_owned(), name: name.into() }
    }

    /// A mark per operation.
    pub(crate) fn mark(role: Role, name: impl Into<String>) -> Self {
        let class = format!("{} marks", role.class());
        Self { class, path: format!("M18 7{}", role.mark()), name: name.into() }
    }

    /// What the vertical lines of the phases are.
    pub(crate) fn phases(phases: &[Phase]) -> Self {
        let names: Vec<&str> = phases.iter().map(|phase| phase.name).collect();
        let path = "M18 0v14".to_owned();
        Self { class: "phase thin".to_owned(), path, name: names.join(", ") }
    }

    /// The window of a fault.
    pub(crate) fn band() -> Self {
        Self {
            class: "band".to_owned(),
            path: "M2 1h32v12h-32z".to_owned(),
            name: "fault in force".to_owned(),
        }
    }
}
