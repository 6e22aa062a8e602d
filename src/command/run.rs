//! `run`: one run, the same stages as a night's.

use history::{Mode, RunSummary};

use crate::cli::{Backend, ModeName, Run};
use crate::config::{self, LoadOverrides, Settings};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::plan::{self, Pair, PairRequest};
use crate::run::{self, Interrupts, Judged, Place};

pub(super) fn run(arguments: &Run, json: bool) -> Result<Exit, Failure> {
    let settings = settings(arguments)?;
    let seed = arguments.seed.unwrap_or_else(plan::drawn);
    let pair = pair(arguments, &settings, seed)?;
    if arguments.dry_run {
        if json {
            output::json(&plan_json(&pair))?;
        } else {
            output::data(&format!("{}nothing is touched\n", plan_text(&pair)));
        }
        return Ok(Exit::Met);
    }
    let place = place(arguments, &settings, &pair)?;
    output::note(&format!("seed {seed}"));
    let judged = super::runtime()?.block_on(async {
        let mut interrupts = Interrupts::listen()?;
        let reproduce = |arm: &str| reproduce(&pair, arm) + &place.flags();
        let recorded =
            run::run_pair(&pair, &place, &arguments.out, &reproduce, &mut interrupts).await?;
        let judged = recorded.into_iter().map(run::judge_stored).collect::<Result<Vec<_>, _>>()?;
        Ok::<_, Failure>((judged, interrupts.exit()))
    });
    let (judged, stopped) = judged?;
    let mut exit = Exit::Met;
    for run in &judged {
        exit = exit.worse(exit_of(run));
        let summary = run.summary(&arguments.out)?;
        if json {
            let mut document = serde_json::to_value(&summary).map_err(Failure::harness)?;
            // Whoever reads this must learn of an emulated cluster, too.
            let cluster = &run.manifest.cluster;
            document["cluster"] = serde_json::json!({ "kind": cluster.kind });
            document["notice"] = reports::cluster_notice(cluster.kind).into();
            output::json(&document)?;
        } else {
            output::data(&text(run, &summary));
        }
    }
    Ok(stopped.unwrap_or(exit))
}

/// What a run's expectation says.
pub(super) fn exit_of(run: &Judged) -> Exit {
    let broken = run.results.expectation.is_err();
    match run.manifest.expectation {
        history::Expectation::MustShow { .. } if !crate::night::caught(run) => Exit::CanaryMissed,
        history::Expectation::MustShow { .. } => Exit::Met,
        _ if broken => Exit::Broken,
        _ if run.results.verdict == history::Verdict::Unknown => Exit::Inconclusive,
        _ => Exit::Met,
    }
}

fn settings(arguments: &Run) -> Result<Settings, Failure> {
    let mut settings =
        config::settings("quick", arguments.config.as_deref()).map_err(Failure::usage)?;
    if let Some(round_trip) = arguments.round_trip {
        settings.cluster.round_trip_us = round_trip.as_micros() as u64;
    }
    settings.fail_fast |= arguments.fail_fast;
    if let Some(namespace) = &arguments.namespace {
        let named = match (arguments.mode, arguments.conflict_resolution.as_str()) {
            (ModeName::Sc, _) => &mut settings.namespaces.sc,
            (ModeName::Ap, "last-update-time") => &mut settings.namespaces.ap_last_update_time,
            (ModeName::Ap, _) => &mut settings.namespaces.ap,
        };
        named.clone_from(namespace);
    }
    Ok(settings)
}

fn pair(arguments: &Run, settings: &Settings, seed: u64) -> Result<Pair, Failure> {
    let arm = match (arguments.mode, arguments.conflict_resolution.as_str()) {
        (ModeName::Sc, _) => "sc",
        (ModeName::Ap, "generation") => "ap",
        (ModeName::Ap, "last-update-time") => "ap-last-update-time",
        (ModeName::Ap, other) => {
            return Err(Failure::Usage(format!(
                "there is no conflict resolution `{other}`; there are generation, last-update-time"
            )));
        }
    };
    let duration_ms = arguments.duration.as_millis().try_into().unwrap_or(u64::MAX);
    let request = PairRequest {
        workload: &arguments.workload,
        nemesis: &arguments.nemesis,
        arms: vec![arm],
        clients: arguments.clients.as_deref(),
        load: LoadOverrides {
            processes: arguments.processes,
            pinned: arguments.pinned,
            rate: arguments.rate,
            keys: arguments.keys,
            writes_per_key: arguments.writes_per_key,
            read_mode: Some(arguments.read_mode.clone()),
            ..LoadOverrides::default()
        },
        duration_ms: Some(duration_ms),
        seed,
    };
    let mut pair = plan::pair(settings, &plan::cluster(settings)?, &request)?;
    if arguments.fail_fast && !pair.arms.iter().any(run::can_watch) {
        return Err(Failure::Usage(
            "--fail-fast needs an arm that must show nothing: use --mode sc with --read-mode \
             linearize, or --nemesis none"
                .to_owned(),
        ));
    }
    if let Some(name) = &arguments.defect {
        // The run is judged as the cluster claims to be: a defect that is found breaks its
        // expectation. Only canaries and `selftest` expect to find it.
        plan::defect(name)?;
        pair.defect = Some(name.clone());
    }
    Ok(pair)
}

