//! Succession rows, adjusted for quiesced nodes, racks and uniform balance.
//!
//! The totals per node and column are those of the vendor's uniform balance (checked against the
//! partition map of a healthy six-node cluster: 683 or 682 in every column). Which row gives way
//! to reach them is not public: this walks partitions upwards and columns left to right and takes
//! the first node of the row that is below its target.

use serde::{Deserialize, Serialize};

use super::succession::{hashed_node, hashed_partition, score};
use super::{Member, NodeId, PARTITIONS};

/// How rows are adjusted beyond what racks and quiesced nodes demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    /// `prefer-uniform-balance`: every node gets the same number of partitions per column.
    pub uniform_balance: bool,
    /// `active-rack`: the rack that shall hold every master, if it has a node that can.
    pub active_rack: Option<u32>,
}

impl Default for Preference {
    /// The Enterprise server's defaults.
    fn default() -> Self {
        Self { uniform_balance: true, active_rack: None }
    }
}

/// The succession rows of all partitions over one list of nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    nodes: Vec<NodeId>,
    width: usize,
}

impl Rows {
    /// Computes the rows of all partitions. The order of `members` does not matter; ids are
    /// distinct, and at most 256 members count (the highest ids), as in the server.
    /// `replication_factor` is the number of leading columns that racks and balance shape; more
    /// than there are unquiesced members mean as many as there are.
    #[must_use]
    pub fn compute(members: &[Member], replication_factor: usize, preference: Preference) -> Self {
        let mut members = members.to_vec();
        members.sort_unstable_by_key(|member| std::cmp::Reverse(member.id));
        members.truncate(usize::from(u8::MAX) + 1);
        let eligible = members.iter().filter(|member| !member.quiesced).count();
        let columns = replication_factor.min(eligible);
        let hashed: Vec<u64> = members.iter().map(|member| hashed_node(member.id)).collect();
        let mut balance = Balance::new(&members, columns, preference);
        let width = members.len();
        let mut positions: Vec<u8> = Vec::with_capacity(PARTITIONS * width);
        let mut row: Vec<(bool, u64)> = Vec::with_capacity(width);
        for partition in 0..PARTITIONS {
            let hashed_partition = hashed_partition(partition);
            row.clear();
            row.extend((0u8..=u8::MAX).zip(&hashed).map(|(position, hashed)| {
                let quiesced = members[usize::from(position)].quiesced;
                (!quiesced, score(*hashed, hashed_partition, position))
            }));
            row.sort_unstable_by_key(|entry| std::cmp::Reverse(*entry));
            positions.extend(row.iter().map(|(_, score)| *score as u8));
            balance.arrange(&mut positions[partition * width..][..eligible]);
        }
        if preference.uniform_balance && eligible > 0 {
            for row in positions.chunks_exact_mut(width) {
                balance.level(&mut row[..eligible]);
            }
        }
        let nodes = positions.iter().map(|position| members[usize::from(*position)].id).collect();
        Self { nodes, width }
    }

    /// The row of a partition: the master first, then the further replicas, then everyone else in
    /// the order in which they would step in; quiesced nodes last. Empty if there are no members.
    ///
    /// # Panics
    /// If `partition` is not below [`PARTITIONS`].
    #[must_use]
    pub fn row(&self, partition: usize) -> &[NodeId] {
        assert!(partition < PARTITIONS, "partition {partition} does not exist");
        &self.nodes[partition * self.width..(partition + 1) * self.width]
    }

    /// All rows in the order of the partitions.
    pub fn iter(&self) -> impl Iterator<Item = &[NodeId]> {
        (0..PARTITIONS).map(|partition| self.row(partition))
    }
}

/// How full every node's columns are, while partitions are handed out in order.
struct Balance<'a> {
    members: &'a [Member],
    columns: Vec<Column>,
    racks: usize,
    uniform: bool,
    active_rack: Option<u32>,
}

/// One column: the partitions that every node shall still get, by position; negative if a rack
/// left no choice but to give a node more than its share.
struct Column {
    room: Vec<i32>,
}

