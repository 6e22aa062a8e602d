//! `runs`: the store.

use std::path::Path;

use history::Event;
use history::exchange::{export, jsonl};
use history::store::{Retention, RunEntry, Store};

use crate::cli::{Export, ExportFormat, Prune, RunsCommand};
use crate::exit::{Exit, Failure};
use crate::output;

pub(super) fn runs(command: &RunsCommand, json: bool) -> Result<Exit, Failure> {
    match command {
        RunsCommand::List(store) => list(&Store::new(&store.out), json),
        RunsCommand::Show(named) => show(&named.out, &named.run),
        RunsCommand::Export(arguments) => export_run(arguments),
        RunsCommand::Prune(arguments) => prune(arguments, json),
    }
}

fn list(store: &Store, json: bool) -> Result<Exit, Failure> {
    let runs = store.list().map_err(Failure::usage)?;
    if json {
        output::json(&runs.iter().map(line).collect::<Vec<_>>())?;
        return Ok(Exit::Met);
    }
    let head = ["run", "arm", "workload", "nemesis", "seed", "verdict"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for entry in &runs {
        let cells = line(entry);
        let cell = |key: &str| match &cells[key] {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        rows.push(head.map(cell).to_vec());
    }
    output::data(&output::table(&rows));
    Ok(Exit::Met)
}

/// A run that cannot be read has a line, too.
fn line(entry: &RunEntry) -> serde_json::Value {
    let run = match &entry.run {
        Ok(run) => run,
        Err(error) => {
            return serde_json::json!({ "run": entry.name, "verdict": format!("unreadable: {error}") });
        }
    };
    let manifest = run.manifest();
    let verdict = match run.results() {
        Ok(Some(results)) => results.verdict.name().to_owned(),
        Ok(None) => "not judged".to_owned(),
        Err(error) => format!("unreadable: {error}"),
    };
    serde_json::json!({
        "run": entry.name,
        "started": manifest.started,
        "arm": manifest.arm.name,
        "workload": manifest.load.workload,
        "nemesis": manifest.nemesis.name,
        "seed": manifest.seed,
        "verdict": verdict,
    })
}

fn show(out: &Path, name: &str) -> Result<Exit, Failure> {
    let run = Store::new(out).find(name).map_err(Failure::usage)?;
    let results = run.results().map_err(Failure::usage)?;
    output::json(&serde_json::json!({ "manifest": run.manifest(), "results": results }))?;
    Ok(Exit::Met)
}

fn export_run(arguments: &Export) -> Result<Exit, Failure> {
    let run = Store::new(&arguments.out).find(&arguments.run).map_err(Failure::usage)?;
    let events = || -> Result<Vec<Event>, Failure> {
        let events = run.events().map_err(Failure::usage)?;
        events.collect::<Result<_, _>>().map_err(Failure::usage)
    };
    let sink = std::io::BufWriter::new(std::io::stdout().lock());
    let written = match arguments.format {
        ExportFormat::Events => jsonl::write(events()?, sink),
        ExportFormat::Edn => export::edn(events()?, sink),
        ExportFormat::Jsonl => export::json_lines(events()?, sink),
        ExportFormat::Porcupine => export::porcupine(&run.history().map_err(Failure::usage)?, sink),
    };
    match written {
        // A reader that has seen enough is no failure.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::harness(error))
        }
        _ => Ok(Exit::Met),
    }
}

fn prune(arguments: &Prune, json: bool) -> Result<Exit, Failure> {
    let store = Store::new(&arguments.out);
    let retention = Retention { older_than: arguments.older_than, keep_failures: true };
    let expendable = store.expendable(retention, jiff::Timestamp::now()).map_err(Failure::usage)?;
    for entry in &expendable {
        if !arguments.dry_run {
            store.remove(entry).map_err(Failure::harness)?;
        }
    }
    let names: Vec<&str> = expendable.iter().map(|entry| entry.name.as_str()).collect();
    if json {
        output::json(&names)?;
    } else {
        let said = if arguments.dry_run { "would go" } else { "gone" };
        output::data(&format!("{} runs {said}\n{}", names.len(), names.join("\n")));
    }
    Ok(Exit::Met)
}
