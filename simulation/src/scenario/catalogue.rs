//! The scenarios by name.

use super::account::Account;
use super::{bootstrap, five_node, flip_flop, odd_even, stretch, three_dc, tie_break};

/// A topology and what happens to it.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub about: &'static str,
    /// How many records there are, if it does not matter for what it shows.
    pub records: Option<u64>,
    play: fn(&Scenario, &Settings) -> Account,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Every random choice.
    pub seed: u64,
    /// Records, where the scenario leaves that open.
    pub records: Option<u64>,
}

impl Scenario {
    /// Plays it.
    #[must_use]
    pub fn play(&self, settings: &Settings) -> Account {
        (self.play)(self, settings)
    }

    /// How many records there are.
    pub(super) fn records_of(&self, settings: &Settings) -> u64 {
        settings.records.or(self.records).unwrap_or(0)
    }
}

/// All scenarios.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "stretch-3x3",
        about: "six nodes in two racks are cut into halves, and unequally; no record is lost or forked",
        records: None,
        play: stretch::play,
    },
    Scenario {
        name: "five-node",
        about: "five nodes lose two; the roster is set to the rest; when do partitions migrate?",
        records: Some(1000),
        play: five_node::play,
    },
    Scenario {
        name: "tie-break",
        about: "two data sites and quiesced nodes in a third, which decide who goes on",
        records: Some(10_000),
        play: tie_break::play,
    },
    Scenario {
        name: "odd-even",
        about: "three nodes and two; the two take over by roster, and the three return",
        records: Some(1000),
        play: odd_even::play,
    },
    Scenario {
        name: "three-dc",
        about: "three data centres hold three copies; one is cut off, another is lost",
        records: Some(1000),
        play: three_dc::play,
    },
    Scenario {
        name: "stretch-bootstrap",
        about: "a cluster with six accidental racks is mended over a roster of one node; empty, and under load",
        records: Some(1000),
        play: bootstrap::play,
    },
    Scenario {
        name: "flip-flop",
        about: "a client that reaches both halves: its map is stable under SC, and not under AP",
        records: Some(500),
        play: flip_flop::play,
    },
];

/// The scenario of a name.
#[must_use]
pub fn scenario(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}
