use super::*;

const APPEND: u16 = 1;
const APPEND_ITEMS: u16 = 2;
const INSERT: u16 = 3;
const INSERT_ITEMS: u16 = 4;

/// A record whose bin `c` is a list.
fn bench(items: &[i64]) -> Bench {
    let mut bench = Bench::new(Rules::ap());
    assert_eq!(bench.code(&put("c", list(items))), ResultCode::OK);
    bench
}

fn int(value: i64) -> Element {
    Element::Integer(value)
}

fn ints(items: &[i64]) -> Element {
    Element::list(elements(items))
}

fn assert_list(bench: &Bench, items: &[i64]) {
    match bench.bin("c") {
        Some(Value::List(list)) => assert_eq!(list.items, elements(items)),
        other => panic!("not a list: {other:?}"),
    }
}

#[test]
fn append_creates_the_list_and_answers_with_its_size() {
    let mut bench = Bench::new(Rules::ap());
    assert_eq!(bench.modify(APPEND, &[int(5)]), Ok(Value::Integer(1)));
    assert_eq!(bench.modify(APPEND_ITEMS, &[ints(&[7, 6])]), Ok(Value::Integer(3)));
    assert_list(&bench, &[5, 7, 6]);
}

#[test]
fn an_ordered_list_stays_in_order() {
    let mut bench = Bench::new(Rules::ap());
    bench.modify(APPEND_ITEMS, &[ints(&[7, 5]), int(1), int(0)]).unwrap();
    assert_eq!(bench.modify(APPEND, &[int(6), int(1)]), Ok(Value::Integer(3)));
    assert_list(&bench, &[5, 6, 7]);
    for (code, arguments) in [(INSERT, [int(0), int(1)]), (9, [int(0), int(1)])] {
        assert_eq!(bench.modify(code, &arguments), Err(ResultCode::OP_NOT_APPLICABLE));
    }
}

#[test]
fn add_unique_refuses_what_is_there_unless_failures_pass() {
    let mut bench = bench(&[1, 2]);
    let unique = |item, flags| [int(item), int(0), int(flags)];
    assert_eq!(bench.modify(APPEND, &unique(2, 1)), Err(ResultCode::ELEMENT_EXISTS));
    assert_eq!(bench.modify(APPEND, &unique(2, 1 | 4)), Ok(Value::Integer(2)));
    assert_eq!(bench.modify(APPEND, &unique(3, 1)), Ok(Value::Integer(3)));
    let items = |flags| [ints(&[3, 4, 5]), int(0), int(flags)];
    assert_eq!(bench.modify(APPEND_ITEMS, &items(1)), Err(ResultCode::ELEMENT_EXISTS));
    assert_eq!(bench.modify(APPEND_ITEMS, &items(1 | 4)), Ok(Value::Integer(3)));
    assert_eq!(bench.modify(APPEND_ITEMS, &items(1 | 4 | 8)), Ok(Value::Integer(5)));
    assert_list(&bench, &[1, 2, 3, 4, 5]);
}

/// How clients register a key with a transaction's monitor: ordered, unique, partial, no failure.
#[test]
fn a_transaction_monitor_collects_each_key_once() {
    let mut bench = Bench::new(Rules::sc());
    let key = Element::blob([7; 20]);
    for _ in 0..2 {
        let size = bench.modify(APPEND, &[key.clone(), int(1), int(0x0D)]);
        assert_eq!(size, Ok(Value::Integer(1)));
    }
}

