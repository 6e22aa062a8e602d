//! The addresses from which users of a role may log in.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Networks: an address, and how many of its bits count. Empty: from everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Allowlist {
    networks: Vec<(IpAddr, u8)>,
}

impl Allowlist {
    /// The most networks of one list.
    const MOST: usize = 64;

    /// Reads addresses, each with the number of its bits after a slash or not, joined by commas;
    /// `None` for what is no such list.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        if text.is_empty() {
            return Some(Self::default());
        }
        let network = |text: &str| {
            let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
            let address: IpAddr = address.parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
            (bits <= most).then_some((address, bits))
        };
        let networks: Vec<_> = text.split(',').map(network).collect::<Option<_>>()?;
        (networks.len() <= Self::MOST).then_some(Self { networks })
    }

    /// The list as it is told.
    pub(super) fn text(&self) -> String {
        let networks = self.networks.iter().map(|(address, bits)| {
            let all = if address.is_ipv4() { 32 } else { 128 };
            if *bits == all { address.to_string() } else { format!("{address}/{bits}") }
        });
        networks.collect::<Vec<_>>().join(",")
    }

    pub(super) fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether an address is in one of the networks.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        // Of a socket that takes both kinds, old addresses come in the form of new ones.
        let address = address.to_canonical();
        self.networks.iter().any(|(network, bits)| match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differ = network.to_bits() ^ address.to_bits();
                differ.checked_shr(32 - u32::from(*bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differ = network.to_bits() ^ address.to_bits();
                differ.checked_shr(128 - u32::from(*bits)).unwrap_or(0) == 0
            }
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_the_addresses_that_begin_like_them() {
        let list = Allowlist::parse(b"10.0.0.0/8,127.0.0.1,fd00::/16").unwrap();
        assert_eq!(list.text(), "10.0.0.0/8,127.0.0.1,fd00::/16");
        for (address, is_in) in [
            ("10.255.3.4", true),
            ("11.0.0.1", false),
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("127.0.0.2", false),
            ("fd00::7", true),
            ("fd01::7", false),
        ] {
            assert_eq!(list.has(address.parse().unwrap()), is_in, "{address}");
        }
        let all = Allowlist::parse(b"0.0.0.0/0").unwrap();
        assert!(all.has("8.8.8.8".parse().unwrap()) && !all.has("::1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_list_of_addresses_is_refused() {
        let many = vec!["10.0.0.1"; Allowlist::MOST + 1].join(",");
        for text in ["nowhere", "10.0.0.1/33", "10.0.0.1,", "10.0.0.1/x", &many] {
            assert_eq!(Allowlist::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Allowlist::parse(b"\xFF"), None);
        assert!(Allowlist::parse(b"").unwrap().is_empty());
    }
}
