//! The Aerospike protocol: bytes to values and back, without IO.
//!
//! A connection carries frames ([`frame`]): an eight-byte header and a body of a known kind. Bodies
//! are data messages ([`message`], made of [`field`]s and [`op`]s), info requests ([`info`]) or
//! security frames ([`admin`]). Data messages speak of records by [`digest`], and carry values
//! ([`value`]) whose lists and maps are written in a dialect of MessagePack ([`msgpack`]).
//!
//! Every decoder bounds every length by the bytes at hand before it allocates, and answers bad input
//! with a [`DecodeError`]; none panics. Integers are big-endian unless a field says otherwise.

pub mod admin;
pub mod batch;
pub mod cdt;
pub mod compression;
pub mod digest;
pub mod field;
pub mod flags;
pub mod frame;
pub mod info;
pub mod message;
pub mod msgpack;
pub mod op;
pub mod query;
pub mod replicas;
pub mod result_code;
pub mod value;

mod cursor;
mod error;
mod serial;

pub use digest::{Digest, UserKey};
pub use error::DecodeError;
pub use field::{Field, FieldType};
pub use flags::{Info1, Info2, Info3, Info4, ReadMode};
pub use frame::{Frame, FrameDecoder, FrameType};
pub use message::Message;
pub use msgpack::Element;
pub use op::{Op, OpCode};
pub use result_code::ResultCode;
pub use value::{ParticleType, Value};
