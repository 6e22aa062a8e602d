//! Mutated requests never stop a node: whatever a client sends, the next one is served.

use aerocert_emulator::defect::Defects;
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place, RosterEntry};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::world::{Answer, Delays, Ticket, World, WorldConfig};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use wire::batch::{BatchCommand, BatchRequest, BatchRow};
use wire::query::QueryRequest;
use wire::{Digest, Field, Info1, Info2, Message, Op, ResultCode, UserKey, Value};

const NODES: u8 = 3;
const REQUESTS: u64 = 20_000;
const MS: u64 = 1_000_000;

fn world(mode: Mode) -> World {
    let ids = (1..=u64::from(NODES)).map(NodeId);
    let mut namespace = NamespaceConfig::new("mydata", mode);
    if mode == Mode::Sc {
        let entry = |node| RosterEntry { node, rack: 0 };
        namespace.roster = Some(ids.clone().map(entry).collect());
    }
    let place = |id| Place {
        id,
        site: 0,
        rack: 0,
        stay_quiesced: false,
        addresses: vec!["127.0.0.1:3000".to_owned()],
        access: Default::default(),
    };
    let config = WorldConfig {
        cluster_name: "hostile".into(),
        sites: 1,
        places: ids.map(place).collect(),
        heartbeat: Heartbeat { interval_ms: 50, timeout: 10 },
        namespaces: vec![namespace],
        delays: Delays::default(),
        security: false,
        defects: Defects::default(),
    };
    let mut world = World::new(config, 1);
    world.advance(5_000 * MS);
    world
}

/// Bodies of data messages that clients sent to a real server.
fn recorded_bodies() -> Vec<Vec<u8>> {
    let transcripts = [
        include_str!("data/transcripts/raw.tsv"),
        include_str!("data/transcripts/rust-client.tsv"),
    ];
    let requests = transcripts.iter().flat_map(|transcript| transcript.lines());
    requests
        .map(|line| line.split('\t').nth(1).expect("a request"))
        .map(|hex| {
            let bytes = (16..hex.len()).step_by(2);
            bytes.map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
        })
        .collect()
}

/// Changes a body in a few places: bits, bytes, lengths, its end.
fn mutate(body: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    for _ in 0..random.random_range(1..4) {
        if body.is_empty() {
            return;
        }
        let at = random.random_range(0..body.len());
        match random.random_range(0..6) {
            0 => body[at] ^= 1 << random.random_range(0..8),
            1 => body[at] = random.random(),
            2 => body[at] = [0, 1, 0x7f, 0x80, 0xff][random.random_range(0..5)],
            3 => body.truncate(at),
            4 => body.insert(at, random.random()),
            _ => {
                body.remove(at);
            }
        }
    }
}

fn serves_a_write(world: &mut World, node: u8) -> bool {
    let digest = Digest::of("dummy", &UserKey::from(4711));
    let message = Message {
        info2: Info2::WRITE,
        transaction_ttl: 1000,
        fields: vec![Field::namespace("mydata"), Field::set("dummy"), Field::digest(&digest)],
        ops: vec![Op::write("honest", &Value::Integer(1))],
        ..Message::default()
    };
    let mut body = Vec::new();
    message.encode_into(&mut body);
    let ticket = Ticket(u64::MAX - u64::from(node));
    world.request(node, 0, ticket, &body);
    world.advance(world.now_ns() + 3_000 * MS);
    world.poll().into_iter().any(|(answered, answer)| {
        let Answer::Bytes(frame) = answer else { return false };
        answered == ticket && frame.get(13) == Some(&0)
    })
}

