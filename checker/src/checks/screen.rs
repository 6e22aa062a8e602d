//! Registers about which no finder has anything to say, told by one look at their packed operations.
//!
//! Most records of a run are such, and gathering a [`Record`](crate::anomalies::Record) for each would
//! cost many times what this does. A record passes if
//!
//! 1. it is never deleted or torn, and holds nothing that is no register's,
//! 2. its values name their writes, and it has a linearization,
//! 3. no generation names two versions or went backwards,
//! 4. its final reads agree,
//! 5. real time orders the operations of each process (no call at the very end of the one before).
//!
//! Why that is enough. Take a linearization. Values are unique and nothing is deleted, so a value
//! that was replaced never comes back. A *stale read*, an older one of a *session*, or one that shows
//! a write *lost* or one in doubt *vanished* would return a value after a later one had been in place,
//! as seen by operations that were over before the read began; a read of a *failed* or *unwritten*
//! value would have no write before it; of two compare-and-sets from one version the second would not
//! find it. None fits into the linearization, by 2 and 5. Writes that sessions or strong consistency
//! put on *older versions* were acknowledged with a generation not above an earlier one: a lower one
//! went backwards, an equal one names two versions. *Divergence* is excluded by 4, *torn records* by 1,
//! lying *generations* by 3.

use history::{Call, Model, Outcome, Packed, REFUSED, Seen, Value};
use rustc_hash::FxHashMap;

use super::Tally;
use crate::anomalies::generation;
use crate::linearizability::Unseen;
use crate::linearizability::register::{Action, INITIAL, Ruling, Step, rule};
use crate::run::Run;

/// How many operations are fetched before they are looked at: they lie far apart in memory, which is
/// slow one by one.
const GATHERED: usize = 256;

/// Room that is used for one record after the other.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    ids: FxHashMap<Value, u32>,
    /// Whether each value has a write that may have happened.
    written: Vec<bool>,
    steps: Vec<Step>,
    told: Vec<Told>,
    /// What each generation shows.
    versions: Vec<Version>,
}

/// A generation that an operation told.
#[derive(Clone, Copy, Debug)]
struct Told {
    generation: u32,
    call_ns: u64,
    settled_ns: u64,
    value: Value,
    write: bool,
}

/// What the operations that told one generation show.
#[derive(Clone, Copy, Debug)]
struct Version {
    written: Option<Value>,
    read: Option<Value>,
    /// When the first of them was over.
    over_ns: u64,
}

const UNTOLD: Version = Version { written: None, read: None, over_ns: u64::MAX };

impl Screen {
    /// Whether records of a run can be passed at all.
    pub(crate) fn fits(run: &Run<'_>) -> bool {
        let model = run.manifest.load.workload.model();
        matches!(model, Model::Register | Model::CasRegister)
            && run.survey.overlapping.is_none()
            && run.survey.backwards.is_none()
    }

    /// What there is of a record that passes; `None` if it does not.
    pub(crate) fn pass(&mut self, run: &Run<'_>, rank: usize) -> Option<Tally> {
        self.ids.clear();
        self.written.clear();
        self.written.push(true);
        self.steps.clear();
        self.told.clear();
        let mut tally = Tally::default();
        let mut last = None;
        let operations = &run.history.operations;
        let mut gathered = Vec::with_capacity(GATHERED);
        for positions in run.positions(rank).chunks(GATHERED) {
            gathered.clear();
            gathered.extend(positions.iter().map(|at| operations.packed(*at as usize)));
            for one in &gathered {
                if tally.operations == 0 && run.survey.tied[one.key_number() as usize] {
                    return None;
                }
                tally.operations += 1;
                self.add(one)?;
                if one.outcome() != Outcome::Ok {
                    continue;
                }
                if one.call().is_write() {
                    tally.written = true;
                    continue;
                }
                tally.answered += 1;
                if run.final_reads_ns().is_some_and(|start_ns| one.invoked_ns() >= start_ns) {
                    tally.read_finally = true;
                    if last.replace(one.seen()).is_some_and(|before| before != one.seen()) {
                        return None;
                    }
                }
            }
        }
        let values = self.written.len() as u32;
        let passes = self.generations_agree()
            && rule(&self.steps, values, Unseen::Impossible) == Ruling::Order;
        passes.then_some(tally)
    }

