use super::*;

#[test]
fn a_write_answers_with_the_new_generation() {
    let mut bench = Bench::new(Rules::ap());
    for generation in 1..4 {
        let reply = bench.send(&put("v", 1));
        assert_eq!((reply.generation, reply.ops), (generation, vec![]));
    }
}

#[test]
fn strong_generations_wrap_after_ten_bits() {
    let mut bench = Bench::new(Rules::sc());
    for _ in 0..1023 {
        bench.send(&put("v", 1));
    }
    assert_eq!(bench.send(&put("v", 1)).generation, 1);
}

#[test]
fn last_update_time_never_goes_back() {
    let mut bench = Bench::with_record();
    bench.now_ms -= 5_000;
    bench.send(&put("v", 2));
    assert_eq!(bench.record.as_ref().unwrap().last_update_ms, NOW_MS);
    bench.now_ms += 6_000;
    bench.send(&put("v", 3));
    assert_eq!(bench.record.unwrap().last_update_ms, NOW_MS + 1_000);
}

#[test]
fn an_expected_generation_must_be_the_record_s() {
    let mut bench = Bench::with_record();
    let refused = bench.send(&expecting(put("v", 2), 7));
    assert_eq!((refused.result_code, refused.generation), (ResultCode::GENERATION, 1));
    assert_eq!(bench.code(&expecting(put("v", 2), 0)), ResultCode::GENERATION);
    assert_eq!(bench.code(&expecting(put("v", 2), 1)), ResultCode::OK);
}

#[test]
fn an_expected_generation_of_no_record_must_be_0() {
    let mut bench = Bench::new(Rules::ap());
    assert_eq!(bench.send(&expecting(put("v", 1), 1)), Message::reply(ResultCode::GENERATION));
    assert_eq!(bench.code(&expecting(put("v", 1), 0)), ResultCode::OK);
}

#[test]
fn generation_gt_accepts_only_a_greater_one() {
    let mut bench = Bench::with_record();
    let greater =
        |generation| Message { generation, ..with_info2(put("v", 2), Info2::GENERATION_GT) };
    assert_eq!(bench.code(&greater(1)), ResultCode::GENERATION);
    assert_eq!(bench.send(&greater(9)).generation, 2, "the generation still counts by one");
}

#[test]
fn create_only_refuses_a_live_record() {
    let mut bench = Bench::with_record();
    let reply = bench.send(&with_info2(put("v", 2), Info2::CREATE_ONLY));
    assert_eq!((reply.result_code, reply.generation), (ResultCode::RECORD_EXISTS, 1));
}

#[test]
fn create_only_wins_over_a_wrong_generation() {
    let mut bench = Bench::with_record();
    let request = expecting(with_info2(put("v", 2), Info2::CREATE_ONLY), 7);
    assert_eq!(bench.code(&request), ResultCode::RECORD_EXISTS);
}

#[test]
fn update_and_replace_only_want_a_record_before_any_generation() {
    let mut bench = Bench::new(Rules::ap());
    for bits in [Info3::UPDATE_ONLY, Info3::REPLACE_ONLY] {
        let request = expecting(with_info3(put("v", 1), bits), 7);
        assert_eq!(bench.send(&request), Message::reply(ResultCode::NOT_FOUND));
    }
}

#[test]
fn touch_wants_a_record_and_advances_its_generation() {
    let touch = write_of(vec![op(OpCode::TOUCH, "")]);
    assert_eq!(Bench::new(Rules::ap()).code(&touch), ResultCode::NOT_FOUND);
    let mut bench = Bench::with_record();
    assert_eq!(bench.send(&touch).generation, 2);
    assert_eq!(bench.bin("v"), Some(&Value::Integer(1)));
}

#[test]
fn replace_drops_the_other_bins() {
    for bits in [Info3::CREATE_OR_REPLACE, Info3::REPLACE_ONLY] {
        let mut bench = Bench::with_record();
        assert_eq!(bench.send(&with_info3(put("w", 2), bits)).generation, 2);
        assert_eq!((bench.bin("v"), bench.bin("w")), (None, Some(&Value::Integer(2))));
    }
}

