//! Zones: when a block of operations must hold the register.
//!
//! A block is a set of operations that no foreign write may part. Let `f` be its earliest return
//! and `s` its latest call. One block must precede another iff `f` of the one is before `s` of the
//! other. An order of the blocks exists iff no two of them must precede each other: a longer cycle
//! without such a pair would need `f` to fall all the way round it. So it is enough to find two
//! zones with `f < s'` and `f' < s`: two forward zones (`f < s`) that overlap, or a backward one
//! inside a forward one. (Gibbons and Korach, *Testing shared memories*, SIAM J. Comput. 1997.)

/// The span of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The earliest return of the block's operations.
    pub f: u64,
    /// The latest call of the block's operations.
    pub s: u64,
    /// The block.
    pub block: u32,
}

impl Zone {
    /// Whether the register must hold the block throughout `f..s`.
    #[must_use]
    pub fn is_forward(&self) -> bool {
        self.f < self.s
    }
}

/// Two blocks that must precede each other, the earlier forward one first; `None` if an order of
/// all blocks exists. O(n log n), and near-linear for zones that arrive almost sorted.
#[must_use]
pub fn conflict(zones: &[Zone]) -> Option<(u32, u32)> {
    let mut forward: Vec<Zone> = zones.iter().copied().filter(Zone::is_forward).collect();
    forward.sort_by_key(|zone| zone.f);
    if let Some(pair) = forward.windows(2).find(|pair| pair[1].f < pair[0].s) {
        return Some((pair[0].block, pair[1].block));
    }
    for zone in zones.iter().filter(|zone| !zone.is_forward()) {
        // Forward zones are disjoint by now: only the last that begins before can hold this one.
        let after = forward.partition_point(|around| around.f < zone.s);
        if let Some(around) = after.checked_sub(1).map(|last| forward[last])
            && zone.f < around.s
        {
            return Some((around.block, zone.block));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(spans: &[(u64, u64)]) -> Vec<Zone> {
        (0..).zip(spans).map(|(block, (f, s))| Zone { f: *f, s: *s, block }).collect()
    }

    #[test]
    fn two_forward_zones_must_not_overlap() {
        assert_eq!(conflict(&zones(&[(1, 5), (4, 9)])), Some((0, 1)));
        assert_eq!(conflict(&zones(&[(4, 9), (1, 5)])), Some((1, 0)));
        assert_eq!(conflict(&zones(&[(1, 4), (4, 9)])), None, "they may touch");
    }

    #[test]
    fn a_backward_zone_must_not_lie_inside_a_forward_one() {
        assert_eq!(conflict(&zones(&[(1, 9), (6, 5)])), Some((0, 1)));
        assert_eq!(conflict(&zones(&[(1, 9), (9, 5)])), None);
        assert_eq!(conflict(&zones(&[(1, 9), (6, 1)])), None, "it may touch the end");
        assert_eq!(conflict(&zones(&[(3, 2), (3, 1)])), None, "two backward ones never conflict");
    }
}
