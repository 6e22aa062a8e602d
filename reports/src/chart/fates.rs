//! When acknowledged writes were made, and what became of them.

use history::AnomalyClass;

use super::dots::thinned;
use super::{Drawing, Figure, Frame, LegendEntry, Role, Scale};
use crate::fate::{Fate, fates, greatest_key};
use crate::view::RunView;
use crate::words;

/// Writes of one fate that the chart shows; of lost ones, many more.
const MARKS: usize = 1_500;
const LOST_MARKS: usize = 6_000;

/// The picture of lost writes, where the results name some.
pub(crate) fn fate_of_writes(view: &RunView<'_>, size: (u32, u32)) -> Option<Figure> {
    let lost = |(class, _): &(AnomalyClass, u64)| *class == AnomalyClass::LostWrite;
    if !view.results.anomalies().iter().any(lost) {
        return None;
    }
    let fates = fates(view);
    let kinds = [
        (Fate::Replaced, Role::Replaced, MARKS, "replaced by a later write"),
        (Fate::Survived, Role::Survived, MARKS, "there in the final reads"),
        (Fate::Lost, Role::Lost, LOST_MARKS, "lost"),
    ];
    let (mut marks, mut legend) = (Vec::new(), Vec::new());
    for (fate, role, most, name) in kinds {
        let of_fate = fates.iter().filter(|(_, its)| *its == fate);
        let points: Vec<(f64, f64)> = of_fate
            .map(|(write, _)| (view.seconds(write.invoked_ns).max(0.0), write.key.0 as f64))
            .collect();
        let count = words::count(points.len() as u64);
        legend.push(LegendEntry::mark(role, format!("{name} ({count})")));
        marks.push((role, thinned(&points, most, |key| key)));
    }
    (!fates.is_empty()).then(|| {
        Frame::of(view, size, view.end_s()).figure(Drawing {
            id: "fates".to_owned(),
            caption: "Acknowledged writes and their fate".to_owned(),
            note: "A mark per write at the time of its invocation, by the record's key. Lost: the \
                   final reads return nothing that was written after it or beside it."
                .to_owned(),
            scale: Scale::Key(greatest_key(&fates) as f64),
            lines: vec![],
            marks,
            legend,
        })
    })
}