fn place(arguments: &Run, settings: &Settings, pair: &Pair) -> Result<Place, Failure> {
    if arguments.backend != Some(Backend::Hosts) {
        return match arguments.hosts.is_empty() {
            true => Place::emulated(arguments.backend, settings),
            false => Err(Failure::Usage("--hosts needs --backend hosts".to_owned())),
        };
    }
    let refused = if arguments.hosts.is_empty() {
        "--backend hosts needs --hosts a:3000,b:3000".to_owned()
    } else if !pair.nemesis.schedule.is_empty() {
        format!(
            "--backend hosts only loads a cluster and cannot do `{}`; use --nemesis none",
            pair.nemesis.name
        )
    } else if pair.defect.is_some() {
        "--defect needs --backend embedded or netns".to_owned()
    } else {
        return Ok(Place::Hosts(arguments.hosts.clone()));
    };
    Err(Failure::Usage(refused))
}

/// The command that does one arm of a pair again.
pub(super) fn reproduce(pair: &Pair, arm: &str) -> String {
    let load = &pair.load;
    let mut command = format!("aerocert run --mode {}", if arm == "sc" { "sc" } else { "ap" });
    if arm == "ap-last-update-time" {
        command.push_str(" --conflict-resolution last-update-time");
    }
    let read_mode =
        pair.arms.iter().find(|plan| plan.arm.name == arm).and_then(|plan| plan.arm.read_mode);
    if let Some(read_mode) = read_mode {
        command.push_str(&format!(" --read-mode {}", plan::read_mode_name(read_mode)));
    }
    command.push_str(&format!(
        " --workload {} --nemesis {} --duration {}ms --rate {} --processes {} --pinned {} --keys {} --writes-per-key {} \
         --round-trip {}us --seed {}",
        load.workload.name(),
        pair.nemesis.name,
        load.duration_ms,
        load.rate,
        load.processes,
        load.pinned,
        load.keys,
        load.writes_per_key,
        pair.cluster.round_trip_us,
        pair.seed
    ));
    if pair.fail_fast {
        command.push_str(" --fail-fast");
    }
    if let Some(defect) = &pair.defect {
        command.push_str(&format!(" --defect {defect}"));
    }
    command
}

/// A pair's plan for people.
pub(super) fn plan_text(pair: &Pair) -> String {
    let load = &pair.load;
    let rate = if load.rate == 0 {
        "closed loop".to_owned()
    } else {
        format!("{} operations/s", load.rate)
    };
    let mut text = format!(
        "{}: seed {}, {} processes ({} pinned), {} keys, {rate}, {} ms\n",
        pair.name, pair.seed, load.processes, load.pinned, load.keys, load.duration_ms
    );
    for arm in &pair.arms {
        text.push_str(&format!(
            "  arm {}: {}.{}, {}\n",
            arm.arm.name,
            arm.arm.namespace,
            arm.arm.set,
            reports::expectation_text(&arm.expectation)
        ));
    }
    for fault in &pair.nemesis.schedule {
        text.push_str(&format!(
            "  at {} ms for {} ms: {}\n",
            fault.planned_at_ms,
            fault.planned_for_ms,
            reports::fault_text(&fault.fault, &pair.cluster.topology)
        ));
    }
    text
}

/// A pair's plan for programs.
pub(super) fn plan_json(pair: &Pair) -> serde_json::Value {
    serde_json::json!({
        "name": pair.name,
        "seed": pair.seed,
        "arms": pair.arms.iter().map(|arm| serde_json::json!({
            "arm": arm.arm,
            "checks": arm.checks,
            "expectation": arm.expectation,
        })).collect::<Vec<_>>(),
        "load": pair.load,
        "nemesis": pair.nemesis,
        "client": pair.client,
        "floors": pair.floors,
        "defect": pair.defect,
    })
}

fn text(run: &Judged, summary: &RunSummary) -> String {
    let counts = &run.results.operations;
    let mode =
        if run.manifest.arm.mode == Mode::Sc { "strong consistency" } else { "availability" };
    let mut text = format!(
        "{}: {} ({mode}; {} ok, {} failed, {} in doubt)\n",
        run.manifest.run,
        run.results.verdict.name(),
        counts.ok,
        counts.fail,
        counts.info
    );
    for anomaly in &summary.anomalies {
        text.push_str(&format!("  {} {}\n", anomaly.count, anomaly.class.name()));
        let groups = run.results.checks.iter().flat_map(|check| &check.anomalies);
        let example = groups
            .filter(|group| group.class == anomaly.class)
            .find_map(|group| group.examples.first());
        if let Some(example) = example {
            text.push_str(&format!("    key {}: {}\n", example.key.0, example.claim));
        }
    }
    if let Some(why) = &summary.unexpected {
        text.push_str(&format!("  not as expected: {why}\n"));
    }
    for assumption in run.results.assumptions.iter().filter(|assumption| !assumption.held) {
        text.push_str(&format!("  not held: {} ({})\n", assumption.name, assumption.detail));
    }
    text.push_str(&run.directory.report_path().display().to_string());
    text
}
