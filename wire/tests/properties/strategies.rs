//! Arbitrary values of the protocol.

use std::sync::Arc;

use aerocert_wire::batch::{BatchCommand, BatchRequest, BatchRow};
use aerocert_wire::cdt::{CdtCall, ContextStep};
use aerocert_wire::msgpack::{List, Map, MapOrder};
use aerocert_wire::query::QueryRequest;
use aerocert_wire::{
    Digest, Element, Field, FieldType, Info1, Info2, Info3, Info4, Message, Op, OpCode,
    ParticleType, ResultCode, Value,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..40)
}

/// A float that equals itself.
fn float() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("not a number", |value| !value.is_nan())
}

/// Bytes of a type that is neither text nor GeoJSON, which have variants of their own.
fn typed_bytes() -> impl Strategy<Value = Element> {
    let particle = prop_oneof![Just(ParticleType::BLOB), Just(ParticleType::HLL)];
    (particle, bytes()).prop_map(|(particle, bytes)| Element::Bytes(particle, bytes))
}

/// A value without parts that may be stored.
fn plain_element() -> impl Strategy<Value = Element> {
    prop_oneof![
        Just(Element::Nil),
        any::<bool>().prop_map(Element::Boolean),
        any::<i64>().prop_map(Element::Integer),
        any::<i16>().prop_map(|value| Element::Integer(value.into())),
        (i64::MAX as u64 + 1..).prop_map(Element::Unsigned),
        float().prop_map(Element::Float),
        bytes().prop_map(Element::String),
        bytes().prop_map(Element::GeoJson),
        typed_bytes(),
    ]
}

fn map_order() -> impl Strategy<Value = MapOrder> {
    prop_oneof![
        Just(MapOrder::Unordered),
        Just(MapOrder::Key),
        Just(MapOrder::KeyValue),
        Just(MapOrder::Found),
    ]
}

/// Anything that stands in a list, in a map or in an argument.
pub(crate) fn element() -> BoxedStrategy<Element> {
    let argument = prop_oneof![Just(Element::Wildcard), Just(Element::Infinity)];
    nested(prop_oneof![9 => plain_element(), 1 => argument].boxed())
}

/// Anything that stands in a record's list or map.
pub(crate) fn storable_element() -> BoxedStrategy<Element> {
    nested(plain_element().boxed())
}

fn nested(leaf: BoxedStrategy<Element>) -> BoxedStrategy<Element> {
    let nested = leaf.prop_recursive(5, 60, 20, |inner| {
        prop_oneof![
            list_of(inner.clone()).prop_map(Element::List),
            map_of(inner).prop_map(Element::Map),
        ]
    });
    nested.boxed()
}

fn list_of(item: impl Strategy<Value = Element>) -> impl Strategy<Value = List> {
    (any::<bool>(), vec(item, 0..20)).prop_map(|(ordered, items)| List { ordered, items })
}

fn map_of(item: impl Strategy<Value = Element> + Clone) -> impl Strategy<Value = Map> {
    (map_order(), vec((item.clone(), item), 0..20))
        .prop_map(|(order, entries)| Map { order, entries })
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::Integer),
        float().prop_map(Value::Float),
        bytes().prop_map(Value::String),
        any::<bool>().prop_map(Value::Boolean),
        list_of(element()).prop_map(Value::List),
        map_of(element()).prop_map(Value::Map),
        bytes().prop_map(Value::blob),
        (200_u8.., bytes()).prop_map(|(code, bytes)| Value::Opaque(ParticleType(code), bytes)),
    ]
}

pub(crate) fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 20]>().prop_map(Digest)
}

fn field() -> impl Strategy<Value = Field> {
    (any::<u8>(), bytes()).prop_map(|(code, data)| Field::new(FieldType(code), data))
}

fn op() -> impl Strategy<Value = Op> {
    (any::<u8>(), any::<u8>(), any::<u8>(), vec(any::<u8>(), 0..=255), bytes()).prop_map(
        |(code, particle_type, flags, name, data)| Op {
            code: OpCode(code),
            particle_type: ParticleType(particle_type),
            flags,
            name,
            data,
        },
    )
}

pub(crate) fn message() -> impl Strategy<Value = Message> {
    let header = any::<([u8; 5], u32, u32, u32)>();
    (header, vec(field(), 0..5), vec(op(), 0..5)).prop_map(
        |(([info1, info2, info3, info4, code], generation, ttl, timeout), fields, ops)| Message {
            info1: Info1(info1),
            info2: Info2(info2),
            info3: Info3(info3),
            info4: Info4(info4),
            result_code: ResultCode(code),
            generation,
            record_ttl: ttl,
            transaction_ttl: timeout,
            fields,
            ops,
        },
    )
}

fn batch_command() -> impl Strategy<Value = BatchCommand> {
    let header = any::<(u8, Option<(u8, u8)>, Option<u8>, Option<u16>, Option<u32>)>();
    (header, vec(field(), 1..3), vec(op(), 0..3)).prop_map(
        |((info1, info2_3, info4, generation, ttl), fields, ops)| BatchCommand {
            info1: Info1(info1),
            info2_3: info2_3.map(|(info2, info3)| (Info2(info2), Info3(info3))),
            info4: info4.map(Info4),
            generation,
            ttl,
            fields,
            ops,
        },
    )
}

/// Batches whose rows often do the same as the row before.
pub(crate) fn batch() -> impl Strategy<Value = BatchRequest> {
    let row = (any::<u32>(), digest(), option::of(batch_command()));
    (any::<u8>(), batch_command(), vec(row, 0..6)).prop_map(|(flags, first, rows)| {
        let mut command = Arc::new(first);
        let rows = rows
            .into_iter()
            .map(|(index, digest, fresh)| {
                if let Some(fresh) = fresh {
                    command = Arc::new(fresh);
                }
                BatchRow { index, digest, command: Arc::clone(&command) }
            })
            .collect();
        BatchRequest { flags, rows }
    })
}

pub(crate) fn query() -> impl Strategy<Value = QueryRequest> {
    let set = option::of("[a-z]{1,10}");
    let numbers = any::<(u64, u32, u64, bool)>();
    let lists = (vec(any::<u16>(), 0..9), vec(digest(), 0..4), vec(bytes(), 0..3));
    ("[a-z]{0,10}", set, numbers, lists).prop_map(
        |(namespace, set, (id, timeout, max_records, no_bins), (pids, digests, bins))| {
            QueryRequest {
                namespace,
                set,
                id,
                socket_timeout_ms: timeout,
                partitions: pids,
                resume_after: digests,
                max_records,
                no_bins,
                bins,
                narrowed: false,
            }
        },
    )
}

pub(crate) fn call() -> impl Strategy<Value = CdtCall> {
    let step =
        (any::<u8>(), element()).prop_map(|(kind, value)| ContextStep { kind: kind.into(), value });
    (vec(step, 0..4), 0_u16..255, vec(element(), 0..4))
        .prop_map(|(context, code, arguments)| CdtCall { context, code, arguments })
}
