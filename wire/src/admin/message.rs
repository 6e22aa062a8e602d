//! A security request or reply.

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
    /// Create a user.
    pub const CREATE_USER: u8 = 1;
    /// Drop a user.
    pub const DROP_USER: u8 = 2;
    /// Set the password of any user.
    pub const SET_PASSWORD: u8 = 3;
    /// Change one's own password.
    pub const CHANGE_PASSWORD: u8 = 4;
    /// Add roles to a user.
    pub const GRANT_ROLES: u8 = 5;
    /// Take roles from a user.
    pub const REVOKE_ROLES: u8 = 6;
    /// List one user, or all.
    pub const QUERY_USERS: u8 = 9;
    /// Create a role.
    pub const CREATE_ROLE: u8 = 10;
    /// Drop a role.
    pub const DROP_ROLE: u8 = 11;
    /// Add privileges to a role.
    pub const GRANT_PRIVILEGES: u8 = 12;
    /// Take privileges from a role.
    pub const REVOKE_PRIVILEGES: u8 = 13;
    /// List one role, or all.
    pub const QUERY_ROLES: u8 = 16;
    /// Set the addresses from which users of a role may log in; without any: from everywhere.
    pub const SET_WHITELIST: u8 = 14;
    /// Limits what the users of a role may do in a second.
    pub const SET_QUOTAS: u8 = 15;
    /// Log in by user and credential.
    pub const LOGIN: u8 = 20;
    /// Field: user name.
    pub const USER: u8 = 0;
    /// Field: a hashed password to set.
    pub const PASSWORD: u8 = 1;
    /// Field: the hashed password so far.
    pub const OLD_PASSWORD: u8 = 2;
    /// Field: hashed password.
    pub const CREDENTIAL: u8 = 3;
    /// Field: clear password.
    pub const CLEAR_PASSWORD: u8 = 4;
    /// Field: session token.
    pub const SESSION_TOKEN: u8 = 5;
    /// Field: how long the session lasts, in seconds.
    pub const SESSION_TTL: u8 = 6;
    /// Field: names of roles.
    pub const ROLES: u8 = 10;
    /// Field: name of a role.
    pub const ROLE: u8 = 11;
    /// Field: privileges.
    pub const PRIVILEGES: u8 = 12;
    /// Field: addresses, joined by commas.
    pub const WHITELIST: u8 = 13;
    /// Field: reads a second.
    pub const READ_QUOTA: u8 = 14;
    /// Field: writes a second.
    pub const WRITE_QUOTA: u8 = 15;
    /// Field: reads of a user by kind, in numbers.
    pub const READ_INFO: u8 = 16;
    /// Field: writes of a user by kind, in numbers.
    pub const WRITE_INFO: u8 = 17;
    /// Field: open connections of a user.
    pub const CONNECTIONS: u8 = 18;

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

    /// Whether a body asks to log in, by whatever means.
    #[must_use]
    pub fn is_login(body: &[u8]) -> bool {
        body.get(2).is_some_and(|command| matches!(*command, Self::LOGIN | Self::AUTHENTICATE))
    }

    /// A field's bytes.
    #[must_use]
    pub fn field(&self, id: u8) -> Option<&[u8]> {
        self.fields.iter().find(|(known, _)| *known == id).map(|(_, data)| data.as_slice())
    }

    /// The message as a whole frame, with at most 255 fields.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        Self::encode_all(std::slice::from_ref(self))
    }

    /// Messages in one frame: the rows of a list, and its end.
    #[must_use]
    pub fn encode_all(messages: &[Self]) -> Vec<u8> {
        let mut body = Vec::new();
        for message in messages {
            message.encode_into(&mut body);
        }
        encode_frame(FrameType::Security, &body)
    }

    fn encode_into(&self, body: &mut Vec<u8>) {
        let n_fields = u8::try_from(self.fields.len()).unwrap_or(u8::MAX);
        let mut header = [0; HEADER_LENGTH];
        header[1..4].copy_from_slice(&[self.result_code.0, self.command, n_fields]);
        body.extend(header);
        for (id, data) in self.fields.iter().take(usize::from(n_fields)) {
            put_length(body, data.len() + 1);
            body.push(*id);
            body.extend_from_slice(data);
        }
    }

    /// A reply that says only how it went.
    #[must_use]
    pub fn reply(result_code: ResultCode) -> Self {
        Self { result_code, ..Self::default() }
    }
}
