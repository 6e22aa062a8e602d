//! The hash that orders nodes for a partition.
//!
//! Source: the server's public rebalance code: FNV-1a over node id and partition id, mixed by
//! Jenkins' one-at-a-time hash in 64 bits; the node's position in the descending list of ids
//! replaces the low byte, so that no two scores tie.

use super::NodeId;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// Hashes a node's id; the first half of a score's input.
pub(super) fn hashed_node(node: NodeId) -> u64 {
    fnv_1a(&node.0.to_le_bytes())
}

/// Hashes a partition's id; the second half of a score's input.
pub(super) fn hashed_partition(partition: usize) -> u64 {
    fnv_1a(&(partition as u32).to_le_bytes())
}

/// The score of a node for a partition; the highest comes first in the row.
/// `position` is the node's place in the descending list of ids.
pub(super) fn score(hashed_node: u64, hashed_partition: u64, position: u8) -> u64 {
    let mut hash = 0u64;
    for byte in hashed_node.to_le_bytes().into_iter().chain(hashed_partition.to_le_bytes()) {
        hash = hash.wrapping_add(u64::from(byte));
        hash = hash.wrapping_add(hash << 10);
        hash ^= hash >> 6;
    }
    hash = hash.wrapping_add(hash << 3);
    hash ^= hash >> 11;
    hash = hash.wrapping_add(hash << 15);
    (hash & !0xff) | u64::from(position)
}

fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME))
}
