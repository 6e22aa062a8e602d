//! One pair: every arm loaded, one nemesis, one clock, one event loop.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cluster::Cluster;
use history::store::RunDirectory;
use history::{FaultEvent, Manifest, Mark, Recorder};
use nemesis::inject::{Journal, Nemesis, NemesisEvent};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use workloads::client::Load;

use super::observer::observe;
use super::sites::Sites;
use super::watcher::{Said, can_watch, watch as watch_arm};
use super::{Interrupt, Interrupts, Place};
use crate::exit::Failure;
use crate::output::{Progress, note};
use crate::plan::Pair;

/// How long the cluster may take to become whole, and to end its migrations.
const STABLE_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks at the nodes.
const OBSERVE_EVERY: Duration = Duration::from_millis(500);

/// One arm while it runs.
struct Running {
    directory: RunDirectory,
    recorder: Recorder,
    load: Arc<Load>,
}

/// Runs a pair and stores what was recorded: one run directory per arm, in the order of the plan.
///
/// # Errors
/// Whatever keeps the pair from being run; faults are healed first.
pub(crate) async fn run_pair(
    pair: &Pair,
    place: &Place,
    store: &Path,
    reproduce: &dyn Fn(&str) -> String,
    interrupts: &mut Interrupts,
) -> Result<Vec<RunDirectory>, Failure> {
    let expected = Duration::from_millis(pair.load.duration_ms) + Duration::from_secs(4);
    let progress = Progress::begin(&pair.name, expected);
    progress.at(Duration::ZERO, "starting the cluster");
    let cluster = Arc::new(place.open(pair).await?);
    let recorded = record(pair, &cluster, store, reproduce, interrupts, &progress).await;
    cluster.shutdown().await;
    progress.end(if recorded.is_ok() { "recorded" } else { "failed" });
    recorded
}

async fn record(
    pair: &Pair,
    cluster: &Arc<Cluster>,
    store: &Path,
    reproduce: &dyn Fn(&str) -> String,
    interrupts: &mut Interrupts,
    progress: &Progress,
) -> Result<Vec<RunDirectory>, Failure> {
    cluster.wait_until_stable(STABLE_WITHIN).await.map_err(Failure::harness)?;
    let origin = Instant::now();
    let started = jiff::Timestamp::now();
    let sites = Sites::open(cluster)?;
    let mut arms = Vec::new();
    let (said, told) = mpsc::unbounded_channel();
    for plan in &pair.arms {
        cluster
            .verify_namespace(&plan.arm.namespace, plan.arm.mode)
            .await
            .map_err(Failure::usage)?;
        let manifest = manifest(pair, plan, cluster, started, reproduce);
        let directory = RunDirectory::create(store, &manifest).map_err(Failure::harness)?;
        let follower = (pair.fail_fast && can_watch(plan))
            .then(|| watch_arm(plan, pair.load.workload.model(), said.clone()))
            .transpose()?;
        let recorder =
            Recorder::create_followed(&directory, origin, follower).map_err(Failure::harness)?;
        let load = Load::connect_in(
            &plan.arm,
            &pair.load,
            &pair.client,
            cluster.topology(),
            pair.seed,
            recorder.clone(),
            &sites.handles(),
        )
        .await
        .map_err(Failure::harness)?;
        load.assert_empty().await.map_err(Failure::usage)?;
        arms.push(Running { directory, recorder, load: Arc::new(load) });
    }
    drop(said);
    let driven = drive(pair, cluster, &mut arms, origin, told, interrupts, progress).await;
    let mut directories = Vec::new();
    for arm in arms {
        if let Some(load) = Arc::into_inner(arm.load) {
            load.close().await;
        }
        arm.recorder.finish().map_err(Failure::harness)?;
        directories.push(arm.directory);
    }
    driven.map(|()| directories)
}

fn manifest(
    pair: &Pair,
    plan: &crate::plan::ArmPlan,
    cluster: &Cluster,
    started: jiff::Timestamp,
    reproduce: &dyn Fn(&str) -> String,
) -> Manifest {
    let stamp = started.strftime("%Y%m%dT%H%M%S%.3fZ").to_string().replace('.', "");
    let pair_name = format!("{stamp}-{}", pair.name);
    let mut arm = plan.arm.clone();
    arm.defect.clone_from(&pair.defect);
    Manifest {
        schema_version: Manifest::SCHEMA_VERSION,
        run: format!("{pair_name}-{}", arm.name),
        pair: pair_name,
        started: started.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: pair.seed,
        generator: Manifest::GENERATOR.to_owned(),
        reproduce: reproduce(&arm.name),
        arm,
        load: pair.load.clone(),
        nemesis: pair.nemesis.clone(),
        client: pair.client.clone(),
        cluster: cluster.identity().clone(),
        checks: plan.checks.clone(),
        floors: pair.floors,
        expectation: plan.expectation.clone(),
    }
}

