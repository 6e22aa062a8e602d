//! Commands that change the node: what an operator, or asadm's `manage`, tells it to do.

use wire::ResultCode;
use wire::info::{Command, error};

use super::answer::no_namespace;
use super::{functions, indexes, logs, masking, roster, xdr};
use crate::node::{Full, Node, Quiesce, Recluster};
use crate::record::EPOCH_UNIX_MS;

/// Does what a command says; `None` for a command that changes nothing.
pub(super) fn act(node: &mut Node, now_ns: u64, command: &Command<'_>) -> Option<String> {
    let done = match command.name {
        "recluster" => match node.recluster() {
            Recluster::Ok => Ok(()),
            Recluster::IgnoredByNonPrincipal => Err("ignored-by-non-principal".to_owned()),
            Recluster::Failed => Err(error(ResultCode::UNKNOWN, "unknown")),
        },
        "quiesce" => match node.quiesce(true) {
            Quiesce::Ok => Ok(()),
            Quiesce::Permanent => Err(error(ResultCode::FORBIDDEN, "permanently quiesced")),
        },
        "quiesce-undo" => match node.quiesce(false) {
            Quiesce::Ok => Ok(()),
            Quiesce::Permanent => Err("ignored-permanently-quiesced".to_owned()),
        },
        "roster-set" => set_roster(node, command),
        "revive" => revive(node, command),
        "truncate" | "truncate-namespace" => truncate(node, now_ns, command),
        "truncate-undo" | "truncate-namespace-undo" => undo_truncation(node, command),
        "log-set" => logs::set(node, command),
        "udf-put" => functions::put(node, command),
        "udf-remove" => functions::remove(node, command),
        "sindex-create" => indexes::create(node, command),
        "sindex-delete" => indexes::delete(node, command),
        "masking" => masking::act(node, command),
        "query-abort" => abort_query(command),
        // A query ends in the step in which it begins.
        "query-abort-all" => Err("OK - number of queries killed: 0".to_owned()),
        "set-config" => set_config(node, command),
        _ => return None,
    };
    Some(done.map_or_else(|refused| refused, |()| "ok".to_owned()))
}

pub(super) fn bad(text: &str) -> String {
    error(ResultCode::PARAMETER, text)
}

/// The answer where there is no room in the cluster's metadata.
pub(super) fn full(Full: Full) -> String {
    error(ResultCode::FORBIDDEN, "no room for more metadata")
}

/// `query-abort:trid=…`: none is under way.
fn abort_query(command: &Command<'_>) -> Result<(), String> {
    let number = command.parameter("trid").ok_or_else(|| bad("missing 'trid'"))?;
    let _: u64 = number.parse().map_err(|_| bad("bad 'trid'"))?;
    Err(error(ResultCode::NOT_FOUND, "trid not active"))
}

fn set_roster(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let namespace = command.parameter("namespace").unwrap_or_default();
    let nodes = command.parameter("nodes").and_then(roster::parse);
    let nodes = nodes.ok_or_else(|| bad("bad 'nodes'"))?;
    if node.set_roster(namespace, nodes) {
        Ok(())
    } else if node.namespace(namespace).is_some() {
        Err(bad("namespace is not strong-consistency"))
    } else {
        Err(no_namespace())
    }
}

/// `revive:[namespace=<name>]`.
fn revive(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let all: Vec<String> = node.namespaces().map(|space| space.name.clone()).collect();
    let names = match command.parameter("namespace") {
        Some(name) if !all.iter().any(|known| known == name) => return Err(no_namespace()),
        Some(name) => vec![name.to_owned()],
        None => all,
    };
    let revived = names.iter().filter(|name| node.revive(name)).count();
    let failed = || error(ResultCode::CLUSTER_KEY_MISMATCH, "failed revive");
    (revived == names.len()).then_some(()).ok_or_else(failed)
}

/// The namespace and the set that a truncation is of. A namespace that the node does not have is
/// none of its business, and no error: the command is the cluster's.
fn truncated<'a>(command: &Command<'a>) -> Result<(&'a str, &'a str), String> {
    let namespace = command.parameter("namespace").filter(|name| !name.is_empty());
    let namespace = namespace.ok_or_else(|| bad("missing 'namespace'"))?;
    if command.name.starts_with("truncate-namespace") {
        return Ok((namespace, ""));
    }
    let set = command.parameter("set").filter(|name| !name.is_empty());
    Ok((namespace, set.ok_or_else(|| bad("missing 'set'"))?))
}

fn truncate(node: &mut Node, now_ns: u64, command: &Command<'_>) -> Result<(), String> {
    let (namespace, set) = truncated(command)?;
    let now_ms = node.update_time_ms(now_ns);
    let before_ms = match command.parameter("lut") {
        None => now_ms,
        Some(text) => {
            let unix_ns = nanoseconds(text).ok_or_else(|| bad("bad 'lut'"))?;
            (unix_ns / 1_000_000).saturating_sub(EPOCH_UNIX_MS)
        }
    };
    if before_ms > now_ms {
        return Err(bad("would truncate in the future"));
    }
    node.truncate(namespace, set, before_ms);
    Ok(())
}

fn undo_truncation(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let (namespace, set) = truncated(command)?;
    node.undo_truncation(namespace, set);
    Ok(())
}

/// Nanoseconds of Unix time: decimal, hexadecimal (`0x`) or octal (`0`).
fn nanoseconds(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (&text[1..], 8),
        None => (text, 10),
    };
    u64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))
}

/// `set-config:context=…`. The settings of one command are changed in their order, up to the first
/// that cannot be.
fn set_config(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let refused = || bad("invalid set-config parameter");
    let context = command.parameter("context").unwrap_or_default();
    if context == "xdr" {
        return xdr::set(node, command).ok_or_else(refused);
    }
    let selectors: &[&str] =
        if context == "namespace" { &["context", "namespace", "id", "set"] } else { &["context"] };
    let of_set = command.parameter("set");
    let name = command.parameter("namespace").or(command.parameter("id")).unwrap_or_default();
    let settings = command.parameters.iter().filter(|(key, _)| !selectors.contains(key));
    let mut settings = settings.peekable();
    let known = settings.peek().is_some();
    let mut set = |(key, value): &(&str, &str)| match context {
        "service" => node.set_service(key, value),
        "network" => node.set_network(key, value),
        "security" => node.set_security(key, value),
        "namespace" => match of_set {
            Some(of_set) => node.set_set_config(name, of_set, key, value),
            None => node.set_config(name, key, value),
        },
        _ => false,
    };
    (known && settings.all(&mut set)).then_some(()).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_decimal_hexadecimal_or_octal() {
        assert_eq!(nanoseconds("1497953000000000000"), Some(1_497_953_000_000_000_000));
        assert_eq!(nanoseconds("0x10"), Some(16));
        assert_eq!(nanoseconds("010"), Some(8));
        assert_eq!(nanoseconds("0"), Some(0));
        for bad in ["", "0x", "08", "+1", "-1", "soon", "99999999999999999999"] {
            assert_eq!(nanoseconds(bad), None, "{bad}");
        }
    }
}
