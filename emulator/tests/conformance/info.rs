//! Recorded info answers.

use std::collections::BTreeMap;

use crate::compare::{Difference, Likeness, compare};
use crate::recording::{Content, Exchange, read};
use crate::tally::{Reasons, Tally};
use crate::worlds::{Replay, Setup};

/// How close an answer must be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Demand {
    /// Equal but for clocks, sizes and counters.
    Values,
    /// Of the same shape: the cluster is on its way from one state to another.
    Shape,
}

/// Clocks, sizes and counters: keys whose values say nothing of the format.
fn is_volatile(key: &str) -> bool {
    include_str!("volatile.txt").lines().any(|line| match line.strip_suffix('*') {
        Some(beginning) => key.starts_with(beginning),
        None => match line.strip_prefix('*') {
            Some(end) => key.ends_with(end),
            None => key == line,
        },
    })
}

/// Compares the lines of one recorded answer with those of ours.
fn judge(tally: &mut Tally, reasons: &Reasons, demand: Demand, recorded: &str, ours: &str) {
    let lines: Vec<&str> = recorded.split_terminator('\n').collect();
    let own: Vec<&str> = ours.split_terminator('\n').collect();
    let commands = |lines: &[&str]| -> Vec<String> {
        lines.iter().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
    };
    if commands(&lines) != commands(&own) {
        tally.differs(reasons, "request", ["lines"], &format!("{recorded:.80} against {ours:.80}"));
        return;
    }
    if lines.is_empty() {
        tally.matched();
    }
    for (recorded, ours) in lines.into_iter().zip(own) {
        let (command, recorded) = recorded.split_once('\t').unwrap_or((recorded, ""));
        let ours = ours.split_once('\t').map_or("", |(_, value)| value);
        match compare(&in_order(command, recorded), &in_order(command, ours)) {
            Likeness::Shape(why) => tally.differs(reasons, command, ["shape"], &why),
            Likeness::Values(all) => {
                let differing: Vec<&Difference> = all
                    .iter()
                    .filter(|one| {
                        (demand == Demand::Values || one.is_text)
                            && !is_volatile(named(command, one))
                    })
                    .collect();
                if differing.is_empty() {
                    tally.matched();
                } else {
                    let mut how: Vec<String> = differing
                        .iter()
                        .map(|one| format!("{} {:.40}/{:.40}", one.key, one.recorded, one.ours))
                        .collect();
                    how.truncate(12);
                    let keys = differing.iter().map(|one| named(command, one));
                    tally.differs(reasons, command, keys, &how.join(", "));
                }
            }
        }
    }
}

/// Lists of nodes and of sets have no order: they come as a hash table has them.
fn in_order(command: &str, answer: &str) -> String {
    let (beginning, list, end, separator) = match command {
        "services" | "services-alumni" => ("", answer, "", ";"),
        "peers-clear-std" | "peers-clear-alt" | "alumni-clear-std" => {
            // The first number counts changes.
            let answer = answer.split_once(',').map_or(answer, |(_, rest)| rest);
            let Some((beginning, list)) = answer.split_once(",[[") else {
                return answer.to_owned();
            };
            (beginning, list.trim_end_matches("]]]"), "]]]", "]],[")
        }
        _ if command.starts_with("sets") => ("", answer, "", ";"),
        _ => return answer.to_owned(),
    };
    let mut entries: Vec<&str> = list.split(separator).collect();
    entries.sort_unstable();
    format!("{beginning},[[{}{end}", entries.join(separator))
}

/// The key of a value; a command whose whole answer is one value is its key.
fn named<'a>(command: &'a str, difference: &'a Difference) -> &'a str {
    if difference.key.is_empty() { command } else { &difference.key }
}

/// Asks every recorded question of a stage, and judges the answers.
fn replay(replay: &mut Replay, tally: &mut Tally, reasons: &Reasons, exchanges: &[Exchange]) {
    for one in exchanges {
        let Content::Info { request, response } = &one.content else { continue };
        let ours = replay.info(&one.node, request);
        // Refused by the recorded edition, obeyed here: what follows was answered without it.
        if let Some((command, _)) = request.split_once("rack-id=") {
            replay.info(&one.node, &format!("{command}rack-id=0\n"));
        }
        replay.advance_ms(if request.contains("recluster") { 4000 } else { 10 });
        judge(tally, reasons, Demand::Values, response, &ours);
    }
}

/// Asks every recorded question of a stage in which the cluster changes, again and again for a
/// while: each recorded answer has the shape of one of ours.
fn replay_on_the_way(
    replay: &mut Replay,
    tally: &mut Tally,
    reasons: &Reasons,
    exchanges: &[Exchange],
) {
    let mut answers: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for _ in 0..25 {
        replay.advance_ms(200);
        for one in exchanges {
            let Content::Info { request, .. } = &one.content else { continue };
            let ours = replay.info(&one.node, request);
            let all = answers.entry((&one.node, request)).or_default();
            if all.last() != Some(&ours) {
                all.push(ours);
            }
        }
    }
    for one in exchanges {
        let Content::Info { request, response } = &one.content else { continue };
        let mut fitting = None;
        for ours in &answers[&(one.node.as_str(), request.as_str())] {
            let mut attempt = Tally::default();
            judge(&mut attempt, reasons, Demand::Shape, response, ours);
            let fits = attempt.failed.is_empty();
            if fits || fitting.is_none() {
                fitting = Some(ours);
            }
            if fits {
                break;
            }
        }
        let ours = fitting.expect("it was asked");
        judge(tally, reasons, Demand::Shape, response, ours);
    }
}

