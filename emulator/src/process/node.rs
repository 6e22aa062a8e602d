//! A node's process in the hands of its program.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::device::{Device, Held};
use super::mesh::Mesh;
use super::{NodeProcessConfig, NodeProcessError, clock};
use crate::embedded::{Door, Engine, ReadModes, Room, connections_of_each, listen};
use crate::node::Mode;
use crate::world::World;

/// A running node. Dropping it stops it.
pub struct NodeProcess {
    engine: Arc<Engine>,
    /// Keeps the doors from being told of resets.
    _resets: watch::Sender<u32>,
    process: CancellationToken,
    failure: Failure,
}

/// Why the node's thread ended by itself.
type Failure = Arc<Mutex<Option<NodeProcessError>>>;

/// Where what a node keeps and sends goes.
pub(crate) struct Surroundings {
    device: Device,
    mesh: Mesh,
    failure: Failure,
}

impl Surroundings {
    /// Writes down what the node has changed, then sends what it says: nobody hears of what could
    /// be lost. False if it cannot be written: then the node must end.
    pub(crate) fn attend(&mut self, world: &mut World) -> bool {
        let changes = world.changes();
        if !changes.is_empty()
            && let Err(error) = self.device.keep(&changes)
        {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            return false;
        }
        for (to, message) in world.outbound() {
            self.mesh.send(to, message);
        }
        true
    }
}

impl NodeProcess {
    /// Starts a node with what its folder holds. It listens when this returns, and finds the others
    /// within some heartbeats.
    ///
    /// # Errors
    /// An address or a folder that cannot be used, a node that does not exist.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn start(config: NodeProcessConfig) -> Result<Self, NodeProcessError> {
        let node = config.node;
        let place = config.world.places.get(usize::from(node));
        let site = place.ok_or(NodeProcessError::NoSuchNode(node))?.site;
        let (mut device, held) = Device::open(&config.folder, config.world.namespaces.len())?;
        let (mesh, gates) = Mesh::start(&config).await?;
        let listener = listen(config.service)?;
        let strong = config.world.namespaces.iter().filter(|ns| ns.mode == Mode::Sc);
        let read_modes = Arc::new(ReadModes::of(strong.map(|ns| ns.name.clone()).collect()));
        let kept = match held {
            Held::Kept(storage) => Ok(*storage),
            Held::Lost(incarnation) => Err(Some(incarnation)),
            Held::Nothing => Err(None),
        };
        let mut world = World::part(config.world, config.seed, node, unix_ms(), kept);
        let began = world.begin_journal();
        device.begin(&began)?;
        let failure = Failure::default();
        let surroundings = Surroundings { device, mesh, failure: Arc::clone(&failure) };
        let engine = Arc::new(Engine::surrounded(world, surroundings)?);
        gates.open(&engine);
        let (resets, told) = watch::channel(0);
        let process = CancellationToken::new();
        let door = Door {
            node,
            site,
            tls: None,
            engine: Arc::clone(&engine),
            room: Arc::new(Room::new(Room::CONNECTIONS.min(connections_of_each(1)))),
            read_modes,
            resets: told,
            process: process.clone(),
        };
        tokio::spawn(door.serve(listener));
        let (folder, following) = (config.folder, Arc::clone(&engine));
        tokio::spawn(async move { clock::follow(&folder, node, following).await });
        Ok(Self { engine, _resets: resets, process, failure })
    }

    /// Waits until the node ends by itself, which it does only if it cannot keep its data.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn ended(&self) -> Result<(), NodeProcessError> {
        self.engine.ended().await;
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or(Ok(()), Err)
    }

    /// Stops the node; its connections are reset.
    pub fn stop(&self) {
        self.process.cancel();
        self.engine.stop();
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        self.stop();
    }
}

fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
