//! The first position in a range whose number exceeds a bound, while numbers are still being set.

/// Numbers by position, all 0 at first, with the greatest of each aligned span (a segment tree).
#[derive(Debug)]
pub(super) struct Greatest {
    spans: Vec<u32>,
    leaves: usize,
}

impl Greatest {
    /// So many positions.
    pub(super) fn new(positions: usize) -> Self {
        let leaves = positions.next_power_of_two();
        Self { spans: vec![0; 2 * leaves], leaves }
    }

    /// Sets a position's number, if it is greater than before.
    pub(super) fn raise(&mut self, position: usize, number: u32) {
        let mut at = self.leaves + position;
        while at > 0 && self.spans[at] < number {
            self.spans[at] = number;
            at /= 2;
        }
    }

    /// The first position from `from` on whose number is greater than `bound`.
    pub(super) fn first_above(&self, from: usize, bound: u32) -> Option<usize> {
        if from >= self.leaves {
            return None;
        }
        let mut at = self.leaves + from;
        // Up and to the right until a span holds one, then down to its first.
        while self.spans[at] <= bound {
            while at % 2 == 1 {
                at /= 2;
            }
            if at == 0 {
                return None;
            }
            at += 1;
        }
        while at < self.leaves {
            at *= 2;
            if self.spans[at] <= bound {
                at += 1;
            }
        }
        Some(at - self.leaves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_above_is_the_first_above() {
        let numbers = [3, 9, 2, 7, 7, 1, 8];
        let mut greatest = Greatest::new(numbers.len());
        for (position, number) in numbers.iter().enumerate() {
            greatest.raise(position, *number);
        }
        for from in 0..=numbers.len() {
            for bound in 0..10 {
                let expected = (from..numbers.len()).find(|at| numbers[*at] > bound);
                assert_eq!(greatest.first_above(from, bound), expected, "{from}, {bound}");
            }
        }
        assert_eq!(Greatest::new(0).first_above(0, 0), None);
    }
}
