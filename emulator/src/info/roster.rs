//! `roster:`, `roster-set:`, `racks:` and `rack-ids`.

use std::collections::BTreeMap;

use crate::node::{RosterEntry, RosterView};
use crate::partition::NodeId;

/// A roster as it is printed: `ID@rack` joined by commas, `null` when there is none, no `@0`.
fn print(entries: &[RosterEntry]) -> String {
    if entries.is_empty() {
        return "null".to_owned();
    }
    let entries: Vec<String> = entries
        .iter()
        .map(|entry| match entry.rack {
            0 => entry.node.to_string(),
            rack => format!("{}@{rack}", entry.node),
        })
        .collect();
    entries.join(",")
}

/// A roster as it is given to `roster-set:`; `None` if it is not one.
pub(super) fn parse(text: &str) -> Option<Vec<RosterEntry>> {
    if text == "null" {
        return Some(Vec::new());
    }
    let mut entries: Vec<RosterEntry> = Vec::new();
    for entry in text.split(',') {
        let (id, rack) = entry.split_once('@').unwrap_or((entry, "0"));
        let node = NodeId(u64::from_str_radix(id, 16).ok()?);
        if entries.iter().any(|known| known.node == node) {
            return None;
        }
        entries.push(RosterEntry { node, rack: rack.parse().ok()? });
    }
    Some(entries)
}

/// The answer to `roster:namespace=<name>`.
pub(super) fn answer(view: &RosterView) -> String {
    format!(
        "roster={}:pending_roster={}:observed_nodes={}",
        print(&view.roster),
        print(&view.pending),
        print(&view.observed),
    )
}

/// The answer to `racks:namespace=<name>`: the members by rack, and the roster's where it differs.
pub(super) fn racks(view: &RosterView) -> String {
    let observed = by_rack(&view.observed, "rack");
    if view.roster.is_empty() {
        return observed;
    }
    let roster = by_rack(&view.roster, "roster_rack");
    if roster.replace("roster_", "") == observed {
        observed
    } else {
        format!("{observed}:{roster}")
    }
}

fn by_rack(entries: &[RosterEntry], word: &str) -> String {
    let mut racks: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for entry in entries {
        racks.entry(entry.rack).or_default().push(entry.node.to_string());
    }
    let racks: Vec<String> =
        racks.iter().map(|(rack, nodes)| format!("{word}_{rack}={}", nodes.join(","))).collect();
    racks.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roster_is_printed_as_it_was_set() {
        let text = "A882@33,A600@32,A517";
        let roster = parse(text).unwrap();
        let view = RosterView { roster: roster.clone(), pending: roster.clone(), observed: roster };
        assert_eq!(
            answer(&view),
            format!("roster={text}:pending_roster={text}:observed_nodes={text}")
        );
        assert_eq!(racks(&view), "rack_0=A517:rack_32=A600:rack_33=A882");
    }

    #[test]
    fn an_unset_roster_is_null() {
        let observed = parse("A1@1,A2@2").unwrap();
        let view = RosterView { observed, ..RosterView::default() };
        assert_eq!(answer(&view), "roster=null:pending_roster=null:observed_nodes=A1@1,A2@2");
        assert_eq!(racks(&view), "rack_1=A1:rack_2=A2");
    }

    #[test]
    fn racks_of_the_roster_are_told_where_they_differ() {
        let view = RosterView {
            roster: parse("A1@1,A2@1").unwrap(),
            pending: Vec::new(),
            observed: parse("A1@1,A2@2").unwrap(),
        };
        assert_eq!(racks(&view), "rack_1=A1:rack_2=A2:roster_rack_1=A1,A2");
    }

    #[test]
    fn what_is_no_roster_is_refused() {
        for text in ["", "XYZ", "A1@", "A1@x", "A1,,A2", "A1,A1@2", "A1@1@2"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("null"), Some(Vec::new()));
    }
}
