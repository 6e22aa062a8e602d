//! What goes in and out of a node, and what nodes say to each other.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wire::{Digest, Message, ResultCode};

use super::heartbeat::Beat;
use super::membership::LedgerExcerpt;
use super::plan::{Plan, Report};
use super::round::{Round, RoundId};
use super::storage::{Replication, Version};
use crate::partition::NodeId;
use crate::record::Record;
use crate::security::Caller;
use crate::world::Ticket;

/// What happens to a node.
#[derive(Clone, Debug)]
pub enum Input {
    /// Time has passed.
    Tick,
    /// A heartbeat arrives.
    Beat {
        /// From whom.
        from: NodeId,
        /// The heartbeat.
        beat: Arc<Beat>,
    },
    /// A message on the fabric channel arrives.
    Fabric {
        /// From whom.
        from: NodeId,
        /// The message.
        message: Fabric,
    },
    /// A client's request arrives.
    Request {
        /// Names it in the answer.
        ticket: Ticket,
        /// Who sends it.
        caller: Caller,
        /// The request.
        message: Message,
    },
}

/// What a node does.
#[derive(Debug)]
pub enum Output {
    /// It sends a heartbeat.
    Beat {
        /// To whom.
        to: NodeId,
        /// The heartbeat.
        beat: Arc<Beat>,
    },
    /// It sends a message on the fabric channel.
    Fabric {
        /// To whom.
        to: NodeId,
        /// The message.
        message: Fabric,
    },
    /// It answers a client.
    Reply {
        /// The request.
        ticket: Ticket,
        /// Whole frames.
        bytes: Vec<u8>,
    },
}

/// A message from one node to another, as it goes over a real network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PeerMessage {
    /// On the heartbeat channel.
    Beat(Arc<Beat>),
    /// On the fabric channel.
    Fabric(Fabric),
}

/// A message between nodes on the fabric channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Fabric {
    /// Membership and rebalance.
    Round(RoundMessage),
    /// Requests on records.
    Record(RecordMessage),
    /// Migrations.
    Migration(MigrationMessage),
}

/// The steps of a round; see [`super::membership`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RoundMessage {
    /// The principal asks to accept a round.
    Propose(Round),
    /// A member accepts.
    Accept(RoundId, LedgerExcerpt),
    /// A member has accepted a higher number (which its heartbeats tell).
    Refuse(RoundId),
    /// The principal names rounds that were never served and asks for reports.
    Gather(RoundId, Arc<[RoundId]>),
    /// A member reports.
    Report(RoundId, Arc<Report>),
    /// The principal spreads the plan.
    Prepare(Arc<Plan>),
    /// A member has noted it.
    Prepared(RoundId),
    /// Everybody has.
    Activate(RoundId),
}

/// The content of a copy that is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Copy {
    /// The record; `None`: it is removed without a trace.
    pub record: Option<Arc<Record>>,
    /// Its version.
    pub version: Version,
}

/// Messages about one record, each within one round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RecordMessage {
    /// The master has a replica store a copy.
    Replicate {
        /// The round of the sender.
        round: RoundId,
        /// The namespace's position.
        namespace: usize,
        /// The record.
        digest: Digest,
        /// The sender's transaction.
        transaction: u64,
        /// What to store.
        copy: Copy,
        /// How the replica may regard it: replicated, if it is the only one asked.
        replication: Replication,
    },
    /// A replica has stored it (or has a later one), or refuses.
    ReplicateAnswer {
        /// The round of the request.
        round: RoundId,
        /// The master's transaction.
        transaction: u64,
        /// The version that was sent.
        version: Version,
        /// Whether it is stored.
        stored: bool,
    },
    /// All replicas have stored the version (sent where there are several).
    Confirm {
        /// The round of the sender.
        round: RoundId,
        /// The namespace's position.
        namespace: usize,
        /// The record.
        digest: Digest,
        /// The version.
        version: Version,
    },
    /// The master asks whether its regime still stands, before it answers a linearize read.
    Ping {
        /// The round of the sender.
        round: RoundId,
        /// The namespace's position.
        namespace: usize,
        /// The partition.
        partition: usize,
        /// The sender's transaction.
        transaction: u64,
    },
    /// A replica knows no higher regime, or refuses.
    PingAnswer {
        /// The round of the request.
        round: RoundId,
        /// The master's transaction.
        transaction: u64,
        /// Whether the regime stands.
        stands: bool,
    },
    /// The master asks a duplicate for its version.
    Resolve {
        /// The round of the sender.
        round: RoundId,
        /// The namespace's position.
        namespace: usize,
        /// The record.
        digest: Digest,
        /// The sender's transaction.
        transaction: u64,
    },
    /// A duplicate's version.
    ResolveAnswer {
        /// The round of the request.
        round: RoundId,
        /// The master's transaction.
        transaction: u64,
        /// The copy, if there is one.
        copy: Option<Copy>,
    },
    /// A node that is not the master passes a request on.
    Proxy {
        /// The sender's transaction.
        transaction: u64,
        /// The sender's attempt: an answer to an earlier one is not taken for it.
        attempt: u32,
        /// The namespace's position.
        namespace: usize,
        /// The record.
        digest: Digest,
        /// The request.
        request: Arc<Message>,
        /// How long the client still waits, in ns.
        remaining_ns: u64,
    },
    /// The answer to a request that was passed on.
    ProxyAnswer {
        /// The origin's transaction.
        transaction: u64,
        /// The attempt.
        attempt: u32,
        /// The client's answer.
        reply: Arc<Message>,
    },
    /// A request that was passed on comes back untouched: the receiver is not the master.
    ProxyReturn {
        /// The origin's transaction.
        transaction: u64,
        /// The attempt.
        attempt: u32,
        /// Who is, as far as the receiver knows.
        master: Option<NodeId>,
    },
}

/// Migrations, each within one round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum MigrationMessage {
    /// The next batch of a stream; there is one stream per round, pair of nodes and namespace.
    Batch(Arc<Batch>),
    /// A batch was taken in.
    BatchAnswer {
        /// The round of the batch.
        round: RoundId,
        /// The namespace's position.
        namespace: usize,
        /// The batch's number.
        sequence: u64,
    },
    /// Partitions have a new working master: the sender.
    Moved {
        /// The round.
        round: RoundId,
        /// The namespace's position.
        namespace: usize,
        /// The partitions.
        partitions: Arc<[u16]>,
    },
}

/// A batch of a migration stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// The round.
    pub round: RoundId,
    /// The namespace's position.
    pub namespace: usize,
    /// Its number in the stream, from 1.
    pub sequence: u64,
    /// What it holds.
    pub items: Vec<Item>,
}

/// A part of a migration batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Item {
    /// A record.
    Record {
        /// Its digest.
        digest: Digest,
        /// Its content.
        record: Arc<Record>,
        /// Its version.
        version: Version,
        /// Whether the sender knows it to be replicated.
        replication: Replication,
    },
    /// The sender has sent all records of the partition; the receiver is full.
    Filled(u16),
    /// The duplicate has sent all records of the partition to the working master.
    Merged(u16),
    /// The receiver is the partition's working master from now on.
    Handover(u16),
    /// The receiver's copy is needed no more.
    Drop(u16),
}

/// A reply that says no more than its code.
#[must_use]
pub fn refusal(code: ResultCode) -> Message {
    Message::reply(code)
}
