//! `runs`: the store.

use history::store::Store;
use history::Verdict;

use crate::cli::RunsCommand;
use crate::exit::{Exit, Failure};
use crate::output;

pub(super) fn runs(command: &RunsCommand, json: bool) -> Result<Exit, Failure> {
    match command {
        RunsCommand::List(store) => list(&Store::new(&store.out), json),
        RunsCommand::Show(named) => {
            let directory = Store::new(&named.out).find(&named.run).map_err(Failure::usage)?;
            let manifest = directory.manifest().map_err(Failure::usage)?;
            let results = directory.results().ok();
            output::json(&serde_json::json!({ "manifest": manifest, "results": results }))?;
            Ok(Exit::Met)
        }
        RunsCommand::Export(named) => {
            let directory = Store::new(&named.out).find(&named.run).map_err(Failure::usage)?;
            let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
            match directory.export_json_lines(&mut stdout) {
                Err(error) if error.is_broken_pipe() => Ok(Exit::Met),
                Err(error) => Err(Failure::usage(error)),
                Ok(()) => Ok(Exit::Met),
            }
        }
        RunsCommand::Prune(prune) => {
            let now = jiff::Timestamp::now();
            let store = Store::new(&prune.out);
            let mut gone = Vec::new();
            for run in store.list().map_err(Failure::usage)? {
                let Ok(started) = run.manifest.started.parse::<jiff::Timestamp>() else { continue };
                let old = now.duration_since(started).unsigned_abs() > prune.older_than;
                if old && run.verdict == Some(Verdict::Valid) {
                    if !prune.dry_run {
                        std::fs::remove_dir_all(&run.path).map_err(Failure::harness)?;
                    }
                    gone.push(run.path.display().to_string());
                }
            }
            if json {
                output::json(&gone)?;
            } else {
                output::data(&gone.join("\n"));
            }
            Ok(Exit::Met)
        }
    }
}

fn list(store: &Store, json: bool) -> Result<Exit, Failure> {
    let runs = store.list().map_err(Failure::usage)?;
    let rows: Vec<serde_json::Value> = runs
        .iter()
        .map(|run| {
            serde_json::json!({
                "path": run.path,
                "run": run.manifest.run,
                "started": run.manifest.started,
                "arm": run.manifest.arm.name,
                "workload": run.manifest.load.workload,
                "nemesis": run.manifest.nemesis.name,
                "seed": run.manifest.seed,
                "verdict": run.verdict,
            })
        })
        .collect();
    if json {
        output::json(&rows)?;
        return Ok(Exit::Met);
    }
    let head = ["started", "run", "arm", "workload", "nemesis", "verdict"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for run in &runs {
        table.push(vec![
            run.manifest.started.clone(),
            run.manifest.run.clone(),
            run.manifest.arm.name.clone(),
            run.manifest.load.workload.name().to_owned(),
            run.manifest.nemesis.name.clone(),
            run.verdict.map_or("not judged", Verdict::name).to_owned(),
        ]);
    }
    output::data(&output::table(&table));
    Ok(Exit::Met)
}