/// The event loop: load, faults, observations, signals; then healing, migrations, final reads.
async fn drive(
    pair: &Pair,
    cluster: &Arc<Cluster>,
    arms: &mut [Running],
    origin: Instant,
    mut told: mpsc::UnboundedReceiver<Said>,
    interrupts: &mut Interrupts,
    progress: &Progress,
) -> Result<(), Failure> {
    let (stop, stopped) = watch::channel(false);
    let (fault_sender, mut faults) = mpsc::channel::<NemesisEvent>(64);
    let (observation_sender, mut observations) = mpsc::channel(64);

    for arm in arms.iter() {
        arm.recorder.mark(Mark::LoadStarted);
    }
    let load_origin = Instant::now();
    let mut loads = JoinSet::new();
    for arm in arms.iter() {
        let (load, stopped) = (Arc::clone(&arm.load), stopped.clone());
        loads.spawn(async move { load.run(stopped).await });
    }
    let journal = Journal::open(&Journal::default_path()).map_err(Failure::harness)?;
    let nemesis = Nemesis::new(Arc::clone(cluster), pair.nemesis.schedule.clone(), journal);
    let nemesis = tokio::spawn(nemesis.run(origin, load_origin, stopped.clone(), fault_sender));
    let observer =
        tokio::spawn(observe(Arc::clone(cluster), origin, OBSERVE_EVERY, observation_sender));

    let lasting = Duration::from_millis(pair.load.duration_ms);
    let deadline = tokio::time::sleep(lasting);
    tokio::pin!(deadline);
    let mut ticker = tokio::time::interval(Duration::from_millis(200));
    let mut stage = interrupts.now();
    let mut loading = stage == Interrupt::None;
    let mut faults_open = true;
    while loading || faults_open {
        tokio::select! {
            event = faults.recv(), if faults_open => match event {
                Some(event) => note_fault(arms, &event)?,
                None => faults_open = false,
            },
            Some(observation) = observations.recv() => {
                for arm in arms.iter() {
                    arm.directory.append_observation(&observation).map_err(Failure::harness)?;
                }
            }
            () = &mut deadline, if loading => {
                loading = false;
                let _ = stop.send(true);
            }
            Some(said) = told.recv(), if loading => match said {
                Said::Broken(what) => {
                    note(&format!("stopping early: {what}"));
                    loading = false;
                    let _ = stop.send(true);
                }
                Said::Blind(why) => note(&format!("a violation will not stop the run any more: {why}")),
            },
            raised = interrupts.beyond(stage) => {
                stage = raised;
                loading = false;
                let _ = stop.send(true);
            }
            _ = ticker.tick() => {
                let elapsed = load_origin.elapsed();
                progress.at(elapsed, &format!("{:.0} s of {:.0} s", elapsed.as_secs_f32(), lasting.as_secs_f32()));
            }
        }
    }
    let _ = stop.send(true);
    let summary = nemesis.await.map_err(Failure::harness)?;
    while let Some(report) = loads.join_next().await {
        report.map_err(Failure::harness)?;
    }
    if !summary.unhealed.is_empty() {
        return Err(Failure::Harness(format!(
            "faults {:?} of the schedule could not be healed; `aerocert nemesis heal` tries again",
            summary.unhealed
        )));
    }
    for arm in arms.iter() {
        arm.recorder.mark(Mark::LoadEnded);
    }
    if !matches!(stage, Interrupt::AtOnce(_)) {
        progress.at(load_origin.elapsed(), "waiting for migrations");
        let whole = cluster.wait_until_stable(STABLE_WITHIN).await;
        finish(arms, whole.is_ok()).await;
    }
    observer.abort();
    Ok(())
}

/// The final reads: only on a cluster that is whole do they prove anything.
async fn finish(arms: &mut [Running], whole: bool) {
    if !whole {
        return;
    }
    for arm in arms.iter() {
        arm.recorder.mark(Mark::MigrationsEnded);
        arm.recorder.mark(Mark::FinalReadsStarted);
    }
    let mut reads = JoinSet::new();
    for arm in arms.iter() {
        let (load, recorder) = (Arc::clone(&arm.load), arm.recorder.clone());
        reads.spawn(async move {
            load.final_reads().await;
            recorder.mark(Mark::FinalReadsEnded);
        });
    }
    reads.join_all().await;
}

fn note_fault(arms: &[Running], event: &NemesisEvent) -> Result<(), Failure> {
    for arm in arms {
        arm.recorder.fault(FaultEvent { fault: event.record.index, stage: event.stage });
        arm.directory.append_fault(&event.record).map_err(Failure::harness)?;
    }
    Ok(())
}
