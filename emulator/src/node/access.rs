//! At which addresses a node serves clients beside its usual one.

/// Further addresses of a node, each by client site; where a list is empty there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// For clients that ask for alternate addresses (`alternate-access-address`).
    pub alternate: Vec<String>,
    /// The name on the node's certificate (`tls-name`).
    pub tls_name: String,
    /// For clients that speak TLS.
    pub tls: Vec<String>,
    /// For those that ask for alternate addresses as well.
    pub tls_alternate: Vec<String>,
}

/// Which of its addresses a node is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// The usual one.
    Standard,
    /// The alternate one.
    Alternate,
    /// The one that speaks TLS.
    Tls,
    /// The alternate one that speaks TLS.
    TlsAlternate,
}

impl Entrance {
    /// Whether it speaks TLS.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::TlsAlternate)
    }
}
