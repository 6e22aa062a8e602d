//! Views: `info`, `show`, `summary`, and what asadm asks before it shows anything.

use wire::ResultCode;

use crate::stage::{AP, SC, Stage};

/// The form of an answer.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// Nothing: there is none of it.
    Nothing,
    /// One word out of some.
    OneOf(&'static [&'static str]),
    /// A whole number.
    Number,
    /// A hexadecimal number.
    Hexadecimal,
    /// `key=value` joined by `;`, these keys among them.
    Pairs(&'static [&'static str]),
    /// Entries joined by `;`, each of `key=value` joined by `:`, the first of them with these keys.
    Entries(&'static [&'static str]),
    /// `name:value` joined by `;`.
    Levels,
    /// A list that begins with this.
    Begins(&'static str),
    /// Addresses joined by this, so many.
    Addresses(char, usize),
    /// A generation, a port, and so many peers.
    Peers(usize),
    /// An error that says this.
    Error(&'static str),
}

use Form::{
    Addresses, Begins, Entries, Error, Hexadecimal, Levels, Nothing, Number, OneOf, Pairs, Peers,
};

impl Form {
    fn fits(self, answer: &str) -> bool {
        let pair = |text: &str| text.split_once('=').is_some_and(|(key, _)| !key.is_empty());
        let has = |keys: &[&str], text: &str, between: char| {
            keys.iter().all(|key| {
                text.split(between).any(|one| one.split_once('=').is_some_and(|(k, _)| k == *key))
            })
        };
        match self {
            Nothing => answer.is_empty(),
            OneOf(words) => words.contains(&answer),
            Number => answer.parse::<u64>().is_ok(),
            Hexadecimal => u64::from_str_radix(answer, 16).is_ok_and(|number| number > 0),
            Pairs(keys) => answer.split(';').all(pair) && has(keys, answer, ';'),
            Entries(keys) => {
                let entries: Vec<&str> = answer.trim_end_matches(';').split(';').collect();
                entries.iter().all(|entry| entry.split(':').all(pair))
                    && entries.iter().all(|entry| has(keys, entry, ':'))
            }
            Levels => answer.split(';').all(|one| one.split_once(':').is_some()),
            Begins(start) => answer.starts_with(start),
            Addresses(between, count) => {
                let addresses: Vec<&str> = answer.split(between).collect();
                addresses.len() == count
                    && addresses
                        .iter()
                        .all(|address| address.parse::<std::net::SocketAddr>().is_ok())
            }
            Peers(count) => {
                let mut parts = answer.splitn(3, ',');
                let numbers = parts.by_ref().take(2).collect::<Vec<_>>();
                let list = parts.next().unwrap_or_default();
                numbers.len() == 2
                    && numbers[0].parse::<u64>().is_ok()
                    && (numbers[1].is_empty() || numbers[1].parse::<u16>().is_ok())
                    && list.starts_with('[')
                    && list.ends_with(']')
                    && list.matches(",,[").count() == count
            }
            Error(text) => answer == text,
        }
    }
}

const USAGE: &[&str] = &[
    "ns_cluster_size",
    "effective_replication_factor",
    "master_objects",
    "prole_objects",
    "non_replica_objects",
    "master_tombstones",
    "unavailable_partitions",
    "dead_partitions",
    "migrate_tx_partitions_remaining",
    "migrate_rx_partitions_remaining",
    "stop_writes",
    "evicted_objects",
    "index_used_bytes",
    "data_used_bytes",
    "truncate_lut",
    "rack-id",
    "strong-consistency",
];

/// The answer to what is no command.
const UNKNOWN: &str = "ERROR:4:unrecognized command";

/// View, request, form of the answer.
const VIEWS: &[(&str, &str, Form)] = &[
    ("connecting", "node", Hexadecimal),
    ("connecting", "build", OneOf(&["8.1.2.0"])),
    ("connecting", "version", Begins("Aerospike Enterprise Edition build 8.1.2.0")),
    ("connecting", "edition", OneOf(&["Aerospike Enterprise Edition"])),
    ("connecting", "release", Pairs(&["edition", "version", "os", "arch", "sha"])),
    ("connecting", "connection", OneOf(&["admin=false"])),
    ("connecting", "features", Begins("batch-any;")),
    ("connecting", "cluster-name", OneOf(&["stretch"])),
    ("connecting", "user-agent-set:value=MSxhc2FkbS01", OneOf(&["ok"])),
    ("connecting", "peers-generation", Number),
    ("connecting", "service-clear-std", Addresses(',', 1)),
    ("connecting", "service-clear-alt", Nothing),
    ("connecting", "service-tls-std", Nothing),
    ("connecting", "service-tls-alt", Nothing),
    ("connecting", "admin-clear-std", Nothing),
    ("connecting", "admin-tls-std", Nothing),
    ("connecting", "peers-clear-std", Peers(5)),
    ("connecting", "peers-clear-alt", Peers(0)),
    ("connecting", "peers-tls-std", Peers(0)),
    ("connecting", "peers-tls-alt", Peers(0)),
    ("connecting", "alumni-clear-std", Peers(5)),
    ("connecting", "alumni-clear-alt", Peers(0)),
    ("connecting", "alumni-tls-std", Peers(0)),
    ("connecting", "alumni-tls-alt", Peers(0)),
    ("connecting (old)", "service", Addresses(';', 1)),
    ("connecting (old)", "services", Addresses(';', 5)),
    ("connecting (old)", "services-alumni", Addresses(';', 5)),
    ("connecting (old)", "services-alternate", Nothing),
    (
        "info network",
        "statistics",
        Pairs(&[
            "cluster_size",
            "cluster_key",
            "cluster_integrity",
            "cluster_principal",
            "paxos_principal",
            "client_connections",
            "migrate_partitions_remaining",
            "uptime",
        ]),
    ),
    ("info namespace", "namespaces", OneOf(&["mydata;mydata_ap"])),
    ("info namespace", "namespace/mydata", Pairs(USAGE)),
    ("info namespace", "namespace/mydata_ap", Pairs(USAGE)),
    ("info namespace", "namespace/nosuch", OneOf(&["type=unknown"])),
    ("info set", "sets", Entries(&["ns", "set", "objects", "tombstones", "truncate_lut"])),
    ("info set", "sets/mydata", Entries(&["ns", "set", "objects", "stop-writes-count"])),
    ("info set", "sets/mydata/demo", Entries(&["objects", "truncating", "enable-index"])),
    ("info transactions", "sets/mydata/<ERO~MRT", Nothing),
    ("info sindex", "sindex-list:", Nothing),
    ("info xdr", "get-config:context=xdr", Pairs(&["dcs", "src-id", "trace-sample"])),
    ("info xdr", "get-config:context=xdr;dc=nosuch", Error("ERROR:4:bad 'dc' or 'namespace'")),
    (
        "show statistics xdr",
        "get-stats:context=xdr;dc=nosuch",
        Error("ERROR:4:bad 'dc' or 'namespace'"),
    ),
    (
        "show config xdr filter",
        "xdr-get-filter:dc=nosuch",
        Error("ERROR:4:bad 'dc' or 'namespace'"),
    ),
    (
        "show statistics sindex",
        "sindex-stat:namespace=mydata;indexname=nosuch",
        Error("ERROR:201:index not found"),
    ),
    ("info release", "feature-key", Begins("account-name=")),
    ("show pmap", "partition-info", Begins("namespace:partition:state:n_replicas:replica:")),
    ("show roster", "roster:", Entries(&["ns", "roster", "pending_roster", "observed_nodes"])),
    ("show roster", "roster:namespace=mydata", Entries(&["roster", "pending_roster"])),
    ("show roster", "roster:namespace=nosuch", Error("ERROR:20:namespace not found on node")),
    ("show racks", "racks:", Begins("ns=mydata:rack_32=A600,A352,A129:rack_33=A882,A517,A70")),
    ("show racks", "racks:namespace=mydata", Begins("rack_32=A600,A352,A129:rack_33=")),
    ("show racks", "rack-ids", OneOf(&["mydata:33;mydata_ap:33"])),
    ("show config", "get-config:", Pairs(&["cluster-name", "heartbeat.interval"])),
    ("show config", "get-config:context=service", Pairs(&["proto-fd-max", "migrate-threads"])),
    ("show config", "get-config:context=network", Pairs(&["service.port", "heartbeat.timeout"])),
    ("show config", "get-config:context=security", Nothing),
    ("show config", "get-config:context=namespace;namespace=mydata", Pairs(&["rack-id"])),
    ("show config (old)", "get-config:context=namespace;id=mydata", Pairs(&["rack-id"])),
    ("show config", "logs", OneOf(&["0:none"])),
    ("show config", "log/0", Levels),
    ("show config", "log/1", Error("ERROR:4:unknown log id")),
    ("show distribution", "histogram:namespace=mydata;type=ttl", Nothing),
    ("show distribution", "histogram:namespace=mydata;type=object-size-linear", Nothing),
    ("show latencies", "latencies:", Begins("batch-index:;{mydata}-read:;")),
    ("show latencies", "latencies:hist={mydata}-read", OneOf(&["{mydata}-read:"])),
    ("show best-practices", "best-practices", Nothing),
    ("show jobs", "query-show", Nothing),
    ("show masking", "masking-show:", Nothing),
    ("show masking", "masking-show:ns=mydata;set=demo;", Nothing),
    ("show udfs", "udf-list", Nothing),
    ("show udfs", "udf-get:filename=nosuch.lua", Error("ERROR:2:module not found")),
    ("show user-agents", "user-agents", Nothing),
    ("show users", "get-config:context=security", Nothing),
    // What asadm sends to servers older than this one pretends to be: it knows none of it.
    ("show jobs (old)", "jobs:module=query", Error(UNKNOWN)),
    ("show jobs (old)", "jobs:module=scan", Error(UNKNOWN)),
    ("show jobs (old)", "scan-show", Error(UNKNOWN)),
    ("show latencies (old)", "latency:back=60;duration=10;slice=5;", Error(UNKNOWN)),
    ("show distribution (old)", "hist-dump:ns=mydata;hist=ttl", Error(UNKNOWN)),
    ("show statistics bins (old)", "bins", Error(UNKNOWN)),
    ("info xdr (old)", "dcs", Error(UNKNOWN)),
    ("info xdr (old)", "dc/DC1", Error(UNKNOWN)),
    ("show config dc (old)", "get-dc-config", Error(UNKNOWN)),
    ("health", "health-outliers", Nothing),
    ("waiting", "cluster-stable:", Hexadecimal),
    ("waiting", "cluster-stable:size=6", Hexadecimal),
    ("waiting", "cluster-stable:size=6;namespace=mydata", Hexadecimal),
    ("waiting", "cluster-stable:size=6;namespace=mydata;ignore_migrations=true", Hexadecimal),
    ("waiting", "cluster-stable:ignore-migrations=true", Hexadecimal),
    ("waiting", "cluster-stable:size=5", Error("ERROR:7:cluster not specified size")),
    ("waiting", "cluster-stable:namespace=nosuch", Error("ERROR:20:namespace not found on node")),
];

#[test]
fn every_request_of_a_view_is_answered_in_its_form() {
    let mut stage = Stage::settled();
    // Enough records for a set to be on every node.
    for key in 0..40 {
        assert_eq!(stage.put(SC, "demo", key), ResultCode::OK);
        assert_eq!(stage.put(AP, "demo", key), ResultCode::OK);
    }
    let mut wrong = Vec::new();
    for (view, request, form) in VIEWS {
        let answer = stage.ask(0, request);
        if !form.fits(&answer) {
            wrong.push(format!("{view}: `{request}` is answered `{answer}`, not {form:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_partition_map_adds_up_as_asadm_adds_it() {
    let mut stage = Stage::settled();
    let (mut primary, mut secondary) = (0, 0);
    for node in 0..6 {
        let own = stage.ask(node, "node");
        let answer = stage.ask(node, "partition-info");
        for row in answer.split(';').skip(1).map(|row| row.split(':').collect::<Vec<_>>()) {
            if row[0] != SC {
                continue;
            }
            // The tool's rule: the working master is primary; other replicas are secondary.
            if row[7] == own {
                primary += 1;
            } else if row[4] == "0" || matches!(row[2], "S" | "D") {
                secondary += 1;
            }
        }
        assert_eq!(stage.count(node, SC, "unavailable_partitions"), 0);
    }
    assert_eq!((primary, secondary), (4096, 4096));
}
