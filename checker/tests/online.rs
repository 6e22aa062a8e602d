//! The judge of a history that goes on agrees with the one that sees it whole.

mod generated;
mod stage;
mod tried;

use std::collections::BTreeMap;

use aerocert_checker::linearizability::{Decision, Unseen, decide};
use aerocert_checker::online::{Alarm, Conclusion, Judge};
use generated::{Shape, contended, refuse, small_domain, tame, unjustify, wild};
use history::exchange::jepsen;
use history::{
    AnomalyClass, Call, Check, Completion, Event, EventKind, History, Invocation, Key, Mark, Model,
    Operation, OperationId, Outcome, Returned, Verdict, Workload,
};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use stage::{CHECKS, Stage};

const MODELS: [Model; 4] = [Model::Register, Model::CasRegister, Model::Counter, Model::Set];

/// Histories per model and kind.
const ROUNDS: u64 = if cfg!(debug_assertions) { 500 } else { 2_000 };

/// The events of operations in time, those of equal times in any legal order.
fn events(operations: &[Operation], random: &mut ChaCha8Rng) -> Vec<Event> {
    // (time, a random place among its equals, operation, whether it ends): an operation that takes
    // no time begins first.
    let mut order: Vec<(u64, u32, usize, bool)> = Vec::new();
    for (at, one) in operations.iter().enumerate() {
        let place = random.random_range(0..1_000);
        order.push((one.invoked_ns, place, at, false));
        if let Some(end) = one.completed_ns {
            let after = if end == one.invoked_ns { place + 1_000 } else { 0 };
            order.push((end, random.random_range(0..1_000) + after, at, true));
        }
    }
    order.sort_unstable();
    let mut ids: BTreeMap<usize, OperationId> = BTreeMap::new();
    order
        .into_iter()
        .map(|(time_ns, _, at, ends)| {
            let one = &operations[at];
            let next = OperationId(ids.len() as u64);
            let operation = *ids.entry(at).or_insert(next);
            let kind = if ends {
                EventKind::Complete(Completion {
                    operation,
                    outcome: one.outcome,
                    returned: one.returned.clone(),
                    generation: one.generation,
                    code: one.code,
                })
            } else {
                EventKind::Invoke(Invocation {
                    operation,
                    process: one.process,
                    site: one.site,
                    route: one.route,
                    key: one.key,
                    call: one.call,
                })
            };
            Event { time_ns, kind }
        })
        .collect()
}

/// Events, one short line each.
fn told(events: &[Event]) -> String {
    let line = |event: &Event| match &event.kind {
        EventKind::Invoke(one) => {
            format!(
                "{:>6} {} of {} begins {:?}",
                event.time_ns, one.operation.0, one.key.0, one.call
            )
        }
        EventKind::Complete(one) => format!(
            "{:>6} {} ends {:?} {:?} {:?} {}",
            event.time_ns, one.operation.0, one.outcome, one.returned, one.generation, one.code
        ),
        kind => format!("{:>6} {kind:?}", event.time_ns),
    };
    events.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The events before a time: what can be known then. Of equal times some may still be to come.
fn before(events: &[Event], time_ns: u64) -> &[Event] {
    &events[..events.partition_point(|event| event.time_ns < time_ns)]
}

fn is_broken(model: Model, events: &[Event]) -> bool {
    let history = History::from_events(events.iter().cloned()).expect("a recording");
    let operations: Vec<Operation> = history.operations.iter().collect();
    let operations: Vec<&Operation> = operations.iter().collect();
    matches!(decide(model, &operations, Unseen::Impossible), Decision::Broken(_))
}

/// Judges a stream to its end; with `eager`, everything is settled after every event.
fn online(model: Model, events: &[Event], eager: bool) -> (Vec<Alarm>, Conclusion) {
    let mut judge = Judge::new(model, &CHECKS);
    let mut alarms = Vec::new();
    for event in events {
        alarms.extend(judge.take(event).expect("a recording"));
        if eager {
            alarms.extend(judge.settle());
        }
    }
    let (last, conclusion) = judge.finish();
    alarms.extend(last);
    (alarms, conclusion)
}

/// Each prefix of a history gets the same verdict from both.
fn assert_each_prefix_agrees(
    model: Model,
    operations: &[Operation],
    random: &mut ChaCha8Rng,
) -> bool {
    assert_each_prefix_agrees_with(Judge::new(model, &CHECKS), model, operations, random)
}

fn assert_each_prefix_agrees_with(
    mut judge: Judge,
    model: Model,
    operations: &[Operation],
    random: &mut ChaCha8Rng,
) -> bool {
    let events = events(operations, random);
    for (at, event) in events.iter().enumerate() {
        let mut alarms = judge.take(event).expect("a recording");
        alarms.extend(judge.settle());
        let broken = is_broken(model, before(&events, event.time_ns));
        assert_eq!(!alarms.is_empty(), broken, "{model:?}: event {at} of\n{}", told(&events));
        if broken {
            return false;
        }
    }
    let broken = is_broken(model, &events);
    let (alarms, conclusion) = judge.finish();
    assert_eq!(!alarms.is_empty(), broken, "{model:?}: at the end of\n{}", told(&events));
    let verdict = if broken { Verdict::Invalid } else { Verdict::Valid };
    assert_eq!(conclusion.verdict(), verdict, "{model:?}:\n{}", told(&events));
    !broken
}

fn assert_varied(model: Model, valid: u64) {
    assert!((ROUNDS / 50..ROUNDS * 49 / 50).contains(&valid), "{model:?}: {valid} are valid");
}

#[test]
fn each_prefix_of_wild_histories_gets_the_offline_verdict() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(1 + model as u64);
        let mut valid = 0;
        for round in 0..ROUNDS {
            let operations = wild(model, &mut random, 10, round % 2 == 0);
            valid += u64::from(assert_each_prefix_agrees(model, &operations, &mut random));
        }
        assert_varied(model, valid);
    }
}

