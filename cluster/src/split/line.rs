//! What a line of a server's log says of its cluster.

use history::NodeId;
use jiff::civil::DateTime;

/// A line that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When, in the time of the log; `None` if the line does not begin with it.
    pub at: Option<DateTime>,
    /// What.
    pub said: Said,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The ticker: this node, in a cluster of so many.
    Own(NodeId, u32),
    /// Another node has departed.
    Departed(NodeId),
    /// Another node has arrived.
    Arrived(NodeId),
    /// The node takes itself for an orphan.
    Orphan,
    /// The cluster has a new key.
    Key(String),
    /// The cluster has so many nodes.
    Size(u32),
    /// A namespace was balanced anew.
    Rebalanced {
        /// The namespace.
        namespace: String,
        /// Partitions that began empty, because no copy of them is here (availability).
        fresh: Option<u32>,
        /// Partitions that cannot be served here (strong consistency).
        unavailable: Option<u32>,
    },
    /// A namespace's migrations: partitions that remain to be sent and received.
    Migrating {
        /// The namespace.
        namespace: String,
        /// How many.
        remaining: u32,
    },
}

impl Line {
    /// Reads a line; `None` if it says nothing of the cluster.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        Some(Self { at: time(line), said: said(line)? })
    }
}

/// The time with which a server begins a line: `Sep 26 2018 06:51:20 GMT`.
fn time(line: &str) -> Option<DateTime> {
    const LENGTH: usize = "Sep 26 2018 06:51:20".len();
    DateTime::strptime("%b %d %Y %H:%M:%S", line.get(..LENGTH)?).ok()
}

fn said(line: &str) -> Option<Said> {
    if let Some((_, rest)) = line.split_once("fabric: node ") {
        let (node, what) = rest.trim_end().split_once(' ')?;
        let node = node.parse().ok()?;
        return match what {
            "departed" => Some(Said::Departed(node)),
            "arrived" => Some(Said::Arrived(node)),
            _ => None,
        };
    }
    if line.contains("moved self node to orphan state") {
        return Some(Said::Orphan);
    }
    if let Some(key) = after(line, "applied new cluster key ") {
        return Some(Said::Key(key.to_owned()));
    }
    if let Some(size) = after(line, "applied cluster size ") {
        return size.parse().ok().map(Said::Size);
    }
    if let Some(node) = after(line, "NODE-ID ") {
        let size = after(line, " CLUSTER-SIZE ")?.parse().ok()?;
        return Some(Said::Own(node.parse().ok()?, size));
    }
    let (before, rest) = line.split_once("} ")?;
    let namespace = before.rsplit_once('{')?.1.to_owned();
    if rest.starts_with("rebalanced: ") {
        let count = |name: &str| after(rest, name).and_then(|count| count.parse().ok());
        let fresh = count(" fresh-partitions ");
        return Some(Said::Rebalanced {
            namespace,
            fresh,
            unavailable: count(" unavailable-partitions "),
        });
    }
    let migrations = rest.strip_prefix("migrations: ")?;
    if migrations.trim_end() == "complete" {
        return Some(Said::Migrating { namespace, remaining: 0 });
    }
    let counts = migrations.strip_prefix("remaining (")?.split_once(')')?.0;
    let mut counts = counts.split(',').map(str::parse::<u32>);
    let (sent, received) = (counts.next()?.ok()?, counts.next()?.ok()?);
    Some(Said::Migrating { namespace, remaining: sent.saturating_add(received) })
}

/// The word that follows a phrase.
fn after<'a>(line: &'a str, phrase: &str) -> Option<&'a str> {
    line.split_once(phrase)?.1.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As they stand in the vendor's article.
    #[test]
    fn the_articles_lines_are_read_as_they_stand() {
        let lines = [
            "Sep 26 2018 06:51:20 GMT: INFO (fabric): (fabric.c:2486) fabric: node bb9f2054e2ac362 departed",
            "...",
            "Sep 26 2018 06:51:21 GMT: INFO (clustering): (clustering.c:5808) applied cluster size 2",
            "{ns_name} rebalanced: expected-migrations (1215,1224) expected-signals 1215 fresh-partitions 397",
            "{ns_name} migrations: remaining (654,289,254) active (1,1,0) complete-pct 88.49",
            "{ns_name} rebalanced: regime 295 expected-migrations (826,826) expected-signals 826 expected-appeals 0 unavailable-partitions 425",
        ];
        let said: Vec<Option<Line>> = lines.iter().map(|line| Line::parse(line)).collect();
        let at = |second| Some(jiff::civil::date(2018, 9, 26).at(6, 51, second, 0));
        let rebalanced = |fresh, unavailable| Said::Rebalanced {
            namespace: "ns_name".to_owned(),
            fresh,
            unavailable,
        };
        let expected = [
            Some((at(20), Said::Departed(NodeId(0x0bb9_f205_4e2a_c362)))),
            None,
            Some((at(21), Said::Size(2))),
            Some((None, rebalanced(Some(397), None))),
            Some((None, Said::Migrating { namespace: "ns_name".to_owned(), remaining: 943 })),
            Some((None, rebalanced(None, Some(425)))),
        ];
        assert_eq!(said, expected.map(|one| one.map(|(at, said)| Line { at, said })));
    }

    #[test]
    fn other_lines_say_nothing() {
        for line in [
            "",
            "Nov 22 2026 05:15:39 GMT: INFO (fabric): (fabric.c:981) fabric_node_disconnect(b21)",
            "Nov 22 2026 05:15:39 GMT: INFO (clustering): (clustering.c:7545) principal node b23 departed - switching to orphan state",
            "fabric: node nobody departed",
            "applied cluster size many",
            "{mydata} migrations: remaining (1",
            "NODE-ID b11",
            "é applied cluster size",
        ] {
            assert_eq!(Line::parse(line), None, "{line}");
        }
    }
}
