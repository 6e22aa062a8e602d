//! What the charts of a run, or of the runs of a pair, have in common.

use super::{Figure, LegendEntry, Line, Plot, Role, Scale};
use crate::view::{Band, Phase, RunView};

/// A time axis with the faults and phases that fell on it.
pub(crate) struct Frame {
    /// What is charted, for the title of each picture.
    pub(crate) subject: String,
    /// Width and height of a picture; see [`Plot`].
    pub(crate) size: (u32, u32),
    /// Where the time axis ends, in seconds.
    pub(crate) end_s: f64,
    /// The windows of faults.
    pub(crate) bands: Vec<Band>,
    /// The phases.
    pub(crate) phases: Vec<Phase>,
}

/// What is charted in a frame.
pub(crate) struct Drawing {
    /// The picture's id on its page.
    pub(crate) id: String,
    /// The caption.
    pub(crate) caption: String,
    /// What is measured and how, in a sentence.
    pub(crate) note: String,
    /// The axis of what is measured.
    pub(crate) scale: Scale,
    /// Lines, in the order of drawing.
    pub(crate) lines: Vec<Line>,
    /// Marks per operation, drawn below the lines.
    pub(crate) marks: Vec<(Role, Vec<(f64, f64)>)>,
    /// What lines and marks are.
    pub(crate) legend: Vec<LegendEntry>,
}

impl Frame {
    /// The frame of one run, up to `end_s`.
    pub(crate) fn of(view: &RunView<'_>, size: (u32, u32), end_s: f64) -> Self {
        let manifest = view.manifest;
        let subject = format!("{} under {}", manifest.load.workload.name(), manifest.nemesis.name);
        Self { subject, size, end_s, bands: view.bands(), phases: view.phases() }
    }

    /// Draws, and puts caption and legend to it.
    pub(crate) fn figure(&self, drawing: Drawing) -> Figure {
        let svg = Plot { frame: self, drawing: &drawing }.draw();
        let Drawing { caption, note, mut legend, .. } = drawing;
        if !self.bands.is_empty() {
            legend.push(LegendEntry::band());
        }
        if !self.phases.is_empty() {
            legend.push(LegendEntry::phases(&self.phases));
        }
        Figure { caption, note, legend, svg }
    }
}
