//! An arm: a namespace under a mode, what is checked there, and what it should show.

use history::{Arm, Check, ConflictResolution, Expectation, Mode, ReadMode, Workload};

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
        checks: simulation::checks(workload.model(), read_mode),
        expectation: expectation(mode, nemesis),
    })
}

/// SC shows nothing. AP may show anomalies where a cut explains them; a node that dies and comes
/// back may make reads stale for a while, and loses nothing.
fn expectation(mode: Mode, nemesis: &str) -> Expectation {
    match (mode, nemesis) {
        (Mode::Sc, _) | (Mode::Ap, "none") => Expectation::Valid,
        (Mode::Ap, _) => {
            Expectation::MayShow { classes: simulation::may_show(nemesis != "kill-node") }
        }
    }
}

#[cfg(test)]
mod tests {
    use history::{AnomalyClass, Model};
    use simulation::checks;

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
