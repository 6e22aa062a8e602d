//! Histories of other programs under every model: verdicts, proofs and certificates agree with brute
//! force, and no false certificate is believed.
//!
//! `AEROCERT_CASES` says how many histories of each model are tried, `AEROCERT_SEED` from which seed.

#[path = "generated/objects.rs"]
#[expect(dead_code, reason = "sets are read as a whole here")]
mod objects;
mod recorded;
mod tried;

use aerocert_checker::certificate::verify_object;
use aerocert_checker::foreign::{Question, judge, objects as objects_of, prove};
use aerocert_checker::oracle::{self, Fate, Object};
use history::exchange::foreign::{DatumId, Foreign};
use history::{AnomalyClass, OperationId, Outcome, Proof, Verdict};
use objects::{
    CasRegisters, Counters, Lists, MultiRegisters, Mutexes, Queues, Registers, Texts, Times,
    UniqueQueues, WholeSets, change, tame_from, wild,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use recorded::{Recorded, recorded};

/// Histories of each model, if nobody says otherwise.
const CASES: u64 = if cfg!(debug_assertions) { 500 } else { 4_000 };

/// Whether an order agrees with real time and with what was returned, and leaves nothing out.
fn is_order<C: Recorded>(start: &C::Object, history: &Times<C>, order: &[usize]) -> bool {
    let end = |at: usize| match history[at].fate {
        Fate::Returned(end) => Some(end.max(history[at].call)),
        _ => None,
    };
    let mut object = Some(start.clone());
    let mut called = 0;
    for (place, at) in order.iter().enumerate() {
        if end(*at).is_some_and(|end| end < called) || order[..place].contains(at) {
            return false;
        }
        called = history[*at].call.max(called);
        object = object.and_then(|object| object.after(&history[*at].operation));
    }
    let all = (0..history.len()).filter(|at| end(*at).is_some()).all(|at| order.contains(&at));
    object.is_some() && all && order.iter().all(|at| history[*at].fate != Fate::Failed)
}

/// A random history of a case whose operations the model has.
fn made<C: Recorded>(start: &C::Object, random: &mut ChaCha8Rng, case: u64) -> Times<C> {
    let mut history: Times<C> = match case % 4 {
        0 => wild::<C>(random, 8),
        _ => {
            let (count, wide) = (random.random_range(3..=8), random.random_range(0..8));
            tame_from::<C>(start.clone(), random, count, wide)
        }
    };
    if case % 4 > 1 {
        change::<C>(random, &mut history);
    }
    for one in &mut history {
        one.operation = C::fit(one.operation.clone());
    }
    history.sort_by_key(|one| one.call);
    history
}

/// Objects that begin as the model says.
fn agree<C: Recorded>() {
    agree_from::<C>(&C::Object::default(), None);
}

/// Objects that hold something at the start.
fn agree_begun<C: Recorded>() {
    let (start, spelt) = C::beginning().expect("the model says what it may hold");
    agree_from::<C>(&start, Some(spelt));
}

fn agree_from<C: Recorded>(start: &C::Object, spelt: Option<&str>) {
    let cases = tried::cases(CASES);
    let mut random = ChaCha8Rng::seed_from_u64(tried::seed(1) + 7_000);
    let (mut valid, mut invalid, mut believed, mut refused) = (0, 0, 0_u64, 0_u64);
    for case in 0..cases {
        let history = made::<C>(start, &mut random, case);
        let mut foreign = recorded::<C>(&history);
        let initial = spelt.map_or(DatumId::NIL, |spelt| foreign.data.read(spelt).expect("EDN"));
        let question = Question { model: C::MODEL, initial };
        // What says nothing might as well have failed.
        let mut heard = history.clone();
        for one in heard.iter_mut().filter(|_| spelt.is_some()) {
            if C::is_silent(&one.operation, &history) {
                one.fate = Fate::Failed;
            }
        }
        let told = || {
            foreign.operations.iter().map(|one| foreign.describe(one) + "\n").collect::<String>()
        };
        let expected = oracle::explains_object(start, &heard);
        let judgement = judge(&foreign, question).expect("it is of the model");
        let verdict = if expected { Verdict::Valid } else { Verdict::Invalid };
        assert_eq!(judgement.verdict, verdict, "{}:\n{}", C::NAME, told());
        let proofs = prove(&foreign, question).expect("it is of the model");
        let positions = &objects_of(&foreign, C::MODEL)[0];
        let stands = |proof: &Proof| verify_object(&foreign, question, positions, proof);
        assert_eq!(stands(&proofs[0].proof), Ok(()), "{}: {proofs:?}\n{}", C::NAME, told());
        let id = |at: usize| OperationId(foreign.operations[at].invoked.into());
        match &proofs[0].proof {
            Proof::Unknown { reason } => panic!("{}: {reason}\n{}", C::NAME, told()),
            Proof::Valid { order } => {
                assert!(expected, "{}: {order:?}\n{}", C::NAME, told());
                valid += 1;
                let at = |id: &OperationId| {
                    let mut all = foreign.operations.iter();
                    all.position(|one| u64::from(one.invoked) == id.0).expect("it is there")
                };
                let order: Vec<usize> = order.iter().map(at).collect();
                assert!(is_order::<C>(start, &heard, &order), "{}: {order:?}\n{}", C::NAME, told());
                for _ in 0..4 {
                    let mutant = mutant(&mut random, &order, history.len());
                    let ids = mutant.iter().map(|at| id(*at)).collect();
                    let is_believed = stands(&Proof::Valid { order: ids }).is_ok();
                    let is_one = is_order::<C>(start, &heard, &mutant);
                    assert_eq!(is_believed, is_one, "{}: {mutant:?}\n{}", C::NAME, told());
                    believed += u64::from(is_believed);
                    refused += u64::from(!is_believed);
                }
                let some = (0..history.len()).filter(|_| random.random_bool(0.7)).map(id).collect();
                assert!(stands(&Proof::Invalid { witness: some }).is_err(), "{}", told());
            }
            Proof::Invalid { witness } => {
                assert!(!expected, "{}: {witness:?}\n{}", C::NAME, told());
                invalid += 1;
                assert!(stands(&Proof::Valid { order: witness.clone() }).is_err());
                proves::<C>(&foreign, question, &judgement, positions);
            }
        }
    }
    println!(
        "{}: {cases} histories, {valid} valid, {invalid} invalid; of the orders' mutants {believed} are \
         orders, {refused} are refused",
        C::NAME
    );
    assert!(valid > cases / 50 && invalid > cases / 50, "{}: {valid} are valid", C::NAME);
    assert!(refused > valid, "{}: {refused} mutants", C::NAME);
}

/// What is known of a history by an end: what ends later is in doubt.
fn known_by(foreign: &Foreign, line: u32) -> Foreign {
    let mut known = foreign.clone();
    let end = foreign.operations.iter().find(|one| one.completed_line == line);
    let Some(until) = end.map(|one| one.completed) else { return known };
    known.operations.retain(|one| one.invoked <= until);
    for one in known.operations.iter_mut().filter(|one| one.completed > until) {
        (one.outcome, one.refused) = (Outcome::Info, false);
        (one.result, one.completed) = (DatumId::NIL, u32::MAX);
    }
    known
}

/// What is told of a violation is one, and cannot be told in fewer operations.
fn proves<C: Recorded>(
    foreign: &Foreign,
    question: Question,
    judgement: &aerocert_checker::foreign::Judgement,
    positions: &[u32],
) {
    let proof = judgement.proof.as_ref().expect("what is invalid has a proof");
    assert!(!proof.claim.is_empty() && !proof.operations.is_empty());
    assert!(proof.explained.is_some() && proof.fails_at_line.is_some(), "{proof:?}");
    // What is told of the first end that no order explains holds whatever began later.
    let known = known_by(foreign, proof.fails_at_line.unwrap_or(u32::MAX));
    let positions_by: Vec<u32> =
        positions.iter().copied().filter(|at| (*at as usize) < known.operations.len()).collect();
    let stands = |operations: &[usize]| {
        let id = |at: &usize| OperationId(foreign.operations[*at].invoked.into());
        let invalid = Proof::Invalid { witness: operations.iter().map(id).collect() };
        verify_object(foreign, question, positions, &invalid)
            .or_else(|_| verify_object(&known, question, &positions_by, &invalid))
    };
    let told = || {
        let lines = proof.operations.iter().map(|at| foreign.describe(&foreign.operations[*at]));
        lines.collect::<Vec<_>>().join("\n")
    };
    let all =
        || foreign.operations.iter().map(|one| foreign.describe(one) + "\n").collect::<String>();
    // What failed is told where it belongs to the class, and says nothing to the verifier.
    let says = |at: &usize| {
        let one = &foreign.operations[*at];
        one.outcome != Outcome::Fail || one.refused
    };
    let told_of: Vec<usize> = proof.operations.iter().copied().filter(says).collect();
    assert_eq!(
        stands(&told_of),
        Ok(()),
        "{}:\n{}\n{}\nof\n{}",
        C::NAME,
        proof.claim,
        told(),
        all()
    );
    // Classes of anomalies are told with all that belongs to them.
    if proof.class != AnomalyClass::NonLinearizable {
        return;
    }
    for left_out in 0..told_of.len() {
        let mut fewer = told_of.clone();
        fewer.remove(left_out);
        assert!(stands(&fewer).is_err(), "{}: without {left_out}:\n{}", C::NAME, told());
    }
}

/// An order with one step changed.
fn mutant(random: &mut ChaCha8Rng, order: &[usize], most: usize) -> Vec<usize> {
    let mut mutant = order.to_vec();
    let place = random.random_range(0..=order.len());
    match random.random_range(0..4) {
        0 if place < order.len() => {
            mutant.remove(place);
        }
        1 if order.len() > 1 => {
            let at = random.random_range(1..order.len());
            mutant.swap(at - 1, at);
        }
        2 if place < order.len() => {
            let moved = mutant.remove(place);
            mutant.insert(random.random_range(0..=mutant.len()), moved);
        }
        _ => mutant.insert(place, random.random_range(0..most)),
    }
    mutant
}

macro_rules! each {
    ($agree:ident, $($name:ident: $case:ident,)*) => {
        $(
            #[test]
            fn $name() {
                $agree::<$case>();
            }
        )*
    };
}

each! {
    agree_begun,
    registers_that_hold_something: Registers,
    compare_and_set_registers_that_hold_something: CasRegisters,
    counters_that_hold_something: Counters,
    texts_that_hold_something: Texts,
}

each! {
    agree,
    registers: Registers,
    compare_and_set_registers: CasRegisters,
    counters: Counters,
    lists: Lists,
    texts: Texts,
    sets: WholeSets,
    queues: Queues,
    queues_of_unique_values: UniqueQueues,
    mutexes: Mutexes,
    several_registers: MultiRegisters,
}
