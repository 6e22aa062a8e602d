//! An embedded cluster in the hands of its driver.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wire::frame::HEADER_LENGTH;
use wire::{Frame, FrameType};

use super::address::{ALTERNATE, Listeners, listen, listen_all, local_address};
use super::engine::{Content, Engine, Request, Stay};
use super::listener::Door;
use super::read_modes::ReadModes;
use super::room::{Room, connections_of_each};
use super::tls::Tls;
use super::{EmbeddedConfig, EmbeddedError, ReadModeCounts};
use crate::node::{Entrance, Mode};
use crate::security::Caller;
use crate::world::{Answer, Channels, End, Interruption, InterruptionId, Link, World, WorldConfig};

/// A running cluster. Dropping it stops it.
pub struct Embedded {
    config: WorldConfig,
    tls: Option<Tls>,
    engine: Arc<Engine>,
    read_modes: Arc<ReadModes>,
    nodes: Vec<Served>,
    /// The doors whose connections an interruption resets.
    resets: Mutex<BTreeMap<InterruptionId, Vec<(u8, u8)>>>,
}

/// A node as the network sees it.
struct Served {
    /// By site.
    addresses: Vec<SocketAddr>,
    /// Further addresses, by entrance and site.
    others: Vec<(Entrance, Vec<SocketAddr>)>,
    /// By site: how many interruptions reset connections.
    resets: Vec<watch::Sender<u32>>,
    /// Its process, while there is one.
    process: Mutex<CancellationToken>,
    /// What it has room for.
    room: Arc<Room>,
    /// The tasks that listen for it.
    doors: Mutex<Vec<JoinHandle<()>>>,
}