#[test]
fn replace_cannot_go_with_what_needs_the_old_bins() {
    let text = Op::new(OpCode::APPEND, "s", &Value::from("x"));
    for op in [
        op(OpCode::TOUCH, ""),
        op(OpCode::DELETE_ALL, ""),
        op(OpCode::CDT_MODIFY, "c"),
        Op::write("v", &Value::Null),
        text,
    ] {
        let request = with_info3(write_of(vec![op]), Info3::CREATE_OR_REPLACE);
        assert_eq!(Bench::with_record().code(&request), ResultCode::PARAMETER);
    }
}

#[test]
fn a_write_without_ops_is_a_bad_parameter() {
    assert_eq!(Bench::with_record().send(&write_of(vec![])).generation, 0);
    assert_eq!(Bench::with_record().code(&write_of(vec![])), ResultCode::PARAMETER);
}

#[test]
fn a_read_in_a_write_must_be_announced() {
    let mut bench = Bench::with_record();
    let mut request = write_of(vec![Op::write("v", &Value::Integer(2)), Op::read("v")]);
    assert_eq!(bench.code(&request), ResultCode::PARAMETER);
    request.info1 = Info1::READ;
    let reply = bench.send(&request);
    assert_eq!(reply.ops[0].value(), Ok(Value::Integer(2)), "it reads what was just written");
}

#[test]
fn reading_all_bins_goes_only_alone_and_once() {
    let all = || Op::read("");
    let request = |ops, info2| Message {
        info1: Info1::READ | Info1::GET_ALL,
        ..with_info2(write_of(ops), info2)
    };
    let touch = || op(OpCode::TOUCH, "");
    let mut bench = Bench::with_record();
    assert_eq!(bench.send(&request(vec![touch(), all()], Info2::NONE)).ops.len(), 1);
    for ops in [vec![touch(), all(), all()], vec![all(), Op::read("v")], vec![touch()]] {
        assert_eq!(bench.code(&request(ops, Info2::NONE)), ResultCode::PARAMETER);
    }
    let with_places = request(vec![touch(), all()], Info2::RESPOND_ALL_OPS);
    assert_eq!(bench.code(&with_places), ResultCode::PARAMETER);
}

#[test]
fn respond_all_ops_gives_every_op_but_touch_its_place() {
    let mut bench = Bench::with_record();
    let mut request = with_info2(
        write_of(vec![
            op(OpCode::TOUCH, ""),
            Op::write("w", &Value::Integer(2)),
            Op::new(OpCode::INCREMENT, "v", &Value::Integer(4)),
            Op::read("v"),
            Op::read("none"),
        ]),
        Info2::RESPOND_ALL_OPS,
    );
    request.info1 = Info1::READ;
    let reply = bench.send(&request);
    let places: Vec<_> = reply.ops.iter().map(|op| (op.code, op.value().unwrap())).collect();
    assert_eq!(
        places,
        [
            (OpCode::WRITE, Value::Null),
            (OpCode::INCREMENT, Value::Null),
            (OpCode::READ, Value::Integer(5)),
            (OpCode::READ, Value::Null),
        ]
    );
}

#[test]
fn a_failed_op_undoes_the_whole_request() {
    let mut bench = Bench::with_record();
    let before = bench.record.clone();
    let request = write_of(vec![
        Op::write("v", &Value::Integer(9)),
        Op::new(OpCode::APPEND, "v", &Value::from("x")),
    ]);
    let reply = bench.send(&request);
    assert_eq!((reply.result_code, reply.generation), (ResultCode::INCOMPATIBLE_TYPE, 1));
    assert_eq!(bench.record, before);
}

