//! Which keys a pinned process reaches.
//!
//! A client that knows one node only has a partition map with that node's claims, and refuses keys
//! of all other partitions itself. So a pinned process keeps to the partitions that its node holds a
//! copy of: where the node is master it is asked directly, where it is replica it proxies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Partitions of a namespace.
const PARTITIONS: usize = 4096;

/// A set of partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reach(Vec<u8>);

impl Reach {
    /// The partitions of a namespace that a node claims in its answer to `replicas`:
    /// `namespace:regime,factor,bitmap,bitmap,…;…`, one base64 bitmap per place in the succession,
    /// the first partition in the highest bit.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub(super) fn parse(replicas: &str, namespace: &str) -> Result<Self, String> {
        let mut namespaces = replicas.trim_end().split(';').filter_map(|part| part.split_once(':'));
        let (_, claims) = namespaces
            .find(|(name, _)| *name == namespace)
            .ok_or_else(|| "it does not name the namespace".to_owned())?;
        let mut partitions = vec![0_u8; PARTITIONS / 8];
        for bitmap in claims.split(',').skip(2) {
            let bitmap = STANDARD.decode(bitmap).map_err(|error| error.to_string())?;
            if bitmap.len() != partitions.len() {
                return Err(format!("a bitmap of {} bytes", bitmap.len()));
            }
            partitions.iter_mut().zip(bitmap).for_each(|(all, claimed)| *all |= claimed);
        }
        Ok(Self(partitions))
    }

    /// Whether a partition is among them.
    pub(super) fn contains(&self, partition: usize) -> bool {
        self.0.get(partition / 8).is_some_and(|byte| byte & (0x80 >> (partition % 8)) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bitmap(partitions: &[usize]) -> String {
        let mut bytes = vec![0_u8; PARTITIONS / 8];
        for partition in partitions {
            bytes[partition / 8] |= 0x80 >> (partition % 8);
        }
        STANDARD.encode(bytes)
    }

    #[test]
    fn a_node_reaches_what_it_is_master_or_replica_of() {
        let answer = format!(
            "other:0,1,{};mydata:4,2,{},{}",
            bitmap(&[9]),
            bitmap(&[0, 4095]),
            bitmap(&[12])
        );
        let reach = Reach::parse(&answer, "mydata").unwrap();
        let found: Vec<usize> =
            (0..PARTITIONS + 8).filter(|partition| reach.contains(*partition)).collect();
        assert_eq!(found, [0, 12, 4095]);
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_refused() {
        assert!(Reach::parse("", "mydata").is_err());
        assert!(Reach::parse("mydata2:0,1,AAAA", "mydata").is_err());
        assert!(Reach::parse("mydata:0,1,AAAA", "mydata").unwrap_err().contains("3 bytes"));
        assert!(Reach::parse("mydata:0,1,?", "mydata").is_err());
    }
}
