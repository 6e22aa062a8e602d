//! A table as text: `|` between columns, `~` around the title and over columns that share a heading.

use std::fmt;

use super::{Cell, Column, Table};

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let width = widths.iter().sum::<usize>() + widths.len().saturating_sub(1);
        writeln!(f, "{:~^width$}", self.title)?;
        for line in 0..self.heading_lines() {
            writeln!(f, "{}", self.heading_line(line, &widths))?;
        }
        for group in &self.groups {
            for row in group.rows.iter().chain(&group.totals) {
                writeln!(f, "{}", self.row(row, &widths))?;
            }
        }
        write!(f, "Number of rows: {}", self.row_count())
    }
}

impl Table {
    fn widths(&self) -> Vec<usize> {
        let rows = || self.groups.iter().flat_map(|g| g.rows.iter().chain(&g.totals));
        let mut widths: Vec<usize> = (0..self.columns.len())
            .map(|index| {
                let heading = self.columns[index].heading.lines().map(str::len);
                let cells =
                    rows().filter_map(|row| row.get(index)).map(|c| c.print().chars().count());
                heading.chain(cells).max().unwrap_or(0)
            })
            .collect();
        // A shared heading must fit over its columns; the last one makes room.
        for shared in self.shared() {
            let last = shared.end - 1;
            let name = self.columns[last].over.map_or(0, str::len);
            let room = widths[shared.clone()].iter().sum::<usize>() + shared.len() - 1;
            widths[last] += name.saturating_sub(room);
        }
        widths
    }

    /// The runs of columns that share a heading.
    fn shared(&self) -> Vec<std::ops::Range<usize>> {
        let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
        for (index, column) in self.columns.iter().enumerate().filter(|(_, c)| c.over.is_some()) {
            match runs.last_mut() {
                Some(run) if run.end == index && self.columns[run.start].over == column.over => {
                    run.end += 1;
                }
                _ => runs.push(index..index + 1),
            }
        }
        runs
    }

    fn heading_lines(&self) -> usize {
        let lines = |c: &Column| c.heading.lines().count() + usize::from(c.over.is_some());
        self.columns.iter().map(lines).max().unwrap_or(0)
    }

    fn heading_line(&self, line: usize, widths: &[usize]) -> String {
        let mut parts = Vec::new();
        let shared = self.shared();
        for (index, column) in self.columns.iter().enumerate() {
            let width = widths[index];
            let Some(over) = column.over else {
                let text = column.heading.lines().nth(line).unwrap_or_default();
                parts.push(format!("{text:>width$}"));
                continue;
            };
            if line > 0 {
                let text = column.heading.lines().nth(line - 1).unwrap_or_default();
                parts.push(format!("{text:>width$}"));
            } else if let Some(run) = shared.iter().find(|run| run.start == index) {
                let width = widths[run.clone()].iter().sum::<usize>() + run.len() - 1;
                parts.push(format!("{over:~^width$}"));
            }
        }
        parts.join("|")
    }

    fn row(&self, cells: &[Cell], widths: &[usize]) -> String {
        let parts = self.columns.iter().zip(cells).zip(widths).map(|((column, cell), width)| {
            let text = cell.print();
            if column.left { format!("{text:<width$}") } else { format!("{text:>width$}") }
        });
        parts.collect::<Vec<_>>().join("|")
    }
}
