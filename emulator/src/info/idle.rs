//! Answers of a server that has just started and done nothing, and what to put in their place.
//!
//! The tables hold the keys of Community Edition 8.1.2.0 in its order, with their idle values; those
//! of security and of other clusters, which it lacks, the keys of the vendor's reference.
//! What the emulator knows replaces a value; what it does not count stays as it is here.

/// A table of `key=value` lines.
#[derive(Clone, Copy)]
pub(super) struct Idle(&'static str);

/// `statistics`.
pub(super) const STATISTICS: Idle = Idle(include_str!("idle/statistics.txt"));
/// `namespace/<name>`, without the configuration that follows.
pub(super) const NAMESPACE: Idle = Idle(include_str!("idle/namespace.txt"));
/// `get-config:context=namespace`, also the end of `namespace/<name>`.
pub(super) const NAMESPACE_CONFIG: Idle = Idle(include_str!("idle/namespace_config.txt"));
/// `get-config:context=service`.
pub(super) const SERVICE_CONFIG: Idle = Idle(include_str!("idle/service_config.txt"));
/// `get-config:context=network`.
pub(super) const NETWORK_CONFIG: Idle = Idle(include_str!("idle/network_config.txt"));
/// `get-config:context=security`, in a cluster with security.
pub(super) const SECURITY_CONFIG: Idle = Idle(include_str!("idle/security_config.txt"));
/// `get-config:context=xdr` with a destination.
pub(super) const XDR_CONFIG: Idle = Idle(include_str!("idle/xdr_config.txt"));
/// The same with a namespace.
pub(super) const XDR_NAMESPACE_CONFIG: Idle = Idle(include_str!("idle/xdr_namespace_config.txt"));
/// `get-stats:context=xdr` with a destination.
pub(super) const XDR_STATISTICS: Idle = Idle(include_str!("idle/xdr_statistics.txt"));
/// The same with a namespace.
pub(super) const XDR_NAMESPACE_STATISTICS: Idle =
    Idle(include_str!("idle/xdr_namespace_statistics.txt"));

impl Idle {
    /// The table as an answer, `key=value` joined by `;`, with the values of `known` keys.
    pub(super) fn with(self, known: &[(&str, String)]) -> String {
        debug_assert!(
            known.iter().all(|(key, _)| self.has(key)),
            "every known key stands in the table",
        );
        let mut answer = String::with_capacity(self.0.len() + 256);
        for line in self.0.lines() {
            let (key, idle) = line.split_once('=').unwrap_or((line, ""));
            let value = known.iter().find(|(name, _)| *name == key).map(|(_, value)| value);
            if !answer.is_empty() {
                answer.push(';');
            }
            answer.push_str(key);
            answer.push('=');
            answer.push_str(value.map_or(idle, String::as_str));
        }
        answer
    }

    /// Whether the table has a key.
    pub(super) fn has(self, key: &str) -> bool {
        self.0.lines().any(|line| line.split_once('=').is_some_and(|(name, _)| name == key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_replace_idle_ones_in_place() {
        let table = Idle("a=0\nb=null\nc=0\n");
        assert_eq!(table.with(&[("b", "x".into())]), "a=0;b=x;c=0");
        assert!(table.has("c") && !table.has("d"));
    }

    #[test]
    fn every_line_is_a_pair_and_no_key_comes_twice() {
        for table in [
            STATISTICS,
            NAMESPACE,
            NAMESPACE_CONFIG,
            SERVICE_CONFIG,
            NETWORK_CONFIG,
            SECURITY_CONFIG,
            XDR_CONFIG,
            XDR_NAMESPACE_CONFIG,
            XDR_STATISTICS,
            XDR_NAMESPACE_STATISTICS,
        ] {
            let mut keys: Vec<&str> =
                table.0.lines().map(|line| line.split_once('=').unwrap().0).collect();
            let count = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), count);
        }
    }
}
