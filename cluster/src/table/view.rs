//! Which table.

use super::{Cell, Column, Group, Survey, Table, objects, partition, pmap, roster, status};

/// A table to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Nodes, cluster keys, principals, migrations.
    Status,
    /// The partition map: primary, secondary, unavailable, dead per node.
    Pmap,
    /// One partition as each node sees it: whether it is available there, and who serves it.
    Partition(u16),
    /// Rosters: current, pending, observed per node.
    Roster,
    /// Records: master, prole, non-replica per node.
    Objects,
}

impl View {
    /// The info commands whose answers it needs.
    #[must_use]
    pub fn commands(self, namespaces: &[String]) -> Vec<String> {
        let per_namespace =
            |prefix: &'static str| namespaces.iter().map(move |name| format!("{prefix}{name}"));
        let mut commands = vec!["namespaces".to_owned(), "statistics".to_owned()];
        match self {
            Self::Status => commands.push("build".to_owned()),
            Self::Pmap => {
                commands.push("partition-info".to_owned());
                commands.extend(per_namespace("namespace/"));
            }
            Self::Partition(_) => commands.push("partition-info".to_owned()),
            Self::Roster => commands.extend(per_namespace("roster:namespace=")),
            Self::Objects => commands.extend(per_namespace("namespace/")),
        }
        commands
    }

    /// The table.
    #[must_use]
    pub fn table(self, survey: &Survey) -> Table {
        match self {
            Self::Status => status::table(survey),
            Self::Pmap => pmap::table(survey),
            Self::Partition(number) => partition::table(survey, number),
            Self::Roster => roster::table(survey),
            Self::Objects => objects::table(survey),
        }
    }
}

/// The group of the nodes that did not answer: `~~` wherever a node would have told. The column at
/// `named` holds the node's name, `totals` says whether there is a row of totals.
pub(super) fn silent(survey: &Survey, columns: &[Column], named: usize, totals: bool) -> Group {
    let row = |name: Cell| {
        let mut cells = vec![Cell::Unknown; columns.len()];
        cells[named] = name;
        cells
    };
    let silent = survey.silent();
    let rows = silent.iter().map(|node| row(Cell::Text(node.address.clone()))).collect();
    let mut last = row(Cell::Blank);
    for (cell, column) in last.iter_mut().zip(columns).skip(named) {
        if !column.totalled() {
            *cell = Cell::Blank;
        }
    }
    Group { rows, totals: (totals && !silent.is_empty()).then_some(last) }
}

impl Column {
    /// Whether a row of totals has a number here: what counts things does, what names them does not.
    pub(super) fn totalled(&self) -> bool {
        !self.left && !matches!(self.key, "cluster_key" | "rack_id" | "replication_factor")
    }
}

/// The row of totals under a namespace's rows.
pub(super) fn totals(columns: &[Column], namespace: &str, rows: &[Vec<Cell>]) -> Vec<Cell> {
    let total = |(index, column): (usize, &Column)| match index {
        0 => Cell::Text(namespace.to_owned()),
        _ if column.totalled() => Cell::sum(rows.iter().map(|row| &row[index])),
        _ => Cell::Blank,
    };
    columns.iter().enumerate().map(total).collect()
}
