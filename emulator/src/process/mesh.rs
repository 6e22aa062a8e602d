//! The connections between the nodes' processes: one each way for every two nodes and channel.
//!
//! A message is its length and its encoding; a connection begins with who speaks. What is on its
//! way when a connection breaks is lost, as in a network that loses messages.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use super::{NodeProcessConfig, NodeProcessError};
use crate::embedded::Engine;
use crate::node::{Fabric, Heartbeat, PeerMessage};

/// The longest message, in bytes: a batch of migrating records.
const LONGEST: u32 = 64 << 20;
/// How many messages wait for one peer; what comes above is lost.
const QUEUE: usize = 1 << 16;

/// How a connection begins.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Hello {
    /// `cluster-name`: others are refused.
    cluster: String,
    /// The position of the node that speaks.
    node: u8,
}

/// The ways to the other nodes.
#[derive(Debug)]
pub(super) struct Mesh {
    /// By position; none to the node itself.
    ways: Vec<Option<Way>>,
}

#[derive(Debug)]
struct Way {
    /// Only the last heartbeat is worth sending.
    beats: watch::Sender<Option<PeerMessage>>,
    fabric: mpsc::Sender<Fabric>,
}

impl Mesh {
    /// Listens for the others, and keeps connections to them.
    ///
    /// # Errors
    /// An address that cannot be listened on.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub(super) async fn start(
        config: &NodeProcessConfig,
    ) -> Result<(Self, Gates), NodeProcessError> {
        let own = config.peers.get(usize::from(config.node));
        let own = own.ok_or(NodeProcessError::NoSuchNode(config.node))?;
        let listeners = [listen(own.heartbeat).await?, listen(own.fabric).await?];
        let heartbeat = config.world.heartbeat;
        let hello = Hello { cluster: config.world.cluster_name.clone(), node: config.node };
        let opening: Arc<[u8]> = encoded(&hello)
            .map_err(|source| NodeProcessError::Listen { address: own.fabric, source })?
            .into();
        let mut ways = Vec::new();
        for (node, peer) in (0..).zip(&config.peers) {
            if node == config.node {
                ways.push(None);
                continue;
            }
            let (beats, mut sent) = watch::channel(None);
            let caller =
                Caller { address: peer.heartbeat, heartbeat, opening: Arc::clone(&opening) };
            tokio::spawn(async move {
                while sent.has_changed().is_ok() {
                    // A broken connection is made anew.
                    let _ = caller.beat(&mut sent).await;
                    sleep(caller.pause()).await;
                }
            });
            let (fabric, mut sent) = mpsc::channel(QUEUE);
            let caller = Caller { address: peer.fabric, heartbeat, opening: Arc::clone(&opening) };
            tokio::spawn(async move {
                while !sent.is_closed() {
                    let _ = caller.speak(&mut sent).await;
                    sleep(caller.pause()).await;
                }
            });
            ways.push(Some(Way { beats, fabric }));
        }
        Ok((Self { ways }, Gates { listeners, cluster: hello.cluster, heartbeat }))
    }

    /// Sends a message, if there is room for it.
    pub(super) fn send(&self, to: u8, message: PeerMessage) {
        let Some(Some(way)) = self.ways.get(usize::from(to)) else { return };
        match message {
            PeerMessage::Fabric(message) => drop(way.fabric.try_send(message)),
            beat @ PeerMessage::Beat(_) => drop(way.beats.send_replace(Some(beat))),
        }
    }
}

/// Who keeps a connection to a peer.
#[derive(Clone)]
struct Caller {
    address: SocketAddr,
    heartbeat: Heartbeat,
    opening: Arc<[u8]>,
}

impl Caller {
    /// Between two attempts.
    fn pause(&self) -> Duration {
        Duration::from_nanos(self.heartbeat.interval_ns())
    }

