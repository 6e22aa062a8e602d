//! `manage udfs`, `manage sindex`, `manage masking`: what is told one node is kept by all of them.

use aerocert_emulator::world::{Channels, End, Interruption, Link};
use wire::ResultCode;

use crate::stage::{AP, NODES, SC, Stage};

/// A module of functions in base64.
const MODULE: &str = "ZnVuY3Rpb24gb25lKCkgcmV0dXJuIDEgZW5kCg==";

/// The command by which asadm uploads a module.
fn upload(name: &str, content: &str) -> String {
    let length = content.len();
    format!("udf-put:filename={name};udf-type=LUA;content-len={length};content={content}")
}

/// Commands in their order, with the answer to each, whichever node is asked.
const COMMANDS: &[(&str, &str, &str)] = &[
    // As asadm creates them on this server, on ones before it, and on a path.
    (
        "manage sindex create numeric",
        "sindex-create:indexname=age;namespace=mydata;set=demo;bin=n;type=numeric",
        "ok",
    ),
    (
        "manage sindex create string",
        "sindex-create:indexname=name;ns=mydata_ap;indexdata=who,string",
        "ok",
    ),
    (
        "manage sindex create geo2dsphere in mapvalues ctx",
        "sindex-create:indexname=path;indextype=mapvalues;namespace=mydata;set=demo;context=khAB;\
         bin=where;type=geo2dsphere",
        "ok",
    ),
    (
        "manage sindex create blob exp_base64",
        "sindex-create:indexname=exp;namespace=mydata;exp=dGVzdA==;type=blob",
        "ok",
    ),
    (
        "manage sindex create set",
        "sindex-create:indexname=all;indextype=set;namespace=mydata;set=demo;",
        "ok",
    ),
    (
        "manage sindex create numeric",
        "sindex-create:indexname=age;namespace=mydata;set=demo;bin=m;type=numeric",
        "ERROR:200:index already exists",
    ),
    (
        "manage sindex create numeric",
        "sindex-create:indexname=again;namespace=mydata;set=demo;bin=n;type=numeric",
        "ERROR:200:index already exists",
    ),
    (
        "manage sindex create integer",
        "sindex-create:indexname=int;namespace=mydata;bin=n;type=integer",
        "ERROR:4:bad 'type'",
    ),
    (
        "manage sindex create numeric",
        "sindex-create:indexname=no;namespace=nosuch;bin=n;type=numeric",
        "ERROR:20:namespace not found on node",
    ),
    (
        "manage sindex create numeric",
        "sindex-create:indexname=no;namespace=mydata;bin=sixteen-letters-;type=numeric",
        "ERROR:4:bad 'bin'",
    ),
    (
        "manage sindex create numeric",
        "sindex-create:indexname=no;indextype=tree;namespace=mydata;bin=n;type=numeric",
        "ERROR:4:bad 'indextype'",
    ),
    (
        "manage sindex delete",
        "sindex-delete:namespace=mydata;set=demo;indexname=nosuch",
        "ERROR:201:index not found",
    ),
    (
        "manage masking add redact",
        "masking:namespace=mydata;set=demo;bin=ssn;type=string;function=redact;position=0;length=4;\
         value=*",
        "ok",
    ),
    (
        "manage masking add constant",
        "masking:namespace=mydata_ap;set=demo;bin=mail;type=string;function=constant;value=none",
        "ok",
    ),
    (
        "manage masking add",
        "masking:namespace=mydata;set=demo;bin=ssn;type=string;function=shred",
        "ERROR:4:bad 'function'",
    ),
    (
        "manage masking add",
        "masking:namespace=mydata;bin=ssn;type=string;function=redact",
        "ERROR:4:missing 'set'",
    ),
    (
        "manage masking drop",
        "masking:namespace=mydata;set=demo;bin=nosuch;type=string;function=remove",
        "ERROR:2:masking rule not found",
    ),
    ("manage udfs add", "udf-put:filename=a.lua;udf-type=LUA", "ERROR:4:missing 'content'"),
    (
        "manage udfs add",
        "udf-put:filename=a.lua;udf-type=LUA;content-len=4;content=YQ=",
        "ERROR:4:bad 'content-len'",
    ),
    (
        "manage udfs add",
        "udf-put:filename=a.lua;udf-type=LUA;content-len=3;content=YQ=",
        "ERROR:4:bad 'content'",
    ),
    (
        "manage udfs add",
        "udf-put:filename=../a;udf-type=LUA;content-len=4;content=YQ==",
        "ERROR:4:bad 'filename'",
    ),
];

