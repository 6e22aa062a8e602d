//! The shapes that a cluster had, one after the other, from the logs of its nodes.

use std::collections::{BTreeMap, BTreeSet};

use history::NodeId;
use jiff::civil::DateTime;
use serde::Serialize;

use super::line::{Line, Said};
use super::shape::{Shape, View, shape};

/// One node's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The node's id if the log tells it, or else the file's name.
    pub node: String,
    /// What it says, in order.
    pub lines: Vec<Line>,
}

impl Log {
    /// Reads a log.
    #[must_use]
    pub fn read(name: &str, text: &str) -> Self {
        let lines: Vec<Line> = text.lines().filter_map(Line::parse).collect();
        let own = lines.iter().find_map(|line| match line.said {
            Said::Own(node, _) => Some(node.to_string()),
            _ => None,
        });
        Self { node: own.unwrap_or_else(|| name.to_owned()), lines }
    }
}

/// For how long a cluster had a shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Episode {
    /// From when, in the logs' time; `None`: from their beginning.
    #[serde(serialize_with = "as_text")]
    pub from: Option<DateTime>,
    /// How it was.
    #[serde(flatten)]
    pub shape: Shape,
    /// What became of the namespaces, by node and namespace.
    pub namespaces: BTreeMap<String, BTreeMap<String, Namespace>>,
}

fn as_text<S: serde::Serializer>(at: &Option<DateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(|at| at.to_string()).serialize(serializer)
}

/// What a log said of a namespace during an episode, last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Namespace {
    /// Partitions that began empty.
    pub fresh_partitions: Option<u32>,
    /// Partitions that could not be served.
    pub unavailable_partitions: Option<u32>,
    /// Partitions that remained to be migrated.
    pub migrations_remaining: Option<u32>,
}

/// What a log has said so far.
#[derive(Clone, Debug, Default)]
struct State {
    size: Option<u32>,
    key: Option<String>,
    away: BTreeSet<NodeId>,
    /// The most nodes that the cluster was ever known to have.
    most: u32,
}

impl State {
    fn learn(&mut self, said: &Said) {
        match said {
            Said::Own(_, size) => self.size = Some(*size),
            Said::Departed(node) => {
                self.away.insert(*node);
            }
            Said::Arrived(node) => {
                self.away.remove(node);
            }
            Said::Orphan => (self.size, self.key) = (Some(0), None),
            Said::Key(key) => self.key = Some(key.clone()),
            Said::Size(size) => self.size = Some(*size),
            Said::Rebalanced { .. } | Said::Migrating { .. } => {}
        }
        let known = self.size.filter(|size| *size > 0).map(|size| size + self.away.len() as u32);
        self.most = self.most.max(known.unwrap_or(0)).max(self.size.unwrap_or(0));
    }

    fn view(&self, node: &str) -> Option<View> {
        let mark = self.key.clone().unwrap_or_else(|| format!("{:?}", self.away));
        Some(View { node: node.to_owned(), size: self.size?, mark })
    }
}

/// The shapes that a cluster had, in order. `expected`: how many nodes it should have; if that is
/// not said, the most that a log knows of.
///
/// Logs tell seconds: what is said within one second is taken together. A log that has not said yet
/// how great its cluster is does not count.
#[must_use]
pub fn episodes(logs: &[Log], expected: Option<u32>) -> Vec<Episode> {
    let expected = expected.unwrap_or_else(|| {
        let most = |log: &Log| {
            let mut state = State::default();
            log.lines.iter().for_each(|line| state.learn(&line.said));
            state.most
        };
        logs.iter().map(most).max().unwrap_or(0)
    });
    let mut moments: BTreeMap<Option<DateTime>, Vec<(usize, &Said)>> = BTreeMap::new();
    for (index, log) in logs.iter().enumerate() {
        let mut at = None;
        for line in &log.lines {
            // What begins with no time belongs to the line before; clocks that go back do not.
            at = at.max(line.at);
            moments.entry(at).or_default().push((index, &line.said));
        }
    }
    let mut states = vec![State::default(); logs.len()];
    let mut episodes: Vec<Episode> = Vec::new();
    for (at, said) in moments {
        for (index, said) in &said {
            states[*index].learn(said);
        }
        let views: Vec<View> =
            states.iter().zip(logs).filter_map(|(state, log)| state.view(&log.node)).collect();
        if views.is_empty() {
            continue;
        }
        let shape = shape(expected, &views);
        if episodes.last().is_none_or(|last| last.shape != shape) {
            episodes.push(Episode { from: at, shape, namespaces: BTreeMap::new() });
        }
        let Some(episode) = episodes.last_mut() else { continue };
        for (index, said) in said {
            note(&mut episode.namespaces, &logs[index].node, said);
        }
    }
    episodes
}

fn note(namespaces: &mut BTreeMap<String, BTreeMap<String, Namespace>>, node: &str, said: &Said) {
    let (Said::Rebalanced { namespace, .. } | Said::Migrating { namespace, .. }) = said else {
        return;
    };
    let of_node = namespaces.entry(node.to_owned()).or_default();
    let of_namespace = of_node.entry(namespace.clone()).or_default();
    match said {
        Said::Rebalanced { fresh, unavailable, .. } => {
            of_namespace.fresh_partitions = *fresh;
            of_namespace.unavailable_partitions = *unavailable;
        }
        Said::Migrating { remaining, .. } => of_namespace.migrations_remaining = Some(*remaining),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Sep 26 2018 06:51";

    /// The log of a node that sees others depart and a new cluster size, in the article's lines.
    fn log(node: &str, departed: &[&str], size: u32) -> Log {
        let mut text = String::new();
        for other in departed {
            text += &format!(
                "{HEAD}:20 GMT: INFO (fabric): (fabric.c:2486) fabric: node {other} departed\n"
            );
        }
        text += &format!(
            "{HEAD}:21 GMT: INFO (clustering): (clustering.c:5808) applied cluster size {size}\n"
        );
        Log::read(node, &text)
    }

    #[test]
    fn three_and_two_are_a_split_brain() {
        let logs = [
            log("a", &["c", "d", "e"], 2),
            log("b", &["c", "d", "e"], 2),
            log("c", &["a", "b"], 3),
            log("d", &["a", "b"], 3),
            log("e", &["a", "b"], 3),
        ];
        let found = episodes(&logs, None);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].shape.to_string(), "SPLIT BRAIN, 3 + 2 nodes: c d e | a b");
        // A log of either side is enough; one side alone is not.
        assert_eq!(episodes(&logs[1..3], None)[0].shape.is_split(), Some(true));
        assert_eq!(episodes(&logs[..2], None)[0].shape.is_split(), None);
    }

    #[test]
    fn one_departure_is_none() {
        let logs = ["a", "b", "c", "d"].map(|node| log(node, &["e"], 4));
        assert_eq!(episodes(&logs, None)[0].shape, Shape::Departed { missing: 1 });
        assert_eq!(episodes(&logs[..1], Some(5))[0].shape, Shape::Departed { missing: 1 });
        let orphan = format!(
            "{HEAD}:21 GMT: INFO (clustering): (clustering.c:5654) moved self node to orphan state"
        );
        let all = [&logs[..], &[Log::read("e", &orphan)]].concat();
        assert_eq!(episodes(&all, None)[0].shape, Shape::Departed { missing: 1 });
    }

    #[test]
    fn clusters_of_one_size_are_told_apart_by_who_departed() {
        let logs = [log("a", &["c", "d"], 2), log("c", &["a", "b"], 2)];
        assert_eq!(episodes(&logs, None)[0].shape.is_split(), Some(true));
    }
}
