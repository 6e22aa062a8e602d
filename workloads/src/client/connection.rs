//! One client of the official kind, seen as something that carries out calls.

use std::time::Duration;

use aerospike::{
    AdminPolicy, BatchOperation, BatchRecord, Bins, Client, Error, Key as RecordKey, Record,
    ResultCode, Value as BinValue,
};
use history::{Arm, Call, ClientSettings, Key, LoadSettings, Mode, Returned, Workload};
use tokio::time::timeout;

use super::LoadError;
use super::failure::signals;
use super::policies::{Policies, client_policy};
use super::reach::Reach;
use super::record::{operations, returned};
use crate::outcome::Attempt;

/// How long a client may take to find its cluster.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a client may take to close: it waits for its current round of questions to the nodes.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// The rows of a batch that reads one key.
const ROWS: usize = 3;
/// Keys per batch when many are looked at.
const KEYS_PER_BATCH: usize = 128;

/// A client of one site, or one that is pinned to a node.
pub(super) struct Connection {
    client: Client,
    arm: Arm,
    workload: Workload,
    policies: Policies,
    reach: Option<Reach>,
}

impl Connection {
    /// Connects a client that follows the partition map of the cluster behind `hosts`, or, `pinned`,
    /// one that knows the one node there.
    ///
    /// # Errors
    /// What the client said.
    pub(super) async fn connect(
        arm: &Arm,
        load: &LoadSettings,
        settings: &ClientSettings,
        hosts: &str,
        pinned: bool,
    ) -> Result<Self, String> {
        let policy = client_policy(settings, load.processes as usize, pinned);
        let client = timeout(CONNECT_TIMEOUT, Client::new(&policy, &hosts))
            .await
            .map_err(|_| format!("no partition map after {} s", CONNECT_TIMEOUT.as_secs()))?
            .map_err(|error| error.to_string())?;
        let reach = if pinned { Some(reach(&client, arm, settings).await?) } else { None };
        let policies = Policies::new(arm, load.workload, settings);
        Ok(Self { client, arm: arm.clone(), workload: load.workload, policies, reach })
    }

    /// Whether the namespace is in the mode that the arm says.
    pub(super) fn check_mode(&self) -> Result<(), LoadError> {
        let namespace = self.arm.namespace.clone();
        match self.client.is_strong_consistency(&namespace) {
            None => Err(LoadError::NoNamespace { namespace }),
            Some(sc) if sc == (self.arm.mode == Mode::Sc) => Ok(()),
            Some(_) => Err(LoadError::WrongMode { namespace, expected: self.arm.mode }),
        }
    }

    /// Whether a key can be asked for on this route.
    pub(super) fn reaches(&self, key: Key) -> bool {
        match &self.reach {
            None => true,
            Some(reach) => reach.contains(self.record_key(key).partition_id()),
        }
    }

    /// Carries out a call.
    pub(super) async fn call(&self, key: Key, call: &Call) -> Attempt {
        let key = self.record_key(key);
        let answer = match call {
            Call::Read if self.arm.mode == Mode::Sc => return self.read_with_mode(key).await,
            Call::Read => self.client.get(&self.policies.read, &key, Bins::All).await,
            _ => {
                let operations = operations(self.workload, call);
                self.client.operate(&self.policies.write(call), &key, &operations).await
            }
        };
        match answer {
            Ok(record) if *call == Call::Read => self.answered(&record),
            Ok(record) => Attempt::Answered {
                returned: Returned::Nothing,
                generation: Some(record.generation),
            },
            Err(error) => Attempt::Failed(signals(&error, call.is_write())),
        }
    }

    /// Reads one record in the arm's read mode.
    ///
    /// The client drops the read mode of single-record reads on their way to the wire, and sends a
    /// batch with one key for a node as such a read. Rows of a true batch keep it, hence the same
    /// key three times. The client looks the node up for each row anew, so a change of its partition
    /// map can part the rows, but one change cannot leave the middle row alone: it is the one that
    /// counts.
    async fn read_with_mode(&self, key: RecordKey) -> Attempt {
        let row = BatchOperation::read(&self.policies.row, key, Bins::All);
        let mut rows: [BatchOperation; ROWS] = [row.clone(), row.clone(), row];
        let call = self.client.batch(&self.policies.batch, &mut rows).await;
        let middle = rows[ROWS / 2].batch_record();
        match (&middle.record, middle.error(), call) {
            (Some(record), _, _) => self.answered(record),
            (None, Some(error), _) => Attempt::Failed(signals(error, false)),
            (None, None, Err(error)) => Attempt::Failed(signals(&error, false)),
            (None, None, Ok(())) => Attempt::Failed(Vec::new()),
        }
    }

    fn answered(&self, record: &Record) -> Attempt {
        Attempt::Answered {
            returned: returned(self.workload, record),
            generation: Some(record.generation),
        }
    }

    /// Looks at many keys at once, outside the history: the first one that holds a record.
    ///
    /// # Errors
    /// A key that cannot be read, and why.
    pub(super) async fn first_present(&self, keys: &[Key]) -> Result<Option<Key>, LoadError> {
        for keys in keys.chunks(KEYS_PER_BATCH) {
            // Three rows per key here too, so that no row of a node is alone.
            let mut rows: Vec<BatchOperation> = keys
                .iter()
                .flat_map(|key| {
                    let row =
                        BatchOperation::read(&self.policies.row, self.record_key(*key), Bins::All);
                    [row.clone(), row.clone(), row]
                })
                .collect();
            let call = self.client.batch(&self.policies.batch, &mut rows).await;
            let call = call.err().map(|error| error.to_string());
            for (key, rows) in keys.iter().zip(rows.chunks(ROWS)) {
                match presence(rows[ROWS / 2].batch_record()) {
                    Ok(true) => return Ok(Some(*key)),
                    Ok(false) => {}
                    Err(reason) => {
                        let reason = reason.or(call).unwrap_or_else(|| "no answer".to_owned());
                        return Err(LoadError::Unreadable { key: *key, reason });
                    }
                }
            }
        }
        Ok(None)
    }

    fn record_key(&self, key: Key) -> RecordKey {
        RecordKey::new(&*self.arm.namespace, &*self.arm.set, BinValue::Int(key.0 as i64))
            .expect("an integer is a key")
    }

    /// Closes the client, and says whether it did so in time.
    pub(super) async fn close(&self) -> bool {
        matches!(timeout(CLOSE_TIMEOUT, self.client.close()).await, Ok(Ok(())))
    }
}

/// What the one node that a client knows answers for.
async fn reach(client: &Client, arm: &Arm, settings: &ClientSettings) -> Result<Reach, String> {
    let node = client.nodes().into_iter().next().ok_or_else(|| "the node went away".to_owned())?;
    let policy = AdminPolicy { timeout: settings.timeout_ms };
    let answers = node.info(&policy, &["replicas"]).await.map_err(|error| error.to_string())?;
    let replicas = answers.get("replicas").ok_or_else(|| "no answer to `replicas`".to_owned())?;
    Reach::parse(replicas, &arm.namespace).map_err(|reason| format!("in `replicas`: {reason}"))
}

/// Whether a row holds a record; else why nobody knows, if anything was said.
fn presence(row: &BatchRecord) -> Result<bool, Option<String>> {
    match (&row.record, row.error()) {
        (Some(_), _) => Ok(true),
        (None, Some(error)) if is_not_found(error) => Ok(false),
        (None, error) => Err(error.map(ToString::to_string)),
    }
}

fn is_not_found(error: &Error) -> bool {
    error.server_result_code() == Some(ResultCode::KeyNotFoundError)
}
