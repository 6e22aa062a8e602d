use super::*;
use crate::record::Deletes;

#[test]
fn a_reply_to_a_delete_has_no_generation() {
    let mut bench = Bench::with_record();
    assert_eq!(bench.send(&delete()), Message::default());
    assert_eq!(bench.record, None);
    assert_eq!(bench.send(&delete()), Message::reply(ResultCode::NOT_FOUND));
}

#[test]
fn a_durable_delete_leaves_a_tombstone_of_the_next_generation() {
    let mut bench = Bench::with_record();
    assert_eq!(bench.send(&durably(delete())), Message::default());
    let tombstone = bench.record.clone().unwrap();
    assert!(tombstone.is_tombstone());
    assert_eq!(tombstone.generation, 2);
    assert_eq!(bench.code(&get_all()), ResultCode::NOT_FOUND);
    assert_eq!(bench.code(&durably(delete())), ResultCode::NOT_FOUND);
    assert_eq!(bench.record, Some(tombstone), "nothing changed it since");
}

#[test]
fn a_write_over_a_tombstone_continues_its_generation() {
    let mut bench = Bench::with_record();
    bench.send(&durably(delete()));
    assert_eq!(bench.code(&expecting(put("v", 2), 0)), ResultCode::GENERATION);
    assert_eq!(bench.code(&with_info3(put("v", 2), Info3::UPDATE_ONLY)), ResultCode::NOT_FOUND);
    let created = bench.send(&with_info2(put("v", 2), Info2::CREATE_ONLY));
    assert_eq!((created.result_code, created.generation), (ResultCode::OK, 3));
}

#[test]
fn strong_namespaces_refuse_deletes_that_leave_nothing() {
    let mut bench = Bench::new(Rules::sc());
    assert_eq!(bench.code(&delete()), ResultCode::FORBIDDEN, "even of no record");
    bench.send(&put("v", 1));
    assert_eq!(bench.code(&delete()), ResultCode::FORBIDDEN);
    assert_eq!(bench.code(&put("v", Value::Null)), ResultCode::FORBIDDEN);
    assert_eq!(bench.bin("v"), Some(&Value::Integer(1)));
    assert_eq!(bench.code(&durably(delete())), ResultCode::OK);
}

#[test]
fn strong_namespaces_may_allow_expunge() {
    let mut bench = Bench::new(Rules { deletes: Deletes::Any, ..Rules::sc() });
    bench.send(&put("v", 1));
    assert_eq!(bench.code(&delete()), ResultCode::OK);
    assert_eq!(bench.record, None);
}

#[test]
fn another_edition_has_no_durable_deletes() {
    let mut bench = Bench::new(Rules { deletes: Deletes::ExpungeOnly, ..Rules::ap() });
    bench.send(&put("v", 1));
    assert_eq!(bench.code(&durably(delete())), ResultCode::ENTERPRISE_ONLY);
    assert_eq!(bench.code(&delete()), ResultCode::OK);
}

#[test]
fn a_delete_checks_set_then_generation_then_key() {
    let mut bench = Bench::new(Rules::ap());
    let set = |name: &str| Field::set(name);
    let key = |name: &str| Field::key(&name.into());
    bench.send(&with_field(with_field(put("v", 1), set("s")), key("k")));
    let wrong = with_field(with_field(expecting(delete(), 9), set("t")), key("j"));
    assert_eq!(bench.send(&wrong), Message::reply(ResultCode::PARAMETER));
    let wrong = with_field(with_field(expecting(delete(), 9), set("s")), key("j"));
    assert_eq!(bench.send(&wrong), Message::reply(ResultCode::GENERATION));
    let wrong = with_field(with_field(expecting(delete(), 1), set("s")), key("j"));
    assert_eq!(bench.send(&wrong), Message::reply(ResultCode::KEY_MISMATCH));
    assert_eq!(bench.code(&expecting(delete(), 1)), ResultCode::OK);
}

#[test]
fn removing_the_last_bin_deletes_the_record() {
    let mut bench = Bench::with_record();
    let reply = bench.send(&put("v", Value::Null));
    assert_eq!(reply, Message::default(), "neither generation nor bins");
    assert_eq!(bench.record, None);

    let mut bench = Bench::with_record();
    assert_eq!(bench.code(&durably(put("v", Value::Null))), ResultCode::OK);
    assert!(bench.record.unwrap().is_tombstone());
}

#[test]
fn removing_a_bin_of_no_record_is_not_found() {
    let mut bench = Bench::new(Rules::ap());
    assert_eq!(bench.code(&put("v", Value::Null)), ResultCode::NOT_FOUND);
}

#[test]
fn delete_all_removes_every_bin_and_later_writes_add() {
    let mut bench = Bench::with_record();
    let replaced = write_of(vec![op(OpCode::DELETE_ALL, ""), Op::write("w", &Value::Integer(2))]);
    assert_eq!(bench.send(&replaced).generation, 2);
    assert_eq!((bench.bin("v"), bench.bin("w")), (None, Some(&Value::Integer(2))));
    assert_eq!(bench.code(&write_of(vec![op(OpCode::DELETE_ALL, "")])), ResultCode::OK);
    assert_eq!(bench.record, None);
}
