//! Users, roles, logins, and who may do what.
//!
//! Only a cluster that is configured with security looks at any of this. Users and roles are spread
//! with the heartbeats and merged by generation, as the server does with its system metadata.

mod access;
mod administration;
mod allowlist;
mod directory;
mod session;

pub use access::{Caller, permits_command, permits_row};
pub use administration::answer;
pub use directory::Directory;
pub use session::Sessions;
