//! Properties of all codecs.

mod arbitrary_bytes;
mod round_trip;
mod strategies;
