//! Names on the command line and in files, and what they mean.

use history::{ConflictResolution, Mode, ReadMode, Workload};
use simulation::{SCENARIOS, Scenario};

use crate::config::nearest;
use crate::exit::Failure;

/// A workload by its name.
pub(crate) fn workload(name: &str) -> Result<Workload, Failure> {
    const ALL: [Workload; 5] = [
        Workload::Register,
        Workload::CasRegister,
        Workload::Counter,
        Workload::Set,
        Workload::Sightings,
    ];
    named("workload", name, &ALL.map(|workload| (workload.name(), workload)))
}

/// An SC read mode by its name.
pub(crate) fn read_mode(name: &str) -> Result<ReadMode, Failure> {
    let all = [
        ("linearize", ReadMode::Linearize),
        ("session", ReadMode::Session),
        ("allow-replica", ReadMode::AllowReplica),
        ("allow-unavailable", ReadMode::AllowUnavailable),
    ];
    named("read mode", name, &all)
}

/// The name of an SC read mode.
pub(crate) fn read_mode_name(mode: ReadMode) -> &'static str {
    match mode {
        ReadMode::Linearize => "linearize",
        ReadMode::Session => "session",
        ReadMode::AllowReplica => "allow-replica",
        ReadMode::AllowUnavailable => "allow-unavailable",
    }
}

/// An arm by its name: its mode, and how it merges two versions of a record.
pub(crate) fn arm_mode(name: &str) -> Result<(Mode, Option<ConflictResolution>), Failure> {
    let all = [
        ("sc", (Mode::Sc, None)),
        ("ap", (Mode::Ap, Some(ConflictResolution::Generation))),
        ("ap-last-update-time", (Mode::Ap, Some(ConflictResolution::LastUpdateTime))),
    ];
    named("arm", name, &all)
}

/// A scenario by its name.
pub(crate) fn scenario(name: &str) -> Result<&'static Scenario, Failure> {
    let all: Vec<_> = SCENARIOS.iter().map(|scenario| (scenario.name, scenario)).collect();
    named("scenario", name, &all)
}

fn named<T: Copy>(what: &str, name: &str, all: &[(&'static str, T)]) -> Result<T, Failure> {
    if let Some((_, value)) = all.iter().find(|(known, _)| *known == name) {
        return Ok(*value);
    }
    let known: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
    let mend = nearest(name, known.iter().copied()).map_or_else(
        || format!("there are {}", known.join(", ")),
        |like| format!("did you mean `{like}`?"),
    );
    Err(Failure::Usage(format!("there is no {what} `{name}`; {mend}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_gets_the_mend() {
        let said = |result: Result<Workload, Failure>| result.unwrap_err().to_string();
        assert_eq!(
            said(workload("regster")),
            "there is no workload `regster`; did you mean `register`?"
        );
        assert!(said(workload("xyz")).contains("there are register, cas-register"));
        assert_eq!(workload("cas-register").unwrap(), Workload::CasRegister);
    }
}
