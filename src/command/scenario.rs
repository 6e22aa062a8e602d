//! `scenario`: known topologies step by step, expected beside observed.

use simulation::{Account, Finding, NodeRow, SCENARIOS, Settings, Step};

use crate::exit::{Exit, Failure};
use crate::{cli, output, plan};

pub(super) fn scenario(arguments: &cli::Scenario, json: bool) -> Result<Exit, Failure> {
    let Some(name) = &arguments.name else { return list(json) };
    let scenario = plan::scenario(name)?;
    if arguments.records.is_some() && scenario.records.is_none() {
        return Err(Failure::Usage(format!(
            "`{name}` has the records of its source; leave `--records` out"
        )));
    }
    let begun = std::time::Instant::now();
    let settings = Settings { seed: arguments.seed, records: arguments.records };
    let account = scenario.play(&settings);
    if json {
        output::json(&account_json(&account))?;
    } else {
        output::data(&format!("{}: {}\n", scenario.name, scenario.about));
        for (number, step) in (1..).zip(&account.steps) {
            output::data(&step_text(number, step));
        }
        let (all, differing) = (account.findings().count(), differing(&account));
        output::data(&format!("\n{all} findings, {differing} differ from what is expected\n"));
        output::note(&format!("{:.1} s", begun.elapsed().as_secs_f32()));
    }
    Ok(if account.is_met() { Exit::Met } else { Exit::Broken })
}

fn list(json: bool) -> Result<Exit, Failure> {
    if json {
        let all: Vec<_> = SCENARIOS
            .iter()
            .map(|one| {
                serde_json::json!({ "name": one.name, "about": one.about, "records": one.records })
            })
            .collect();
        output::json(&all)?;
    } else {
        let rows = SCENARIOS.iter().map(|one| vec![one.name.to_owned(), one.about.to_owned()]);
        output::data(&output::table(&rows.collect::<Vec<_>>()));
    }
    Ok(Exit::Met)
}

fn differing(account: &Account) -> usize {
    account.findings().filter(|finding| !finding.is_met()).count()
}

fn step_text(number: usize, step: &Step) -> String {
    let mut text = format!("\n{number}. {} ({:.1} s)\n", step.title, step.at_ms as f64 / 1000.0);
    for command in &step.commands {
        text += &format!("   > {command}\n");
    }
    if !step.findings.is_empty() {
        let mut rows = vec![["", "what", "expected", "observed"].map(str::to_owned).to_vec()];
        rows.extend(step.findings.iter().map(finding_row));
        text += &indented(&output::table(&rows));
    }
    text += &indented(&output::table(&node_rows(&step.nodes)));
    text
}

fn finding_row(finding: &Finding) -> Vec<String> {
    vec![
        if finding.is_met() { "ok" } else { "DIFFERS" }.to_owned(),
        finding.what.clone(),
        finding.expected.to_string(),
        finding.observed.to_string(),
    ]
}

/// The nodes, `~~` for one that says nothing.
fn node_rows(nodes: &[NodeRow]) -> Vec<Vec<String>> {
    let head = [
        "node",
        "site",
        "rack",
        "size",
        "primary",
        "secondary",
        "unavailable",
        "dead",
        "master",
        "prole",
        "non-replica",
        "migrations",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for node in nodes {
        let mut row = vec![node.node.clone(), node.site.to_owned()];
        match node.says {
            None => row.resize(head.len(), "~~".to_owned()),
            Some(says) => row.extend(
                [
                    u64::from(says.rack),
                    says.cluster_size,
                    says.primary,
                    says.secondary,
                    says.unavailable,
                    says.dead,
                    says.master_objects,
                    says.prole_objects,
                    says.non_replica_objects,
                    says.migrations,
                ]
                .map(|number| number.to_string()),
            ),
        }
        rows.push(row);
    }
    rows
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}\n")).collect()
}

fn account_json(account: &Account) -> serde_json::Value {
    let steps: Vec<_> = account.steps.iter().map(step_json).collect();
    serde_json::json!({
        "scenario": account.scenario,
        "met": account.is_met(),
        "differing": differing(account),
        "steps": steps,
    })
}

fn step_json(step: &Step) -> serde_json::Value {
    let findings: Vec<_> = step
        .findings
        .iter()
        .map(|finding| {
            serde_json::json!({
                "what": finding.what,
                "expected": finding.expected.to_string(),
                "observed": finding.observed.to_string(),
                "met": finding.is_met(),
            })
        })
        .collect();
    let nodes: Vec<_> = step.nodes.iter().map(node_json).collect();
    serde_json::json!({
        "title": step.title,
        "at_ms": step.at_ms,
        "commands": step.commands,
        "findings": findings,
        "nodes": nodes,
    })
}

fn node_json(node: &NodeRow) -> serde_json::Value {
    let says = node.says.map(|says| {
        serde_json::json!({
            "rack": says.rack,
            "cluster_size": says.cluster_size,
            "primary": says.primary,
            "secondary": says.secondary,
            "unavailable": says.unavailable,
            "dead": says.dead,
            "master_objects": says.master_objects,
            "prole_objects": says.prole_objects,
            "non_replica_objects": says.non_replica_objects,
            "migrations": says.migrations,
        })
    });
    serde_json::json!({ "node": node.node, "site": node.site, "says": says })
}
