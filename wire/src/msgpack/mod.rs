//! The dialect of MessagePack in which lists, maps and their operations are written.
//!
//! Texts and bytes are both raw strings whose first byte is the particle type. An ordered list
//! starts with an extension element, an ordered map with an extension key and a nil, whose tag is
//! the order. Two extensions with tag `0xFF` stand for "anything" and "greater than everything".

mod decode;
mod element;
mod encode;
mod order;

pub use decode::{decode, decode_one};
pub use element::{Element, List, Map, MapOrder};
pub use encode::{encode, encode_into, encode_list, encode_map};
pub use order::compare;

/// How deep lists and maps may be nested, so that no walk over them can exhaust the stack.
pub const MAX_DEPTH: usize = 64;
