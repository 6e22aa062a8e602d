use super::*;

use wire::msgpack::{Map, MapOrder};

const PUT: u16 = 67;
const PUT_ITEMS: u16 = 68;

fn int(value: i64) -> Element {
    Element::Integer(value)
}

fn map(order: MapOrder, entries: &[(&str, i64)]) -> Map {
    Map { order, entries: entries.iter().map(|&(key, value)| (key.into(), int(value))).collect() }
}

/// A record whose bin `c` is an unordered map.
fn bench(entries: &[(&str, i64)]) -> Bench {
    let mut bench = Bench::new(Rules::ap());
    let value = Value::Map(map(MapOrder::Unordered, entries));
    assert_eq!(bench.code(&put("c", value)), ResultCode::OK);
    bench
}

fn entries(bench: &Bench) -> Vec<(String, i64)> {
    let Some(Value::Map(map)) = bench.bin("c") else { panic!("not a map") };
    let text = |key: &Element| match key {
        Element::String(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        other => panic!("not a text: {other:?}"),
    };
    map.entries.iter().map(|(key, value)| (text(key), value.as_integer().unwrap())).collect()
}

fn assert_entries(bench: &Bench, expected: &[(&str, i64)]) {
    let expected: Vec<_> = expected.iter().map(|&(key, value)| (key.to_owned(), value)).collect();
    assert_eq!(entries(bench), expected);
}

#[test]
fn put_creates_the_map_and_answers_with_its_size() {
    let mut bench = Bench::new(Rules::ap());
    assert_eq!(bench.modify(PUT, &["b".into(), int(1), int(0), int(0)]), Ok(Value::Integer(1)));
    assert_eq!(bench.modify(PUT, &["a".into(), int(2)]), Ok(Value::Integer(2)));
    assert_eq!(bench.modify(PUT, &["b".into(), int(3)]), Ok(Value::Integer(2)));
    assert_entries(&bench, &[("b", 3), ("a", 2)]);
}

#[test]
fn an_ordered_map_is_sorted_by_key() {
    let mut ordered = Bench::new(Rules::ap());
    ordered.modify(PUT, &["b".into(), int(1), int(1)]).unwrap();
    ordered.modify(PUT, &["a".into(), int(2), int(1)]).unwrap();
    assert_entries(&ordered, &[("a", 2), ("b", 1)]);
    let mut unordered = bench(&[("z", 1), ("y", 2)]);
    assert_eq!(unordered.modify(64, &[int(3)]), Ok(Value::Null));
    assert_entries(&unordered, &[("y", 2), ("z", 1)]);
    assert_eq!(unordered.modify(64, &[int(2)]), Err(ResultCode::OP_NOT_APPLICABLE));
}

#[test]
fn a_written_map_is_sorted_and_has_no_key_twice() {
    let mut bench = bench(&[]);
    let written = map(MapOrder::Key, &[("b", 1), ("a", 2)]);
    assert_eq!(bench.code(&put("c", Value::Map(written))), ResultCode::OK);
    assert_entries(&bench, &[("a", 2), ("b", 1)]);
    let twice = map(MapOrder::Unordered, &[("a", 1), ("a", 2)]);
    assert_eq!(bench.code(&put("c", Value::Map(twice.clone()))), ResultCode::PARAMETER);
    assert_eq!(bench.modify(PUT_ITEMS, &[twice.into()]), Err(ResultCode::PARAMETER));
}

#[test]
fn flags_forbid_to_overwrite_or_to_create() {
    let mut bench = bench(&[("a", 1)]);
    let put = |key: &str, flags| [Element::from(key), int(9), int(0), int(flags)];
    assert_eq!(bench.modify(PUT, &put("a", 1)), Err(ResultCode::ELEMENT_EXISTS));
    assert_eq!(bench.modify(PUT, &put("b", 2)), Err(ResultCode::ELEMENT_NOT_FOUND));
    assert_eq!(bench.modify(PUT, &put("a", 1 | 4)), Ok(Value::Integer(1)), "failures pass");
    assert_eq!(bench.modify(65, &["a".into(), int(9)]), Err(ResultCode::ELEMENT_EXISTS));
    assert_eq!(bench.modify(69, &["b".into(), int(9)]), Err(ResultCode::ELEMENT_NOT_FOUND));
    assert_eq!(bench.modify(69, &["a".into(), int(7)]), Ok(Value::Integer(1)));
    assert_entries(&bench, &[("a", 7)]);
}

#[test]
fn of_several_entries_the_flags_decide_between_none_and_the_others() {
    let mut bench = bench(&[("a", 1)]);
    let items = Element::from(map(MapOrder::Unordered, &[("a", 8), ("b", 9)]));
    let put = |flags| [items.clone(), int(0), int(flags)];
    assert_eq!(bench.modify(PUT_ITEMS, &put(1)), Err(ResultCode::ELEMENT_EXISTS));
    assert_eq!(bench.modify(PUT_ITEMS, &put(1 | 4)), Ok(Value::Integer(1)));
    assert_eq!(bench.modify(PUT_ITEMS, &put(1 | 4 | 8)), Ok(Value::Integer(2)));
    assert_entries(&bench, &[("a", 1), ("b", 9)]);
    assert_eq!(bench.modify(PUT_ITEMS, &put(0)), Ok(Value::Integer(2)));
    assert_entries(&bench, &[("a", 8), ("b", 9)]);
    let mut nothing = Bench::with_record();
    assert_eq!(nothing.modify(70, &[items]), Err(ResultCode::ELEMENT_NOT_FOUND));
}

#[test]
fn keys_are_integers_texts_or_blobs() {
    let mut bench = bench(&[]);
    for key in [int(1), "k".into(), Element::blob([1])] {
        assert!(bench.modify(PUT, &[key, int(1)]).is_ok());
    }
    for key in [Element::Nil, Element::Float(1.0), Element::Boolean(true), Element::list([])] {
        assert_eq!(bench.modify(PUT, &[key, int(1)]), Err(ResultCode::PARAMETER));
    }
}

#[test]
fn increment_and_decrement_answer_with_the_result() {
    let mut bench = bench(&[("a", 1)]);
    assert_eq!(bench.modify(73, &["a".into(), int(4)]), Ok(Value::Integer(5)));
    assert_eq!(bench.modify(74, &["a".into(), int(2)]), Ok(Value::Integer(3)));
    assert_eq!(bench.modify(73, &["b".into(), int(4)]), Ok(Value::Integer(4)), "a new key");
    assert_entries(&bench, &[("a", 3), ("b", 4)]);
}

#[test]
fn a_key_is_found_or_answered_as_missing() {
    let mut bench = bench(&[("b", 2), ("a", 1)]);
    for (wish, found, missing) in [
        (7, Value::Integer(2), Value::Null),
        (6, "b".into(), Value::Null),
        (5, Value::Integer(1), Value::Integer(0)),
        (1, Value::Integer(1), Value::Integer(-1)),
        (3, Value::Integer(1), Value::Integer(-1)),
        (13, Value::Boolean(true), Value::Boolean(false)),
    ] {
        assert_eq!(bench.read(97, &[int(wish), "b".into()]), Ok(found), "wish {wish}");
        assert_eq!(bench.read(97, &[int(wish), "x".into()]), Ok(missing), "wish {wish}");
    }
}

#[test]
fn indexes_are_by_key_even_in_an_unordered_map() {
    let mut bench = bench(&[("c", 1), ("a", 3), ("b", 2)]);
    assert_eq!(bench.read(98, &[int(6), int(0)]), Ok("a".into()));
    assert_eq!(bench.read(100, &[int(6), int(-1)]), Ok("a".into()), "the greatest value");
    assert_eq!(bench.read(98, &[int(6), int(3)]), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(bench.read(104, &[int(7), int(1)]), Ok(list(&[2, 1])));
    assert_eq!(bench.read(106, &[int(7), int(0), int(2)]), Ok(list(&[1, 2])));
    assert_eq!(bench.read(96, &[]), Ok(Value::Integer(3)));
}

#[test]
fn entries_are_chosen_by_key_and_value_lists_and_intervals() {
    let mut bench = bench(&[("a", 1), ("b", 2), ("c", 3), ("d", 2)]);
    let texts = |keys: &[&str]| Element::list(keys.iter().map(|&k| k.into()).collect::<Vec<_>>());
    let keys = |keys: &[&str]| Ok(Value::from(texts(keys)));
    assert_eq!(bench.read(107, &[int(7), texts(&["d", "a", "x"])]), Ok(list(&[1, 2])));
    assert_eq!(bench.read(103, &[int(6), "b".into(), "d".into()]), keys(&["b", "c"]));
    assert_eq!(bench.read(102, &[int(6), int(2)]), keys(&["b", "d"]));
    assert_eq!(bench.read(99, &[int(6), int(2)]), Ok("b".into()));
    assert_eq!(bench.read(108, &[int(6), Element::list(elements(&[3, 1]))]), keys(&["a", "c"]));
    assert_eq!(bench.read(105, &[int(6), int(2), int(3)]), keys(&["b", "d"]));
    assert_eq!(bench.read(109, &[int(6), "c".into(), int(-1), int(2)]), keys(&["b", "c"]));
    assert_eq!(bench.read(110, &[int(6), int(3), int(0)]), keys(&["c"]));
}

#[test]
fn entries_come_back_as_maps() {
    let mut bench = bench(&[("b", 2), ("a", 1)]);
    for (wish, order) in [(8, MapOrder::Found), (16, MapOrder::Unordered), (17, MapOrder::Key)] {
        let found = map(order, &[("a", 1), ("b", 2)]);
        assert_eq!(bench.read(104, &[int(wish), int(0)]), Ok(Value::Map(found)), "wish {wish}");
    }
}

#[test]
fn removals_answer_as_gets_do() {
    let mut bench = bench(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
    assert_eq!(bench.modify(76, &[int(7), "b".into()]), Ok(Value::Integer(2)));
    assert_eq!(bench.modify(76, &[int(7), "b".into()]), Ok(Value::Null));
    assert_eq!(bench.modify(77, &[int(6), int(0)]), Ok("a".into()));
    assert_eq!(bench.modify(87, &[int(0x1_0005), int(-1), int(1)]), Ok(Value::Integer(1)));
    assert_entries(&bench, &[("d", 4)]);
    assert_eq!(bench.modify(75, &[]), Ok(Value::Null));
    assert_entries(&bench, &[]);
}

#[test]
fn removals_leave_a_missing_bin_missing() {
    let mut bench = Bench::with_record();
    assert_eq!(bench.modify(76, &[int(5), "a".into()]), Ok(Value::Null));
    assert_eq!(bench.bin("c"), None);
}
