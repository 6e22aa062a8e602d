//! Made-up runs: histories written by a formula, not by a cluster. Shared by the tests and by the
//! example that shows what pages look like.

use std::collections::BTreeMap;

use aerocert_reports::{self as reports, RunView};
use history::{
    Anomaly, AnomalyClass, AnomalyCount, AnomalyGroup, Arm, Assumption, Call, Canary, Certificate,
    CertificateVerdict, Check, CheckResult, ClientLinks, ClientSettings, ClusterIdentity,
    ClusterKind, ClusterSummary, ConflictResolution, Direction, Expectation, Fault, FaultLosses,
    FaultOutcome, FaultRecord, Floors, Heartbeat, History, Interruption, Key, LoadSettings,
    LostWrite, LostWrites, Manifest, Mark, Mode, NamespaceObservation, NemesisSettings, Node,
    NodeId, NodeObservation, Observation, Operation, OperationId, Operations, Outcome, ProcessId,
    ReadMode, Results, Returned, Route, RunSummary, SiteIndex, Topology, Verdict, Workload,
};

/// The load begins this long after the run.
const ORIGIN_NS: u64 = 400_000_000;
const SECOND_NS: u64 = 1_000_000_000;

/// Everything that a run's directory holds, owned.
#[derive(Clone)]
pub(crate) struct MadeUp {
    pub(crate) manifest: Manifest,
    pub(crate) history: History,
    pub(crate) faults: Vec<FaultRecord>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) results: Results,
}

/// So many lost writes, of which the first few are told; one in three was made in no fault.
fn census(total: u64) -> LostWrites {
    let row = |at: u64| LostWrite {
        key: Key(6 * at),
        operation: OperationId(5_000 + at),
        process: ProcessId(at as u32 % 30),
        value: Some(5_120 + at),
        acknowledged_ns: ORIGIN_NS + 4 * SECOND_NS + at * 10_000_000,
        last_seen_ns: at.is_multiple_of(2).then_some(ORIGIN_NS + 8 * SECOND_NS),
        missing_ns: ORIGIN_NS + 19 * SECOND_NS,
        fault: (at % 3 != 2).then_some(0),
    };
    LostWrites {
        total,
        by_fault: vec![
            FaultLosses { fault: None, count: total / 3 },
            FaultLosses { fault: Some(0), count: total - total / 3 },
        ],
        rows: (0..total.min(60)).map(row).collect(),
    }
}

impl MadeUp {
    /// A run of one arm under a nemesis, with nothing to complain of: 18 s of load, cut from 3 s
    /// to 9 s unless the nemesis is `none`.
    pub(crate) fn run(arm: &str, workload: Workload, nemesis: &str) -> Self {
        let faults = faults(nemesis);
        let manifest = manifest(arm, workload, nemesis, &faults);
        let history = history(&manifest, &faults);
        let results = Results {
            schema_version: Results::SCHEMA_VERSION,
            verdict: Verdict::Valid,
            expectation: Ok(()),
            operations: history.counts(),
            assumptions: vec![
                held("key-space-empty", "expected no record, found 0"),
                held(
                    "one-open-operation",
                    "expected 0 processes with two open operations, found 0",
                ),
                held("traffic", "expected 10,000 completed operations, observed 20,123"),
            ],
            checks: manifest.checks.iter().map(|check| valid(*check, &history)).collect(),
            truncated: None,
            census: history::Census::default(),
        };
        let observations = observations(&manifest, !faults.is_empty());
        Self { manifest, history, faults, observations, results }
    }

    /// The same run with anomalies of one class, found by one check.
    pub(crate) fn with(mut self, check: Check, anomalies: Vec<Anomaly>, count: u64) -> Self {
        let class = anomalies.first().map_or(AnomalyClass::NonLinearizable, |first| first.class);
        if let Some(result) = self.results.checks.iter_mut().find(|result| result.check == check) {
            result.verdict = Verdict::Invalid;
            result.anomalies.push(AnomalyGroup { class, count, examples: anomalies });
        }
        self.results.verdict = Verdict::Invalid;
        if class == AnomalyClass::LostWrite {
            self.lose_writes();
            self.results.census.lost = census(count);
        }
        if self.manifest.arm.mode == Mode::Sc {
            self.results.expectation = Err(format!("{} was found", class.name()));
        }
        self
    }

