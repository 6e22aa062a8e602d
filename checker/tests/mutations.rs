//! Long valid histories, changed in ways whose verdict theory tells.

mod generated;

use aerocert_checker::linearizability::{Decision, Unseen, decide};
use generated::{Shape, contended, tame, unjustify};
use history::{Call, Model, Operation, Outcome, Returned};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const MODELS: [Model; 4] = [Model::Register, Model::CasRegister, Model::Counter, Model::Set];

fn holds(model: Model, operations: &[Operation]) -> bool {
    match decide(model, &operations.iter().collect::<Vec<_>>(), Unseen::Impossible) {
        Decision::Holds => true,
        Decision::Broken(_) => false,
        Decision::Undecided(why) => panic!("{model:?}: {why}"),
    }
}

/// Some histories of each model, with a stream of random numbers to change them by.
fn each(change: impl Fn(Model, Vec<Operation>, &mut ChaCha8Rng)) {
    for model in MODELS {
        for seed in 0..20 {
            let mut random = ChaCha8Rng::seed_from_u64(1000 * seed + model as u64);
            let operations = if model == Model::Set { 300 } else { 3_000 };
            let shape = Shape { operations, processes: 10, in_doubt: 8 };
            let operations = tame(model, &mut random, shape);
            assert!(holds(model, &operations), "{model:?} is made valid");
            change(model, operations, &mut random);
        }
    }
}

fn pick(
    operations: &[Operation],
    random: &mut ChaCha8Rng,
    fits: impl Fn(&Operation) -> bool,
) -> usize {
    let fitting: Vec<usize> = (0..operations.len()).filter(|at| fits(&operations[*at])).collect();
    fitting[random.random_range(0..fitting.len())]
}

/// Whether an answered read returned what an operation wrote.
fn was_read(operations: &[Operation], write: &Operation) -> bool {
    operations.iter().any(|one| match (&write.call, &one.returned) {
        (Call::Write { value } | Call::Cas { value, .. }, Returned::Value(seen)) => value == seen,
        (Call::Append { element }, Returned::List(elements)) => elements.contains(element),
        _ => false,
    })
}

fn was_replaced(operations: &[Operation], write: &Operation) -> bool {
    let (Call::Write { value } | Call::Cas { value, .. }) = write.call else { return false };
    operations
        .iter()
        .any(|one| matches!(one.call, Call::Cas { expected, .. } if expected == Some(value)))
}

#[test]
fn an_acknowledged_write_turned_in_doubt_stays_valid() {
    each(|model, mut operations, random| {
        for _ in 0..20 {
            let at = pick(&operations, random, Operation::is_acknowledged_write);
            operations[at].outcome = Outcome::Info;
            operations[at].completed_ns = None;
        }
        assert!(holds(model, &operations));
    });
}

#[test]
fn an_interval_that_grows_stays_valid() {
    each(|model, mut operations, random| {
        for _ in 0..20 {
            let at = pick(&operations, random, |one| one.outcome == Outcome::Ok);
            let longer = random.random_range(0..5_000);
            operations[at].completed_ns = operations[at].completed_ns.map(|end| end + longer);
        }
        assert!(holds(model, &operations));
    });
}

#[test]
fn a_read_that_is_left_out_stays_valid() {
    each(|model, mut operations, random| {
        let at = pick(&operations, random, |one| !one.call.is_write());
        operations.remove(at);
        assert!(holds(model, &operations));
    });
}

#[test]
fn a_write_that_nobody_saw_may_be_left_out_or_fail() {
    each(|model, operations, random| {
        if model == Model::Counter {
            return;
        }
        let unseen = |one: &Operation| {
            one.call.is_write() && !was_read(&operations, one) && !was_replaced(&operations, one)
        };
        let at = pick(&operations, random, unseen);
        let mut without = operations.clone();
        without.remove(at);
        assert!(holds(model, &without));
        let mut failed = operations.clone();
        failed[at].outcome = Outcome::Fail;
        assert!(holds(model, &failed));
    });
}

#[test]
fn a_write_that_was_read_must_neither_be_left_out_nor_fail() {
    each(|model, operations, random| {
        if model == Model::Counter {
            return;
        }
        let seen = |one: &Operation| one.call.is_write() && was_read(&operations, one);
        let at = pick(&operations, random, seen);
        let mut without = operations.clone();
        without.remove(at);
        assert!(!holds(model, &without));
        let mut failed = operations.clone();
        failed[at].outcome = Outcome::Fail;
        assert!(!holds(model, &failed));
    });
}

#[test]
fn reads_far_apart_must_not_swap_their_results() {
    each(|model, mut operations, random| {
        let last_ns = operations[operations.len() - 1].invoked_ns;
        let early =
            pick(&operations, random, |one| !one.call.is_write() && one.invoked_ns < last_ns / 4);
        let late =
            pick(&operations, random, |one| !one.call.is_write() && one.invoked_ns > last_ns / 2);
        let returned = operations[early].returned.clone();
        operations[early].returned = std::mem::replace(&mut operations[late].returned, returned);
        assert!(!holds(model, &operations));
    });
}

