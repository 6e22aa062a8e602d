//! `partition-info`: what a node holds, partition by partition.

use crate::node::PartitionView;
use crate::partition::NodeId;

/// The names of the columns of `partition-info`.
pub(super) const HEADER: &str = "namespace:partition:state:n_replicas:replica:succession:n_dupl:\
    working_master:proxy_dst:emigrates:lead_emigrates:immigrates:records:tombstones:regime:\
    tree_id:version:final_version";

/// A row of `partition-info`, after a `;`. A node shows the working master only where it is that
/// itself, and everywhere where it sends requests on.
pub(super) fn row(own: NodeId, namespace: &str, partition: usize, view: &PartitionView) -> String {
    let position = |position: Option<usize>| position.map_or(-1, |at| at as i64);
    let node = |node: Option<NodeId>| node.unwrap_or(NodeId(0));
    let tree_id = u8::from(view.state != 'A');
    format!(
        ";{namespace}:{partition}:{}:{}:{}:{}:{}:{}:{}:{}:{}:{}:{}:{}:{}:{}:{}:{}",
        view.state,
        view.n_replicas,
        position(view.replica),
        position(view.succession),
        view.n_dupl,
        node(view.working_master.filter(|master| *master == own)),
        node(view.proxy_destination.or(view.working_master)),
        view.emigrates,
        view.lead_emigrates,
        view.immigrates,
        view.records,
        view.tombstones,
        view.regime,
        tree_id,
        view.version,
        view.final_version,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_value_for_every_column() {
        let view = PartitionView {
            state: 'S',
            n_replicas: 2,
            replica: Some(0),
            succession: Some(0),
            n_dupl: 0,
            working_master: Some(NodeId(0xA882)),
            proxy_destination: None,
            emigrates: 0,
            lead_emigrates: 0,
            immigrates: 0,
            records: 13,
            tombstones: 0,
            regime: 8,
            version: "3cf08b51d327.0.mp-".into(),
            final_version: "3cf08b51d327.0.mp-".into(),
            owned_columns: vec![0],
        };
        let text = row(NodeId(0xA882), "mydata", 1207, &view);
        assert_eq!(
            text,
            ";mydata:1207:S:2:0:0:0:A882:A882:0:0:0:13:0:8:1:3cf08b51d327.0.mp-:3cf08b51d327.0.mp-"
        );
        assert_eq!(text.split(':').count(), HEADER.split(':').count());
        let elsewhere = row(NodeId(0xA70), "mydata", 1207, &view);
        assert!(elsewhere.starts_with(";mydata:1207:S:2:0:0:0:0:A882:"), "{elsewhere}");
    }
}
