//! `node`: one emulated server as a process of its own.

use crate::cli::Node;
use crate::exit::{Exit, Failure};

pub(super) fn node(arguments: &Node) -> Result<Exit, Failure> {
    let Node { plan, node, folder } = arguments;
    super::runtime()?
        .block_on(cluster::run_node(plan, *node, folder))
        .map_err(Failure::harness)
        .map(|()| Exit::Met)
}
