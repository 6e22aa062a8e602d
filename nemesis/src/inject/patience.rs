//! How long the injector waits for what.

use std::time::Duration;

/// How long the injector waits for what, before it says that something did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long an interruption stays in force if nobody renews it. It is renewed three times as
    /// often, and goes away by itself when this process dies.
    pub lease: Duration,
    /// How long probes may take to see links whole before a fault, and a fault in force after it was
    /// applied. A fault that lasts less has that long.
    pub probe_within: Duration,
    /// Between two looks.
    pub probe_every: Duration,
    /// How long healing may take, from the first attempt to the probe that finds it done.
    pub heal_within: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(6),
            probe_within: Duration::from_secs(2),
            probe_every: Duration::from_millis(10),
            heal_within: Duration::from_secs(15),
        }
    }
}
