//! A server that knows nothing: it answers data messages with stored bytes, and info requests as
//! the emulated node does, so that official clients take it for a node.

use std::net::SocketAddr;
use std::sync::Arc;

use emulator::embedded::Embedded;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wire::frame::encode_frame;
use wire::{FrameDecoder, FrameType, Info2};

use crate::frames;

/// The server.
pub(crate) struct Bare {
    address: SocketAddr,
}

/// What it answers.
struct Stored {
    written: Vec<u8>,
    read: Vec<u8>,
}

impl Bare {
    /// Starts a server with the answers that `node` gives to one write and one read.
    pub(crate) async fn start(node: Arc<Embedded>) -> Self {
        let mut stream = TcpStream::connect(node.addresses(0)[0]).await.unwrap();
        let (mut written, mut read) = (Vec::new(), Vec::new());
        frames::exchange(&mut stream, &frames::write(0), &mut written).await;
        frames::exchange(&mut stream, &frames::read(0), &mut read).await;
        let stored = Arc::new(Stored { written, read });
        let listener = TcpListener::bind("127.34.9.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (node, stored) = (Arc::clone(&node), Arc::clone(&stored));
                tokio::spawn(async move { serve(stream, &node, &stored).await });
            }
        });
        Self { address }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Serves until the client goes.
async fn serve(mut stream: TcpStream, node: &Embedded, stored: &Stored) {
    stream.set_nodelay(true).unwrap();
    let mut frames = FrameDecoder::default();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        while let Some(frame) = frames.next_frame().unwrap() {
            let told;
            let answer = if frame.frame_type == FrameType::Info {
                let commands = String::from_utf8(frame.body).unwrap();
                let text = node.info(0, &commands).await.unwrap().unwrap();
                told = encode_frame(FrameType::Info, text.as_bytes());
                &told
            } else if Info2(frame.body[2]).has(Info2::WRITE) {
                &stored.written
            } else {
                &stored.read
            };
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(length) if length > 0 => frames.push(&buffer[..length]),
            _ => return,
        }
    }
}
