//! Nodes as processes of their own: real connections between them, data on disk.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use aerocert_emulator::defect::Defects;
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place, RosterEntry};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::process::{NodeProcess, NodeProcessConfig, NodeProcessError, PeerAddress};
use aerocert_emulator::world::{Delays, WorldConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};
use wire::info::encode_request;
use wire::{
    Digest, Field, FrameDecoder, Info1, Info2, Info3, Message, Op, ReadMode, ResultCode, UserKey,
    Value,
};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);
const NODES: u8 = 3;

/// An address of a node on this test's own part of the loopback network.
fn address(network: u8, node: u8, port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, network, node + 1, 1)), port)
}

fn config(network: u8, node: u8, folder: &Path) -> NodeProcessConfig {
    let ids = [0xA1, 0xA2, 0xA3].map(NodeId);
    let place = |(index, id): (u8, NodeId)| Place {
        id,
        site: 0,
        rack: 0,
        stay_quiesced: false,
        addresses: vec![address(network, index, 3000).to_string()],
        access: Default::default(),
    };
    let roster = ids.iter().map(|node| RosterEntry { node: *node, rack: 0 }).collect();
    let strong =
        NamespaceConfig { roster: Some(roster), ..NamespaceConfig::new("mydata", Mode::Sc) };
    let world = WorldConfig {
        cluster_name: "processes".into(),
        sites: 1,
        places: (0..).zip(ids).map(place).collect(),
        heartbeat: Heartbeat { interval_ms: 50, timeout: 20 },
        namespaces: vec![strong, NamespaceConfig::new("mydata_ap", Mode::Ap)],
        delays: Delays::default(),
        security: false,
        defects: Defects::default(),
    };
    NodeProcessConfig {
        world,
        seed: 1,
        node,
        service: address(network, node, 3000),
        peers: (0..NODES)
            .map(|node| PeerAddress {
                fabric: address(network, node, 3001),
                heartbeat: address(network, node, 3002),
            })
            .collect(),
        folder: folder.join(node.to_string()),
    }
}

/// The next frame's body.
async fn exchange(address: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut frames = FrameDecoder::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        if let Some(frame) = frames.next_frame().unwrap() {
            return Ok(frame.body);
        }
        match stream.read(&mut buffer).await? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            length => frames.push(&buffer[..length]),
        }
    }
}

async fn ask(address: SocketAddr, command: &str) -> String {
    let body = exchange(address, &encode_request(&[command])).await.unwrap_or_default();
    String::from_utf8(body).unwrap()
}

/// Waits until a node says something.
async fn until(network: u8, node: u8, command: &str, said: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = ask(address(network, node, 3000), command).await;
        if answer.contains(said) {
            return;
        }
        assert!(Instant::now() < deadline, "node {node}: no `{said}` in {answer}");
        sleep(Duration::from_millis(50)).await;
    }
}

async fn until_whole(network: u8, size: u8) {
    for node in 0..size {
        until(network, node, "statistics", &format!("cluster_size={size};")).await;
        for namespace in ["mydata", "mydata_ap"] {
            let command = format!("namespace/{namespace}");
            until(network, node, &command, "migrate_rx_partitions_remaining=0;").await;
            until(network, node, &command, "migrate_tx_partitions_remaining=0;").await;
        }
    }
}

/// Sends a data message to a node of the cluster, again until it is not about a moment of change.
async fn call(network: u8, namespace: &str, key: i64, message: Message) -> Message {
    let digest = Digest::of("dummy", &UserKey::from(key));
    let fields = vec![Field::namespace(namespace), Field::set("dummy"), Field::digest(&digest)];
    let message = Message { fields, transaction_ttl: 2000, ..message };
    let deadline = Instant::now() + PATIENCE;
    loop {
        let body = exchange(address(network, 0, 3000), &message.encode()).await;
        let answer = body.map(|body| Message::decode(&body).unwrap());
        match answer {
            Ok(answer) if [ResultCode::OK, ResultCode::NOT_FOUND].contains(&answer.result_code) => {
                return answer;
            }
            other => assert!(Instant::now() < deadline, "{other:?}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
}

async fn write(network: u8, namespace: &str, key: i64, value: i64) {
    let ops = vec![Op::write("v", &Value::Integer(value))];
    let message = Message { info2: Info2::WRITE, ops, ..Message::default() };
    assert_eq!(call(network, namespace, key, message).await.result_code, ResultCode::OK);
}

async fn read(network: u8, namespace: &str, key: i64) -> Option<i64> {
    let info3 = match namespace {
        "mydata" => Info3::NONE.with_read_mode(ReadMode::Linearize),
        _ => Info3::NONE,
    };
    let message = Message { info1: Info1::READ | Info1::GET_ALL, info3, ..Message::default() };
    let answer = call(network, namespace, key, message).await;
    answer.ops.first().and_then(|op| op.value().unwrap().as_integer())
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_find_each_other_and_keep_what_they_acknowledged() {
    const NETWORK: u8 = 41;
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Vec::new();
    for node in 0..NODES {
        nodes.push(NodeProcess::start(config(NETWORK, node, folder.path())).await.unwrap());
    }
    until_whole(NETWORK, NODES).await;
    for key in 0..100 {
        write(NETWORK, "mydata", key, 1000 + key).await;
        write(NETWORK, "mydata_ap", key, 2000 + key).await;
    }
    let second = NodeProcess::start(config(NETWORK, 0, folder.path())).await.err();
    assert!(matches!(second, Some(NodeProcessError::InUse(_))), "{second:?}");

    // All at once, so that nothing but the disks remembers.
    drop(nodes);
    sleep(Duration::from_millis(200)).await;
    let mut nodes = Vec::new();
    for node in 0..NODES {
        nodes.push(NodeProcess::start(config(NETWORK, node, folder.path())).await.unwrap());
    }
    until_whole(NETWORK, NODES).await;
    for key in 0..100 {
        assert_eq!(read(NETWORK, "mydata", key).await, Some(1000 + key));
        assert_eq!(read(NETWORK, "mydata_ap", key).await, Some(2000 + key));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_lost_its_disk_is_not_trusted() {
    const NETWORK: u8 = 42;
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Vec::new();
    for node in 0..NODES {
        nodes.push(NodeProcess::start(config(NETWORK, node, folder.path())).await.unwrap());
    }
    until_whole(NETWORK, NODES).await;
    for key in 0..50 {
        write(NETWORK, "mydata", key, key).await;
    }
    drop(nodes.pop());
    until(NETWORK, 0, "statistics", "cluster_size=2;").await;
    std::fs::remove_file(folder.path().join("2/data")).unwrap();
    let wiped = loop {
        // The process before it ends in a moment.
        match NodeProcess::start(config(NETWORK, 2, folder.path())).await {
            Err(NodeProcessError::InUse(_)) => sleep(Duration::from_millis(20)).await,
            started => break started.unwrap(),
        }
    };
    until_whole(NETWORK, NODES).await;
    for key in 0..50 {
        assert_eq!(read(NETWORK, "mydata", key).await, Some(key));
    }
    wiped.stop();
}
