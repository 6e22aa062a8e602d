//! An arm: a namespace under a mode, what is checked there, and what it should show.

use history::{
    AnomalyClass, Arm, Check, ConflictResolution, Expectation, Mode, Model, ReadMode, Workload,
};

use super::arm_mode;
use crate::config::Settings;
use crate::exit::Failure;

/// One arm of a pair.
#[derive(Clone, Debug)]
pub(crate) struct ArmPlan {
    pub(crate) arm: Arm,
    pub(crate) checks: Vec<Check>,
    pub(crate) expectation: Expectation,
}

/// The arm `name` under a workload and a nemesis.
///
/// # Errors
/// An unknown arm.
pub(crate) fn arm(
    settings: &Settings,
    name: &str,
    read_mode: ReadMode,
    workload: Workload,
    nemesis: &str,
) -> Result<ArmPlan, Failure> {
    let (mode, conflict_resolution) = arm_mode(name)?;
    let namespace = match conflict_resolution {
        None => &settings.namespaces.sc,
        Some(ConflictResolution::Generation) => &settings.namespaces.ap,
        Some(ConflictResolution::LastUpdateTime) => &settings.namespaces.ap_last_update_time,
    };
    let read_mode = (mode == Mode::Sc).then_some(read_mode);
    Ok(ArmPlan {
        arm: Arm {
            name: name.to_owned(),
            namespace: namespace.clone(),
            set: settings.namespaces.set.clone(),
            mode,
            read_mode,
            conflict_resolution,
            defect: None,
        },
        checks: checks(workload.model(), read_mode),
        expectation: expectation(mode, nemesis),
    })
}

/// What is checked: each read mode against its own promise, an AP arm against everything.
fn checks(model: Model, read_mode: Option<ReadMode>) -> Vec<Check> {
    let mut checks = Vec::new();
    if matches!(read_mode, None | Some(ReadMode::Linearize)) {
        checks.push(Check::Linearizable);
        checks.push(Check::StaleReads);
    }
    if matches!(read_mode, None | Some(ReadMode::Linearize | ReadMode::Session)) {
        checks.push(Check::SessionGuarantees);
    }
    checks.extend([Check::LostWrites, Check::DirtyReads, Check::Convergence]);
    match model {
        Model::Register => {}
        Model::CasRegister => checks.push(Check::LostUpdates),
        Model::Counter => checks.push(Check::Counters),
        Model::Set => checks.push(Check::Sets),
    }
    checks.sort_unstable();
    checks
}

/// SC shows nothing. AP may show anomalies where a cut explains them; a node that dies and comes
/// back may make reads stale for a while, and loses nothing.
fn expectation(mode: Mode, nemesis: &str) -> Expectation {
    use AnomalyClass::{
        BackwardRead, CounterDrift, DirtyRead, Duplicate, GenerationFork, GenerationRegression,
        LostUpdate, LostWrite, MonotonicWrites, NonLinearizable, ReadYourWrites, StaleRead,
        WritesFollowReads,
    };
    let passing = vec![
        StaleRead,
        DirtyRead,
        BackwardRead,
        ReadYourWrites,
        MonotonicWrites,
        WritesFollowReads,
        GenerationRegression,
        NonLinearizable,
    ];
    match (mode, nemesis) {
        (Mode::Sc, _) | (Mode::Ap, "none") => Expectation::Valid,
        (Mode::Ap, "kill-node") => Expectation::MayShow { classes: passing },
        (Mode::Ap, _) => {
            let mut classes = passing;
            classes.extend([LostWrite, LostUpdate, Duplicate, CounterDrift, GenerationFork]);
            classes.sort_unstable();
            Expectation::MayShow { classes }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_read_mode_is_judged_by_its_own_promise() {
        let session = checks(Model::Register, Some(ReadMode::Session));
        assert!(session.contains(&Check::SessionGuarantees));
        assert!(!session.contains(&Check::Linearizable));
        let relaxed = checks(Model::Register, Some(ReadMode::AllowReplica));
        assert!(!relaxed.contains(&Check::StaleReads) && relaxed.contains(&Check::DirtyReads));
        assert!(checks(Model::Set, None).contains(&Check::Linearizable));
    }

    #[test]
    fn ap_without_a_fault_must_show_nothing() {
        assert_eq!(expectation(Mode::Ap, "none"), Expectation::Valid);
        let Expectation::MayShow { classes } = expectation(Mode::Ap, "kill-node") else {
            panic!("a kill may make reads stale");
        };
        assert!(!classes.contains(&AnomalyClass::LostWrite));
    }
}
