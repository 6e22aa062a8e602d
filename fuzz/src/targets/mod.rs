//! What each target does with its bytes.

pub(crate) mod blocks;
pub(crate) mod checker;
pub(crate) mod texts;
pub(crate) mod wire;