#[test]
fn each_prefix_of_small_domains_with_deletes_gets_the_offline_verdict() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(20 + model as u64);
        let mut valid = 0;
        for _ in 0..ROUNDS {
            let operations = small_domain(model, &mut random, 9);
            valid += u64::from(assert_each_prefix_agrees(model, &operations, &mut random));
        }
        assert_varied(model, valid);
    }
}

/// A history that is nearly valid: with up to two flaws of any kind.
fn flawed(model: Model, random: &mut ChaCha8Rng, shape: Shape) -> Vec<Operation> {
    let mut operations = tame(model, random, shape);
    for _ in 0..random.random_range(0..=2) {
        let one = random.random_range(0..operations.len());
        let other = random.random_range(0..operations.len());
        match random.random_range(0..5) {
            0 if operations[one].call.is_write() == operations[other].call.is_write() => {
                let returned = operations[one].returned.clone();
                operations[one].returned =
                    std::mem::replace(&mut operations[other].returned, returned);
            }
            1 if operations[one].call.is_write() => {
                operations[one].outcome = Outcome::Info;
                operations[one].completed_ns = None;
            }
            2 if operations[one].call.is_write() && operations[one].completed_ns.is_some() => {
                operations[one].outcome = Outcome::Fail;
                operations[one].code = 3;
            }
            3 => {
                operations.remove(one);
            }
            _ => {
                let longer = random.random_range(0..3_000);
                let end = &mut operations[one].completed_ns;
                *end = end.map(|end| end + longer);
            }
        }
        if operations.is_empty() {
            break;
        }
    }
    generated::finish(operations)
}

#[test]
fn each_prefix_of_flawed_histories_gets_the_offline_verdict() {
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(40 + model as u64);
        let mut valid = 0;
        for _ in 0..ROUNDS / 5 {
            let shape = Shape {
                operations: random.random_range(5..60),
                processes: random.random_range(1..=8),
                in_doubt: random.random_range(0..=20),
            };
            let operations = flawed(model, &mut random, shape);
            valid += 5 * u64::from(assert_each_prefix_agrees(model, &operations, &mut random));
        }
        assert_varied(model, valid);
    }
}

