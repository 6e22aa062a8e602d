//! Schedules carried out against scripted clusters.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use history::{End, Fault, FaultOutcome, FaultRecord, FaultStage, Link};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::scripted::{Script, Scripted};
use super::{Journal, Nemesis, NemesisEvent, NemesisSummary, heal_all};
use crate::fixture::stretch;
use crate::schedule::{self, PlannedFault, Window, plan_listed};

fn window() -> Window {
    Window {
        load_ms: 30_000,
        quiet_before_ms: 1000,
        quiet_after_ms: 1000,
        quiet_between_ms: 60_000,
        cut_ms: 10_000,
        detection_ms: 500,
        clients: None,
    }
}

fn isolation() -> Vec<FaultRecord> {
    schedule::plan("isolate-node", &stretch(), 1, &window()).unwrap()
}

fn one(fault: Fault) -> Vec<FaultRecord> {
    let planned = PlannedFault { at_ms: 1000, for_ms: 2000, fault };
    plan_listed("listed", &[planned], &stretch(), &window()).unwrap()
}

/// The links that the first fault of a schedule cuts.
fn cut_links(schedule: &[FaultRecord]) -> Vec<Link> {
    schedule::links(&schedule[0].fault, &stretch())
}

struct Ran {
    summary: NemesisSummary,
    events: Vec<NemesisEvent>,
    cluster: Arc<Scripted>,
    journal: std::path::PathBuf,
    took: Duration,
    _folder: tempfile::TempDir,
}

impl Ran {
    fn stages(&self) -> Vec<(u32, FaultStage)> {
        self.events.iter().map(|event| (event.record.index, event.stage)).collect()
    }

    fn outcome(&self) -> &FaultOutcome {
        &self.summary.records[0].outcome
    }

    fn standing(&self) -> usize {
        Journal::status(&self.journal).unwrap().len()
    }
}

/// Runs a schedule in virtual time, stopped after a while if asked.
async fn run(script: Script, schedule: Vec<FaultRecord>, stop_after: Option<Duration>) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.journal");
    let journal = Journal::open(&path).unwrap();
    let cluster = Arc::new(Scripted::new(script, path.clone()));
    let (stop, stopped) = watch::channel(false);
    let (events, mut told) = mpsc::channel(1);
    let began = Instant::now();
    let nemesis = Nemesis::new(Arc::clone(&cluster), schedule, journal);
    let running = tokio::spawn(nemesis.run(began.into_std(), began.into_std(), stopped, events));
    let stopper = tokio::spawn(async move {
        match stop_after {
            Some(after) => {
                tokio::time::sleep(after).await;
                stop.send_replace(true);
            }
            None => std::future::pending().await,
        }
    });
    let mut seen = Vec::new();
    while let Some(event) = told.recv().await {
        seen.push(event);
    }
    let summary = running.await.unwrap();
    stopper.abort();
    let took = began.elapsed();
    Ran { summary, events: seen, cluster, journal: path, took, _folder: folder }
}

#[tokio::test(start_paused = true)]
async fn a_cut_is_journalled_applied_probed_renewed_and_healed() {
    let ran = run(Script::default(), isolation(), None).await;
    assert_eq!(ran.stages(), [(0, FaultStage::Applied), (0, FaultStage::Healed)]);
    assert_eq!(ran.outcome(), &FaultOutcome::Healed);
    assert_eq!(
        ran.cluster.calls(),
        ["interrupt 10 links, journal holds 1", "restore 1, journal holds 1"],
        "the journal knew before the cluster did, and until it was over"
    );
    let record = &ran.summary.records[0];
    let (applied, healed) = (record.applied_ns.unwrap(), record.healed_ns.unwrap());
    assert!(applied >= 1_000_000_000 && healed - applied >= 10_000_000_000, "{record:?}");
    assert_eq!(record.probes.len(), 3, "{:?}", record.probes);
    assert!(ran.summary.unhealed.is_empty());
    assert!(!ran.journal.exists(), "an empty journal is removed");
}

#[tokio::test(start_paused = true)]
async fn a_cut_that_does_not_take_is_skipped() {
    let schedule = isolation();
    let immune = cut_links(&schedule).into_iter().collect();
    let ran = run(Script { immune, ..Script::default() }, schedule, None).await;
    assert_eq!(ran.stages(), [(0, FaultStage::Skipped)]);
    let FaultOutcome::Skipped(reason) = ran.outcome() else { panic!("{:?}", ran.outcome()) };
    assert!(reason.starts_with("it did not take: 0 of 10 disturbed; 10 whole"), "{reason}");
    assert_eq!(ran.summary.records[0].applied_ns, None);
    assert_eq!(ran.standing(), 0, "it was taken back");
}

