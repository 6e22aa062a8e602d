//! A client that does nothing but send frames and receive their answers.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wire::{Digest, Field, Info1, Info2, Message, Op, UserKey, Value};

use crate::node::NAMESPACE;

/// Keys that are written and read.
const KEYS: i64 = 1000;

/// A write of a key, as a frame.
pub(crate) fn write(key: i64) -> Vec<u8> {
    let ops = vec![Op::write("v", &Value::Integer(key))];
    Message { info2: Info2::WRITE, fields: fields(key), ops, ..Message::default() }.encode()
}

/// A read of a key, as a frame.
pub(crate) fn read(key: i64) -> Vec<u8> {
    let info1 = Info1::READ | Info1::GET_ALL;
    Message { info1, fields: fields(key), ..Message::default() }.encode()
}

fn fields(key: i64) -> Vec<Field> {
    let digest = Digest::of("set", &UserKey::from(key));
    vec![Field::namespace(NAMESPACE), Field::set("set"), Field::digest(&digest)]
}

/// Sends a frame and receives one.
pub(crate) async fn exchange(stream: &mut TcpStream, request: &[u8], answer: &mut Vec<u8>) {
    stream.write_all(request).await.unwrap();
    answer.clear();
    loop {
        assert!(stream.read_buf(answer).await.unwrap() > 0, "the server closed a connection");
        let header = answer.first_chunk::<8>().map(|header| u64::from_be_bytes(*header));
        let length = header.map_or(usize::MAX, |header| 8 + (header & 0xFFFF_FFFF_FFFF) as usize);
        if answer.len() >= length {
            return;
        }
    }
}

/// So many processes write and read in turns for so long; how many operations succeeded.
pub(crate) async fn load(server: SocketAddr, processes: usize, lasting: Duration) -> u64 {
    let end = Instant::now() + lasting;
    let mut tasks = JoinSet::new();
    for process in 0..processes as i64 {
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(server).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut answer = Vec::new();
            let mut count = 0;
            while Instant::now() < end {
                let key = (process * 31 + count as i64 / 2) % KEYS;
                let request = if count % 2 == 0 { write(key) } else { read(key) };
                exchange(&mut stream, &request, &mut answer).await;
                assert_eq!(answer[13], 0, "a refusal");
                count += 1;
            }
            count
        });
    }
    tasks.join_all().await.into_iter().sum()
}
