//! The socket shell as clients, well-behaved and hostile, meet it.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::net::SocketAddr;
use std::time::Duration;

use aerocert_emulator::defect::Defects;
use aerocert_emulator::embedded::{Embedded, EmbeddedConfig, EmbeddedError};
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::world::{Channels, Delays, End, Interruption, Link, WorldConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use wire::FrameDecoder;
use wire::info::encode_request;

/// Longer than any answer over an open link takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough that an answer over an open link would have come.
const SILENCE: Duration = Duration::from_millis(300);

fn config() -> EmbeddedConfig {
    let place = |id, site| Place {
        id: NodeId(id),
        site,
        rack: u32::from(site),
        stay_quiesced: false,
        addresses: Vec::new(),
        access: Default::default(),
    };
    let world = WorldConfig {
        cluster_name: "shell".into(),
        sites: 2,
        places: vec![place(0xA1, 0), place(0xA2, 1)],
        heartbeat: Heartbeat { interval_ms: 50, timeout: 10 },
        namespaces: vec![NamespaceConfig::new("mydata_ap", Mode::Ap)],
        delays: Delays::default(),
        security: false,
        defects: Defects::default(),
    };
    EmbeddedConfig::new(world, 1)
}

async fn start() -> Embedded {
    Embedded::start(config()).await.unwrap()
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

/// The next frame's body; an error when the connection ends instead.
async fn receive(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut frames = FrameDecoder::default();
    let mut buffer = [0; 4096];
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

async fn ask(stream: &mut TcpStream, command: &str) -> std::io::Result<String> {
    stream.write_all(&encode_request(&[command])).await?;
    let body = timeout(PATIENCE, receive(stream)).await.expect("an answer in time")?;
    let text = String::from_utf8(body).unwrap();
    Ok(text.trim_end().split_once('\t').unwrap().1.to_owned())
}

async fn is_silent(stream: &mut TcpStream) -> bool {
    timeout(SILENCE, receive(stream)).await.is_err()
}

fn both_ways(site: u8, node: u8) -> [Link; 2] {
    let link = Link { from: End::Site(site), to: End::Node(node) };
    [link, Link { from: link.to, to: link.from }]
}

#[tokio::test]
async fn every_node_has_an_address_per_site() {
    let cluster = start().await;
    let mut seen = Vec::new();
    for (node, id) in [(0, "A1"), (1, "A2")] {
        for address in cluster.addresses(node) {
            let mut stream = connect(*address).await;
            assert_eq!(ask(&mut stream, "node").await.unwrap(), id);
            assert_eq!(ask(&mut stream, "service-clear-std").await.unwrap(), address.to_string());
            seen.push(*address);
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 4);
    assert!(cluster.addresses(2).is_empty());
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let cluster = start().await;
    let taken = cluster.addresses(0)[0];
    let second = EmbeddedConfig { port: taken.port(), ..config() };
    let error = Embedded::start(second).await.err().expect("the port is taken");
    assert!(matches!(error, EmbeddedError::AddressInUse(address) if address == taken), "{error}");
    assert!(error.to_string().contains(&taken.to_string()));
}

#[tokio::test]
async fn requests_in_one_packet_are_answered_in_order() {
    let cluster = start().await;
    let mut stream = connect(cluster.addresses(0)[0]).await;
    let both = [encode_request(&["node"]), encode_request(&["build"])].concat();
    stream.write_all(&both).await.unwrap();
    let mut text = Vec::new();
    while !text.ends_with(b"8.1.2.0\n") {
        let mut buffer = [0; 256];
        let length = timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
        assert!(length > 0);
        text.extend_from_slice(&buffer[..length]);
    }
    assert_eq!(&text[8..16], b"node\tA1\n");
}

#[tokio::test]
async fn hostile_clients_harm_nobody_else() {
    let cluster = start().await;
    let address = cluster.addresses(0)[0];
    let mut idle = Vec::new();
    for _ in 0..200 {
        idle.push(connect(address).await);
    }
    let attacks: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\n\r\n",
        &[2, 3, 255, 255, 255, 255, 255, 255],
        &[2, 3, 0, 0, 0, 0, 0, 3, 1, 2, 3],
        &[2, 4, 0, 0, 0, 0, 0, 9, 255, 255, 255, 255, 255, 255, 255, 255, 0],
        &[2, 1, 0, 0, 0, 0, 0, 2, 0xff, b'\n'],
        &[2, 9, 0, 0, 0, 0, 0, 0],
    ];
    for attack in attacks {
        let mut stream = connect(address).await;
        stream.write_all(attack).await.unwrap();
        // Whether it is answered or closed depends on the attack; it never hangs.
        let _ = timeout(PATIENCE, receive(&mut stream)).await.expect("an answer or the end");
    }
    let mut unfinished = connect(address).await;
    unfinished.write_all(&[2, 3, 0, 0, 0, 127]).await.unwrap();
    let mut stream = connect(address).await;
    assert_eq!(ask(&mut stream, "node").await.unwrap(), "A1");
    assert_eq!(ask(&mut idle[0], "node").await.unwrap(), "A1");
}

#[tokio::test]
async fn a_node_has_room_for_so_many_connections() {
    let cluster = Embedded::start(EmbeddedConfig { connections: 2, ..config() }).await.unwrap();
    let mut first = connect(cluster.addresses(0)[0]).await;
    assert_eq!(ask(&mut first, "node").await.unwrap(), "A1");
    let mut second = connect(cluster.addresses(0)[1]).await;
    assert_eq!(ask(&mut second, "node").await.unwrap(), "A1", "the sites share the room");
    let mut third = connect(cluster.addresses(0)[0]).await;
    assert!(ask(&mut third, "node").await.is_err());
    let mut other_node = connect(cluster.addresses(1)[0]).await;
    assert_eq!(ask(&mut other_node, "node").await.unwrap(), "A2");
    drop(second);
    wait_until(async || ask(&mut connect(cluster.addresses(0)[0]).await, "node").await.is_ok())
        .await;
    assert_eq!(ask(&mut first, "node").await.unwrap(), "A1");
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_was_begun_must_end_in_time() {
    let cluster = start().await;
    let mut slow = connect(cluster.addresses(0)[0]).await;
    let frame = encode_request(&["node"]);
    let begun = tokio::time::Instant::now();
    for byte in &frame[..frame.len() - 1] {
        // The end is noticed by writing, at the latest by the second byte after it.
        if slow.write_all(&[*byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_secs(6)).await;
    }
    assert!(receive(&mut slow).await.is_err(), "closed, and not answered");
    assert!(begun.elapsed() < Duration::from_secs(100));
    let mut quick = connect(cluster.addresses(0)[0]).await;
    quick.write_all(&frame).await.unwrap();
    assert_eq!(receive(&mut quick).await.unwrap(), b"node\tA1\n");
}

#[tokio::test(start_paused = true)]
async fn an_answer_must_be_taken_in_time() {
    let cluster = start().await;
    let deaf = connect(cluster.addresses(0)[0]).await;
    let question = encode_request(&["get-config:context=service"; 100]);
    let begun = std::time::Instant::now();
    // More than the system keeps for both: at some point nothing is taken any more, in the end
    // the connection is reset.
    let end = loop {
        match deaf.try_write(&question) {
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => break error,
            _ => sleep(Duration::from_secs(1)).await,
        }
        assert!(begun.elapsed() < PATIENCE, "the node waits for ever");
    };
    assert!(matches!(
        end.kind(),
        std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe
    ));
    let mut other = connect(cluster.addresses(0)[0]).await;
    other.write_all(&encode_request(&["node"])).await.unwrap();
    assert_eq!(receive(&mut other).await.unwrap(), b"node\tA1\n");
}

#[tokio::test]
async fn nobody_in_a_crowd_is_forgotten() {
    let cluster = start().await;
    let mut crowd = Vec::new();
    for _ in 0..300 {
        crowd.push(connect(cluster.addresses(0)[0]).await);
    }
    // A slow answer first, so that the others have to wait together.
    for (number, stream) in crowd.iter_mut().enumerate() {
        let command = if number == 0 { "partition-info" } else { "node" };
        stream.write_all(&encode_request(&[command])).await.unwrap();
    }
    for stream in &mut crowd[1..] {
        let body = timeout(PATIENCE, receive(stream)).await.unwrap().unwrap();
        assert_eq!(body, b"node\tA1\n");
    }
}

#[tokio::test]
async fn a_login_learns_that_security_is_off() {
    let cluster = start().await;
    let mut stream = connect(cluster.addresses(0)[0]).await;
    let mut login = vec![2, 2, 0, 0, 0, 0, 0, 16];
    login.extend_from_slice(&[0, 0, 20, 0]);
    login.extend_from_slice(&[0; 12]);
    stream.write_all(&login).await.unwrap();
    assert_eq!(receive(&mut stream).await.unwrap()[1], 52);
    assert_eq!(ask(&mut stream, "node").await.unwrap(), "A1");
}

#[tokio::test]
async fn a_stalled_link_is_silent_for_its_site_only() {
    let cluster = start().await;
    let mut cut_off = connect(cluster.addresses(0)[1]).await;
    let stall = Interruption::Stall;
    let id = cluster.interrupt(&both_ways(1, 0), Channels::ALL, stall).await.unwrap();
    assert!(!cluster.is_open(both_ways(1, 0)[0]).await.unwrap());
    cut_off.write_all(&encode_request(&["node"])).await.unwrap();
    let mut newcomer = connect(cluster.addresses(0)[1]).await;
    newcomer.write_all(&encode_request(&["node"])).await.unwrap();
    assert!(is_silent(&mut cut_off).await && is_silent(&mut newcomer).await);
    let mut other_site = connect(cluster.addresses(0)[0]).await;
    assert_eq!(ask(&mut other_site, "node").await.unwrap(), "A1");
    cluster.restore(id).await.unwrap();
    assert!(cluster.is_open(both_ways(1, 0)[0]).await.unwrap());
    for stream in [&mut cut_off, &mut newcomer] {
        let body = timeout(PATIENCE, receive(stream)).await.unwrap().unwrap();
        assert_eq!(body, b"node\tA1\n");
    }
    assert!(cluster.restore(id).await.is_err(), "it was lifted already");
}

#[tokio::test]
async fn a_cut_holds_requests_and_healing_answers_or_breaks() {
    let cluster = start().await;
    let links = both_ways(0, 1);
    let id = cluster.interrupt(&links, Channels::ALL, Interruption::Cut).await.unwrap();
    let mut streams = Vec::new();
    for _ in 0..32 {
        let mut stream = connect(cluster.addresses(1)[0]).await;
        stream.write_all(&encode_request(&["node"])).await.unwrap();
        streams.push(stream);
    }
    assert!(is_silent(&mut streams[0]).await);
    cluster.restore(id).await.unwrap();
    let mut answered = 0;
    for stream in &mut streams {
        if let Ok(body) = timeout(PATIENCE, receive(stream)).await.expect("an answer or the end") {
            assert_eq!(body, b"node\tA2\n");
            answered += 1;
        }
    }
    assert!((1..32).contains(&answered), "{answered} of 32 connections delivered");
}

#[tokio::test]
async fn one_way_cuts_lose_the_request_or_only_its_answer() {
    let cluster = start().await;
    for link in both_ways(0, 0) {
        let cut = Interruption::Cut;
        let id = cluster.interrupt(&[link], Channels::ALL, cut).await.unwrap();
        let mut stream = connect(cluster.addresses(0)[0]).await;
        stream.write_all(&encode_request(&["node"])).await.unwrap();
        assert!(is_silent(&mut stream).await, "{link:?}");
        cluster.restore(id).await.unwrap();
    }
}

#[tokio::test]
async fn a_closed_link_resets_old_and_new_connections() {
    let cluster = start().await;
    let mut old = connect(cluster.addresses(0)[0]).await;
    assert_eq!(ask(&mut old, "node").await.unwrap(), "A1");
    let close = Interruption::Close;
    let id = cluster.interrupt(&both_ways(0, 0), Channels::ALL, close).await.unwrap();
    assert!(timeout(PATIENCE, receive(&mut old)).await.unwrap().is_err());
    if let Ok(mut new) = TcpStream::connect(cluster.addresses(0)[0]).await {
        assert!(ask(&mut new, "node").await.is_err());
    }
    cluster.restore(id).await.unwrap();
    let mut again = connect(cluster.addresses(0)[0]).await;
    assert_eq!(ask(&mut again, "node").await.unwrap(), "A1");
}

#[tokio::test]
async fn a_killed_node_is_gone_until_it_starts_again() {
    let cluster = start().await;
    let address = cluster.addresses(1)[0];
    let mut stream = connect(address).await;
    assert_eq!(ask(&mut stream, "node").await.unwrap(), "A2");
    cluster.kill(1).await.unwrap();
    assert!(!cluster.is_running(1).await.unwrap());
    assert!(timeout(PATIENCE, receive(&mut stream)).await.unwrap().is_err());
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(cluster.info(1, "node\n").await.unwrap(), None);
    cluster.start_node(1, true).await.unwrap();
    cluster.start_node(1, true).await.unwrap();
    let mut stream = connect(address).await;
    assert_eq!(ask(&mut stream, "node").await.unwrap(), "A2");
    assert!(matches!(cluster.kill(2).await, Err(EmbeddedError::NoSuchNode(2))));
}

#[tokio::test]
async fn a_paused_node_answers_when_it_goes_on() {
    let cluster = start().await;
    cluster.pause(0).await.unwrap();
    let mut stream = connect(cluster.addresses(0)[0]).await;
    stream.write_all(&encode_request(&["node"])).await.unwrap();
    assert!(is_silent(&mut stream).await);
    cluster.resume(0).await.unwrap();
    let body = timeout(PATIENCE, receive(&mut stream)).await.unwrap().unwrap();
    assert_eq!(body, b"node\tA1\n");
}

#[tokio::test]
async fn nodes_find_each_other_and_part_when_cut() {
    let cluster = start().await;
    let size = async || {
        let answer = cluster.info(0, "statistics\n").await.unwrap().unwrap();
        answer.contains(";cluster_size=2;")
    };
    wait_until(async || size().await).await;
    let link = Link { from: End::Node(0), to: End::Node(1) };
    let links = [link, Link { from: link.to, to: link.from }];
    let id = cluster.interrupt(&links, Channels::ALL, Interruption::Cut).await.unwrap();
    wait_until(async || !size().await).await;
    cluster.restore(id).await.unwrap();
    wait_until(async || size().await).await;
}

async fn wait_until(condition: impl AsyncFn() -> bool) {
    let reached = timeout(PATIENCE, async {
        while !condition().await {
            sleep(Duration::from_millis(20)).await;
        }
    });
    reached.await.expect("the cluster gets there in time");
}

#[tokio::test]
async fn a_stopped_cluster_says_so() {
    let cluster = start().await;
    let mut stream = connect(cluster.addresses(0)[0]).await;
    assert_eq!(ask(&mut stream, "node").await.unwrap(), "A1");
    cluster.stop();
    assert!(timeout(PATIENCE, receive(&mut stream)).await.unwrap().is_err());
    assert!(matches!(cluster.info(0, "node\n").await, Err(EmbeddedError::Stopped)));
}