#[tokio::test(start_paused = true)]
async fn a_cut_that_takes_in_part_is_indeterminate_and_taken_back() {
    let schedule = isolation();
    let immune: BTreeSet<Link> = cut_links(&schedule).into_iter().take(1).collect();
    let name = immune.first().unwrap().to_string();
    let ran = run(Script { immune, ..Script::default() }, schedule, None).await;
    assert_eq!(ran.stages(), [(0, FaultStage::Indeterminate)]);
    let FaultOutcome::Indeterminate(reason) = ran.outcome() else { panic!() };
    assert!(reason.contains("9 of 10 disturbed") && reason.contains(&name), "{reason}");
    assert!(ran.cluster.calls()[1].starts_with("restore 1"));
    assert!(ran.summary.unhealed.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_cut_is_skipped_with_the_clusters_reason() {
    let ran = run(Script { refuses: true, ..Script::default() }, isolation(), None).await;
    let expected = FaultOutcome::Skipped("it was refused: not today".to_owned());
    assert_eq!(ran.outcome(), &expected);
    assert_eq!(ran.standing(), 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_done_to_links_that_were_closed_already() {
    let schedule = isolation();
    let broken = cut_links(&schedule).into_iter().take(1).collect();
    let ran = run(Script { broken, ..Script::default() }, schedule, None).await;
    assert!(matches!(ran.outcome(), FaultOutcome::Skipped(_)), "{:?}", ran.outcome());
    assert!(ran.cluster.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn healing_that_fails_is_told_and_stays_in_the_journal() {
    let ran = run(Script { never_restores: true, ..Script::default() }, isolation(), None).await;
    assert_eq!(ran.stages(), [(0, FaultStage::Applied), (0, FaultStage::Indeterminate)]);
    let FaultOutcome::Indeterminate(reason) = ran.outcome() else { panic!() };
    assert!(reason.starts_with("it is not healed: 10 of 10 disturbed"), "{reason}");
    assert!(reason.ends_with("(the rule is locked)"), "{reason}");
    assert_eq!(ran.summary.unhealed, [0]);
    assert_eq!(ran.standing(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stop_heals_at_once_and_skips_the_rest() {
    let cut = |at_ms, node| PlannedFault { at_ms, for_ms: 5000, fault: Fault::Kill { node } };
    let schedule =
        plan_listed("listed", &[cut(1000, 0), cut(9000, 1)], &stretch(), &window()).unwrap();
    let ran = run(Script::default(), schedule, Some(Duration::from_millis(2500))).await;
    assert_eq!(
        ran.cluster.calls(),
        ["kill 0, journal holds 1", "start 0, journal holds 1"],
        "the second fault never began"
    );
    assert!(ran.took < Duration::from_secs(3), "{:?}", ran.took);
    assert_eq!(ran.summary.records[0].outcome, FaultOutcome::Healed);
    assert!(matches!(ran.summary.records[1].outcome, FaultOutcome::Skipped(_)));
    assert_eq!(ran.standing(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_lapses_is_noticed() {
    let ran = run(Script { never_renews: true, ..Script::default() }, isolation(), None).await;
    assert_eq!(ran.stages(), [(0, FaultStage::Applied), (0, FaultStage::Healed)]);
    let FaultOutcome::Indeterminate(reason) = ran.outcome() else { panic!() };
    assert!(reason.starts_with("it lapsed before its time"), "{reason}");
    assert!(ran.summary.records[0].healed_ns.unwrap() < 9_000_000_000);
}

#[tokio::test(start_paused = true)]
async fn kills_pauses_and_clocks_are_probed_too() {
    for (fault, begins, heals) in [
        (Fault::Kill { node: 2 }, "kill 2", "start 2"),
        (Fault::Pause { node: 2 }, "pause 2", "resume 2"),
        (Fault::ClockSkew { node: 2, offset_ms: -900 }, "clock 2 -900", "clock 2 0"),
    ] {
        let ran = run(Script::default(), one(fault), None).await;
        assert_eq!(ran.outcome(), &FaultOutcome::Healed);
        let calls = ran.cluster.calls();
        assert!(calls[0].starts_with(begins) && calls[1].starts_with(heals), "{calls:?}");
    }
    let immortal = Script { immortal: true, ..Script::default() };
    let ran = run(immortal, one(Fault::Kill { node: 2 }), None).await;
    assert!(matches!(ran.outcome(), FaultOutcome::Skipped(_)), "{:?}", ran.outcome());
}

#[tokio::test(start_paused = true)]
async fn what_a_crash_left_behind_is_healed_from_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.journal");
    let cluster = Arc::new(Scripted::new(Script::default(), path.clone()));
    let crashed = Nemesis::new(Arc::clone(&cluster), isolation(), Journal::open(&path).unwrap());
    let (_stop, stopped) = watch::channel(false);
    let (events, mut told) = mpsc::channel(1);
    let began = Instant::now().into_std();
    let running = tokio::spawn(crashed.run(began, began, stopped, events));
    assert_eq!(told.recv().await.unwrap().stage, FaultStage::Applied);
    running.abort();
    let _ = running.await;

    assert_eq!(Journal::status(&path).unwrap().len(), 1);
    let journal = Journal::open(&path).unwrap();
    let attempts = heal_all(&journal, &cluster, &super::Patience::default()).await.unwrap();
    assert_eq!(attempts.len(), 1);
    assert!(attempts[0].outcome.is_ok(), "{attempts:?}");
    assert!(cluster.calls().last().unwrap().starts_with("restore 1"));
    assert!(!path.exists());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_healed_from_the_journal_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.journal");
    let link = Link { from: End::Node(0), to: End::Node(1) };
    let script = Script { broken: BTreeSet::from([link]), ..Script::default() };
    let cluster = Arc::new(Scripted::new(script, path.clone()));
    let journal = Journal::open(&path).unwrap();
    let broken =
        super::Disturbance::Links { links: vec![link], interruption: history::Interruption::Cut };
    journal.begin(0, "isolate-node", &broken, 6000).unwrap();
    journal.begin(1, "kill-node", &super::Disturbance::Killed { node: 1 }, 6000).unwrap();
    let attempts = heal_all(&journal, &cluster, &super::Patience::default()).await.unwrap();
    let healed: Vec<bool> = attempts.iter().map(|attempt| attempt.outcome.is_ok()).collect();
    assert_eq!(healed, [false, true], "one that fails does not keep the other from it");
    assert_eq!(journal.standing().len(), 1);
}