#[test]
fn an_acknowledged_add_must_count_once() {
    each(|model, mut operations, random| {
        if model != Model::Counter {
            return;
        }
        // All in doubt are left out, so that none of them can stand in.
        operations.retain(|one| one.outcome != Outcome::Info);
        let reads: Vec<usize> =
            (0..operations.len()).filter(|at| !operations[*at].call.is_write()).collect();
        let mut counted = operations.clone();
        let mut adds: Vec<u64> = operations
            .iter()
            .filter(|one| one.call.is_write())
            .filter_map(|one| one.completed_ns)
            .collect();
        adds.sort_unstable();
        // Exact counts at the instants of returns are one valid outcome only if intervals shrink to
        // them; so the reads become as wide as the history, save one after everything.
        for at in &reads {
            counted[*at].completed_ns = Some(u64::MAX / 2);
            counted[*at].returned = Returned::Count(adds.len() as i64);
        }
        assert!(holds(model, &counted));
        let at = reads[random.random_range(0..reads.len())];
        counted[at].returned = Returned::Count(adds.len() as i64 + 1);
        assert!(!holds(model, &counted), "one too many");
        counted[at].returned = Returned::Count(adds.len() as i64 - 1);
        counted[at].invoked_ns = u64::MAX / 4;
        counted.sort_by_key(|one| one.invoked_ns);
        assert!(!holds(model, &counted), "one too few");
    });
}

/// What a checker would say that took operations in doubt for failed, or for acknowledged.
#[test]
fn in_doubt_is_neither_failed_nor_acknowledged() {
    let mut wrong = [0_u32; 2];
    for seed in 0..50 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let shape = Shape { operations: 400, processes: 6, in_doubt: 20 };
        let operations = tame(Model::Register, &mut random, shape);
        let change = |outcome: Outcome| {
            let mut changed = operations.clone();
            for one in changed.iter_mut().filter(|one| one.outcome == Outcome::Info) {
                one.outcome = outcome;
                one.completed_ns = Some(one.invoked_ns + 1);
            }
            holds(Model::Register, &changed)
        };
        wrong[0] += u32::from(!change(Outcome::Fail));
        wrong[1] += u32::from(!change(Outcome::Ok));
        assert!(holds(Model::Register, &operations));
    }
    assert!(wrong.iter().all(|wrong| *wrong > 40), "{wrong:?} of 50 are misjudged");
}

/// Long contended histories, each with many refusals.
fn each_contended(mut change: impl FnMut(Vec<Operation>, &mut ChaCha8Rng)) {
    for seed in 0..12 {
        let mut random = ChaCha8Rng::seed_from_u64(7_000 + seed);
        let shape = Shape { operations: 3_000, processes: 8, in_doubt: seed as u32 % 4 };
        let operations = contended(&mut random, shape, [0.0, 0.02, 0.1][seed as usize % 3]);
        let refused = operations.iter().filter(|one| one.refused_ns().is_some()).count();
        assert!(refused > 300, "{refused}");
        assert!(holds(Model::CasRegister, &operations), "made valid");
        change(operations, &mut random);
    }
}

#[test]
fn a_refusal_that_says_less_stays_valid() {
    let model = Model::CasRegister;
    let refused = |one: &Operation| one.refused_ns().is_some();
    each_contended(|mut operations, random| {
        for _ in 0..20 {
            let at = pick(&operations, random, refused);
            let one = &mut operations[at];
            match random.random_range(0..4) {
                // It took longer.
                0 => one.completed_ns = one.completed_ns.map(|end| end + 5_000),
                // Nobody knows.
                1 => (one.outcome, one.completed_ns, one.code) = (Outcome::Info, None, 0),
                // It failed for another reason.
                2 => one.code = 9,
                _ => drop(operations.remove(at)),
            }
        }
        assert!(holds(model, &operations));
        // What nobody ever wrote was never there.
        let at = pick(&operations, random, refused);
        let Call::Cas { expected, .. } = &mut operations[at].call else { unreachable!() };
        *expected = Some(1_000_000);
        assert!(holds(model, &operations));
    });
}

#[test]
fn a_refusal_that_is_seen_twice_stays_valid() {
    each_contended(|mut operations, random| {
        for _ in 0..20 {
            let at = pick(&operations, random, |one| one.refused_ns().is_some());
            let twin = operations[at].clone();
            operations.insert(at, twin);
        }
        assert!(holds(Model::CasRegister, &operations));
    });
}

#[test]
fn a_refusal_of_what_was_there_before_and_after_is_broken() {
    let mut broken = 0;
    each_contended(|operations, random| {
        for _ in 0..5 {
            let mut changed = operations.clone();
            if unjustify(&mut changed, random) {
                assert!(!holds(Model::CasRegister, &changed));
                broken += 1;
            }
        }
    });
    assert!(broken > 40, "{broken}");
}

#[test]
fn a_read_that_was_told_it_could_not_be_is_broken() {
    // Between two answered reads of one value, a process is told that it is not there.
    let mut broken = 0;
    each_contended(|operations, random| {
        for _ in 0..40 {
            let at = pick(&operations, random, |one| one.returned != Returned::Nothing);
            let again = |one: &&Operation| {
                one.returned == operations[at].returned
                    && Some(one.invoked_ns) > operations[at].completed_ns.map(|end| end + 1)
            };
            let Some(later) = operations.iter().find(again) else { continue };
            let from = operations[at].completed_ns.expect("answered") + 1;
            let to = later.invoked_ns - 1;
            let expected = match operations[at].returned {
                Returned::Value(value) => Some(value),
                _ => None,
            };
            let call = Call::Cas { expected, generation: 0, value: 2_000_000 };
            let mut refusal = generated::operation(call, from, to, Outcome::Fail);
            refusal.code = 3;
            let mut changed = operations.clone();
            changed.push(refusal);
            let mut changed = generated::finish(changed);
            assert!(!holds(Model::CasRegister, &changed));
            // A moment longer on either side, and it may have been so.
            let at = changed.iter().position(|one| one.code == 3 && one.invoked_ns == from);
            let wider = &mut changed[at.expect("the refusal")];
            (wider.invoked_ns, wider.completed_ns) = (0, Some(u64::MAX / 2));
            assert!(holds(Model::CasRegister, &generated::finish(changed)));
            broken += 1;
        }
    });
    assert!(broken > 20, "{broken}");
}
