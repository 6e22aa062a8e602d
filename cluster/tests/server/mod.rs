//! Servers that answer info requests from a table, as a recorded server of the Community Edition did.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wire::FrameDecoder;

/// A server; it stops when the test's runtime does.
#[derive(Clone)]
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: String,
    answers: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Server {
    /// A server on a free port that knows no command.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let answers = Arc::new(Mutex::new(BTreeMap::new()));
        let server = Self { address, answers };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    /// Changes what it answers to a command.
    pub(crate) fn answer(&self, command: &str, value: impl Into<String>) {
        self.answers.lock().expect("no panic").insert(command.to_owned(), value.into());
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut frames = FrameDecoder::default();
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            frames.push(&buffer[..length]);
            while let Ok(Some(frame)) = frames.next_frame() {
                let commands = wire::info::decode_request(&frame.body).expect("a request");
                let reply = {
                    let answers = self.answers.lock().expect("no panic");
                    let unknown = "ERROR:4:unrecognized command";
                    let value = |c: &&str| answers.get(*c).map_or(unknown, String::as_str);
                    wire::info::encode_reply(commands.iter().map(|c| (*c, value(c))))
                };
                if stream.write_all(&reply).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// A cluster of two nodes, at rest.
pub(crate) async fn pair() -> [Server; 2] {
    let servers = [Server::start().await, Server::start().await];
    let ids = ["B11", "B21"];
    for (index, server) in servers.iter().enumerate() {
        let peer = &servers[1 - index].address;
        server.answer("node", ids[index]);
        server.answer("cluster-name", "stretch");
        server.answer("build", "8.1.2.0");
        server.answer("edition", "Aerospike Community Edition");
        server.answer("namespaces", "mydata");
        server.answer("peers-clear-std", format!("10,3000,[[{},,[{peer}]]]", ids[1 - index]));
        server.answer("rack-ids", "ERROR:25:enterprise only");
        server.answer(
            "get-config:context=network",
            "service.port=3000;heartbeat.interval=150;heartbeat.timeout=10",
        );
        server.answer(
            "statistics",
            "cluster_size=2;cluster_key=713BF13A1CB6;cluster_principal=B21;cluster_integrity=true",
        );
        server.answer(
            "namespace/mydata",
            "effective_replication_factor=2;objects=69;strong-consistency=false",
        );
    }
    servers
}
