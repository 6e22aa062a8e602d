//! Info requests over TCP.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wire::{FrameDecoder, FrameType};

use crate::ClusterError;

/// How long a node may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1500);
/// The longest answer that is read, in bytes: many namespaces' partition maps.
const LONGEST_ANSWER: u64 = 64 << 20;

/// Asks a server, over a connection of its own.
///
/// # Errors
/// Nobody answers in time, or somebody that is no Aerospike server.
pub(crate) async fn ask(
    address: &str,
    commands: &[String],
) -> Result<BTreeMap<String, String>, ClusterError> {
    let unreachable = |why: String| ClusterError::Unreachable { address: address.to_owned(), why };
    let foreign = |why: String| ClusterError::Foreign { address: address.to_owned(), why };
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    let exchanged = timeout(PATIENCE, exchange(address, wire::info::encode_request(&commands)));
    match exchanged.await {
        Err(_) => Err(unreachable(format!("nothing within {} ms", PATIENCE.as_millis()))),
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
            Err(foreign(error.to_string()))
        }
        Ok(Err(error)) => Err(unreachable(error.to_string())),
        Ok(Ok(body)) => wire::info::decode_reply(&body).map_err(|error| foreign(error.to_string())),
    }
}

/// Sends a frame and gives the body of the info frame that comes back.
async fn exchange(address: &str, request: Vec<u8>) -> io::Result<Vec<u8>> {
    let odd = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request).await?;
    let mut frames = FrameDecoder::new(LONGEST_ANSWER);
    let mut buffer = vec![0; 1 << 16];
    loop {
        if let Some(frame) = frames.next_frame().map_err(|error| odd(error.to_string()))? {
            return match frame.frame_type {
                FrameType::Info => Ok(frame.body),
                other => Err(odd(format!("a frame of type {other:?}"))),
            };
        }
        match stream.read(&mut buffer).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => frames.push(&buffer[..length]),
        }
    }
}
