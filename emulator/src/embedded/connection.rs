//! One client connection: frames in, answers out, one at a time as the protocol has it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::{Frame, FrameDecoder, FrameType, compression};

use super::engine::Request;
use super::listener::Door;
use crate::security::Caller;
use crate::world::Answer;

/// The longest frame body that a client may send, in bytes.
const FRAME_LIMIT: u64 = 16 * 1024 * 1024;
/// How long a client may take to go on with a frame that it has begun.
const FRAME_PATIENCE: Duration = Duration::from_secs(60);
/// How many bytes are read at once.
const READ_SIZE: usize = 16 * 1024;

/// A connection of a client to a node.
pub(super) struct Connection {
    door: Door,
    frames: FrameDecoder,
    buffer: Vec<u8>,
    caller: Caller,
}

/// How a connection ends.
enum End {
    /// The client went, or sent what nobody answers: the socket is closed.
    Closed,
    /// The link or the node broke it: the socket is reset.
    Reset,
}

impl Connection {
    /// A connection that was accepted on an address.
    pub(super) fn new(door: Door) -> Self {
        Self {
            door,
            frames: FrameDecoder::new(FRAME_LIMIT),
            buffer: vec![0; READ_SIZE],
            caller: Caller::Nobody,
        }
    }

    /// Serves until the client goes or something breaks the connection.
    pub(super) async fn serve(mut self, mut stream: TcpStream) {
        // Without this a small answer waits for the client's next packet.
        let _ = stream.set_nodelay(true);
        let process = self.door.process.clone();
        let mut resets = self.door.resets.clone();
        let end = tokio::select! {
            biased;
            () = process.cancelled() => End::Reset,
            _ = resets.wait_for(|resets| *resets > 0) => End::Reset,
            end = self.converse(&mut stream) => end.unwrap_or(End::Closed),
        };
        if matches!(end, End::Reset) {
            // Dropping the socket now resets the connection instead of ending it in order.
            let _ = stream.set_zero_linger();
        }
    }

    async fn converse(&mut self, stream: &mut TcpStream) -> io::Result<End> {
        while let Some(frame) = self.next_frame(stream).await? {
            let answer = tokio::select! {
                answer = self.answer(frame) => answer,
                () = gone(stream) => return Ok(End::Closed),
            };
            match answer {
                Answer::Bytes(bytes) => stream.write_all(&bytes).await?,
                Answer::LoggedIn { user, bytes } => {
                    self.caller = Caller::User(user);
                    stream.write_all(&bytes).await?;
                }
                Answer::Close => return Ok(End::Reset),
            }
        }
        Ok(End::Closed)
    }

    /// The next frame, or `None` if the client went or sent what is no frame.
    async fn next_frame(&mut self, stream: &mut TcpStream) -> io::Result<Option<Frame>> {
        loop {
            match self.frames.next_frame() {
                Ok(Some(frame)) => return Ok(Some(frame)),
                Ok(None) => {}
                Err(_) => return Ok(None),
            }
            let read = stream.read(&mut self.buffer);
            let length = if self.frames.is_empty() {
                read.await?
            } else {
                tokio::time::timeout(FRAME_PATIENCE, read).await??
            };
            if length == 0 {
                return Ok(None);
            }
            self.frames.push(&self.buffer[..length]);
        }
    }

    async fn answer(&self, mut frame: Frame) -> Answer {
        if frame.frame_type == FrameType::Compressed {
            match compression::decompress(&frame.body, FRAME_LIMIT) {
                Ok(inner) => frame = inner,
                Err(_) => return Answer::Close,
            }
        }
        let Door { node, site, engine, read_modes, .. } = &self.door;
        if frame.frame_type == FrameType::Message {
            read_modes.count(&frame.body);
        }
        let caller = self.caller.clone();
        engine.request(Request { node: *node, site: *site, caller, frame }).await
    }
}

/// Waits until the client ends the connection. If it sends on instead, the end is not noticed
/// before that is read.
async fn gone(stream: &TcpStream) {
    match stream.peek(&mut [0]).await {
        Ok(0) | Err(_) => {}
        Ok(_) => std::future::pending().await,
    }
}
