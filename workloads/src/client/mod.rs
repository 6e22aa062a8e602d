//! The recording adapter round the official client.
