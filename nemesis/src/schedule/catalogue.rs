//! The nemeses by name.

use history::{ClientLinks, Direction, Fault, FaultRecord, Interruption, Topology};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::sides::{self, Sides};
use super::{PlannedFault, ScheduleError, Window, plan_listed};

/// The names that [`plan`] knows.
///
/// | name | what it does |
/// | --- | --- |
/// | `none` | nothing |
/// | `partition-racks` | splits the sites in halves, and each site's clients from the other half |
/// | `partition-majority` | splits the nodes into a minority and the smallest majority |
/// | `isolate-node` | cuts one node from all others |
/// | `one-way` | random halves, of which one no longer hears the other |
/// | `flapping` | one split that comes and goes, shorter and longer than the detection time in turn |
/// | `kill-node` | kills one node, which returns with its data |
/// | `pause-node` | stops one node in its tracks, which goes on with what it had begun |
/// | `brief-cut-then-isolate` | cuts one node off for less than the detection time, heals, leaves time to read, then isolates the same node |
pub const NEMESES: &[&str] = &[
    "none",
    "partition-racks",
    "partition-majority",
    "isolate-node",
    "one-way",
    "flapping",
    "kill-node",
    "pause-node",
    "brief-cut-then-isolate",
];

/// The random stream of schedules, apart from every other that is drawn from the run's seed.
const STREAM: u64 = 0x6e65_6d65_7369_7300;

/// Plans the faults of a nemesis: as many rounds as fit into the window, sorted by their beginnings.
/// The same arguments give the same schedule everywhere. `none` gives an empty one.
///
/// # Errors
/// If the name is unknown, or the topology or the window cannot hold the nemesis.
pub fn plan(
    name: &str,
    topology: &Topology,
    seed: u64,
    window: &Window,
) -> Result<Vec<FaultRecord>, ScheduleError> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let planner = Planner { name, topology, window, random };
    let faults = match name {
        "none" => Vec::new(),
        "partition-racks" => planner.cuts(sides::by_site, Direction::Both, ClientLinks::Cut)?,
        "partition-majority" => {
            planner.cuts(sides::minority_and_majority, Direction::Both, ClientLinks::Keep)?
        }
        "isolate-node" => planner.cuts(sides::one_and_rest, Direction::Both, ClientLinks::Keep)?,
        "one-way" => planner.cuts(sides::halves, Direction::OneToOther, ClientLinks::Keep)?,
        "flapping" => planner.flapping()?,
        "kill-node" => planner.one_by_one(|node| Fault::Kill { node })?,
        "pause-node" => planner.one_by_one(|node| Fault::Pause { node })?,
        "brief-cut-then-isolate" => planner.brief_cuts_then_isolations()?,
        _ => return Err(ScheduleError::UnknownNemesis { name: name.to_owned() }),
    };
    plan_listed(name, &faults, topology, window)
}

type Split = fn(&str, &Topology, &mut ChaCha8Rng) -> Result<Sides, ScheduleError>;

struct Planner<'a> {
    name: &'a str,
    topology: &'a Topology,
    window: &'a Window,
    random: ChaCha8Rng,
}

