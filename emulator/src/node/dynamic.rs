//! Settings that an operator can change while a node runs, and that steer nothing here: threads,
//! queues, histograms, devices. They are checked, kept until the process ends, and shown.
//!
//! Names and bounds are those of the vendor's configuration reference for 8.1.

use std::collections::BTreeMap;

/// What a setting may be.
#[derive(Clone, Copy, Debug)]
enum Values {
    /// A whole number between bounds.
    Number(u64, u64),
    /// `true` or `false`.
    Switch,
    /// One of some words.
    Word(&'static [&'static str]),
}

use Values::{Number, Switch, Word};

const ANY: Values = Number(0, u32::MAX as u64);
const PERCENT: Values = Number(0, 100);
const THREADS: Values = Number(1, 128);

/// Settings by name.
type Table = &'static [(&'static str, Values)];

/// `set-config:context=service`.
const SERVICE: Table = &[
    ("batch-index-threads", Number(1, 256)),
    ("batch-max-buffers-per-queue", ANY),
    ("batch-max-requests", ANY),
    ("batch-max-unused-buffers", ANY),
    ("enable-benchmarks-fabric", Switch),
    ("enable-health-check", Switch),
    ("enable-hist-info", Switch),
    ("info-max-ms", Number(500, 10_000)),
    ("info-threads", ANY),
    ("microsecond-histograms", Switch),
    ("migrate-max-num-incoming", Number(0, 256)),
    ("migrate-threads", PERCENT),
    ("query-max-done", Number(0, 10_000)),
    ("query-threads-limit", Number(1, 1024)),
    ("service-threads", Number(1, 4096)),
    ("sindex-builder-threads", Number(1, 32)),
    ("sindex-gc-period", ANY),
    ("ticker-interval", ANY),
    ("transaction-retry-ms", ANY),
];

/// `set-config:context=network`.
const NETWORK: Table = &[
    ("heartbeat.connect-timeout-ms", Number(50, u32::MAX as u64)),
    ("heartbeat.mtu", ANY),
    ("fabric.channel-bulk-recv-threads", THREADS),
    ("fabric.channel-ctrl-recv-threads", THREADS),
    ("fabric.channel-meta-recv-threads", THREADS),
    ("fabric.channel-rw-recv-threads", THREADS),
    ("fabric.recv-rearm-threshold", Number(0, 1 << 20)),
];

/// `set-config:context=namespace`.
const NAMESPACE: Table = &[
    ("background-query-max-rps", Number(1, 1_000_000)),
    ("enable-benchmarks-batch-sub", Switch),
    ("enable-benchmarks-ops-sub", Switch),
    ("enable-benchmarks-read", Switch),
    ("enable-benchmarks-udf", Switch),
    ("enable-benchmarks-udf-sub", Switch),
    ("enable-benchmarks-write", Switch),
    ("enable-hist-proxy", Switch),
    ("evict-hist-buckets", Number(100, 10_000_000)),
    ("evict-indexes-memory-pct", PERCENT),
    ("evict-tenths-pct", ANY),
    ("inline-short-queries", Switch),
    ("migrate-order", Number(1, 10)),
    ("migrate-retransmit-ms", ANY),
    ("migrate-sleep", ANY),
    ("nsup-hist-period", ANY),
    ("nsup-threads", THREADS),
    ("single-query-threads", THREADS),
    ("tomb-raider-eligible-age", ANY),
    ("tomb-raider-period", ANY),
    ("truncate-threads", THREADS),
    ("xdr-bin-tombstone-ttl", Number(0, 315_360_000)),
    ("xdr-tomb-raider-period", ANY),
    ("xdr-tomb-raider-threads", THREADS),
    ("geo2dsphere-within.max-cells", Number(1, 256)),
    ("geo2dsphere-within.max-level", Number(0, 30)),
    ("geo2dsphere-within.min-level", Number(0, 30)),
    ("storage-engine.defrag-lwm-pct", Number(1, 99)),
    ("storage-engine.defrag-queue-min", ANY),
    ("storage-engine.defrag-sleep", ANY),
    ("storage-engine.enable-benchmarks-storage", Switch),
    ("storage-engine.evict-used-pct", PERCENT),
    ("storage-engine.flush-max-ms", Number(0, 1000)),
    ("storage-engine.max-write-cache", Number(0, u64::MAX)),
    ("storage-engine.stop-writes-avail-pct", PERCENT),
    ("storage-engine.stop-writes-used-pct", PERCENT),
    ("storage-engine.tomb-raider-sleep", ANY),
];

/// `set-config:context=namespace` with a set.
const SET: Table = &[
    ("default-read-touch-ttl-pct", PERCENT),
    ("default-ttl", Number(0, 315_360_000)),
    ("disable-eviction", Switch),
    ("enable-index", Switch),
    ("stop-writes-count", Number(0, u64::MAX)),
    ("stop-writes-size", Number(0, u64::MAX)),
];