    /// One record in six ends with a value that had been replaced before the cut was over.
    fn lose_writes(&mut self) {
        let mut operations: Vec<Operation> = self.history.operations.iter().collect();
        for operation in operations.iter_mut().filter(|o| o.key.0 % 6 == 0) {
            if operation.id.0 >= 20_000 {
                operation.returned = Returned::Value((10_000 + operation.key.0) / 2 + 1);
            } else if operation.id.0 >= 13_200 && operation.call.is_write() {
                operation.call = Call::Read;
            }
        }
        self.history.operations = operations.into_iter().collect();
    }

    /// The same run, undecided because an assumption did not hold.
    pub(crate) fn undecided(mut self, name: &str, detail: &str) -> Self {
        let assumption = Assumption { held: false, ..held(name, detail) };
        self.results.assumptions.push(assumption);
        self.results.verdict = Verdict::Unknown;
        self
    }

    /// The same run without a single operation.
    pub(crate) fn empty(mut self) -> Self {
        self.history.operations = Operations::default();
        self.results.operations = self.history.counts();
        self.undecided("traffic", "expected 10,000 completed operations, observed 0")
    }

    /// The same run, cut short at a time in seconds since the load began.
    pub(crate) fn cut_short(mut self, at_s: u64) -> Self {
        let end_ns = ORIGIN_NS + at_s * SECOND_NS;
        let why = format!("the block at byte 81,920 is incomplete; readable to {at_s} s");
        let mut operations: Vec<Operation> = self.history.operations.iter().collect();
        operations.retain(|operation| operation.invoked_ns < end_ns);
        for operation in &mut operations {
            if operation.completed_ns.is_some_and(|at| at > end_ns) {
                operation.completed_ns = None;
                operation.outcome = Outcome::Info;
            }
        }
        self.history.operations = operations.into_iter().collect();
        self.history.marks.retain(|(at, _)| *at < end_ns);
        self.history.ended_ns = end_ns;
        self.history.truncated = Some(why.clone());
        self.results.operations = self.history.counts();
        self.results.truncated = Some(why);
        self.undecided("complete", "expected final reads, the history ends before them")
    }

    pub(crate) fn view(&self) -> RunView<'_> {
        RunView {
            manifest: &self.manifest,
            history: &self.history,
            faults: &self.faults,
            observations: &self.observations,
            results: &self.results,
        }
    }

    pub(crate) fn summary(&self) -> RunSummary {
        RunSummary {
            path: format!("runs/{}", self.manifest.run),
            arm: self.manifest.arm.name.clone(),
            mode: self.manifest.arm.mode,
            workload: self.manifest.load.workload.name().to_owned(),
            nemesis: self.manifest.nemesis.name.clone(),
            seed: self.manifest.seed,
            pair: self.manifest.pair.clone(),
            verdict: self.results.verdict,
            expectation: match self.manifest.expectation {
                Expectation::Valid => "every check valid".to_owned(),
                _ => "may show anomalies where a cut explains them".to_owned(),
            },
            expected: self.results.expectation.is_ok(),
            unexpected: self.results.expectation.clone().err(),
            operations: self.results.operations,
            anomalies: (self.results.anomalies().into_iter())
                .map(|(class, count)| AnomalyCount { class, count })
                .collect(),
            history_sha256: "9f".repeat(32),
            results_sha256: "3c".repeat(32),
        }
    }
}

/// A certificate of runs, with canaries that were caught or not.
pub(crate) fn certificate(runs: &[MadeUp], canaries: &[(&str, bool)]) -> Certificate {
    let summaries: Vec<RunSummary> = runs.iter().map(MadeUp::summary).collect();
    let undecided = summaries.iter().any(|run| run.verdict == Verdict::Unknown);
    let broken = summaries.iter().any(|run| !run.expected && run.verdict != Verdict::Unknown);
    let missed = canaries.iter().any(|(_, caught)| !caught);
    let manifest = &runs[0].manifest;
    let mut certificate = Certificate {
        schema_version: Certificate::SCHEMA_VERSION,
        verdict: match () {
            () if broken => CertificateVerdict::Broken,
            () if missed => CertificateVerdict::CanaryMissed,
            () if undecided => CertificateVerdict::Inconclusive,
            () => CertificateVerdict::Met,
        },
        statement: String::new(),
        started: manifest.started.clone(),
        version: manifest.version.clone(),
        profile: "example".to_owned(),
        seed: 7,
        cluster: ClusterSummary {
            kind: manifest.cluster.kind,
            name: manifest.cluster.name.clone(),
            edition: manifest.cluster.edition.clone(),
            build: manifest.cluster.build.clone(),
            nodes: manifest.cluster.topology.nodes.len() as u32,
            sites: manifest.cluster.topology.sites.clone(),
            round_trip_us: manifest.cluster.round_trip_us,
            notice: String::new(),
        },
        canaries: canaries
            .iter()
            .map(|(defect, caught)| Canary {
                defect: (*defect).to_owned(),
                caught: *caught,
                run: RunSummary { path: format!("canaries/{defect}"), ..summaries[0].clone() },
            })
            .collect(),
        runs: summaries,
        reproduce: "aerocert certify --profile example --seed 7".to_owned(),
    };
    certificate.statement = reports::certificate_statement(&certificate, &[]);
    certificate
}

