//! Down-sampling of operations to what an eye can tell apart.

use std::collections::BTreeMap;

/// A point of a chart: seconds, and what is measured.
pub(crate) type Point = (f64, f64);

/// Keeps one point of each cell of a grid over the points' own range (the second number as high as
/// the chart draws it), and coarsens the grid until at most `most` remain: what lies alone always stays.
/// Which one stays is drawn by a fixed mixing of its position, so that the picture shows no grid
/// and the same points give the same picture.
pub(crate) fn thinned(points: &[Point], most: usize, up: fn(f64) -> f64) -> Vec<Point> {
    let mut cells = 512.0;
    loop {
        let kept = one_per_cell(points, cells, up);
        if kept.len() <= most || cells < 2.0 {
            return kept;
        }
        cells /= 1.25;
    }
}

fn one_per_cell(points: &[Point], cells: f64, height: fn(f64) -> f64) -> Vec<Point> {
    let across = extent(points.iter().map(|point| point.0));
    let up = extent(points.iter().map(|point| height(point.1)));
    let cell = |(low, span): (f64, f64), at: f64| ((at - low) / span * cells) as u32;
    let mut lots: BTreeMap<(u32, u32), (u64, usize)> = BTreeMap::new();
    for (index, point) in points.iter().enumerate() {
        let lot = (mixed(index as u64), index);
        let least = lots.entry((cell(across, point.0), cell(up, height(point.1)))).or_insert(lot);
        *least = lot.min(*least);
    }
    let mut kept: Vec<usize> = lots.into_values().map(|(_, index)| index).collect();
    kept.sort_unstable();
    kept.into_iter().map(|index| points[index]).collect()
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): neighbours get unrelated numbers.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
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
    fn thinning_is_bounded_repeatable_and_keeps_what_lies_alone() {
        let alone = (20.0, 90_000.0);
        let dense = (0..20_000).map(|i| (f64::from(i) / 100.0, 0.1 + f64::from(i * 7919 % 1000)));
        let points: Vec<Point> = dense.chain([alone]).collect();
        let kept = thinned(&points, 1_500, f64::ln);
        assert!(kept.len() <= 1_500 && kept.len() > 700, "{}", kept.len());
        assert_eq!(kept, thinned(&points, 1_500, f64::ln));
        assert!(kept.contains(&alone));
    }

    #[test]
    fn few_points_all_stay() {
        assert_eq!(thinned(&[(1.0, 1.0), (2.0, 10.0)], 10, f64::ln), [(1.0, 1.0), (2.0, 10.0)]);
        assert!(thinned(&[], 10, f64::ln).is_empty());
    }
}