#[test]
fn numbers_add_only_to_their_own_type() {
    let mut bench = Bench::with_record();
    let add = |name, value: Value| write_of(vec![Op::new(OpCode::INCREMENT, name, &value)]);
    assert_eq!(bench.code(&add("v", Value::Integer(i64::MAX))), ResultCode::OK);
    assert_eq!(bench.bin("v"), Some(&Value::Integer(i64::MIN)), "integers wrap");
    assert_eq!(bench.code(&add("v", Value::Float(1.0))), ResultCode::INCOMPATIBLE_TYPE);
    assert_eq!(bench.code(&add("f", Value::Float(1.5))), ResultCode::OK, "a new bin is written");
    assert_eq!(bench.code(&add("f", Value::Float(1.0))), ResultCode::OK);
    assert_eq!(bench.bin("f"), Some(&Value::Float(2.5)));
    assert_eq!(bench.code(&add("f", Value::Integer(1))), ResultCode::INCOMPATIBLE_TYPE);
    assert_eq!(bench.code(&add("f", Value::Null)), ResultCode::PARAMETER);
}

#[test]
fn texts_and_blobs_join_only_with_their_own_type() {
    let mut bench = Bench::with_record();
    let join = |code, value: Value| write_of(vec![Op::new(code, "s", &value)]);
    assert_eq!(bench.code(&join(OpCode::APPEND, "b".into())), ResultCode::OK);
    assert_eq!(bench.code(&join(OpCode::APPEND, "c".into())), ResultCode::OK);
    assert_eq!(bench.code(&join(OpCode::PREPEND, "a".into())), ResultCode::OK);
    assert_eq!(bench.bin("s"), Some(&"abc".into()));
    let blob = join(OpCode::APPEND, Value::blob([1]));
    assert_eq!(bench.code(&blob), ResultCode::INCOMPATIBLE_TYPE);
}

#[test]
fn a_value_of_a_wrong_size_or_type_is_a_bad_parameter() {
    let mut bench = Bench::with_record();
    let raw = |code: u8, data: &[u8]| {
        let particle_type = ParticleType(code);
        write_of(vec![Op { particle_type, data: data.to_vec(), ..op(OpCode::WRITE, "v") }])
    };
    for (code, data) in [(1, &b"abc"[..]), (2, b"abc"), (17, b"\x02"), (20, b"\xc1"), (99, b"a")] {
        assert_eq!(bench.code(&raw(code, data)), ResultCode::PARAMETER, "type {code}");
    }
    assert_eq!(bench.code(&raw(1, &[0xFF, 0xFF])), ResultCode::OK);
    assert_eq!(bench.bin("v"), Some(&Value::Integer(0xFFFF)), "short integers have no sign");
}

#[test]
fn an_unknown_op_is_a_bad_parameter() {
    let request = write_of(vec![op(OpCode(99), "v")]);
    assert_eq!(Bench::with_record().code(&request), ResultCode::PARAMETER);
}

#[test]
fn what_is_not_served_is_refused_as_unsupported() {
    for code in [OpCode::BITS_MODIFY, OpCode::HLL_MODIFY, OpCode::EXPRESSION_MODIFY] {
        let request = write_of(vec![op(code, "v")]);
        assert_eq!(Bench::with_record().code(&request), ResultCode::UNSUPPORTED_FEATURE);
    }
}

#[test]
fn bin_names_have_at_most_15_bytes_and_may_be_empty() {
    let mut bench = Bench::with_record();
    assert_eq!(bench.code(&put("fifteen-letters", 1)), ResultCode::OK);
    assert_eq!(bench.code(&put("", 1)), ResultCode::OK);
    let refused = bench.send(&put("sixteen--letters", 1));
    assert_eq!((refused.result_code, refused.generation), (ResultCode::BIN_NAME, 0));
    assert_eq!(bench.code(&put("a\0b", 1)), ResultCode::BIN_NAME);
}

