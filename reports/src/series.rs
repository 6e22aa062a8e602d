//! A history in buckets of time: the numbers behind every line of a chart.

use history::Outcome;

use crate::view::{RunView, is_answered};

/// A number over time, by seconds; `None` is a gap.
pub(crate) type Course = Vec<(f64, Option<f64>)>;

/// A run's operations by the time of their invocation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// The width of a bucket, in seconds.
    pub(crate) width_s: f64,
    /// The buckets, without a gap, from the beginning of the load.
    pub(crate) buckets: Vec<Bucket>,
}

/// One slice of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bucket {
    /// Operations that happened.
    pub(crate) ok: u64,
    /// Operations that did not.
    pub(crate) fail: u64,
    /// Operations in doubt.
    pub(crate) info: u64,
    /// Per site, operations answered, and all.
    pub(crate) sites: Vec<Share>,
    /// Latencies of the operations that are ok, in ms, ascending.
    latencies_ms: Vec<f64>,
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    /// The part.
    pub(crate) part: u64,
    /// The whole.
    pub(crate) whole: u64,
}

impl Share {
    /// The part of one; `None` of nothing.
    pub(crate) fn of_one(self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    fn count(&mut self, part: bool) {
        self.part += u64::from(part);
        self.whole += 1;
    }
}

impl Bucket {
    /// A quantile of the latencies of operations that are ok, in ms (nearest rank).
    pub(crate) fn quantile_ms(&self, quantile: f64) -> Option<f64> {
        let rank = (self.latencies_ms.len() as f64 * quantile).ceil() as usize;
        self.latencies_ms.get(rank.saturating_sub(1)).copied()
    }

    /// All sites together.
    pub(crate) fn answered(&self) -> Share {
        self.sites.iter().fold(Share::default(), |sum, site| Share {
            part: sum.part + site.part,
            whole: sum.whole + site.whole,
        })
    }
}

impl Series {
    /// Sorts a run's operations into at most `most` buckets of a round width that reach `end_s`.
    pub(crate) fn of(view: &RunView<'_>, end_s: f64, most: usize) -> Self {
        let width_s = round_width_s(end_s / most as f64);
        let count = (end_s / width_s).ceil().max(1.0) as usize;
        let sites = site_count(view);
        let mut buckets =
            vec![Bucket { sites: vec![Share::default(); sites], ..Bucket::default() }; count];
        for operation in &view.history.operations {
            let at_s = view.seconds(operation.invoked_ns).max(0.0);
            let bucket = &mut buckets[((at_s / width_s) as usize).min(count - 1)];
            match operation.outcome {
                Outcome::Ok => bucket.ok += 1,
                Outcome::Fail => bucket.fail += 1,
                Outcome::Info => bucket.info += 1,
            }
            bucket.sites[usize::from(operation.site.0)].count(is_answered(&operation));
            if let (Outcome::Ok, Some(completed_ns)) = (operation.outcome, operation.completed_ns) {
                let latency_ns = completed_ns.saturating_sub(operation.invoked_ns);
                bucket.latencies_ms.push(latency_ns as f64 / 1e6);
            }
        }
        for bucket in &mut buckets {
            bucket.latencies_ms.sort_by(f64::total_cmp);
        }
        Self { width_s, buckets }
    }

    /// One number per bucket, each at the middle of its bucket.
    pub(crate) fn points(&self, number: impl Fn(&Bucket) -> Option<f64>) -> Course {
        let middle_s = |index: usize| (index as f64 + 0.5) * self.width_s;
        self.buckets.iter().enumerate().map(|(i, bucket)| (middle_s(i), number(bucket))).collect()
    }

    /// Per second, what is counted per bucket.
    pub(crate) fn per_second(&self, count: u64) -> f64 {
        count as f64 / self.width_s
    }
}

/// Operations answered: of those begun while a fault was in force, and of the others.
pub(crate) fn answered_in_faults(view: &RunView<'_>) -> (Share, Share) {
    let bands = view.bands();
    let (mut during, mut apart) = (Share::default(), Share::default());
    for operation in &view.history.operations {
        let in_fault = view.in_fault(&bands, operation.invoked_ns);
        let share = if in_fault { &mut during } else { &mut apart };
        share.count(is_answered(&operation));
    }
    (during, apart)
}

/// How many sites the topology and the operations name together.
pub(crate) fn site_count(view: &RunView<'_>) -> usize {
    let operations = view.history.operations.iter();
    let used = operations.map(|operation| usize::from(operation.site.0) + 1).max().unwrap_or(0);
    used.max(view.manifest.cluster.topology.sites.len())
}

/// The next width of 1, 2 or 5 times a power of ten, at least a tenth of a second.
fn round_width_s(least_s: f64) -> f64 {
    let mut decade_s = 0.1;
    loop {
        for step in [1.0, 2.0, 5.0] {
            if decade_s * step >= least_s {
                return decade_s * step;
            }
        }
        decade_s *= 10.0;
        if !decade_s.is_finite() {
            return least_s;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_round_and_wide_enough() {
        assert_eq!(round_width_s(0.0), 0.1);
        assert_eq!(round_width_s(0.11), 0.2);
        assert_eq!(round_width_s(0.3), 0.5);
        assert!((round_width_s(7.0) - 10.0).abs() < 1e-9);
    }

    #[test]
    fn a_quantile_is_the_nearest_rank() {
        let bucket = Bucket { latencies_ms: vec![1.0, 2.0, 3.0, 40.0], ..Bucket::default() };
        assert_eq!(bucket.quantile_ms(0.5), Some(2.0));
        assert_eq!(bucket.quantile_ms(0.99), Some(40.0));
        assert_eq!(Bucket::default().quantile_ms(0.5), None);
    }
}
