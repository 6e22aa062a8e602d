//! What a cluster keeps beside its records, its users and its truncations: modules of functions,
//! secondary indexes, masking rules. They are kept and listed on every node, and change no record.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::Node;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A module of functions (`udf-put:`).
    Functions,
    /// A secondary index (`sindex-create:`).
    Index,
    /// A rule that masks a bin (`masking:`).
    Mask,
}

/// Names and values, in the order in which they are told.
pub type Fields = Vec<(String, String)>;

/// There is no room for an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// An entry with the number of its changes; `None` once it is dropped. Of two with one name the one
/// that was changed more often holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Entry {
    generation: u64,
    fields: Option<Fields>,
}

impl Entry {
    fn bytes(&self) -> usize {
        let fields = self.fields.iter().flatten();
        fields.map(|(name, value)| name.len() + value.len()).sum()
    }
}

/// The metadata of a cluster, as one node knows it.
///
/// The server spreads it as system metadata. Here a heartbeat tells its version, and the whole only
/// while some peer's last heartbeat told another one: modules of functions are large.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    entries: BTreeMap<(Kind, String), Entry>,
    version: u64,
}

impl Metadata {
    /// The most entries, dropped ones among them: a node remembers that it has dropped them.
    const MOST_ENTRIES: usize = 4096;
    /// The most bytes of all names and values.
    const MOST_BYTES: usize = 2 << 20;

    /// A number that is the same wherever the same is known, and another elsewhere; 0 for nothing.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The entries of a kind, by name.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = (&str, &Fields)> {
        let entries = self.entries.iter().filter(move |((known, _), _)| *known == kind);
        entries.filter_map(|((_, name), entry)| Some((name.as_str(), entry.fields.as_ref()?)))
    }

    /// One entry.
    #[must_use]
    pub fn get(&self, kind: Kind, name: &str) -> Option<&Fields> {
        self.entries.get(&(kind, name.to_owned()))?.fields.as_ref()
    }

    /// Sets an entry, or drops it.
    fn set(&mut self, kind: Kind, name: &str, fields: Option<Fields>) -> Result<(), Full> {
        let key = (kind, name.to_owned());
        let known = self.entries.get(&key);
        let generation = known.map_or(0, |entry| entry.generation) + 1;
        let before = known.map(Entry::bytes);
        let entry = Entry { generation, fields };
        let others: usize = self.entries.iter().map(|((_, name), e)| name.len() + e.bytes()).sum();
        let bytes = others - before.unwrap_or(0) + name.len() + entry.bytes();
        let is_full = before.is_none() && self.entries.len() >= Self::MOST_ENTRIES;
        // What is dropped makes room: that is never refused.
        if entry.fields.is_some() && (is_full || bytes > Self::MOST_BYTES) {
            return Err(Full);
        }
        self.put(key, entry);
        Ok(())
    }

    /// Puts an entry in the place of what was there, and brings the version up to it: the sum of
    /// the hashes of all entries.
    fn put(&mut self, key: (Kind, String), entry: Entry) {
        let hash = |entry: &Entry| {
            let mut hasher = DefaultHasher::new();
            (&key, entry).hash(&mut hasher);
            hasher.finish()
        };
        let before = self.entries.get(&key).map_or(0, hash);
        self.version = self.version.wrapping_sub(before).wrapping_add(hash(&entry));
        self.entries.insert(key, entry);
    }

    /// Takes in what another node knows; whether that is news.
    fn learn(&mut self, other: &Self) -> bool {
        let mut news = false;
        for (key, entry) in &other.entries {
            if self.entries.get(key).is_none_or(|known| known < entry) {
                self.put(key.clone(), entry.clone());
                news = true;
            }
        }
        news
    }
}

impl Node {
    /// What the cluster keeps beside its records, as far as it has come to be known here.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Sets an entry of the metadata, or drops one that is there; the others learn of it with the
    /// next heartbeats.
    ///
    /// # Errors
    /// There is no room.
    pub fn set_metadata(
        &mut self,
        kind: Kind,
        name: &str,
        fields: Option<Fields>,
    ) -> Result<(), Full> {
        let known = self.metadata.get(kind, name);
        if known == fields.as_ref() {
            return Ok(());
        }
        Arc::make_mut(&mut self.metadata).set(kind, name, fields)
    }

    /// What a heartbeat tells of the metadata beside its version: all of it, while a peer may know
    /// something else.
    pub(super) fn told_metadata(&self) -> Option<Arc<Metadata>> {
        let version = self.metadata.version();
        let mut peers = self.peers.ids().filter_map(|id| self.peers.beat(id));
        let differs = peers.any(|beat| beat.metadata_version != version);
        differs.then(|| Arc::clone(&self.metadata))
    }

    /// Takes in what another node knows of the metadata.
    pub(super) fn learn_metadata(&mut self, other: &Arc<Metadata>) {
        if self.metadata.version() == other.version() {
            return;
        }
        let mut learned = Metadata::clone(&self.metadata);
        if learned.learn(other) {
            self.metadata = Arc::new(learned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: &str) -> Option<Fields> {
        Some(vec![("content".to_owned(), value.to_owned())])
    }

    #[test]
    fn who_learns_from_each_other_agrees() {
        let (mut one, mut other) = (Metadata::default(), Metadata::default());
        one.set(Kind::Functions, "a", fields("1")).unwrap();
        one.set(Kind::Functions, "a", fields("2")).unwrap();
        other.set(Kind::Functions, "a", fields("9")).unwrap();
        other.set(Kind::Index, "a", fields("i")).unwrap();
        other.set(Kind::Index, "a", None).unwrap();
        assert_ne!(one.version(), other.version());
        assert!(one.learn(&other) && other.learn(&one) && !one.learn(&other));
        assert_eq!(one, other);
        assert_eq!(one.get(Kind::Functions, "a"), fields("2").as_ref(), "changed more often");
        assert_eq!(one.of(Kind::Index).count(), 0, "it was dropped");
    }

    #[test]
    fn there_is_an_end_to_names_and_to_bytes() {
        let mut metadata = Metadata::default();
        let large = "x".repeat(Metadata::MOST_BYTES / 2);
        metadata.set(Kind::Functions, "a", fields(&large)).unwrap();
        assert_eq!(metadata.set(Kind::Functions, "b", fields(&large)), Err(Full));
        metadata.set(Kind::Functions, "a", None).unwrap();
        metadata.set(Kind::Functions, "b", fields(&large)).unwrap();
        for number in 2..Metadata::MOST_ENTRIES {
            metadata.set(Kind::Index, &number.to_string(), fields("")).unwrap();
        }
        assert_eq!(metadata.set(Kind::Index, "more", fields("")), Err(Full));
        metadata.set(Kind::Index, "2", fields("again")).unwrap();
    }
}