    /// Takes an operation; `None` if it is nothing that a record which passes may have.
    fn add(&mut self, one: &Packed<'_>) -> Option<()> {
        let outcome = one.outcome();
        let (call, ret) = (one.invoked_ns().saturating_add(1), one.settled_ns().saturating_add(1));
        let mut value = None;
        let action = match one.call() {
            Call::Read if outcome != Outcome::Ok => return Some(()),
            Call::Read => match one.seen() {
                Seen::Value(seen) => {
                    value = Some(seen);
                    Action::Read(self.id(seen))
                }
                Seen::Absent => Action::Read(INITIAL),
                _ => return None,
            },
            Call::Write { value: written } => {
                value = Some(written);
                let to = self.id(written);
                self.may_write(outcome, to)?;
                if outcome == Outcome::Fail { Action::Failed(to) } else { Action::Write(to) }
            }
            Call::Cas { expected, value: written, .. } => {
                value = Some(written);
                let from = expected.map_or(INITIAL, |value| self.id(value));
                let to = self.id(written);
                self.may_write(outcome, to)?;
                if outcome == Outcome::Fail {
                    if let (REFUSED, Some(at_ns)) = (one.code(), one.completed_ns()) {
                        let ret = at_ns.saturating_add(1);
                        self.steps.push(Step { call, ret, action: Action::Refused(from) });
                    }
                    Action::Failed(to)
                } else {
                    Action::CompareAndSet { from, to }
                }
            }
            Call::Add { .. } | Call::Append { .. } | Call::Delete => return None,
        };
        self.steps.push(Step { call, ret, action });
        if let (Some(generation), Some(value), Outcome::Ok) =
            (one.generation().filter(|generation| *generation > 0), value, outcome)
        {
            self.told.push(Told {
                generation,
                call_ns: one.invoked_ns(),
                settled_ns: one.settled_ns(),
                value,
                write: one.call().is_write(),
            });
        }
        Some(())
    }

    fn id(&mut self, value: Value) -> u32 {
        let written = &mut self.written;
        *self.ids.entry(value).or_insert_with(|| {
            written.push(false);
            written.len() as u32 - 1
        })
    }

    /// Notes a write of a value; `None` if it is the second that may have happened.
    fn may_write(&mut self, outcome: Outcome, id: u32) -> Option<()> {
        let twice =
            outcome != Outcome::Fail && std::mem::replace(&mut self.written[id as usize], true);
        (!twice).then_some(())
    }

    /// Whether no generation names two versions, and none is lower than one that was over before.
    fn generations_agree(&mut self) -> bool {
        let greatest = |among: &dyn Fn(&&Told) -> bool| {
            self.told.iter().filter(among).map(|told| told.generation).max().unwrap_or(0)
        };
        let most = greatest(&|_| true);
        if most >= generation::WRAP {
            // Those that may have wrapped say nothing; the finders ask it of writes alone as well.
            return greatest(&|told| told.write) >= generation::WRAP;
        }
        self.versions.clear();
        self.versions.resize(most as usize + 2, UNTOLD);
        for told in &self.told {
            let version = &mut self.versions[told.generation as usize];
            let (own, other) = if told.write {
                (&mut version.written, version.read)
            } else {
                (&mut version.read, version.written)
            };
            let before = own.replace(told.value);
            let doubled = before.is_some_and(|before| told.write || before != told.value);
            if doubled || other.is_some_and(|other| other != told.value) {
                return false;
            }
            version.over_ns = version.over_ns.min(told.settled_ns);
        }
        for generation in (1..self.versions.len()).rev() {
            let later_ns = self.versions[generation].over_ns;
            let version = &mut self.versions[generation - 1];
            version.over_ns = version.over_ns.min(later_ns);
        }
        let told = &mut self.told.iter();
        told.all(|told| self.versions[told.generation as usize + 1].over_ns >= told.call_ns)
    }
}
