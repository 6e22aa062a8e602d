//! A run that is recorded and read back.

use std::time::Instant;

use aerocert_workloads::client::{FinalReads, Load, LoadReport};
use history::store::RunDirectory;
use history::{Arm, ClientSettings, History, LoadSettings, Mark, Recorder, Topology};
use tokio::sync::watch;

use crate::settings::{SEED, manifest};

/// What a run came to.
pub(crate) struct Recorded {
    pub(crate) history: History,
    pub(crate) report: LoadReport,
    pub(crate) final_reads: FinalReads,
}

/// Runs a load on an empty key space, with final reads, and reads back what was recorded.
pub(crate) async fn run(
    arm: &Arm,
    load: &LoadSettings,
    client: &ClientSettings,
    topology: &Topology,
    final_reads: bool,
) -> Recorded {
    let folder = tempfile::tempdir().unwrap();
    let manifest = manifest(arm, load, client, topology);
    let directory = RunDirectory::create(folder.path(), &manifest).unwrap();
    let recorder = Recorder::create(&directory, Instant::now()).unwrap();
    let running = Load::connect(arm, load, client, topology, SEED, recorder.clone()).await.unwrap();
    let (_stop, stopped) = watch::channel(false);
    recorder.mark(Mark::LoadStarted);
    let report = running.run(stopped).await;
    recorder.mark(Mark::LoadEnded);
    recorder.mark(Mark::MigrationsEnded);
    recorder.mark(Mark::FinalReadsStarted);
    let final_reads = if final_reads { running.final_reads().await } else { FinalReads::default() };
    recorder.mark(Mark::FinalReadsEnded);
    running.close().await;
    recorder.finish().unwrap();
    Recorded { history: directory.history().unwrap(), report, final_reads }
}
