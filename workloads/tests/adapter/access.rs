//! The client over TLS, and by alternate addresses.

use std::sync::Arc;

use aerospike::{Bin, Bins, Client, ClientPolicy, Key, ReadPolicy, TlsPolicy, Value, WritePolicy};
use emulator::embedded::Tls;
use emulator::node::Entrance;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ClientConfig, RootCertStore};

use crate::cluster::Cluster;
use crate::settings::SEED;

const NAME: &str = "aerocert.test";

/// A certificate for the cluster, and a client's settings that trust it.
fn certificate() -> (Tls, TlsPolicy) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([NAME.to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (folder.path().join("node.pem"), folder.path().join("node.key"));
    std::fs::write(&chain, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let client = builder.with_root_certificates(roots).with_no_client_auth();
    (Tls::load(NAME, &chain, &key, 0).unwrap(), TlsPolicy::new(client))
}

/// Writes and reads through every node; at which addresses the client found them.
async fn used(policy: &ClientPolicy, seed: &str) -> Vec<String> {
    let client = Client::new(policy, &seed.to_owned()).await.unwrap();
    for number in 0..60 {
        let key = Key::new("mydata", "access", Value::from(number)).unwrap();
        let bins = [Bin::new("n", number.into())];
        client.put(&WritePolicy::default(), &key, &bins).await.unwrap();
        let record = client.get(&ReadPolicy::default(), &key, Bins::All).await.unwrap();
        assert_eq!(record.bins.get("n"), Some(&Value::from(number)));
    }
    let mut addresses: Vec<String> =
        client.nodes().iter().map(|node| node.address().to_owned()).collect();
    addresses.sort();
    client.close().await.unwrap();
    addresses
}

fn all(cluster: &Cluster, entrance: Entrance) -> Vec<String> {
    let addresses =
        (0..6).map(|node| cluster.embedded.addresses_for(node, entrance)[0].to_string());
    let mut addresses: Vec<String> = addresses.collect();
    addresses.sort();
    addresses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_works_over_tls_and_by_alternate_addresses() {
    let (tls, trusting) = certificate();
    let cluster = Cluster::start_with(SEED, |config| {
        config.alternate = true;
        config.tls = Some(tls);
    })
    .await;
    let at = |entrance| cluster.embedded.addresses_for(1, entrance)[0];
    let seed = |entrance: Entrance| {
        let address = at(entrance);
        let name = if entrance.is_tls() { format!("{NAME}:") } else { String::new() };
        format!("{}:{name}{}", address.ip(), address.port())
    };
    for entrance in [Entrance::Alternate, Entrance::Tls, Entrance::TlsAlternate] {
        let policy = ClientPolicy {
            tls_policy: entrance.is_tls().then(|| trusting.clone()),
            use_services_alternate: entrance != Entrance::Tls,
            ..ClientPolicy::default()
        };
        assert_eq!(used(&policy, &seed(entrance)).await, all(&cluster, entrance), "{entrance:?}");
    }
    let (_, stranger) = certificate();
    let policy = ClientPolicy { tls_policy: Some(stranger), ..ClientPolicy::default() };
    assert!(Client::new(&policy, &seed(Entrance::Tls)).await.is_err(), "another authority");
}