#[test]
fn insert_counts_from_either_end_and_fills_a_gap_with_nil() {
    let mut bench = bench(&[1, 2]);
    assert_eq!(bench.modify(INSERT, &[int(-1), int(9)]), Ok(Value::Integer(3)));
    assert_list(&bench, &[1, 9, 2]);
    assert_eq!(bench.modify(INSERT_ITEMS, &[int(5), ints(&[8])]), Ok(Value::Integer(6)));
    assert_eq!(bench.read(17, &[int(4)]), Ok(Value::Null));
    assert_eq!(bench.modify(INSERT, &[int(-7), int(9)]), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(bench.modify(INSERT, &[int(9), int(9), int(2)]), Err(ResultCode::OP_NOT_APPLICABLE));
}

#[test]
fn a_gap_beyond_any_record_is_refused() {
    let mut bench = bench(&[]);
    for index in [1 << 25, i64::from(i32::MAX), i64::MAX] {
        assert!(bench.modify(INSERT, &[int(index), int(1)]).is_err());
        assert!(bench.modify(9, &[int(index), int(1)]).is_err());
    }
}

#[test]
fn set_replaces_and_beyond_the_end_inserts() {
    let mut bench = bench(&[1, 2]);
    assert_eq!(bench.modify(9, &[int(-1), int(5)]), Ok(Value::Null));
    assert_eq!(bench.modify(9, &[int(2), int(6)]), Ok(Value::Null));
    assert_list(&bench, &[1, 5, 6]);
    assert_eq!(bench.modify(9, &[int(0), int(6), int(1)]), Err(ResultCode::ELEMENT_EXISTS));
    assert_eq!(bench.modify(9, &[int(0), int(1), int(1)]), Ok(Value::Null), "its own value");
}

#[test]
fn pop_answers_with_values_and_remove_with_their_number() {
    let mut bench = bench(&[1, 2, 3, 4, 5, 6]);
    assert_eq!(bench.modify(5, &[int(-1)]), Ok(Value::Integer(6)));
    assert_eq!(bench.modify(6, &[int(0), int(2)]), Ok(list(&[1, 2])));
    assert_eq!(bench.modify(7, &[int(0)]), Ok(Value::Integer(1)));
    assert_eq!(bench.modify(8, &[int(1)]), Ok(Value::Integer(1)), "no count means the rest");
    assert_list(&bench, &[4]);
    assert_eq!(bench.modify(5, &[int(1)]), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(bench.modify(6, &[int(1)]), Ok(list(&[])));
}

#[test]
fn trim_keeps_a_range_and_clear_nothing() {
    let mut bench = bench(&[1, 2, 3, 4]);
    assert_eq!(bench.modify(10, &[int(1), int(2)]), Ok(Value::Integer(2)));
    assert_list(&bench, &[2, 3]);
    assert_eq!(bench.modify(11, &[]), Ok(Value::Null));
    assert_list(&bench, &[]);
}

#[test]
fn removals_leave_a_missing_bin_missing() {
    let mut bench = Bench::with_record();
    for (code, arguments) in [(5, vec![int(0)]), (11, vec![]), (35, vec![int(7), int(1)])] {
        assert_eq!(bench.modify(code, &arguments), Ok(Value::Null));
        assert_eq!(bench.bin("c"), None);
    }
    assert_eq!(bench.modify(13, &[]), Err(ResultCode::INCOMPATIBLE_TYPE), "sort wants a list");
    let mut nothing = Bench::new(Rules::ap());
    assert_eq!(nothing.modify(5, &[int(0)]), Err(ResultCode::NOT_FOUND), "no bin, no record");
}

#[test]
fn increment_answers_with_the_sum() {
    let mut bench = bench(&[1, 2]);
    assert_eq!(bench.modify(12, &[int(0), int(10)]), Ok(Value::Integer(11)));
    assert_eq!(bench.modify(12, &[int(-1)]), Ok(Value::Integer(3)));
    assert_list(&bench, &[11, 3]);
    bench.modify(0, &[int(1)]).unwrap();
    assert_eq!(bench.modify(12, &[int(0), int(20)]), Ok(Value::Integer(23)));
    assert_list(&bench, &[11, 23]);
}

#[test]
fn sort_orders_by_type_then_value_and_can_drop_duplicates() {
    let mut bench = bench(&[2, 3, 1, 2]);
    assert_eq!(bench.modify(13, &[]), Ok(Value::Null));
    assert_list(&bench, &[1, 2, 2, 3]);
    assert_eq!(bench.modify(13, &[int(1 | 2)]), Ok(Value::Null));
    assert_list(&bench, &[3, 2, 1]);
}

#[test]
fn reads_answer_with_size_values_and_ranges() {
    let mut bench = bench(&[5, 3, 4]);
    assert_eq!(bench.read(16, &[]), Ok(Value::Integer(3)));
    assert_eq!(bench.read(17, &[int(-3)]), Ok(Value::Integer(5)));
    assert_eq!(bench.read(17, &[int(3)]), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(bench.read(18, &[int(1)]), Ok(list(&[3, 4])));
    assert_eq!(bench.read(18, &[int(7), int(2)]), Ok(list(&[])));
}

#[test]
fn a_wish_decides_what_is_told_of_the_chosen() {
    let mut bench = bench(&[5, 3, 4]);
    // By rank 0: the value 3 at index 1.
    for (wish, answer) in [
        (0, Value::Null),
        (1, Value::Integer(1)),
        (2, Value::Integer(1)),
        (3, Value::Integer(0)),
        (4, Value::Integer(2)),
        (5, Value::Integer(1)),
        (7, Value::Integer(3)),
        (13, Value::Boolean(true)),
    ] {
        assert_eq!(bench.read(21, &[int(wish), int(0)]), Ok(answer), "wish {wish}");
    }
    assert_eq!(bench.read(21, &[int(6), int(0)]), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(bench.read(26, &[int(7), int(-2), int(2)]), Ok(list(&[4, 5])));
    assert_eq!(bench.read(26, &[int(11), int(-2), int(2)]), Ok(list(&[1, 2])));
    assert_eq!(bench.read(24, &[int(9), int(1), int(9)]), Ok(list(&[1, 2])));
    assert_eq!(bench.read(24, &[int(11), int(1)]), Err(ResultCode::OP_NOT_APPLICABLE));
}

#[test]
fn values_are_chosen_by_equality_list_interval_and_relative_rank() {
    let mut bench = bench(&[0, 4, 5, 9, 5]);
    let value = 7;
    assert_eq!(bench.read(22, &[int(1), int(5)]), Ok(list(&[2, 4])));
    assert_eq!(bench.read(20, &[int(value), int(6)]), Ok(Value::Null));
    assert_eq!(bench.read(20, &[int(1), int(6)]), Ok(Value::Integer(-1)));
    assert_eq!(bench.read(23, &[int(5), ints(&[9, 0, 7])]), Ok(Value::Integer(2)));
    assert_eq!(bench.read(25, &[int(value), int(4), int(6)]), Ok(list(&[4, 5, 5])));
    assert_eq!(bench.read(25, &[int(5), int(5)]), Ok(Value::Integer(3)), "no end");
    assert_eq!(bench.read(25, &[int(5), Element::Nil, int(5)]), Ok(Value::Integer(2)));
    let relative = |from, rank, count| [int(value), int(from), int(rank), int(count)];
    assert_eq!(bench.read(27, &relative(5, 0, 2)), Ok(list(&[5, 5])));
    assert_eq!(bench.read(27, &relative(5, -1, 2)), Ok(list(&[4, 5])));
    assert_eq!(bench.read(27, &relative(5, -5, 4)), Ok(list(&[0])), "what lies before is cut");
}

#[test]
fn an_inverted_choice_is_all_others() {
    let mut bench = bench(&[1, 2, 3]);
    let inverted = |wish: i64| int(wish | 0x1_0000);
    assert_eq!(bench.read(24, &[inverted(7), int(1), int(1)]), Ok(list(&[1, 3])));
    assert_eq!(bench.read(19, &[inverted(7), int(1)]), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(bench.modify(35, &[inverted(5), int(2)]), Ok(Value::Integer(2)));
    assert_list(&bench, &[2]);
}

#[test]
fn a_wildcard_equals_anything() {
    let mut bench = Bench::new(Rules::ap());
    let pair = |a, b| Element::list([Element::from(a), int(b)]);
    bench
        .modify(APPEND_ITEMS, &[Element::list([pair("x", 1), pair("y", 2), pair("x", 3)])])
        .unwrap();
    let any_x = Element::list([Element::from("x"), Element::Wildcard]);
    assert_eq!(bench.read(22, &[int(1), any_x]), Ok(list(&[0, 2])));
    assert_eq!(bench.modify(APPEND, &[Element::Wildcard]), Err(ResultCode::PARAMETER));
}

#[test]
fn a_bin_of_another_type_is_incompatible() {
    let mut bench = Bench::with_record();
    bench.send(&put("c", 1));
    assert_eq!(bench.modify(APPEND, &[int(1)]), Err(ResultCode::INCOMPATIBLE_TYPE));
    assert_eq!(bench.read(16, &[]), Err(ResultCode::INCOMPATIBLE_TYPE));
    bench.send(&put("c", list(&[])));
    assert_eq!(bench.read(96, &[]), Err(ResultCode::INCOMPATIBLE_TYPE), "a map's size");
}

#[test]
fn a_malformed_call_is_a_bad_parameter() {
    let mut bench = bench(&[1]);
    assert_eq!(bench.modify(APPEND, &[]), Err(ResultCode::PARAMETER));
    assert_eq!(bench.modify(APPEND_ITEMS, &[int(1)]), Err(ResultCode::PARAMETER));
    assert_eq!(bench.modify(63, &[int(1)]), Err(ResultCode::PARAMETER));
    assert_eq!(bench.read(APPEND, &[int(1)]), Err(ResultCode::PARAMETER));
    assert_eq!(bench.read(17, &["x".into()]), Err(ResultCode::PARAMETER));
}
