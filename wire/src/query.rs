//! Queries over partitions: the request and the rows of its reply.

use crate::digest::DIGEST_LENGTH;
use crate::{
    DecodeError, Digest, Field, FieldType, Info1, Info3, Message, Op, ResultCode, UserKey,
};

/// A query over the primary index: which partitions of a namespace, which set, which bins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryRequest {
    /// The namespace.
    pub namespace: String,
    /// The set; `None` for all records of the namespace.
    pub set: Option<String>,
    /// Id of the query, chosen by the client.
    pub id: u64,
    /// How long the client waits for bytes, in ms.
    pub socket_timeout_ms: u32,
    /// Partitions to answer from their start.
    pub partitions: Vec<u16>,
    /// Digests after which to go on, each in its own partition.
    pub resume_after: Vec<Digest>,
    /// Most records to answer with; 0 for all.
    pub max_records: u64,
    /// True when bins are not wanted.
    pub no_bins: bool,
    /// Names of the bins wanted; all when empty.
    pub bins: Vec<Vec<u8>>,
    /// True when a filter, an index range or a function would narrow or change the answer.
    pub narrowed: bool,
}

impl QueryRequest {
    /// True when a message is a query: neither digest nor batch, and it names partitions.
    #[must_use]
    pub fn is_query(message: &Message) -> bool {
        message.field(FieldType::DIGEST).is_none()
            && [FieldType::PARTITIONS, FieldType::RESUME_DIGESTS, FieldType::QUERY_ID]
                .iter()
                .any(|&field_type| message.field(field_type).is_some())
    }

    /// Reads a query.
    ///
    /// # Errors
    /// No namespace, or a field of a wrong length.
    pub fn decode(message: &Message) -> Result<Self, DecodeError> {
        let text = |field_type| {
            let field = message.field(field_type);
            field.map(|field| field.as_text().map(str::to_owned)).transpose()
        };
        let number = |field_type| {
            message.field(field_type).map(Field::as_u64).transpose().map(Option::unwrap_or_default)
        };
        Ok(Self {
            namespace: text(FieldType::NAMESPACE)?
                .ok_or(DecodeError::Malformed("query namespace"))?,
            set: text(FieldType::SET)?.filter(|set| !set.is_empty()),
            id: number(FieldType::QUERY_ID)?,
            socket_timeout_ms: message
                .field(FieldType::SOCKET_TIMEOUT)
                .map(Field::as_u32)
                .transpose()?
                .unwrap_or_default(),
            partitions: array(message, FieldType::PARTITIONS, u16::from_le_bytes)?,
            resume_after: array::<DIGEST_LENGTH, _>(message, FieldType::RESUME_DIGESTS, Digest)?,
            max_records: number(FieldType::MAX_RECORDS)?,
            no_bins: message.info1.has(Info1::NO_BINS),
            bins: message.ops.iter().map(|op| op.name.clone()).collect(),
            narrowed: [FieldType::FILTER, FieldType::INDEX_RANGE, FieldType::UDF_FUNCTION]
                .iter()
                .any(|&field_type| message.field(field_type).is_some()),
        })
    }

    /// The request message; what narrows a query is not written.
    #[must_use]
    pub fn message(&self) -> Message {
        let mut fields = vec![Field::namespace(&self.namespace)];
        if let Some(set) = &self.set {
            fields.push(Field::set(set));
        }
        fields.push(Field::new(FieldType::SOCKET_TIMEOUT, self.socket_timeout_ms.to_be_bytes()));
        fields.push(Field::new(FieldType::QUERY_ID, self.id.to_be_bytes()));
        if !self.partitions.is_empty() {
            let data: Vec<u8> = self.partitions.iter().flat_map(|p| p.to_le_bytes()).collect();
            fields.push(Field::new(FieldType::PARTITIONS, data));
        }
        if !self.resume_after.is_empty() {
            let data: Vec<u8> = self.resume_after.iter().flat_map(|digest| digest.0).collect();
            fields.push(Field::new(FieldType::RESUME_DIGESTS, data));
        }
        if self.max_records != 0 {
            fields.push(Field::new(FieldType::MAX_RECORDS, self.max_records.to_be_bytes()));
        }
        let read = if self.no_bins { Info1::READ | Info1::NO_BINS } else { Info1::READ };
        Message {
            info1: read,
            info3: Info3::PARTITION_DONE,
            fields,
            ops: self.bins.iter().map(|name| Op { name: name.clone(), ..Op::read("") }).collect(),
            ..Message::default()
        }
    }
}

fn array<const N: usize, T>(
    message: &Message,
    field_type: FieldType,
    read: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, DecodeError> {
    let data = message.field(field_type).map_or(&[][..], |field| &field.data);
    let (items, rest) = data.as_chunks::<N>();
    if rest.is_empty() {
        Ok(items.iter().map(|item| read(*item)).collect())
    } else {
        Err(DecodeError::Malformed("array field"))
    }
}

/// A record in the reply of a query.
#[must_use]
pub fn record_reply(
    namespace: &str,
    set: &str,
    digest: &Digest,
    key: Option<&UserKey>,
    generation: u32,
    void_time: u32,
    bins: Vec<Op>,
) -> Message {
    let mut fields = vec![Field::digest(digest), Field::namespace(namespace)];
    if !set.is_empty() {
        fields.push(Field::set(set));
    }
    fields.extend(key.map(Field::key));
    Message { generation, record_ttl: void_time, fields, ops: bins, ..Message::default() }
}

/// The row that tells that a partition is done, or why it is not.
#[must_use]
pub fn partition_done(partition: u16, result_code: ResultCode) -> Message {
    Message {
        info3: Info3::PARTITION_DONE,
        result_code,
        generation: partition.into(),
        ..Message::default()
    }
}
