//! The network: delays, order, and what interruptions hold back.

use std::collections::BTreeMap;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::{Channels, Delays, End, Interruption, InterruptionId, Link};

/// The kinds of connections between two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Channel {
    /// Heartbeats between nodes.
    Heartbeat,
    /// Everything else between nodes.
    Fabric,
    /// Between clients and nodes; each request has a connection of its own.
    Service,
}

/// What the network does with a message that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is delivered.
    Pass,
    /// It is kept until the link is open again.
    Hold,
    /// It is lost, and its connection with it.
    Reset,
}

#[derive(Debug)]
struct Rule {
    links: Vec<Link>,
    channels: Channels,
    interruption: Interruption,
}

/// The network between sites and nodes.
#[derive(Debug)]
pub(super) struct Network {
    delays: Delays,
    /// The site of each node.
    sites: Vec<u8>,
    random: ChaCha8Rng,
    seed: u64,
    rules: BTreeMap<InterruptionId, Rule>,
    last_rule: u64,
    /// When the last message of a connection between nodes arrives.
    last_arrival: BTreeMap<(Link, Channel), u64>,
}

impl Network {
    pub(super) fn new(delays: Delays, sites: Vec<u8>, random: ChaCha8Rng, seed: u64) -> Self {
        Self {
            seed,
            delays,
            sites,
            random,
            rules: BTreeMap::new(),
            last_rule: 0,
            last_arrival: BTreeMap::new(),
        }
    }

    /// When a message that is sent now arrives, in ns. A connection keeps the order.
    pub(super) fn arrival_ns(&mut self, now_ns: u64, link: Link, channel: Channel) -> u64 {
        let same_site = self.site_of(link.from) == self.site_of(link.to);
        let delay_ns =
            if same_site { self.delays.local_us * 1000 } else { self.delays.round_trip_us * 500 };
        let jitter_ns = self.random.random_range(0..=delay_ns / 10);
        let at_ns = now_ns + delay_ns + jitter_ns;
        if channel == Channel::Service {
            return at_ns;
        }
        if self.happens(self.delays.disorder.overtaken) {
            // Nodes have several connections, so what comes late holds nothing else up.
            return at_ns + self.random.random_range(0..=20 * delay_ns);
        }
        let last = self.last_arrival.entry((link, channel)).or_insert(0);
        *last = at_ns.max(*last);
        *last
    }

    /// How many times a message arrives.
    pub(super) fn copies(&mut self, channel: Channel, may_double: bool) -> usize {
        let disorder = self.delays.disorder;
        if self.happens(disorder.lost) {
            0
        } else if channel != Channel::Service && may_double && self.happens(disorder.doubled) {
            2
        } else {
            1
        }
    }

    fn happens(&mut self, in_a_million: u32) -> bool {
        in_a_million > 0 && self.random.random_range(0..1_000_000) < in_a_million
    }

    fn site_of(&self, end: End) -> u8 {
        match end {
            End::Site(site) => site,
            End::Node(node) => self.sites.get(usize::from(node)).copied().unwrap_or_default(),
        }
    }

    /// What happens to a message that arrives now; the strongest interruption counts.
    pub(super) fn fate(&self, link: Link, channel: Channel) -> Fate {
        let touches = |rule: &&Rule| {
            let channel = match channel {
                Channel::Heartbeat => rule.channels.heartbeat,
                Channel::Fabric => rule.channels.fabric,
                Channel::Service => true,
            };
            channel && rule.links.contains(&link)
        };
        let mut fate = Fate::Pass;
        for rule in self.rules.values().filter(touches) {
            match rule.interruption {
                Interruption::Close => return Fate::Reset,
                // Nobody waits for an old heartbeat: its connection is given up with the node.
                Interruption::Cut | Interruption::Stall if channel == Channel::Heartbeat => {
                    fate = Fate::Reset;
                }
                Interruption::Cut | Interruption::Stall => fate = Fate::Hold,
            }
        }
        fate
    }

    /// Whether anything interrupts a link.
    pub(super) fn is_open(&self, link: Link) -> bool {
        !self.rules.values().any(|rule| rule.links.contains(&link))
    }

    pub(super) fn interrupt(
        &mut self,
        links: Vec<Link>,
        channels: Channels,
        interruption: Interruption,
    ) -> InterruptionId {
        self.last_rule += 1;
        let id = InterruptionId(self.last_rule);
        self.rules.insert(id, Rule { links, channels, interruption });
        id
    }

    /// Lifts an interruption; its links, and what it was.
    pub(super) fn restore(&mut self, id: InterruptionId) -> Option<(Vec<Link>, Interruption)> {
        self.rules.remove(&id).map(|rule| (rule.links, rule.interruption))
    }

    /// Whether a connection over a link has survived an interruption. It depends on nothing else,
    /// so that a night goes on alike when some of its load is left out.
    pub(super) fn survives(&self, id: InterruptionId, link: Link, connection: u64) -> bool {
        let end = |end| match end {
            End::Node(node) => u64::from(node),
            End::Site(site) => 256 + u64::from(site),
        };
        let mut random = ChaCha8Rng::seed_from_u64(self.seed ^ connection.rotate_left(32));
        random.set_stream(id.0 << 32 | end(link.from) << 16 | end(link.to));
        random.random_bool(0.5)
    }
}
