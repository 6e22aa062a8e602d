//! What can be refused without a look at the bins.

use wire::message::ttl;
use wire::{FieldType, Info1, Info2, Info3, Message, OpCode, ParticleType, ResultCode, UserKey};

use super::{Bins, Record, Rules};

/// Most operations of a request.
pub(super) const MAX_OPS: usize = 32 * 1024;
/// The longest time to live that a client may ask for, in seconds: ten years.
const MAX_TTL_S: u32 = 3600 * 24 * 365 * 10;
/// The longest name of a set, in bytes.
const MAX_SET_NAME: usize = 63;

/// What a write's flags and operations say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WritePolicy {
    /// The record must exist.
    pub(super) must_exist: bool,
    /// All bins are replaced.
    pub(super) replace: bool,
}

impl WritePolicy {
    /// Reads a write's policy and refuses operations that cannot go together.
    pub(super) fn of(request: &Message) -> Result<Self, ResultCode> {
        if request.ops.is_empty() || request.ops.len() > MAX_OPS {
            return Err(ResultCode::PARAMETER);
        }
        let must_exist = request.info3.has(Info3::UPDATE_ONLY)
            || request.info3.has(Info3::REPLACE_ONLY)
            || request.ops.iter().any(|op| op.code == OpCode::TOUCH);
        let replace =
            request.info3.has(Info3::CREATE_OR_REPLACE) || request.info3.has(Info3::REPLACE_ONLY);
        let get_all = request.info1.has(Info1::GET_ALL);
        let respond_all = request.info2.has(Info2::RESPOND_ALL_OPS);
        let mut reads = false;
        let mut reads_all = false;
        let mut answers = false;
        for op in &request.ops {
            if op.code != OpCode::TOUCH {
                check_bin_name(&op.name)?;
            }
            let keeps_old_bins = match op.code {
                OpCode::WRITE => op.particle_type == ParticleType::NULL,
                OpCode::TOUCH
                | OpCode::INCREMENT
                | OpCode::APPEND
                | OpCode::PREPEND
                | OpCode::DELETE_ALL
                | OpCode::BITS_MODIFY
                | OpCode::HLL_MODIFY
                | OpCode::CDT_MODIFY => true,
                _ => false,
            };
            if keeps_old_bins && replace {
                return Err(ResultCode::PARAMETER);
            }
            match op.code {
                OpCode::READ if op.name.is_empty() && get_all => {
                    if respond_all || reads_all {
                        return Err(ResultCode::PARAMETER);
                    }
                    reads_all = true;
                    reads = true;
                }
                OpCode::READ
                | OpCode::CDT_READ
                | OpCode::BITS_READ
                | OpCode::HLL_READ
                | OpCode::EXPRESSION_READ => {
                    reads = true;
                    answers = true;
                }
                OpCode::CDT_MODIFY | OpCode::HLL_MODIFY => answers = true,
                _ => {}
            }
        }
        let unannounced = reads && !request.info1.has(Info1::READ);
        if unannounced || (reads_all && answers) || (get_all && !reads_all) {
            return Err(ResultCode::PARAMETER);
        }
        Ok(Self { must_exist, replace })
    }
}

/// A bin's name: at most 15 bytes, none of them zero. It may be empty.
pub(super) fn check_bin_name(name: &[u8]) -> Result<(), ResultCode> {
    if name.len() > Bins::MAX_NAME || name.contains(&0) {
        Err(ResultCode::BIN_NAME)
    } else {
        Ok(())
    }
}

/// Whether a record's generation is the one, or below the one, that the request asks for.
pub(super) fn check_generation(generation: u16, request: &Message) -> Result<(), ResultCode> {
    let generation = u32::from(generation);
    let accepted = if request.info2.has(Info2::GENERATION) {
        request.generation == generation
    } else if request.info2.has(Info2::GENERATION_GT) {
        request.generation > generation
    } else {
        true
    };
    if accepted { Ok(()) } else { Err(ResultCode::GENERATION) }
}

/// The set of a record that is created.
pub(super) fn new_set(request: &Message) -> Result<String, ResultCode> {
    let set = request.set();
    if set.len() > MAX_SET_NAME {
        return Err(ResultCode::PARAMETER);
    }
    String::from_utf8(set.to_vec()).map_err(|_| ResultCode::PARAMETER)
}

/// The key that a write stores: the one there is, or the one that comes.
pub(super) fn stored_key(
    record: &Record,
    request: &Message,
) -> Result<Option<UserKey>, ResultCode> {
    if record.key.is_some() {
        super::read::check_key(record, request)?;
        return Ok(record.key.clone());
    }
    let key = request.field(FieldType::KEY).map(wire::Field::as_key);
    key.transpose().map_err(|_| ResultCode::UNSUPPORTED_FEATURE)
}

/// The void time that a write gives its record.
pub(super) fn void_time_s(
    record: &Record,
    request: &Message,
    now_ms: u64,
    rules: &Rules,
) -> Result<u32, ResultCode> {
    let ttl_s = match request.record_ttl {
        ttl::KEEP if !record.is_tombstone() => return Ok(record.void_time_s),
        ttl::NEVER => return Ok(0),
        ttl::KEEP | ttl::NAMESPACE_DEFAULT => rules.default_ttl_s,
        seconds if seconds <= MAX_TTL_S => seconds,
        _ => return Err(ResultCode::PARAMETER),
    };
    if ttl_s == 0 {
        return Ok(0);
    }
    if !rules.ttl_allowed {
        return Err(ResultCode::FORBIDDEN);
    }
    u32::try_from(now_ms / 1000 + u64::from(ttl_s)).map_err(|_| ResultCode::PARAMETER)
}
