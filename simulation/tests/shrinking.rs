//! A failing night is made small.

use aerocert_simulation::{Night, each, hunt, planted, shrink};
use emulator::defect::Defect;

/// The defects of the first certificate.
const FIRST: [Defect; 6] = [
    Defect::AckBeforeReplication,
    Defect::LinearizeWithoutRegimeCheck,
    Defect::UnreplicatedServed,
    Defect::ProxyResend,
    Defect::TieWithoutRosterMaster,
    Defect::DefiniteErrorAfterApply,
];

#[test]
fn two_faults_and_ten_operations_are_left_at_most() {
    each(&FIRST, |defect| {
        let entry = defect.entry();
        let caught = hunt(*defect, 1, 1..20).catch.unwrap();
        let night = planted(*defect, 1, caught.seed).unwrap();
        let night = Night { defect: Some((*defect, 1)), ..night };
        let shrunk = shrink(&night, entry.class).unwrap();
        let left = (shrunk.faults.1, shrunk.operations.1);
        assert!(left.0 <= 2 && left.1 <= 10, "{}: {left:?} after {}", entry.name, shrunk.nights);
        assert!(shrink(&Night { defect: None, ..shrunk.night }, entry.class).is_none());
    });
}
