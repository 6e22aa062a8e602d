//! The four info bytes of a message header.

macro_rules! info_byte {
    ($(#[$doc:meta])* $name:ident { $($(#[$bit_doc:meta])* $bit:ident = $value:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(pub u8);

        impl $name {
            /// No bit set.
            pub const NONE: Self = Self(0);
            $($(#[$bit_doc])* pub const $bit: Self = Self($value);)*

            /// True when every bit of `bits` is set.
            #[must_use]
            pub const fn has(self, bits: Self) -> bool {
                self.0 & bits.0 == bits.0
            }

            /// These bits and those of `bits`.
            #[must_use]
            pub const fn with(self, bits: Self) -> Self {
                Self(self.0 | bits.0)
            }

            /// These bits without those of `bits`.
            #[must_use]
            pub const fn without(self, bits: Self) -> Self {
                Self(self.0 & !bits.0)
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                self.with(other)
            }
        }
    };
}

info_byte! {
    /// First info byte: what is read.
    Info1 {
        /// The request reads.
        READ = 0x01;
        /// Read all bins.
        GET_ALL = 0x02;
        /// Query that skips monitoring.
        SHORT_QUERY = 0x04;
        /// Batch protocol.
        BATCH = 0x08;
        /// Sent by cross-datacenter replication.
        XDR = 0x10;
        /// Record metadata only, no bins.
        NO_BINS = 0x20;
        /// Resolve duplicates before an AP read.
        CONSISTENCY_ALL = 0x40;
        /// The client accepts a compressed reply.
        COMPRESS_RESPONSE = 0x80;
    }
}

info_byte! {
    /// Second info byte: what is written, and when.
    Info2 {
        /// The request writes.
        WRITE = 0x01;
        /// Delete the record.
        DELETE = 0x02;
        /// Only if the generation equals the header's.
        GENERATION = 0x04;
        /// Only if the header's generation is greater.
        GENERATION_GT = 0x08;
        /// A delete leaves a tombstone.
        DURABLE_DELETE = 0x10;
        /// Only if the record does not exist.
        CREATE_ONLY = 0x20;
        /// AP queries accept partitions that still migrate.
        RELAX_AP_LONG_QUERY = 0x40;
        /// Every op gets a place in the reply, in request order.
        RESPOND_ALL_OPS = 0x80;
    }
}

info_byte! {
    /// Third info byte: how writes treat the record, and how strong-consistency reads read.
    Info3 {
        /// Last message of a multi-part reply.
        LAST = 0x01;
        /// Answer before the replicas have the write.
        COMMIT_LEVEL_MASTER = 0x02;
        /// Query reply: a partition is done.
        PARTITION_DONE = 0x04;
        /// Only if the record exists.
        UPDATE_ONLY = 0x08;
        /// Replace the whole record, or create it.
        CREATE_OR_REPLACE = 0x10;
        /// Replace the whole record, only if it exists.
        REPLACE_ONLY = 0x20;
        /// Low bit of the strong-consistency read mode.
        SC_READ_TYPE = 0x40;
        /// High bit of the strong-consistency read mode.
        SC_READ_RELAX = 0x80;
    }
}

info_byte! {
    /// Fourth info byte: transactions.
    Info4 {
        /// Verify the version of a record that a transaction read.
        MRT_VERIFY_READ = 0x01;
        /// Make a provisional record final.
        MRT_ROLL_FORWARD = 0x02;
        /// Drop a provisional record.
        MRT_ROLL_BACK = 0x04;
        /// Sent by the monitor itself, never by clients.
        MRT_MONITOR_DRIVEN = 0x08;
        /// Only if the transaction does not hold the record's lock yet.
        MRT_ON_LOCKING_ONLY = 0x10;
    }
}

/// How a strong-consistency read reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReadMode {
    /// Monotonic for one client.
    #[default]
    Session,
    /// The latest acknowledged write, for all clients.
    Linearize,
    /// From any replica in sync; may be stale, not dirty.
    AllowReplica,
    /// As `AllowReplica`, and from unavailable partitions too.
    AllowUnavailable,
}

impl Info3 {
    /// The read mode that the two SC bits spell.
    #[must_use]
    pub const fn read_mode(self) -> ReadMode {
        match (self.has(Self::SC_READ_RELAX), self.has(Self::SC_READ_TYPE)) {
            (false, false) => ReadMode::Session,
            (false, true) => ReadMode::Linearize,
            (true, false) => ReadMode::AllowReplica,
            (true, true) => ReadMode::AllowUnavailable,
        }
    }

    /// These bits, with the SC bits set to `mode`.
    #[must_use]
    pub const fn with_read_mode(self, mode: ReadMode) -> Self {
        let cleared = self.without(Self(0xC0));
        match mode {
            ReadMode::Session => cleared,
            ReadMode::Linearize => cleared.with(Self::SC_READ_TYPE),
            ReadMode::AllowReplica => cleared.with(Self::SC_READ_RELAX),
            ReadMode::AllowUnavailable => cleared.with(Self(0xC0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_modes_survive_the_round_trip_beside_other_bits() {
        for mode in [
            ReadMode::Session,
            ReadMode::Linearize,
            ReadMode::AllowReplica,
            ReadMode::AllowUnavailable,
        ] {
            let bits = Info3(0xC8).with_read_mode(mode);
            assert_eq!(bits.read_mode(), mode);
            assert!(bits.has(Info3::UPDATE_ONLY));
        }
    }
}
