//! `sets`: what the sets of a namespace hold.

use std::collections::BTreeMap;

use super::indexes;
use crate::node::{Node, SetView, Shown};

/// What can be set for a set, and what it is until then.
const SETTINGS: [(&str, &str); 6] = [
    ("default-read-touch-ttl-pct", "0"),
    ("default-ttl", "0"),
    ("disable-eviction", "false"),
    ("enable-index", "false"),
    ("stop-writes-count", "0"),
    ("stop-writes-size", "0"),
];

/// The answer to `sets`, `sets/<namespace>` and `sets/<namespace>/<set>`; `path` is what stands
/// after the first slash.
pub(super) fn answer(node: &Node, path: &str) -> String {
    let (namespace, set) = path.split_once('/').map_or((path, None), |(ns, set)| (ns, Some(set)));
    if !namespace.is_empty() && node.namespace(namespace).is_none() {
        return "ns_type=unknown".to_owned();
    }
    let mut answer = String::new();
    for ns in node.namespaces() {
        if !namespace.is_empty() && ns.name != namespace {
            continue;
        }
        let settings: BTreeMap<&str, &Shown> = node.set_settings(&ns.name).collect();
        let mut sets = node.sets(&ns.name).unwrap_or_default();
        // A set that has settings is there before its first record.
        for name in settings.keys() {
            sets.entry(name).or_default();
        }
        for (name, view) in sets {
            let entry = || {
                let truncate_lut = node.truncated_before_ms(&ns.name, name);
                let indexes = indexes::count(node, &ns.name, name);
                entry(view, truncate_lut, indexes, settings.get(name).copied())
            };
            match set {
                None => answer.push_str(&format!("ns={}:set={name}:{}", ns.name, entry())),
                Some(set) if set == name => answer.push_str(&entry()),
                Some(_) => {}
            }
        }
    }
    answer
}

fn entry(view: SetView, truncate_lut: u64, indexes: usize, settings: Option<&Shown>) -> String {
    let SetView { objects, tombstones } = view;
    let mut entry = format!(
        "objects={objects}:tombstones={tombstones}:data_used_bytes=0:truncate_lut={truncate_lut}:\
         sindexes={indexes}:index_populating=false:truncating=false"
    );
    for (name, idle) in SETTINGS {
        let value = settings.and_then(|shown| shown.get(name)).unwrap_or(idle);
        entry.push_str(&format!(":{name}={value}"));
    }
    entry.push(';');
    entry
}
