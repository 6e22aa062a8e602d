//! A cluster kept by one process and steered by others, over a Unix socket in a state folder.
//!
//! One JSON value per line: a [`Request`], then a [`Response`]. Only the folder's owner gets in.
//! Interruptions are leased, so that whatever a controller began ends by itself when it dies.

mod client;
mod folder;
mod message;
mod server;

pub use client::Client;
pub use folder::default_folder;
pub use message::{Description, Request, Response};
pub use server::Server;
