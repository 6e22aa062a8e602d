//! Frames of the official Rust client 3.0.0 and of a real server (Community Edition 8.1.2.0), read
//! and written back.

use aerocert_wire::admin::AdminMessage;
use aerocert_wire::batch::BatchRequest;
use aerocert_wire::cdt::CdtCall;
use aerocert_wire::query::QueryRequest;
use aerocert_wire::{
    Digest, Element, FieldType, Frame, FrameDecoder, FrameType, Info1, Info2, Info3, Message, Op,
    ReadMode, ResultCode, Value,
};

fn bytes(hex: &str) -> Vec<u8> {
    let hex: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digits = hex.chunks(2).map(|pair| std::str::from_utf8(pair).expect("ascii"));
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect()
}

fn frames(hex: &str) -> Vec<Frame> {
    let mut decoder = FrameDecoder::default();
    decoder.push(&bytes(hex));
    let frames = std::iter::from_fn(|| decoder.next_frame().expect("good header")).collect();
    assert!(decoder.is_empty());
    frames
}

/// The one message of a frame, which is written back as it was.
fn message(hex: &str) -> Message {
    let [frame] = frames(hex).try_into().expect("one frame");
    let message = Message::decode(&frame.body).expect("well-formed");
    assert_eq!(message.encode(), bytes(hex));
    message
}

#[test]
fn a_put() {
    let put = message(
        "0203000000000052 16000100000000000000 00000000 000003e8 0003 0001
         00000005 00 74657374  00000005 01 64656d6f
         00000015 04 b7f4b83889e2da67de683e1df6919a1eacc446c8
         0000000d 02 01 00 01 76 0000000000000007",
    );
    assert!(put.is_write() && !put.is_batch());
    assert_eq!(put.namespace(), Some("test"));
    assert_eq!(put.set(), b"demo");
    assert_eq!(put.digest(), Ok(Some(Digest::of("demo", &1.into()))));
    assert_eq!(put.transaction_ttl, 1000);
    assert_eq!(put.ops, [Op::write("v", &Value::Integer(7))]);
}

#[test]
fn a_list_append_and_a_read() {
    let operate = message(
        "020300000000002d 16018100000000000000 00000000 000003e8 0000 0002
         0000000a 04 04 00 01 6c 94012a0000  00000005 01 00 00 01 6c
         ",
    );
    assert!(operate.info2.has(Info2::WRITE | Info2::RESPOND_ALL_OPS));
    let append = CdtCall::decode(&operate.ops[0].data).unwrap();
    assert_eq!(append, CdtCall::new(1, [42.into(), 0.into(), 0.into()].map(|n: i64| n.into())));
    assert_eq!(operate.ops[1], Op::read("l"));
}

#[test]
fn a_call_in_the_older_form() {
    let append = CdtCall::decode(&bytes("0001 9107")).unwrap();
    assert_eq!(append, CdtCall::new(1, [Element::Integer(7)]));
    assert_eq!(CdtCall::decode(&bytes("0010")), Ok(CdtCall::new(16, [])));
}

#[test]
fn a_reply_with_every_type() {
    let reply = message(
        "02030000000000b1 16000000000000000003 00000000 00000000 0000 0009
         000000110101000576616c7565 0000000000000002  0000000901030001 7374657874
         0000000d01020001 663ff8000000000000  000000060111000162 01
         0000000901040002626c 010203  0000000f010100036e6567 fffffffffffffffb
         0000000f01010003626967 7fffffffffffffff
         00000015011400016c 9301a40374776fcb4008000000000000
         0000000e011300016d 82a2036101a2036202",
    );
    let values: Vec<_> = reply.ops.iter().map(|op| op.value().unwrap()).collect();
    assert_eq!(reply.generation, 3);
    assert_eq!(values[0], Value::Integer(2));
    assert_eq!(values[1].as_text(), Some("text"));
    assert_eq!(values[2], Value::Float(1.5));
    assert_eq!(values[3], Value::Boolean(true));
    assert_eq!(values[4], Value::blob([1, 2, 3]));
    assert_eq!(values[5], Value::Integer(-5));
    assert_eq!(values[6], Value::Integer(i64::MAX));
    let list = [1.into(), Element::from("two"), Element::Float(3.0)];
    assert_eq!(values[7], Element::list(list).into());
    assert!(matches!(&values[8], Value::Map(map) if map.entries.len() == 2));
}