impl Planner<'_> {
    /// Cuts of the window's length, each with a split of its own.
    fn cuts(
        mut self,
        split: Split,
        direction: Direction,
        clients: ClientLinks,
    ) -> Result<Vec<PlannedFault>, ScheduleError> {
        let cut_ms = self.noticed_cut_ms()?;
        let mut faults = Vec::new();
        for at_ms in self.window.rounds(self.name, cut_ms)? {
            let sides = split(self.name, self.topology, &mut self.random)?;
            faults.push(self.cut(at_ms, cut_ms, &sides, direction, clients));
        }
        Ok(faults)
    }

    /// One split that comes and goes until the window ends, below and above the detection time in
    /// turn, so that some cuts are noticed and some are not.
    fn flapping(mut self) -> Result<Vec<PlannedFault>, ScheduleError> {
        let detection_ms = self.divisible_detection_ms()?;
        let sides = sides::halves(self.name, self.topology, &mut self.random)?;
        let longest_ms = detection_ms * 5 / 2;
        let mut at_ms = self.window.rounds(self.name, longest_ms)?[0];
        let mut faults = Vec::new();
        while at_ms + longest_ms <= self.window.ends_ms() {
            let for_ms = if faults.len() % 2 == 0 {
                self.random.random_range(detection_ms * 3 / 2..=longest_ms)
            } else {
                self.random.random_range(detection_ms / 4..=detection_ms * 3 / 4)
            };
            faults.push(self.cut(at_ms, for_ms, &sides, Direction::Both, ClientLinks::Keep));
            at_ms += for_ms + self.random.random_range(detection_ms..=detection_ms * 2);
        }
        Ok(faults)
    }

    /// A fault of one node, of another each time until all have had their turn.
    fn one_by_one(mut self, fault: fn(u8) -> Fault) -> Result<Vec<PlannedFault>, ScheduleError> {
        let for_ms = self.noticed_cut_ms()?;
        let order = sides::shuffled(self.name, self.topology, 1, &mut self.random)?;
        let beginnings = self.window.rounds(self.name, for_ms)?;
        let victims = order.into_iter().cycle();
        let planned = |(at_ms, node)| PlannedFault { at_ms, for_ms, fault: fault(node) };
        Ok(beginnings.into_iter().zip(victims).map(planned).collect())
    }

    /// The smallest schedule in which a record that was never replicated can be served and then be
    /// lost: a cut of a master that nobody notices, time to read what it wrote meanwhile, and then
    /// the isolation of that master, so that its replicas take over. All three together last as
    /// long as the window's cut.
    fn brief_cuts_then_isolations(mut self) -> Result<Vec<PlannedFault>, ScheduleError> {
        let detection_ms = self.divisible_detection_ms()?;
        let round_ms = self.window.cut_ms;
        let brief_ms = detection_ms * 3 / 4;
        let read_ms = detection_ms / 2;
        let cut_ms = round_ms.saturating_sub(brief_ms + read_ms);
        if cut_ms < detection_ms {
            return Err(ScheduleError::CutTooShort { cut_ms, detection_ms });
        }
        let mut faults = Vec::new();
        for at_ms in self.window.rounds(self.name, round_ms)? {
            let sides = sides::one_and_rest(self.name, self.topology, &mut self.random)?;
            let isolated_ms = at_ms + brief_ms + read_ms;
            for (at_ms, for_ms) in [(at_ms, brief_ms), (isolated_ms, cut_ms)] {
                faults.push(self.cut(at_ms, for_ms, &sides, Direction::Both, ClientLinks::Keep));
            }
            // What the master sent during the brief cut must not arrive after it.
            if let Some(PlannedFault { fault: Fault::Partition { interruption, .. }, .. }) =
                faults.iter_mut().nth_back(1)
            {
                *interruption = Interruption::Close;
            }
        }
        Ok(faults)
    }

    fn cut(
        &self,
        at_ms: u64,
        for_ms: u64,
        sides: &Sides,
        direction: Direction,
        clients: ClientLinks,
    ) -> PlannedFault {
        let fault = Fault::Partition {
            one: sides.one.clone(),
            other: sides.other.clone(),
            direction,
            interruption: Interruption::Cut,
            clients: self.window.clients.unwrap_or(clients),
        };
        PlannedFault { at_ms, for_ms, fault }
    }

    fn noticed_cut_ms(&self) -> Result<u64, ScheduleError> {
        let Window { cut_ms, detection_ms, .. } = *self.window;
        if cut_ms < detection_ms {
            return Err(ScheduleError::CutTooShort { cut_ms, detection_ms });
        }
        Ok(cut_ms)
    }

    fn divisible_detection_ms(&self) -> Result<u64, ScheduleError> {
        let detection_ms = self.window.detection_ms;
        if detection_ms < 12 {
            return Err(ScheduleError::DetectionTooShort { detection_ms });
        }
        Ok(detection_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{stretch, window};

    fn sides(record: &FaultRecord) -> (&[u8], &[u8]) {
        match &record.fault {
            Fault::Partition { one, other, .. } => (one, other),
            fault => panic!("no partition: {fault:?}"),
        }
    }

    fn end_ms(record: &FaultRecord) -> u64 {
        record.planned_at_ms + record.planned_for_ms
    }

    #[test]
    fn every_name_plans_inside_its_window_and_the_seed_decides() {
        let long = Window { load_ms: 60_000, ..window() };
        for name in NEMESES {
            let schedule = plan(name, &stretch(), 7, &long).unwrap();
            assert_eq!(schedule, plan(name, &stretch(), 7, &long).unwrap(), "{name}");
            assert_eq!(schedule.is_empty(), *name == "none", "{name}");
            assert!(schedule.iter().all(|r| r.planned_at_ms >= 2000 && end_ms(r) <= 58_000));
            let draws = |name| {
                let mut plans: Vec<_> =
                    (0..20).map(|seed| plan(name, &stretch(), seed, &long).unwrap()).collect();
                plans.dedup();
                plans.len()
            };
            let fixed = ["none", "partition-racks"].contains(name);
            assert_eq!(draws(name) == 1, fixed, "{name} with two sites and twenty seeds");
        }
    }

    #[test]
    fn racks_are_cut_along_with_their_clients_for_the_whole_time() {
        let schedule = plan("partition-racks", &stretch(), 1, &window()).unwrap();
        assert_eq!(schedule.len(), 1);
        assert_eq!((schedule[0].planned_at_ms, schedule[0].planned_for_ms), (2000, 5000));
        assert_eq!(sides(&schedule[0]), (&[1, 3, 4][..], &[0, 2, 5][..]));
        assert!(
            matches!(schedule[0].fault, Fault::Partition { clients: ClientLinks::Cut, .. }),
            "{:?}",
            schedule[0]
        );
    }

    #[test]
    fn more_sites_are_split_in_halves() {
        let mut topology = stretch();
        topology.sites = ["a", "b", "c"].map(str::to_owned).to_vec();
        topology.nodes.iter_mut().zip(0u8..).for_each(|(node, i)| node.site = i % 3);
        for seed in 0..20 {
            let schedule = plan("partition-racks", &topology, seed, &window()).unwrap();
            let (one, other) = sides(&schedule[0]);
            assert_eq!((one.len(), other.len()), (2, 4));
            assert_eq!(one[0] % 3, one[1] % 3, "a whole site");
        }
    }

    #[test]
    fn majorities_are_real_and_clients_are_kept_unless_asked() {
        for seed in 0..20 {
            let schedule = plan("partition-majority", &stretch(), seed, &window()).unwrap();
            let (one, other) = sides(&schedule[0]);
            assert_eq!((one.len(), other.len()), (2, 4));
            assert!(matches!(
                schedule[0].fault,
                Fault::Partition { clients: ClientLinks::Keep, .. }
            ));
        }
        let cut = Window { clients: Some(ClientLinks::Cut), ..window() };
        let schedule = plan("isolate-node", &stretch(), 0, &cut).unwrap();
        assert!(matches!(schedule[0].fault, Fault::Partition { clients: ClientLinks::Cut, .. }));
        assert_eq!(sides(&schedule[0]).0.len(), 1);
    }

    #[test]
    fn one_way_is_one_way() {
        let schedule = plan("one-way", &stretch(), 3, &window()).unwrap();
        let Fault::Partition { direction, one, .. } = &schedule[0].fault else { panic!() };
        assert_eq!((*direction, one.len()), (Direction::OneToOther, 3));
    }

    #[test]
    fn flapping_goes_below_and_above_the_detection_time() {
        let schedule = plan("flapping", &stretch(), 5, &window()).unwrap();
        assert!(schedule.len() >= 5, "{}", schedule.len());
        for (record, next) in schedule.iter().zip(&schedule[1..]) {
            assert!(next.planned_at_ms - end_ms(record) >= 500);
            assert_eq!(record.fault, next.fault, "it is one split that flaps");
        }
        for record in &schedule {
            assert_eq!(record.planned_for_ms > 500, record.index % 2 == 0);
        }
    }

    #[test]
    fn kills_take_turns() {
        let long = Window { load_ms: 60_000, ..window() };
        let schedule = plan("kill-node", &stretch(), 5, &long).unwrap();
        let mut victims: Vec<u8> = schedule
            .iter()
            .take(6)
            .map(|record| match record.fault {
                Fault::Kill { node } => node,
                _ => panic!("{record:?}"),
            })
            .collect();
        victims.sort_unstable();
        assert_eq!(victims, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_brief_cut_goes_unnoticed_and_the_same_node_is_isolated_after_it() {
        let schedule = plan("brief-cut-then-isolate", &stretch(), 5, &window()).unwrap();
        let [brief, isolation] = &schedule[..] else { panic!("{schedule:?}") };
        assert!(brief.planned_for_ms < 500);
        assert_eq!(sides(brief), sides(isolation));
        assert!(isolation.planned_at_ms >= end_ms(brief) + 200, "time to read");
        assert_eq!(end_ms(isolation), 7000, "the round lasts as long as another's cut");
    }

    #[test]
    fn impossible_plans_are_refused() {
        let mut one_site = stretch();
        one_site.nodes.iter_mut().for_each(|node| node.site = 0);
        let mut lonely = stretch();
        lonely.nodes.truncate(1);
        let mut couple = stretch();
        couple.nodes.truncate(2);
        let error = |name, topology: &Topology, window: &Window| {
            plan(name, topology, 1, window).unwrap_err().to_string()
        };
        let window = window();
        assert_eq!(
            error("partition-racks", &one_site, &window),
            "partition-racks needs nodes in two sites at least, and all nodes are in one"
        );
        assert_eq!(
            error("isolate-node", &lonely, &window),
            "isolate-node needs 2 nodes at least, and the cluster has 1"
        );
        assert_eq!(
            error("partition-majority", &couple, &window),
            "partition-majority needs 3 nodes at least, and the cluster has 2"
        );
        assert_eq!(
            error("isolate-node", &stretch(), &Window { cut_ms: 499, ..window.clone() }),
            "a cut of 499 ms is over before nodes notice it, which takes 500 ms"
        );
        assert_eq!(
            error("brief-cut-then-isolate", &stretch(), &Window { cut_ms: 1000, ..window.clone() }),
            "a cut of 375 ms is over before nodes notice it, which takes 500 ms"
        );
        assert_eq!(
            error("isolate-node", &stretch(), &Window { load_ms: 8999, ..window.clone() }),
            "isolate-node needs a load of 9000 ms at least, and the load lasts 8999 ms"
        );
        assert_eq!(
            error("flapping", &stretch(), &Window { detection_ms: 11, ..window.clone() }),
            "a detection time of 11 ms leaves no room for a cut below it"
        );
        assert!(error("partition-rack", &stretch(), &window).starts_with(
            "no nemesis is called 'partition-rack' (there are none, partition-racks,"
        ));
    }
}
