/// Which deletes a namespace allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deletes {
    /// Durable ones leave a tombstone, others remove the record (AP; SC with
    /// `strong-consistency-allow-expunge`).
    Any,
    /// Only durable ones; others are forbidden (SC).
    DurableOnly,
    /// Only those that remove the record; durable ones are for another edition.
    ExpungeOnly,
}

/// What a namespace allows its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// True for a strong-consistency namespace.
    pub strong_consistency: bool,
    /// Which deletes are allowed.
    pub deletes: Deletes,
    /// The largest record, in bytes of storage (`max-record-size`).
    pub max_record_bytes: usize,
    /// Time to live of records that ask for the default, in seconds; 0 for ever (`default-ttl`).
    pub default_ttl_s: u32,
    /// True when writes may set a time to live: nsup runs, or `allow-ttl-without-nsup`.
    pub ttl_allowed: bool,
}

impl Rules {
    /// The defaults of an AP namespace.
    #[must_use]
    pub const fn ap() -> Self {
        Self {
            strong_consistency: false,
            deletes: Deletes::Any,
            max_record_bytes: 1024 * 1024,
            default_ttl_s: 0,
            ttl_allowed: false,
        }
    }

    /// The defaults of an SC namespace.
    #[must_use]
    pub const fn sc() -> Self {
        Self { strong_consistency: true, deletes: Deletes::DurableOnly, ..Self::ap() }
    }

    /// The last generation before the first follows again: SC leaves ten bits for it.
    #[must_use]
    pub const fn max_generation(&self) -> u16 {
        if self.strong_consistency { 1023 } else { u16::MAX }
    }

    /// The generation after `generation`; 0 is none.
    #[must_use]
    pub const fn next_generation(&self, generation: u16) -> u16 {
        if generation >= self.max_generation() { 1 } else { generation + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_wrap_to_1_and_skip_0() {
        assert_eq!(Rules::sc().next_generation(0), 1);
        assert_eq!(Rules::sc().next_generation(1022), 1023);
        assert_eq!(Rules::sc().next_generation(1023), 1);
        assert_eq!(Rules::ap().next_generation(1023), 1024);
        assert_eq!(Rules::ap().next_generation(u16::MAX), 1);
    }
}
