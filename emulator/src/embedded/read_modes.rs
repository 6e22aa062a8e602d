//! Which read modes the reads of SC namespaces carry when they arrive.
//!
//! A client can drop the mode that its user asked for on the way to the server; then a history
//! that claims linearize reads is made of session reads. These counts tell.

use std::sync::atomic::{AtomicU64, Ordering};

use wire::batch::BatchRequest;
use wire::{Field, FieldType, Info1, Info2, Info3, Message, ReadMode};

/// Reads of records of SC namespaces by the mode that they carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadModeCounts {
    /// Session reads: no bits.
    pub session: u64,
    /// Linearize reads.
    pub linearize: u64,
    /// Reads that a replica may serve.
    pub allow_replica: u64,
    /// Reads that an unavailable partition may serve.
    pub allow_unavailable: u64,
}

impl ReadModeCounts {
    /// Reads that carried another mode than this one.
    #[must_use]
    pub fn other_than(&self, mode: ReadMode) -> u64 {
        let all = self.session + self.linearize + self.allow_replica + self.allow_unavailable;
        all - match mode {
            ReadMode::Session => self.session,
            ReadMode::Linearize => self.linearize,
            ReadMode::AllowReplica => self.allow_replica,
            ReadMode::AllowUnavailable => self.allow_unavailable,
        }
    }
}

/// Counts while requests arrive.
#[derive(Debug)]
pub(crate) struct ReadModes {
    namespaces: Vec<String>,
    counts: [AtomicU64; 4],
}

impl ReadModes {
    /// Counts reads of these SC namespaces.
    pub(crate) fn of(namespaces: Vec<String>) -> Self {
        Self { namespaces, counts: Default::default() }
    }

    /// Looks at a data message; a batch counts each of its rows.
    pub(super) fn count(&self, message: &Message) {
        if self.namespaces.is_empty() {
            return;
        }
        let Some(batch) = message.field(FieldType::BATCH) else {
            if message.field(FieldType::DIGEST).is_some() {
                self.count_read(&message.fields, message.info1, message.info2, message.info3);
            }
            return;
        };
        let Ok(batch) = BatchRequest::decode(&batch.data) else { return };
        for row in &batch.rows {
            let command = &row.command;
            let (info2, info3) = command.info2_3.unwrap_or((message.info2, message.info3));
            self.count_read(&command.fields, command.info1, info2, info3);
        }
    }

    fn count_read(&self, fields: &[Field], info1: Info1, info2: Info2, info3: Info3) {
        if !info1.has(Info1::READ) || info2.has(Info2::WRITE) {
            return;
        }
        let namespace = fields.iter().find(|field| field.field_type == FieldType::NAMESPACE);
        let Some(Ok(namespace)) = namespace.map(Field::as_text) else { return };
        if self.namespaces.iter().any(|name| name == namespace) {
            self.counts[slot(info3.read_mode())].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The counts so far.
    pub(super) fn counts(&self) -> ReadModeCounts {
        let of = |mode| self.counts[slot(mode)].load(Ordering::Relaxed);
        ReadModeCounts {
            session: of(ReadMode::Session),
            linearize: of(ReadMode::Linearize),
            allow_replica: of(ReadMode::AllowReplica),
            allow_unavailable: of(ReadMode::AllowUnavailable),
        }
    }
}

fn slot(mode: ReadMode) -> usize {
    match mode {
        ReadMode::Session => 0,
        ReadMode::Linearize => 1,
        ReadMode::AllowReplica => 2,
        ReadMode::AllowUnavailable => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(namespace: &str, info2: Info2, info3: Info3) -> Message {
        let field = |field_type, data: &[u8]| Field { field_type, data: data.to_vec() };
        Message {
            info1: Info1::READ,
            info2,
            info3,
            fields: vec![
                field(FieldType::NAMESPACE, namespace.as_bytes()),
                field(FieldType::DIGEST, &[0; 20]),
            ],
            ..Message::default()
        }
    }

    #[test]
    fn only_reads_of_sc_namespaces_count() {
        let modes = ReadModes::of(vec!["mydata".to_owned()]);
        modes.count(&read("mydata", Info2::NONE, Info3::NONE));
        modes.count(&read("mydata", Info2::NONE, Info3::SC_READ_TYPE));
        modes.count(&read("mydata", Info2::NONE, Info3::SC_READ_TYPE));
        modes.count(&read("mydata", Info2::WRITE, Info3::NONE));
        modes.count(&read("mydata_ap", Info2::NONE, Info3::NONE));
        modes.count(&Message::default());
        let counts = modes.counts();
        assert_eq!(counts, ReadModeCounts { session: 1, linearize: 2, ..Default::default() });
        assert_eq!(counts.other_than(ReadMode::Linearize), 1);
    }
}
