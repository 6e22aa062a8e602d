//! No input makes a decoder panic or allocate what it only announces.

use aerocert_wire::admin::AdminMessage;
use aerocert_wire::batch::BatchRequest;
use aerocert_wire::cdt::CdtCall;
use aerocert_wire::query::QueryRequest;
use aerocert_wire::{
    DecodeError, FrameDecoder, Message, ParticleType, Value, compression, info, msgpack,
};
use aerocert_wire::{batch, replicas};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Feeds one input to every decoder.
fn decode_everything(bytes: &[u8]) {
    let mut frames = FrameDecoder::new(1 << 20);
    frames.push(bytes);
    while let Ok(Some(_)) = frames.next_frame() {}
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
    let _ = compression::decompress(bytes, 1 << 20);
    let _ = BatchRequest::decode(bytes);
    let _ = CdtCall::decode(bytes);
    let _ = msgpack::decode(bytes);
    let _ = info::decode_request(bytes);
    let _ = info::decode_reply(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = replicas::decode(text);
        let _ = info::Command::parse(text);
        let _ = info::parse_error(text);
    }
    for particle in 0..=255 {
        let _ = Value::decode(ParticleType(particle), bytes);
    }
}

proptest! {
    #[test]
    fn random_bytes(bytes in vec(any::<u8>(), 0..200)) {
        decode_everything(&bytes);
    }

    #[test]
    fn damaged_messages(
        message in crate::strategies::message(),
        damage in vec((any::<Index>(), any::<u8>()), 1..4),
        cut in any::<Index>(),
    ) {
        let mut bytes = message.encode();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        decode_everything(&bytes[8..]);
        decode_everything(&bytes[8..8 + cut.index(bytes.len() - 8)]);
    }

    #[test]
    fn damaged_batches_and_calls(
        batch in crate::strategies::batch(),
        call in crate::strategies::call(),
        place in any::<Index>(),
        byte: u8,
    ) {
        for mut bytes in [batch.encode(), call.encode()] {
            let place = place.index(bytes.len());
            bytes[place] = byte;
            decode_everything(&bytes);
        }
    }
}

#[test]
fn announced_lengths_alone_allocate_nothing() {
    let truncated = |result: Result<(), DecodeError>| {
        assert!(matches!(result, Err(DecodeError::Truncated(_))), "{result:?}");
    };
    for marker in [0xDD, 0xDF, 0xDB, 0xC6, 0xC9] {
        truncated(msgpack::decode(&[marker, 0xFF, 0xFF, 0xFF, 0xFF, 0]).map(drop));
    }
    truncated(BatchRequest::decode(&[0xFF, 0xFF, 0xFF, 0xFF, 0]).map(drop));
    let mut header = [0_u8; 22];
    header[18..22].fill(0xFF);
    truncated(Message::decode(&header).map(drop));
}

#[test]
fn a_first_row_cannot_repeat_a_row() {
    let row = [&[0, 0, 0, 1, 0][..], &[0; 24], &[1]].concat();
    assert_eq!(BatchRequest::decode(&row), Err(DecodeError::Malformed("batch row")));
    assert_eq!(batch::last_reply(aerocert_wire::ResultCode::OK).ops, []);
}
