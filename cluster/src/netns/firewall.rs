//! Rules of the kernel's firewall, in the one table that is ours.
//!
//! The receiving end of a link drops or refuses what comes from the other end's address: an element
//! of a verdict map, which the kernel lets expire.

use std::net::Ipv4Addr;
use std::time::Duration;

use history::Interruption;

use super::tool;
use crate::ClusterError;

/// The table and its map, before anything is cut.
const TABLE: &str = "\
table inet aerocert {
    map from {
        type ipv4_addr : verdict
        flags timeout
    }
    chain refuse {
        meta l4proto tcp reject with tcp reset
        drop
    }
    chain arriving {
        type filter hook input priority -300; policy accept;
        ip saddr vmap @from
    }
}
";

/// What arrives from an address is interrupted, until the time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) from: Ipv4Addr,
    pub(super) interruption: Interruption,
    pub(super) remaining: Duration,
}

/// Makes the table in a namespace.
pub(super) fn install(namespace: &str) -> Result<(), ClusterError> {
    nft(namespace, TABLE)
}

/// Makes these the cuts in a namespace, and no others, in one transaction: no packet passes between
/// what was and what is. Addresses are distinct.
pub(super) fn set(namespace: &str, cuts: &[Cut]) -> Result<(), ClusterError> {
    nft(namespace, &rules(cuts))
}

fn rules(cuts: &[Cut]) -> String {
    let mut rules = "flush map inet aerocert from\n".to_owned();
    for Cut { from, interruption, remaining } in cuts {
        let verdict = match interruption {
            Interruption::Cut | Interruption::Stall => "drop",
            Interruption::Close => "jump refuse",
        };
        let remaining_ms = remaining.as_millis().max(1);
        rules += &format!(
            "add element inet aerocert from {{ {from} timeout {remaining_ms}ms : {verdict} }}\n"
        );
    }
    rules
}

fn nft(namespace: &str, rules: &str) -> Result<(), ClusterError> {
    tool::run("ip", &["netns", "exec", namespace, "nft", "-f", "-"], rules).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_replace_what_was_cut() {
        let cut = |interruption| Cut {
            from: Ipv4Addr::new(198, 18, 0, 10),
            interruption,
            remaining: Duration::from_millis(5500),
        };
        assert_eq!(rules(&[]), "flush map inet aerocert from\n");
        assert_eq!(
            rules(&[cut(Interruption::Stall)]),
            "flush map inet aerocert from\n\
             add element inet aerocert from { 198.18.0.10 timeout 5500ms : drop }\n"
        );
        assert!(rules(&[cut(Interruption::Close)]).contains(": jump refuse }"));
    }
}
