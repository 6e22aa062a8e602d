use super::*;

fn names(reply: &Message) -> Vec<&[u8]> {
    reply.ops.iter().map(|op| op.name.as_slice()).collect()
}

#[test]
fn a_missing_record_is_not_found_without_generation() {
    let mut bench = Bench::new(Rules::ap());
    for request in [get_all(), read_of(vec![Op::read("v")]), read_of(vec![])] {
        assert_eq!(bench.send(&request), Message::reply(ResultCode::NOT_FOUND));
    }
}

#[test]
fn bins_that_do_not_exist_are_left_out() {
    let mut bench = Bench::with_record();
    let reply = bench.send(&read_of(vec![Op::read("v"), Op::read("none")]));
    assert_eq!((reply.result_code, reply.generation), (ResultCode::OK, 1));
    assert_eq!(names(&reply), [b"v"]);
}

#[test]
fn respond_all_ops_answers_missing_bins_with_null() {
    let mut bench = Bench::with_record();
    let request =
        with_info2(read_of(vec![Op::read("none"), Op::read("v")]), Info2::RESPOND_ALL_OPS);
    let values: Vec<_> = bench.send(&request).ops.iter().map(|op| op.value().unwrap()).collect();
    assert_eq!(values, [Value::Null, Value::Integer(1)]);
}

#[test]
fn no_bins_answers_with_metadata_only() {
    let mut bench = Bench::with_record();
    let mut request = get_all();
    request.info1 = Info1::READ | Info1::NO_BINS;
    request.ops.push(Op::read(""));
    let reply = bench.send(&request);
    assert_eq!((reply.result_code, reply.generation), (ResultCode::OK, 1));
    assert_eq!(reply.ops, []);
}

#[test]
fn a_read_of_nothing_is_a_bad_parameter() {
    let mut bench = Bench::with_record();
    let reply = bench.send(&read_of(vec![]));
    assert_eq!((reply.result_code, reply.generation), (ResultCode::PARAMETER, 1));
}

#[test]
fn a_request_that_neither_reads_nor_writes_is_a_bad_parameter() {
    assert_eq!(Bench::with_record().code(&Message::default()), ResultCode::PARAMETER);
}

#[test]
fn a_writing_op_in_a_read_is_a_bad_parameter() {
    let mut bench = Bench::with_record();
    let request = read_of(vec![Op::write("v", &Value::Integer(2))]);
    assert_eq!(bench.code(&request), ResultCode::PARAMETER);
    assert_eq!(bench.bin("v"), Some(&Value::Integer(1)));
}

#[test]
fn sixteen_bytes_are_too_long_for_a_bin_name() {
    let mut bench = Bench::with_record();
    assert_eq!(bench.code(&read_of(vec![Op::read("fifteen-letters")])), ResultCode::OK);
    assert_eq!(bench.code(&read_of(vec![Op::read("sixteen--letters")])), ResultCode::BIN_NAME);
}

#[test]
fn another_set_is_a_bad_parameter_and_no_set_is_none() {
    let mut bench = Bench::new(Rules::ap());
    assert_eq!(bench.code(&with_field(put("v", 1), Field::set("dummy"))), ResultCode::OK);
    assert_eq!(bench.code(&get_all()), ResultCode::OK);
    assert_eq!(bench.code(&with_field(get_all(), Field::set("dummy"))), ResultCode::OK);
    assert_eq!(bench.code(&with_field(get_all(), Field::set("dummies"))), ResultCode::PARAMETER);
}

#[test]
fn another_key_than_the_stored_one_is_a_mismatch() {
    let mut bench = Bench::new(Rules::ap());
    let key = |key: &str| Field::key(&key.into());
    assert_eq!(bench.code(&with_field(put("v", 1), key("a"))), ResultCode::OK);
    assert_eq!(bench.code(&with_field(get_all(), key("a"))), ResultCode::OK);
    assert_eq!(bench.code(&with_field(get_all(), key("b"))), ResultCode::KEY_MISMATCH);
}

#[test]
fn an_expired_record_is_not_found() {
    let mut bench = Bench::new(Rules { ttl_allowed: true, ..Rules::ap() });
    assert_eq!(bench.code(&Message { record_ttl: 10, ..put("v", 1) }), ResultCode::OK);
    bench.now_ms += 10_000;
    assert_eq!(bench.code(&get_all()), ResultCode::OK);
    bench.now_ms += 1_000;
    assert_eq!(bench.code(&get_all()), ResultCode::NOT_FOUND);
}

#[test]
fn strong_reads_are_for_strong_namespaces() {
    for bits in [0x40, 0x80, 0xC0] {
        let request = with_info3(get_all(), Info3(bits));
        assert_eq!(Bench::with_record().code(&request), ResultCode::ENTERPRISE_ONLY);
        let mut strong = Bench::new(Rules::sc());
        strong.send(&put("v", 1));
        assert_eq!(strong.code(&request), ResultCode::OK);
    }
}

#[test]
fn filters_functions_and_transactions_are_refused() {
    use wire::FieldType;
    let mut bench = Bench::with_record();
    for (field_type, code) in [
        (FieldType::FILTER, ResultCode::UNSUPPORTED_FEATURE),
        (FieldType::UDF_FUNCTION, ResultCode::UNSUPPORTED_FEATURE),
        (FieldType::MRT_ID, ResultCode::ENTERPRISE_ONLY),
    ] {
        for request in [get_all(), put("v", 2), delete()] {
            let request = with_field(request, Field::new(field_type, [0]));
            assert_eq!(bench.code(&request), code);
        }
    }
    assert_eq!(bench.bin("v"), Some(&Value::Integer(1)));
}
