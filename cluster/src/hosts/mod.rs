//! The backend *hosts*: a running cluster, found by seed addresses. It can be looked at and loaded.

mod backend;
mod find;
mod peers;

pub(crate) use backend::Hosts;
