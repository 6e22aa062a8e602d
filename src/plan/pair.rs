//! A pair: arms under one and the same faults, on one clock.

use history::{
    ClientLinks, ClientSettings, FaultRecord, Floors, LoadSettings, NemesisSettings, Workload,
};
use nemesis::schedule::{self, Window};

use super::{ArmPlan, ClusterPlan, arm, read_mode, workload};
use crate::config::{LoadOverrides, Settings};
use crate::exit::Failure;

/// What is asked of a pair, before it is resolved.
#[derive(Clone, Debug)]
pub(crate) struct PairRequest<'a> {
    pub(crate) workload: &'a str,
    pub(crate) nemesis: &'a str,
    pub(crate) arms: Vec<&'a str>,
    pub(crate) clients: Option<&'a str>,
    pub(crate) load: LoadOverrides,
    /// How long the load lasts, if not as long as the settings' window.
    pub(crate) duration_ms: Option<u64>,
    pub(crate) seed: u64,
}

/// A pair, resolved.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// `register-partition-racks`, …
    pub(crate) name: String,
    pub(crate) seed: u64,
    pub(crate) arms: Vec<ArmPlan>,
    pub(crate) cluster: ClusterPlan,
    pub(crate) load: LoadSettings,
    pub(crate) nemesis: NemesisSettings,
    pub(crate) client: ClientSettings,
    pub(crate) floors: Floors,
    pub(crate) defect: Option<String>,
    /// The first violation ends the load.
    pub(crate) fail_fast: bool,
}

/// Resolves a pair.
///
/// # Errors
/// Names that nobody knows, settings out of bounds, a nemesis that the topology cannot have.
pub(crate) fn pair(
    settings: &Settings,
    cluster: &ClusterPlan,
    request: &PairRequest<'_>,
) -> Result<Pair, Failure> {
    if cluster.security {
        let why = "`cluster.security` is for `cluster up`: the load logs in nowhere; leave it out";
        return Err(Failure::Usage(why.to_owned()));
    }
    if cluster.access != cluster::AccessPlan::default() {
        let why = "`cluster.tls` and `cluster.alternate_addresses` are for `cluster up`: the load \
                   uses usual addresses; leave them out";
        return Err(Failure::Usage(why.to_owned()));
    }
    let workload = workload(request.workload)?;
    let (load, read_mode_name) = load(settings, workload, request)?;
    let read_mode = read_mode(&read_mode_name)?;
    let clients = request.clients.map(client_links).transpose()?;
    let window = Window {
        load_ms: load.duration_ms,
        quiet_before_ms: settings.window.before_ms,
        quiet_after_ms: settings.window.after_ms,
        quiet_between_ms: settings.window.between_ms,
        cut_ms: settings.window.fault_ms,
        detection_ms: Window::detection_ms_of(cluster.heartbeat),
        clients,
    };
    let schedule = schedule::plan(request.nemesis, &cluster.topology, request.seed, &window)
        .map_err(Failure::usage)?;
    let arms = request
        .arms
        .iter()
        .map(|name| arm(settings, name, read_mode, workload, request.nemesis))
        .collect::<Result<Vec<_>, _>>()?;
    if arms.is_empty() {
        return Err(Failure::Usage(format!(
            "the pair {} under {} has no arm; name at least one of sc, ap, ap-last-update-time",
            request.workload, request.nemesis
        )));
    }
    Ok(Pair {
        name: format!("{}-{}", workload.name(), request.nemesis),
        seed: request.seed,
        arms,
        cluster: cluster.clone(),
        floors: floors(settings, &load, &schedule),
        load,
        nemesis: NemesisSettings { name: request.nemesis.to_owned(), schedule },
        client: ClientSettings {
            client: workloads::CLIENT.to_owned(),
            timeout_ms: settings.client.timeout_ms,
            tend_interval_ms: settings.client.tend_interval_ms,
        },
        defect: None,
        fail_fast: settings.fail_fast,
    })
}

fn load(
    settings: &Settings,
    workload: Workload,
    request: &PairRequest<'_>,
) -> Result<(LoadSettings, String), Failure> {
    let (defaults, over) = (&settings.load, &request.load);
    let window = &settings.window;
    let milli = |what: &str, value: f64, most: f64| {
        if (0.0..=most).contains(&value) {
            Ok((value * 1000.0).round() as u32)
        } else {
            Err(Failure::Usage(format!("`load.{what}` is {value}; choose 0 to {most}")))
        }
    };
    let load = LoadSettings {
        workload,
        duration_ms: request
            .duration_ms
            .unwrap_or(window.before_ms + window.fault_ms + window.after_ms),
        rate: over.rate.unwrap_or(defaults.rate),
        processes: over.processes.unwrap_or(defaults.processes),
        pinned: over.pinned.unwrap_or(defaults.pinned),
        keys: over.keys.unwrap_or(defaults.keys),
        writes_per_key: over.writes_per_key.unwrap_or(defaults.writes_per_key),
        skew_milli: milli("skew", over.skew.unwrap_or(defaults.skew), 10.0)?,
        reads_milli: milli("reads", over.reads.unwrap_or(defaults.reads), 1.0)?,
    };
    if !(1..=4096).contains(&load.processes) || load.pinned > load.processes {
        return Err(Failure::Usage(format!(
            "{} processes of which {} are pinned cannot be; choose 1 to 4096 processes",
            load.processes, load.pinned
        )));
    }
    if load.keys == 0 {
        return Err(Failure::Usage("a load needs at least one key; set `load.keys`".to_owned()));
    }
    if !(1_000..=86_400_000).contains(&load.duration_ms) {
        return Err(Failure::Usage(format!(
            "a load of {} ms cannot be; choose 1 s to 24 h",
            load.duration_ms
        )));
    }
    Ok((load, over.read_mode.clone().unwrap_or_else(|| defaults.read_mode.clone())))
}

fn client_links(name: &str) -> Result<ClientLinks, Failure> {
    match name {
        "keep" => Ok(ClientLinks::Keep),
        "cut" => Ok(ClientLinks::Cut),
        other => Err(Failure::Usage(format!("`clients` is `{other}`; choose keep or cut"))),
    }
}

/// The floors of the settings, as far as this load and these faults can reach them.
fn floors(settings: &Settings, load: &LoadSettings, schedule: &[FaultRecord]) -> Floors {
    let floors = &settings.floors;
    let reachable =
        if load.rate == 0 { u64::MAX } else { u64::from(load.rate) * load.duration_ms / 2000 };
    let completed = floors.completed.min(reachable);
    if schedule.is_empty() {
        return Floors { completed, ..Floors::default() };
    }
    let planned_ms: u64 = schedule.iter().map(|fault| fault.planned_for_ms).sum();
    let clients_cut = schedule.iter().any(|fault| {
        matches!(fault.fault, history::Fault::Partition { clients: ClientLinks::Cut, .. })
    });
    let per_site = if clients_cut { floors.acknowledged_in_faults_per_site } else { 0 };
    Floors {
        completed,
        acknowledged_in_faults: floors.acknowledged_in_faults,
        acknowledged_in_faults_per_site: per_site,
        faults_ms: floors.faults_ms.min(planned_ms * 8 / 10),
    }
}