/// With refusals, some of which no order explains, and some of which depend on what is open.
#[test]
fn each_prefix_of_contended_histories_gets_the_offline_verdict() {
    let mut random = ChaCha8Rng::seed_from_u64(50);
    let mut valid = 0;
    for round in 0..ROUNDS {
        let shape = Shape {
            operations: random.random_range(2..40),
            processes: random.random_range(1..=6),
            in_doubt: [0, 10, 40][round as usize % 3],
        };
        let made = match round % 2 {
            0 => contended(&mut random, shape, 0.1),
            _ => tame(Model::CasRegister, &mut random, shape),
        };
        let refusals = random.random_range(0..=3);
        let operations = refuse(made, &mut random, refusals);
        valid += u64::from(assert_each_prefix_agrees(Model::CasRegister, &operations, &mut random));
    }
    assert_varied(Model::CasRegister, valid);
}

/// The same where choices are not waited for but carried on, in sets of all that may be.
#[test]
fn each_prefix_of_contended_histories_gets_the_offline_verdict_without_patience() {
    let mut random = ChaCha8Rng::seed_from_u64(51 + tried::seed(0));
    let mut valid = 0;
    let rounds = tried::cases(ROUNDS);
    for round in 0..rounds {
        let shape = Shape {
            operations: random.random_range(2..24),
            processes: random.random_range(1..=5),
            in_doubt: [0, 10, 40][round as usize % 3],
        };
        let made = match round % 2 {
            0 => contended(&mut random, shape, 0.5),
            _ => tame(Model::CasRegister, &mut random, shape),
        };
        let refusals = random.random_range(0..=4);
        let operations = refuse(made, &mut random, refusals);
        let model = Model::CasRegister;
        let judge = Judge::new(model, &CHECKS).with_patience(random.random_range(0..=8));
        let agrees = assert_each_prefix_agrees_with(judge, model, &operations, &mut random);
        valid += u64::from(agrees);
    }
    println!("{rounds} histories, {valid} valid");
    assert!((rounds / 50..rounds * 49 / 50).contains(&valid), "{valid} are valid");
}

/// In long histories with other writes, the event at which an alarm comes is the one by which the
/// history is broken as seen whole.
#[test]
fn an_alarm_comes_with_the_operation_that_breaks_a_long_contended_history() {
    let model = Model::CasRegister;
    let mut random = ChaCha8Rng::seed_from_u64(57);
    let (mut broken, mut late) = (0, 0);
    for round in 0..24 {
        let shape = Shape { operations: 1_200, processes: 6, in_doubt: round % 6 };
        let mut operations = contended(&mut random, shape, [0.1, 0.3][round as usize % 2]);
        let breaks = round % 4 > 0 && unjustify(&mut operations, &mut random);
        let events = events(&operations, &mut random);
        // The number of events by which it is broken: what is broken stays so.
        let times: Vec<u64> = events.iter().map(|event| event.time_ns).chain([u64::MAX]).collect();
        let first = times.partition_point(|time_ns| !is_broken(model, before(&events, *time_ns)));
        let mut judge = Judge::new(model, &CHECKS);
        let mut known = None;
        for (at, event) in events.iter().enumerate() {
            let mut alarms = judge.take(event).expect("a recording");
            // No sooner, as it settles by itself; and no later.
            if at + 4 > first {
                alarms.extend(judge.settle());
            }
            if !alarms.is_empty() {
                known = Some(at);
                break;
            }
        }
        let (alarms, conclusion) = judge.finish();
        let known = known.or((!alarms.is_empty()).then_some(events.len()));
        let expected = (first < times.len()).then_some(first);
        if conclusion.verdict() == Verdict::Unknown {
            late += 1;
            continue;
        }
        assert_eq!(known, expected, "round {round}");
        assert_eq!(known.is_some(), breaks, "round {round}");
        broken += u64::from(known.is_some());
    }
    println!("{broken} of 24 are broken, {late} are left to the second look");
    assert!(broken > 12 && late == 0, "{broken} {late}");
}

