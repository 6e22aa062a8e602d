//! The table of the dependency rules.

/// What one crate of ours may use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// The crate's folder; the root package is `aerocert`.
    pub(super) name: &'static str,
    /// The crates of ours that it may use.
    pub(super) ours: &'static [&'static str],
    /// Of those, the ones that it may use only without their default features.
    pub(super) bare: &'static [&'static str],
    /// Outsiders that it must never use itself.
    pub(super) never: &'static [&'static str],
    /// Outsiders that must not be built for it even far away, and how many packages it may pull in
    /// at most; for the crates that are pure.
    pub(super) pure: Option<Pure>,
}

/// What a pure crate must keep to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pure {
    /// Outsiders that must not be built for it, however far away.
    pub(super) never: &'static [&'static str],
    /// How many packages may be built for it at most, build scripts included.
    pub(super) packages: usize,
}

/// Who may use what. A crate that does not stand here is a breach.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "history",
        ours: &[],
        bare: &[],
        never: &["tokio", "rand", "aerospike", "petgraph"],
        pure: Some(Pure { never: &["tokio", "rand", "aerospike", "petgraph"], packages: 45 }),
    },
    Rule {
        name: "wire",
        ours: &[],
        bare: &[],
        never: &["tokio", "aerospike"],
        pure: Some(Pure { never: &["tokio", "aerospike"], packages: 45 }),
    },
    Rule { name: "emulator", ours: &["wire"], bare: &[], never: &["aerospike"], pure: None },
    Rule {
        name: "simulation",
        ours: &["emulator", "wire", "history", "workloads", "nemesis", "checker"],
        bare: &["workloads", "nemesis"],
        never: &["tokio", "aerospike"],
        pure: None,
    },
    Rule {
        name: "cluster",
        ours: &["emulator", "wire", "history"],
        bare: &[],
        never: &["aerospike"],
        pure: None,
    },
    Rule {
        name: "nemesis",
        ours: &["cluster", "history"],
        bare: &[],
        never: &["aerospike"],
        pure: None,
    },
    Rule { name: "workloads", ours: &["history"], bare: &[], never: &[], pure: None },
    Rule {
        name: "checker",
        ours: &["history"],
        bare: &["history"],
        never: &["tokio", "aerospike"],
        pure: Some(Pure { never: &["tokio", "aerospike"], packages: 55 }),
    },
    Rule {
        name: "reports",
        ours: &["history"],
        bare: &[],
        never: &["tokio", "aerospike"],
        pure: Some(Pure { never: &["tokio", "aerospike"], packages: 90 }),
    },
    Rule {
        name: "aerocert",
        ours: &[
            "history",
            "wire",
            "emulator",
            "simulation",
            "cluster",
            "nemesis",
            "workloads",
            "checker",
            "reports",
        ],
        bare: &[],
        never: &["aerospike"],
        pure: None,
    },
    Rule {
        name: "fuzz",
        ours: &["history", "wire", "checker"],
        bare: &[],
        never: &["tokio", "aerospike"],
        pure: None,
    },
    Rule { name: "xtask", ours: &[], bare: &[], never: &["tokio", "aerospike"], pure: None },
];

/// Names that say nothing about what is inside.
pub(super) const EMPTY_NAMES: &[&str] = &["common", "types", "utils"];