impl Embedded {
    /// Starts all nodes with empty storage. They listen when this returns, and form a cluster
    /// within about two seconds of heartbeats.
    ///
    /// # Errors
    /// An address that cannot be listened on, a thread that cannot be started.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn start(config: EmbeddedConfig) -> Result<Self, EmbeddedError> {
        let EmbeddedConfig { mut world, seed, network, port, connections, alternate, tls } = config;
        let count = u8::try_from(world.places.len()).map_err(|_| EmbeddedError::TooLarge)?;
        let listen = |offset, port| listen_all(network, (count, world.sites), offset, port);
        let listeners = listen(0, port)?;
        let mut others: Vec<(Entrance, Listeners)> = Vec::new();
        if alternate {
            others.push((Entrance::Alternate, listen(ALTERNATE, port)?));
        }
        if let Some(tls) = &tls {
            others.push((Entrance::Tls, listen(0, tls.port)?));
            if alternate {
                others.push((Entrance::TlsAlternate, listen(ALTERNATE, tls.port)?));
            }
        }
        let connections = connections.min(connections_of_each(count));
        let mut nodes = Vec::new();
        for (number, (place, listeners)) in world.places.iter_mut().zip(&listeners).enumerate() {
            let addresses = addresses_of(listeners)?;
            place.addresses = addresses.iter().map(SocketAddr::to_string).collect();
            let mut of_node = Vec::new();
            for (entrance, listeners) in &others {
                let addresses = addresses_of(&listeners[number])?;
                let told = addresses.iter().map(SocketAddr::to_string).collect();
                match entrance {
                    Entrance::Standard => {}
                    Entrance::Alternate => place.access.alternate = told,
                    Entrance::Tls => place.access.tls = told,
                    Entrance::TlsAlternate => place.access.tls_alternate = told,
                }
                of_node.push((*entrance, addresses));
            }
            place.access.tls_name = tls.as_ref().map_or_else(String::new, |tls| tls.name.clone());
            nodes.push(Served {
                resets: addresses.iter().map(|_| watch::channel(0).0).collect(),
                addresses,
                others: of_node,
                process: Mutex::new(CancellationToken::new()),
                room: Arc::new(Room::new(connections)),
                doors: Mutex::default(),
            });
        }
        let strong = world.namespaces.iter().filter(|ns| ns.mode == Mode::Sc);
        let read_modes = Arc::new(ReadModes::of(strong.map(|ns| ns.name.clone()).collect()));
        let engine = Arc::new(Engine::start(World::new(world.clone(), seed))?);
        let resets = Mutex::default();
        let cluster = Self { config: world, tls, engine, read_modes, nodes, resets };
        for (entrance, listeners) in std::iter::once((Entrance::Standard, listeners)).chain(others)
        {
            for (node, listeners) in (0..count).zip(listeners) {
                cluster.serve(node, entrance, listeners)?;
            }
        }
        Ok(cluster)
    }

    /// The world's configuration, with the addresses on which the nodes listen.
    #[must_use]
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// The addresses of a node by client site; empty for a node that does not exist.
    #[must_use]
    pub fn addresses(&self, node: u8) -> &[SocketAddr] {
        self.nodes.get(usize::from(node)).map_or(&[], |node| &node.addresses)
    }

    /// Further addresses of a node by client site; empty where it has none of that kind.
    #[must_use]
    pub fn addresses_for(&self, node: u8, entrance: Entrance) -> &[SocketAddr] {
        let node = self.nodes.get(usize::from(node));
        let others = node.into_iter().flat_map(|node| &node.others);
        let found =
            others.filter(|(known, _)| *known == entrance).map(|(_, addresses)| &**addresses);
        found.last().unwrap_or_default()
    }

    /// Answers info commands as the node would, past its network; `None` while it is killed or
    /// paused.
    ///
    /// # Errors
    /// The cluster has stopped.
    pub async fn info(&self, node: u8, commands: &str) -> Result<Option<String>, EmbeddedError> {
        let commands = commands.to_owned();
        self.engine.control(move |world| world.info(node, &commands)).await
    }

    /// Answers info commands as the node would to a client of a site who may ask everything, over
    /// the links between them; `None` if they or the node break the connection. It takes as long as
    /// the links are cut.
    pub async fn info_over(&self, node: u8, site: u8, commands: &str) -> Option<String> {
        let frame = Frame { frame_type: FrameType::Info, body: commands.into() };
        let content = Content::Frame(frame);
        let stay = Stay::of(Arc::clone(&self.nodes.get(usize::from(node))?.room));
        let request = Request { node, site, caller: Caller::Operator, content, stay };
        match self.engine.request(request).await.answer {
            Answer::Bytes(bytes) => String::from_utf8(bytes[HEADER_LENGTH..].to_vec()).ok(),
            _ => None,
        }
    }

    /// Interrupts links. Between nodes this touches the given channels; an interruption that
    /// closes a link between clients and a node resets their connections, also new ones, until it
    /// is lifted.
    ///
    /// # Errors
    /// A link with an end that does not exist; the cluster has stopped.
    pub async fn interrupt(
        &self,
        links: &[Link],
        channels: Channels,
        interruption: Interruption,
    ) -> Result<InterruptionId, EmbeddedError> {
        let owned = links.to_vec();
        let id = self
            .engine
            .control(move |world| world.interrupt(&owned, channels, interruption))
            .await??;
        if interruption == Interruption::Close {
            let doors: Vec<(u8, u8)> = links.iter().filter_map(door_of).collect();
            self.count_resets(&doors, 1);
            lock(&self.resets).insert(id, doors);
        }
        Ok(id)
    }

    /// Lifts an interruption.
    ///
    /// # Errors
    /// Not an interruption in force; the cluster has stopped.
    pub async fn restore(&self, interruption: InterruptionId) -> Result<(), EmbeddedError> {
        self.engine.control(move |world| world.restore(interruption)).await??;
        if let Some(doors) = lock(&self.resets).remove(&interruption) {
            self.count_resets(&doors, -1);
        }
        Ok(())
    }

    /// Whether a message sent now would pass a link.
    ///
    /// # Errors
    /// The cluster has stopped.
    pub async fn is_open(&self, link: Link) -> Result<bool, EmbeddedError> {
        self.engine.control(move |world| world.is_open(link)).await
    }

    /// Kills a node's process: its connections are reset and nobody listens any more.
    ///
    /// # Errors
    /// A node that does not exist; the cluster has stopped.
    pub async fn kill(&self, node: u8) -> Result<(), EmbeddedError> {
        let served = self.served(node)?;
        self.engine.control(move |world| world.kill(node)).await?;
        lock(&served.process).cancel();
        let doors = std::mem::take(&mut *lock(&served.doors));
        for door in doors {
            // It ends soon, and a door that failed is closed too.
            let _ = door.await;
        }
        Ok(())
    }

    /// Starts a killed node again, with the data that it had or with none. A node that runs is
    /// left as it is.
    ///
    /// # Errors
    /// A node that does not exist, an address that was taken meanwhile; the cluster has stopped.
    pub async fn start_node(&self, node: u8, keep_storage: bool) -> Result<(), EmbeddedError> {
        let served = self.served(node)?;
        if self.engine.control(move |world| world.is_running(node)).await? {
            return Ok(());
        }
        let usual = std::iter::once((Entrance::Standard, &served.addresses));
        let further = served.others.iter().map(|(entrance, addresses)| (*entrance, addresses));
        let mut entrances = Vec::new();
        for (entrance, addresses) in usual.chain(further) {
            let listeners = addresses.iter().map(|address| listen(*address));
            entrances.push((entrance, listeners.collect::<Result<Vec<_>, _>>()?));
        }
        *lock(&served.process) = CancellationToken::new();
        self.engine.control(move |world| world.start(node, keep_storage)).await?;
        entrances
            .into_iter()
            .try_for_each(|(entrance, listeners)| self.serve(node, entrance, listeners))
    }

    /// Whether a node's process is there, paused or not.
    ///
    /// # Errors
    /// A node that does not exist; the cluster has stopped.
    pub async fn is_running(&self, node: u8) -> Result<bool, EmbeddedError> {
        self.served(node)?;
        self.engine.control(move |world| world.is_running(node)).await
    }

    /// Stops a node in its tracks; its connections stay open and silent.
    ///
    /// # Errors
    /// A node that does not exist; the cluster has stopped.
    pub async fn pause(&self, node: u8) -> Result<(), EmbeddedError> {
        self.served(node)?;
        self.engine.control(move |world| world.pause(node)).await
    }

    /// Lets a paused node go on.
    ///
    /// # Errors
    /// A node that does not exist; the cluster has stopped.
    pub async fn resume(&self, node: u8) -> Result<(), EmbeddedError> {
        self.served(node)?;
        self.engine.control(move |world| world.resume(node)).await
    }

    /// Sets a node's wall clock off, in ms.
    ///
    /// # Errors
    /// A node that does not exist; the cluster has stopped.
    pub async fn set_clock_offset(&self, node: u8, offset_ms: i64) -> Result<(), EmbeddedError> {
        self.served(node)?;
        self.engine.control(move |world| world.set_clock_offset(node, offset_ms)).await
    }

    /// The modes of the SC reads that arrived so far.
    #[must_use]
    pub fn read_modes(&self) -> ReadModeCounts {
        self.read_modes.counts()
    }

    /// Stops all nodes; connections are reset. Further calls fail with
    /// [`EmbeddedError::Stopped`].
    pub fn stop(&self) {
        for node in &self.nodes {
            lock(&node.process).cancel();
        }
        self.engine.stop();
    }

    fn serve(
        &self,
        node: u8,
        entrance: Entrance,
        listeners: Vec<TcpListener>,
    ) -> Result<(), EmbeddedError> {
        let tls = self.tls.as_ref().filter(|_| entrance.is_tls());
        let served = self.served(node)?;
        let process = lock(&served.process).clone();
        for ((site, listener), resets) in (0..).zip(listeners).zip(&served.resets) {
            let door = Door {
                node,
                site,
                tls: tls.map(|tls| Arc::clone(&tls.config)),
                engine: Arc::clone(&self.engine),
                room: Arc::clone(&served.room),
                read_modes: Arc::clone(&self.read_modes),
                resets: resets.subscribe(),
                process: process.clone(),
            };
            lock(&served.doors).push(tokio::spawn(door.serve(listener)));
        }
        Ok(())
    }

    fn served(&self, node: u8) -> Result<&Served, EmbeddedError> {
        self.nodes.get(usize::from(node)).ok_or(EmbeddedError::NoSuchNode(node))
    }

    fn count_resets(&self, doors: &[(u8, u8)], change: i32) {
        for (node, site) in doors {
            let resets = self.nodes.get(usize::from(*node)).map(|served| &served.resets);
            if let Some(resets) = resets.and_then(|resets| resets.get(usize::from(*site))) {
                resets.send_modify(|count| *count = count.saturating_add_signed(change));
            }
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.stop();
    }
}

fn addresses_of(listeners: &[TcpListener]) -> Result<Vec<SocketAddr>, EmbeddedError> {
    listeners.iter().map(local_address).collect()
}

/// The node and site of a link between clients and a node.
fn door_of(link: &Link) -> Option<(u8, u8)> {
    match (link.from, link.to) {
        (End::Node(node), End::Site(site)) | (End::Site(site), End::Node(node)) => {
            Some((node, site))
        }
        _ => None,
    }
}

/// Locks what stays sound even if a holder panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
