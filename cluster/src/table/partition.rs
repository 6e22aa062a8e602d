//! One partition as each node sees it.

use std::collections::HashMap;

use super::view::silent;
use super::{Cell, Column, Group, Survey, Table};
use crate::observe::Answers;

const COLUMNS: [Column; 10] = [
    Column::text("namespace", "Namespace"),
    Column::text("node", "Node"),
    Column::number("partition", "Partition"),
    Column::text("available", "Available"),
    Column::text("state", "State"),
    Column::text("working_master", "Working\nMaster"),
    Column::text("proxy", "Proxy To"),
    Column::number("regime", "Regime"),
    Column::number("records", "Records"),
    Column::text("version", "Version"),
];

/// The table.
pub(super) fn table(survey: &Survey, partition: u16) -> Table {
    let mut groups = vec![silent(survey, &COLUMNS, 1, false)];
    for namespace in survey.namespaces() {
        let rows = survey
            .answered()
            .into_iter()
            .map(|(node, answers)| row(&namespace, &node.address, partition, answers))
            .collect();
        groups.push(Group { rows, totals: None });
    }
    let title = format!("Partition {partition} ({})", survey.taken);
    Table { title, columns: COLUMNS.to_vec(), groups }
}

fn row(namespace: &str, address: &str, partition: u16, answers: &Answers) -> Vec<Cell> {
    let found = answers.value("partition-info").and_then(|rows| find(rows, namespace, partition));
    let text = |column: &str| found.as_ref().and_then(|row| row.get(column).copied());
    let number = |column: &str| text(column).and_then(|cell| cell.parse().ok());
    // A partition without replicas is frozen: unavailable or dead.
    let available = number("n_replicas").map_or(Cell::Unknown, |n: u64| Cell::Flag(n > 0));
    let node = |column| Cell::text(text(column).map(|id| if id == "0" { "-" } else { id }));
    vec![
        Cell::Text(namespace.to_owned()),
        Cell::Text(address.to_owned()),
        Cell::Number(u64::from(partition)),
        available,
        Cell::text(text("state")),
        node("working_master"),
        node("proxy_dst"),
        Cell::number(number("regime")),
        Cell::number(number("records")),
        Cell::text(text("version")),
    ]
}

/// A partition's row of `partition-info`, by the names of its columns.
fn find<'a>(rows: &'a str, namespace: &str, partition: u16) -> Option<HashMap<&'a str, &'a str>> {
    let mut rows = rows.split(';');
    let header: Vec<&str> = rows.next()?.split(':').collect();
    rows.map(|row| header.iter().copied().zip(row.split(':')).collect::<HashMap<_, _>>()).find(
        |row| {
            row.get("namespace") == Some(&namespace)
                && row.get("partition").and_then(|cell| cell.parse().ok()) == Some(partition)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a recorded server (node B13 of six), the second as a frozen one shows itself.
    const ROWS: &str = "namespace:partition:state:n_replicas:replica:succession:n_dupl:\
        working_master:proxy_dst:emigrates:lead_emigrates:immigrates:records:tombstones:regime:\
        tree_id:version:final_version;\
        mydata:0:S:2:0:0:0:B13:B13:0:0:0:13:0:8:1:713bf13a1cb6.0.mp-:713bf13a1cb6.0.mp-;\
        mydata:1:X:0:-1:3:0:0:0:0:0:0:2:0:7:1:713bf13a1cb6.0.-p-:713bf13a1cb6.0.-p-";

    #[test]
    fn a_partition_without_replicas_is_unavailable() {
        let served = find(ROWS, "mydata", 0).unwrap();
        assert_eq!((served["n_replicas"], served["working_master"]), ("2", "B13"));
        let frozen = find(ROWS, "mydata", 1).unwrap();
        assert_eq!((frozen["n_replicas"], frozen["regime"]), ("0", "7"));
        assert_eq!(find(ROWS, "mydata", 2), None);
        assert_eq!(find("", "mydata", 0), None);
    }
}