/// An operation of an anomaly: process, site, what, from and to in ms since the load began.
pub(crate) struct Told {
    pub(crate) process: u32,
    pub(crate) site: u8,
    pub(crate) call: Call,
    pub(crate) from_ms: u64,
    pub(crate) to_ms: Option<u64>,
    pub(crate) outcome: Outcome,
    pub(crate) returned: Returned,
    pub(crate) generation: Option<u32>,
}

/// An anomaly of operations.
pub(crate) fn anomaly(class: AnomalyClass, claim: &str, told: Vec<Told>) -> Anomaly {
    let ns = |ms: u64| ORIGIN_NS + ms * 1_000_000;
    let operations: Vec<Operation> = told
        .into_iter()
        .enumerate()
        .map(|(index, told)| Operation {
            id: OperationId(4_000 + index as u64),
            process: ProcessId(told.process),
            site: SiteIndex(told.site),
            route: if told.process == 9 { Route::Pinned(5) } else { Route::Map },
            key: Key(118),
            call: told.call,
            invoked_ns: ns(told.from_ms),
            completed_ns: told.to_ms.map(ns),
            outcome: told.outcome,
            returned: told.returned,
            generation: told.generation,
            code: if told.outcome == Outcome::Ok { 0 } else { 9 },
        })
        .collect();
    let last_ns = operations.iter().filter_map(|operation| operation.completed_ns).max();
    Anomaly {
        class,
        key: Key(118),
        claim: claim.to_owned(),
        at_ns: last_ns.unwrap_or(ORIGIN_NS),
        stale_ns: (class == AnomalyClass::StaleRead).then_some(1_840_000_000),
        stale_versions: (class == AnomalyClass::StaleRead).then_some(3),
        fault: Some(0),
        operations,
    }
}

/// A newer write beaten by a higher generation when the sites meet again.
pub(crate) fn lost_write() -> Anomaly {
    let ok = |process, site, value, from_ms: u64, generation| Told {
        process,
        site,
        call: Call::Write { value },
        from_ms,
        to_ms: Some(from_ms + 3),
        outcome: Outcome::Ok,
        returned: Returned::Nothing,
        generation: Some(generation),
    };
    anomaly(
        AnomalyClass::LostWrite,
        "Write 5120 of process 14 was acknowledged at 8.203 s. No write of this record began after \
         it, yet the final reads of both sites return 4733, which was written at 6.001 s with the \
         higher generation 9: when the sites met again, the older write won.",
        vec![
            ok(3, 0, 4_101, 2_400, 6),
            ok(3, 0, 4_502, 4_000, 8),
            ok(3, 0, 4_733, 6_001, 9),
            Told {
                outcome: Outcome::Info,
                to_ms: Some(6_800),
                generation: None,
                ..ok(9, 1, 4_801, 6_500, 0)
            },
            ok(14, 1, 5_120, 8_200, 7),
            Told {
                process: 25,
                site: 1,
                call: Call::Read,
                from_ms: 14_600,
                to_ms: Some(14_602),
                outcome: Outcome::Ok,
                returned: Returned::Value(4_733),
                generation: Some(9),
            },
        ],
    )
}

/// A read on one side of a cut that misses a write of the other.
pub(crate) fn stale_read() -> Anomaly {
    anomaly(
        AnomalyClass::StaleRead,
        "Write 4733 was acknowledged in london at 6.004 s. A read in paris that began at 7.844 s \
         still returned 4101, three versions behind.",
        vec![
            Told {
                process: 3,
                site: 0,
                call: Call::Write { value: 4_733 },
                from_ms: 6_001,
                to_ms: Some(6_004),
                outcome: Outcome::Ok,
                returned: Returned::Nothing,
                generation: Some(9),
            },
            Told {
                process: 14,
                site: 1,
                call: Call::Read,
                from_ms: 7_844,
                to_ms: Some(7_846),
                outcome: Outcome::Ok,
                returned: Returned::Value(4_101),
                generation: Some(6),
            },
        ],
    )
}

