//! One plot: a time axis, a scale, fault bands, lines and marks.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::themed::{Spoken, themed};
use super::{Drawing, Frame, Role};
use crate::series::Course;
use crate::words;

/// A plot to draw. Sizes are in units of the picture, which is drawn about twice as large as it is
/// shown so that whole numbers place lines finely enough.
pub(crate) struct Plot<'a> {
    /// Where it is drawn.
    pub(crate) frame: &'a Frame,
    /// What is drawn.
    pub(crate) drawing: &'a Drawing,
}

/// The axis of what is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    /// Operations per second, from 0 to this many.
    Rate(f64),
    /// A share, from 0 to 1.
    Share,
    /// Records' keys, up to this one.
    Key(f64),
    /// Latencies between these, in ms, by their logarithm.
    LatencyMs(f64, f64),
}

/// A line; `None` is a gap.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// What it stands for.
    pub(crate) role: Role,
    /// Whether it is drawn bold.
    pub(crate) bold: bool,
    /// What is measured.
    pub(crate) points: Course,
}

const FONT: u32 = 30;
/// plotters takes a font's size for its line height.
const FONT_TO_LINE: f64 = 1.24;

type Failure = DrawingAreaErrorKind<std::io::Error>;

impl Plot<'_> {
    /// Draws it as an SVG element.
    pub(crate) fn draw(&self) -> String {
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, self.frame.size).into_drawing_area();
            let drawn = match self.drawing.scale {
                Scale::Rate(most) => self.draw_on(&area, 0.0..most.max(1.0), |rate| {
                    words::count(rate.round().max(0.0) as u64)
                }),
                Scale::Share => {
                    self.draw_on(&area, 0.0..1.0, |share| format!("{:.0} %", share * 100.0))
                }
                Scale::Key(most) => self.draw_on(&area, 0.0..most.max(1.0), |key| {
                    words::count(key.round().max(0.0) as u64)
                }),
                Scale::LatencyMs(low, high) => {
                    self.draw_on(&area, (low..high).log_scale(), |ms| words::decade_ms(*ms))
                }
            };
            // The backend is a string: it cannot fail, and a range that is empty is still a range.
            let presented = drawn.and_then(|()| area.present());
            debug_assert!(presented.is_ok(), "{presented:?}");
        }
        let Drawing { id, caption, note, .. } = self.drawing;
        let title = format!("{caption}: {}", self.frame.subject);
        themed(&svg, self.frame.size, &Spoken { id, title: &title, description: note })
    }

    fn draw_on<Y>(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
        y: Y,
        label: impl Fn(&f64) -> String,
    ) -> Result<(), Failure>
    where
        Y: AsRangedCoord<Value = f64>,
        Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let mut chart = ChartBuilder::on(area)
            .margin_top(FONT + 14)
            .margin_right(36)
            .x_label_area_size(FONT + 22)
            .y_label_area_size(118)
            .build_cartesian_2d(0.0..self.frame.end_s, y)?;
        let low_high = self.low_high();
        for band in &self.frame.bands {
            let corners =
                [(self.inside(band.from_s), low_high.1), (self.inside(band.to_s), low_high.0)];
            chart.draw_series([Rectangle::new(corners, Role::Band.colour().filled())])?;
        }
        let font = ("sans-serif", f64::from(FONT) * FONT_TO_LINE).into_font();
        let axis = Role::Axis.colour().stroke_width(2);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .max_light_lines(0)
            .bold_line_style(Role::Grid.colour().stroke_width(1))
            .axis_style(axis)
            .x_labels(7)
            .y_labels(5)
            .label_style(font.clone().color(&Role::Ink.colour()))
            .x_label_formatter(&|seconds| words::coarse_seconds(*seconds))
            .y_label_formatter(&label)
            .draw()?;
        for phase in &self.frame.phases {
            let at_s = self.inside(phase.at_s);
            let style = Role::Phase.colour().stroke_width(2);
            chart
                .draw_series([PathElement::new([(at_s, low_high.0), (at_s, low_high.1)], style)])?;
        }
        for (role, points) in &self.drawing.marks {
            let mark = |point: &(f64, f64)| {
                let at = (self.inside(point.0), point.1.clamp(low_high.0, low_high.1));
                Circle::new(at, 3, role.colour().filled())
            };
            chart.draw_series(points.iter().map(mark))?;
        }
        for line in &self.drawing.lines {
            let style = line.role.colour().stroke_width(if line.bold { 5 } else { 3 });
            for run in unbroken(&line.points) {
                if let [(x, y)] = run[..] {
                    // A line of one point would be invisible.
                    let reach = self.frame.end_s / 200.0;
                    let dash = [(self.inside(x - reach), y), (self.inside(x + reach), y)];
                    chart.draw_series([PathElement::new(dash, style)])?;
                } else {
                    chart.draw_series([PathElement::new(run, style)])?;
                }
            }
        }
        let style = font.color(&Role::Ink.colour()).pos(Pos::new(HPos::Left, VPos::Bottom));
        for (x, text) in self.band_labels(chart.plotting_area().get_x_axis_pixel_range()) {
            area.draw_text(&text, &style, (x, FONT as i32 + 8))?;
        }
        Ok(())
    }

    /// Labels above the bands, each where there is room for it.
    fn band_labels(&self, pixels: Range<i32>) -> Vec<(i32, String)> {
        let per_second = f64::from(pixels.end - pixels.start) / self.frame.end_s;
        let mut labels = Vec::new();
        let mut free_from = pixels.start;
        for band in &self.frame.bands {
            let x = pixels.start + (self.inside(band.from_s) * per_second) as i32;
            let text = format!("fault {}", band.fault + 1);
            let width = (text.len() as u32 * FONT * 6 / 10) as i32;
            if x >= free_from && x + width <= self.frame.size.0 as i32 {
                free_from = x + width;
                labels.push((x, text));
            }
        }
        labels
    }

    fn low_high(&self) -> (f64, f64) {
        match self.drawing.scale {
            Scale::Rate(most) | Scale::Key(most) => (0.0, most.max(1.0)),
            Scale::Share => (0.0, 1.0),
            Scale::LatencyMs(low, high) => (low, high),
        }
    }

    /// A time within the axis.
    fn inside(&self, seconds: f64) -> f64 {
        seconds.clamp(0.0, self.frame.end_s)
    }
}