const INDEXES: &str = "\
ns=mydata:indexname=age:set=demo:bin=n:type=numeric:indextype=default:context=null:exp=null:state=RW;\
ns=mydata:indexname=all:set=demo:bin=null:type=null:indextype=set:context=null:exp=null:state=RW;\
ns=mydata:indexname=exp:set=null:bin=null:type=blob:indextype=default:context=null:exp=dGVzdA==:\
state=RW;\
ns=mydata:indexname=path:set=demo:bin=where:type=geo2dsphere:indextype=mapvalues:context=khAB:\
exp=null:state=RW";

const MASKS: &str =
    "ns=mydata;set=demo;bin=ssn;type=string;function=redact;position=0;length=4;value=*";

/// All that a node tells of it.
fn told(stage: &mut Stage, node: u8) -> [String; 5] {
    [
        "udf-list",
        "sindex-list:",
        "masking-show:",
        "sindex-list:namespace=mydata",
        "masking-show:ns=mydata;set=demo;",
    ]
    .map(|command| stage.ask(node, command))
}

/// A cluster that has been told all of it.
fn told_stage() -> Stage {
    let mut stage = Stage::settled();
    for ((view, command, answer), node) in COMMANDS.iter().zip((0..6).cycle()) {
        assert_eq!(stage.ask(node, command), *answer, "{view}: {command}");
        stage.wait_s(2);
    }
    assert_eq!(stage.ask(5, &upload("one.lua", MODULE)), "ok");
    stage.wait_s(2);
    stage
}

