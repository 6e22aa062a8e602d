//! `manage config`: settings that are changed while nodes run, read back, and their effects.

use wire::{Info2, Message, Op, ResultCode, Value};

use crate::stage::{AP, SC, Stage};

/// A command with the question and the key by which it is read back, and the value.
const SETTINGS: &[(&str, &str, &str, &str)] = &[
    ("context=service;migrate-threads=4", "context=service", "migrate-threads", "4"),
    ("context=service;ticker-interval=30", "context=service", "ticker-interval", "30"),
    ("context=service;enable-health-check=true", "context=service", "enable-health-check", "true"),
    ("context=network;heartbeat.interval=250", "context=network", "heartbeat.interval", "250"),
    ("context=network;heartbeat.timeout=20", "context=network", "heartbeat.timeout", "20"),
    (
        "context=network;fabric.channel-rw-recv-threads=8",
        "context=network",
        "fabric.channel-rw-recv-threads",
        "8",
    ),
    (
        "context=namespace;namespace=mydata;migrate-sleep=0",
        "context=namespace;namespace=mydata",
        "migrate-sleep",
        "0",
    ),
    // The old selector, and another way to ask.
    (
        "context=namespace;id=mydata;max-record-size=2M",
        "context=namespace;id=mydata",
        "max-record-size",
        "2097152",
    ),
    (
        "context=namespace;namespace=mydata;storage-engine.defrag-lwm-pct=60",
        "context=namespace;namespace=mydata",
        "storage-engine.defrag-lwm-pct",
        "60",
    ),
    (
        "context=namespace;namespace=mydata_ap;geo2dsphere-within.max-cells=20",
        "context=namespace;namespace=mydata_ap",
        "geo2dsphere-within.max-cells",
        "20",
    ),
    // As asadm sends them.
    (
        "context=namespace;namespace=mydata;defrag-sleep=500",
        "context=namespace;namespace=mydata",
        "storage-engine.defrag-sleep",
        "500",
    ),
    (
        "context=namespace;namespace=mydata_ap;geo2dsphere-within-min-level=2",
        "context=namespace;namespace=mydata_ap",
        "geo2dsphere-within.min-level",
        "2",
    ),
    (
        "context=namespace;namespace=mydata_ap;conflict-resolution-policy=last-update-time",
        "context=namespace;namespace=mydata_ap",
        "conflict-resolution-policy",
        "last-update-time",
    ),
    (
        "context=namespace;namespace=mydata;rack-id=7",
        "context=namespace;namespace=mydata",
        "rack-id",
        "7",
    ),
];

#[test]
fn what_is_set_is_read_back_on_that_node_alone() {
    let mut stage = Stage::settled();
    for (set, question, key, value) in SETTINGS {
        let question = format!("get-config:{question}");
        let other = stage.pair(1, &question, key);
        assert_eq!(stage.ask(0, &format!("set-config:{set}")), "ok", "{set}");
        assert_eq!(stage.pair(0, &question, key), *value, "{set}");
        assert_eq!(stage.pair(1, &question, key), other, "{set} at another node");
        assert_ne!(other, *value, "{set} changes something");
    }
}

#[test]
fn what_cannot_be_changed_is_refused() {
    let mut stage = Stage::settled();
    for set in [
        "context=network;heartbeat.interval=49",
        "context=network;heartbeat.interval=600001",
        "context=network;heartbeat.timeout=2",
        "context=network;service.port=4000",
        "context=service;migrate-threads=101",
        "context=service;node-id=A1",
        "context=nonsense;a=1",
        "context=namespace;namespace=nosuch;migrate-sleep=0",
        "context=namespace;namespace=mydata",
        "context=namespace;namespace=mydata;no-such=1",
        "context=namespace;namespace=mydata_ap;strong-consistency=true",
        "context=namespace;namespace=mydata_ap;strong-consistency-allow-expunge=true",
        // Strong consistency leaves no choice.
        "context=namespace;namespace=mydata;conflict-resolution-policy=last-update-time",
        "context=namespace;namespace=mydata;disable-write-dup-res=true",
        "context=namespace;namespace=mydata;replication-factor=3",
        "context=namespace;namespace=mydata;read-consistency-level-override=all",
        "context=namespace;namespace=mydata;write-commit-level-override=all",
        // There is no security here, and no such setting of a set.
        "context=security;privilege-refresh-period=60",
        "context=namespace;namespace=mydata;migrate-sleep=1;set=demo",
        "context=namespace;namespace=mydata;enable-index=perhaps;set=demo",
        "context=namespace;namespace=nosuch;enable-index=true;set=demo",
        // Nobody looks for expired records.
        "context=namespace;namespace=mydata;default-ttl=60",
    ] {
        let answer = stage.ask(0, &format!("set-config:{set}"));
        assert_eq!(answer, "ERROR:4:invalid set-config parameter", "{set}");
    }
}

/// How long the others take to give a silent node up, in ms.
fn departure_ms(stage: &mut Stage) -> u64 {
    let from_ns = stage.world.now_ns();
    stage.world.pause(5);
    while stage.pair(0, "statistics", "cluster_size") == "6" {
        stage.world.advance(stage.world.now_ns() + 50_000_000);
    }
    (stage.world.now_ns() - from_ns) / 1_000_000
}

