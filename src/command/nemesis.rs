//! `nemesis`: faults by hand on a cluster that `cluster up` keeps.

use std::time::Duration;

use cluster::Cluster;
use history::{ClientLinks, Direction, Fault, Interruption, Topology};
use nemesis::inject::Disturbance;
use nemesis::schedule::{self, Window};

use super::cluster::folder;
use crate::cli::{Apply, NemesisCommand, State};
use crate::exit::{Exit, Failure};
use crate::output;

/// How long a probe waits for what it looks for.
const PROBE_WITHIN: Duration = Duration::from_secs(5);

pub(super) fn nemesis(command: &NemesisCommand, json: bool) -> Result<Exit, Failure> {
    super::runtime()?.block_on(async {
        match command {
            NemesisCommand::Apply(arguments) => apply(arguments, json).await,
            NemesisCommand::Heal(state) => heal(state, json).await,
            NemesisCommand::Status(state) => status(state, json).await,
        }
    })
}

async fn apply(arguments: &Apply, json: bool) -> Result<Exit, Failure> {
    let cluster = Cluster::kept(&folder(&arguments.state)).await.map_err(Failure::usage)?;
    let fault = fault(arguments, &cluster)?;
    let Disturbance::Links { links, interruption } = Disturbance::of(&fault, cluster.topology())
    else {
        return Err(Failure::Usage(format!(
            "`{}` does not end by itself, so only a run does it: aerocert run --nemesis {}",
            arguments.nemesis, arguments.nemesis
        )));
    };
    let id = cluster
        .interrupt(&links, interruption, arguments.lasting)
        .await
        .map_err(Failure::harness)?;
    if !probed(&cluster, &links, false).await? {
        cluster.restore(id).await.map_err(Failure::harness)?;
        return Err(Failure::Harness(
            "the fault did not take: messages still pass, and it was taken back".to_owned(),
        ));
    }
    let what = reports::fault_text(&fault, cluster.topology());
    let lasting_ms = arguments.lasting.as_millis() as u64;
    if json {
        output::json(&serde_json::json!({ "fault": fault, "id": id, "lasting_ms": lasting_ms }))?;
    } else {
        output::data(&format!("applied and probed: {what}; it ends by itself in {lasting_ms} ms"));
    }
    Ok(Exit::Met)
}

fn fault(arguments: &Apply, cluster: &Cluster) -> Result<Fault, Failure> {
    let topology = cluster.topology();
    let clients = match arguments.clients.as_deref() {
        None => None,
        Some("keep") => Some(ClientLinks::Keep),
        Some("cut") => Some(ClientLinks::Cut),
        Some(other) => {
            return Err(Failure::Usage(format!("`--clients {other}`: choose keep or cut")));
        }
    };
    if arguments.nemesis == "split" {
        return split(&arguments.nodes, clients, topology);
    }
    let cut_ms = arguments.lasting.as_millis() as u64;
    let window = Window {
        load_ms: cut_ms.saturating_mul(4),
        quiet_before_ms: 0,
        quiet_after_ms: 0,
        quiet_between_ms: cut_ms,
        cut_ms,
        detection_ms: Window::detection_ms_of(cluster.identity().heartbeat),
        clients,
    };
    let planned = schedule::plan(&arguments.nemesis, topology, arguments.seed, &window)
        .map_err(Failure::usage)?;
    planned.into_iter().next().map(|record| record.fault).ok_or_else(|| {
        Failure::Usage(format!("`{}` plans no fault; choose another", arguments.nemesis))
    })
}

/// The named nodes against all others.
fn split(
    names: &[String],
    clients: Option<ClientLinks>,
    topology: &Topology,
) -> Result<Fault, Failure> {
    let known = || topology.nodes.iter().map(|node| node.id.to_string());
    if let Some(unknown) = names.iter().find(|name| !known().any(|id| id == **name)) {
        let known = known().collect::<Vec<_>>().join(", ");
        return Err(Failure::Usage(format!("there is no node `{unknown}`; there are {known}")));
    }
    let positions = 0..topology.nodes.len() as u8;
    let (one, other): (Vec<u8>, Vec<u8>) = positions
        .partition(|node| names.contains(&topology.nodes[usize::from(*node)].id.to_string()));
    if one.is_empty() || other.is_empty() {
        return Err(Failure::Usage(
            "a split needs --nodes ID,ID,… that are some of the nodes and not all".to_owned(),
        ));
    }
    Ok(Fault::Partition {
        one,
        other,
        direction: Direction::Both,
        interruption: Interruption::Cut,
        clients: clients.unwrap_or(ClientLinks::Keep),
    })
}

/// Whether every link comes to be open (or not) in time.
async fn probed(cluster: &Cluster, links: &[history::Link], open: bool) -> Result<bool, Failure> {
    let deadline = tokio::time::Instant::now() + PROBE_WITHIN;
    for link in links {
        while cluster.is_open(*link).await.map_err(Failure::harness)? != open {
            if tokio::time::Instant::now() >= deadline {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(true)
}

async fn heal(state: &State, json: bool) -> Result<Exit, Failure> {
    let cluster = Cluster::kept(&folder(state)).await.map_err(Failure::usage)?;
    let standing = cluster.standing().await.map_err(Failure::harness)?;
    for interruption in &standing {
        cluster.restore(interruption.id).await.map_err(Failure::harness)?;
    }
    for interruption in &standing {
        if !probed(&cluster, &interruption.links, true).await? {
            return Err(Failure::Harness("a link is still closed after healing".to_owned()));
        }
    }
    if json {
        output::json(&serde_json::json!({ "healed": standing.len() }))?;
    } else {
        output::data(&format!("{} faults ended, and every link probed open", standing.len()));
    }
    Ok(Exit::Met)
}

async fn status(state: &State, json: bool) -> Result<Exit, Failure> {
    let cluster = Cluster::kept(&folder(state)).await.map_err(Failure::usage)?;
    let standing = cluster.standing().await.map_err(Failure::harness)?;
    if json {
        output::json(&standing)?;
        return Ok(Exit::Met);
    }
    if standing.is_empty() {
        output::data("no fault is in force");
    }
    for fault in &standing {
        let links: Vec<String> = fault.links.iter().map(ToString::to_string).collect();
        output::data(&format!("ends in {} ms: {}", fault.remaining_ms, links.join(", ")));
    }
    Ok(Exit::Met)
}
