//! What every page and export of an emulated cluster must say.

use history::ClusterKind;

/// What title, first sentence, print header, JUnit suite and JSON of a certificate or a run say of
/// the cluster: that it is emulated; nothing (empty) where real servers were tested.
#[must_use]
pub fn cluster_notice(kind: ClusterKind) -> String {
    notice(kind).unwrap_or_default().to_owned()
}

/// The same, `None` where real servers were tested.
pub(crate) fn notice(kind: ClusterKind) -> Option<&'static str> {
    match kind {
        ClusterKind::Emulated => {
            Some("Emulated cluster, which says nothing about a real cluster (latencies included)")
        }
        ClusterKind::Real => None,
    }
}

/// A sentence with the notice before it, unless it already stands there.
pub(crate) fn noticed(kind: ClusterKind, sentence: &str) -> String {
    match notice(kind) {
        Some(notice) if !sentence.contains(notice) => format!("{notice}: {sentence}"),
        _ => sentence.to_owned(),
    }
}
