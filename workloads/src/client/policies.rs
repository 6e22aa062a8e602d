//! The client's policies, every field of them, so that no default of another version moves under a
//! stored outcome.

use aerospike::{
    AuthMode, BasePolicy, BatchPolicy, BatchReadPolicy, ClientPolicy, CommitLevel, Concurrency,
    Expiration, GenerationPolicy, ReadModeAp, ReadModeSc, ReadPolicy, ReadTouchTtl,
    RecordExistsAction, Replica, WritePolicy,
};
use history::{Arm, Call, ClientSettings, Mode, ReadMode, Workload};

/// Connections to one node that a client may hold at least.
const CONNECTIONS: usize = 256;

/// The policies of an arm's calls.
#[derive(Debug)]
pub(super) struct Policies {
    /// For plain reads, which carry no read mode.
    pub(super) read: ReadPolicy,
    /// For batches, whose rows carry the arm's read mode.
    pub(super) batch: BatchPolicy,
    /// For a row of a batch.
    pub(super) row: BatchReadPolicy,
    write: WritePolicy,
}

impl Policies {
    /// For an arm under a workload.
    pub(super) fn new(arm: &Arm, workload: Workload, settings: &ClientSettings) -> Self {
        let read_mode = match (arm.mode, arm.read_mode) {
            // An availability namespace refuses a batch row with the bits of a read mode.
            (Mode::Ap, _) | (Mode::Sc, Some(ReadMode::Session)) => ReadModeSc::Session,
            (Mode::Sc, None | Some(ReadMode::Linearize)) => ReadModeSc::Linearize,
            (Mode::Sc, Some(ReadMode::AllowReplica)) => ReadModeSc::AllowReplica,
            (Mode::Sc, Some(ReadMode::AllowUnavailable)) => ReadModeSc::AllowUnavailable,
        };
        let base = |read_mode_sc| BasePolicy {
            read_mode_ap: ReadModeAp::One,
            read_mode_sc,
            // The master first; a pinned client's map may hold its node as a replica only.
            replica: Replica::Sequence,
            socket_timeout: settings.timeout_ms,
            total_timeout: settings.timeout_ms,
            timeout_delay: 0,
            max_retries: 0,
            read_touch_ttl: ReadTouchTtl::DontReset,
            sleep_between_retries: 0,
            sleep_multiplier: 1.0,
            use_compression: false,
            compression_threshold: 128,
            filter_expression: None,
            txn: None,
            populate_positional_results: false,
            error_detail_verbosity: 0,
        };
        Self {
            read: ReadPolicy { base_policy: base(ReadModeSc::Session) },
            batch: BatchPolicy {
                base_policy: base(read_mode),
                concurrency: Concurrency::Sequential,
                allow_inline: true,
                allow_inline_ssd: false,
                respond_all_keys: true,
            },
            row: BatchReadPolicy {
                read_touch_ttl: ReadTouchTtl::DontReset,
                filter_expression: None,
            },
            write: WritePolicy {
                base_policy: base(ReadModeSc::Session),
                record_exists_action: RecordExistsAction::Update,
                generation_policy: GenerationPolicy::None,
                commit_level: CommitLevel::CommitAll,
                generation: 0,
                expiration: Expiration::NamespaceDefault,
                send_key: workload == Workload::Sightings,
                respond_per_each_op: false,
                durable_delete: false,
                records_per_second: 0,
                on_locking_only: false,
                xdr: false,
            },
        }
    }

    /// For a call that writes.
    pub(super) fn write(&self, call: &Call) -> WritePolicy {
        let mut policy = self.write.clone();
        match call {
            Call::Cas { generation, .. } => {
                policy.generation_policy = GenerationPolicy::ExpectGenEqual;
                policy.generation = *generation;
            }
            Call::Delete => policy.durable_delete = true,
            Call::Read | Call::Write { .. } | Call::Add { .. } | Call::Append { .. } => {}
        }
        policy
    }
}

/// The policy of a client that so many processes share; a pinned one reaches its seed alone.
pub(super) fn client_policy(
    settings: &ClientSettings,
    processes: usize,
    pinned: bool,
) -> ClientPolicy {
    ClientPolicy {
        auth_mode: AuthMode::None,
        tls_policy: None,
        timeout: settings.timeout_ms,
        connect_timeout: settings.timeout_ms,
        login_timeout: settings.timeout_ms,
        idle_timeout: 0,
        min_conns_per_node: 0,
        max_conns_per_node: CONNECTIONS.max(2 * processes),
        conn_pools_per_node: 1,
        opening_connection_threshold: 0,
        fail_if_not_connected: true,
        buffer_reclaim_threshold: 65_536,
        use_buffer_pool: true,
        buffer_pool_min_size: 8_192,
        buffer_pool_max_size: 1 << 20,
        buffer_pool_tier_bytes: 4 << 20,
        tend_interval: settings.tend_interval_ms,
        config_interval: 1_000,
        ip_map: None,
        use_services_alternate: false,
        cluster_name: None,
        rack_ids: None,
        application_id: None,
        custom_client_id: None,
        // The circuit breaker would refuse what the history must show to be unavailable.
        max_error_rate: 0,
        error_rate_window: 1,
        seed_only_cluster: pinned,
    }
}
