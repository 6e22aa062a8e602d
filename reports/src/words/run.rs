//! What a run was asked to do and to show.

use history::{Arm, ConflictResolution, Expectation, Mode, ReadMode, Topology};

/// A site's name, or its number where the topology does not name it.
pub(crate) fn site(topology: &Topology, site: u8) -> String {
    match topology.sites.get(usize::from(site)) {
        Some(name) => name.clone(),
        None => format!("site {site}"),
    }
}

/// A mode's usual abbreviation.
pub(crate) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Sc => "SC",
        Mode::Ap => "AP",
    }
}

/// A read mode as flags spell it.
pub(crate) fn read_mode(mode: ReadMode) -> &'static str {
    match mode {
        ReadMode::Linearize => "linearize",
        ReadMode::Session => "session",
        ReadMode::AllowReplica => "allow-replica",
        ReadMode::AllowUnavailable => "allow-unavailable",
    }
}

/// A conflict resolution as configurations spell it.
pub(crate) fn conflict_resolution(policy: ConflictResolution) -> &'static str {
    match policy {
        ConflictResolution::Generation => "generation",
        ConflictResolution::LastUpdateTime => "last-update-time",
    }
}

/// An arm with what makes it different: `SC, linearize reads`.
pub(crate) fn arm(arm: &Arm) -> String {
    let mut text = mode(arm.mode).to_owned();
    if let Some(read) = arm.read_mode {
        text += &format!(", {} reads", read_mode(read));
    }
    if let Some(policy) = arm.conflict_resolution {
        text += &format!(", conflicts resolved by {}", conflict_resolution(policy));
    }
    if let Some(defect) = &arm.defect {
        text += &format!(", with the defect {defect} switched on");
    }
    text
}

/// An expectation in words: what an arm should show.
#[must_use]
pub fn expectation(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Valid => "every check valid".to_owned(),
        Expectation::MayShow { classes } if classes.is_empty() => "every check valid".to_owned(),
        Expectation::MayShow { classes } => {
            let names: Vec<&str> = classes.iter().map(|class| class.name()).collect();
            format!(
                "may show {}, and only where a fault explains it, or a write under way",
                names.join(", ")
            )
        }
        Expectation::MustShow { class } => format!("a canary: must show {}", class.name()),
    }
}
