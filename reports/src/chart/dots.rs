//! Down-sampling of operations to what an eye can tell apart.

use std::collections::BTreeSet;

/// A point of a chart: seconds, and ms.
pub(crate) type Point = (f64, f64);

/// Keeps the first point of each cell of a grid over the points' own range (the second number by
/// its logarithm), and coarsens the grid until at most `most` remain. No randomness: the same
/// points give the same picture.
pub(crate) fn thinned(points: &[Point], most: usize) -> Vec<Point> {
    let mut cells = 512.0;
    loop {
        let kept = first_per_cell(points, cells);
        if kept.len() <= most || cells < 2.0 {
            return kept;
        }
        cells /= 1.25;
    }
}

fn first_per_cell(points: &[Point], cells: f64) -> Vec<Point> {
    let across = extent(points.iter().map(|point| point.0));
    let up = extent(points.iter().map(|point| point.1.ln()));
    let cell = |(low, span): (f64, f64), at: f64| ((at - low) / span * cells) as u32;
    let mut taken = BTreeSet::new();
    let mut kept = Vec::new();
    for point in points {
        if taken.insert((cell(across, point.0), cell(up, point.1.ln()))) {
            kept.push(*point);
        }
    }
    kept
}

/// The least number and the distance to the greatest (1 where there is none).
fn extent(numbers: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let low = numbers.clone().fold(f64::INFINITY, f64::min);
    let high = numbers.fold(f64::NEG_INFINITY, f64::max);
    let span = high - low;
    (low, if span.is_finite() && span > 0.0 { span } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_extremes_and_is_bounded() {
        let points: Vec<Point> =
            (0..20_000).map(|i| (f64::from(i) / 100.0, 0.1 + f64::from(i * 7919 % 1000))).collect();
        let kept = thinned(&points, 1_500);
        assert!(kept.len() <= 1_500 && kept.len() > 700, "{}", kept.len());
        assert_eq!(kept, thinned(&points, 1_500));
        assert_eq!(kept[0], points[0]);
    }

    #[test]
    fn few_points_all_stay() {
        assert_eq!(thinned(&[(1.0, 1.0), (2.0, 10.0)], 10), [(1.0, 1.0), (2.0, 10.0)]);
        assert!(thinned(&[], 10).is_empty());
    }
}
