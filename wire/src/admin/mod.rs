//! Security frames: login, and the administration of users and roles.

mod lists;
mod message;
mod privilege;

pub use lists::{decode_names, encode_names, encode_numbers};
pub use message::AdminMessage;
pub use privilege::{Permission, Privilege, decode_privileges, encode_privileges};
