//! The catalogue of deliberate defects.

/// Which defects are switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Defects {
    /// The write is acknowledged before the replicas answer.
    pub ack_before_replication: bool,
    /// A linearize read asks no replica whether the regime still stands.
    pub linearize_without_regime_check: bool,
    /// An unreplicated record is served without re-replication.
    pub unreplicated_served: bool,
    /// A proxying node silently resends a write and reports the last error.
    pub proxy_resend: bool,
    /// Exactly half of the roster suffices without the roster-master.
    pub tie_without_roster_master: bool,
    /// A definite error answers a write that was applied locally.
    pub definite_error_after_apply: bool,
}
