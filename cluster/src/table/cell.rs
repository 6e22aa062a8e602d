//! A table as a value.

use serde::Serialize;
use serde_json::{Map, Value};

/// A table: rows in groups, each group perhaps with a row of totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it shows, and when.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub groups: Vec<Group>,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in JSON.
    pub key: &'static str,
    /// What it shares with its neighbours, printed once above them.
    pub over: Option<&'static str>,
    /// Its heading; lines are parted by newlines.
    pub heading: &'static str,
    /// Whether its cells begin at its left edge.
    pub left: bool,
}

impl Column {
    /// A column of numbers.
    pub(super) const fn number(key: &'static str, heading: &'static str) -> Self {
        Self { key, over: None, heading, left: false }
    }

    /// A column of names.
    pub(super) const fn text(key: &'static str, heading: &'static str) -> Self {
        Self { key, over: None, heading, left: true }
    }

    /// The same column under a heading that it shares.
    pub(super) const fn under(self, over: &'static str) -> Self {
        Self { over: Some(over), ..self }
    }
}

/// Rows that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The rows, each with a cell per column.
    pub rows: Vec<Vec<Cell>>,
    /// Their totals.
    pub totals: Option<Vec<Cell>>,
}

/// What stands in a column of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// The node did not say: `~~`, and null in JSON.
    Unknown,
    /// Nothing belongs here.
    Blank,
    /// A name.
    Text(String),
    /// A number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// A number, if the node gave one.
    pub(super) fn number(number: Option<u64>) -> Self {
        number.map_or(Self::Unknown, Self::Number)
    }

    /// A text, if the node gave one.
    pub(super) fn text(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Unknown, |text| Self::Text(text.into()))
    }

    /// The sum of the numbers among cells; unknown if none is a number.
    pub(super) fn sum<'a>(cells: impl Iterator<Item = &'a Self>) -> Self {
        let numbers: Vec<u64> =
            cells.filter_map(|c| if let Self::Number(n) = c { Some(*n) } else { None }).collect();
        if numbers.is_empty() { Self::Unknown } else { Self::Number(numbers.iter().sum()) }
    }

    /// As it is printed.
    pub(super) fn print(&self) -> String {
        match self {
            Self::Unknown => "~~".to_owned(),
            Self::Blank => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => if *flag { "True" } else { "False" }.to_owned(),
        }
    }
}

impl Table {
    /// The number of rows, without totals.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// The table for programs: its title, its rows and the totals, each row an object by column.
    #[must_use]
    pub fn json(&self) -> Value {
        let object = |cells: &Vec<Cell>| -> Map<String, Value> {
            let cells = self.columns.iter().zip(cells).filter(|(_, cell)| **cell != Cell::Blank);
            cells.map(|(column, cell)| (column.key.to_owned(), serde_json::json!(cell))).collect()
        };
        let rows = self.groups.iter().flat_map(|group| &group.rows).map(object);
        let totals = self.groups.iter().filter_map(|group| group.totals.as_ref()).map(object);
        serde_json::json!({
            "title": self.title,
            "rows": rows.collect::<Vec<_>>(),
            "totals": totals.collect::<Vec<_>>(),
        })
    }
}
