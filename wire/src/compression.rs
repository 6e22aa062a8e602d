//! Compressed messages: a zlib stream of a whole message frame behind its size.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::cursor::Cursor;
use crate::frame::{FrameHeader, HEADER_LENGTH, encode_frame};
use crate::{DecodeError, Frame, FrameType};

/// Takes the message frame out of the body of a frame of type [`FrameType::Compressed`].
///
/// # Errors
/// A size above `limit` bytes, a stream that is not zlib or not of that size, an inner frame that
/// is not a message of that length.
pub fn decompress(body: &[u8], limit: u64) -> Result<Frame, DecodeError> {
    const MALFORMED: DecodeError = DecodeError::Malformed("compressed message");
    let mut cursor = Cursor::new(body);
    let length = cursor.u64("compressed message")?;
    let limit = limit.saturating_add(HEADER_LENGTH as u64);
    if length > limit {
        return Err(DecodeError::TooLong { what: "compressed message", length, limit });
    }
    let mut bytes = Vec::new();
    ZlibDecoder::new(cursor.rest())
        .take(length + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| MALFORMED)?;
    if bytes.len() as u64 != length {
        return Err(MALFORMED);
    }
    let header = *bytes.first_chunk::<HEADER_LENGTH>().ok_or(MALFORMED)?;
    let header = FrameHeader::decode(header, limit)?;
    bytes.drain(..HEADER_LENGTH);
    if header.frame_type != FrameType::Message || header.length != bytes.len() as u64 {
        return Err(MALFORMED);
    }
    Ok(Frame { frame_type: FrameType::Message, body: bytes })
}

/// Wraps a message frame into a compressed frame.
#[must_use]
pub fn compress(message: &Frame) -> Vec<u8> {
    let inner = message.encode();
    let mut body = (inner.len() as u64).to_be_bytes().to_vec();
    let mut encoder = ZlibEncoder::new(&mut body, Compression::fast());
    encoder
        .write_all(&inner)
        .and_then(|()| encoder.finish().map(drop))
        .expect("writing to memory cannot fail");
    encode_frame(FrameType::Compressed, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_compression() {
        let message = Frame { frame_type: FrameType::Message, body: vec![7; 5000] };
        let frame = compress(&message);
        assert!(frame.len() < 200);
        assert_eq!(decompress(&frame[8..], 5000), Ok(message));
        assert!(matches!(decompress(&frame[8..], 4999), Err(DecodeError::TooLong { .. })));
    }

    #[test]
    fn a_stream_longer_or_shorter_than_announced_is_refused() {
        let mut body = compress(&Frame { frame_type: FrameType::Message, body: vec![7; 50] });
        for announced in [57, 59] {
            body[8..16].copy_from_slice(&u64::to_be_bytes(announced));
            assert!(matches!(decompress(&body[8..], 1000), Err(DecodeError::Malformed(_))));
        }
        assert!(decompress(b"\0\0\0\0\0\0\0\x64x\x9c\0\0\0", 1000).is_err());
    }

    #[test]
    fn only_messages_may_be_compressed() {
        let info = compress(&Frame { frame_type: FrameType::Info, body: b"node\n".to_vec() });
        assert!(decompress(&info[8..], 1000).is_err());
    }
}
