//! What the injector asks of a cluster.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use history::{Interruption, Link, Topology};

/// A cluster as the injector sees it: handles to disturb it, handles to undo that, and probes.
pub trait Target: Send + Sync + 'static {
    /// Why a handle did not do its work.
    type Error: Display + Send;

    /// Sites and nodes.
    fn topology(&self) -> &Topology;

    /// Interrupts links until they are restored or `lease` is over, and names the interruption.
    fn interrupt(
        &self,
        links: &[Link],
        how: Interruption,
        lease: Duration,
    ) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// Begins an interruption's lease anew.
    fn renew(&self, interruption: u64) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Ends an interruption. One that has lapsed already is no error.
    fn restore(&self, interruption: u64) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Whether messages pass a link.
    fn is_open(&self, link: Link) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Kills a node's process.
    fn kill(&self, node: u8) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Starts a node's process again, with its data. One that runs is no error.
    fn start(&self, node: u8) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Stops a node's process in its tracks.
    fn pause(&self, node: u8) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Lets a paused process go on. One that runs is no error.
    fn resume(&self, node: u8) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Whether a node answers.
    fn answers(&self, node: u8) -> impl Future<Output = bool> + Send;

    /// Sets a node's wall clock off by so many ms; 0 sets it right.
    fn set_clock_offset(
        &self,
        node: u8,
        offset_ms: i64,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// By how many ms a node's wall clock is off.
    fn clock_offset_ms(&self, node: u8) -> impl Future<Output = Result<i64, Self::Error>> + Send;
}
