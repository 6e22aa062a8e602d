//! Delta debugging (Zeller and Hildebrandt, *Simplifying and isolating failure-inducing input*,
//! IEEE TSE 2002), in its form that only removes.

/// The least subset, by removing one after another, that still is a violation: no single position
/// can be removed from what is returned, unless more than `most` positions were tried on the way.
/// Starts with halves, so that a large set shrinks in few tests. `violates` must hold for
/// `positions`; the order is kept.
pub fn irreducible(
    mut positions: Vec<usize>,
    most: usize,
    mut violates: impl FnMut(&[usize]) -> bool,
) -> Vec<usize> {
    let mut chunk = positions.len().div_ceil(2).max(1);
    let mut left = most;
    loop {
        let mut removed = false;
        let mut from = 0;
        while from < positions.len() {
            let Some(rest) = left.checked_sub(positions.len()) else { return positions };
            left = rest;
            let to = (from + chunk).min(positions.len());
            let rest = [&positions[..from], &positions[to..]].concat();
            if violates(&rest) {
                positions = rest;
                removed = true;
            } else {
                from = to;
            }
        }
        if chunk == 1 && !removed {
            return positions;
        }
        if !removed {
            chunk = (chunk / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_be_removed_from_what_is_left() {
        let needed = [17, 400, 999];
        let mut tests = 0;
        let left = irreducible((0..1000).collect(), usize::MAX, |some| {
            tests += 1;
            needed.iter().all(|one| some.contains(one))
        });
        assert_eq!(left, needed);
        assert!(tests < 200, "{tests} tests");
    }

    #[test]
    fn what_cannot_shrink_stays() {
        assert_eq!(irreducible(vec![1, 2], 100, |some| some.len() == 2), [1, 2]);
        assert_eq!(irreducible(vec![1, 2], 100, |_| true), Vec::<usize>::new());
        assert_eq!(irreducible(vec![1, 2], 1, |_| true), [1, 2], "work has its end");
    }
}
