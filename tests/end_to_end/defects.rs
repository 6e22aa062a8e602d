//! The certifier finds the defects that it knows, and only those.

use serde_json::Value;

use crate::program::stdout_of;

#[test]
fn every_known_defect_is_found_and_none_is_imagined() {
    let begun = std::time::Instant::now();
    let said: Value = serde_json::from_str(&stdout_of(&["selftest", "--json"], 0)).unwrap();
    eprintln!("selftest took {:.1} s", begun.elapsed().as_secs_f32());
    let defects = said["defects"].as_array().unwrap();
    let names: Vec<&str> = defects.iter().map(|d| d["name"].as_str().unwrap()).collect();
    for name in [
        "ack-before-replication",
        "linearize-without-regime-check",
        "unreplicated-served",
        "proxy-resend",
        "tie-without-roster-master",
        "definite-error-after-apply",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    for defect in defects {
        assert_eq!(defect["caught"], true, "{defect}");
        assert_eq!(defect["silent_without"], true, "{defect}");
        assert!(defect["operations"].as_u64().is_some_and(|count| count > 0), "{defect}");
    }
}
