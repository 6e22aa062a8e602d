//! Between calls and bins: what a call writes, and what a record that was read says.

use aerospike::operations::{add, delete, lists, put};
use aerospike::{
    Bin, IndexMap, ListOrderType, ListPolicy, ListWriteFlags, Record, Value as BinValue,
};
use history::{Call, Returned, Value, Workload};

use crate::generator::Sighting;

const VALUE: &str = "value";
const COUNT: &str = "count";
const ELEMENTS: &str = "elements";
const TOKEN: &str = "token";

/// What stands for a value that no write of ours can have stored: values begin with 1.
const FOREIGN: Value = 0;

/// The operations on bins that carry out a call; none for a read.
pub(super) fn operations(workload: Workload, call: &Call) -> Vec<aerospike::operations::Operation> {
    match call {
        Call::Read => Vec::new(),
        Call::Write { value } if workload == Workload::Sightings => {
            sighting_bins(&Sighting::of(*value)).iter().map(put).collect()
        }
        Call::Write { value } | Call::Cas { value, .. } => {
            vec![put(&Bin::new(VALUE, integer(*value)))]
        }
        Call::Add { delta } => vec![add(&Bin::new(COUNT, BinValue::Int(*delta)))],
        Call::Append { element } => {
            let policy = ListPolicy::new(ListOrderType::Unordered, ListWriteFlags::DEFAULT);
            vec![lists::append(&policy, ELEMENTS, integer(*element))]
        }
        Call::Delete => vec![delete()],
    }
}

/// What a record says under a workload.
pub(super) fn returned(workload: Workload, record: &Record) -> Returned {
    match workload {
        Workload::Register | Workload::CasRegister => {
            Returned::Value(value(record.bins.get(VALUE)))
        }
        Workload::Sightings => sighting(record),
        Workload::Counter => match record.bins.get(COUNT) {
            Some(BinValue::Int(count)) => Returned::Count(*count),
            // No sum of adds of 1.
            _ => Returned::Count(i64::MIN),
        },
        Workload::Set => match record.bins.get(ELEMENTS) {
            Some(BinValue::List(elements)) => {
                Returned::List(elements.iter().map(|element| value(Some(element))).collect())
            }
            _ => Returned::List(vec![FOREIGN]),
        },
    }
}

/// The token of a sighting; torn unless every bin is what the token's write stored.
fn sighting(record: &Record) -> Returned {
    let token = value(record.bins.get(TOKEN));
    let written = sighting_bins(&Sighting::of(token));
    let same = |bin: &Bin| record.bins.get(&bin.name) == Some(&bin.value);
    if record.bins.len() == written.len() && written.iter().all(same) {
        Returned::Value(token)
    } else {
        Returned::Torn(token)
    }
}

fn sighting_bins(sighting: &Sighting) -> Vec<Bin> {
    let text = |text: &str| BinValue::String(text.to_owned());
    let colours = sighting.colour_scheme.map(text).to_vec();
    let report: IndexMap<BinValue, BinValue> = IndexMap::from_iter([
        (text("machine"), BinValue::List(vec![text(sighting.machine)])),
        (text("pixels"), BinValue::Int(sighting.pixels)),
        (text("colour-scheme"), BinValue::List(colours)),
        (text("date_mfg"), text(&sighting.date_mfg)),
    ]);
    vec![
        Bin::new("freq", BinValue::Int(sighting.freq)),
        Bin::new("country_code", BinValue::Int(sighting.country_code)),
        Bin::new("logged_by", text(&sighting.logged_by)),
        Bin::new("report", BinValue::OrderedMap(report)),
        Bin::new(TOKEN, integer(sighting.token)),
    ]
}

/// Values count from 1 and stay far below the sign bit.
fn integer(value: Value) -> BinValue {
    BinValue::Int(value as i64)
}

fn value(bin: Option<&BinValue>) -> Value {
    match bin {
        Some(BinValue::Int(value)) => Value::try_from(*value).unwrap_or(FOREIGN),
        _ => FOREIGN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(bins: Vec<Bin>) -> Record {
        let bins: IndexMap<String, BinValue> =
            bins.into_iter().map(|bin| (bin.name, bin.value)).collect();
        Record::new(None, bins, None, 1, 0)
    }

    #[test]
    fn a_sighting_is_whole_or_torn() {
        let mut bins = sighting_bins(&Sighting::of(7));
        assert_eq!(returned(Workload::Sightings, &record(bins.clone())), Returned::Value(7));
        bins[3] = sighting_bins(&Sighting::of(8))[3].clone();
        assert_eq!(returned(Workload::Sightings, &record(bins.clone())), Returned::Torn(7));
        bins.truncate(3);
        assert_eq!(returned(Workload::Sightings, &record(bins)), Returned::Torn(FOREIGN));
    }

    #[test]
    fn a_record_that_is_none_of_ours_is_read_as_a_value_that_nobody_wrote() {
        let foreign = record(vec![Bin::new("other", BinValue::Int(1))]);
        assert_eq!(returned(Workload::Register, &foreign), Returned::Value(FOREIGN));
        assert_eq!(returned(Workload::Set, &foreign), Returned::List(vec![FOREIGN]));
        assert_eq!(returned(Workload::Counter, &foreign), Returned::Count(i64::MIN));
        let negative = record(vec![Bin::new(VALUE, BinValue::Int(-1))]);
        assert_eq!(returned(Workload::Register, &negative), Returned::Value(FOREIGN));
    }

    #[test]
    fn only_a_read_needs_no_operation_on_bins() {
        assert!(operations(Workload::Set, &Call::Read).is_empty());
        assert_eq!(operations(Workload::Sightings, &Call::Write { value: 1 }).len(), 5);
        assert_eq!(operations(Workload::Register, &Call::Write { value: 1 }).len(), 1);
    }
}
