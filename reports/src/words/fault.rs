//! Faults in words: what is cut from what, by the names of sites and nodes.

use history::{ClientLinks, Direction, Fault, FaultOutcome, FaultRecord, Interruption, Topology};

use super::{site, span_ms};

/// A fault in words: what is done to which nodes.
#[must_use]
pub fn fault(fault: &Fault, topology: &Topology) -> String {
    match fault {
        Fault::Partition { one, other, direction, interruption, clients } => {
            let (one, other) = (nodes(one, topology), nodes(other, topology));
            let how = match interruption {
                Interruption::Cut => "cut",
                Interruption::Stall => "stalled",
                Interruption::Close => "closed",
            };
            let links = match direction {
                Direction::Both => format!("links between {one} and {other} {how} both ways"),
                Direction::OneToOther => {
                    format!("links from {one} to {other} {how}, open the other way")
                }
            };
            let clients = match clients {
                ClientLinks::Keep => "clients still reach every node",
                ClientLinks::Cut => "clients cut along with their site",
            };
            format!("{links}; {clients}")
        }
        Fault::Kill { node } => {
            format!("node {} killed, then started again", name(*node, topology))
        }
        Fault::Pause { node } => format!("node {} stopped in its tracks", name(*node, topology)),
        Fault::ClockSkew { node, offset_ms } => {
            let offset = span_ms(offset_ms.unsigned_abs() as f64);
            let way = if *offset_ms < 0 { "back" } else { "ahead" };
            format!("wall clock of node {} set {offset} {way}", name(*node, topology))
        }
    }
}

/// What became of a planned fault.
pub(crate) fn fault_outcome(outcome: &FaultOutcome) -> String {
    match outcome {
        FaultOutcome::Planned => "planned, never begun".to_owned(),
        FaultOutcome::Applied => "applied, healing not seen".to_owned(),
        FaultOutcome::Healed => "applied and healed".to_owned(),
        FaultOutcome::Skipped(why) => format!("skipped: {why}"),
        FaultOutcome::Indeterminate(why) => format!("indeterminate: {why}"),
    }
}

/// The kinds of faults that a schedule does not hold, as phrases.
pub(crate) fn faults_not_tried(schedule: &[&FaultRecord]) -> Vec<&'static str> {
    let mut missing = Vec::new();
    let lacks = |kind: fn(&Fault) -> bool| !schedule.iter().any(|record| kind(&record.fault));
    if lacks(|fault| matches!(fault, Fault::Partition { .. })) {
        missing.push("network partitions");
    }
    if lacks(|fault| matches!(fault, Fault::Kill { .. })) {
        missing.push("killed nodes");
    }
    if lacks(|fault| matches!(fault, Fault::Pause { .. })) {
        missing.push("paused nodes");
    }
    if lacks(|fault| matches!(fault, Fault::ClockSkew { .. })) {
        missing.push("skewed clocks");
    }
    missing.push("failing disks");
    missing
}

/// A set of nodes: a whole site by its name, others one by one.
pub(crate) fn nodes(set: &[u8], topology: &Topology) -> String {
    let names: Vec<String> = set.iter().map(|node| name(*node, topology)).collect();
    let list = names.join(", ");
    for index in 0..topology.sites.len() {
        let of_site: Vec<u8> = topology.nodes_of_site(index as u8).collect();
        if !set.is_empty() && of_site.len() == set.len() && set.iter().all(|n| of_site.contains(n))
        {
            return format!("{} ({list})", site(topology, index as u8));
        }
    }
    if list.is_empty() { "no node".to_owned() } else { list }
}

fn name(node: u8, topology: &Topology) -> String {
    match topology.nodes.get(usize::from(node)) {
        Some(node) => node.id.to_string(),
        None => format!("#{node}"),
    }
}
