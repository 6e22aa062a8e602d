//! What a few operations show, in a sentence.

use std::collections::BTreeSet;

use history::exchange::foreign::{Data, DatumId, ForeignOperation, Function};
use history::{AnomalyClass, Outcome};

use super::ObjectModel;

/// What is wrong, for a class of anomalies and the operations that prove it.
pub(super) fn of(
    data: &Data,
    model: ObjectModel,
    class: AnomalyClass,
    proof: &[&ForeignOperation],
) -> &'static str {
    match class {
        AnomalyClass::StaleRead => {
            "A read returned a value that had been replaced before the read began."
        }
        AnomalyClass::LostWrite => "A write that succeeded is gone.",
        AnomalyClass::DirtyRead => "A read returned the value of a write that did not last.",
        AnomalyClass::GarbageRead => "A read returned a value that nobody had written.",
        AnomalyClass::LostUpdate => "Two operations replaced one and the same value.",
        AnomalyClass::Duplicate => "An element is there twice.",
        AnomalyClass::BackwardRead | AnomalyClass::ReadYourWrites => {
            "A process went back to an older value after a newer one."
        }
        _ if proof.iter().any(|one| one.refused) => {
            "A compare-and-set was refused, and no order of these operations lets it find another \
             value."
        }
        _ => match model {
            ObjectModel::Counter => "No order of the adds gives what was read.",
            ObjectModel::Mutex => "The lock was held twice, or given back twice.",
            ObjectModel::Queue => of_queue(proof),
            ObjectModel::Set => of_set(data, proof),
            ObjectModel::MultiRegister if proof.len() == 1 => {
                "A transaction read what no order of the writes can have left."
            }
            ObjectModel::KeyValue if proof.len() == 1 => {
                "A read returned a text that no order of the writes gives."
            }
            _ => "No order of these operations explains what they returned.",
        },
    }
}

fn of_queue(proof: &[&ForeignOperation]) -> &'static str {
    let of = |function| proof.iter().filter(move |one| one.function == function);
    let enqueued: BTreeSet<DatumId> = of(Function::Enqueue).map(|one| one.argument).collect();
    let taken = || of(Function::Dequeue).filter(|one| one.outcome == Outcome::Ok);
    if taken().any(|one| one.result == DatumId::NIL) {
        return "A dequeue found nothing while the queue surely held something.";
    }
    let dequeued: BTreeSet<DatumId> = taken().map(|one| one.result).collect();
    let is_of_one = enqueued.len() <= 1 && dequeued.len() == 1;
    match (of(Function::Enqueue).count(), taken().count()) {
        (0, 1) => "A value was dequeued that nobody had enqueued.",
        (1, 1) if is_of_one => "A value was dequeued before its enqueue began.",
        (some, more) if is_of_one && more > some => {
            "A value was dequeued more often than it was enqueued."
        }
        (2, 1) => "A value is still there that was enqueued before one that was dequeued.",
        (2, 2) => "Of two values the one that was enqueued first was dequeued last.",
        _ => "No order of these enqueues and dequeues is first in, first out.",
    }
}

fn of_set(data: &Data, proof: &[&ForeignOperation]) -> &'static str {
    let seen = |read: &ForeignOperation| -> BTreeSet<DatumId> {
        data.sequence(read.result).unwrap_or_default().iter().copied().collect()
    };
    let (reads, adds): (Vec<&ForeignOperation>, Vec<&ForeignOperation>) =
        proof.iter().partition(|one| one.function == Function::Read);
    match (&reads[..], &adds[..]) {
        ([read], []) if data.sequence(read.result).unwrap_or_default().len() > seen(read).len() => {
            "A read returned an element twice."
        }
        ([_], []) => "A read returned an element that nobody had added.",
        ([read], [add]) if seen(read).contains(&add.argument) => {
            "A read returned an element before its add began."
        }
        ([_], [_]) => "An element whose add had succeeded is missing from a later read.",
        ([one, other], []) => {
            let (one, other) = (seen(one), seen(other));
            match one.is_subset(&other) || other.is_subset(&one) {
                true => "A read misses an element that an earlier one had returned.",
                false => "Each of two reads misses an element that the other returned.",
            }
        }
        _ => "No order of these adds explains what the reads returned.",
    }
}
