//! `check`: judges a stored run; files of other programs are for [`super::foreign`].

use history::Verdict;
use history::store::Store;

use super::{foreign, proofs};
use crate::cli::Check;
use crate::exit::{Exit, Failure};
use crate::{output, run};

pub(super) fn check(arguments: &Check, json: bool) -> Result<Exit, Failure> {
    if foreign::is_meant(arguments) {
        return foreign::check(arguments, json);
    }
    let directory = Store::new(&arguments.out).find(&arguments.run).map_err(Failure::usage)?;
    if let Some(path) = &arguments.verify_certificate {
        return proofs::verify(&directory, path, json);
    }
    let judged =
        if arguments.write { run::judge_stored(directory)? } else { run::judge(directory)? };
    if let Some(path) = &arguments.certificate {
        proofs::write(&judged.directory, &judged.history, path)?;
    }
    let results = &judged.results;
    if json {
        output::json(results)?;
        return Ok(results.verdict.into());
    }
    let mut text = format!(
        "{} {}: {}\n",
        judged.manifest.run,
        judged.manifest.arm.name,
        results.verdict.name()
    );
    if let Some(end) = &results.truncated {
        text.push_str(&format!("the history ends early: {end}\n"));
    }
    for assumption in results.assumptions.iter().filter(|assumption| !assumption.held) {
        text.push_str(&format!("not held: {} ({})\n", assumption.name, assumption.detail));
    }
    let mut rows = vec![["check", "verdict", "operations", "found"].map(str::to_owned).to_vec()];
    for check in &results.checks {
        let found: Vec<String> = check
            .anomalies
            .iter()
            .map(|group| format!("{} {}", group.count, group.class.name()))
            .collect();
        rows.push(vec![
            check.check.name().to_owned(),
            check.verdict.name().to_owned(),
            check.operations.to_string(),
            if found.is_empty() {
                check.reason.clone().unwrap_or_default()
            } else {
                found.join(", ")
            },
        ]);
    }
    text.push_str(&output::table(&rows));
    if results.verdict == Verdict::Invalid {
        for group in results.checks.iter().flat_map(|check| &check.anomalies) {
            if let Some(example) = group.examples.first() {
                text.push_str(&format!("{}: {}\n", group.class.name(), example.claim));
            }
        }
    }
    output::data(&text);
    Ok(results.verdict.into())
}
