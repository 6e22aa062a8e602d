//! The partition map that the info command `replicas` answers with.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::DecodeError;
use crate::digest::PARTITIONS;

/// Bytes of a bitmap with a bit per partition.
const BITMAP_LENGTH: usize = PARTITIONS as usize / 8;

/// A set of partitions. Partition `p` is bit `0x80 >> (p & 7)` of byte `p >> 3`.
#[derive(Clone, PartialEq, Eq)]
pub struct PartitionBitmap(Box<[u8; BITMAP_LENGTH]>);

impl Default for PartitionBitmap {
    fn default() -> Self {
        Self(Box::new([0; BITMAP_LENGTH]))
    }
}

impl fmt::Debug for PartitionBitmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<u16> for PartitionBitmap {
    fn from_iter<I: IntoIterator<Item = u16>>(partitions: I) -> Self {
        let mut bitmap = Self::default();
        for partition in partitions {
            bitmap.insert(partition);
        }
        bitmap
    }
}

impl PartitionBitmap {
    /// Adds a partition; ids beyond the last are taken modulo their number.
    pub fn insert(&mut self, partition: u16) {
        let partition = partition % PARTITIONS;
        self.0[usize::from(partition >> 3)] |= 0x80 >> (partition & 7);
    }

    /// True when the partition is in the set.
    #[must_use]
    pub fn contains(&self, partition: u16) -> bool {
        let byte = self.0.get(usize::from(partition >> 3));
        byte.is_some_and(|byte| byte & (0x80 >> (partition & 7)) != 0)
    }

    /// The partitions in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        (0..PARTITIONS).filter(|&partition| self.contains(partition))
    }

    /// The bitmap in base64, 684 characters.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0.as_slice())
    }

    /// Reads a bitmap.
    ///
    /// # Errors
    /// Text that is not base64 of 512 bytes.
    pub fn from_base64(text: &str) -> Result<Self, DecodeError> {
        let mut bytes = Box::new([0; BITMAP_LENGTH]);
        match STANDARD.decode_slice(text, bytes.as_mut_slice()) {
            Ok(BITMAP_LENGTH) => Ok(Self(bytes)),
            _ => Err(DecodeError::Malformed("partition bitmap")),
        }
    }
}

/// What a node owns of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceReplicas {
    /// The namespace.
    pub namespace: String,
    /// Regime of the last rebalance; 0 in AP.
    pub regime: u32,
    /// The partitions owned, by place in the succession row: the first column are masters.
    pub columns: Vec<PartitionBitmap>,
}

/// The value of `replicas`: `namespace:regime,n,bitmap,…;…`.
#[must_use]
pub fn encode(namespaces: &[NamespaceReplicas]) -> String {
    let namespaces: Vec<String> = namespaces
        .iter()
        .map(|ns| {
            let mut text = format!("{}:{},{}", ns.namespace, ns.regime, ns.columns.len());
            for column in &ns.columns {
                text.push(',');
                text.push_str(&column.to_base64());
            }
            text
        })
        .collect();
    namespaces.join(";")
}

/// Reads the value of `replicas`.
///
/// # Errors
/// Text of another shape, or a number of bitmaps other than announced.
pub fn decode(value: &str) -> Result<Vec<NamespaceReplicas>, DecodeError> {
    value.split(';').filter(|part| !part.is_empty()).map(decode_namespace).collect()
}

fn decode_namespace(text: &str) -> Result<NamespaceReplicas, DecodeError> {
    const MALFORMED: DecodeError = DecodeError::Malformed("replicas");
    let (namespace, rest) = text.split_once(':').ok_or(MALFORMED)?;
    let mut parts = rest.split(',');
    let regime = parts.next().and_then(|part| part.parse().ok()).ok_or(MALFORMED)?;
    let count: usize = parts.next().and_then(|part| part.parse().ok()).ok_or(MALFORMED)?;
    let columns: Vec<_> = parts.map(PartitionBitmap::from_base64).collect::<Result<_, _>>()?;
    if columns.len() != count {
        return Err(MALFORMED);
    }
    Ok(NamespaceReplicas { namespace: namespace.to_owned(), regime, columns })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_0_and_9_are_the_first_two_bytes() {
        let bitmap: PartitionBitmap = [0, 9].into_iter().collect();
        let text = bitmap.to_base64();
        assert_eq!(text.len(), 684);
        assert!(text.starts_with("gEAA"));
        assert_eq!(PartitionBitmap::from_base64(&text).unwrap(), bitmap);
        assert_eq!(bitmap.iter().collect::<Vec<_>>(), [0, 9]);
    }

    #[test]
    fn a_full_bitmap_reads_as_a_real_server_writes_it() {
        let full: PartitionBitmap = (0..PARTITIONS).collect();
        let text = full.to_base64();
        assert!(text.ends_with("///8=") && text.starts_with("////"));
        assert!(full.contains(4095) && !full.contains(4096));
    }

    #[test]
    fn the_value_survives_the_round_trip() {
        let columns = vec![[1, 2].into_iter().collect(), PartitionBitmap::default()];
        let namespaces = [
            NamespaceReplicas { namespace: "mydata".into(), regime: 6, columns },
            NamespaceReplicas { namespace: "mydata_ap".into(), regime: 0, columns: vec![] },
        ];
        assert_eq!(decode(&encode(&namespaces)).unwrap(), namespaces);
        assert_eq!(decode("").unwrap(), []);
        for bad in ["mydata", "mydata:x,1", "mydata:0", "mydata:0,1", "mydata:0,1,AAAA"] {
            assert!(decode(bad).is_err(), "{bad}");
        }
    }
}
