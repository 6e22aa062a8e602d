//! Records per node.

use super::view::{silent, totals};
use super::{Cell, Column, Group, Survey, Table};
use crate::observe::Pairs;

const COLUMNS: [Column; 13] = [
    Column::text("namespace", "Namespace"),
    Column::text("node", "Node"),
    Column::number("rack_id", "Rack\nID"),
    Column::number("replication_factor", "Repl\nFactor"),
    Column::number("records", "Total\nRecords"),
    Column::number("master_objects", "Master").under("Objects"),
    Column::number("prole_objects", "Prole").under("Objects"),
    Column::number("non_replica_objects", "Non-Replica").under("Objects"),
    Column::number("master_tombstones", "Master").under("Tombstones"),
    Column::number("prole_tombstones", "Prole").under("Tombstones"),
    Column::number("non_replica_tombstones", "Non-Replica").under("Tombstones"),
    Column::number("migrations_out", "Tx").under("Pending Migrates"),
    Column::number("migrations_in", "Rx").under("Pending Migrates"),
];

/// The table.
pub(super) fn table(survey: &Survey) -> Table {
    let mut groups = vec![silent(survey, &COLUMNS, 1, true)];
    for namespace in survey.namespaces() {
        let rows: Vec<Vec<Cell>> = survey
            .answered()
            .into_iter()
            .map(|(node, answers)| {
                row(&namespace, &node.address, &answers.pairs(&format!("namespace/{namespace}")))
            })
            .collect();
        groups.push(Group { totals: Some(totals(&COLUMNS, &namespace, &rows)), rows });
    }
    let title = format!("Namespace Object Information ({})", survey.taken);
    Table { title, columns: COLUMNS.to_vec(), groups }
}

fn row(namespace: &str, address: &str, counted: &Pairs<'_>) -> Vec<Cell> {
    let number = |key: &str| Cell::number(counted.parsed(key));
    let kept = [
        "master_objects",
        "prole_objects",
        "non_replica_objects",
        "master_tombstones",
        "prole_tombstones",
        "non_replica_tombstones",
    ]
    .map(number);
    let mut row = vec![
        Cell::Text(namespace.to_owned()),
        Cell::Text(address.to_owned()),
        number("rack-id"),
        number("effective_replication_factor"),
        Cell::sum(kept.iter()),
    ];
    row.extend(kept);
    row.push(number("migrate_tx_partitions_remaining"));
    row.push(number("migrate_rx_partitions_remaining"));
    row
}