/// `set-config:context=security`.
const SECURITY: Table = &[
    ("privilege-refresh-period", Number(10, 86_400)),
    ("session-ttl", Number(120, 864_000)),
    ("tps-weight", Number(2, 20)),
    ("log.report-authentication", Switch),
    ("log.report-sys-admin", Switch),
    ("log.report-user-admin", Switch),
    ("log.report-violation", Switch),
];

/// `set-config:context=xdr`.
const XDR: Table = &[("src-id", Number(0, 255)), ("trace-sample", ANY)];

/// The same with a destination.
const XDR_DESTINATION: Table = &[
    ("auth-mode", Word(&["none", "internal", "external", "external-insecure", "pki"])),
    ("connector", Switch),
    ("max-recoveries-interleaved", ANY),
    ("max-used-service-threads", Number(0, 4096)),
    ("period-ms", Number(5, 1000)),
    ("use-alternate-access-address", Switch),
];

/// The same with a namespace.
const XDR_NAMESPACE: Table = &[
    (
        "bin-policy",
        Word(&["all", "no-bins", "only-changed", "changed-and-specified", "changed-or-specified"]),
    ),
    ("compression-level", Number(1, 9)),
    ("compression-threshold", Number(128, u32::MAX as u64)),
    ("delay-ms", Number(0, 5000)),
    ("enable-compression", Switch),
    ("forward", Switch),
    ("hot-key-ms", Number(0, 5000)),
    ("ignore-expunges", Switch),
    ("max-throughput", ANY),
    ("sc-replication-wait-ms", Number(5, 1000)),
    ("ship-bin-luts", Switch),
    ("ship-nsup-deletes", Switch),
    ("ship-only-specified-sets", Switch),
    ("ship-versions-interval", Number(1, 3600)),
    ("ship-versions-policy", Word(&["latest", "all", "interval"])),
    ("transaction-queue-limit", Number(1024, 1 << 20)),
    ("write-policy", Word(&["auto", "update", "replace"])),
];

/// The settings of one context that were changed.
#[derive(Clone, Debug)]
pub struct Shown {
    table: Table,
    changed: BTreeMap<&'static str, String>,
}

impl Shown {
    /// Those of the service context.
    #[must_use]
    pub fn service() -> Self {
        Self::of(SERVICE)
    }

    /// Those of the network context.
    #[must_use]
    pub fn network() -> Self {
        Self::of(NETWORK)
    }

    /// Those of a namespace.
    #[must_use]
    pub fn namespace() -> Self {
        Self::of(NAMESPACE)
    }

    /// Those of a set.
    #[must_use]
    pub fn set_of_records() -> Self {
        Self::of(SET)
    }

    /// Those of the security context.
    #[must_use]
    pub fn security() -> Self {
        Self::of(SECURITY)
    }

    /// Those of the context of other clusters.
    #[must_use]
    pub fn xdr() -> Self {
        Self::of(XDR)
    }

    /// Those of one other cluster.
    #[must_use]
    pub fn xdr_destination() -> Self {
        Self::of(XDR_DESTINATION)
    }

    /// Those of a namespace that is shipped.
    #[must_use]
    pub fn xdr_namespace() -> Self {
        Self::of(XDR_NAMESPACE)
    }

    fn of(table: Table) -> Self {
        Self { table, changed: BTreeMap::new() }
    }

    /// Changes a setting; `None` for an unknown name or a value out of its bounds. A setting of the
    /// storage engine may go without its prefix, one of geometry may have a dash after it: so they
    /// are told to change, and shown with the whole name.
    pub fn set(&mut self, name: &str, value: &str) -> Option<()> {
        let meant = |known: &str| {
            known == name
                || known.strip_prefix("storage-engine.") == Some(name)
                || known
                    .strip_prefix("geo2dsphere-within.")
                    .is_some_and(|rest| name.strip_prefix("geo2dsphere-within-") == Some(rest))
        };
        let (name, values) = self.table.iter().find(|(known, _)| meant(known))?;
        let value = match values {
            Number(least, most) => {
                let number = value.parse::<u64>().ok()?;
                (*least..=*most).contains(&number).then(|| number.to_string())?
            }
            Switch => value.parse::<bool>().ok()?.to_string(),
            Word(words) => words.iter().find(|word| **word == value)?.to_string(),
        };
        self.changed.insert(name, value);
        Some(())
    }

    /// What a setting was changed to.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.changed.get(name).map(String::as_str)
    }

    /// What was changed, by name.
    pub fn changed(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.changed.iter().map(|(name, value)| (*name, value.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_held_to_their_bounds() {
        let mut shown = Shown::service();
        assert_eq!(shown.set("migrate-threads", "101"), None);
        assert_eq!(shown.set("migrate-threads", "many"), None);
        assert_eq!(shown.set("no-such", "1"), None);
        assert_eq!(shown.set("enable-hist-info", "1"), None);
        shown.set("migrate-threads", "4").unwrap();
        shown.set("enable-hist-info", "true").unwrap();
        let changed: Vec<_> = shown.changed().collect();
        let wanted = [("enable-hist-info", "true"), ("migrate-threads", "4")];
        assert_eq!(changed, wanted.map(|(name, value)| (name, value.to_owned())));
    }
}
