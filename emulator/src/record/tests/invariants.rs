use proptest::collection::vec;
use proptest::prelude::*;
use wire::cdt::ContextStep;
use wire::msgpack::{List, Map, MapOrder, compare};

use super::*;
use crate::record::Deletes;

fn small_element() -> impl Strategy<Value = Element> {
    let order = prop_oneof![
        Just(MapOrder::Unordered),
        Just(MapOrder::Key),
        Just(MapOrder::KeyValue),
        Just(MapOrder::Found)
    ];
    let leaf = prop_oneof![
        Just(Element::Nil),
        (-3_i64..8).prop_map(Element::Integer),
        Just(Element::Integer(i64::MIN)),
        Just(Element::Integer(i64::MAX)),
        (-3_i64..8).prop_map(|value| Element::Integer(value | 0x1_0000)),
        Just(Element::Float(0.5)),
        "[a-c]".prop_map(|text| Element::from(text.as_str())),
        Just(Element::Wildcard),
        Just(Element::Infinity),
    ];
    leaf.prop_recursive(2, 8, 4, move |inner| {
        let key = "[a-c]".prop_map(|text| Element::from(text.as_str()));
        let list = (any::<bool>(), vec(inner.clone(), 0..4))
            .prop_map(|(ordered, items)| List { ordered, items }.into());
        let map = (order.clone(), vec((key, inner), 0..4))
            .prop_map(|(order, entries)| Map { order, entries }.into());
        prop_oneof![list, map]
    })
}

fn any_call() -> impl Strategy<Value = CdtCall> {
    let kind = (0_u16..4, prop_oneof![Just(0x10_u16), Just(0x20)], 0_u16..4)
        .prop_map(|(by, within, create)| by | within | create << 6);
    let step = (kind, small_element()).prop_map(|(kind, value)| ContextStep { kind, value });
    (vec(step, 0..3), 0_u16..112, vec(small_element(), 0..5))
        .prop_map(|(context, code, arguments)| CdtCall { context, code, arguments })
}

fn any_op() -> impl Strategy<Value = Op> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::Integer),
        "[a-c]{0,3}".prop_map(|text| Value::from(text.as_str())),
        small_element().prop_map(Value::from),
    ];
    let cdt = (any_call(), any::<bool>()).prop_map(|(call, modify)| {
        let code = if modify { OpCode::CDT_MODIFY } else { OpCode::CDT_READ };
        Op { particle_type: ParticleType::BLOB, data: call.encode(), ..op(code, "a") }
    });
    let plain = (0_u8..20, "[ab]{0,1}", value)
        .prop_map(|(code, name, value)| Op::new(OpCode(code), name, &value));
    prop_oneof![1 => plain, 3 => cdt]
}

fn any_request() -> impl Strategy<Value = Message> {
    let rare = prop_oneof![4 => Just(0_u8), 1 => any::<u8>()];
    let header = (0_u8..4, rare.clone(), rare, 0_u32..4);
    (header, vec(any_op(), 1..4)).prop_map(|((info1, info2, info3, generation), ops)| Message {
        info1: Info1(info1),
        info2: Info2(info2 | 1),
        info3: Info3(info3 & 0x3F),
        generation,
        ops,
        ..Message::default()
    })
}

/// Ordered lists and maps are in order, and no map has a key twice.
fn assert_in_order(element: &Element) {
    match element {
        Element::List(list) => {
            assert!(!list.ordered || list.items.is_sorted_by(|a, b| compare(a, b).is_le()));
            list.items.iter().for_each(assert_in_order);
        }
        Element::Map(map) => {
            let mut keys: Vec<_> = map.entries.iter().map(|(key, _)| key).collect();
            if map.order == MapOrder::Unordered {
                keys.sort_by(|a, b| compare(a, b));
            }
            assert!(keys.is_sorted_by(|a, b| compare(a, b).is_lt()));
            map.entries.iter().for_each(|(_, value)| assert_in_order(value));
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn requests_never_panic_and_move_a_record_one_version_at_a_time(
        requests in vec(any_request(), 1..12)
    ) {
        let mut bench = Bench::new(Rules { deletes: Deletes::Any, ..Rules::ap() });
        for request in requests {
            bench.now_ms -= 1;
            let before = bench.record.clone();
            let reply = bench.send(&request);
            if !reply.result_code.is_ok() {
                prop_assert_eq!(&bench.record, &before);
                continue;
            }
            let Some(after) = &bench.record else { continue };
            let last = before.unwrap_or_default();
            if request.is_write() {
                prop_assert_eq!(after.generation, last.generation + 1);
                prop_assert!(after.last_update_ms >= last.last_update_ms);
            }
            for bin in &after.bins {
                prop_assert!(bin.value != Value::Null);
                match &bin.value {
                    Value::List(list) => assert_in_order(&list.clone().into()),
                    Value::Map(map) => assert_in_order(&map.clone().into()),
                    _ => {}
                }
            }
        }
    }
}