impl<'a> Balance<'a> {
    fn new(members: &'a [Member], columns: usize, preference: Preference) -> Self {
        let eligible: Vec<usize> =
            (0..members.len()).filter(|position| !members[*position].quiesced).collect();
        let mut racks: Vec<u32> = eligible.iter().map(|p| members[*p].rack).collect();
        racks.sort_unstable();
        racks.dedup();
        let mut next = 0;
        let columns = (0..columns)
            .map(|_| Column { room: targets(&eligible, members.len(), &mut next) })
            .collect();
        Self {
            members,
            columns,
            racks: racks.len(),
            uniform: preference.uniform_balance,
            active_rack: preference.active_rack.filter(|rack| racks.contains(rack)),
        }
    }

    /// Moves the replicas of one partition to the front of its row; the rest keeps its order.
    /// `row` holds the positions of the unquiesced members.
    fn arrange(&mut self, row: &mut [u8]) {
        for column in 0..self.columns.len() {
            let chosen = self.choose(row, column);
            row[column..=chosen].rotate_right(1);
            self.columns[column].room[usize::from(row[column])] -= 1;
        }
    }

    /// The index in the row of the node for `column`; the columns before it are settled.
    fn choose(&self, row: &[u8], column: usize) -> usize {
        let (settled, rest) = row.split_at(column);
        let rack_of = |position: u8| self.members[usize::from(position)].rack;
        let unused =
            |position: u8| settled.iter().all(|other| rack_of(*other) != rack_of(position));
        let spread = settled.len() < self.racks && rest.iter().any(|position| unused(*position));
        let fits = |position: u8| match self.active_rack {
            Some(rack) if column == 0 => rack_of(position) == rack,
            _ => !spread || unused(position),
        };
        let room = |position: u8| self.room(column, position);
        let candidates = || (column..).zip(rest).filter(|(_, position)| fits(**position));
        let first = if self.uniform {
            candidates().find(|(_, position)| room(**position) > 0).or_else(|| {
                // The racks leave only nodes that have their share: the least overfull takes it.
                candidates().min_by_key(|(_, position)| std::cmp::Reverse(room(**position)))
            })
        } else {
            candidates().next()
        };
        first.map_or(column, |(index, _)| index)
    }

    /// Lets an overfull replica change places with a node of the same rack that has room in its
    /// column; the last partitions can leave a few such pairs behind.
    fn level(&mut self, row: &mut [u8]) {
        let replicas = self.columns.len();
        for column in 0..replicas {
            let full = row[column];
            if self.room(column, full) >= 0 {
                continue;
            }
            let other = (column + 1..row.len()).find(|index| {
                self.rack_of(row[*index]) == self.rack_of(full)
                    && self.room(column, row[*index]) > 0
                    && (*index >= replicas || self.room(*index, full) > 0)
            });
            if let Some(other) = other {
                for (column, given, taken) in
                    [(column, row[other], full), (other, full, row[other])]
                {
                    if let Some(column) = self.columns.get_mut(column) {
                        column.room[usize::from(given)] -= 1;
                        column.room[usize::from(taken)] += 1;
                    }
                }
                row.swap(column, other);
            }
        }
    }

    fn rack_of(&self, position: u8) -> u32 {
        self.members[usize::from(position)].rack
    }

    fn room(&self, column: usize, position: u8) -> i32 {
        self.columns[column].room[usize::from(position)]
    }
}

/// The share of each node in one column: an equal part for all, and the remainder handed out in
/// descending order of ids, going on where the column before stopped.
fn targets(eligible: &[usize], members: usize, next: &mut usize) -> Vec<i32> {
    let mut targets = vec![0; members];
    let Some(share) = PARTITIONS.checked_div(eligible.len()) else { return targets };
    for position in eligible {
        targets[*position] = share as i32;
    }
    for _ in 0..PARTITIONS % eligible.len() {
        targets[eligible[*next]] += 1;
        *next = (*next + 1) % eligible.len();
    }
    targets
}
