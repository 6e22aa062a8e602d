//! Each class of anomaly by hand, of at most six transactions.

/// Histories of lists, and what is to be found in them.
pub(crate) const LISTS: &[(&str, &str)] = &[
    ("0 ok 0 9: l 1", ""),
    ("0 ok 0 9: l 1 5", "garbage-read"),
    ("0 ok 0 1: a 1 5\n1 ok 2 3: l 1 5 5", "duplicate-elements"),
    ("0 fail 0 1: a 1 5\n1 ok 2 3: l 1 5", "G1a"),
    ("0 fail 0 1: a 1 5\n1 ok 2 3: a 1 6\n2 ok 4 5: l 1 5 6", "G1a dirty-update"),
    ("0 ok 0 1: a 1 5, a 1 6\n1 ok 0 3: l 1 5", "G1b"),
    ("0 ok 0 1: a 1 5\n1 ok 0 1: a 1 6\n2 ok 0 3: l 1 5\n3 ok 0 3: l 1 6", "incompatible-order"),
    ("0 ok 0 9: l 1, a 1 5\n1 ok 0 9: l 1, a 1 6\n2 ok 0 9: l 1 5 6", "lost-update G-single"),
    ("0 ok 0 9: a 1 5, l 1", "internal"),
    ("0 ok 0 9: l 1, l 1 5\n1 ok 0 9: a 1 5", "internal"),
    ("0 ok 0 9: l 1 5, a 1 5", "future-read"),
    // Two writers in two orders.
    ("0 ok 0 9: a 1 5, a 2 5\n1 ok 0 9: a 1 6, a 2 6\n2 ok 0 9: l 1 5 6\n3 ok 0 9: l 2 6 5", "G0"),
    ("0 ok 0 9: a 1 5, l 2 6\n1 ok 0 9: a 2 6, l 1 5", "G1c"),
    // One of two writes is seen.
    ("0 ok 0 9: a 1 5, a 2 5\n1 ok 0 9: l 1 5, l 2", "G-single"),
    // Two readers disagree about which of two writes was first: a long fork.
    (
        "0 ok 0 9: a 1 5\n1 ok 0 9: a 2 6\n2 ok 0 9: l 1 5, l 2\n3 ok 0 9: l 1, l 2 6",
        "G-nonadjacent",
    ),
    ("0 ok 0 9: l 1, a 2 5\n1 ok 0 9: l 2, a 1 6", "G2-item"),
    // Processes: 0 and 1 each forget what they had seen; times overlap.
    ("0 ok 0 3: a 1 5\n0 ok 3 9: a 1 6\n1 ok 0 9: l 1 6 5", "G0-process"),
    ("0 ok 0 3: l 1 5\n0 ok 3 9: a 1 5", "G1c-process"),
    ("0 ok 0 3: a 1 5\n0 ok 3 9: l 1", "G-single-process"),
    ("0 ok 0 3: a 1 5\n0 ok 3 9: l 2\n1 ok 0 3: a 2 6\n1 ok 3 9: l 1", "G-nonadjacent-process"),
    ("0 ok 0 3: l 1\n0 ok 3 9: l 2\n1 ok 0 9: a 2 6, l 3\n2 ok 0 9: a 3 7, a 1 5", ""),
    (
        "0 ok 0 3: l 3 7\n0 ok 3 9: l 2\n1 ok 0 9: a 2 6, l 1\n2 ok 0 9: a 3 7, a 1 5",
        "G2-item-process",
    ),
    // Real time.
    ("0 ok 0 1: a 1 5\n1 ok 2 3: a 1 6\n2 ok 0 9: l 1 6 5", "G0-realtime"),
    ("0 ok 0 1: l 1 5\n1 ok 2 3: a 1 5", "G1c-realtime"),
    ("0 ok 0 1: a 1 5\n1 ok 2 3: l 1", "G-single-realtime"),
    ("0 ok 0 1: a 1 5\n1 ok 2 9: l 2\n2 ok 0 1: a 2 6\n3 ok 2 9: l 1", "G-single-realtime"),
    ("0 ok 0 3: a 1 5\n1 ok 4 9: l 2\n2 ok 2 5: a 2 6\n3 ok 6 9: l 1", "G-single-realtime"),
    (
        "0 ok 0 1: l 3 7\n1 ok 2 9: l 2\n2 ok 0 9: a 2 6, l 1\n3 ok 0 9: a 3 7, a 1 5",
        "G2-item-realtime",
    ),
    // In doubt: what was read of it happened, all of it; what was not read may not have.
    ("0 info 0 1: a 1 5, a 2 5\n1 ok 2 3: l 1 5\n1 ok 4 5: l 2", "G-single-process"),
    ("0 info 0 1: a 1 5\n1 ok 2 3: l 1\n1 ok 4 5: l 1 5\n1 ok 6 7: l 1 5", ""),
    ("0 info 0 1: a 1 5\n1 ok 2 3: l 1", ""),
];

/// The same of registers.
pub(crate) const REGISTERS: &[(&str, &str)] = &[
    ("0 ok 0 9: r 1 5", "garbage-read"),
    ("0 fail 0 1: w 1 5\n1 ok 2 3: r 1 5", "G1a"),
    ("0 ok 0 1: w 1 5, w 1 6\n1 ok 0 3: r 1 5", "G1b"),
    ("0 ok 0 9: r 1 nil, w 1 5\n1 ok 0 9: r 1 nil, w 1 6", "lost-update G2-item"),
    ("0 ok 0 9: w 1 5, r 1 nil", "internal"),
    ("0 ok 0 9: r 1 5, w 1 5", "future-read"),
    // Versions say which write was first.
    ("0 ok 0 9: w 1 5 v1, w 2 5 v2\n1 ok 0 9: w 1 6 v2, w 2 6 v1", "G0"),
    ("0 ok 0 9: w 1 5, r 2 6\n1 ok 0 9: w 2 6, r 1 5", "G1c"),
    ("0 ok 0 9: w 1 5, w 2 5\n1 ok 0 9: r 1 5, r 2 nil", "G-single"),
    (
        "0 ok 0 9: w 1 5\n1 ok 0 9: w 2 6\n2 ok 0 9: r 1 5, r 2 nil\n3 ok 0 9: r 1 nil, r 2 6",
        "G-nonadjacent",
    ),
    ("0 ok 0 9: r 1 nil, w 2 5\n1 ok 0 9: r 2 nil, w 1 6", "G2-item"),
    ("0 ok 0 3: w 1 5\n0 ok 3 9: r 1 nil", "G-single-process"),
    // An old value, known to be old by real time alone.
    ("0 ok 0 1: w 1 5\n1 ok 2 3: w 1 6\n2 ok 4 5: r 1 5", "G-single-realtime"),
    ("0 ok 0 1: w 1 5\n1 ok 2 3: w 1 6\n2 ok 4 5: r 1 6", ""),
];
