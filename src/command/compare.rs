//! `compare`: two stored runs side by side.

use history::store::Store;
use serde::Serialize;

use crate::cli::Compare;
use crate::exit::{Exit, Failure};
use crate::{output, run};

/// One line of the comparison.
#[derive(Debug, Serialize)]
struct Line {
    what: String,
    one: String,
    other: String,
}

pub(super) fn compare(arguments: &Compare, json: bool) -> Result<Exit, Failure> {
    let store = Store::new(&arguments.out);
    let judged = |name: &str| run::judge(store.find(name).map_err(Failure::usage)?);
    let (one, other) = (judged(&arguments.one)?, judged(&arguments.other)?);
    let lines = lines(&one, &other);
    if json {
        output::json(&lines)?;
        return Ok(Exit::Met);
    }
    let mut rows = vec![vec![String::new(), one.manifest.run.clone(), other.manifest.run.clone()]];
    rows.extend(lines.into_iter().map(|line| vec![line.what, line.one, line.other]));
    output::data(&output::table(&rows));
    Ok(Exit::Met)
}

fn lines(one: &run::Judged, other: &run::Judged) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |what: &str, of: &dyn Fn(&run::Judged) -> String| {
        lines.push(Line { what: what.to_owned(), one: of(one), other: of(other) });
    };
    line("arm", &|run| run.manifest.arm.name.clone());
    line("workload", &|run| run.manifest.load.workload.name().to_owned());
    line("nemesis", &|run| run.manifest.nemesis.name.clone());
    line("seed", &|run| run.manifest.seed.to_string());
    line("verdict", &|run| run.results.verdict.name().to_owned());
    line("ok", &|run| run.results.operations.ok.to_string());
    line("failed", &|run| run.results.operations.fail.to_string());
    line("in doubt", &|run| run.results.operations.info.to_string());
    let mut classes: Vec<_> = [one, other]
        .iter()
        .flat_map(|run| run.results.anomalies())
        .map(|(class, _)| class)
        .collect();
    classes.sort_unstable();
    classes.dedup();
    for class in classes {
        line(class.name(), &|run| {
            let found = run.results.anomalies().into_iter().find(|(found, _)| *found == class);
            found.map_or(0, |(_, count)| count).to_string()
        });
    }
    lines
}
