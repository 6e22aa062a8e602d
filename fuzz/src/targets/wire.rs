//! The wire: frames with everything that may be in them, and info texts.

use wire::admin::AdminMessage;
use wire::batch::BatchRequest;
use wire::cdt::CdtCall;
use wire::query::QueryRequest;
use wire::{
    FrameDecoder, FrameType, Message, ParticleType, Value, compression, info, msgpack, replicas,
};

/// What may be decompressed or announced, in bytes.
const MOST: u64 = 1 << 20;

pub(crate) fn frames(bytes: &[u8]) {
    let mut frames = FrameDecoder::new(MOST);
    frames.push(bytes);
    while let Ok(Some(frame)) = frames.next_frame() {
        body(&frame.body);
    }
    body(bytes);
}

fn body(bytes: &[u8]) {
    if let Ok(message) = Message::decode(bytes) {
        let _ = QueryRequest::decode(&message);
        for field in &message.fields {
            let _ = (field.as_digest(), field.as_key(), field.as_text(), field.as_u64());
        }
        for op in &message.ops {
            let _ = op.value();
        }
    }
    let _ = Message::decode_all(bytes);
    let _ = AdminMessage::decode(bytes);
    let _ = compression::decompress(bytes, MOST);
    let _ = BatchRequest::decode(bytes);
    let _ = CdtCall::decode(bytes);
    let _ = msgpack::decode(bytes);
    if let Some((particle, value)) = bytes.split_first() {
        let _ = Value::decode(ParticleType(*particle), value);
    }
}

pub(crate) fn info(bytes: &[u8]) {
    for command in info::decode_request(bytes).unwrap_or_default() {
        let command = info::Command::parse(command);
        let _ = command.parameter("namespace");
    }
    if let Ok(answers) = info::decode_reply(bytes) {
        for value in answers.values() {
            let _ = (replicas::decode(value), info::parse_error(value));
        }
    }
}

pub(crate) fn frame_seeds() -> Vec<Vec<u8>> {
    let info = info::encode_request(&["build", "node"]);
    let body = [&[22, 1, 0, 0, 0, 0][..], &[0; 16]].concat();
    vec![info, wire::frame::encode_frame(FrameType::Message, &body), msgpack_seed()]
}

/// A list of an integer, a text and a map.
fn msgpack_seed() -> Vec<u8> {
    vec![0x93, 0x07, 0xA3, 0x03, b'a', b'b', 0x81, 0x01, 0xC0]
}

pub(crate) fn info_seeds() -> Vec<Vec<u8>> {
    ["build\nnamespace/test\nroster:namespace=test;id=1\n", "build\t8.1\nreplicas\ttest:0,1,AA==\n"]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
}
