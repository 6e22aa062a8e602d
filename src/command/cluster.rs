//! `cluster`: an emulated cluster for any client, and the tables of it or of a running one.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cluster::control::{self, Server};
use cluster::table::{Drift, View};
use cluster::{AccessPlan, Cluster};

use super::doctor::{Finding, Probe};
use super::split;
use crate::cli::{ClusterCommand, ClusterUp, State, Where};
use crate::exit::{Exit, Failure};
use crate::run::{Interrupts, Place, embedded};
use crate::{config, output, plan};

/// How long a new cluster may take to become whole.
const STABLE_WITHIN: Duration = Duration::from_secs(60);

pub(super) fn cluster(command: &ClusterCommand, json: bool) -> Result<Exit, Failure> {
    let runtime = super::runtime()?;
    match command {
        ClusterCommand::Up(arguments) => runtime.block_on(up(arguments, json)),
        ClusterCommand::Down(arguments) if arguments.all => remove_leftovers(json),
        ClusterCommand::Down(arguments) => runtime.block_on(async {
            control::Client::new(&folder(&arguments.state)).down().await.map_err(Failure::usage)?;
            Ok(Exit::Met)
        }),
        ClusterCommand::Status(place) => runtime.block_on(look(place, View::Status, json)),
        ClusterCommand::Pmap(pmap) => {
            let view = pmap.partition.map_or(View::Pmap, View::Partition);
            runtime.block_on(look(&pmap.place, view, json))
        }
        ClusterCommand::Roster(place) => runtime.block_on(look(place, View::Roster, json)),
        ClusterCommand::Objects(place) => runtime.block_on(look(place, View::Objects, json)),
        ClusterCommand::Split(split) if split.logs.is_empty() => {
            runtime.block_on(split::now(&split.place, json))
        }
        ClusterCommand::Split(split) => split::of_logs(&split.logs, split.expected, json),
    }
}

/// The folder of the control socket.
pub(super) fn folder(state: &State) -> PathBuf {
    state.state.clone().unwrap_or_else(control::default_folder)
}

/// Whether `cluster up` keeps a cluster there.
pub(super) fn is_kept(place: &Where) -> bool {
    let kept = control::Client::new(&folder(&place.state));
    super::runtime().is_ok_and(|runtime| runtime.block_on(kept.is_kept()))
}

async fn up(arguments: &ClusterUp, json: bool) -> Result<Exit, Failure> {
    let mut settings =
        config::settings("quick", arguments.config.as_deref()).map_err(Failure::usage)?;
    if let Some(round_trip) = arguments.round_trip {
        settings.cluster.round_trip_us = round_trip.as_micros() as u64;
    }
    settings.cluster.security |= arguments.security;
    if let Some(defect) = &arguments.defect {
        plan::defect(defect)?;
    }
    let plan = embedded(
        &plan::cluster(&settings)?,
        arguments.seed,
        arguments.defect.clone(),
        arguments.port,
    );
    let place = Place::emulated(arguments.backend, &settings)?;
    if matches!(place, Place::Netns) && plan.access != AccessPlan::default() {
        return Err(plan::no_access_in_namespaces());
    }
    let mut interrupts = Interrupts::listen()?;
    let server = Server::bind(&folder(&arguments.state)).await.map_err(Failure::usage)?;
    let access = plan.access.clone();
    let cluster = match place {
        Place::Netns => {
            let program = std::env::current_exe().map_err(Failure::harness)?;
            Cluster::netns(plan, &program).await
        }
        _ => Cluster::embedded(plan).await,
    };
    let cluster = Arc::new(cluster.map_err(Failure::starting)?);
    cluster.wait_until_stable(STABLE_WITHIN).await.map_err(Failure::harness)?;
    announce(&cluster, &access, json)?;
    let stage = interrupts.now();
    tokio::select! {
        () = server.serve(Arc::clone(&cluster)) => {}
        _ = interrupts.beyond(stage) => {}
    }
    cluster.shutdown().await;
    Ok(interrupts.exit().unwrap_or(Exit::Met))
}

/// Removes what clusters left whose keepers died.
fn remove_leftovers(json: bool) -> Result<Exit, Failure> {
    let leftovers = cluster::leftovers();
    for leftover in &leftovers {
        leftover.remove().map_err(Failure::harness)?;
    }
    let names: Vec<&str> = leftovers.iter().map(|one| one.namespace.as_str()).collect();
    if json {
        output::json(&serde_json::json!({ "removed": names }))?;
    } else if names.is_empty() {
        output::data("nothing is left of any cluster");
    } else {
        output::data(&format!("removed {}", names.join(", ")));
    }
    Ok(Exit::Met)
}

