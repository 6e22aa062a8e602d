//! Figures of the reference clusters.

use std::collections::BTreeMap;

use super::*;

/// Nodes of the stretch cluster with their racks, in descending order of ids.
const STRETCH: [(u64, u32); 6] =
    [(0xA882, 33), (0xA600, 32), (0xA517, 33), (0xA352, 32), (0xA129, 32), (0xA70, 33)];

fn members(nodes: &[(u64, u32)]) -> Vec<Member> {
    nodes
        .iter()
        .map(|(id, rack)| Member { id: NodeId(*id), rack: *rack, quiesced: false })
        .collect()
}

fn same_rack(ids: std::ops::RangeInclusive<u64>) -> Vec<Member> {
    ids.map(|id| Member { id: NodeId(id), rack: 0, quiesced: false }).collect()
}

fn hash_only() -> Preference {
    Preference { uniform_balance: false, active_rack: None }
}

/// How many partitions each node has in a column.
fn column(rows: &Rows, column: usize) -> BTreeMap<u64, usize> {
    let mut counts = BTreeMap::new();
    for row in rows.iter() {
        *counts.entry(row[column].0).or_default() += 1;
    }
    counts
}

/// How many partitions a sub-cluster of these nodes may not serve.
fn unavailable(rows: &Rows, replication_factor: usize, present: &[u64]) -> usize {
    rows.iter()
        .filter(|row| {
            granting_rule(row, replication_factor, QuorumRules::default(), |node| {
                if present.contains(&node.0) { Standing::SOUND } else { Standing::Absent }
            })
            .is_none()
        })
        .count()
}

#[test]
fn rows_follow_the_servers_hash() {
    let rows = Rows::compute(&same_rack(0xA1..=0xA5), 2, hash_only());
    let row = |partition: usize| rows.row(partition).iter().map(|node| node.0).collect::<Vec<_>>();
    assert_eq!(row(0), [0xA3, 0xA1, 0xA2, 0xA5, 0xA4]);
    assert_eq!(row(1), [0xA3, 0xA4, 0xA2, 0xA1, 0xA5]);
    assert_eq!(row(4095), [0xA2, 0xA3, 0xA4, 0xA1, 0xA5]);
    let masters = [(0xA1, 801), (0xA2, 826), (0xA3, 835), (0xA4, 832), (0xA5, 802)];
    assert_eq!(column(&rows, 0), BTreeMap::from(masters));
    let seconds = [(0xA1, 825), (0xA2, 807), (0xA3, 830), (0xA4, 818), (0xA5, 816)];
    assert_eq!(column(&rows, 1), BTreeMap::from(seconds));
}

#[test]
fn the_stretch_cluster_is_balanced_as_its_partition_map_shows() {
    let rows = Rows::compute(&members(&STRETCH), 2, Preference::default());
    let primary =
        [(0xA352, 683), (0xA600, 683), (0xA129, 682), (0xA70, 682), (0xA882, 683), (0xA517, 683)];
    assert_eq!(column(&rows, 0), BTreeMap::from(primary));
    let secondary =
        [(0xA352, 682), (0xA600, 683), (0xA129, 683), (0xA70, 683), (0xA882, 683), (0xA517, 682)];
    assert_eq!(column(&rows, 1), BTreeMap::from(secondary));
    let racks: BTreeMap<u64, u32> = STRETCH.into();
    assert!(rows.iter().all(|row| racks[&row[0].0] != racks[&row[1].0]));
}

#[test]
fn uniform_balance_reaches_its_targets_without_racks() {
    for count in 1..=12u64 {
        for replication_factor in 1..=3.min(count as usize) {
            let rows =
                Rows::compute(&same_rack(1..=count), replication_factor, Preference::default());
            for index in 0..replication_factor {
                let counts = column(&rows, index);
                let (least, most) = (counts.values().min(), counts.values().max());
                assert!(most.unwrap() - least.unwrap() <= 1, "{count} {index} {counts:?}");
            }
        }
    }
}