/// As a run's, without other writes, a window is never left undecided; with them it is where writes
/// in doubt leave a choice for ever, and the second look decides.
#[test]
fn long_contended_histories_get_the_offline_verdict() {
    let mut random = ChaCha8Rng::seed_from_u64(55);
    let (mut broken, mut deferred) = (0, 0);
    for round in 0..60 {
        let shape = Shape { operations: 2_000, processes: 6, in_doubt: round % 4 };
        let blind = if round % 3 == 0 { 0.1 } else { 0.0 };
        let mut operations = contended(&mut random, shape, blind);
        let is_broken = round % 2 == 0 && unjustify(&mut operations, &mut random);
        let events = events(&operations, &mut random);
        assert_eq!(self::is_broken(Model::CasRegister, &events), is_broken, "{}", told(&events));
        let (alarms, conclusion) = online(Model::CasRegister, &events, false);
        assert!(is_broken || alarms.is_empty(), "{}", told(&events));
        match conclusion.verdict() {
            Verdict::Unknown if blind > 0.0 => {
                let excerpt = conclusion.excerpt(events.iter().cloned()).expect("a recording");
                assert_eq!(excerpt, History::from_events(events.iter().cloned()).unwrap());
                deferred += 1;
            }
            verdict => {
                let expected = if is_broken { Verdict::Invalid } else { Verdict::Valid };
                assert_eq!(verdict, expected, "{}", told(&events));
            }
        }
        broken += u64::from(is_broken);
    }
    println!("{broken} of 60 are broken, {deferred} need a second look");
    assert!(broken > 20, "{broken} are broken");
}

type Said = Vec<(Check, Verdict, Vec<(AnomalyClass, u64)>)>;

/// What the checks of a run say of a history.
fn said(workload: Workload, history: History) -> Said {
    let mut stage = Stage::new(workload);
    stage.operations = history.operations.iter().collect();
    stage.history = history;
    let results = stage.judge();
    let classes = |check: &history::CheckResult| {
        check.anomalies.iter().map(|group| (group.class, group.count)).collect()
    };
    results.checks.iter().map(|check| (check.check, check.verdict, classes(check))).collect()
}

/// Several keys, now and then with final reads, generations and torn records.
fn run(model: Model, random: &mut ChaCha8Rng, flaws: bool) -> Vec<Event> {
    let mut all = Vec::new();
    for key in 0..random.random_range(1..=4) {
        let shape = Shape {
            operations: random.random_range(5..if model == Model::Set { 80 } else { 200 }),
            processes: random.random_range(1..=10),
            in_doubt: random.random_range(0..=20),
        };
        let mut operations = match random.random_range(0..if flaws { 3 } else { 1 }) {
            0 if model == Model::CasRegister && random.random_bool(0.5) => {
                let refusals = if flaws { random.random_range(0..3) } else { 0 };
                refuse(contended(random, shape, 0.1), random, refusals)
            }
            0 => tame(model, random, shape),
            1 => flawed(model, random, shape),
            _ if random.random_bool(0.5) => wild(model, random, 9, true),
            _ => small_domain(model, random, 9),
        };
        // Generations that a delete takes the meaning from would only be lies for a while.
        let deleted = operations.iter().any(|one| matches!(one.call, Call::Delete));
        let lies = flaws && !deleted && random.random_bool(0.3);
        for (generation, one) in (1..).zip(&mut operations) {
            one.key = Key(key);
            if lies && one.outcome == Outcome::Ok {
                one.generation = Some(generation + random.random_range(0..3));
            }
            if flaws && random.random_bool(0.002) && one.returned == Returned::Value(1) {
                one.returned = Returned::Torn(1);
            }
        }
        all.extend(operations);
    }
    all.shuffle(random);
    let mut events = events(&generated::finish(all), random);
    if random.random_bool(0.7) {
        // Mostly after the last write.
        let last = events.iter().rposition(|event| match &event.kind {
            EventKind::Invoke(invocation) => invocation.call.is_write(),
            _ => false,
        });
        let last = last.filter(|_| random.random_bool(0.8));
        let at = random.random_range(last.unwrap_or(events.len() * 3 / 4)..events.len());
        let time_ns = events[at].time_ns;
        let at = events.partition_point(|event| event.time_ns < time_ns);
        let mark = EventKind::Mark(Mark::FinalReadsStarted);
        events.insert(at, Event { time_ns, kind: mark });
    }
    events
}