#[test]
fn heartbeats_are_changed_while_nodes_run() {
    let mut usual = Stage::settled();
    let usual_ms = departure_ms(&mut usual);
    assert!((1_500..3_000).contains(&usual_ms), "{usual_ms}");
    let mut patient = Stage::settled();
    for node in 0..6 {
        for set in ["heartbeat.interval=250", "heartbeat.timeout=20"] {
            assert_eq!(patient.ask(node, &format!("set-config:context=network;{set}")), "ok");
        }
    }
    patient.wait_s(5);
    assert_eq!(patient.pair(3, "statistics", "cluster_size"), "6", "the cluster stays whole");
    let patient_ms = departure_ms(&mut patient);
    assert!((4_700..8_000).contains(&patient_ms), "{patient_ms}");
    let mut quick = Stage::settled();
    for node in 0..6 {
        assert_eq!(quick.ask(node, "set-config:context=network;heartbeat.interval=50"), "ok");
    }
    quick.wait_s(5);
    let quick_ms = departure_ms(&mut quick);
    assert!(quick_ms < usual_ms / 2, "{quick_ms}");
}

#[test]
fn a_restart_brings_the_settings_of_the_file_back() {
    let mut stage = Stage::settled();
    for set in ["context=network;heartbeat.timeout=20", "context=service;migrate-threads=4"] {
        assert_eq!(stage.ask(5, &format!("set-config:{set}")), "ok");
    }
    stage.world.kill(5);
    stage.world.start(5, true);
    stage.wait_s(10);
    assert_eq!(stage.pair(5, "get-config:context=network", "heartbeat.timeout"), "10");
    assert_eq!(stage.pair(5, "get-config:context=service", "migrate-threads"), "1");
}

#[test]
fn settings_of_a_namespace_take_effect() {
    let mut stage = Stage::settled();
    let everywhere = |stage: &mut Stage, set: &str| {
        for node in 0..6 {
            assert_eq!(stage.ask(node, &format!("set-config:context=namespace;{set}")), "ok");
        }
    };
    let expunge = || Message { info2: Info2::WRITE | Info2::DELETE, ..Message::default() };
    assert_eq!(stage.put(SC, "red", 1), ResultCode::OK);
    assert_eq!(stage.send(0, SC, "red", 1, expunge()).result_code, ResultCode::FORBIDDEN);
    everywhere(&mut stage, "namespace=mydata;strong-consistency-allow-expunge=true");
    assert_eq!(stage.send(0, SC, "red", 1, expunge()).result_code, ResultCode::OK);

    let brief = || Message {
        info2: Info2::WRITE,
        record_ttl: 60,
        ops: vec![Op::write("n", &Value::Integer(1))],
        ..Message::default()
    };
    assert_eq!(stage.send(0, AP, "red", 1, brief()).result_code, ResultCode::FORBIDDEN);
    everywhere(&mut stage, "namespace=mydata_ap;nsup-period=120");
    assert_eq!(stage.send(0, AP, "red", 1, brief()).result_code, ResultCode::OK);
    everywhere(&mut stage, "namespace=mydata_ap;default-ttl=90");
    assert_eq!(stage.put(AP, "red", 2), ResultCode::OK);
    assert_ne!(stage.read(0, AP, "red", 2).record_ttl, 0, "it expires");

    everywhere(&mut stage, "namespace=mydata_ap;reject-non-xdr-writes=true");
    assert_eq!(stage.put(AP, "red", 3), ResultCode::FORBIDDEN);
}

#[test]
fn levels_of_log_messages_are_kept() {
    let mut stage = Stage::settled();
    for (set, answer) in [
        ("log-set:id=0;migrate=debug", "ok"),
        ("log-set:id=1;migrate=debug", "ERROR:4:unknown log id"),
        ("log-set:id=0;migrate=loud", "ERROR:4:invalid log-set parameter"),
        ("log-set:id=0;nonsense=debug", "ERROR:4:invalid log-set parameter"),
    ] {
        assert_eq!(stage.ask(0, set), answer, "{set}");
    }
    let levels = stage.ask(0, "log/0");
    assert!(levels.contains(";migrate:DEBUG;") && levels.contains(";hb:INFO;"), "{levels}");
    assert_eq!(stage.ask(0, "log-set:id=0;any=warning"), "ok");
    assert!(!stage.ask(0, "log/0").contains("INFO"));
}

#[test]
fn settings_of_a_set_are_told_with_it_before_and_after_its_first_record() {
    let mut stage = Stage::settled();
    let sets = [
        ("default-ttl", "3600"),
        ("default-read-touch-ttl-pct", "80"),
        ("disable-eviction", "true"),
        ("enable-index", "true"),
        ("stop-writes-count", "18446744073709551615"),
        ("stop-writes-size", "1073741824"),
    ];
    for (name, value) in sets {
        // As asadm sends it: the set comes last.
        let set = format!("set-config:context=namespace;namespace={AP};{name}={value};set=demo");
        assert_eq!(stage.ask(0, &set), "ok", "{set}");
    }
    let all = stage.ask(0, &format!("sets/{AP}"));
    assert!(all.starts_with(&format!("ns={AP}:set=demo:objects=0:")), "{all}");
    assert_eq!(stage.ask(1, &format!("sets/{AP}/demo")), "", "one node was told");
    assert_eq!(stage.ask(0, &format!("sets/{SC}/demo")), "", "of one namespace");
    for key in 0..40 {
        assert_eq!(stage.put(AP, "demo", key), ResultCode::OK);
    }
    let path = format!("sets/{AP}/demo");
    assert_ne!(stage.pair(0, &path, "objects"), "0");
    for (name, value) in sets {
        assert_eq!(stage.pair(0, &path, name), value, "{name}");
        assert_ne!(stage.pair(1, &path, name), value, "{name} at another node");
    }
}