fn held(name: &str, detail: &str) -> Assumption {
    Assumption {
        name: name.to_owned(),
        held: true,
        voids_anomalies: !matches!(name, "traffic" | "faults-applied" | "complete"),
        detail: detail.to_owned(),
    }
}

fn valid(check: Check, history: &History) -> CheckResult {
    CheckResult {
        check,
        verdict: Verdict::Valid,
        operations: history.operations.len() as u64,
        keys: 200,
        reason: None,
        anomalies: vec![],
    }
}

fn faults(nemesis: &str) -> Vec<FaultRecord> {
    let windows: &[(u64, u64)] = match nemesis {
        "none" => &[],
        "flapping" => &[(3_000, 600), (4_200, 600), (5_400, 600), (6_600, 600), (7_800, 600)],
        _ => &[(3_000, 6_000)],
    };
    windows
        .iter()
        .enumerate()
        .map(|(index, (at_ms, for_ms))| FaultRecord {
            index: index as u32,
            nemesis: nemesis.to_owned(),
            fault: Fault::Partition {
                one: vec![1, 3, 4],
                other: vec![0, 2, 5],
                direction: Direction::Both,
                interruption: Interruption::Cut,
                clients: ClientLinks::Cut,
            },
            planned_at_ms: *at_ms,
            planned_for_ms: *for_ms,
            applied_ns: Some(ORIGIN_NS + at_ms * 1_000_000 + 4_000_000),
            healed_ns: Some(ORIGIN_NS + (at_ms + for_ms) * 1_000_000 + 6_000_000),
            outcome: FaultOutcome::Healed,
            probes: vec!["18 of 18 links closed".to_owned(), "18 of 18 links open".to_owned()],
        })
        .collect()
}

fn manifest(arm: &str, workload: Workload, nemesis: &str, faults: &[FaultRecord]) -> Manifest {
    let mode = if arm.starts_with("sc") { Mode::Sc } else { Mode::Ap };
    let conflict_resolution = match arm {
        "ap" => Some(ConflictResolution::Generation),
        "ap-last-update-time" => Some(ConflictResolution::LastUpdateTime),
        _ => None,
    };
    let pair = format!("{}-{nemesis}", workload.name());
    let node = |id: u64, site: u8| Node {
        id: NodeId(id),
        site,
        rack: 32 + u32::from(site),
        addresses: vec![format!("127.1.0.{}:3000", id % 250), format!("127.2.0.{}:3000", id % 250)],
    };
    let mut checks = vec![Check::Linearizable, Check::LostWrites, Check::StaleReads];
    checks.extend([Check::DirtyReads, Check::SessionGuarantees, Check::Convergence]);
    Manifest {
        schema_version: Manifest::SCHEMA_VERSION,
        run: format!("example-{pair}-{arm}"),
        pair,
        started: "2026-01-01T00:00:00Z".to_owned(),
        version: "0.1.0-example".to_owned(),
        seed: 7,
        generator: Manifest::GENERATOR.to_owned(),
        arm: Arm {
            name: arm.to_owned(),
            namespace: if mode == Mode::Sc { "mydata" } else { "mydata_ap" }.to_owned(),
            set: "dummy".to_owned(),
            mode,
            read_mode: (mode == Mode::Sc).then_some(ReadMode::Linearize),
            conflict_resolution,
            defect: None,
        },
        load: LoadSettings {
            workload,
            duration_ms: 14_000,
            rate: 1_500,
            processes: 24,
            pinned: 0,
            keys: 200,
            skew_milli: 0,
            writes_per_key: 0,
            reads_milli: 500,
        },
        nemesis: NemesisSettings { name: nemesis.to_owned(), schedule: faults.to_vec() },
        client: ClientSettings {
            client: "made-up client (example data)".to_owned(),
            timeout_ms: 300,
            tend_interval_ms: 250,
        },
        cluster: ClusterIdentity {
            kind: ClusterKind::Emulated,
            name: "example data, made up".to_owned(),
            edition: "Aerospike Enterprise Edition (example)".to_owned(),
            build: "8.1.0.0".to_owned(),
            topology: Topology {
                sites: vec!["london".to_owned(), "paris".to_owned()],
                nodes: vec![
                    node(0xA882, 1),
                    node(0xA600, 0),
                    node(0xA517, 1),
                    node(0xA352, 0),
                    node(0xA129, 0),
                    node(0xA70, 1),
                ],
            },
            replication_factor: 2,
            heartbeat: Heartbeat { interval_ms: 50, timeout: 10 },
            round_trip_us: Some(2_000),
        },
        checks,
        floors: Floors::default(),
        expectation: if mode == Mode::Sc || nemesis == "none" {
            Expectation::Valid
        } else {
            Expectation::MayShow { classes: vec![AnomalyClass::LostWrite, AnomalyClass::StaleRead] }
        },
        reproduce: format!(
            "aerocert run --backend embedded --mode {} --workload {} --nemesis {nemesis} --seed 7",
            if mode == Mode::Sc { "sc" } else { "ap" },
            workload.name()
        ),
    }
}

