//! A cluster kept by one process and steered by another, here over one runtime.

mod server;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cluster::control::{Client, Server};
use cluster::table::View;
use cluster::{Cluster, ClusterError};
use server::pair;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// Keeps a running cluster of two behind a socket.
async fn keep(folder: &Path) -> tokio::task::JoinHandle<()> {
    let seed = pair().await[0].address.clone();
    let cluster = Cluster::hosts(&[seed], &["mydata"]).await.expect("it is there");
    let server = Server::bind(folder).await.expect("a free folder");
    tokio::spawn(async move { server.serve(Arc::new(cluster)).await })
}

#[tokio::test]
async fn a_kept_cluster_is_described_looked_at_and_stopped() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("state");
    let keeper = keep(&folder).await;
    let cluster = Cluster::kept(&folder).await.unwrap();
    assert_eq!(cluster.identity().name, "stretch");
    assert_eq!(cluster.namespaces(), ["mydata"]);
    cluster.wait_until_stable(Duration::from_secs(5)).await.unwrap();
    assert!(cluster.answers(0).await);
    let status = View::Status.table(&cluster.survey(View::Status, None).await).to_string();
    assert!(status.contains("*B21") && status.contains("713BF13A1CB6"), "{status}");
    let refused = cluster.kill(0).await.unwrap_err();
    assert!(matches!(&refused, ClusterError::Kept(why) if why.contains("only be loaded")));
    assert_eq!(cluster.standing().await.unwrap(), []);

    let client = Client::new(&folder);
    client.down().await.unwrap();
    keeper.await.unwrap();
    assert!(!client.is_kept().await);
    assert!(matches!(Cluster::kept(&folder).await, Err(ClusterError::NotKept(_))));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "the socket is gone");
}

#[tokio::test]
async fn one_folder_keeps_one_cluster() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("state");
    let keeper = keep(&folder).await;
    let error = Server::bind(&folder).await.unwrap_err();
    assert!(error.to_string().contains("`aerocert cluster down` stops it"), "{error}");
    keeper.abort();
}

#[tokio::test]
async fn a_socket_that_a_dead_process_left_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("state");
    let server = Server::bind(&folder).await.unwrap();
    let left = root.path().join("left");
    std::fs::rename(folder.join("control.sock"), &left).unwrap();
    drop(server);
    std::fs::rename(&left, folder.join("control.sock")).unwrap();
    assert!(matches!(Cluster::kept(&folder).await, Err(ClusterError::NotKept(_))));
    let keeper = keep(&folder).await;
    assert!(Client::new(&folder).is_kept().await);
    keeper.abort();
}

#[tokio::test]
async fn a_line_that_is_no_request_is_answered_and_the_next_is_served() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("state");
    let keeper = keep(&folder).await;
    let stream = UnixStream::connect(folder.join("control.sock")).await.unwrap();
    let mut stream = BufReader::new(stream);
    stream.write_all(b"{\"conquer\": 1}\n\"describe\"\n").await.unwrap();
    let mut lines = stream.lines();
    let odd = lines.next_line().await.unwrap().unwrap();
    assert!(odd.contains("not a request of this version"), "{odd}");
    let described = lines.next_line().await.unwrap().unwrap();
    assert!(described.contains("stretch"), "{described}");
    keeper.abort();
}