#[test]
fn every_row_names_every_member_once() {
    let mut nodes = members(&STRETCH);
    nodes[2].quiesced = true;
    for preference in [hash_only(), Preference::default()] {
        let rows = Rows::compute(&nodes, 2, preference);
        for row in rows.iter() {
            let mut ids: Vec<u64> = row.iter().map(|node| node.0).collect();
            assert_eq!(ids.last(), Some(&0xA517), "the quiesced node is last");
            ids.sort_unstable();
            assert_eq!(ids, [0xA70, 0xA129, 0xA352, 0xA517, 0xA600, 0xA882]);
        }
    }
}

#[test]
fn masters_stay_in_the_active_rack() {
    let preference = Preference { uniform_balance: true, active_rack: Some(32) };
    let rows = Rows::compute(&members(&STRETCH), 2, preference);
    let racks: BTreeMap<u64, u32> = STRETCH.into();
    assert!(rows.iter().all(|row| racks[&row[0].0] == 32 && racks[&row[1].0] == 33));
    for index in 0..2 {
        assert!(column(&rows, index).values().all(|count| (1364..=1367).contains(count)));
    }
}

#[test]
fn no_members_make_empty_rows() {
    let rows = Rows::compute(&[], 2, Preference::default());
    assert_eq!(rows.iter().count(), PARTITIONS);
    assert!(rows.iter().all(<[NodeId]>::is_empty));
    assert_eq!(unavailable(&rows, 2, &[0xA882]), PARTITIONS, "a roster that was never set");
}

#[test]
fn halves_by_rack_share_the_partitions_equally() {
    let rows = Rows::compute(&members(&STRETCH), 2, Preference::default());
    assert_eq!(unavailable(&rows, 2, &[0xA882, 0xA517, 0xA70]), 2048);
    assert_eq!(unavailable(&rows, 2, &[0xA600, 0xA352, 0xA129]), 2048);
    assert_eq!(unavailable(&rows, 2, &STRETCH.map(|(id, _)| id)), 0);
}

#[test]
fn a_split_inside_one_rack_leaves_the_majority_everything() {
    let rows = Rows::compute(&members(&STRETCH), 2, Preference::default());
    assert_eq!(unavailable(&rows, 2, &[0xA882, 0xA600, 0xA352, 0xA129]), 0);
    assert_eq!(unavailable(&rows, 2, &[0xA517, 0xA70]), 4096);
}

#[test]
fn a_split_across_racks_leaves_the_minority_its_common_partitions() {
    let rows = Rows::compute(&members(&STRETCH), 2, Preference::default());
    for one in [0xA882, 0xA517, 0xA70] {
        for other in [0xA600, 0xA352, 0xA129] {
            let majority: Vec<u64> =
                STRETCH.iter().map(|(id, _)| *id).filter(|id| ![one, other].contains(id)).collect();
            let lost = unavailable(&rows, 2, &majority);
            assert!((400..=510).contains(&lost), "{one:X} {other:X} {lost}");
            assert_eq!(unavailable(&rows, 2, &[one, other]), 4096 - lost);
        }
    }
}

#[test]
fn five_nodes_lose_one_and_then_two() {
    let rows = Rows::compute(&same_rack(0xA1..=0xA5), 2, Preference::default());
    assert_eq!(unavailable(&rows, 2, &[0xA1, 0xA2, 0xA3, 0xA4]), 0);
    let lost = unavailable(&rows, 2, &[0xA1, 0xA2, 0xA3]);
    assert!((396..=422).contains(&lost), "{lost}");
    assert_eq!(unavailable(&rows, 2, &[0xA4, 0xA5]), 4096 - lost);
    let rows = Rows::compute(&same_rack(0xA1..=0xA5), 2, hash_only());
    let lost = unavailable(&rows, 2, &[0xA1, 0xA2, 0xA3]);
    assert!((383..=422).contains(&lost), "{lost}");
    let rows = Rows::compute(&same_rack(0xA1..=0xA5), 3, Preference::default());
    assert_eq!(unavailable(&rows, 3, &[0xA1, 0xA2, 0xA3]), 0);
}

