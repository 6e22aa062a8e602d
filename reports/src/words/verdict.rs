//! Verdicts as symbol, word and colour: never colour alone.

use history::{CertificateVerdict, Verdict};

/// What a reader sees of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Badge {
    /// A symbol.
    pub(crate) symbol: &'static str,
    /// A word.
    pub(crate) word: &'static str,
    /// The style sheet's class: `good`, `doubt` or `bad`.
    pub(crate) tone: &'static str,
}

const GOOD: &str = "good";
const DOUBT: &str = "doubt";
const BAD: &str = "bad";

/// A run's or a check's verdict.
pub(crate) fn verdict_badge(verdict: Verdict) -> Badge {
    let (symbol, tone) = match verdict {
        Verdict::Valid => ("✔", GOOD),
        Verdict::Unknown => ("?", DOUBT),
        Verdict::Invalid => ("✘", BAD),
    };
    Badge { symbol, word: verdict.name(), tone }
}

/// A certificate's verdict.
pub(crate) fn certificate_badge(verdict: CertificateVerdict) -> Badge {
    let (symbol, word, tone) = match verdict {
        CertificateVerdict::Met => ("✔", "met", GOOD),
        CertificateVerdict::Inconclusive => ("?", "inconclusive", DOUBT),
        CertificateVerdict::HarnessFailure => ("!", "harness failure", DOUBT),
        CertificateVerdict::CanaryMissed => ("✘", "canary missed", BAD),
        CertificateVerdict::Broken => ("✘", "broken", BAD),
    };
    Badge { symbol, word, tone }
}

/// Whether a run shows what was expected of it. A run that is undecided and breaks no expectation
/// meets none either.
pub(crate) fn expectation_badge(met: bool, verdict: Verdict) -> Badge {
    match (met, verdict) {
        (true, Verdict::Unknown) => Badge { symbol: "?", word: "undecided", tone: DOUBT },
        (true, _) => Badge { symbol: "✔", word: "as expected", tone: GOOD },
        (false, _) => Badge { symbol: "✘", word: "not as expected", tone: BAD },
    }
}
