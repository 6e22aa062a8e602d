//! Primary-index queries: all records of the partitions that this node serves.
//!
//! As on a real server, such a query resolves nothing and replicates nothing first: it may show
//! records that are not replicated.

use std::collections::BTreeSet;

use wire::batch::last_reply;
use wire::query::{QueryRequest, partition_done, record_reply};
use wire::{Message, ResultCode};

use super::request::reply_to;
use crate::node::message::Output;
use crate::node::state::Node;
use crate::world::Ticket;

/// After how many bytes of records a query is told that the rest is not to be had now.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

impl Node {
    /// A query arrives.
    pub(super) fn on_query(&mut self, ticket: Ticket, message: &Message, out: &mut Vec<Output>) {
        let mut replies = Vec::new();
        let code = match QueryRequest::decode(message) {
            Err(_) => ResultCode::PARAMETER,
            Ok(query) if query.narrowed => ResultCode::UNSUPPORTED_FEATURE,
            Ok(query) => match self.namespace_index(&query.namespace) {
                None => ResultCode::NAMESPACE,
                Some(namespace) => {
                    self.collect(namespace, &query, &mut replies);
                    ResultCode::OK
                }
            },
        };
        replies.push(last_reply(code));
        reply_to(ticket, &replies, out);
    }

    fn collect(&self, namespace: usize, query: &QueryRequest, replies: &mut Vec<Message>) {
        let space = &self.namespaces[namespace];
        let resumed = query.resume_after.iter().map(|digest| (digest.partition(), Some(*digest)));
        let whole = query.partitions.iter().map(|partition| (*partition, None));
        let mut room = match query.max_records {
            0 => u64::MAX,
            most => most,
        };
        let mut bytes = 0;
        let mut seen = BTreeSet::new();
        for (partition, after) in whole.chain(resumed) {
            // One that is asked for twice is answered once.
            if !seen.insert(partition) {
                continue;
            }
            let index = usize::from(partition);
            let serves = self.membership.serving().is_some()
                && self.membership.prepared.is_none()
                && space.duties.get(index).is_some_and(|d| d.working_master == Some(self.id));
            if !serves || bytes > ANSWER_BYTES {
                replies.push(partition_done(partition, ResultCode::UNAVAILABLE));
                continue;
            }
            let records = space.copy(index).records.iter();
            for (digest, stored) in records.filter(|(digest, _)| Some(**digest) > after) {
                let record = &stored.record;
                let listed = query.set.as_ref().is_none_or(|set| *set == record.set);
                if record.is_tombstone() || !listed {
                    continue;
                }
                if room == 0 {
                    // Partitions that were not gone through to their end are not said to be done:
                    // the client may go on after the last record that it got.
                    return;
                }
                room -= 1;
                let wanted =
                    |name: &[u8]| query.bins.is_empty() || query.bins.iter().any(|bin| bin == name);
                let bins = if query.no_bins {
                    Vec::new()
                } else {
                    record.bins.iter().filter(|b| wanted(&b.name)).map(|b| b.to_op()).collect()
                };
                let reply = record_reply(
                    &query.namespace,
                    &record.set,
                    digest,
                    record.key.as_ref(),
                    u32::from(record.generation),
                    record.void_time_s,
                    bins,
                );
                bytes += reply.encoded_length();
                replies.push(reply);
            }
            replies.push(partition_done(partition, ResultCode::OK));
        }
    }
}
