//! Operations on lists and maps.

use wire::{ResultCode, Value};

/// Reads from a list or map.
pub(super) fn read(value: &Value, call: &[u8]) -> Result<Option<Value>, ResultCode> {
    let _ = (value, call);
    Err(ResultCode::UNSUPPORTED_FEATURE)
}

/// Changes a list or map.
pub(super) fn modify(
    value: Option<&Value>,
    call: &[u8],
) -> Result<(Option<Value>, Option<Value>), ResultCode> {
    let _ = (value, call);
    Err(ResultCode::UNSUPPORTED_FEATURE)
}
