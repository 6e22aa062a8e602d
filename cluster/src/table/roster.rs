//! Rosters per node.

use super::view::silent;
use super::{Cell, Column, Group, Survey, Table};
use crate::observe::{Answers, Pairs};

const COLUMNS: [Column; 6] = [
    Column::text("node", "Node"),
    Column::text("node_id", "Node ID"),
    Column::text("namespace", "Namespace"),
    Column::text("current_roster", "Current Roster"),
    Column::text("pending_roster", "Pending Roster"),
    Column::text("observed_nodes", "Observed Nodes"),
];

/// The table; namespaces without a roster (AP) have no rows.
pub(super) fn table(survey: &Survey) -> Table {
    let mut groups = vec![silent(survey, &COLUMNS, 0, false)];
    for namespace in survey.namespaces() {
        let rows = survey.answered().into_iter().filter_map(|(node, answers)| {
            let mut row = vec![
                Cell::Text(node.address.clone()),
                Cell::Text(node.id.to_string()),
                Cell::Text(namespace.clone()),
            ];
            row.extend(rosters(answers, &namespace)?);
            Some(row)
        });
        groups.push(Group { rows: rows.collect(), totals: None });
    }
    let title = format!("Roster ({})", survey.taken);
    Table { title, columns: COLUMNS.to_vec(), groups }
}

fn rosters(answers: &Answers, namespace: &str) -> Option<[Cell; 3]> {
    let pairs = Pairs::parse(answers.value(&format!("roster:namespace={namespace}"))?, ':');
    let keys = ["roster", "pending_roster", "observed_nodes"];
    Some(keys.map(|key| Cell::text(pairs.get(key))))
}
