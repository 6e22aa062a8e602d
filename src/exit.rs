//! Exit codes, and the failures that end a command without a verdict.

use std::process::ExitCode;

use history::{CertificateVerdict, Verdict};

/// How a command ends. The discriminants are the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Expectations are met, a history is valid, a reading command has read.
    Met = 0,
    /// An expectation on consistency is broken; a history is invalid.
    Broken = 1,
    /// The command line or the configuration cannot be followed.
    Usage = 2,
    /// Something could not be decided.
    Inconclusive = 3,
    /// The harness failed: no verdict on the cluster follows.
    Harness = 4,
    /// A known defect was not found.
    CanaryMissed = 5,
    /// Stopped by Ctrl-C, after healing and writing.
    Interrupted = 130,
    /// Stopped by SIGTERM, after healing and writing.
    Terminated = 143,
}

impl Exit {
    /// From the worst to the best, where several runs end differently.
    const WORST_FIRST: [Self; 8] = [
        Self::Broken,
        Self::CanaryMissed,
        Self::Harness,
        Self::Inconclusive,
        Self::Usage,
        Self::Terminated,
        Self::Interrupted,
        Self::Met,
    ];

    /// The worse of two.
    pub(crate) fn worse(self, other: Self) -> Self {
        Self::WORST_FIRST.into_iter().find(|e| *e == self || *e == other).unwrap_or(Self::Harness)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Valid => Self::Met,
            Verdict::Unknown => Self::Inconclusive,
            Verdict::Invalid => Self::Broken,
        }
    }
}

impl From<CertificateVerdict> for Exit {
    fn from(verdict: CertificateVerdict) -> Self {
        match verdict {
            CertificateVerdict::Met => Self::Met,
            CertificateVerdict::Inconclusive => Self::Inconclusive,
            CertificateVerdict::HarnessFailure => Self::Harness,
            CertificateVerdict::CanaryMissed => Self::CanaryMissed,
            CertificateVerdict::Broken => Self::Broken,
        }
    }
}

/// Why a command ends without a verdict, and what mends it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line, the configuration or a file handed to us is wrong.
    #[error("{0}")]
    Usage(String),
    /// Something around the cluster under test failed.
    #[error("{0}")]
    Harness(String),
}

impl Failure {
    /// The exit code that it ends with.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Harness(_) => Exit::Harness,
        }
    }

    /// A usage failure from anything that prints.
    pub(crate) fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    /// Why a cluster did not start: only what the caller can mend by asking otherwise is usage.
    pub(crate) fn starting(error: cluster::ClusterError) -> Self {
        match error {
            cluster::ClusterError::NotRoot | cluster::ClusterError::Tls(_) => Self::usage(error),
            error => Self::harness(error),
        }
    }

    /// A harness failure from anything that prints.
    pub(crate) fn harness(error: impl std::fmt::Display) -> Self {
        Self::Harness(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{Exit, Failure};
    use cluster::ClusterError;

    #[test]
    fn who_is_not_root_has_asked_for_the_wrong_backend() {
        assert_eq!(Failure::starting(ClusterError::NotRoot).exit(), Exit::Usage);
        let node = ClusterError::Node { node: 1, why: "it ended".to_owned() };
        assert_eq!(Failure::starting(node).exit(), Exit::Harness);
    }

    #[test]
    fn a_broken_expectation_beats_everything_and_met_beats_nothing() {
        for exit in Exit::WORST_FIRST {
            assert_eq!(Exit::Broken.worse(exit), Exit::Broken);
            assert_eq!(Exit::Met.worse(exit), exit);
            assert_eq!(exit.worse(Exit::Met), exit);
        }
        assert_eq!(Exit::Harness.worse(Exit::CanaryMissed), Exit::CanaryMissed);
        assert_eq!(Exit::Inconclusive.worse(Exit::Harness), Exit::Harness);
    }
}
