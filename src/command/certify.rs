//! `certify`: the main job.

use crate::cli::Certify;
use crate::exit::{Exit, Failure};
use crate::night::{self, Judgement};
use crate::plan::{self, Night, Pair};
use crate::run::{self, Interrupts, Place};
use crate::{config, output};

pub(super) fn certify(arguments: &Certify, json: bool) -> Result<Exit, Failure> {
    let settings = config::settings(&arguments.profile, arguments.config.as_deref())
        .map_err(Failure::usage)?;
    let seed = arguments.seed.unwrap_or_else(plan::drawn);
    let night = plan::night(&settings, &arguments.profile, seed)?;
    let place = Place::emulated(arguments.backend, &settings)?;
    if arguments.dry_run {
        print_plan(&night, json)?;
        return Ok(Exit::Met);
    }
    output::note(&format!("seed {seed}"));
    super::runtime()?.block_on(run_night(arguments, &night, &place, json))
}

async fn run_night(
    arguments: &Certify,
    night: &Night,
    place: &Place,
    json: bool,
) -> Result<Exit, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let folder = night::create(&arguments.out, &night.profile)?;
    let runs = folder.join("runs");
    let mut judgement = Judgement::default();
    let canaries = night.canaries.iter().map(|canary| &canary.pair);
    for pair in night.pairs.iter().chain(canaries) {
        if interrupts.exit().is_some() {
            break;
        }
        match run_and_judge(pair, place, &runs, &mut interrupts).await {
            Ok(judged) => judgement.runs.extend(judged),
            Err(failure) => {
                output::error(&failure);
                judgement.failed.push(format!("{}: {failure}", pair.name));
            }
        }
    }
    if let (Some(exit), true) = (interrupts.exit(), judgement.runs.is_empty()) {
        return Ok(exit);
    }
    let certificate = night::certificate(
        &judgement,
        &folder,
        &night.profile,
        night.seed,
        reproduce(arguments, night.seed) + &place.flags(),
    )?;
    let page = night::write(&folder, &certificate, &judgement)?;
    if json {
        output::json(&certificate)?;
    } else {
        output::data(&format!("{}\n{}", certificate.statement, page.display()));
    }
    Ok(interrupts.exit().unwrap_or_else(|| certificate.verdict.into()))
}

async fn run_and_judge(
    pair: &Pair,
    place: &Place,
    runs: &std::path::Path,
    interrupts: &mut Interrupts,
) -> Result<Vec<run::Judged>, Failure> {
    let reproduce = |arm: &str| super::run::reproduce(pair, arm) + &place.flags();
    let recorded = run::run_pair(pair, place, runs, &reproduce, interrupts).await?;
    recorded.into_iter().map(run::judge_stored).collect()
}

fn reproduce(arguments: &Certify, seed: u64) -> String {
    let mut command = format!("aerocert certify --profile {} --seed {seed}", arguments.profile);
    if let Some(config) = &arguments.config {
        command.push_str(&format!(" --config {}", config.display()));
    }
    command
}

fn print_plan(night: &Night, json: bool) -> Result<(), Failure> {
    let pairs: Vec<_> = night.pairs.iter().map(super::run::plan_json).collect();
    let canaries: Vec<_> =
        night.canaries.iter().map(|canary| super::run::plan_json(&canary.pair)).collect();
    if json {
        return output::json(&serde_json::json!({
            "profile": night.profile,
            "seed": night.seed,
            "pairs": pairs,
            "canaries": canaries,
        }));
    }
    let mut text = format!("profile {}, seed {}; nothing is touched\n", night.profile, night.seed);
    for pair in &night.pairs {
        text.push_str(&super::run::plan_text(pair));
    }
    for canary in &night.canaries {
        text.push_str(&format!("canary {}: ", canary.defect.entry().name));
        text.push_str(&super::run::plan_text(&canary.pair));
    }
    output::data(&text);
    Ok(())
}