fn announce(cluster: &Cluster, access: &AccessPlan, json: bool) -> Result<(), Failure> {
    let topology = cluster.topology();
    if json {
        return output::json(&serde_json::json!({
            "ready": true,
            "identity": cluster.identity(),
            "namespaces": cluster.namespaces(),
            "access": access,
        }));
    }
    let mut rows = vec![["node", "rack", "site"].map(str::to_owned).to_vec()];
    rows[0].extend(topology.sites.iter().map(|site| format!("address for clients in {site}")));
    for node in &topology.nodes {
        let mut row = vec![
            node.id.to_string(),
            node.rack.to_string(),
            topology.sites[usize::from(node.site)].clone(),
        ];
        row.extend(node.addresses.iter().cloned());
        rows.push(row);
    }
    output::data(&output::table(&rows));
    output::data(&format!("namespaces: {}", cluster.namespaces().join(", ")));
    if access.alternate {
        output::data("alternate addresses: the last byte is greater by 100");
    }
    if let Some(tls) = &access.tls {
        output::data(&format!("TLS: port {}, certificate of {}", tls.port, tls.name));
    }
    output::data("ready; this is an emulated cluster; Ctrl-C or `aerocert cluster down` stops it");
    Ok(())
}

async fn look(place: &Where, view: View, json: bool) -> Result<Exit, Failure> {
    let cluster = find(place).await?;
    let from = place.from.as_deref().map(|name| site(&cluster, name)).transpose()?;
    let table = view.table(&cluster.survey(view, from).await);
    if json {
        output::json(&table.json())?;
    } else {
        output::data(&table.to_string());
    }
    Ok(Exit::Met)
}

/// The cluster that is meant.
pub(super) async fn find(place: &Where) -> Result<Cluster, Failure> {
    if place.hosts.is_empty() {
        Cluster::kept(&folder(&place.state)).await.map_err(Failure::usage)
    } else {
        Cluster::hosts(&place.hosts, &[]).await.map_err(Failure::usage)
    }
}

fn site(cluster: &Cluster, name: &str) -> Result<u8, Failure> {
    let sites = &cluster.topology().sites;
    sites.iter().position(|site| site == name).map(|position| position as u8).ok_or_else(|| {
        Failure::Usage(format!("there is no site `{name}`; there are {}", sites.join(", ")))
    })
}

/// What `doctor` says of a cluster.
pub(super) fn probes(place: &Where) -> Result<Vec<Probe>, Failure> {
    super::runtime()?.block_on(async {
        let cluster = match find(place).await {
            Ok(cluster) => cluster,
            Err(failure) => {
                return Ok(vec![Probe {
                    name: "cluster".to_owned(),
                    finding: Finding::Fail,
                    found: failure.to_string(),
                    mend: Some(
                        "check the addresses, and that port 3000 is open to here".to_owned(),
                    ),
                }]);
            }
        };
        let identity = cluster.identity();
        let mut probes = vec![Probe {
            name: "cluster".to_owned(),
            finding: Finding::Ok,
            found: format!(
                "{} ({:?}), {} {}, {} nodes",
                identity.name,
                identity.kind,
                identity.edition,
                identity.build,
                identity.topology.nodes.len()
            ),
            mend: None,
        }];
        let observation = cluster.observe(0).await;
        for (node, seen) in identity.topology.nodes.iter().zip(&observation.nodes) {
            probes.push(node_probe(node.id, seen.as_ref()));
        }
        probes.extend(cluster.survey(View::Roster, None).await.drifts().iter().map(drift_probe));
        Ok(probes)
    })
}

fn drift_probe(drift: &Drift) -> Probe {
    let Drift { namespace, node, own, listed } = drift;
    Probe {
        name: format!("rack of {node}"),
        finding: Finding::Warn,
        found: format!("{own} in its configuration, {listed} on the roster of `{namespace}`"),
        mend: Some(format!(
            "set rack-id {listed} in its file and while it runs, then recluster; or a roster set \
             from what is observed brings {own} back"
        )),
    }
}

fn node_probe(id: history::NodeId, seen: Option<&history::NodeObservation>) -> Probe {
    let name = format!("node {id}");
    let Some(seen) = seen else {
        let mend = Some("see whether it runs, and whether its service port is open".to_owned());
        return Probe { name, finding: Finding::Fail, found: "does not answer".to_owned(), mend };
    };
    let unavailable: u32 =
        seen.namespaces.values().map(|ns| ns.unavailable_partitions + ns.dead_partitions).sum();
    let migrating: u32 = seen.namespaces.values().map(|ns| ns.migrations_remaining).sum();
    let (finding, mend) = if unavailable > 0 {
        (Finding::Fail, Some("bring the missing roster nodes back before a run".to_owned()))
    } else if migrating > 0 || !seen.integrity {
        (Finding::Warn, Some("wait until migrations have ended before a run".to_owned()))
    } else {
        (Finding::Ok, None)
    };
    let found = format!(
        "cluster of {}, key {}, {unavailable} partitions unavailable or dead, {migrating} migrating",
        seen.cluster_size, seen.cluster_key
    );
    Probe { name, finding, found, mend }
}
