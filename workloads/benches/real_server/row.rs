//! A figure of the real server beside that of the emulated cluster.

use std::fmt;

/// So many of so many.
pub(crate) type Share = (u64, u64);

/// How far apart two shares may be.
const FACTOR: f64 = 2.0;

/// A row.
pub(crate) struct Row {
    what: &'static str,
    real: String,
    emulated: String,
    factor: Option<f64>,
    holds: bool,
}

impl Row {
    /// Two shares, which must not be further apart than a factor of two; none is none.
    pub(crate) fn share(what: &'static str, real: Share, emulated: Share) -> Self {
        let part = |(part, whole): Share| part as f64 / whole.max(1) as f64;
        let factor = (real.0 > 0 && emulated.0 > 0).then(|| part(emulated) / part(real));
        let holds = match factor {
            Some(factor) => (1.0 / FACTOR..=FACTOR).contains(&factor),
            None => real.0 == emulated.0 && emulated.1 > 0,
        };
        let text = |share: Share| format!("{}/{} = {:.1} %", share.0, share.1, 100.0 * part(share));
        Self { what, real: text(real), emulated: text(emulated), factor, holds }
    }

    /// Times, which must be in a range.
    pub(crate) fn between(what: &'static str, range: (f64, f64), times: f64) -> Self {
        let holds = (range.0..=range.1).contains(&times);
        let real = format!("{} to {}", range.0, range.1);
        Self { what, real, emulated: format!("{times:.2}"), factor: None, holds }
    }

    /// Whether the two are alike.
    pub(crate) fn holds(&self) -> bool {
        self.holds
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let factor = self.factor.map_or("-".to_owned(), |factor| format!("{factor:.2}"));
        let mark = if self.holds { "" } else { "  MISSED" };
        let Self { what, real, emulated, .. } = self;
        write!(f, "{what:<42} | {real:>20} | {emulated:>20} | {factor:>5}{mark}")
    }
}