#[test]
fn runs_get_the_offline_verdicts_and_classes_check_by_check() {
    let workloads = [Workload::Register, Workload::CasRegister, Workload::Counter, Workload::Set];
    let mut classes: BTreeMap<AnomalyClass, u64> = BTreeMap::new();
    let (mut judged, mut looked_at_twice) = (0, 0);
    for workload in workloads {
        let model = workload.model();
        let mut random = ChaCha8Rng::seed_from_u64(60 + model as u64);
        for round in 0..ROUNDS / 5 {
            let events = run(model, &mut random, round % 3 > 0);
            let whole = said(workload, History::from_events(events.iter().cloned()).unwrap());
            let (alarms, conclusion) = online(model, &events, round % 2 == 0);
            let excerpt = conclusion.excerpt(events.iter().cloned()).unwrap();
            judged += conclusion.operations;
            looked_at_twice += excerpt.operations.len() as u64;
            assert_eq!(
                said(workload, excerpt),
                whole,
                "{workload:?}: {conclusion:?}\n{}",
                told(&events)
            );
            let broken = whole[0].1 == Verdict::Invalid;
            assert_eq!(whole[0].0, Check::Linearizable);
            assert_eq!(
                !alarms.is_empty(),
                broken,
                "{workload:?}: {alarms:?}, {:?}\n{}",
                whole[0],
                told(&events)
            );
            for (class, count) in whole.into_iter().flat_map(|check| check.2) {
                *classes.entry(class).or_default() += count;
            }
        }
    }
    println!("{judged} operations, {looked_at_twice} looked at twice; {classes:?}");
    assert!(classes.len() >= 12, "few classes were put to the test: {classes:?}");
}

#[test]
fn a_violation_is_known_within_a_second_of_its_completion() {
    // Times in tenths of a second: several settlings within a history.
    let scale = 100_000_000;
    for model in MODELS {
        let mut random = ChaCha8Rng::seed_from_u64(80 + model as u64);
        let mut broken = 0;
        for _ in 0..ROUNDS / 5 {
            let mut operations = wild(model, &mut random, 10, true);
            for one in &mut operations {
                one.invoked_ns *= scale;
                one.completed_ns = one.completed_ns.map(|end| end * scale);
            }
            let events = events(&operations, &mut random);
            // The completion by which all that happened until then is broken.
            let first = events
                .iter()
                .map(|event| event.time_ns)
                .find(|time_ns| is_broken(model, before(&events, time_ns + 1)));
            let (alarms, _) = online(model, &events, false);
            let known = alarms.first().map(|alarm| alarm.known_ns);
            assert_eq!(first.is_some(), known.is_some(), "{model:?}:\n{}", told(&events));
            if let (Some(completed_ns), Some(known_ns)) = (first, known) {
                assert!((completed_ns..=completed_ns + 1_000_000_000).contains(&known_ns));
                broken += 1;
            }
        }
        assert!(broken > ROUNDS / 50, "{model:?}: {broken} are broken");
    }
}

#[test]
fn public_histories_get_their_offline_verdicts() {
    let Some(folder) = std::env::var_os("AEROCERT_HISTORIES") else {
        println!("SKIPPED: AEROCERT_HISTORIES names no folder; only made histories were judged");
        return;
    };
    let folder = std::path::Path::new(&folder);
    let mut histories: Vec<(String, History)> = Vec::new();
    for kind in ["etcd", "knossos/good", "knossos/bad"] {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(kind))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        for path in files {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            match path.extension().and_then(std::ffi::OsStr::to_str) {
                Some("log") => histories.push((name, jepsen::read_log(&text).unwrap())),
                Some("edn") => histories.push((name, jepsen::read_edn(&text).unwrap())),
                _ => {}
            }
        }
    }
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut broken = 0;
    for (name, history) in &histories {
        let operations: Vec<Operation> = history.operations.iter().collect();
        let refs: Vec<&Operation> = operations.iter().collect();
        let expected = match decide(Model::CasRegister, &refs, Unseen::Impossible) {
            Decision::Holds => Verdict::Valid,
            Decision::Broken(_) => Verdict::Invalid,
            Decision::Undecided(why) => panic!("{name}: {why}"),
        };
        let events = events(&operations, &mut random);
        for eager in [false, true] {
            let (alarms, conclusion) = online(Model::CasRegister, &events, eager);
            assert_eq!(conclusion.verdict(), expected, "{name}, eager {eager}");
            assert_eq!(alarms.is_empty(), expected == Verdict::Valid, "{name}, eager {eager}");
        }
        broken += u64::from(expected == Verdict::Invalid);
    }
    println!(
        "{} public histories, {broken} of them broken, judged online as offline",
        histories.len()
    );
    assert!(broken > 0, "the folder holds none");
}
