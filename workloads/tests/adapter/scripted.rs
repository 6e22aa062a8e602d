//! A server that answers every data request as it is told: what no whole server does on demand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use history::{Node, NodeId, Topology};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How data requests are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// With a result code (for each row of a batch), 0 meaning success at generation 5.
    Code(u8),
    /// By closing the connection.
    Close,
    /// Not at all.
    Silence,
}

/// The only node of its cluster, master of every partition of `mydata` (strongly consistent) and
/// `mydata_ap`.
pub(crate) struct Scripted {
    address: SocketAddr,
    read_bits: Arc<AtomicU8>,
    accepting: JoinHandle<()>,
}

impl Scripted {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let read_bits = Arc::new(AtomicU8::new(0));
        let bits = Arc::clone(&read_bits);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script, Arc::clone(&bits)));
            }
        });
        Self { address, read_bits, accepting }
    }

    pub(crate) fn topology(&self) -> Topology {
        let addresses = vec![self.address.to_string()];
        let node = Node { id: NodeId(0xA1), site: 0, rack: 0, addresses };
        Topology { sites: vec!["london".to_owned()], nodes: vec![node] }
    }

    /// The info3 bits of the last batch's first row.
    pub(crate) fn read_bits(&self) -> u8 {
        self.read_bits.load(Ordering::Relaxed)
    }

    /// Accepts no more connections.
    pub(crate) fn refuse(&self) {
        self.accepting.abort();
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

const HEADER: usize = 8;
const INFO: u8 = 1;
const BATCH: u8 = 0x08;
const LAST: u8 = 0x01;

async fn serve(mut stream: TcpStream, script: Script, bits: Arc<AtomicU8>) {
    loop {
        let mut header = [0; HEADER];
        if stream.read_exact(&mut header).await.is_err() {
            return;
        }
        let mut length = [0; 8];
        length[2..].copy_from_slice(&header[2..]);
        let mut body = vec![0; u64::from_be_bytes(length) as usize];
        if stream.read_exact(&mut body).await.is_err() {
            return;
        }
        let answer = match (header[1], script) {
            (INFO, _) => info(&String::from_utf8_lossy(&body)).into_bytes(),
            (_, Script::Close) => return,
            (_, Script::Silence) => continue,
            (_, Script::Code(code)) if body[1] & BATCH != 0 => {
                bits.store(first_row_bits(&body), Ordering::Relaxed);
                rows(&body, code)
            }
            (_, Script::Code(code)) => message(code, 0, 0).to_vec(),
        };
        let mut frame = (answer.len() as u64).to_be_bytes();
        frame[..2].copy_from_slice(&[2, header[1]]);
        if stream.write_all(&[&frame[..], &answer].concat()).await.is_err() {
            return;
        }
    }
}

/// A message without fields and operations.
fn message(code: u8, info3: u8, row: u32) -> [u8; 22] {
    let mut message = [0; 22];
    message[0] = 22;
    message[3] = info3;
    message[5] = code;
    message[9] = 5;
    message[14..18].copy_from_slice(&row.to_be_bytes());
    message
}

/// The batch field begins after the message's header and the field's: a count, flags, then rows.
const ROWS: usize = 22 + 5;

fn rows(body: &[u8], code: u8) -> Vec<u8> {
    let count = u32::from_be_bytes(body[ROWS..ROWS + 4].try_into().unwrap());
    let mut answer: Vec<u8> = (0..count).flat_map(|row| message(code, 0, row)).collect();
    answer.extend(message(0, LAST, 0));
    answer
}

/// A row: its index, a digest, flags, info1, info2, info3.
fn first_row_bits(body: &[u8]) -> u8 {
    body[ROWS + 5 + 4 + 20 + 1 + 2]
}

fn info(commands: &str) -> String {
    // 512 bytes of ones in base64: every partition.
    let all = format!("{}//8=", "/".repeat(680));
    let answer = |command: &str| match command {
        "node" => "A1".to_owned(),
        "cluster-name" => "scripted".to_owned(),
        "build" => "8.1.2.0".to_owned(),
        "partition-generation" | "peers-generation" | "rebalance-generation" => "1".to_owned(),
        "peers-clear-std" => "1,3000,[]".to_owned(),
        "replicas" => format!("mydata:2,1,{all};mydata_ap:0,1,{all}"),
        _ => "ok".to_owned(),
    };
    commands.lines().map(|command| format!("{command}\t{}\n", answer(command))).collect()
}
