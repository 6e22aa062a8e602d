//! Ten thousand hostile connections: what they cost a node in memory, and that others are served.
//!
//! The hostile clients are another process (this program again), so that what is measured here is
//! the node's memory alone, and so that both sides have descriptors for ten thousand connections.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use aerocert_emulator::defect::Defects;
use aerocert_emulator::embedded::{Embedded, EmbeddedConfig, MEMORY, MEMORY_PER_CONNECTION};
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::world::{Delays, WorldConfig};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use wire::frame::{FrameHeader, encode_frame};
use wire::info::encode_request;
use wire::{Digest, Field, FrameDecoder, FrameType, Info1, Info2, Message, Op, UserKey, Value};

/// How many connections the hostile clients open.
const CONNECTIONS: u64 = 10_000;
/// Descriptors that each process needs for other things.
const OTHERS: u64 = 100;
/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where the hostile clients connect to; without it the program is the node.
const TARGET: &str = "AEROCERT_HOSTILE_TARGET";

/// What a hostile connection does; they take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hostility {
    /// Nothing at all.
    Idle,
    /// Sends half a header.
    HalfHeader,
    /// Announces a giant frame and sends little of it.
    HalfFrame,
    /// Announces a giant frame and sends as much as anybody takes.
    Flood,
    /// Sends a good frame, a byte now and then.
    Slow,
    /// Asks for long answers, again and again, and takes none.
    Deaf,
}

impl Hostility {
    const ALL: [Self; 16] = [
        Self::Deaf,
        Self::Idle,
        Self::HalfHeader,
        Self::HalfFrame,
        Self::Flood,
        Self::Slow,
        Self::Idle,
        Self::HalfHeader,
        Self::HalfFrame,
        Self::Flood,
        Self::Slow,
        Self::Idle,
        Self::HalfHeader,
        Self::HalfFrame,
        Self::Flood,
        Self::Slow,
    ];

    fn opening(self) -> Vec<u8> {
        const GIANT: u64 = 16 * 1024 * 1024;
        let header = FrameHeader { frame_type: FrameType::Message, length: GIANT }.encode();
        match self {
            Self::Idle => Vec::new(),
            Self::HalfHeader => header[..5].to_vec(),
            Self::HalfFrame => [&header[..], &[0; 3000]].concat(),
            Self::Flood => [&header[..], &[0; 256 * 1024]].concat(),
            Self::Slow => encode_request(&["node"])[..1].to_vec(),
            Self::Deaf => encode_request(&["get-config:context=service"; 100]).repeat(20),
        }
    }
}

/// The most connections that this process may have; says so aloud if they are too few.
fn most_connections() -> u64 {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    // A node leaves a quarter of its descriptors to others.
    let most = ((hard - hard / 4).saturating_sub(OTHERS)).min(CONNECTIONS);
    if most < CONNECTIONS {
        eprintln!("{most} connections instead of {CONNECTIONS}: the limit of files is {hard}");
    }
    most
}