#[test]
fn small_clusters_split_as_documented() {
    let rows = Rows::compute(&same_rack(1..=3), 2, Preference::default());
    assert_eq!(unavailable(&rows, 2, &[1, 2]), 0);
    assert_eq!(unavailable(&rows, 2, &[3]), 4096);
    let rows = Rows::compute(&same_rack(1..=4), 2, Preference::default());
    let rule_1 = unavailable(&rows, 2, &[1, 2]) + unavailable(&rows, 2, &[3, 4]);
    assert_eq!(rule_1, 4096, "each half serves what the other refuses");
}

#[test]
fn a_tie_breaker_saves_the_site_that_it_can_see() {
    let mut nodes = members(&[(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)]);
    nodes[4].quiesced = true;
    let rows = Rows::compute(&nodes, 2, Preference::default());
    assert_eq!(unavailable(&rows, 2, &[1, 2, 5]), 0);
    assert_eq!(unavailable(&rows, 2, &[3, 4]), 4096);
}

#[test]
fn a_tie_needs_a_sound_roster_master() {
    let row = [1, 2, 3, 4].map(NodeId);
    let half = |standing: Standing, rules| {
        granting_rule(&row, 2, rules, |node| match node.0 {
            1 => standing,
            3 => Standing::SOUND,
            _ => Standing::Absent,
        })
    };
    let rules = QuorumRules::default();
    assert_eq!(half(Standing::SOUND, rules), Some(Rule::TieWithMaster));
    assert_eq!(half(Standing::Present { trusted: true, quiesced: true }, rules), None);
    assert_eq!(half(Standing::Present { trusted: false, quiesced: false }, rules), None);
    let other = |rules| {
        granting_rule(&row, 2, rules, |node| {
            if node.0 == 2 || node.0 == 4 { Standing::SOUND } else { Standing::Absent }
        })
    };
    assert_eq!(other(rules), None);
    assert_eq!(
        other(QuorumRules { tie_needs_master: false, ..QuorumRules::default() }),
        Some(Rule::TieWithMaster)
    );
}

#[test]
fn an_untrusted_copy_counts_for_no_rule() {
    let row = [1, 2, 3].map(NodeId);
    let untrusted = Standing::Present { trusted: false, quiesced: false };
    let judge = |one: Standing, two: Standing| {
        granting_rule(&row, 2, QuorumRules::default(), |node| match node.0 {
            1 => one,
            2 => two,
            _ => Standing::SOUND,
        })
    };
    assert_eq!(judge(Standing::SOUND, untrusted), Some(Rule::Majority));
    assert_eq!(judge(untrusted, untrusted), None);
    assert_eq!(judge(untrusted, Standing::Absent), None);
}

#[test]
fn two_disjoint_sub_clusters_never_serve_one_partition() {
    let ids = STRETCH.map(|(id, _)| id);
    for replication_factor in 1..=3 {
        let rows = Rows::compute(&members(&STRETCH), replication_factor, Preference::default());
        for mask in 0u32..1 << ids.len() {
            let granted = |partition: usize, side: u32| {
                granting_rule(
                    rows.row(partition),
                    replication_factor,
                    QuorumRules::default(),
                    |n| {
                        let position = ids.iter().position(|id| *id == n.0).unwrap();
                        if side >> position & 1 == 1 { Standing::SOUND } else { Standing::Absent }
                    },
                )
            };
            for partition in (0..PARTITIONS).step_by(31) {
                let both =
                    granted(partition, mask).is_some() && granted(partition, !mask).is_some();
                assert!(!both, "partition {partition}, sides {mask:06b}");
            }
        }
    }
}
