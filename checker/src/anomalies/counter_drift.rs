//! Counter drift: a read left the bounds that the adds allow.
//!
//! Definition: an answered read is *below* its bounds if its count is less than the sum of the
//! positive deltas acknowledged before it began and the negative ones invoked before it ended (the
//! failed left out); *above* if it is more than with the signs exchanged. Jepsen's counter test
//! checks the same. Each such read is one finding. If there is none, and [`counter`] (which decides
//! exactly where all adds are of one size) knows no order, its proof is the one finding.

use history::{AnomalyClass, Call, Operation, Outcome};

use super::{Finding, Record};
use crate::evidence::{Seconds, words};
use crate::linearizability::{Decision, Unseen, counter};

/// All reads out of bounds, in the order of their calls, each alone ([`prove`] adds what it
/// contradicts); or, if all are within them and yet no order of the increments explains the counts,
/// the operations that show it.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    if record.is_deleted() {
        return Vec::new();
    }
    let finding = |operations| Finding::new(AnomalyClass::CounterDrift, record, operations);
    let out = out_of_bounds(record);
    if !out.is_empty() {
        return out.into_iter().map(|read| finding(vec![read])).collect();
    }
    match counter::decide(&record.operations, Unseen::Impossible) {
        Some(Decision::Broken(violation)) => vec![finding(violation.operations)],
        _ => Vec::new(),
    }
}

/// What shows that a read is out of bounds: the adds that bound it, a sight from which to count if
/// that needs fewer of them, and the read last.
#[must_use]
pub fn prove(record: &Record<'_>, read: usize) -> Vec<usize> {
    let mut proof = counter::proof(&record.operations, read)
        .or_else(|| by_sums(record, read))
        .unwrap_or_default();
    proof.retain(|at| *at != read);
    proof.push(read);
    proof
}

/// For adds of several sizes: all that may have pulled the count to where it is, and as many as
/// suffice, the greatest first, of those that surely pulled it the other way.
fn by_sums(record: &Record<'_>, read: usize) -> Option<Vec<usize>> {
    let operation = record.operations[read];
    let count = i128::from(counter::count(operation)?);
    let (call, ret) = (operation.invoked_ns, operation.settled_ns());
    [1, -1].into_iter().find_map(|sign| {
        let signed = |at: &usize| i128::from(delta(record.operations[*at])) * sign;
        let adds = || (0..record.operations.len()).filter(|at| delta(record.operations[*at]) != 0);
        let mut against: Vec<usize> = adds()
            .filter(|at| signed(at) > 0 && record.operations[*at].settled_ns() < call)
            .collect();
        against.sort_by_key(|at| (-signed(at), *at));
        let mut proof: Vec<usize> = adds()
            .filter(|at| {
                let one = record.operations[*at];
                signed(at) < 0 && one.outcome != Outcome::Fail && one.invoked_ns <= ret
            })
            .collect();
        let mut bound: i128 = proof.iter().map(signed).sum();
        for at in against {
            if bound > count * sign {
                break;
            }
            bound += signed(&at);
            proof.push(at);
        }
        (bound > count * sign).then_some(proof)
    })
}

fn delta(operation: &Operation) -> i64 {
    match operation.call {
        Call::Add { delta } => delta,
        _ => 0,
    }
}

/// The reads below or above their bounds.
pub(super) fn out_of_bounds(record: &Record<'_>) -> Vec<usize> {
    let growing = Sums::of(record, |delta| delta > 0);
    let falling = Sums::of(record, |delta| delta < 0);
    let out = |read: &usize| {
        let operation = record.operations[*read];
        let (call, ret) = (operation.invoked_ns, operation.settled_ns());
        counter::count(operation).map(i128::from).is_some_and(|count| {
            count < growing.surely_before(call) + falling.perhaps_until(ret)
                || count > growing.perhaps_until(ret) + falling.surely_before(call)
        })
    };
    record.reads().filter(out).collect()
}

/// Running sums of deltas of one sign, by the time from which each counts.
struct Sums {
    surely: Vec<(u64, i128)>,
    perhaps: Vec<(u64, i128)>,
}

impl Sums {
    fn of(record: &Record<'_>, sign: impl Fn(i64) -> bool) -> Self {
        let adds = || record.operations.iter().filter(|one| sign(delta(one)));
        let surely = adds().filter(|one| one.outcome == Outcome::Ok);
        let perhaps = adds().filter(|one| one.outcome != Outcome::Fail);
        Self {
            surely: running(surely.map(|one| (one.settled_ns(), delta(one)))),
            perhaps: running(perhaps.map(|one| (one.invoked_ns, delta(one)))),
        }
    }

    fn surely_before(&self, at_ns: u64) -> i128 {
        last(&self.surely, self.surely.partition_point(|(from, _)| *from < at_ns))
    }

    fn perhaps_until(&self, at_ns: u64) -> i128 {
        last(&self.perhaps, self.perhaps.partition_point(|(from, _)| *from <= at_ns))
    }
}

fn running(steps: impl Iterator<Item = (u64, i64)>) -> Vec<(u64, i128)> {
    let mut steps: Vec<(u64, i128)> = steps.map(|(from, step)| (from, step.into())).collect();
    steps.sort_unstable();
    let mut sum = 0;
    for step in &mut steps {
        sum += step.1;
        step.1 = sum;
    }
    steps
}

fn last(sums: &[(u64, i128)], count: usize) -> i128 {
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
    if adds.iter().any(|add| counter::count(add).is_some()) {
        return words::unexplained(others.iter().copied().chain([read]), seconds);
    }
    if let ([], Some(base)) = (&adds[..], base) {
        let (one, other) =
            if base.invoked_ns <= read.invoked_ns { (base, read) } else { (read, base) };
        let (one, other) = (words::read(one, seconds), words::read(other, seconds));
        return format!("The counter only grows, yet {one}; and then {other}.");
    }
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
