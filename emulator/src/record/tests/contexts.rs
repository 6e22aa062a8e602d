use wire::cdt::ContextStep;

use super::*;

fn step(kind: u16, value: impl Into<Element>) -> ContextStep {
    ContextStep { kind, value: value.into() }
}

fn call(context: &[ContextStep], code: u16, arguments: &[Element]) -> CdtCall {
    CdtCall { context: context.to_vec(), ..CdtCall::new(code, arguments) }
}

fn append(bench: &mut Bench, context: &[ContextStep], item: i64) -> Result<Value, ResultCode> {
    bench.call(&call(context, 1, &[item.into()]), OpCode::CDT_MODIFY)
}

fn size(bench: &mut Bench, context: &[ContextStep]) -> Result<Value, ResultCode> {
    bench.call(&call(context, 16, &[]), OpCode::CDT_READ)
}

#[test]
fn steps_create_the_lists_and_maps_on_the_way() {
    let mut bench = Bench::new(Rules::ap());
    let way = [step(0x22 | 0x80, "a"), step(0x10 | 0x40, 0)];
    assert_eq!(append(&mut bench, &way, 5), Ok(Value::Integer(1)));
    assert_eq!(append(&mut bench, &way, 6), Ok(Value::Integer(2)));
    let plain = [step(0x22, "a"), step(0x10, -1)];
    assert_eq!(size(&mut bench, &plain), Ok(Value::Integer(2)));
    assert_eq!(size(&mut bench, &[step(0x21, 0)]), Ok(Value::Integer(1)), "by rank");
}

#[test]
fn without_a_flag_nothing_is_created() {
    let mut bench = Bench::with_record();
    assert_eq!(append(&mut bench, &[step(0x22, "a")], 5), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(bench.bin("c"), None);
    append(&mut bench, &[step(0x22 | 0x40, "a")], 5).unwrap();
    assert_eq!(append(&mut bench, &[step(0x22, "b")], 5), Err(ResultCode::OP_NOT_APPLICABLE));
    let nowhere = [step(0x22, "a"), step(0x10, 0), step(0x10, 0)];
    assert_eq!(append(&mut bench, &nowhere, 5), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(size(&mut bench, &[step(0x22, "b")]), Err(ResultCode::OP_NOT_APPLICABLE));
}

#[test]
fn a_removal_creates_nothing_on_its_way() {
    let mut bench = Bench::with_record();
    let pop = call(&[step(0x22 | 0x40, "a")], 5, &[0.into()]);
    assert_eq!(bench.call(&pop, OpCode::CDT_MODIFY), Ok(Value::Null));
    assert_eq!(bench.bin("c"), None);
}

#[test]
fn a_list_step_cannot_enter_a_map_nor_a_map_step_a_list() {
    let mut bench = Bench::new(Rules::ap());
    append(&mut bench, &[step(0x22 | 0x40, "a")], 5).unwrap();
    assert_eq!(size(&mut bench, &[step(0x10, 0)]), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(
        size(&mut bench, &[step(0x22, "a"), step(0x22, "b")]),
        Err(ResultCode::OP_NOT_APPLICABLE)
    );
    let map_size = call(&[step(0x22, "a")], 96, &[]);
    assert_eq!(bench.call(&map_size, OpCode::CDT_READ), Err(ResultCode::INCOMPATIBLE_TYPE));
}

#[test]
fn a_bin_without_inside_has_no_context() {
    let mut bench = Bench::with_record();
    bench.send(&put("c", 1));
    assert_eq!(append(&mut bench, &[step(0x22, "a")], 5), Err(ResultCode::PARAMETER));
    assert_eq!(size(&mut bench, &[step(0x22, "a")]), Err(ResultCode::PARAMETER));
}

#[test]
fn an_ordered_list_is_in_order_after_a_change_inside() {
    let mut bench = Bench::new(Rules::ap());
    let pairs = Element::list([Element::list(elements(&[1])), Element::list(elements(&[2]))]);
    bench.modify(2, &[pairs, 1.into()]).unwrap();
    let set = call(&[step(0x10, 0)], 9, &[0.into(), 7.into()]);
    bench.call(&set, OpCode::CDT_MODIFY).unwrap();
    let first = call(&[step(0x10, 0)], 17, &[0.into()]);
    assert_eq!(bench.call(&first, OpCode::CDT_READ), Ok(Value::Integer(2)));
}

#[test]
fn nesting_and_steps_are_bounded() {
    let mut bench = Bench::new(Rules::ap());
    let deep = |steps: usize| vec![step(0x10 | 0x40, 0); steps];
    assert_eq!(append(&mut bench, &deep(63), 1), Ok(Value::Integer(1)));
    assert_eq!(append(&mut Bench::new(Rules::ap()), &deep(64), 1), Err(ResultCode::PARAMETER));
    assert!(append(&mut Bench::new(Rules::ap()), &deep(10_000), 1).is_err());
}