/// The answer to a request that node 0 serves within a second.
fn served(world: &mut World, ticket: u64, message: &Message) -> Vec<u8> {
    let mut body = Vec::new();
    message.encode_into(&mut body);
    world.request(0, 0, Ticket(ticket), &body);
    world.advance(world.now_ns() + 1_000 * MS);
    let answers = world.poll();
    let answer = answers.into_iter().find(|(answered, _)| *answered == Ticket(ticket));
    match answer.expect("an answer").1 {
        Answer::Bytes(bytes) => bytes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn short_requests_get_no_endless_answers() {
    const MOST: usize = 18 * 1024 * 1024;
    let mut world = world(Mode::Ap);
    let key = Digest::of("dummy", &UserKey::from(1));
    let fields = vec![Field::namespace("mydata"), Field::set("dummy"), Field::digest(&key)];
    let large = Message {
        info2: Info2::WRITE,
        fields: fields.clone(),
        ops: vec![Op::write("large", &Value::String(vec![b'x'; 900_000]))],
        ..Message::default()
    };
    assert_eq!(served(&mut world, 1, &large)[13], 0);

    let fields = fields[..2].to_vec();
    let info1 = Info1::READ | Info1::GET_ALL;
    let command = std::sync::Arc::new(BatchCommand { info1, fields, ..BatchCommand::default() });
    let row = |index| BatchRow { index, digest: key, command: command.clone() };
    let batch = BatchRequest { flags: 4, rows: (0..100).map(row).collect() }.message(1000);
    let answer = served(&mut world, 2, &batch);
    assert!((1 << 20..MOST).contains(&answer.len()), "{} bytes", answer.len());
    let end = answer.len() - 30;
    let rows = Message::decode_all(&answer[8..end]).unwrap();
    let told = rows.iter().filter(|row| row.result_code == ResultCode::OK).count();
    let untold = rows.iter().filter(|row| row.result_code == ResultCode::TIMEOUT).count();
    assert!(told > 10 && told + untold == 100, "{told} rows told, {untold} not");

    let partitions = vec![key.partition(); 100];
    let query = QueryRequest { namespace: "mydata".into(), partitions, ..QueryRequest::default() };
    let answer = served(&mut world, 3, &query.message());
    assert!(answer.len() < 2_000_000, "{} bytes: a partition is told once", answer.len());

    let answer = world.info(0, &"partition-info\n".repeat(2_000)).unwrap();
    assert!(answer.len() < MOST, "{} bytes", answer.len());
}

fn bombard(mode: Mode, seed: u64) {
    let mut world = world(mode);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let bodies = recorded_bodies();
    let mut answers = 0;
    for number in 0..REQUESTS {
        let mut body = bodies[random.random_range(0..bodies.len())].clone();
        mutate(&mut body, &mut random);
        world.request(random.random_range(0..NODES), 0, Ticket(number), &body);
        world.advance(world.now_ns() + random.random_range(0..MS));
        answers += world.poll().len();
    }
    assert!(answers as u64 > REQUESTS / 2, "{answers} answers: most mutants are answered at once");
    for node in 0..NODES {
        assert!(serves_a_write(&mut world, node), "node {node} under {mode:?}, seed {seed}");
    }
}

#[test]
fn mutated_requests_do_not_stop_an_ap_namespace() {
    (0..3).for_each(|seed| bombard(Mode::Ap, seed));
}

#[test]
fn mutated_requests_do_not_stop_an_sc_namespace() {
    (0..3).for_each(|seed| bombard(Mode::Sc, seed));
}

#[test]
fn info_commands_of_any_shape_are_answered() {
    let mut world = world(Mode::Sc);
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let names: Vec<&str> = include_str!("data/info/values.txt")
        .lines()
        .chain(include_str!("data/info/keys.txt").lines())
        .filter_map(|line| line.split('\t').next())
        .chain(["roster:namespace=mydata", "racks:", "partition-info", "replicas", "sets/mydata"])
        .collect();
    for _ in 0..2_000 {
        let mut body = names[random.random_range(0..names.len())].as_bytes().to_vec();
        mutate(&mut body, &mut random);
        let line = String::from_utf8_lossy(&body).replace('\n', "");
        let answer = world.info(0, &format!("{line}\n")).expect("the node runs");
        assert!(answer.starts_with(&format!("{line}\t")), "{line:?}: {answer:?}");
    }
}
