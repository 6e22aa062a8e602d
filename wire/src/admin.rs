//! Security frames, as far as a server without users needs them.

use crate::cursor::{Cursor, put_length};
use crate::frame::encode_frame;
use crate::{DecodeError, FrameType, ResultCode};

/// Length of the header of a security body in bytes.
const HEADER_LENGTH: usize = 16;

/// A security request or reply.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AdminMessage {
    /// Result, in replies.
    pub result_code: ResultCode,
    /// What is asked: see the constants.
    pub command: u8,
    /// Field ids and their bytes.
    pub fields: Vec<(u8, Vec<u8>)>,
}

impl AdminMessage {
    /// Authenticate a connection by a session token.
    pub const AUTHENTICATE: u8 = 0;
    /// Log in by user and credential.
    pub const LOGIN: u8 = 20;
    /// Field: user name.
    pub const USER: u8 = 0;
    /// Field: hashed password.
    pub const CREDENTIAL: u8 = 3;
    /// Field: clear password.
    pub const CLEAR_PASSWORD: u8 = 4;
    /// Field: session token.
    pub const SESSION_TOKEN: u8 = 5;
    /// Field: how long the session lasts, in seconds.
    pub const SESSION_TTL: u8 = 6;

    /// Reads the body of a frame of type [`FrameType::Security`].
    ///
    /// # Errors
    /// A body that ends early or goes on. An empty field has no id and is malformed.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new(body);
        let header = cursor.array::<HEADER_LENGTH>("security header")?;
        let [_, result_code, command, n_fields, ..] = header;
        let mut fields = Vec::new();
        for _ in 0..n_fields {
            let (&id, data) = cursor
                .sized("security field")?
                .split_first()
                .ok_or(DecodeError::Malformed("security field"))?;
            fields.push((id, data.to_vec()));
        }
        cursor.finish("security message")?;
        Ok(Self { result_code: ResultCode(result_code), command, fields })
    }

    /// The message as a whole frame, with at most 255 fields.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let n_fields = u8::try_from(self.fields.len()).unwrap_or(u8::MAX);
        let mut body = vec![0; HEADER_LENGTH];
        body[1..4].copy_from_slice(&[self.result_code.0, self.command, n_fields]);
        for (id, data) in self.fields.iter().take(usize::from(n_fields)) {
            put_length(&mut body, data.len() + 1);
            body.push(*id);
            body.extend_from_slice(data);
        }
        encode_frame(FrameType::Security, &body)
    }

    /// A reply that says only how it went.
    #[must_use]
    pub fn reply(result_code: ResultCode) -> Self {
        Self { result_code, ..Self::default() }
    }
}
