//! A test per rule, named after it.

mod contexts;
mod deletes;
mod invariants;
mod lists;
mod maps;
mod reads;
mod writes;

use wire::cdt::CdtCall;
use wire::{
    Element, Field, Info1, Info2, Info3, Message, Op, OpCode, ParticleType, ResultCode, Value,
};

use super::{Effect, Record, Rules, apply};

const NOW_MS: u64 = 500_000_000_000;

/// One record under some rules, and the requests made of it.
struct Bench {
    record: Option<Record>,
    rules: Rules,
    now_ms: u64,
}

impl Bench {
    fn new(rules: Rules) -> Self {
        Self { record: None, rules, now_ms: NOW_MS }
    }

    /// An AP namespace whose record has the bin `v` = 1.
    fn with_record() -> Self {
        let mut bench = Self::new(Rules::ap());
        assert_eq!(bench.code(&put("v", 1)), ResultCode::OK);
        bench
    }

    fn send(&mut self, request: &Message) -> Message {
        let outcome = apply(self.record.as_ref(), request, self.now_ms, &self.rules);
        match outcome.effect {
            Effect::Nothing => {}
            Effect::Store(record) => self.record = Some(record),
            Effect::Expunge => self.record = None,
        }
        outcome.reply
    }

    fn code(&mut self, request: &Message) -> ResultCode {
        self.send(request).result_code
    }

    /// The value of a bin, as it is stored.
    fn bin(&self, name: &str) -> Option<&Value> {
        self.record.as_ref()?.bins.get(name.as_bytes())
    }

    /// The result of one list or map operation on the bin `c`, or its error.
    fn call(&mut self, call: &CdtCall, code: OpCode) -> Result<Value, ResultCode> {
        let op = Op { particle_type: ParticleType::BLOB, data: call.encode(), ..op(code, "c") };
        let info2 = match code {
            OpCode::CDT_MODIFY => Info2::WRITE | Info2::RESPOND_ALL_OPS,
            _ => Info2::RESPOND_ALL_OPS,
        };
        let info1 = if code == OpCode::CDT_READ { Info1::READ } else { Info1::NONE };
        let reply = self.send(&Message { info1, info2, ops: vec![op], ..Message::default() });
        match reply.result_code {
            ResultCode::OK => Ok(reply.ops[0].value().expect("replies are well-formed")),
            code => Err(code),
        }
    }

    fn modify(&mut self, code: u16, arguments: &[Element]) -> Result<Value, ResultCode> {
        self.call(&CdtCall::new(code, arguments), OpCode::CDT_MODIFY)
    }

    fn read(&mut self, code: u16, arguments: &[Element]) -> Result<Value, ResultCode> {
        self.call(&CdtCall::new(code, arguments), OpCode::CDT_READ)
    }
}

fn op(code: OpCode, name: &str) -> Op {
    Op { code, ..Op::read(name) }
}

fn write_of(ops: Vec<Op>) -> Message {
    Message { info2: Info2::WRITE, ops, ..Message::default() }
}

fn put(name: &str, value: impl Into<Value>) -> Message {
    write_of(vec![Op::write(name, &value.into())])
}

fn read_of(ops: Vec<Op>) -> Message {
    Message { info1: Info1::READ, ops, ..Message::default() }
}

fn get_all() -> Message {
    Message { info1: Info1::READ | Info1::GET_ALL, ..Message::default() }
}

fn delete() -> Message {
    Message { info2: Info2::WRITE | Info2::DELETE, ..Message::default() }
}

fn durably(mut request: Message) -> Message {
    request.info2 = request.info2 | Info2::DURABLE_DELETE;
    request
}

fn with_info2(mut request: Message, bits: Info2) -> Message {
    request.info2 = request.info2 | bits;
    request
}

fn with_info3(mut request: Message, bits: Info3) -> Message {
    request.info3 = request.info3 | bits;
    request
}

fn expecting(mut request: Message, generation: u32) -> Message {
    request.generation = generation;
    with_info2(request, Info2::GENERATION)
}

fn with_field(mut request: Message, field: Field) -> Message {
    request.fields.push(field);
    request
}

fn list(items: &[i64]) -> Value {
    Value::from(Element::list(elements(items)))
}

fn elements(items: &[i64]) -> Vec<Element> {
    items.iter().copied().map(Element::Integer).collect()
}