/// Two reads of one key, so that the read mode reaches the server.
#[test]
fn a_linearize_read_as_a_batch() {
    let batch = "00000002 0d
         00000000 b7f4b83889e2da67de683e1df6919a1eacc446c8 0a 03 00 40 00000000 0002 0000
         00000005 00 74657374 00000005 01 64656d6f
         00000001 b7f4b83889e2da67de683e1df6919a1eacc446c8 01";
    let request = BatchRequest::decode(&bytes(batch)).unwrap();
    assert_eq!(request.rows.len(), 2);
    for row in &request.rows {
        let single = row.request(&request.message(1000));
        assert_eq!(single.info3.read_mode(), ReadMode::Linearize);
        assert!(single.info1.has(Info1::READ | Info1::GET_ALL));
        assert_eq!(single.digest(), Ok(Some(row.digest)));
        assert_eq!(single.transaction_ttl, 1000);
    }
    assert_eq!(request.encode(), bytes(batch));
}

#[test]
fn a_batch_row_without_its_own_bits_takes_the_read_mode_of_the_batch() {
    let row = bytes(
        "00000001 00 00000007 b7f4b83889e2da67de683e1df6919a1eacc446c8 00 93 0001 0000
         00000005 00 74657374",
    );
    let request = BatchRequest::decode(&row).unwrap();
    let parent = Message { info3: Info3(0xC1), ..request.message(0) };
    let single = request.rows[0].request(&parent);
    assert_eq!(single.info3, Info3(0xC0), "only the read mode is inherited");
    assert_eq!(single.info1, Info1(0x03), "rows are neither compressed nor shipped");
}

#[test]
fn a_batch_reply() {
    let reply = frames(
        "0203000000000082 1600000000000000000100000000000000000000 0001
         000000110101000576616c75650000000000000001
         1600000000000000000100000000000000010000 0001
         000000110101000576616c75650000000000000002
         16000000000200000000 00000000 00000002 0000 0000
         16000000000000000001 00000000 00000003 0000 0000
         0203000000000016 16000001000000000000 00000000 00000000 0000 0000",
    );
    let rows: Vec<_> =
        reply.iter().flat_map(|frame| Message::decode_all(&frame.body).unwrap()).collect();
    let codes: Vec<_> =
        rows.iter().map(|row| (row.transaction_ttl, row.result_code, row.ops.len())).collect();
    let ok = ResultCode::OK;
    let missing = (2, ResultCode::NOT_FOUND, 0);
    assert_eq!(codes, [(0, ok, 1), (1, ok, 1), missing, (3, ok, 0), (0, ok, 0)]);
    assert!(rows[4].info3.has(Info3::LAST));
}

#[test]
fn security_frames() {
    let [login] = frames(
        "0202000000000022 00001402000000000000000000000000
         00000006 00 61646d696e 00000004 03 616263",
    )
    .try_into()
    .unwrap();
    assert_eq!(login.frame_type, FrameType::Security);
    let login = AdminMessage::decode(&login.body).unwrap();
    assert_eq!(login.command, AdminMessage::LOGIN);
    assert_eq!(login.fields[0], (AdminMessage::USER, b"admin".to_vec()));
    let reply = AdminMessage::reply(ResultCode::SECURITY_NOT_SUPPORTED).encode();
    assert_eq!(reply, bytes("0202000000000010 00330000000000000000000000000000"));
}

#[test]
fn malformed_bodies_are_refused() {
    for body in [
        "16000000000000000000",
        "",
        "1603000000000000000000000000000003e800010000 0000000000",
        "1603000000000000000000000000000003e800010000 0000270f006d7964617461",
        "1603000000000000000000000000000003e800010000",
        "1603000000000000000000000000000003e800000000 00",
    ] {
        assert!(Message::decode(&bytes(body)).is_err(), "{body}");
    }
}

#[test]
fn a_wrong_header_size_is_ignored() {
    for size in ["00", "16", "1e"] {
        let body = format!("{size}03000000000000000000000000000003e800000000");
        assert!(Message::decode(&bytes(&body)).is_ok());
    }
}

#[test]
fn a_query_of_two_partitions() {
    let query = QueryRequest {
        namespace: "test".into(),
        set: Some("demo".into()),
        partitions: vec![1, 0x0FFF],
        ..QueryRequest::default()
    };
    let message = query.message();
    assert_eq!(message.field(FieldType::PARTITIONS).unwrap().data, [1, 0, 0xFF, 0x0F]);
    assert!(message.info3.has(Info3::PARTITION_DONE));
}