#[test]
fn what_one_node_is_told_is_listed_by_all_and_outlives_their_processes() {
    let mut stage = told_stage();
    let first = told(&mut stage, 0);
    assert_eq!(first[3], INDEXES);
    assert_eq!(first[4], MASKS);
    let hash = first[0].strip_prefix("filename=one.lua,hash=").unwrap();
    let hash = hash.strip_suffix(",type=LUA;").unwrap();
    assert!(hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    assert!(first[1].contains("ns=mydata_ap:indexname=name:set=null:bin=who:type=string:"));
    let others: Vec<_> = (1..6).map(|node| told(&mut stage, node)).collect();
    assert!(others.iter().all(|other| *other == first), "{others:#?}");
    for node in 0..6 {
        stage.world.kill(node);
    }
    for node in 0..6 {
        stage.world.start(node, node > 0);
    }
    stage.wait_s(30);
    for node in 0..6 {
        assert_eq!(told(&mut stage, node), first, "node {node} after all of them were down");
    }
    assert_eq!(stage.ask(0, "udf-get:filename=one.lua"), format!("type=LUA;content={MODULE};"));
    assert!(stage.ask(2, "smd-info").contains(";sindex:committed_key=0,committed_tid=0,n_keys=5,"));
}

#[test]
fn what_is_removed_is_gone_everywhere() {
    let mut stage = told_stage();
    for (view, command) in [
        ("manage udfs remove", "udf-remove:filename=one.lua;"),
        ("manage sindex delete", "sindex-delete:namespace=mydata;set=demo;indexname=age"),
        ("manage sindex delete", "sindex-delete:ns=mydata;indexname=exp"),
        (
            "manage masking drop",
            "masking:namespace=mydata;set=demo;bin=ssn;type=string;function=remove",
        ),
    ] {
        assert_eq!(stage.ask(1, command), "ok", "{view}: {command}");
    }
    stage.wait_s(2);
    for node in 0..6 {
        let [modules, _, masks, indexes, masks_of_set] = told(&mut stage, node);
        assert_eq!((modules.as_str(), masks_of_set.as_str()), ("", ""));
        assert!(masks.starts_with("ns=mydata_ap;"), "{masks}");
        let left = indexes.split(';').map(|entry| entry.split(':').nth(1).unwrap());
        assert_eq!(left.collect::<Vec<_>>(), ["indexname=all", "indexname=path"]);
        for (name, is_there) in [("all", "true"), ("age", "false")] {
            let command = format!("sindex-exists:namespace=mydata;indexname={name}");
            assert_eq!(stage.ask(node, &command), is_there);
        }
    }
    assert_eq!(stage.ask(3, "udf-get:filename=one.lua"), "ERROR:2:module not found");
}

#[test]
fn both_sides_of_a_cut_know_all_of_it_once_it_is_healed() {
    let mut stage = Stage::settled();
    let (london, paris): (Vec<u8>, Vec<u8>) =
        (0..6).partition(|node| NODES[usize::from(*node)].1 == 0);
    let links: Vec<Link> = london
        .iter()
        .flat_map(|one| paris.iter().map(|other| (End::Node(*one), End::Node(*other))))
        .flat_map(|(one, other)| [Link { from: one, to: other }, Link { from: other, to: one }])
        .collect();
    let cut = stage.world.interrupt(&links, Channels::ALL, Interruption::Cut).unwrap();
    stage.wait_s(10);
    for (node, name, content) in [
        (paris[0], "one.lua", MODULE),
        (paris[0], "both.lua", MODULE),
        (london[0], "two.lua", MODULE),
        (london[0], "both.lua", "YQ=="),
    ] {
        assert_eq!(stage.ask(node, &upload(name, content)), "ok");
    }
    stage.wait_s(3);
    for (side, missing) in [(&paris, "two.lua"), (&london, "one.lua")] {
        let lists: Vec<_> = side.iter().map(|node| stage.ask(*node, "udf-list")).collect();
        assert!(lists.iter().all(|list| *list == lists[0]), "each side agrees");
        assert!(!lists[0].contains(missing) && lists[0].contains("both.lua"), "{}", lists[0]);
    }
    stage.world.restore(cut).unwrap();
    stage.wait_s(20);
    let healed: Vec<String> = (0..6).map(|node| stage.ask(node, "udf-list")).collect();
    assert!(healed.iter().all(|list| *list == healed[0]), "{healed:?}");
    assert_eq!(healed[0].matches("filename=").count(), 3, "{}", healed[0]);
}

#[test]
fn an_index_counts_the_records_that_have_its_bin() {
    let mut stage = told_stage();
    for key in 0..30 {
        assert_eq!(stage.put(SC, "demo", key), ResultCode::OK);
        assert_eq!(stage.put(SC, "other", key), ResultCode::OK);
        assert_eq!(stage.put(AP, "demo", key), ResultCode::OK);
    }
    let mut sums = [0_u64; 3];
    for node in 0..6 {
        for (sum, name) in sums.iter_mut().zip(["age", "all", "path"]) {
            let command = format!("sindex-stat:namespace=mydata;indexname={name}");
            *sum += stage.pair(node, &command, "entries").parse::<u64>().unwrap();
        }
        assert_eq!(stage.pair(node, "sets/mydata/demo", "sindexes"), "3");
    }
    assert_eq!(sums, [60, 60, 0], "each record in two copies; none has the third one's bin");
}

#[test]
fn there_is_an_end_to_what_a_client_can_have_kept() {
    let mut stage = Stage::settled();
    for number in 0..300 {
        let command =
            format!("sindex-create:indexname=i{number};namespace=mydata;bin=b{number};type=string");
        let wanted = if number < 256 { "ok" } else { "ERROR:206:too many indexes" };
        assert_eq!(stage.ask(0, &command), wanted, "{number}");
    }
    let large = "YWJj".repeat(200_000);
    let answers: Vec<String> =
        (0..5).map(|number| stage.ask(0, &upload(&format!("{number}.lua"), &large))).collect();
    assert_eq!(answers[..2], ["ok", "ok"]);
    assert_eq!(answers[2..], ["ERROR:22:no room for more metadata"; 3]);
    let longest = "YWJj".repeat(300_000);
    assert_eq!(stage.ask(0, &upload("long.lua", &longest)), "ERROR:4:bad 'content-len'");
    stage.wait_s(2);
    assert_eq!(stage.ask(4, "udf-list").matches("filename=").count(), 2, "the rest is kept");
}
