//! `sets`: what the sets of a namespace hold.

use crate::node::{Node, SetView};

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
        for (name, view) in node.sets(&ns.name).unwrap_or_default() {
            match set {
                None => {
                    let entry = entry(view, node.truncated_before_ms(&ns.name, name));
                    answer.push_str(&format!("ns={}:set={name}:{entry}", ns.name));
                }
                Some(set) if set == name => {
                    answer.push_str(&entry(view, node.truncated_before_ms(&ns.name, name)));
                }
                Some(_) => {}
            }
        }
    }
    answer
}

fn entry(view: SetView, truncate_lut: u64) -> String {
    let SetView { objects, tombstones } = view;
    format!(
        "objects={objects}:tombstones={tombstones}:data_used_bytes=0:truncate_lut={truncate_lut}:sindexes=0:\
         index_populating=false:truncating=false:default-read-touch-ttl-pct=0:default-ttl=0:\
         disable-eviction=false:enable-index=false:stop-writes-count=0:stop-writes-size=0;"
    )
}
