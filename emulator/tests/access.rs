//! Alternate addresses and TLS: every entrance of a node is served, told, and stands again after a
//! restart.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use aerocert_emulator::defect::Defects;
use aerocert_emulator::embedded::{Embedded, EmbeddedConfig, Tls};
use aerocert_emulator::node::{Access, Entrance, Heartbeat, Mode, NamespaceConfig, Place};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::world::{Delays, WorldConfig};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use wire::info::{decode_reply, encode_request};

const NAME: &str = "aerocert.test";

/// A certificate on disk, and a client that trusts it.
struct Certificate {
    folder: tempfile::TempDir,
    trusting: Arc<ClientConfig>,
}

impl Certificate {
    fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([NAME.to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("node.pem"), cert.pem()).unwrap();
        std::fs::write(folder.path().join("node.key"), signing_key.serialize_pem()).unwrap();
        Self { folder, trusting: trusting(cert.der().clone()) }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn tls(&self) -> Tls {
        Tls::load(NAME, &self.path("node.pem"), &self.path("node.key"), 0).unwrap()
    }
}

fn trusting(certificate: CertificateDer<'static>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

async fn cluster(network: u8, alternate: bool, tls: Option<Tls>) -> Embedded {
    let places = [0xA1, 0xA2].map(|id| Place {
        id: NodeId(id),
        site: 0,
        rack: 0,
        stay_quiesced: false,
        addresses: Vec::new(),
        access: Access::default(),
    });
    let world = WorldConfig {
        cluster_name: "entrances".into(),
        sites: 2,
        places: places.to_vec(),
        heartbeat: Heartbeat { interval_ms: 50, timeout: 10 },
        namespaces: vec![NamespaceConfig::new("mydata", Mode::Ap)],
        delays: Delays::default(),
        security: false,
        defects: Defects::default(),
    };
    let config = EmbeddedConfig { network, alternate, tls, ..EmbeddedConfig::new(world, 1) };
    let cluster = Embedded::start(config).await.unwrap();
    for _ in 0..200 {
        let stable = cluster.info(0, "cluster-stable:size=2\n").await.unwrap();
        if stable.is_some_and(|answer| !answer.contains("ERROR")) {
            return cluster;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the nodes did not find each other")
}

async fn ask(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    commands: &[&str],
) -> BTreeMap<String, String> {
    stream.write_all(&encode_request(commands)).await.unwrap();
    stream.flush().await.unwrap();
    let mut header = [0; 8];
    stream.read_exact(&mut header).await.unwrap();
    let length = u64::from_be_bytes(header) & 0xFFFF_FFFF_FFFF;
    let mut body = vec![0; length as usize];
    stream.read_exact(&mut body).await.unwrap();
    decode_reply(&body).unwrap()
}

async fn ask_secured(
    address: SocketAddr,
    client: &Arc<ClientConfig>,
    commands: &[&str],
) -> std::io::Result<BTreeMap<String, String>> {
    let name = ServerName::try_from(NAME).unwrap();
    let socket = TcpStream::connect(address).await?;
    let stream = TlsConnector::from(Arc::clone(client)).connect(name, socket).await?;
    Ok(ask(stream, commands).await)
}

const QUESTIONS: [&str; 10] = [
    "service-clear-std",
    "service-clear-alt",
    "service-tls-std",
    "service-tls-alt",
    "peers-clear-std",
    "peers-clear-alt",
    "peers-tls-std",
    "peers-tls-alt",
    "services-alternate",
    "endpoints",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_entrance_is_served_and_told_by_its_site() {
    let certificate = Certificate::new();
    let cluster = cluster(36, true, Some(certificate.tls())).await;
    let at = |node, entrance, site: usize| match entrance {
        Entrance::Standard => cluster.addresses(node)[site],
        entrance => cluster.addresses_for(node, entrance)[site],
    };
    for site in [0, 1] {
        let [clear, alternate, tls, tls_alternate] =
            [Entrance::Standard, Entrance::Alternate, Entrance::Tls, Entrance::TlsAlternate]
                .map(|entrance| [at(0, entrance, site), at(1, entrance, site)]);
        let peers = |addresses: [SocketAddr; 2], name: &str| {
            format!("1,{},[[A2,{name},[{}]]]", addresses[0].port(), addresses[1].ip())
        };
        let wanted = [
            clear[0].to_string(),
            alternate[0].to_string(),
            tls[0].to_string(),
            tls_alternate[0].to_string(),
            peers(clear, ""),
            peers(alternate, ""),
            peers(tls, NAME),
            peers(tls_alternate, NAME),
            alternate[1].to_string(),
        ];
        let mut answers = Vec::new();
        for address in [clear[0], alternate[0]] {
            answers.push(ask(TcpStream::connect(address).await.unwrap(), &QUESTIONS).await);
        }
        for address in [tls[0], tls_alternate[0]] {
            let answer = ask_secured(address, &certificate.trusting, &QUESTIONS).await;
            answers.push(answer.unwrap());
        }
        for answer in answers {
            let said: Vec<String> = QUESTIONS[..9].iter().map(|one| answer[*one].clone()).collect();
            assert_eq!(said, wanted);
            for (key, address) in [
                ("alternate-access-addresses", alternate[0]),
                ("tls-access-addresses", tls[0]),
                ("tls-alternate-access-addresses", tls_alternate[0]),
            ] {
                let pair = format!(";service.{key}={};", address.ip());
                assert!(answer["endpoints"].contains(&pair), "{pair}");
            }
        }
    }
    let config = cluster.info(0, "get-config:context=network\n").await.unwrap().unwrap();
    let port = at(0, Entrance::Tls, 0).port();
    assert!(config.contains(&format!(";service.tls-port={port};")), "{config}");
    assert!(config.contains(&format!(";service.tls-name={NAME};")), "{config}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_refused_to_who_does_not_trust_it_and_stands_again_after_a_restart() {
    let certificate = Certificate::new();
    let cluster = cluster(37, false, Some(certificate.tls())).await;
    let address = cluster.addresses_for(0, Entrance::Tls)[0];
    let stranger = Certificate::new().trusting;
    assert!(ask_secured(address, &stranger, &["node"]).await.is_err(), "another authority");
    // Who speaks no TLS there is not answered, and does not keep the door shut for others.
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(&encode_request(&["node"])).await.unwrap();
    let mut rest = Vec::new();
    let _ = plain.read_to_end(&mut rest).await;
    assert!(!String::from_utf8_lossy(&rest).contains("A1"));
    let node = |answer: BTreeMap<String, String>| answer["node"].clone();
    let told = ask_secured(address, &certificate.trusting, &["node"]).await.unwrap();
    assert_eq!(node(told), "A1");
    cluster.kill(0).await.unwrap();
    assert!(ask_secured(address, &certificate.trusting, &["node"]).await.is_err());
    cluster.start_node(0, true).await.unwrap();
    let told = ask_secured(address, &certificate.trusting, &["node"]).await.unwrap();
    assert_eq!(node(told), "A1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_of_clients_are_counted_at_every_entrance() {
    let certificate = Certificate::new();
    let cluster = cluster(38, true, Some(certificate.tls())).await;
    let mut counted = Vec::new();
    let mut open = Vec::new();
    for entrance in [cluster.addresses(0), cluster.addresses_for(0, Entrance::Alternate)] {
        let mut socket = TcpStream::connect(entrance[0]).await.unwrap();
        counted.push(ask(&mut socket, &["statistics"]).await["statistics"].clone());
        open.push(socket);
    }
    let secured = cluster.addresses_for(0, Entrance::Tls)[0];
    let told = ask_secured(secured, &certificate.trusting, &["statistics"]).await.unwrap();
    counted.push(told["statistics"].clone());
    for (statistics, count) in counted.iter().zip(1..) {
        assert!(statistics.contains(&format!(";client_connections={count};")), "{statistics}");
    }
    drop(open.pop());
    for _ in 0..200 {
        let told = ask(&mut open[0], &["statistics"]).await["statistics"].clone();
        if told.contains(
            ";client_connections=1;client_connections_opened=3;client_connections_closed=2;",
        ) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("a connection that is over is still counted");
}

#[test]
fn files_that_cannot_be_shown_are_refused_by_name() {
    let (one, other) = (Certificate::new(), Certificate::new());
    std::fs::write(one.path("empty.pem"), "nothing").unwrap();
    for (certificate, key, text) in [
        (one.path("nowhere.pem"), one.path("node.key"), "nowhere.pem holds no certificate"),
        (one.path("empty.pem"), one.path("node.key"), "empty.pem holds no certificate"),
        (one.path("node.pem"), one.path("empty.pem"), "empty.pem holds no private key"),
        (one.path("node.pem"), other.path("node.key"), "cannot be shown with that key"),
    ] {
        let error = Tls::load(NAME, &certificate, &key, 0).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}
