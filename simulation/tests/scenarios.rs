//! Every scenario shows what it should, to the figure.

use aerocert_simulation::{SCENARIOS, Settings, scenario};

const SETTINGS: Settings = Settings { seed: 1, records: None };

/// Plays a scenario; everything must be as expected.
fn play(name: &str, settings: &Settings) {
    let account = scenario(name).unwrap_or_else(|| panic!("no scenario {name}")).play(settings);
    for step in &account.steps {
        for finding in &step.findings {
            assert!(
                finding.is_met(),
                "{name}, {}: {}: expected {}, observed {}",
                step.title,
                finding.what,
                finding.expected,
                finding.observed
            );
        }
    }
    assert!(account.is_met());
}

#[test]
fn stretch_3x3() {
    play("stretch-3x3", &SETTINGS);
}

#[test]
fn five_node() {
    play("five-node", &SETTINGS);
}

#[test]
fn tie_break() {
    play("tie-break", &SETTINGS);
}

#[test]
fn odd_even() {
    play("odd-even", &SETTINGS);
}

#[test]
fn stretch_bootstrap() {
    play("stretch-bootstrap", &SETTINGS);
}

#[test]
fn three_dc() {
    play("three-dc", &SETTINGS);
}

#[test]
fn flip_flop() {
    play("flip-flop", &SETTINGS);
}

#[test]
fn names_are_unique_and_found() {
    for one in SCENARIOS {
        assert_eq!(SCENARIOS.iter().filter(|other| other.name == one.name).count(), 1);
        assert!(scenario(one.name).is_some_and(|found| found.about == one.about));
    }
    assert!(scenario("none").is_none());
}
