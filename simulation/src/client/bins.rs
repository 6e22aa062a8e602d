//! Between calls and bins.

use history::{Returned, Workload};
use wire::{Message, Value};
use workloads::generator::Sighting;

/// The bin of registers, counters and lists; a sighting's token.
pub(super) const BIN: &str = "value";
/// What stands for a value that no write of ours can have stored: values begin with 1.
const FOREIGN: u64 = 0;

/// The bins of a sighting, its token last.
pub(super) fn sighting(token: u64) -> [(&'static str, Value); 4] {
    let sighting = Sighting::of(token);
    [
        ("freq", Value::from(sighting.freq)),
        ("country_code", Value::from(sighting.country_code)),
        ("logged_by", Value::String(sighting.logged_by.into_bytes())),
        (BIN, Value::from(token as i64)),
    ]
}

/// What a record says under a workload.
pub(super) fn returned(workload: Workload, message: &Message) -> Returned {
    let bin = |name: &str| {
        let op = message.ops.iter().find(|op| op.name == name.as_bytes());
        op.and_then(|op| op.value().ok())
    };
    let value = |value: Option<i64>| value.and_then(|v| u64::try_from(v).ok()).unwrap_or(FOREIGN);
    match (workload, bin(BIN)) {
        (Workload::Counter, Some(Value::Integer(count))) => Returned::Count(count),
        // No sum of adds of 1.
        (Workload::Counter, _) => Returned::Count(i64::MIN),
        (Workload::Set, Some(Value::List(list))) => {
            Returned::List(list.items.iter().map(|item| value(item.as_integer())).collect())
        }
        (Workload::Set, _) => Returned::List(vec![FOREIGN]),
        (Workload::Sightings, found) => {
            let token = value(found.and_then(|found| found.as_integer()));
            let whole = sighting(token).iter().all(|(name, held)| bin(name).as_ref() == Some(held));
            if whole { Returned::Value(token) } else { Returned::Torn(token) }
        }
        (_, found) => Returned::Value(value(found.and_then(|found| found.as_integer()))),
    }
}
