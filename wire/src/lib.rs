//! The Aerospike protocol: bytes to values and back, without IO.