/// Twenty thousand operations at 1,500 per second, final reads included. Under a cut SC refuses
/// every other operation; latencies rise while the cut is being noticed.
fn history(manifest: &Manifest, faults: &[FaultRecord]) -> History {
    let window = |ms: u64| {
        faults.iter().find(|f| ms >= f.planned_at_ms && ms < f.planned_at_ms + f.planned_for_ms)
    };
    let mut operations = Vec::new();
    for id in 0..20_400u64 {
        let at_us = id * 666 + if id < 20_000 { 0 } else { 600_000 };
        let noise = noise(id) % 1_000;
        let fault = window(at_us / 1_000);
        let noticing = fault.is_some_and(|f| at_us / 1_000 < f.planned_at_ms + 500);
        let (outcome, latency_us) = match manifest.arm.mode {
            _ if noticing && noise < 500 => (Outcome::Info, 300_000 + noise),
            Mode::Sc if fault.is_some() && noise < 490 => (Outcome::Fail, 400 + noise / 2),
            Mode::Sc => (Outcome::Ok, 2_300 + noise * noise / 600),
            Mode::Ap => (Outcome::Ok, 700 + noise * noise / 500),
        };
        let invoked_ns = ORIGIN_NS + at_us * 1_000;
        let write = id % 2 == 0 && id < 20_000;
        operations.push(Operation {
            id: OperationId(id),
            process: ProcessId((id % 24) as u32),
            site: SiteIndex((id % 24 / 12) as u8),
            route: Route::Map,
            key: Key(id % 200),
            call: if write { Call::Write { value: id / 2 + 1 } } else { Call::Read },
            invoked_ns,
            completed_ns: Some(invoked_ns + latency_us * 1_000),
            outcome,
            returned: match id {
                _ if write => Returned::Nothing,
                id if id >= 20_000 && id % 2 == 0 => Returned::Value((19_800 + id % 200) / 2 + 1),
                _ => Returned::Absent,
            },
            generation: None,
            code: if outcome == Outcome::Ok { 0 } else { 11 },
        });
    }
    let ended_ns = ORIGIN_NS + 14_400_000_000;
    History {
        operations: operations.into_iter().collect(),
        faults: vec![],
        marks: vec![
            (ORIGIN_NS, Mark::LoadStarted),
            (ORIGIN_NS + 13_350_000_000, Mark::LoadEnded),
            (ORIGIN_NS + 13_700_000_000, Mark::MigrationsEnded),
            (ORIGIN_NS + 13_900_000_000, Mark::FinalReadsStarted),
            (ended_ns, Mark::FinalReadsEnded),
        ],
        ended_ns,
        truncated: None,
    }
}

/// A number that looks random and is not (the finalizer of SplitMix64).
fn noise(id: u64) -> u64 {
    let mixed = (id ^ (id >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn observations(manifest: &Manifest, faulty: bool) -> Vec<Observation> {
    let at = |second: u64| {
        let cut = faulty && (4..9).contains(&second);
        let node = |node: &Node| NodeObservation {
            node: node.id,
            cluster_size: if cut { 3 } else { 6 },
            cluster_key: "7C3A91B2".to_owned(),
            principal: "A882".to_owned(),
            integrity: true,
            namespaces: BTreeMap::from([(
                manifest.arm.namespace.clone(),
                NamespaceObservation {
                    unavailable_partitions: if cut { 2_048 } else { 0 },
                    ..NamespaceObservation::default()
                },
            )]),
        };
        let nodes = &manifest.cluster.topology.nodes;
        Observation {
            time_ns: ORIGIN_NS + second * SECOND_NS,
            nodes: nodes.iter().map(|n| Some(node(n))).collect(),
        }
    };
    (0..14).map(at).collect()
}
