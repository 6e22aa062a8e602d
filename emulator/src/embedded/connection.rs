//! One client connection: frames in, answers out, one at a time as the protocol has it.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};
use wire::admin::AdminMessage;
use wire::{FieldType, Frame, FrameDecoder, FrameType, Message, compression};

use super::engine::{Answered, Content, Request, Stay};
use super::listener::Door;
use super::room::{Part, Room};
use super::stream::Stream;
use crate::security::Caller;
use crate::world::Answer;

/// The longest frame body that a client may send, in bytes.
const FRAME_LIMIT: u64 = 16 * 1024 * 1024;
/// How long a client may take over a frame that it has begun, waiting for room included.
const FRAME_PATIENCE: Duration = Duration::from_secs(20);
/// How long a client may take to receive an answer.
const ANSWER_PATIENCE: Duration = Duration::from_secs(20);
/// How long a client may take over a TLS handshake.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);
/// How many bytes are read at once.
const READ_SIZE: usize = 16 * 1024;
/// What a row of a batch takes while it is served, in bytes, about.
const ROW_BYTES: usize = 1024;

/// A connection of a client to a node.
pub(super) struct Connection {
    door: Door,
    place: Arc<OwnedSemaphorePermit>,
    frames: FrameDecoder,
    /// Whoever logs in does so from there.
    stranger: Caller,
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
    /// A connection that was accepted on an address and has a place there.
    pub(super) fn new(door: Door, place: OwnedSemaphorePermit, from: IpAddr) -> Self {
        let frames = FrameDecoder::new(FRAME_LIMIT);
        let stranger = Caller::Stranger(from);
        Self { door, place: Arc::new(place), frames, caller: stranger.clone(), stranger }
    }

    /// Serves until the client goes or something breaks the connection.
    pub(super) async fn serve(mut self, socket: TcpStream) {
        // Without this a small answer waits for the client's next packet.
        let _ = socket.set_nodelay(true);
        let process = self.door.process.clone();
        let mut resets = self.door.resets.clone();
        let opened = tokio::select! {
            biased;
            () = process.cancelled() => return,
            _ = resets.wait_for(|resets| *resets > 0) => return,
            opened = timeout(HANDSHAKE_PATIENCE, Stream::open(socket, self.door.tls.as_ref())) => opened,
        };
        let Ok(Ok(mut stream)) = opened else { return };
        let end = tokio::select! {
            biased;
            () = process.cancelled() => End::Reset,
            _ = resets.wait_for(|resets| *resets > 0) => End::Reset,
            end = self.converse(&mut stream) => end.unwrap_or(End::Closed),
        };
        if matches!(end, End::Reset) {
            // Dropping the socket now resets the connection instead of ending it in order.
            let _ = stream.socket().set_zero_linger();
        }
    }

    async fn converse(&mut self, stream: &mut Stream) -> io::Result<End> {
        while let Some((frame, part)) = self.next_frame(stream).await? {
            let answered = tokio::select! {
                biased;
                answered = self.answer(frame, part) => answered,
                () = gone(stream.socket()) => return Ok(End::Closed),
            };
            let Some(answered) = answered else { return Ok(End::Reset) };
            let bytes = match &answered.answer {
                Answer::Bytes(bytes) => bytes,
                Answer::LoggedIn { user, bytes } => {
                    self.caller = Caller::User(Arc::clone(user));
                    bytes
                }
                Answer::Close => return Ok(End::Reset),
            };
            // Most answers fit into the socket at once, and nobody looks at the time.
            let sent = stream.try_write(bytes)?;
            if sent == bytes.len() {
                continue;
            }
            // Nothing is read meanwhile: who sends more than it takes is held up by its own socket.
            let written = async {
                stream.write_all(&bytes[sent..]).await?;
                stream.flush().await
            };
            match timeout(ANSWER_PATIENCE, written).await {
                Ok(written) => written?,
                Err(_) => return Ok(End::Reset),
            }
        }
        Ok(End::Closed)
    }

