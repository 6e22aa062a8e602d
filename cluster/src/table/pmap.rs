//! The partition map per node.

use history::NodeId;

use super::view::{silent, totals};
use super::{Cell, Column, Group, Survey, Table};
use crate::observe::Answers;

const COLUMNS: [Column; 7] = [
    Column::text("namespace", "Namespace"),
    Column::text("node", "Node"),
    Column::number("cluster_key", "Cluster Key"),
    Column::number("primary", "Primary").under("Partitions"),
    Column::number("secondary", "Secondary").under("Partitions"),
    Column::number("unavailable", "Unavailable").under("Partitions"),
    Column::number("dead", "Dead").under("Partitions"),
];

/// The table.
pub(super) fn table(survey: &Survey) -> Table {
    let mut groups = vec![silent(survey, &COLUMNS, 1, true)];
    for namespace in survey.namespaces() {
        let rows: Vec<Vec<Cell>> = survey
            .answered()
            .into_iter()
            .map(|(node, answers)| row(&namespace, node.id, &node.address, answers))
            .collect();
        groups.push(Group { totals: Some(totals(&COLUMNS, &namespace, &rows)), rows });
    }
    let title = format!("Partition Map Analysis ({})", survey.taken);
    Table { title, columns: COLUMNS.to_vec(), groups }
}

fn row(namespace: &str, id: NodeId, address: &str, answers: &Answers) -> Vec<Cell> {
    let statistics = answers.pairs("statistics");
    let counted = answers.pairs(&format!("namespace/{namespace}"));
    let owned = answers.value("partition-info").and_then(|rows| owned(rows, namespace, id));
    vec![
        Cell::Text(namespace.to_owned()),
        Cell::Text(address.to_owned()),
        Cell::text(statistics.get("cluster_key")),
        Cell::number(owned.map(|owned| owned.primary)),
        Cell::number(owned.map(|owned| owned.secondary)),
        Cell::number(counted.parsed("unavailable_partitions")),
        Cell::number(counted.parsed("dead_partitions")),
    ]
}

/// What a node owns of a namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Owned {
    primary: u64,
    secondary: u64,
}

/// Counts the rows of `partition-info`: primary where the node is the working master, secondary
/// where it is another replica, in sync or filling. `None` if a row lacks a column.
fn owned(rows: &str, namespace: &str, id: NodeId) -> Option<Owned> {
    let mut rows = rows.split(';');
    let header: Vec<&str> = rows.next()?.split(':').collect();
    let column = |name: &str| header.iter().position(|column| *column == name);
    let (master, replica, state) =
        (column("working_master")?, column("replica")?, column("state")?);
    let mut owned = Owned::default();
    for row in rows {
        let cells: Vec<&str> = row.split(':').collect();
        if cells[0] != namespace {
            continue;
        }
        if cells.get(master)?.parse() == Ok(id) {
            owned.primary += 1;
        } else if *cells.get(replica)? == "0" || ["S", "D"].contains(cells.get(state)?) {
            owned.secondary += 1;
        }
    }
    Some(owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a recorded server (node B13 of six), the last two of another namespace.
    const ROWS: &str = "namespace:partition:state:n_replicas:replica:succession:n_dupl:\
        working_master:proxy_dst:emigrates:lead_emigrates:immigrates:records:tombstones:regime:\
        tree_id:version:final_version;\
        mydata:0:S:2:0:0:0:B13:B13:0:0:0:0:0:0:1:713bf13a1cb6.0.mp-:713bf13a1cb6.0.mp-;\
        mydata:1:A:2:-1:3:0:0:B22:0:0:0:0:0:0:0:000000000000.0.-p-:713bf13a1cb6.0.-p-;\
        mydata:2:D:2:1:1:0:0:B13:0:0:1:0:0:0:1:bda8984a84e4.0.-s-:bda8984a84e4.0.-p-;\
        mydata:3:S:2:0:0:0:B22:B22:0:0:0:0:0:0:1:713bf13a1cb6.0.mp-:713bf13a1cb6.0.mp-;\
        other:0:S:2:0:0:0:B13:B13:0:0:0:0:0:0:1:713bf13a1cb6.0.mp-:713bf13a1cb6.0.mp-;\
        other:1:Z:2:-1:2:0:0:B13:0:0:0:0:0:0:1:713bf13a1cb6.0.mp-:713bf13a1cb6.0.mp-";

    #[test]
    fn rows_are_counted_as_the_admin_tool_counts_them() {
        let owned = |namespace, id| owned(ROWS, namespace, NodeId(id));
        assert_eq!(owned("mydata", 0xB13), Some(Owned { primary: 1, secondary: 2 }));
        assert_eq!(owned("other", 0xB13), Some(Owned { primary: 1, secondary: 0 }));
        assert_eq!(owned("none", 0xB13), Some(Owned::default()));
    }

    #[test]
    fn odd_rows_are_unknown_not_zero() {
        assert_eq!(owned("", "mydata", NodeId(1)), None);
        let short = "namespace:partition:state:replica:working_master;mydata:0:S";
        assert_eq!(owned(short, "mydata", NodeId(1)), None);
    }
}
