/// Why bytes are not the value they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The input ended inside a value.
    #[error("input ends inside {0}")]
    Truncated(&'static str),
    /// Bytes were left over after the last value.
    #[error("{0} is followed by bytes that belong to nothing")]
    Trailing(&'static str),
    /// A protocol version other than 2.
    #[error("protocol version {0} instead of 2")]
    Version(u8),
    /// A frame type that no peer sends.
    #[error("unknown frame type {0}")]
    FrameType(u8),
    /// A length above the limit that holds here.
    #[error("{what} of {length} bytes is above the limit of {limit}")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// The length that was announced, in bytes.
        length: u64,
        /// The longest that is accepted, in bytes.
        limit: u64,
    },
    /// A value of a wrong length or shape.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// Lists and maps inside each other beyond [`crate::msgpack::MAX_DEPTH`].
    #[error("lists and maps are nested too deeply")]
    TooDeep,
}
