//! The cluster and the window that tests plan for.

use history::{Node, NodeId, Topology};

use crate::schedule::Window;

/// Six nodes in two sites: 1, 3 and 4 in the first, 0, 2 and 5 in the second.
pub(crate) fn stretch() -> Topology {
    let node = |id, site: u8| Node {
        id: NodeId(id),
        site,
        rack: 32 + u32::from(site),
        addresses: vec!["127.0.0.1:3000".to_owned()],
    };
    Topology {
        sites: vec!["london".to_owned(), "paris".to_owned()],
        nodes: vec![
            node(0xA882, 1),
            node(0xA600, 0),
            node(0xA517, 1),
            node(0xA352, 0),
            node(0xA129, 0),
            node(0xA70, 1),
        ],
    }
}

/// Twelve seconds of load with room for one cut of five.
pub(crate) fn window() -> Window {
    Window {
        load_ms: 12_000,
        quiet_before_ms: 2000,
        quiet_after_ms: 2000,
        quiet_between_ms: 2000,
        cut_ms: 5000,
        detection_ms: 500,
        clients: None,
    }
}