    /// How long a connection may stay without acknowledgement, and an attempt without answer.
    fn patience(&self) -> Duration {
        Duration::from_nanos(self.heartbeat.node_timeout_ns())
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let stream = timeout(self.patience(), TcpStream::connect(self.address)).await??;
        stream.set_nodelay(true)?;
        // Else a connection that was cut would hold what is sent until the kernel tries again, up
        // to minutes after the link is whole.
        SockRef::from(&stream).set_tcp_user_timeout(Some(self.patience()))?;
        let mut stream = stream;
        stream.write_all(&self.opening).await?;
        Ok(stream)
    }

    async fn beat(&self, sent: &mut watch::Receiver<Option<PeerMessage>>) -> io::Result<()> {
        let mut stream = self.connect().await?;
        while sent.changed().await.is_ok() {
            let beat = sent.borrow_and_update().clone();
            let bytes = encoded(&beat)?;
            stream.write_all(&bytes).await?;
        }
        Ok(())
    }

    async fn speak(&self, sent: &mut mpsc::Receiver<Fabric>) -> io::Result<()> {
        let connected = self.connect().await;
        // What was meant for the connection before is lost with it.
        while sent.try_recv().is_ok() {}
        let mut stream = connected?;
        while let Some(message) = sent.recv().await {
            let mut bytes = encoded(&Some(PeerMessage::Fabric(message)))?;
            while let Ok(message) = sent.try_recv() {
                bytes.extend(encoded(&Some(PeerMessage::Fabric(message)))?);
                if bytes.len() > 1 << 16 {
                    break;
                }
            }
            stream.write_all(&bytes).await?;
        }
        Ok(())
    }
}

/// Where the others come in.
pub(super) struct Gates {
    listeners: [TcpListener; 2],
    cluster: String,
    heartbeat: Heartbeat,
}

impl Gates {
    /// Lets the others in from now on.
    pub(super) fn open(self, engine: &Arc<Engine>) {
        let (cluster, heartbeat): (Arc<str>, _) = (self.cluster.into(), self.heartbeat);
        for listener in self.listeners {
            let (engine, cluster) = (Arc::clone(engine), Arc::clone(&cluster));
            tokio::spawn(async move {
                while let Some(accepted) = engine.while_it_runs(listener.accept()).await {
                    let Ok((stream, _)) = accepted else {
                        sleep(Duration::from_millis(10)).await;
                        continue;
                    };
                    let (engine, cluster) = (Arc::clone(&engine), Arc::clone(&cluster));
                    tokio::spawn(async move {
                        // The peer makes a broken connection anew.
                        let _ =
                            engine.while_it_runs(hear(stream, &engine, &cluster, heartbeat)).await;
                    });
                }
            });
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, NodeProcessError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|source| NodeProcessError::Listen { address, source })
}

/// Takes in what a peer says.
async fn hear(
    mut stream: TcpStream,
    engine: &Engine,
    cluster: &str,
    heartbeat: Heartbeat,
) -> io::Result<()> {
    // Else the end of a connection that was cut while nothing was sent is never seen.
    let idle = Duration::from_nanos(heartbeat.node_timeout_ns()).max(Duration::from_secs(1));
    let keepalive = TcpKeepalive::new().with_time(idle).with_interval(idle).with_retries(3);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    let hello: Hello = timeout(idle, message(&mut stream)).await??;
    if hello.cluster != cluster {
        return Ok(());
    }
    while let Some(message) = message::<Option<PeerMessage>>(&mut stream).await? {
        if !engine.receive(hello.node, message) {
            break;
        }
    }
    Ok(())
}

async fn message<M: for<'de> Deserialize<'de>>(stream: &mut TcpStream) -> io::Result<M> {
    let length = stream.read_u32_le().await?;
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // The buffer grows with what arrives, whatever the length says.
    let mut body = Vec::new();
    (&mut *stream).take(u64::from(length)).read_to_end(&mut body).await?;
    if body.len() < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    postcard::from_bytes(&body).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn encoded(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = postcard::to_extend(message, vec![0; 4]).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len() - 4).ok().filter(|length| *length <= LONGEST);
    let length = length.ok_or(io::ErrorKind::InvalidInput)?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}