#[test]
fn an_update_must_name_the_record_s_set() {
    let mut bench = Bench::new(Rules::ap());
    let into = |set: &str| with_field(put("v", 1), Field::set(set));
    assert_eq!(bench.code(&into("dummy")), ResultCode::OK);
    assert_eq!(bench.code(&into("dummy")), ResultCode::OK);
    assert_eq!(bench.code(&into("other")), ResultCode::PARAMETER);
    assert_eq!(bench.code(&put("v", 1)), ResultCode::PARAMETER);
    let long = |length| into(&"s".repeat(length));
    assert_eq!(Bench::new(Rules::ap()).code(&long(63)), ResultCode::OK);
    assert_eq!(Bench::new(Rules::ap()).code(&long(64)), ResultCode::PARAMETER);
}

#[test]
fn a_stored_key_stays_and_must_match() {
    let mut bench = Bench::with_record();
    let with_key = |key: &str| with_field(put("v", 2), Field::key(&key.into()));
    assert_eq!(bench.code(&with_key("a")), ResultCode::OK, "a later write may bring the key");
    assert_eq!(bench.code(&put("v", 3)), ResultCode::OK);
    assert_eq!(bench.record.as_ref().unwrap().key, Some("a".into()));
    assert_eq!(bench.code(&with_key("b")), ResultCode::KEY_MISMATCH);
}

#[test]
fn a_malformed_key_is_unsupported() {
    use wire::FieldType;
    for data in [&[][..], &[1, 2, 3, 4]] {
        let request = with_field(put("v", 1), Field::new(FieldType::KEY, data));
        let reply = Bench::new(Rules::ap()).send(&request);
        assert_eq!(reply, Message::reply(ResultCode::UNSUPPORTED_FEATURE));
    }
}

#[test]
fn a_ttl_is_forbidden_while_nothing_expires_records() {
    let ttl = |record_ttl| Message { record_ttl, ..put("v", 2) };
    let mut bench = Bench::with_record();
    assert_eq!(bench.code(&ttl(5)), ResultCode::FORBIDDEN);
    assert_eq!(bench.code(&ttl(wire::message::ttl::NEVER)), ResultCode::OK);
    assert_eq!(bench.code(&ttl(wire::message::ttl::KEEP)), ResultCode::OK);
    assert_eq!(bench.code(&ttl(u32::MAX - 2)), ResultCode::PARAMETER);
}

#[test]
fn a_ttl_sets_the_void_time_and_keep_keeps_it() {
    let ttl = |record_ttl| Message { record_ttl, ..put("v", 2) };
    let mut bench = Bench::new(Rules { ttl_allowed: true, default_ttl_s: 100, ..Rules::ap() });
    let now_s = 500_000_000;
    assert_eq!(bench.send(&ttl(wire::message::ttl::KEEP)).record_ttl, now_s + 100);
    assert_eq!(bench.send(&ttl(5)).record_ttl, now_s + 5);
    assert_eq!(bench.send(&ttl(wire::message::ttl::KEEP)).record_ttl, now_s + 5);
    assert_eq!(bench.send(&ttl(0)).record_ttl, now_s + 100);
    assert_eq!(bench.send(&ttl(wire::message::ttl::NEVER)).record_ttl, 0);
}

#[test]
fn a_write_over_an_expired_record_begins_anew() {
    let mut bench = Bench::new(Rules { ttl_allowed: true, ..Rules::ap() });
    bench.send(&Message { record_ttl: 1, ..put("v", 1) });
    bench.now_ms += 60_000;
    let reply = bench.send(&with_info2(put("w", 2), Info2::CREATE_ONLY));
    assert_eq!((reply.result_code, reply.generation), (ResultCode::OK, 1));
    assert_eq!(bench.bin("v"), None);
}

#[test]
fn a_record_above_the_limit_is_too_big() {
    let mut bench = Bench::new(Rules { max_record_bytes: 1024, ..Rules::ap() });
    assert_eq!(bench.code(&put("b", Value::blob(vec![0; 900]))), ResultCode::OK);
    let reply = bench.send(&put("b", Value::blob(vec![0; 1024])));
    assert_eq!((reply.result_code, reply.generation), (ResultCode::RECORD_TOO_BIG, 1));
}
