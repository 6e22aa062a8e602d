//! Frames: the eight-byte header round every body.

use crate::DecodeError;

/// The protocol version, the first byte of every frame.
pub const VERSION: u8 = 2;
/// Length of the frame header in bytes.
pub const HEADER_LENGTH: usize = 8;
/// The longest body that a server accepts, in bytes.
pub const MAX_BODY: u64 = 128 * 1024 * 1024;

/// What a frame's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameType {
    /// Info requests or replies, text.
    Info,
    /// Login and user administration.
    Security,
    /// A data message.
    Message,
    /// A data message, compressed with zlib.
    Compressed,
}

impl FrameType {
    const fn code(self) -> u8 {
        match self {
            Self::Info => 1,
            Self::Security => 2,
            Self::Message => 3,
            Self::Compressed => 4,
        }
    }

    const fn from_code(code: u8) -> Result<Self, DecodeError> {
        match code {
            1 => Ok(Self::Info),
            2 => Ok(Self::Security),
            3 => Ok(Self::Message),
            4 => Ok(Self::Compressed),
            other => Err(DecodeError::FrameType(other)),
        }
    }
}

/// The header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// What the body is.
    pub frame_type: FrameType,
    /// Length of the body in bytes; 48 bits on the wire.
    pub length: u64,
}

impl FrameHeader {
    /// Reads a header.
    ///
    /// # Errors
    /// A version other than 2 (or 0, which old tools put before security frames), an unknown type,
    /// a body above `limit` bytes. A server closes the connection on any of these.
    pub fn decode(bytes: [u8; HEADER_LENGTH], limit: u64) -> Result<Self, DecodeError> {
        let word = u64::from_be_bytes(bytes);
        let old_tool = bytes[..2] == [0, FrameType::Security.code()];
        if bytes[0] != VERSION && !old_tool {
            return Err(DecodeError::Version(bytes[0]));
        }
        let frame_type = FrameType::from_code(bytes[1])?;
        let length = word & 0xFFFF_FFFF_FFFF;
        if length > limit {
            return Err(DecodeError::TooLong { what: "frame body", length, limit });
        }
        Ok(Self { frame_type, length })
    }

    /// Writes a header.
    #[must_use]
    pub fn encode(self) -> [u8; HEADER_LENGTH] {
        let mut bytes = (self.length & 0xFFFF_FFFF_FFFF).to_be_bytes();
        bytes[0] = VERSION;
        bytes[1] = self.frame_type.code();
        bytes
    }
}

/// A frame: what its body is, and the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What the body is.
    pub frame_type: FrameType,
    /// The body.
    pub body: Vec<u8>,
}

impl Frame {
    /// The frame's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode_frame(self.frame_type, &self.body)
    }
}

/// Puts a header before a body.
#[must_use]
pub fn encode_frame(frame_type: FrameType, body: &[u8]) -> Vec<u8> {
    let header = FrameHeader { frame_type, length: body.len() as u64 };
    let mut bytes = Vec::with_capacity(HEADER_LENGTH + body.len());
    bytes.extend_from_slice(&header.encode());
    bytes.extend_from_slice(body);
    bytes
}

/// Cuts a stream of bytes into frames.
///
/// Bytes go in with [`push`](Self::push) as they arrive, frames come out of
/// [`next_frame`](Self::next_frame). Memory grows with the bytes received, not with the length
/// that a header announces.
#[derive(Debug, Clone)]
pub struct FrameDecoder {
    buffer: Vec<u8>,
    limit: u64,
}

impl Default for FrameDecoder {
    fn default() -> Self {
        Self::new(MAX_BODY)
    }
}

impl FrameDecoder {
    /// A decoder that refuses bodies above `limit` bytes ([`MAX_BODY`] at most).
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self { buffer: Vec::new(), limit: limit.min(MAX_BODY) }
    }

    /// Takes in bytes as they were received.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, or `None` while it is incomplete.
    ///
    /// # Errors
    /// Those of [`FrameHeader::decode`]; the stream cannot be followed afterwards.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, DecodeError> {
        let Some(header) = self.buffer.first_chunk::<HEADER_LENGTH>() else { return Ok(None) };
        let header = FrameHeader::decode(*header, self.limit)?;
        let length =
            usize::try_from(header.length).map_err(|_| DecodeError::Malformed("frame length"))?;
        let end = HEADER_LENGTH + length;
        if self.buffer.len() < end {
            return Ok(None);
        }
        let rest = self.buffer.split_off(end);
        let mut body = std::mem::replace(&mut self.buffer, rest);
        body.drain(..HEADER_LENGTH);
        Ok(Some(Frame { frame_type: header.frame_type, body }))
    }

    /// How many bytes are held that did not come out yet.
    #[must_use]
    pub fn held(&self) -> usize {
        self.buffer.len()
    }

    /// The whole length of the frame that comes next, header and all, as its header announces it;
    /// `None` while there is no header, or no good one.
    #[must_use]
    pub fn awaited(&self) -> Option<usize> {
        let header = FrameHeader::decode(*self.buffer.first_chunk()?, self.limit).ok()?;
        usize::try_from(header.length).ok()?.checked_add(HEADER_LENGTH)
    }

    /// True when no byte of an unfinished frame is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_however_the_stream_is_cut() {
        let frames = [
            Frame { frame_type: FrameType::Info, body: b"node\n".to_vec() },
            Frame { frame_type: FrameType::Message, body: vec![] },
            Frame { frame_type: FrameType::Security, body: vec![7; 300] },
        ];
        let stream: Vec<u8> = frames.iter().flat_map(Frame::encode).collect();
        for cut in 1..20 {
            let mut decoder = FrameDecoder::default();
            let mut seen = Vec::new();
            for part in stream.chunks(cut) {
                assert_eq!(decoder.awaited().is_some(), decoder.held() >= HEADER_LENGTH);
                decoder.push(part);
                while let Some(frame) = decoder.next_frame().unwrap() {
                    seen.push(frame);
                }
            }
            assert_eq!(seen, frames);
            assert!(decoder.is_empty());
        }
    }

    #[test]
    fn a_bad_version_type_or_length_is_an_error() {
        let decode = |bytes| FrameHeader::decode(bytes, MAX_BODY);
        assert_eq!(decode([1, 3, 0, 0, 0, 0, 0, 0]), Err(DecodeError::Version(1)));
        assert_eq!(decode([0, 3, 0, 0, 0, 0, 0, 0]), Err(DecodeError::Version(0)));
        assert!(decode([0, 2, 0, 0, 0, 0, 0, 0]).is_ok(), "old tools do that");
        assert_eq!(decode([2, 0, 0, 0, 0, 0, 0, 0]), Err(DecodeError::FrameType(0)));
        assert_eq!(decode([2, 9, 0, 0, 0, 0, 0, 0]), Err(DecodeError::FrameType(9)));
        assert!(decode([2, 3, 0, 0, 8, 0, 0, 0]).is_ok(), "128 MiB is the last good length");
        assert!(matches!(decode([2, 3, 0, 0, 8, 0, 0, 1]), Err(DecodeError::TooLong { .. })));
    }

    #[test]
    fn a_smaller_limit_holds() {
        let mut decoder = FrameDecoder::new(4);
        decoder.push(&encode_frame(FrameType::Message, &[0; 5]));
        assert!(matches!(decoder.next_frame(), Err(DecodeError::TooLong { limit: 4, .. })));
    }
}
