//! `sindex-create:`, `sindex-delete:`, `sindex-list:`, `sindex-stat:`, `sindex-exists:`: secondary
//! indexes. They are kept and listed on every node; no query uses one.

use wire::ResultCode;
use wire::info::{Command, error};

use super::answer::no_namespace;
use super::manage::{bad, full};
use crate::node::{Fields, Kind, Node};

/// The most indexes of a namespace.
const MOST: usize = 256;
/// The longest name of an index, in bytes.
const LONGEST_NAME: usize = 63;
/// The longest name of a bin, in bytes.
const LONGEST_BIN: usize = 15;
/// The longest context or expression, in bytes.
const LONGEST_PATH: usize = 2048;
/// Types of values that can be indexed.
const TYPES: [&str; 4] = ["blob", "geo2dsphere", "numeric", "string"];
/// Where those values stand.
const INDEX_TYPES: [&str; 4] = ["default", "list", "mapkeys", "mapvalues"];
/// What is told where there is none.
const NONE: &str = "null";

/// Whether a text can stand in an answer.
fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && !text.contains([':', ';', ',', '\t'])
}

/// The namespace of a command; `None`: of all.
fn namespace<'a>(node: &Node, command: &Command<'a>) -> Result<Option<&'a str>, String> {
    let path = command.argument.split('/').next().filter(|name| !name.is_empty());
    let name = command.parameter("namespace").or(command.parameter("ns")).or(path);
    match name {
        Some(name) if node.namespace(name).is_none() => Err(no_namespace()),
        name => Ok(name),
    }
}

/// A namespace and an index, which need not be there.
fn index<'a>(node: &Node, command: &Command<'a>) -> Result<(&'a str, &'a str), String> {
    let namespace = namespace(node, command)?.ok_or_else(|| bad("missing 'namespace'"))?;
    let path = command.argument.split_once('/').map(|(_, name)| name);
    let name = command.parameter("indexname").or(path);
    let name = name.ok_or_else(|| bad("missing 'indexname'"))?;
    if is_word(name, LONGEST_NAME) {
        Ok((namespace, name))
    } else {
        Err(error(ResultCode::INDEX_NAME, "bad 'indexname'"))
    }
}

fn key(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

fn value<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(known, _)| known == name).map_or(NONE, |(_, value)| value)
}

/// `sindex-create:`. A bin and its type are told by `bin` and `type`, or as the older `indexdata`;
/// an index of a whole set has neither.
pub(super) fn create(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let (namespace, name) = index(node, command)?;
    let data =
        command.parameter("indexdata").map(|data| data.split_once(',').unwrap_or((data, "")));
    let bin = command.parameter("bin").or(data.map(|(bin, _)| bin));
    let values = command.parameter("type").or(data.map(|(_, values)| values));
    let index_type = command.parameter("indextype").unwrap_or("default");
    let of_set = index_type == "set";
    let [set, context, exp] = ["set", "context", "exp"].map(|name| command.parameter(name));
    for (name, told, longest) in
        [("set", set, 63), ("context", context, LONGEST_PATH), ("exp", exp, LONGEST_PATH)]
    {
        if told.is_some_and(|text| !is_word(text, longest)) {
            return Err(bad(&format!("bad '{name}'")));
        }
    }
    if of_set {
        if bin.is_some() || values.is_some() {
            return Err(bad("a set index has no bin"));
        }
        set.ok_or_else(|| bad("missing 'set'"))?;
    } else {
        if !INDEX_TYPES.contains(&index_type) {
            return Err(bad("bad 'indextype'"));
        }
        if !values.is_some_and(|values| TYPES.contains(&values)) {
            return Err(bad("bad 'type'"));
        }
        if bin.is_some() == exp.is_some() || bin.is_some_and(|bin| !is_word(bin, LONGEST_BIN)) {
            return Err(bad("bad 'bin'"));
        }
    }
    let told = [
        ("ns", Some(namespace)),
        ("indexname", Some(name)),
        ("set", set),
        ("bin", bin),
        ("type", values),
        ("indextype", Some(index_type)),
        ("context", context),
        ("exp", exp),
        ("state", Some("RW")),
    ];
    let fields: Fields = told
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.unwrap_or(NONE).to_owned()))
        .collect();
    let others =
        || node.metadata().of(Kind::Index).filter(|(_, one)| value(one, "ns") == namespace);
    let what = |fields: &Fields| fields[2..].to_vec();
    if others().any(|(_, one)| value(one, "indexname") == name || what(one) == what(&fields)) {
        return Err(error(ResultCode::INDEX_FOUND, "index already exists"));
    }
    if others().count() >= MOST {
        return Err(error(ResultCode::INDEX_MAX_COUNT, "too many indexes"));
    }
    node.set_metadata(Kind::Index, &key(namespace, name), Some(fields)).map_err(full)
}

/// `sindex-delete:`.
pub(super) fn delete(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let (namespace, name) = index(node, command)?;
    let key = key(namespace, name);
    if node.metadata().get(Kind::Index, &key).is_none() {
        return Err(error(ResultCode::INDEX_NOT_FOUND, "index not found"));
    }
    node.set_metadata(Kind::Index, &key, None).map_err(full)
}

/// The answer to `sindex-list:`, `sindex`, `sindex/<namespace>` and `sindex/<namespace>/<index>`.
pub(super) fn list(node: &Node, command: &Command<'_>) -> String {
    if command.argument.contains('/') {
        return statistics(node, command);
    }
    let namespace = match namespace(node, command) {
        Ok(namespace) => namespace,
        Err(refused) => return refused,
    };
    let indexes = node.metadata().of(Kind::Index).map(|(_, fields)| fields);
    let asked = indexes.filter(|fields| namespace.is_none_or(|name| value(fields, "ns") == name));
    let entries = asked.map(|fields| {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join(":")
    });
    entries.collect::<Vec<_>>().join(";")
}

/// The answer to `sindex-stat:`: an entry for each record of the set here that has the bin.
pub(super) fn statistics(node: &Node, command: &Command<'_>) -> String {
    let (namespace, name) = match index(node, command) {
        Ok(named) => named,
        Err(refused) => return refused,
    };
    let Some(fields) = node.metadata().get(Kind::Index, &key(namespace, name)) else {
        return error(ResultCode::INDEX_NOT_FOUND, "index not found");
    };
    let [set, bin] = ["set", "bin"].map(|name| match value(fields, name) {
        NONE => "",
        name => name,
    });
    let entries = node.records_with(namespace, set, bin);
    let each = u8::from(entries > 0);
    format!(
        "entries={entries};used_bytes=16777216;entries_per_bval={each};entries_per_rec={each};\
         load_pct=100;load_time=0;stat_gc_recs=0"
    )
}

/// The answer to `sindex-exists:`.
pub(super) fn exists(node: &Node, command: &Command<'_>) -> String {
    match index(node, command) {
        Ok((namespace, name)) => {
            node.metadata().get(Kind::Index, &key(namespace, name)).is_some().to_string()
        }
        Err(refused) => refused,
    }
}

/// How many indexes there are on a set.
pub(super) fn count(node: &Node, namespace: &str, set: &str) -> usize {
    let indexes = node.metadata().of(Kind::Index).map(|(_, fields)| fields);
    indexes.filter(|one| value(one, "ns") == namespace && value(one, "set") == set).count()
}
