//! What will be done in virtual time, in order.

use std::collections::BTreeMap;

/// Acts by their times; those of one time in the order in which they were planned.
#[derive(Debug)]
pub(crate) struct Agenda<A> {
    acts: BTreeMap<(u64, u64), A>,
    planned: u64,
}

impl<A> Default for Agenda<A> {
    fn default() -> Self {
        Self { acts: BTreeMap::new(), planned: 0 }
    }
}

impl<A> Agenda<A> {
    /// Plans an act for a time.
    pub(crate) fn plan(&mut self, at_ns: u64, act: A) {
        self.planned += 1;
        self.acts.insert((at_ns, self.planned), act);
    }

    /// When the next act is due, if there is one.
    pub(crate) fn next_ns(&self) -> Option<u64> {
        self.acts.first_key_value().map(|((at_ns, _), _)| *at_ns)
    }

    /// Takes the next act that is due by `now_ns`.
    pub(crate) fn due(&mut self, now_ns: u64) -> Option<A> {
        let entry = self.acts.first_entry()?;
        (entry.key().0 <= now_ns).then(|| entry.remove())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_come_in_time_and_then_as_they_were_planned() {
        let mut agenda = Agenda::default();
        for (at_ns, act) in [(5, 'c'), (3, 'a'), (3, 'b')] {
            agenda.plan(at_ns, act);
        }
        assert_eq!((agenda.next_ns(), agenda.due(2)), (Some(3), None));
        assert_eq!([(); 3].map(|()| agenda.due(4)), [Some('a'), Some('b'), None]);
        assert_eq!((agenda.due(5), agenda.next_ns()), (Some('c'), None));
    }
}
