//! The clients of a load: one for each site, and one for each node that a process is pinned to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use history::{Arm, ClientSettings, LoadSettings, Node, Route, SiteIndex, Topology};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::LoadError;
use super::connection::Connection;
use super::load::runtime;
use crate::generator::Place;

/// Which client serves a place: that of a site, or that of a site and a node to be pinned to.
type Desk = (SiteIndex, Option<u8>);

/// Clients by the places that they serve.
pub(super) struct Connections(BTreeMap<Desk, Arc<Connection>>);

impl Connections {
    /// Connects all clients at once: one for each site, and those of the pinned places.
    ///
    /// # Errors
    /// If one of them finds no cluster, or not the namespace that the arm says.
    pub(super) async fn open(
        arm: &Arm,
        settings: &LoadSettings,
        client: &ClientSettings,
        topology: &Topology,
        places: &[Place],
        runtimes: &[Handle],
    ) -> Result<Self, LoadError> {
        let of_sites = (0..topology.sites.len() as u8).map(|site| (SiteIndex(site), None));
        let desks: BTreeSet<Desk> =
            of_sites.chain(places.iter().map(|place| desk(*place))).collect();
        let mut connecting = JoinSet::new();
        for (site, node) in desks {
            let (arm, settings, client) = (arm.clone(), settings.clone(), client.clone());
            let site_name = topology.sites[usize::from(site.0)].clone();
            let address = |node: &Node| {
                // A real cluster has one address for all sites.
                let own = node.addresses.get(usize::from(site.0));
                own.or_else(|| node.addresses.first()).cloned().unwrap_or_default()
            };
            let hosts = match node {
                None => topology.nodes.iter().map(address).collect::<Vec<_>>().join(","),
                Some(node) => address(&topology.nodes[usize::from(node)]),
            };
            let connect = async move {
                let connection =
                    Connection::connect(&arm, &settings, &client, &hosts, node.is_some()).await;
                let connection = connection.map_err(|reason| LoadError::Connect {
                    site: site_name,
                    hosts,
                    reason,
                })?;
                connection.check_mode()?;
                Ok(((site, node), Arc::new(connection)))
            };
            connecting.spawn_on(connect, &runtime(runtimes, site.0));
        }
        let connected: Result<_, LoadError> = connecting.join_all().await.into_iter().collect();
        Ok(Self(connected?))
    }

    /// The client that serves a place of the load.
    pub(super) fn of(&self, place: Place) -> Arc<Connection> {
        Arc::clone(self.0.get(&desk(place)).expect("`open` made one for every site and place"))
    }

    /// Closes them all, and says how many did not close in time.
    pub(super) async fn close(self) -> usize {
        let mut closing = JoinSet::new();
        for connection in self.0.into_values() {
            closing.spawn(async move { connection.close().await });
        }
        closing.join_all().await.into_iter().filter(|closed| !closed).count()
    }
}

fn desk(place: Place) -> Desk {
    match place.route {
        Route::Map => (place.site, None),
        Route::Pinned(node) => (place.site, Some(node)),
    }
}