fn of_phase(exchanges: Vec<Exchange>, phase: &str) -> Vec<Exchange> {
    exchanges.into_iter().filter(|one| one.phase == phase).collect()
}

/// One node, after the client's program that ran before it was recorded.
pub(crate) fn single(tally: &mut Tally, reasons: &Reasons) {
    let mut node = Setup::single().start(1);
    node.advance_ms(10_000);
    for one in read("ops-client") {
        match &one.content {
            Content::Frames { request, .. } => drop(node.exchange("s1", request)),
            Content::Info { request, response } => {
                let ours = node.info("s1", request);
                judge(tally, reasons, Demand::Values, response, &ours);
            }
        }
    }
    replay(&mut node, tally, reasons, &read("info-single"));
}

/// Six nodes: whole, in the first seconds of a split, split, while it heals, healed.
pub(crate) fn stretch(tally: &mut Tally, reasons: &Reasons) {
    let mut six = Setup::stretch().start(1);
    six.advance_ms(20_000);
    crate::frames::put_records(&mut six, "ap", 200);
    let all = || read("info-cluster6").into_iter().chain(read("info-cluster6-partitions"));
    let of_phase = |phase| of_phase(all().collect(), phase);
    replay(&mut six, tally, reasons, &of_phase("steady"));
    let cut = six.split();
    replay_on_the_way(&mut six, tally, reasons, &of_phase("splitting"));
    six.advance_ms(10_000);
    replay(&mut six, tally, reasons, &of_phase("split"));
    six.world.restore(cut).expect("it stands");
    replay_on_the_way(&mut six, tally, reasons, &of_phase("healing"));
    six.advance_ms(30_000);
    replay(&mut six, tally, reasons, &of_phase("healed"));
}

/// A node from the moment that its port opens.
pub(crate) fn startup(tally: &mut Tally, reasons: &Reasons) {
    let mut node = Setup::single().start(1);
    let mut settled = false;
    for one in read("startup-single") {
        match &one.content {
            Content::Info { request, response } => {
                let begun = ["rebalance-generation\t1\n", "partition-generation\t0\n"];
                if begun.contains(&response.as_str()) && !settled {
                    node.advance_ms(10_000);
                    settled = true;
                }
                // While the first map is being made, each look shows another part of it.
                let partial = request == "replicas\n" && !settled && !response.contains(",AAAA");
                let demand = if partial { Demand::Shape } else { Demand::Values };
                let ours = node.info("s1", request);
                judge(tally, reasons, demand, response, &ours);
            }
            Content::Frames { request, response, .. } => {
                let ours = node.exchange("s1", request);
                crate::frames::judge(tally, reasons, &one.op, response, ours.as_deref());
            }
        }
    }
}

/// Answers come from the state: with another id, port, namespace, replication factor and number of
/// nodes they have the same shape, and the counters move after writes.
#[test]
fn answers_come_from_the_state() {
    let other = Setup {
        cluster_name: "elsewhere",
        namespace: "stock",
        replication_factor: 1,
        nodes: vec![
            ("l1", 0xC4, 0, "127.9.0.1".to_owned()),
            ("l2", 0xC5, 1, "127.9.0.2".to_owned()),
        ],
        port: 4100,
    };
    let mut two = other.start(1);
    two.advance_ms(10_000);
    let written_before = two.info("l1", "namespace/stock\n");
    crate::frames::put_records(&mut two, "ap", 40);
    let recorded = of_phase(read("info-cluster6"), "steady");
    let mut compared = 0;
    for one in recorded.iter().filter(|one| one.node == "l1") {
        let Content::Info { request, response } = &one.content else { continue };
        let tables = ["statistics\n", "namespace/mydata\n", "get-config"];
        // Other clusters are for Enterprise (see the table of reasons).
        let is_reasoned = request.starts_with("get-config:context=xdr");
        if is_reasoned || !tables.iter().any(|table| request.starts_with(table)) {
            continue;
        }
        let keys = |answer: &str| -> Vec<String> {
            let value = answer.split_once('\t').map_or("", |(_, value)| value);
            let pairs = value.trim().split(';').map(|pair| pair.split('=').next().unwrap());
            // It comes once for each peer, and there are fewer here.
            let once = pairs.filter(|key| *key != "heartbeat.mesh-seed-address-port");
            once.map(str::to_owned).collect()
        };
        let ours = two.info("l1", &request.replace("mydata", "stock"));
        assert_eq!(keys(&ours), keys(response), "{request}");
        compared += 1;
    }
    assert!(compared >= 8, "{compared}");
    assert_eq!(
        two.info("l1", "node\ncluster-name\nservice\n"),
        "node\tC4\ncluster-name\telsewhere\nservice\t127.9.0.1:4100\n"
    );
    assert!(two.info("l2", "peers-clear-std\n").contains("4100,[[C4,,[127.9.0.1]]]"));
    assert!(two.info("l1", "replicas\n").starts_with("replicas\tstock:0,1,"));
    assert!(two.info("l1", "statistics\n").contains("cluster_size=2;"));
    let written = two.info("l1", "namespace/stock\n");
    let count = |answer: &str| -> u64 {
        let at = answer.find("client_write_success=").expect("it is counted");
        let digits = answer[at..].split(['=', ';']).nth(1).unwrap();
        digits.parse().expect("a number")
    };
    assert!(count(&written) > count(&written_before) + 10, "{written}");
}
