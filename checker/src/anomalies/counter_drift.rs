//! Counter drift: a read left the bounds that the adds allow.
//!
//! The sum of the adds acknowledged before the read began bounds it from below, the sum of all that
//! were invoked before it ended from above (with the signs of the deltas). Jepsen's counter test
//! checks the same. Within these bounds [`counter`] decides exactly where all adds
//! are of one size.

use history::{AnomalyClass, Call, Operation, Outcome};

use super::{Finding, Record};
use crate::evidence::{Seconds, words};
use crate::linearizability::{Decision, Unseen, counter};

/// All reads out of bounds, in the order of their calls; or, if all are within them and yet no
/// order of the increments explains the counts, the operations that show it.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    if record.is_deleted() {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = out_of_bounds(record)
        .into_iter()
        .map(|(read, low)| {
            let proof = if low { counter::proof_of_too_few } else { counter::proof_of_too_many };
            let mut operations = proof(&record.operations, read).unwrap_or_default();
            operations.retain(|at| *at != read);
            operations.push(read);
            Finding::new(AnomalyClass::CounterDrift, record, operations)
        })
        .collect();
    if findings.is_empty()
        && let Some(Decision::Broken(violation)) =
            counter::decide(&record.operations, Unseen::Impossible)
    {
        findings.push(Finding::new(AnomalyClass::CounterDrift, record, violation.operations));
    }
    findings
}

fn delta(operation: &Operation) -> i64 {
    match operation.call {
        Call::Add { delta } => delta,
        _ => 0,
    }
}

/// The reads below or above their bounds, and whether below.
fn out_of_bounds(record: &Record<'_>) -> Vec<(usize, bool)> {
    let growing = Sums::of(record, |delta| delta > 0);
    let falling = Sums::of(record, |delta| delta < 0);
    let mut found = Vec::new();
    for read in record.reads() {
        let operation = record.operations[read];
        let Some(count) = counter::count(operation) else { continue };
        let (call, ret) = (operation.invoked_ns, operation.settled_ns());
        let least = growing.surely_before(call).saturating_add(falling.perhaps_until(ret));
        let most = growing.perhaps_until(ret).saturating_add(falling.surely_before(call));
        if count < least || count > most {
            found.push((read, count < least));
        }
    }
    found
}

/// Running sums of deltas of one sign, by the time from which each counts.
struct Sums {
    surely: Vec<(u64, i64)>,
    perhaps: Vec<(u64, i64)>,
}

impl Sums {
    fn of(record: &Record<'_>, sign: impl Fn(i64) -> bool) -> Self {
        let adds = || record.operations.iter().filter(|one| sign(delta(one)));
        let surely = adds()
            .filter(|one| one.outcome == Outcome::Ok)
            .map(|one| (one.settled_ns(), delta(one)));
        let perhaps = adds()
            .filter(|one| one.outcome != Outcome::Fail)
            .map(|one| (one.invoked_ns, delta(one)));
        Self { surely: running(surely.collect()), perhaps: running(perhaps.collect()) }
    }

    fn surely_before(&self, at_ns: u64) -> i64 {
        last(&self.surely, self.surely.partition_point(|(from, _)| *from < at_ns))
    }

    fn perhaps_until(&self, at_ns: u64) -> i64 {
        last(&self.perhaps, self.perhaps.partition_point(|(from, _)| *from <= at_ns))
    }
}

fn running(mut steps: Vec<(u64, i64)>) -> Vec<(u64, i64)> {
    steps.sort_unstable();
    let mut sum = 0_i64;
    for step in &mut steps {
        sum = sum.saturating_add(step.1);
        step.1 = sum;
    }
    steps
}

fn last(sums: &[(u64, i64)], count: usize) -> i64 {
    count.checked_sub(1).map_or(0, |last| sums[last].1)
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let Some((read, others)) = finding.operations.split_last() else { return String::new() };
    let read = record.operations[*read];
    let told = words::read(read, seconds);
    let others: Vec<&Operation> = others.iter().map(|at| record.operations[*at]).collect();
    let base = others.iter().find(|one| !one.call.is_write()).copied();
    let adds: Vec<&&Operation> = others.iter().filter(|one| one.call.is_write()).collect();
    let from = base.map_or("The counter began at 0".to_owned(), |base| {
        let mut base = words::read(base, seconds);
        base.replace_range(..1, "T");
        base
    });
    let known = counter::count(read).unwrap_or(0);
    let least = adds
        .iter()
        .filter(|one| one.outcome == Outcome::Ok)
        .fold(base.and_then(counter::count).unwrap_or(0), |sum, one| {
            sum.saturating_add(delta(one))
        });
    if known < least {
        let (s, verb) = if adds.len() == 1 { ("", "was") } else { ("s", "were") };
        let who = match adds[..] {
            [add] => format!(
                " (the {}, acknowledged at {})",
                words::asked(add),
                seconds.print(add.settled_ns())
            ),
            _ => String::new(),
        };
        format!(
            "{from}; {} add{s}{who} {verb} acknowledged after that; {told}, {} too few.",
            adds.len(),
            least.saturating_sub(known)
        )
    } else {
        let s = if adds.len() == 1 { "" } else { "s" };
        format!("{from}; at most {} add{s} can have happened since; {told}.", adds.len())
    }
}
