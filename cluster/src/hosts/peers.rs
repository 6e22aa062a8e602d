//! The peers that a node names.

use history::NodeId;

/// The port of a server that names none.
pub(super) const DEFAULT_PORT: u16 = 3000;

/// The peers in an answer to `peers-clear-std`, `generation,port,[[id,tls-name,[host[:port],…]],…]`,
/// each with its first address (a name or an IPv4 address); `None` if it is no such answer.
pub(super) fn parse(answer: &str) -> Option<Vec<(NodeId, String)>> {
    let mut parts = answer.splitn(3, ',');
    let (_generation, port, peers) = (parts.next()?, parts.next()?, parts.next()?);
    let port = if port.is_empty() { DEFAULT_PORT } else { port.parse().ok()? };
    let peers = peers.strip_prefix('[')?.strip_suffix(']')?;
    let peers =
        peers.split("]]").map(|peer| peer.trim_start_matches(',')).filter(|p| !p.is_empty());
    peers.map(|peer| parse_peer(peer, port)).collect()
}

/// A peer without its closing brackets: `[id,tls-name,[host[:port],…`.
fn parse_peer(peer: &str, port: u16) -> Option<(NodeId, String)> {
    let mut parts = peer.strip_prefix('[')?.splitn(3, ',');
    let (id, _tls_name, hosts) = (parts.next()?, parts.next()?, parts.next()?);
    let host = hosts.strip_prefix('[')?.split(',').next().filter(|host| !host.is_empty())?;
    Some((id.parse().ok()?, with_port(host, port)))
}

/// An address with the port that it may leave out.
pub(super) fn with_port(address: &str, port: u16) -> String {
    if address.contains(':') { address.to_owned() } else { format!("{address}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_peers_are_found() {
        let answer = "10,3000,[[B21,,[172.33.0.11]],[B22,tls,[172.33.0.12:3100,10.0.0.1]]]";
        let expected = vec![
            (NodeId(0xB21), "172.33.0.11:3000".to_owned()),
            (NodeId(0xB22), "172.33.0.12:3100".to_owned()),
        ];
        assert_eq!(parse(answer), Some(expected));
        assert_eq!(parse("10,3000,[]"), Some(vec![]));
    }

    #[test]
    fn odd_answers_are_none() {
        for odd in
            ["", "10", "ERROR:4:no", "10,3000,", "1,x,[]", "1,3000,[[B21]]", "1,3000,[[Q,,[h]]]"]
        {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
