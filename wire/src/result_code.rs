//! Result codes of replies.

use std::fmt;

/// The result code of a reply; 0 is success.
///
/// Unknown codes are kept as they are. Names follow the server's `proto.h` (Community Edition
/// 8.1.2.0).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ResultCode(pub u8);

macro_rules! result_codes {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        impl ResultCode {
            $(#[doc = concat!($text, " (", $code, ").")] pub const $name: Self = Self($code);)*

            /// What the code means, in a few words; `None` for a code that has no name.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($code => Some($text),)*
                    _ => None,
                }
            }
        }
    };
}

result_codes! {
    OK = 0, "ok";
    UNKNOWN = 1, "unknown server error";
    NOT_FOUND = 2, "record not found";
    GENERATION = 3, "generation mismatch";
    PARAMETER = 4, "bad parameter";
    RECORD_EXISTS = 5, "record exists";
    BIN_EXISTS = 6, "bin exists";
    CLUSTER_KEY_MISMATCH = 7, "cluster key mismatch";
    OUT_OF_SPACE = 8, "out of space";
    TIMEOUT = 9, "timeout";
    UNAVAILABLE = 11, "partition unavailable";
    INCOMPATIBLE_TYPE = 12, "incompatible bin type";
    RECORD_TOO_BIG = 13, "record too big";
    KEY_BUSY = 14, "key busy";
    QUERY_ABORT = 15, "query aborted";
    UNSUPPORTED_FEATURE = 16, "unsupported feature";
    BIN_NOT_FOUND = 17, "bin not found";
    DEVICE_OVERLOAD = 18, "device overload";
    KEY_MISMATCH = 19, "key mismatch";
    NAMESPACE = 20, "namespace not found";
    BIN_NAME = 21, "bad bin name";
    FORBIDDEN = 22, "forbidden";
    ELEMENT_NOT_FOUND = 23, "element not found";
    ELEMENT_EXISTS = 24, "element exists";
    ENTERPRISE_ONLY = 25, "enterprise only";
    OP_NOT_APPLICABLE = 26, "operation not applicable";
    FILTERED_OUT = 27, "filtered out";
    LOST_CONFLICT = 28, "lost conflict";
    XDR_KEY_BUSY = 32, "key busy shipping";
    QUERY_END = 50, "end of a list";
    SECURITY_NOT_SUPPORTED = 51, "security not supported";
    SECURITY_NOT_ENABLED = 52, "security not enabled";
    SECURITY_SCHEME = 53, "security scheme not supported";
    SECURITY_COMMAND = 54, "unknown security command";
    SECURITY_FIELD = 55, "bad security field";
    SECURITY_STATE = 56, "illegal security state";
    USER = 60, "unknown user";
    USER_EXISTS = 61, "user exists";
    PASSWORD = 62, "bad password";
    EXPIRED_PASSWORD = 63, "expired password";
    FORBIDDEN_PASSWORD = 64, "forbidden password";
    CREDENTIAL = 65, "bad credential";
    EXPIRED_SESSION = 66, "expired session";
    ROLE = 70, "unknown role";
    ROLE_EXISTS = 71, "role exists";
    PRIVILEGE = 72, "unknown privilege";
    WHITELIST = 73, "bad whitelist";
    QUOTAS_NOT_ENABLED = 74, "quotas not enabled";
    QUOTA = 75, "bad quota";
    NOT_AUTHENTICATED = 80, "not authenticated";
    ROLE_VIOLATION = 81, "role violation";
    NOT_WHITELISTED = 82, "address not whitelisted";
    QUOTA_EXCEEDED = 83, "quota exceeded";
    UDF_EXECUTION = 100, "user-defined function failed";
    MRT_BLOCKED = 120, "blocked by another transaction";
    MRT_VERSION_MISMATCH = 121, "transaction version mismatch";
    MRT_EXPIRED = 122, "transaction expired";
    MRT_TOO_MANY_WRITES = 123, "too many writes in a transaction";
    MRT_COMMITTED = 124, "transaction committed";
    MRT_ABORTED = 125, "transaction aborted";
    MRT_ALREADY_LOCKED = 126, "already locked by this transaction";
    MRT_MONITOR_EXISTS = 127, "transaction id in use";
    BATCH_DISABLED = 150, "batch disabled";
    BATCH_MAX_REQUESTS = 151, "too many requests in a batch";
    BATCH_QUEUES_FULL = 152, "batch queues full";
    GEO_INVALID = 160, "invalid geojson";
    INDEX_FOUND = 200, "index exists";
    INDEX_NOT_FOUND = 201, "index not found";
    INDEX_OUT_OF_MEMORY = 202, "index out of memory";
    INDEX_NOT_READABLE = 203, "index not readable";
    INDEX_GENERIC = 204, "index error";
    INDEX_NAME = 205, "index name too long";
    INDEX_MAX_COUNT = 206, "too many indexes";
}

impl ResultCode {
    /// True for code 0.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.name().unwrap_or("unnamed result code"))
    }
}

impl fmt::Debug for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResultCode({self})")
    }
}
