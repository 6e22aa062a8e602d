//! One node's answers as a line of `observations.jsonl`.

use std::collections::BTreeMap;

use history::{NamespaceObservation, NodeId, NodeObservation};

use super::{Answers, Pairs};

/// What a node said in answer to `statistics` and `namespace/<name>`; `None` if these are not the
/// answers of an Aerospike server.
#[must_use]
pub fn node_observation(
    node: NodeId,
    answers: &Answers,
    namespaces: &[String],
) -> Option<NodeObservation> {
    let statistics = answers.pairs("statistics");
    let namespace = |name: &String| {
        let pairs = answers.pairs(&format!("namespace/{name}"));
        Some((name.clone(), namespace_observation(&pairs)?))
    };
    Some(NodeObservation {
        node,
        cluster_size: statistics.parsed("cluster_size")?,
        cluster_key: statistics.get("cluster_key")?.to_owned(),
        principal: statistics.get("cluster_principal")?.to_owned(),
        integrity: statistics.parsed("cluster_integrity")?,
        namespaces: namespaces.iter().filter_map(namespace).collect::<BTreeMap<_, _>>(),
    })
}

/// `None` if the node does not have the namespace. A statistic that this build of the server does
/// not have counts as 0.
fn namespace_observation(pairs: &Pairs<'_>) -> Option<NamespaceObservation> {
    let number = |key: &str| pairs.parsed::<u64>(key).unwrap_or_default();
    let count = |key: &str| u32::try_from(number(key)).unwrap_or(u32::MAX);
    pairs.get("objects")?;
    Some(NamespaceObservation {
        unavailable_partitions: count("unavailable_partitions"),
        dead_partitions: count("dead_partitions"),
        migrations_remaining: count("migrate_tx_partitions_remaining")
            .saturating_add(count("migrate_rx_partitions_remaining")),
        master_objects: number("master_objects"),
        prole_objects: number("prole_objects"),
        non_replica_objects: number("non_replica_objects"),
        unreplicated_records: number("unreplicated_records"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shortened answers of a recorded server, in the middle of migrations.
    fn recorded() -> Answers {
        let statistics = "failed_best_practices=true;cluster_size=6;cluster_key=BDA8984A84E4;\
                          cluster_generation=5;cluster_principal=B23;cluster_integrity=true;\
                          uptime=97;objects=69";
        let namespace = "ns_cluster_size=6;effective_replication_factor=2;objects=69;\
                         master_objects=36;prole_objects=33;non_replica_objects=4;\
                         unreplicated_records=2;dead_partitions=0;unavailable_partitions=7;\
                         migrate_tx_partitions_remaining=431;migrate_rx_partitions_remaining=102;\
                         strong-consistency=false";
        Answers::new(BTreeMap::from([
            ("statistics".to_owned(), statistics.to_owned()),
            ("namespace/mydata".to_owned(), namespace.to_owned()),
            ("namespace/other".to_owned(), "type=unknown".to_owned()),
        ]))
    }

    #[test]
    fn a_recorded_answer_is_observed() {
        let namespaces = ["mydata".to_owned(), "other".to_owned()];
        let seen = node_observation(NodeId(0xB11), &recorded(), &namespaces).unwrap();
        assert_eq!((seen.cluster_size, seen.integrity), (6, true));
        assert_eq!((seen.cluster_key.as_str(), seen.principal.as_str()), ("BDA8984A84E4", "B23"));
        assert_eq!(seen.namespaces.keys().collect::<Vec<_>>(), ["mydata"]);
        let expected = NamespaceObservation {
            unavailable_partitions: 7,
            dead_partitions: 0,
            migrations_remaining: 533,
            master_objects: 36,
            prole_objects: 33,
            non_replica_objects: 4,
            unreplicated_records: 2,
        };
        assert_eq!(seen.namespaces["mydata"], expected);
    }

    #[test]
    fn no_statistics_no_observation() {
        assert_eq!(node_observation(NodeId(1), &Answers::default(), &[]), None);
    }
}
