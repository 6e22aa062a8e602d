//! Proofs of verdicts on transactions, for [`verify_transactions`](crate::certificate::verify_transactions).
//!
//! For each step of a cycle, and for reads that nothing explains, what may prove it is offered to the
//! verifier, and the first that it believes is told.

mod offers;

use history::{
    Act, Because, CycleStep, Grounds, OddReads, OperationId, ProvenAnomaly, TransactionId,
    TransactionKey, Transactions, TransactionsProof, Value, Verdict,
};
use rustc_hash::FxHashMap;

use super::judge::{Dependency, Judgement, Step, TransactionAnomaly, order};
use super::level::{Level, forbids};
use super::phenomenon::Phenomenon;
use crate::certificate::transactions::records::Records;
use crate::certificate::transactions::{cycle, reads};
use crate::certificate::verify_transactions;

/// Reads that are offered to the verifier, before a proof is given up.
const MOST_OFFERS: usize = 10_000;

/// The proof of a verdict on transactions.
#[must_use]
pub fn prove(history: &Transactions, judgement: &Judgement) -> TransactionsProof {
    let level = judgement.level;
    match judgement.verdict {
        Verdict::Unknown => TransactionsProof::Unknown { reason: judgement.doubts.join("; ") },
        Verdict::Valid => match order(history, level) {
            Some(order) => TransactionsProof::Valid {
                order: order.into_iter().map(|id| OperationId(id.0.into())).collect(),
            },
            None => TransactionsProof::Unknown {
                reason: format!(
                    "a history may be {level} without a serial order, and none was found"
                ),
            },
        },
        Verdict::Invalid => {
            let forbidden = judgement.anomalies.iter().filter(|one| forbids(level, one.phenomenon));
            let proven = forbidden.filter_map(|anomaly| prove_anomaly(history, level, anomaly));
            proven.into_iter().next().unwrap_or_else(|| TransactionsProof::Unknown {
                reason: "there is an anomaly, but no short proof of it".to_owned(),
            })
        }
    }
}

fn prove_anomaly(
    history: &Transactions,
    level: Level,
    anomaly: &TransactionAnomaly,
) -> Option<TransactionsProof> {
    let records = Records::of(history, anomaly.transactions.iter().copied());
    let proof = |grounds| {
        TransactionsProof::Invalid(ProvenAnomaly {
            anomaly: anomaly.phenomenon.name().to_owned(),
            grounds,
        })
    };
    let stands = |proof: &TransactionsProof| verify_transactions(history, level, proof).is_ok();
    if let Phenomenon::Cycle(..) = anomaly.phenomenon {
        let mut zones = None;
        let steps = anomaly.steps.iter().map(|step| prove_step(&records, step, &mut zones));
        return Some(proof(Grounds::Cycle(steps.collect::<Option<_>>()?))).filter(stands);
    }
    let is_one = |odd: &OddReads| reads::class(&records, anomaly.phenomenon.name(), odd).is_ok();
    let offers = offers::of(&records, anomaly).take(MOST_OFFERS);
    offers.into_iter().find(is_one).map(|odd| proof(Grounds::Reads(odd))).filter(stands)
}

/// The first end and the last beginning of the transactions that read or wrote a value.
type Zones = FxHashMap<(TransactionKey, Value), (TransactionId, TransactionId)>;

fn prove_step(records: &Records<'_>, step: &Step, zones: &mut Option<Zones>) -> Option<CycleStep> {
    let history = records.history;
    let (from, to) = (step.from, step.to);
    let name = |value: Value| history.value_name(value);
    let key_name = |key: TransactionKey| history.key_name(key).to_owned();
    let made = |because| CycleStep { from: from.0, to: to.0, because };
    let stands = |one: &CycleStep| cycle::step(records, one).is_ok();
    // Of each key what is best shown to be late.
    let latest = || latest_writes(records, to);
    match step.dependency {
        Dependency::Process => Some(made(Because::Process)).filter(stands),
        Dependency::Realtime => Some(made(Because::Realtime)).filter(stands),
        Dependency::WriteRead => records
            .writes(from)
            .map(|(key, value)| made(Because::Wr { key: key_name(key), value: name(value) }))
            .find(stands),
        Dependency::WriteWrite => {
            let latest = latest();
            let both = records.writes(from).filter_map(|(key, value)| {
                let over = name(*latest.get(&key)?);
                Some(made(Because::Ww { key: key_name(key), value: name(value), over }))
            });
            both.into_iter().find(stands)
        }
        Dependency::ReadWrite => {
            let mut latest: Vec<(TransactionKey, Value)> = latest().into_iter().collect();
            latest.sort_unstable();
            let by_data = latest
                .iter()
                .map(|(key, over)| made(Because::Rw { key: key_name(*key), over: name(*over) }))
                .find(stands);
            if by_data.is_some() {
                return by_data;
            }
            let zones = zones.get_or_insert_with(|| self::zones(records));
            let by_time = latest.iter().flat_map(|(key, over)| {
                let written =
                    records.writes(from).filter(|(of, _)| of == key).map(|(_, value)| value);
                let read = records.reads(from, *key).filter_map(|read| match read {
                    Act::Read(seen) => seen,
                    _ => None,
                });
                let values: Vec<Value> = read.chain(written).collect();
                values.into_iter().map(|value| (*key, value, *over)).collect::<Vec<_>>()
            });
            by_time
                .filter_map(|(key, value, over)| {
                    let ((ended, _), (_, began)) =
                        (zones.get(&(key, value))?, zones.get(&(key, over))?);
                    Some(made(Because::TimedRw {
                        key: key_name(key),
                        value: name(value),
                        over: name(over),
                        ended: ended.0,
                        began: began.0,
                    }))
                })
                .find(stands)
        }
    }
}

/// Of what a transaction wrote to each key the element that stands last, or the last value.
fn latest_writes(records: &Records<'_>, id: TransactionId) -> FxHashMap<TransactionKey, Value> {
    let mut latest: FxHashMap<TransactionKey, Value> = FxHashMap::default();
    for (key, value) in records.writes(id) {
        let place = |value: Value| records.get(key).place(value);
        let known = latest.entry(key).or_insert(value);
        if place(value) >= place(*known) {
            *known = value;
        }
    }
    latest
}

fn zones(records: &Records<'_>) -> Zones {
    let history = records.history;
    let mut zones = Zones::default();
    for (id, one) in history.iter().filter(|(id, _)| records.happened(*id)) {
        let operations = history.operations(id).iter();
        let touched = operations.filter_map(|operation| match operation.act {
            Act::Write(value) | Act::Read(Some(value)) => Some((operation.key, value)),
            _ => None,
        });
        for value in touched {
            let (ended, began) = zones.entry(value).or_insert((id, id));
            if one.completed < history.get(*ended).completed {
                *ended = id;
            }
            if one.invoked > history.get(*began).invoked {
                *began = id;
            }
        }
    }
    zones
}
