//! `manage config xdr`: destinations, their nodes and namespaces, and every setting of theirs.

use crate::stage::Stage;

/// What asadm sends, in an order in which it makes sense; each is answered `ok`.
const COMMANDS: &[(&str, &str)] = &[
    ("manage config xdr create dc", "dc=DC1;action=create"),
    ("manage config xdr create dc", "dc=DC2;action=create"),
    ("manage config xdr dc add node", "dc=DC1;node-address-port=10.0.0.1:3000;action=add"),
    ("manage config xdr dc add node", "dc=DC1;node-address-port=10.0.0.2:3000;action=add"),
    ("manage config xdr dc add node", "dc=DC1;node-address-port=far:4333:tls-name;action=add"),
    ("manage config xdr dc remove node", "dc=DC1;node-address-port=10.0.0.2:3000;action=remove"),
    ("manage config xdr dc add namespace", "dc=DC1;namespace=mydata;action=add;rewind=all"),
    ("manage config xdr dc add namespace", "dc=DC1;namespace=mydata_ap;action=add;rewind=60"),
    ("manage config xdr dc add namespace", "dc=DC2;namespace=mydata_ap;action=add"),
    ("manage config xdr dc remove namespace", "dc=DC2;namespace=mydata_ap;action=remove"),
    ("manage config xdr", "src-id=7"),
    ("manage config xdr", "trace-sample=2"),
    ("manage config xdr dc", "period-ms=1000;dc=DC1"),
    ("manage config xdr dc", "auth-mode=internal;dc=DC1"),
    ("manage config xdr dc", "use-alternate-access-address=true;dc=DC1"),
    ("manage config xdr dc namespace", "delay-ms=5;dc=DC1;namespace=mydata"),
    ("manage config xdr dc namespace", "bin-policy=only-changed;dc=DC1;namespace=mydata"),
    ("manage config xdr dc namespace", "enable-compression=true;dc=DC1;namespace=mydata"),
];

/// What is refused with a word of what is wrong: nothing else.
const REFUSED: &[&str] = &[
    "dc=DC1;action=create",
    "dc=a b;action=create",
    "dc=a-name-that-has-more-letters-than-it-may;action=create",
    "dc=DC9;action=delete",
    "dc=DC9;namespace=mydata;action=add",
    "dc=DC1;namespace=nosuch;action=add",
    "dc=DC1;namespace=mydata;action=add",
    "dc=DC2;namespace=mydata;action=add;rewind=yesterday",
    "dc=DC2;namespace=mydata;action=remove",
    "dc=DC1;node-address-port=nowhere;action=add",
    "dc=DC1;node-address-port=10.0.0.9:3000;action=remove",
    "dc=DC1;action=perhaps",
    "period-ms=1;dc=DC1",
    "period-ms=1000",
    "period-ms=1000;dc=DC9",
    "src-id=256",
    "delay-ms=5;dc=DC2;namespace=mydata",
    "delay-ms=5;namespace=mydata",
    "bin-policy=some;dc=DC1;namespace=mydata",
    "dc=DC1",
    "",
];

fn told_stage() -> Stage {
    let mut stage = Stage::settled();
    for (view, command) in COMMANDS {
        let command = format!("set-config:context=xdr;{command}");
        assert_eq!(stage.ask(0, &command), "ok", "{view}: {command}");
    }
    stage
}

#[test]
fn destinations_are_read_back_at_the_node_that_was_told() {
    let mut stage = told_stage();
    assert_eq!(stage.ask(0, "get-config:context=xdr"), "dcs=DC1,DC2;src-id=7;trace-sample=2");
    assert_eq!(stage.ask(1, "get-config:context=xdr"), "dcs=;src-id=0;trace-sample=0");
    let destination = stage.ask(0, "get-config:context=xdr;dc=DC1");
    for pair in [
        "auth-mode=internal",
        "namespaces=mydata,mydata_ap",
        "node-address-port=10.0.0.1:3000,far:4333:tls-name",
        "period-ms=1000",
        "tls-name=null",
        "use-alternate-access-address=true",
    ] {
        assert!(destination.split(';').any(|one| one == pair), "{pair} in {destination}");
    }
    for (key, value) in [
        ("bin-policy", "only-changed"),
        ("delay-ms", "5"),
        ("enable-compression", "true"),
        ("hot-key-ms", "100"),
    ] {
        let command = "get-config:context=xdr;dc=DC1;namespace=mydata";
        assert_eq!(stage.pair(0, command, key), value, "{key}");
    }
    let untouched = "get-config:context=xdr;dc=DC1;namespace=mydata_ap";
    assert_eq!(stage.pair(0, untouched, "delay-ms"), "0");
    assert_eq!(stage.pair(0, "get-config:context=xdr;dc=DC2", "namespaces"), "");
}

#[test]
fn nothing_is_shipped_and_nothing_is_filtered() {
    let mut stage = told_stage();
    for of in ["dc=DC1", "dc=DC1;namespace=mydata"] {
        for key in ["lag", "retry_no_node", "lap_us", "success", "in_queue", "throughput"] {
            assert_eq!(stage.pair(0, &format!("get-stats:context=xdr;{of}"), key), "0", "{key}");
        }
    }
    for command in ["xdr-get-filter:dc=DC1", "xdr-get-filter:dc=DC1;b64=true"] {
        let filters = stage.ask(0, command);
        assert_eq!(filters, "namespace=mydata:exp=null;namespace=mydata_ap:exp=null");
    }
    let filter = stage.ask(0, "xdr-get-filter:dc=DC1;namespace=mydata");
    assert_eq!(filter, "namespace=mydata:exp=null");
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut stage = told_stage();
    let questions = [
        "get-config:context=xdr",
        "get-config:context=xdr;dc=DC1",
        "get-config:context=xdr;dc=DC2",
        "get-config:context=xdr;dc=DC1;namespace=mydata",
    ];
    let before = questions.map(|question| stage.ask(0, question));
    for command in REFUSED {
        let command = format!("set-config:context=xdr;{command}");
        assert_eq!(stage.ask(0, &command), "ERROR:4:invalid set-config parameter", "{command}");
    }
    assert_eq!(questions.map(|question| stage.ask(0, question)), before);
    assert_eq!(stage.ask(0, "set-config:context=xdr;dc=DC1;action=delete"), "ok");
    assert_eq!(stage.pair(0, "get-config:context=xdr", "dcs"), "DC2");
    let gone = stage.ask(0, "get-config:context=xdr;dc=DC1");
    assert_eq!(gone, "ERROR:4:bad 'dc' or 'namespace'");
}

#[test]
fn there_are_only_so_many_destinations_and_none_after_a_restart() {
    let mut stage = Stage::settled();
    for number in 0..65 {
        let create = format!("set-config:context=xdr;dc=D{number};action=create");
        let add =
            format!("set-config:context=xdr;dc=D0;node-address-port=n{number}:3000;action=add");
        for command in [create, add] {
            let answer = stage.ask(0, &command);
            assert_eq!(answer == "ok", number < 64, "{command}: {answer}");
        }
    }
    stage.world.kill(0);
    stage.world.start(0, true);
    stage.wait_s(5);
    assert_eq!(stage.pair(0, "get-config:context=xdr", "dcs"), "", "its file names none");
}
