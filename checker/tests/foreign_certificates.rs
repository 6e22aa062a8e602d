//! Histories of other programs under every model: verdicts, proofs and certificates agree with brute
//! force, and no false certificate is believed.
//!
//! `AEROCERT_CASES` says how many histories of each model are tried, `AEROCERT_SEED` from which seed.

#[path = "generated/objects.rs"]
#[expect(dead_code, reason = "sets are read as a whole here")]
mod objects;
mod told;

use std::fmt::Write as _;

use aerocert_checker::certificate::{serial, verify_object};
use aerocert_checker::foreign::{ObjectModel, Question, judge, objects as objects_of, prove};
use aerocert_checker::oracle::{self, Fate, Object};
use aerocert_checker::specification::{
    CounterOperation, ListOperation, MutexOperation, QueueOperation, RegisterOperation,
    SetOperation, Step, TextOperation,
};
use aerocert_checker::transactions::{Level, order};
use history::exchange::foreign::{Foreign, Format};
use history::{Holding, OperationId, Outcome, Proof, TransactionId, Value, Verdict};
use objects::{
    CasRegisters, Case, Counters, Done, Lists, MultiRegisters, Mutexes, Queues, Registers, Texts,
    Times, UniqueQueues, WholeSets, change, tame, wild,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Histories of each model, if nobody says otherwise.
const CASES: u64 = if cfg!(debug_assertions) { 500 } else { 6_000 };

fn variable(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// What a line of a history says of an operation: function, argument, result.
type Line = (&'static str, String, String);

/// A case that other programs can record.
trait Recorded: Case {
    const MODEL: ObjectModel;

    /// An operation that the model has, instead of one that it has not.
    fn fit(operation: Done<Self>) -> Done<Self> {
        operation
    }

    fn line(operation: &Done<Self>) -> Line;

    /// Whether it is a condition that did not hold.
    fn is_refused(_: &Done<Self>) -> bool {
        false
    }
}

fn value(value: Option<Value>) -> String {
    value.map_or("null".to_owned(), |value| value.to_string())
}

fn register(operation: &RegisterOperation) -> Line {
    match operation {
        RegisterOperation::Read(seen) => ("read", "null".to_owned(), value(*seen)),
        RegisterOperation::Write(to) => ("write", value(*to), value(*to)),
        RegisterOperation::CompareAndSet { from, to } => {
            let pair = format!("[{},{to}]", value(*from));
            ("cas", pair.clone(), pair)
        }
        RegisterOperation::Refused(from) => {
            ("cas", format!("[{},77]", value(*from)), String::new())
        }
    }
}

impl Recorded for Registers {
    const MODEL: ObjectModel = ObjectModel::Register;

    fn line(operation: &RegisterOperation) -> Line {
        register(operation)
    }
}

impl Recorded for CasRegisters {
    const MODEL: ObjectModel = ObjectModel::CasRegister;

    fn line(operation: &RegisterOperation) -> Line {
        register(operation)
    }

    fn is_refused(operation: &RegisterOperation) -> bool {
        matches!(operation, RegisterOperation::Refused(_))
    }
}

impl Recorded for Counters {
    const MODEL: ObjectModel = ObjectModel::Counter;

    fn fit(operation: CounterOperation) -> CounterOperation {
        match operation {
            CounterOperation::Add { delta, .. } => CounterOperation::Add { delta, sum: None },
            CounterOperation::Delete => CounterOperation::Add { delta: 1, sum: None },
            read => read,
        }
    }

    fn line(operation: &CounterOperation) -> Line {
        match operation {
            CounterOperation::Read(count) => ("read", "null".to_owned(), count.to_string()),
            CounterOperation::Add { delta, .. } => ("add", delta.to_string(), delta.to_string()),
            CounterOperation::Delete => unreachable!("it is fit"),
        }
    }
}

impl Recorded for Lists {
    const MODEL: ObjectModel = ObjectModel::List;

    fn line(operation: &ListOperation) -> Line {
        match operation {
            ListOperation::Read(seen) => ("read", "null".to_owned(), format!("{seen:?}")),
            ListOperation::Append(element) => ("append", element.to_string(), element.to_string()),
            ListOperation::Delete => ("delete", "null".to_owned(), "null".to_owned()),
        }
    }
}

impl Recorded for Texts {
    const MODEL: ObjectModel = ObjectModel::KeyValue;

    fn line(operation: &TextOperation) -> Line {
        match operation {
            TextOperation::Get(seen) => ("get", "null".to_owned(), format!("{seen:?}")),
            TextOperation::Put(text) => ("put", format!("{text:?}"), format!("{text:?}")),
            TextOperation::Append(text) => ("append", format!("{text:?}"), format!("{text:?}")),
        }
    }
}

impl Recorded for WholeSets {
    const MODEL: ObjectModel = ObjectModel::Set;

    fn fit(operation: SetOperation) -> SetOperation {
        match operation {
            SetOperation::Remove(element) => SetOperation::Add(element),
            SetOperation::Contains { element, .. } => SetOperation::read([element]),
            other => other,
        }
    }

    fn line(operation: &SetOperation) -> Line {
        match operation {
            SetOperation::Read(seen) => ("read", "null".to_owned(), format!("{seen:?}")),
            SetOperation::Add(element) => ("add", element.to_string(), element.to_string()),
            _ => unreachable!("it is fit"),
        }
    }
}

fn queue(operation: &QueueOperation) -> Line {
    let null = || "null".to_owned();
    match operation {
        QueueOperation::Enqueue(value) => ("enqueue", value.to_string(), value.to_string()),
        QueueOperation::Dequeue(value) => ("dequeue", null(), value.to_string()),
        QueueOperation::Empty | QueueOperation::Take => ("dequeue", null(), null()),
    }
}

impl Recorded for Queues {
    const MODEL: ObjectModel = ObjectModel::Queue;

    fn line(operation: &QueueOperation) -> Line {
        queue(operation)
    }
}

impl Recorded for UniqueQueues {
    const MODEL: ObjectModel = ObjectModel::Queue;

    fn line(operation: &QueueOperation) -> Line {
        queue(operation)
    }
}

impl Recorded for Mutexes {
    const MODEL: ObjectModel = ObjectModel::Mutex;

    fn line(operation: &MutexOperation) -> Line {
        let function = match operation {
            MutexOperation::Acquire => "acquire",
            MutexOperation::Release => "release",
        };
        (function, "null".to_owned(), "null".to_owned())
    }
}

impl Recorded for MultiRegisters {
    const MODEL: ObjectModel = ObjectModel::MultiRegister;

    fn line(operation: &Done<Self>) -> Line {
        let steps = |seen: bool| {
            let told = operation.iter().map(|step| match step {
                Step::Read(key, read) if seen => format!("[\"read\",{key},{}]", value(*read)),
                Step::Read(key, _) => format!("[\"read\",{key},null]"),
                Step::Write(key, written) => format!("[\"write\",{key},{}]", value(*written)),
            });
            format!("[{}]", told.collect::<Vec<_>>().join(","))
        };
        ("txn", steps(false), steps(true))
    }
}

/// The history as another program records it; of a time, calls come before returns.
fn recorded<C: Recorded>(history: &Times<C>) -> Foreign {
    let mut events: Vec<(u64, bool, usize)> = Vec::new();
    for (at, one) in history.iter().enumerate() {
        events.push((one.call, false, at));
        match one.fate {
            Fate::Returned(end) => events.push((end.max(one.call), true, at)),
            Fate::Failed => events.push((one.call, true, at)),
            Fate::InDoubt => {}
        }
    }
    events.sort_unstable();
    let mut text = String::new();
    for (_, ends, at) in events {
        let (function, argument, result) = C::line(&history[at].operation);
        let refused = C::is_refused(&history[at].operation);
        let (kind, said) = match (ends, history[at].fate) {
            (false, _) => ("invoke", argument),
            (true, Fate::Failed) => ("fail", format!("{argument},\"error\":\"timeout\"")),
            (true, _) if refused => ("fail", argument),
            (true, _) => ("ok", result),
        };
        let _ = writeln!(
            text,
            "{{\"process\":{at},\"type\":\"{kind}\",\"f\":\"{function}\",\"key\":0,\"value\":{said}}}"
        );
    }
    Foreign::read(text.as_bytes(), Format::JsonLines).expect("it is well written")
}

/// Whether an order agrees with real time and with what was returned, and leaves nothing out.
fn is_order<C: Recorded>(history: &Times<C>, order: &[usize]) -> bool {
    let end = |at: usize| match history[at].fate {
        Fate::Returned(end) => Some(end.max(history[at].call)),
        _ => None,
    };
    let mut object = Some(C::Object::default());
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
fn made<C: Recorded>(random: &mut ChaCha8Rng, case: u64) -> Times<C> {
    let mut history: Times<C> = match case % 4 {
        0 => wild::<C>(random, 8),
        _ => {
            let (count, wide) = (random.random_range(3..=8), random.random_range(0..8));
            tame::<C>(random, count, wide)
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

fn agree<C: Recorded>() {
    let cases = variable("AEROCERT_CASES", CASES);
    let mut random = ChaCha8Rng::seed_from_u64(variable("AEROCERT_SEED", 1) + 7_000);
    let question = Question::of(C::MODEL);
    let (mut valid, mut invalid, mut believed, mut refused) = (0, 0, 0_u64, 0_u64);
    for case in 0..cases {
        let history = made::<C>(&mut random, case);
        let foreign = recorded::<C>(&history);
        let told = || {
            foreign.operations.iter().map(|one| foreign.describe(one) + "\n").collect::<String>()
        };
        let expected = oracle::explains_object(&C::Object::default(), &history);
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
                assert!(is_order::<C>(&history, &order), "{}: {order:?}\n{}", C::NAME, told());
                for _ in 0..4 {
                    let mutant = mutant(&mut random, &order, history.len());
                    let ids = mutant.iter().map(|at| id(*at)).collect();
                    let is_believed = stands(&Proof::Valid { order: ids }).is_ok();
                    let is_one = is_order::<C>(&history, &mutant);
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
                proves::<C>(&foreign, &judgement, positions);
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

/// What is told of a violation is one, and cannot be told in fewer operations.
fn proves<C: Recorded>(
    foreign: &Foreign,
    judgement: &aerocert_checker::foreign::Judgement,
    positions: &[u32],
) {
    let proof = judgement.proof.as_ref().expect("what is invalid has a proof");
    assert!(!proof.claim.is_empty() && !proof.operations.is_empty());
    assert!(proof.explained.is_some() && proof.fails_at_line.is_some(), "{proof:?}");
    let stands = |operations: &[usize]| {
        let id = |at: &usize| OperationId(foreign.operations[*at].invoked.into());
        let witness = operations.iter().map(id).collect();
        verify_object(foreign, Question::of(C::MODEL), positions, &Proof::Invalid { witness })
    };
    let told = || {
        let lines = proof.operations.iter().map(|at| foreign.describe(&foreign.operations[*at]));
        lines.collect::<Vec<_>>().join("\n")
    };
    // Classes of anomalies are told with all that belongs to them.
    let by_class = matches!(
        C::MODEL,
        ObjectModel::Register | ObjectModel::CasRegister | ObjectModel::Counter | ObjectModel::List
    );
    if by_class {
        return;
    }
    let all =
        || foreign.operations.iter().map(|one| foreign.describe(one) + "\n").collect::<String>();
    assert_eq!(
        stands(&proof.operations),
        Ok(()),
        "{}:\n{}\n{}\nof\n{}",
        C::NAME,
        proof.claim,
        told(),
        all()
    );
    for left_out in 0..proof.operations.len() {
        let mut fewer = proof.operations.clone();
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
    ($($name:ident: $case:ident,)*) => {
        $(
            #[test]
            fn $name() {
                agree::<$case>();
            }
        )*
    };
}

each! {
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

/// A serial order is found for most of what has one, and none is believed where there is none.
#[test]
fn transactions() {
    let cases = 3 * variable("AEROCERT_CASES", CASES);
    for holding in [Holding::Lists, Holding::Registers] {
        let mut random = ChaCha8Rng::seed_from_u64(variable("AEROCERT_SEED", 1) + 8_000);
        let (mut found, mut missed, mut none) = (0_u64, 0_u64, 0_u64);
        for _ in 0..cases {
            let history = told::wild(holding, &mut random, 6);
            for (level, asked) in [
                (Level::Serializable, oracle::transactions::Order::Any),
                (Level::StrongSessionSerializable, oracle::transactions::Order::Sessions),
                (Level::StrictSerializable, oracle::transactions::Order::Realtime),
            ] {
                let expected = oracle::transactions::explains(&history, asked);
                let order = order(&history, level);
                match (&order, expected) {
                    (Some(order), _) => {
                        assert!(expected, "{level}: {order:?} {history:#?}");
                        assert_eq!(serial::verify(&history, level, order), Ok(()));
                        found += 1;
                        if let Some(happened) =
                            order.iter().position(|id| history.get(*id).outcome == Outcome::Ok)
                        {
                            let mut without = order.clone();
                            let twice = without.remove(happened);
                            assert!(serial::verify(&history, level, &without).is_err());
                            let twice = [&order[..], &[twice]].concat();
                            assert!(serial::verify(&history, level, &twice).is_err());
                        }
                    }
                    (None, true) => missed += 1,
                    (None, false) => none += 1,
                }
                if !expected {
                    let mut any: Vec<TransactionId> = history.iter().map(|(id, _)| id).collect();
                    for _ in 0..6 {
                        let (one, other) =
                            (random.random_range(0..any.len()), random.random_range(0..any.len()));
                        any.swap(one, other);
                        assert!(serial::verify(&history, level, &any).is_err(), "{any:?}");
                    }
                }
            }
        }
        println!("{holding:?}: {found} orders, {missed} missed, {none} without");
        assert!(found > cases / 10 && none > cases / 10, "{found} {none}");
        assert!(missed * 20 < found, "{missed} of {found} are missed");
        assert!(holding == Holding::Registers || missed == 0, "{missed} lists have an order");
    }
}

/// A queue of some thousand operations of unique values, and a set of as many.
#[test]
fn long_histories_have_certificates() {
    let mut random = ChaCha8Rng::seed_from_u64(9);
    for (model, wide) in [(ObjectModel::Queue, 12), (ObjectModel::Set, 6)] {
        let mut queue: std::collections::VecDeque<u64> = std::collections::VecDeque::new();
        let mut events: Vec<(u64, String)> = Vec::new();
        for at in 1..=4_000_u64 {
            let doubt = random.random_bool(0.02);
            let adds = random.random_bool(if model == ObjectModel::Queue { 0.5 } else { 0.9 });
            let (function, argument, result) = match (model, adds) {
                (ObjectModel::Queue, true) => {
                    queue.push_back(at);
                    ("enqueue", at.to_string(), at.to_string())
                }
                (ObjectModel::Queue, false) => {
                    let taken = queue.pop_front();
                    ("dequeue", "null".to_owned(), value(taken))
                }
                (_, true) => {
                    queue.push_back(at);
                    ("add", at.to_string(), at.to_string())
                }
                (_, false) => ("read", "null".to_owned(), format!("{queue:?}")),
            };
            let mut event = |time: u64, kind: &str, said: &str| {
                events.push((
                    time,
                    format!(
                        "{{\"process\":{at},\"type\":\"{kind}\",\"f\":\"{function}\",\"value\":{said}}}\n"
                    ),
                ));
            };
            event(10 * at - random.random_range(0..10 * wide).min(10 * at), "invoke", &argument);
            if !doubt {
                event(10 * at + random.random_range(0..10 * wide), "ok", &result);
            }
        }
        events.sort();
        let verdict = |events: &[(u64, String)]| {
            let text: String = events.iter().map(|(_, line)| line.as_str()).collect();
            let foreign = Foreign::read(text.as_bytes(), Format::JsonLines).expect("well written");
            let question = Question::of(model);
            let proofs = prove(&foreign, question).expect("it is of the model");
            let positions = &objects_of(&foreign, model)[0];
            assert_eq!(verify_object(&foreign, question, positions, &proofs[0].proof), Ok(()));
            let judgement = judge(&foreign, question).expect("it is of the model");
            if let Some(proof) = &judgement.proof {
                assert!(proof.operations.len() <= 4, "{}", proof.operations.len());
                assert!(proof.explained.is_some());
            }
            match &proofs[0].proof {
                Proof::Valid { order } => {
                    assert_eq!(judgement.verdict, Verdict::Valid);
                    assert!(order.len() > 3_800);
                    true
                }
                Proof::Invalid { .. } => {
                    assert_eq!(judgement.verdict, Verdict::Invalid);
                    false
                }
                Proof::Unknown { reason } => panic!("{model:?}: {reason}"),
            }
        };
        assert!(verdict(&events), "{model:?} is made valid");
        // What some operation in the middle returned goes to one much later, and the other way round.
        let returned = |line: &str| match model {
            ObjectModel::Queue => {
                line.contains("\"ok\",\"f\":\"dequeue\"") && !line.contains("null")
            }
            _ => line.contains("\"ok\",\"f\":\"read\""),
        };
        let fitting: Vec<usize> = (0..events.len()).filter(|at| returned(&events[*at].1)).collect();
        let (early, late) = (fitting[fitting.len() / 3], fitting[fitting.len() * 2 / 3]);
        let said = |line: &str| line.split_once("\"value\":").expect("it says one").1.to_owned();
        let put = |line: &str, other: &str| line.replace(&said(line), &said(other));
        let (one, other) = (events[early].1.clone(), events[late].1.clone());
        events[early].1 = put(&one, &other);
        events[late].1 = put(&other, &one);
        assert!(!verdict(&events), "{model:?}: two results are swapped");
    }
}
