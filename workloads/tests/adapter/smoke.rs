//! What every application does, through the client itself, in both modes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aerospike::operations::{self, lists, maps};
use aerospike::{
    BatchDeletePolicy, BatchOperation, BatchPolicy, BatchReadPolicy, BatchWritePolicy, Bin, Bins,
    Client, ClientPolicy, Error, GenerationPolicy, Key, PartitionFilter, QueryPolicy, ReadPolicy,
    RecordExistsAction, ResultCode, Statement, Value, WritePolicy,
};

use crate::cluster::Cluster;
use crate::settings::SEED;

const SET: &str = "smoke";

fn key(namespace: &str, number: i64) -> Key {
    Key::new(namespace, SET, Value::from(number)).unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ResultCode {
    result.expect_err("the server refuses").server_result_code().expect("the server says why")
}

/// How many records a query sees, with a limit or without (0).
async fn count(client: &Client, namespace: &str, max_records: u64) -> usize {
    let policy = QueryPolicy { max_records, ..QueryPolicy::default() };
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let statement = Statement::new(namespace, SET, Bins::All);
    let query = client.query_foreach(&policy, PartitionFilter::all(), statement, move |record| {
        record.expect("every row is a record");
        counter.fetch_add(1, Ordering::Relaxed);
        std::future::ready(true)
    });
    query.await.unwrap().wait().await.unwrap();
    seen.load(Ordering::Relaxed)
}

async fn smoke(client: &Client, namespace: &str) {
    let (read, write) = (ReadPolicy::default(), WritePolicy::default());
    let durable = WritePolicy { durable_delete: true, ..WritePolicy::default() };
    let one = key(namespace, -1);
    let bins = [Bin::new("n", 5.into()), Bin::new("text", "a".into())];
    client.put(&write, &one, &bins).await.unwrap();
    let record = client.get(&read, &one, Bins::All).await.unwrap();
    assert_eq!(record.generation, 1);
    assert_eq!(record.bins.get("n"), Some(&Value::from(5)));
    let steps = [
        operations::add(&Bin::new("n", 2.into())),
        lists::append(&lists::ListPolicy::default(), "list", 7.into()),
        maps::put(&maps::MapPolicy::default(), "map", "k".into(), "v".into()),
        operations::get_bin("n"),
        maps::get_by_key("map", "k".into(), maps::MapReturnType::VALUE),
    ];
    let record = client.operate(&write, &one, &steps).await.unwrap();
    let results = record.results.unwrap();
    assert_eq!(results[1..], [1.into(), 1.into(), 7.into(), "v".into()]);
    client.touch(&write, &one).await.unwrap();
    assert!(client.exists(&read, &one).await.unwrap());
    let stale = WritePolicy {
        generation: 1,
        generation_policy: GenerationPolicy::ExpectGenEqual,
        ..WritePolicy::default()
    };
    assert_eq!(code(client.put(&stale, &one, &bins).await), ResultCode::GenerationError);
    let create = WritePolicy {
        record_exists_action: RecordExistsAction::CreateOnly,
        ..WritePolicy::default()
    };
    assert_eq!(code(client.put(&create, &one, &bins).await), ResultCode::KeyExistsError);

    let policy = BatchWritePolicy::default();
    let put = |number: i64| {
        let steps = vec![operations::put(&Bin::new("n", number.into()))];
        BatchOperation::write(&policy, key(namespace, number), steps)
    };
    let mut writes: Vec<BatchOperation> = (0..100).map(put).collect();
    client.batch(&BatchPolicy::write_default(), &mut writes).await.unwrap();
    let policy = BatchReadPolicy::default();
    let get = |number| BatchOperation::read(&policy, key(namespace, number), Bins::All);
    let mut reads: Vec<BatchOperation> = (0..101).map(get).collect();
    client.batch(&BatchPolicy::default(), &mut reads).await.unwrap();
    for (number, row) in (0_i64..).zip(&reads) {
        let found = row.record().map(|record| record.bins["n"].clone());
        assert_eq!(found, (number < 100).then(|| number.into()));
    }
    assert_eq!(count(client, namespace, 0).await, 101);
    assert_eq!(count(client, namespace, 10).await, 10);

    assert!(client.delete(&durable, &one).await.unwrap());
    assert!(!client.delete(&durable, &one).await.unwrap());
    assert_eq!(code(client.get(&read, &one, Bins::All).await), ResultCode::KeyNotFoundError);
    let policy = BatchDeletePolicy { durable_delete: true, ..BatchDeletePolicy::default() };
    let delete = |number| BatchOperation::delete(&policy, key(namespace, number));
    let mut deletes: Vec<BatchOperation> = (0..100).map(delete).collect();
    client.batch(&BatchPolicy::write_default(), &mut deletes).await.unwrap();
    assert_eq!(count(client, namespace, 0).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_sees_what_it_sees_of_a_server() {
    let cluster = Cluster::start(SEED).await;
    let host = cluster.topology.nodes[1].addresses[0].clone();
    let client = Client::new(&ClientPolicy::default(), &host).await.unwrap();
    for namespace in ["mydata", "mydata_ap"] {
        smoke(&client, namespace).await;
    }
    client.close().await.unwrap();
}
