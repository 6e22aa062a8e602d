//! Record digests, user keys and partition ids.

use std::fmt;

use ripemd::{Digest as _, Ripemd160};
use serde::{Deserialize, Serialize};

use crate::ParticleType;

/// Number of partitions of every namespace.
pub const PARTITIONS: u16 = 4096;
/// Length of a digest in bytes.
pub const DIGEST_LENGTH: usize = 20;

/// RIPEMD-160 of a record's set and user key: the record's identity in its namespace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; DIGEST_LENGTH]);

impl Digest {
    /// The digest of a key: set name, the key's particle type, the key's bytes. The namespace does
    /// not take part; an empty set adds nothing.
    #[must_use]
    pub fn of(set: &str, key: &UserKey) -> Self {
        let mut hasher = Ripemd160::new();
        hasher.update(set.as_bytes());
        hasher.update([key.particle_type.0]);
        hasher.update(&key.bytes);
        Self(hasher.finalize().into())
    }

    /// The partition that holds the record: the low 12 bits of the first two bytes, read
    /// little-endian.
    #[must_use]
    pub fn partition(&self) -> u16 {
        u16::from_le_bytes([self.0[0], self.0[1]]) % PARTITIONS
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// A user key as it is hashed and, if the client asks, stored.
///
/// The type is not restricted: servers store whatever non-integer type a client sends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserKey {
    /// Type of the key.
    pub particle_type: ParticleType,
    /// The key: eight bytes for an integer, else text or bytes as they are.
    pub bytes: Vec<u8>,
}

impl From<i64> for UserKey {
    fn from(key: i64) -> Self {
        Self { particle_type: ParticleType::INTEGER, bytes: key.to_be_bytes().to_vec() }
    }
}

impl From<&str> for UserKey {
    fn from(key: &str) -> Self {
        Self { particle_type: ParticleType::STRING, bytes: key.as_bytes().to_vec() }
    }
}

impl From<&[u8]> for UserKey {
    fn from(key: &[u8]) -> Self {
        Self { particle_type: ParticleType::BLOB, bytes: key.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first four stand in the official client's tests, the last two were captured.
    #[test]
    fn golden_digests_and_partitions() {
        let vectors: [(&str, UserKey, &str, u16); 6] = [
            ("set", 0.into(), "93d943aae37b017ad7e011b0c1d2e2143c2fb37d", 2451),
            ("set", "haha".into(), "36eb02a807dbade8cd784e7800d76308b4e89212", 2870),
            ("set", [].as_slice().into(), "327e2877b8815c7aeede0d5a8620d4ef8df4a4b4", 3634),
            ("set", "".into(), "2819b1ff6e346a43b4f5f6b77a88bc3eaac22a83", 2344),
            ("demo", 1.into(), "b7f4b83889e2da67de683e1df6919a1eacc446c8", 1207),
            ("demo", 2.into(), "ae6a515f37de4adacc4496e2da1fea848c3a9270", 2734),
        ];
        for (set, key, digest, partition) in vectors {
            let found = Digest::of(set, &key);
            assert_eq!(found.to_string(), digest, "{set} {key:?}");
            assert_eq!(found.partition(), partition, "{set} {key:?}");
        }
    }
}
