//! Recorded exchanges with a real server, replayed through the pure application of requests.

use std::collections::BTreeMap;

use aerocert_emulator::record::{Deletes, Effect, Record, Rules, Target, apply};
use wire::batch::{BatchRequest, last_reply, row_reply};
use wire::{Digest, FieldType, Frame, FrameDecoder, FrameType, Message, ResultCode};

const RAW: &str = include_str!("data/transcripts/raw.tsv");
const RUST_CLIENT: &str = include_str!("data/transcripts/rust-client.tsv");
const NOW_MS: u64 = 520_000_000_000;

/// One node with one AP namespace, without a socket.
struct Node {
    records: BTreeMap<Digest, Record>,
    rules: Rules,
}

impl Node {
    fn new() -> Self {
        let rules = Rules { deletes: Deletes::ExpungeOnly, ..Rules::ap() };
        Self { records: BTreeMap::new(), rules }
    }

    fn answer(&mut self, frame: &Frame) -> Vec<u8> {
        match Message::decode(&frame.body) {
            Err(_) => Message::reply(ResultCode::PARAMETER).encode(),
            Ok(message) if message.is_batch() => self.batch(&message),
            Ok(message) => self.single(&message).encode(),
        }
    }

    fn batch(&mut self, message: &Message) -> Vec<u8> {
        let field = message.field(FieldType::BATCH).expect("batches have rows");
        let batch = BatchRequest::decode(&field.data).expect("recorded batches are well-formed");
        let mut body = Vec::new();
        for row in &batch.rows {
            row_reply(row.index, self.single(&row.request(message))).encode_into(&mut body);
        }
        let rows = Frame { frame_type: FrameType::Message, body }.encode();
        [rows, last_reply(ResultCode::OK).encode()].concat()
    }

    fn single(&mut self, message: &Message) -> Message {
        let target = match Target::of(message, |namespace| namespace == "mydata") {
            Ok(target) => target,
            Err(code) => return Message::reply(code),
        };
        let digest = target.digest;
        let outcome = apply(self.records.get(&digest), message, NOW_MS, &self.rules);
        match outcome.effect {
            Effect::Nothing => {}
            Effect::Store(record) => drop(self.records.insert(digest, record)),
            Effect::Expunge => drop(self.records.remove(&digest)),
        }
        outcome.reply
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    assert_eq!(hex.len() % 2, 0);
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Replays a file and tells the exchanges that went differently.
fn replay(transcript: &str) -> (usize, Vec<String>) {
    let mut node = Node::new();
    let mut differences = Vec::new();
    for line in transcript.lines() {
        let [name, request, reply] =
            line.split('\t').collect::<Vec<_>>().try_into().expect("three columns");
        let mut decoder = FrameDecoder::default();
        decoder.push(&bytes(request));
        let frame = decoder.next_frame().expect("good header").expect("whole frame");
        node.rules.max_record_bytes =
            if name.starts_with("raw-record-too-big") { 1024 } else { 1024 * 1024 };
        let answer = hex(&node.answer(&frame));
        if answer != reply {
            differences.push(format!(
                "{name}\n  request  {request}\n  recorded {reply}\n  here     {answer}"
            ));
        }
    }
    (transcript.lines().count(), differences)
}

#[test]
fn hand_made_frames_are_answered_as_a_real_server_answers_them() {
    let (exchanges, differences) = replay(RAW);
    assert_eq!(exchanges, 91);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_rust_client_is_answered_as_a_real_server_answers_it() {
    let (exchanges, differences) = replay(RUST_CLIENT);
    assert_eq!(exchanges, 85);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
