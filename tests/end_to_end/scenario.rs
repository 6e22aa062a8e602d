//! `scenario`: printed for people, as one document, and refused where it cannot be.

use crate::program::{stderr_of, stdout_of};

#[test]
fn a_scenario_is_told_step_by_step() {
    let told = stdout_of(&["scenario", "five-node"], 0);
    assert!(told.contains("4. step 3: the roster is set to the three"), "{told}");
    assert!(told.contains("roster-set:namespace=mydata;nodes=A1,A2,A3  [A1]"), "{told}");
    assert!(told.contains(" 0 differ from what is expected"), "{told}");
    let json = stdout_of(&["scenario", "five-node", "--json", "--records", "200"], 0);
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["met"], true);
    assert!(document["steps"].as_array().unwrap().len() > 4, "{json}");
}

#[test]
fn scenarios_are_listed_and_unknown_ones_refused() {
    let list = stdout_of(&["scenario"], 0);
    for name in ["stretch-3x3", "stretch-bootstrap", "tie-break", "odd-even", "three-dc"] {
        assert!(list.contains(name), "{list}");
    }
    assert!(stderr_of(&["scenario", "five-nodes"], 2).contains("did you mean `five-node`?"));
    let said = stderr_of(&["scenario", "stretch-3x3", "--records", "500"], 2);
    assert!(said.contains("leave `--records` out"), "{said}");
    assert!(stderr_of(&["scenario", "--records", "500"], 2).contains("required"));
}
