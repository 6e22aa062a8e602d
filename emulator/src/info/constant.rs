//! Answers that are the same on every node at all times.

/// The build that the emulator presents itself as.
pub(super) const BUILD: &str = "8.1.2.0";

/// The answer to a command that never changes; `None` for every other command.
pub(super) fn constant(name: &str) -> Option<&'static str> {
    Some(match name {
        "admin-tls-std" | "best-practices" | "build_ee_sha" | "build_sha" | "health-outliers"
        | "health-stats" | "histogram" | "query-show" | "user-agents" => "",
        "build" => BUILD,
        "build_arch" => "x86_64",
        "build_time" => "",
        "build_os" => "emulated",
        "compatibility-id" => "15",
        "connection" => "admin=false",
        "digests" => "RIPEMD160",
        "edition" => "Aerospike Enterprise Edition",
        "feature-key" => "account-name=emulator;asdb-strong-consistency=true",
        "features" => {
            "batch-any;batch-index;blob-bits;cdt-index;cdt-list;cdt-map;cluster-stable;float;geo;\
             sindex-exists;peers;pipelining;pquery;pscans;query-show;relaxed-sc;replicas;\
             replicas-all;replicas-master;replicas-max;truncate-namespace;udf"
        }
        "dump-cluster" | "dump-fabric" | "dump-hb" | "dump-hlc" | "dump-migrates" | "dump-rw"
        | "dump-skew" | "dump-wb-summary" => "ok",
        "help" => COMMANDS,
        "partitions" => "4096",
        "release" => {
            "edition=Aerospike Enterprise Edition;version=8.1.2.0;os=emulated;arch=x86_64;sha="
        }
        "smd-show" => "<empty>",
        "tip-clear" => "ERROR::0 cleared, 0 not found",
        "status" | "user-agent-set" | "jem-stats" => "ok",
        "version" => "Aerospike Enterprise Edition build 8.1.2.0",
        _ => return None,
    })
}

/// The commands that are answered.
const COMMANDS: &str = "features;node;compatibility-id;edition;build_ee_sha;build_sha;build_arch;build_time;\
    build_os;build;version;statistics;services-alumni;services;partition-generation;\
    best-practices;cluster-name;cluster-stable;dump-cluster;dump-fabric;dump-hb;dump-hlc;\
    dump-migrates;dump-rw;dump-skew;dump-wb-summary;get-config;get-sl;get-stats;\
    health-outliers;health-stats;help;histogram;index-pressure;jem-stats;latencies;log;\
    log-set;logs;masking;masking-show;namespace;namespaces;partition-info;peers-clear-alt;\
    peers-clear-std;peers-generation;physical-devices;query-abort;query-abort-all;\
    query-show;quiesce;quiesce-undo;rack-ids;racks;recluster;replicas;revive;roster;\
    roster-set;service;set-config;sets;sindex-create;sindex-delete;sindex-exists;\
    sindex-list;sindex-stat;smd-info;smd-show;status;tip-clear;truncate;truncate-namespace;\
    truncate-namespace-undo;truncate-undo;udf-get;udf-list;udf-put;udf-remove;\
    user-agent-set;user-agents;xdr-get-filter";

/// What an empty request asks for.
pub(super) const DEFAULT_COMMANDS: [&str; 15] = [
    "features",
    "node",
    "compatibility-id",
    "edition",
    "build_ee_sha",
    "build_sha",
    "build_arch",
    "build_time",
    "build_os",
    "build",
    "version",
    "statistics",
    "services-alumni",
    "services",
    "partition-generation",
];