/// The parts of a line between its gaps.
fn unbroken(points: &[(f64, Option<f64>)]) -> Vec<Vec<(f64, f64)>> {
    points
        .split(|(_, number)| number.is_none())
        .map(|run| {
            run.iter().filter_map(|(at, number)| Some((*at, (*number)?))).collect::<Vec<_>>()
        })
        .filter(|run| !run.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Band;

    fn plot(scale: Scale, points: Course) -> String {
        let frame = Frame {
            subject: "s".to_owned(),
            size: (1040, 540),
            end_s: 10.0,
            bands: vec![Band { fault: 0, from_s: 2.0, to_s: 5.0 }],
            phases: vec![],
        };
        let drawing = Drawing {
            id: "p".to_owned(),
            caption: "t".to_owned(),
            note: "d".to_owned(),
            scale,
            lines: vec![Line { role: Role::Ok, bold: true, points }],
            marks: vec![],
            legend: vec![],
        };
        Plot { frame: &frame, drawing: &drawing }.draw()
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let points = vec![
            (1.0, Some(0.5)),
            (2.0, Some(0.5)),
            (3.0, None),
            (4.0, Some(1.0)),
            (5.0, Some(0.1)),
        ];
        let svg = plot(Scale::Share, points);
        assert_eq!(svg.matches("<polyline fill=\"none\" class=\"ok\"").count(), 2, "{svg}");
    }

    #[test]
    fn a_band_is_drawn_and_named() {
        let svg = plot(Scale::LatencyMs(0.1, 1000.0), vec![]);
        assert!(svg.contains("class=\"band\"") && svg.contains("fault 1"), "{svg}");
        assert!(svg.contains("10 ms") && svg.contains("1 s"), "{svg}");
    }

    #[test]
    fn no_colour_of_plotters_is_left() {
        let svg = plot(Scale::Rate(800.0), vec![(1.0, Some(7.0))]);
        assert!(!svg.contains("=\"#"), "{svg}");
    }
}