/// The memory of this process in bytes, by a line of `/proc/self/status`.
fn memory(line: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let value = status.lines().find_map(|text| text.strip_prefix(line)).unwrap();
    value.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

fn one_node() -> EmbeddedConfig {
    let place = Place {
        id: NodeId(0xA1),
        site: 0,
        rack: 0,
        stay_quiesced: false,
        addresses: Vec::new(),
        access: Default::default(),
    };
    let world = WorldConfig {
        cluster_name: "crowded".into(),
        sites: 1,
        places: vec![place],
        heartbeat: Heartbeat { interval_ms: 50, timeout: 10 },
        namespaces: vec![NamespaceConfig::new("mydata", Mode::Ap)],
        delays: Delays::default(),
        security: false,
        defects: Defects::default(),
    };
    EmbeddedConfig { network: 33, ..EmbeddedConfig::new(world, 1) }
}

/// A client that behaves.
struct Good(TcpStream);

impl Good {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    fn ask(&mut self, frame: &[u8]) -> Vec<u8> {
        self.0.write_all(frame).unwrap();
        let mut frames = FrameDecoder::default();
        let mut buffer = [0; 4096];
        loop {
            if let Some(frame) = frames.next_frame().unwrap() {
                return frame.body;
            }
            let length = self.0.read(&mut buffer).expect("an answer in time");
            assert!(length > 0, "a good client's connection was closed");
            frames.push(&buffer[..length]);
        }
    }

    fn is_served(&mut self, value: i64) {
        let digest = Digest::of("demo", &UserKey::from(1));
        let fields = vec![Field::namespace("mydata"), Field::set("demo"), Field::digest(&digest)];
        let ops = vec![Op::write("v", &Value::Integer(value))];
        let request =
            Message { info2: Info2::WRITE, fields: fields.clone(), ops, ..Message::default() };
        let reply = Message::decode(&self.ask(&request.encode())).unwrap();
        assert!(reply.result_code.is_ok(), "{}", reply.result_code);
        let request = Message { info1: Info1::READ, fields, ..Message::default() };
        let request = Message { ops: vec![Op::read("v")], ..request };
        let reply = Message::decode(&self.ask(&request.encode())).unwrap();
        assert_eq!(reply.ops[0].data, value.to_be_bytes());
    }

    /// A big frame passes too, however many others were begun: its turn comes.
    fn is_served_at_length(&mut self) {
        let line = "x".repeat(100_000);
        let body = self.ask(&encode_frame(FrameType::Info, format!("{line}\n").as_bytes()));
        assert!(body.starts_with(line.as_bytes()));
    }
}

/// The process of the hostile clients.
struct Crowd {
    process: Child,
    orders: ChildStdin,
    reports: Receiver<u64>,
}

impl Crowd {
    fn gather(target: SocketAddr) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .env(TARGET, target.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = process.stdin.take().unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (report, reports) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                match line.strip_prefix("held ").and_then(|count| count.parse().ok()) {
                    Some(count) => report.send(count).unwrap_or_default(),
                    None => eprintln!("{line}"),
                }
            }
        });
        Self { process, orders, reports }
    }

    /// How many of its connections the node holds now.
    fn count(&mut self) -> u64 {
        self.orders.write_all(b"count\n").unwrap();
        self.reports.recv_timeout(PATIENCE).expect("the hostile clients report")
    }

    fn leave(mut self) {
        drop(self.orders);
        assert!(self.process.wait().unwrap().success());
    }
}

fn main() {
    match std::env::var(TARGET) {
        Ok(target) => be_hostile(target.parse().unwrap()),
        Err(_) => tokio::runtime::Runtime::new().unwrap().block_on(be_crowded()),
    }
}

/// Ten thousand hostile connections stay below the bound, and others are served.
async fn be_crowded() {
    let most = most_connections();
    let cluster = Embedded::start(one_node()).await.unwrap();
    let address = cluster.addresses(0)[0];
    let begun = Instant::now();
    while cluster.info(0, "partition-generation\n").await.unwrap().unwrap().contains("-1") {
        assert!(begun.elapsed() < PATIENCE, "the node never served");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let before = memory("VmRSS");
    let checked = tokio::task::spawn_blocking(move || {
        let mut early = Good::connect(address);
        early.is_served(1);
        let mut crowd = Crowd::gather(address);
        let held = crowd.count();
        early.is_served(2);
        Good::connect(address).is_served(3);
        let still = crowd.count();
        let peak = memory("VmHWM");
        crowd.leave();
        early.is_served(4);
        early.is_served_at_length();
        (held, still, peak)
    });
    let (held, still, peak) = checked.await.unwrap();
    let taken = peak.saturating_sub(before);
    let bound = usize::try_from(most).unwrap() * MEMORY_PER_CONNECTION + MEMORY;
    println!(
        "{held} hostile connections, {still} of them to the end: {} MiB at most, bound {} MiB",
        taken >> 20,
        bound >> 20
    );
    assert!(held >= most * 15 / 16 && still >= most * 15 / 16, "{held} and {still} of {most}");
    assert!(taken < bound, "{taken} of {bound} bytes");
}

/// The other side, in a process of its own.
fn be_hostile(target: SocketAddr) {
    let mut crowd = Vec::new();
    for index in 0..most_connections() {
        let hostility = Hostility::ALL[index as usize % Hostility::ALL.len()];
        let mut stream = TcpStream::connect(target).unwrap();
        stream.set_nonblocking(true).unwrap();
        // As much as goes; what the node does not take stays here.
        let _ = stream.write(&hostility.opening());
        crowd.push((hostility, stream));
    }
    let mut answer = [0; 1];
    for order in std::io::stdin().lines() {
        assert_eq!(order.unwrap(), "count");
        for (_, stream) in crowd.iter_mut().filter(|(kind, _)| *kind == Hostility::Slow) {
            let _ = stream.write(&[1]);
        }
        let held = crowd.iter().filter(|(_, stream)| match stream.peek(&mut answer) {
            Ok(length) => length > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        });
        eprintln!("held {}", held.count());
    }
}
