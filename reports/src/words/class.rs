//! What anomalies and checks mean.

use history::{AnomalyClass, Check};

/// Every check there is, so that a page can name those that were not asked for.
pub(crate) const ALL_CHECKS: [Check; 9] = [
    Check::Linearizable,
    Check::LostWrites,
    Check::StaleReads,
    Check::DirtyReads,
    Check::SessionGuarantees,
    Check::LostUpdates,
    Check::Counters,
    Check::Sets,
    Check::Convergence,
];

/// A class of anomalies in a plain sentence.
pub(crate) fn class_meaning(class: AnomalyClass) -> &'static str {
    match class {
        AnomalyClass::LostWrite => {
            "A write was acknowledged and is missing after healing, though no other write explains it."
        }
        AnomalyClass::StaleRead => {
            "A read returned a value that a write completed before the read began had replaced."
        }
        AnomalyClass::DirtyRead => {
            "A read returned the value of a write that failed or did not survive."
        }
        AnomalyClass::GarbageRead => "A read returned a value that nobody wrote.",
        AnomalyClass::LostUpdate => {
            "Two compare-and-sets from one version were both acknowledged: one update is lost."
        }
        AnomalyClass::Duplicate => "An element or an add took effect twice.",
        AnomalyClass::CounterDrift => "A counter left the bounds that its adds allow.",
        AnomalyClass::BackwardRead => "A process read an older version after a newer one.",
        AnomalyClass::ReadYourWrites => "A process did not read its own acknowledged write.",
        AnomalyClass::MonotonicWrites => {
            "A write of a process came to stand before an earlier write of its own."
        }
        AnomalyClass::WritesFollowReads => {
            "A write of a process came to stand before what the process had read."
        }
        AnomalyClass::GenerationFork => "One generation of a record names two values.",
        AnomalyClass::GenerationRegression => "A record's generation went backwards in real time.",
        AnomalyClass::Divergence => "After migrations had ended two sites read different values.",
        AnomalyClass::TornRecord => "The bins of one record come from two writes.",
        AnomalyClass::NonLinearizable => {
            "No order of the operations explains what was read, and no finer class fits."
        }
    }
}

/// What a check demands.
pub(crate) fn check_meaning(check: Check) -> &'static str {
    match check {
        Check::Linearizable => "each record behaves as if its operations took effect one by one",
        Check::LostWrites => "no acknowledged write is missing after healing",
        Check::StaleReads => "no read returns a superseded value",
        Check::DirtyReads => "no read returns a value that failed or did not survive",
        Check::SessionGuarantees => {
            "each process reads its own writes, never goes backwards, and writes behind what it knew"
        }
        Check::LostUpdates => "no two compare-and-sets succeed from one version",
        Check::Counters => "counters stay within the bounds of their adds",
        Check::Sets => "elements are neither lost, stale nor doubled",
        Check::Convergence => "after migrations every site reads the same",
    }
}

/// Anomalies by class in a phrase: `37 lost-write, 2 stale-read`.
pub(crate) fn classes_counted(anomalies: impl IntoIterator<Item = (AnomalyClass, u64)>) -> String {
    let phrases: Vec<String> =
        anomalies.into_iter().map(|(class, count)| noun(class, count)).collect();
    if phrases.is_empty() { "no anomaly".to_owned() } else { phrases.join(", ") }
}

/// `1 lost-write`; the class is a name and takes no plural.
fn noun(class: AnomalyClass, count: u64) -> String {
    format!("{} {}", super::count(count), class.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_listed_with_their_counts() {
        let anomalies = [(AnomalyClass::LostWrite, 1_200), (AnomalyClass::StaleRead, 1)];
        assert_eq!(classes_counted(anomalies), "1,200 lost-write, 1 stale-read");
        assert_eq!(classes_counted([]), "no anomaly");
    }
}
