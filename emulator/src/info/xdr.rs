//! `context=xdr` of `set-config:`, `get-config:` and `get-stats:`, and `xdr-get-filter:`: other
//! clusters as destinations. What is set is read back; no record is shipped.

use std::collections::btree_map::Entry;

use wire::ResultCode;
use wire::info::{Command, error};

use super::idle::{self, Idle};
use crate::node::{Node, Shown};

/// What says of which destination and of what of it a command is, and what to do.
const SELECTORS: [&str; 6] =
    ["context", "dc", "namespace", "action", "node-address-port", "rewind"];

/// `set-config:context=xdr;…`; `None` if it cannot be done.
pub(super) fn set(node: &mut Node, command: &Command<'_>) -> Option<()> {
    let [dc, namespace, action, address, rewind] =
        ["dc", "namespace", "action", "node-address-port", "rewind"]
            .map(|name| command.parameter(name));
    let mut settings = command.parameters.iter().filter(|(key, _)| !SELECTORS.contains(key));
    if namespace.is_some_and(|name| node.namespace(name).is_none()) {
        return None;
    }
    let Some(action) = action else {
        let shown = match (dc, namespace) {
            (None, None) => &mut node.xdr_mut().shown,
            (None, Some(_)) => return None,
            (Some(dc), None) => &mut node.xdr_mut().get_mut(dc)?.shown,
            (Some(dc), Some(name)) => node.xdr_mut().get_mut(dc)?.namespaces.get_mut(name)?,
        };
        let (key, value) = settings.next()?;
        shown.set(key, value)?;
        return settings.try_for_each(|(key, value)| shown.set(key, value));
    };
    let dc = dc.filter(|_| settings.next().is_none())?;
    let xdr = node.xdr_mut();
    match (action, namespace, address) {
        ("create", None, None) => xdr.create(dc),
        ("delete", None, None) => xdr.delete(dc),
        ("add", Some(name), None) => {
            let since =
                rewind.is_none_or(|rewind| rewind == "all" || rewind.parse::<u32>().is_ok());
            match xdr.get_mut(dc)?.namespaces.entry(name.to_owned()) {
                Entry::Vacant(place) if since => {
                    place.insert(Shown::xdr_namespace());
                    Some(())
                }
                _ => None,
            }
        }
        ("remove", Some(name), None) => xdr.get_mut(dc)?.namespaces.remove(name).map(drop),
        ("add", None, Some(address)) => xdr.get_mut(dc)?.add_address(address),
        ("remove", None, Some(address)) => xdr.get_mut(dc)?.remove_address(address),
        _ => None,
    }
}

/// The table of what a command asks for with the values of a destination, of one of its namespaces,
/// or of all destinations.
fn about(node: &Node, command: &Command<'_>, tables: [Idle; 2]) -> Option<String> {
    let xdr = node.xdr();
    let destination = xdr.get(command.parameter("dc")?)?;
    let [of_destination, of_namespace] = tables;
    let is_config = of_destination.has("period-ms");
    let changed = |shown: &Shown| if is_config { shown.changed().collect() } else { Vec::new() };
    if let Some(name) = command.parameter("namespace") {
        return Some(of_namespace.with(&changed(destination.namespaces.get(name)?)));
    }
    let mut known = changed(&destination.shown);
    let names: Vec<&str> = destination.namespaces.keys().map(String::as_str).collect();
    let addresses: Vec<&str> = destination.addresses.iter().map(String::as_str).collect();
    if is_config {
        known.push(("namespaces", names.join(",")));
        known.push(("node-address-port", addresses.join(",")));
    }
    Some(of_destination.with(&known))
}

fn unknown() -> String {
    error(ResultCode::PARAMETER, "bad 'dc' or 'namespace'")
}

/// The answer to `get-config:context=xdr[;dc=…[;namespace=…]]`.
pub(super) fn configuration(node: &Node, command: &Command<'_>) -> String {
    if command.parameter("dc").is_none() {
        let xdr = node.xdr();
        let names: Vec<&str> = xdr.names().collect();
        let setting = |name| xdr.shown.get(name).unwrap_or("0");
        let (source, sample) = (setting("src-id"), setting("trace-sample"));
        return format!("dcs={};src-id={source};trace-sample={sample}", names.join(","));
    }
    about(node, command, [idle::XDR_CONFIG, idle::XDR_NAMESPACE_CONFIG]).unwrap_or_else(unknown)
}

/// The answer to `get-stats:context=xdr;dc=…[;namespace=…]`: nothing was shipped.
pub(super) fn statistics(node: &Node, command: &Command<'_>) -> String {
    about(node, command, [idle::XDR_STATISTICS, idle::XDR_NAMESPACE_STATISTICS])
        .unwrap_or_else(unknown)
}

/// The answer to `xdr-get-filter:dc=…[;namespace=…]`: no namespace has a filter.
pub(super) fn filters(node: &Node, command: &Command<'_>) -> String {
    let destination = command.parameter("dc").and_then(|dc| node.xdr().get(dc));
    let Some(destination) = destination else { return unknown() };
    let asked = command.parameter("namespace");
    let names = destination.namespaces.keys().filter(|name| asked.is_none_or(|one| one == *name));
    names.map(|name| format!("namespace={name}:exp=null")).collect::<Vec<_>>().join(";")
}
