//! What is written reads as what it was.

use crate::strategies::{batch, call, digest, element, message, query, storable_element, value};
use aerocert_wire::admin::AdminMessage;
use aerocert_wire::batch::BatchRequest;
use aerocert_wire::cdt::CdtCall;
use aerocert_wire::field::RecordVersion;
use aerocert_wire::query::QueryRequest;
use aerocert_wire::replicas::PartitionBitmap;
use aerocert_wire::{DecodeError, Field, Message, ResultCode, Value, msgpack};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_message(message in message()) {
        let frame = message.encode();
        prop_assert_eq!(frame.len(), 8 + message.encoded_length());
        prop_assert_eq!(Message::decode(&frame[8..]), Ok(message));
    }

    #[test]
    fn messages_in_a_row(messages in vec(message(), 0..4)) {
        let mut body = Vec::new();
        messages.iter().for_each(|message| message.encode_into(&mut body));
        prop_assert_eq!(Message::decode_all(&body), Ok(messages));
    }

    #[test]
    fn an_element(element in element()) {
        prop_assert_eq!(msgpack::decode(&msgpack::encode(&element)), Ok(element));
    }

    #[test]
    fn a_value(value in value()) {
        prop_assert_eq!(Value::decode(value.particle_type(), &value.encode()), Ok(value));
    }

    #[test]
    fn a_batch(batch in batch()) {
        prop_assert_eq!(BatchRequest::decode(&batch.encode()), Ok(batch));
    }

    #[test]
    fn a_query(query in query()) {
        let message = query.message();
        prop_assert!(QueryRequest::is_query(&message));
        prop_assert_eq!(QueryRequest::decode(&message), Ok(query));
    }

    #[test]
    fn a_call(call in call()) {
        prop_assert_eq!(CdtCall::decode(&call.encode()), Ok(call));
    }

    #[test]
    fn a_security_message(
        code: u8, command: u8,
        fields in vec((any::<u8>(), vec(any::<u8>(), 0..30)), 0..5)
    ) {
        let message = AdminMessage { result_code: ResultCode(code), command, fields };
        prop_assert_eq!(AdminMessage::decode(&message.encode()[8..]), Ok(message));
    }

    #[test]
    fn a_record_version(last_update_ms in 0_u64..1 << 40, generation: u16) {
        let version = RecordVersion { last_update_ms, generation };
        let field = Field::record_version(version);
        prop_assert_eq!(RecordVersion::decode(&field.data), Ok(version));
    }

    #[test]
    fn a_partition_bitmap(partitions in vec(0_u16..4096, 0..50)) {
        let bitmap: PartitionBitmap = partitions.iter().copied().collect();
        prop_assert!(partitions.iter().all(|&partition| bitmap.contains(partition)));
        prop_assert_eq!(PartitionBitmap::from_base64(&bitmap.to_base64()), Ok(bitmap));
    }

    #[test]
    fn a_digest_field(digest in digest()) {
        prop_assert_eq!(Field::digest(&digest).as_digest(), Ok(digest));
        prop_assert!(digest.partition() < 4096);
    }

    #[test]
    fn stored_elements_are_totally_ordered(
        a in storable_element(), b in storable_element(), c in storable_element()
    ) {
        prop_assert_eq!(msgpack::compare(&a, &b), msgpack::compare(&b, &a).reverse());
        if msgpack::compare(&a, &b).is_le() && msgpack::compare(&b, &c).is_le() {
            prop_assert!(msgpack::compare(&a, &c).is_le());
        }
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| [vec![0x91; depth], vec![0x90]].concat();
    let deepest = msgpack::decode(&nested(msgpack::MAX_DEPTH - 1)).unwrap();
    assert_eq!(deepest.depth(), msgpack::MAX_DEPTH);
    assert_eq!(msgpack::decode(&nested(msgpack::MAX_DEPTH)), Err(DecodeError::TooDeep));
    assert_eq!(msgpack::decode(&nested(1_000_000)), Err(DecodeError::TooDeep));
}
