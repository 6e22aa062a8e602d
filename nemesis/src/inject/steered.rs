//! Clusters that can be steered, as targets.

use std::time::Duration;

use cluster::{Cluster, ClusterError, InterruptionId};
use history::{Interruption, Link, Topology};

use super::Target;

impl Target for Cluster {
    type Error = ClusterError;

    fn topology(&self) -> &Topology {
        self.topology()
    }

    async fn interrupt(
        &self,
        links: &[Link],
        how: Interruption,
        lease: Duration,
    ) -> Result<u64, ClusterError> {
        self.interrupt(links, how, lease).await.map(|interruption| interruption.0)
    }

    async fn renew(&self, interruption: u64) -> Result<(), ClusterError> {
        self.renew(InterruptionId(interruption)).await
    }

    async fn restore(&self, interruption: u64) -> Result<(), ClusterError> {
        self.restore(InterruptionId(interruption)).await
    }

    async fn is_open(&self, link: Link) -> Result<bool, ClusterError> {
        self.is_open(link).await
    }

    async fn kill(&self, node: u8) -> Result<(), ClusterError> {
        self.kill(node).await
    }

    async fn start(&self, node: u8) -> Result<(), ClusterError> {
        self.start(node).await
    }

    async fn pause(&self, node: u8) -> Result<(), ClusterError> {
        self.pause(node).await
    }

    async fn resume(&self, node: u8) -> Result<(), ClusterError> {
        self.resume(node).await
    }

    async fn answers(&self, node: u8) -> bool {
        self.answers(node).await
    }

    async fn set_clock_offset(&self, node: u8, offset_ms: i64) -> Result<(), ClusterError> {
        self.set_clock_offset(node, offset_ms).await
    }

    async fn clock_offset_ms(&self, node: u8) -> Result<i64, ClusterError> {
        self.clock_offset_ms(node).await
    }
}