    /// The next frame and its part of the node's room, or `None` if the client went, took too long
    /// or sent what is no frame.
    async fn next_frame(&mut self, stream: &mut Stream) -> io::Result<Option<(Frame, Part)>> {
        let mut part: Part = None;
        let mut deadline = None;
        loop {
            match self.frames.next_frame() {
                Ok(Some(frame)) => return Ok(Some((frame, part))),
                Ok(None) => {}
                Err(_) => return Ok(None),
            }
            let length = if self.frames.is_empty() {
                self.read(stream, Room::SMALL).await?
            } else {
                let deadline = *deadline.get_or_insert_with(|| Instant::now() + FRAME_PATIENCE);
                if part.is_none() && self.frames.held() >= Room::SMALL {
                    // A frame of that length; its header came long ago.
                    let length = self.frames.awaited().unwrap_or(Room::SMALL + 1);
                    let Ok(waited) = timeout_at(deadline, self.door.room.request(length)).await
                    else {
                        return Ok(None);
                    };
                    part = waited.unwrap_or(None);
                }
                let most = match part {
                    Some(_) => READ_SIZE,
                    None => Room::SMALL.saturating_sub(self.frames.held()).max(1),
                };
                let Ok(read) = timeout_at(deadline, self.read(stream, most)).await else {
                    return Ok(None);
                };
                read?
            };
            if length == 0 {
                return Ok(None);
            }
        }
    }

    /// Reads up to `most` bytes; 0 is the end. The buffer is no part of the connection, so that one
    /// that is idle takes no memory for it.
    async fn read(&mut self, stream: &mut Stream, most: usize) -> io::Result<usize> {
        poll_fn(|context| {
            let mut buffer = [const { MaybeUninit::uninit() }; READ_SIZE];
            let mut read = ReadBuf::uninit(&mut buffer[..most.min(READ_SIZE)]);
            ready!(Pin::new(&mut *stream).poll_read(context, &mut read))?;
            self.frames.push(read.filled());
            Poll::Ready(Ok(read.filled().len()))
        })
        .await
    }

    /// The answer to a frame; `None` if it cannot be read or there is no room for what it takes.
    async fn answer(&self, mut frame: Frame, part: Part) -> Option<Answered> {
        let Door { node, site, engine, read_modes, room, .. } = &self.door;
        let mut inflated = None;
        if frame.frame_type == FrameType::Compressed {
            let announced = frame.body.first_chunk().copied().map_or(0, u64::from_be_bytes);
            inflated = room.more(usize::try_from(announced.min(FRAME_LIMIT)).ok()?).ok()?;
            frame = compression::decompress(&frame.body, FRAME_LIMIT).ok()?;
        }
        let logs_in =
            frame.frame_type == FrameType::Security && AdminMessage::is_login(&frame.body);
        let caller = if logs_in { self.stranger.clone() } else { self.caller.clone() };
        let mut rows = None;
        if frame.frame_type == FrameType::Info {
            let (node, connections) = (*node, room.connections());
            engine.control(move |world| world.note_connections(node, connections)).await.ok()?;
        }
        let message = match frame.frame_type {
            FrameType::Message => Message::decode(&frame.body).ok(),
            _ => None,
        };
        let content = match message {
            Some(message) => {
                read_modes.count(&message);
                rows = room.more(batch_rows(&message).saturating_mul(ROW_BYTES)).ok()?;
                Content::Message(message)
            }
            // Also a message that cannot be decoded: the world says what a server says to it.
            None => Content::Frame(frame),
        };
        let stay = Stay::with(Arc::clone(room), Arc::clone(&self.place), [part, inflated, rows]);
        Some(engine.request(Request { node: *node, site: *site, caller, content, stay }).await)
    }
}

/// How many rows a message announces as a batch.
fn batch_rows(message: &Message) -> usize {
    let batch = message.field(FieldType::BATCH).and_then(|field| field.data.first_chunk());
    batch.map_or(0, |count| u32::from_be_bytes(*count) as usize)
}

/// Waits until the client ends the connection. If it sends on instead, the end is not noticed
/// before that is read.
async fn gone(stream: &TcpStream) {
    match stream.peek(&mut [0]).await {
        Ok(0) | Err(_) => {}
        Ok(_) => std::future::pending().await,
    }
}
