//! `cluster split`: whether a cluster is one or has come apart.

use std::path::PathBuf;

use cluster::split::{Episode, Log, Namespace, Shape, episodes, observed};

use super::cluster::find;
use crate::cli::Where;
use crate::exit::{Exit, Failure};
use crate::output;

/// What its nodes say now.
pub(super) async fn now(place: &Where, json: bool) -> Result<Exit, Failure> {
    let cluster = find(place).await?;
    let shape = observed(&cluster.observe(0).await);
    if json {
        output::json(&shape)?;
    } else {
        output::data(&shape.to_string());
    }
    Ok(exit(&[&shape]))
}

/// What the logs of its nodes say, from their beginning to their end.
pub(super) fn of_logs(
    paths: &[PathBuf],
    expected: Option<u32>,
    json: bool,
) -> Result<Exit, Failure> {
    let mut logs = Vec::new();
    for path in paths {
        let bytes = std::fs::read(path).map_err(|error| {
            Failure::Usage(format!(
                "{}: {error}; give the log of each node as a file, such as aerospike.log",
                path.display()
            ))
        })?;
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        let log = Log::read(&name, &String::from_utf8_lossy(&bytes));
        if log.lines.is_empty() {
            return Err(Failure::Usage(format!(
                "{}: no line of a server's log that tells of its cluster; give the log of one node",
                path.display()
            )));
        }
        logs.push(log);
    }
    let episodes = episodes(&logs, expected);
    if json {
        output::json(&episodes)?;
    } else {
        episodes.iter().for_each(|episode| output::data(&told(episode)));
    }
    Ok(exit(&episodes.iter().map(|episode| &episode.shape).collect::<Vec<_>>()))
}

/// An episode for people.
fn told(episode: &Episode) -> String {
    let from = episode.from.map_or_else(|| "at first".to_owned(), |from| from.to_string());
    let mut told = format!("{from}  {}", episode.shape);
    for (node, namespaces) in &episode.namespaces {
        for (name, Namespace { fresh_partitions, unavailable_partitions, migrations_remaining }) in
            namespaces
        {
            let counts = [
                (fresh_partitions, "fresh partitions, where writes begin anew"),
                (unavailable_partitions, "unavailable partitions"),
                (migrations_remaining, "migrations remaining"),
            ];
            let said = counts.iter().filter_map(|(count, what)| {
                count.filter(|count| *count > 0).map(|count| format!("{count} {what}"))
            });
            let said: Vec<String> = said.collect();
            if !said.is_empty() {
                told += &format!("\n    {node} {{{name}}}: {}", said.join(", "));
            }
        }
    }
    told
}

/// A split is broken, one that was seen nowhere is not; what remains unseen is inconclusive.
fn exit(shapes: &[&Shape]) -> Exit {
    if shapes.iter().any(|shape| shape.is_split() == Some(true)) {
        Exit::Broken
    } else if shapes.iter().any(|shape| matches!(shape, Shape::OutOfSight { .. }))
        || shapes.iter().all(|shape| shape.is_split().is_none())
    {
        Exit::Inconclusive
    } else {
        Exit::Met
    }
}
