//! Nodes and their clusters.

use super::view::silent;
use super::{Cell, Column, Group, Survey, Table};

const COLUMNS: [Column; 9] = [
    Column::text("node", "Node"),
    Column::text("node_id", "Node ID"),
    Column::number("build", "Build"),
    Column::number("migrations", "Migrations"),
    Column::number("cluster_size", "Size").under("Cluster"),
    Column::number("cluster_key", "Key").under("Cluster"),
    Column::number("cluster_integrity", "Integrity").under("Cluster"),
    Column::number("cluster_principal", "Principal").under("Cluster"),
    Column::number("uptime_s", "Uptime"),
];

/// The table. As in the admin tool, `*` marks the node that is expected to be the principal: the one
/// with the highest id among those that answer.
pub(super) fn table(survey: &Survey) -> Table {
    let answered = survey.answered();
    let expected = answered.iter().map(|(node, _)| node.id).max();
    let row = |id: String, address: &str, answers: &crate::observe::Answers| {
        let statistics = answers.pairs("statistics");
        vec![
            Cell::Text(address.to_owned()),
            Cell::Text(id),
            Cell::text(answers.value("build")),
            Cell::number(statistics.parsed("migrate_partitions_remaining")),
            Cell::number(statistics.parsed("cluster_size")),
            Cell::text(statistics.get("cluster_key")),
            statistics.parsed("cluster_integrity").map_or(Cell::Unknown, Cell::Flag),
            Cell::text(statistics.get("cluster_principal")),
            Cell::number(statistics.parsed("uptime")),
        ]
    };
    let rows = answered.iter().map(|(node, answers)| {
        let mark = if Some(node.id) == expected { "*" } else { "" };
        row(format!("{mark}{}", node.id), &node.address, answers)
    });
    let groups =
        vec![silent(survey, &COLUMNS, 0, false), Group { rows: rows.collect(), totals: None }];
    let title = format!("Network Information ({})", survey.taken);
    Table { title, columns: COLUMNS.to_vec(), groups }
}
