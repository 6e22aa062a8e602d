//! Nodes whose own rack is not the one on the roster.

use std::collections::BTreeMap;

use super::Survey;
use crate::observe::Pairs;

/// A node that a namespace's roster lists with another rack than it has itself: it will come back
/// with that one whenever the roster is set from what is observed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The namespace.
    pub namespace: String,
    /// The node, as rosters name it.
    pub node: String,
    /// The rack that it has itself, as `rack-id` in its file or set since it started; 0: none.
    pub own: u32,
    /// The rack on the roster in force; 0: none.
    pub listed: u32,
}

impl Survey {
    /// The drifts that the nodes' answers to `roster:` show, each once.
    #[must_use]
    pub fn drifts(&self) -> Vec<Drift> {
        let mut drifts = Vec::new();
        for namespace in self.namespaces() {
            for (_, answers) in self.answered() {
                let Some(told) = answers.value(&format!("roster:namespace={namespace}")) else {
                    continue;
                };
                let told = Pairs::parse(told, ':');
                let racks = |key| racks(told.get(key).unwrap_or_default());
                let listed = racks("roster");
                for (node, own) in racks("observed_nodes") {
                    let Some(listed) = listed.get(node).filter(|listed| **listed != own) else {
                        continue;
                    };
                    let drift = Drift {
                        namespace: namespace.clone(),
                        node: node.to_owned(),
                        own,
                        listed: *listed,
                    };
                    if !drifts.contains(&drift) {
                        drifts.push(drift);
                    }
                }
            }
        }
        drifts
    }
}

/// Racks by node; what is no `ID` or `ID@rack` is passed over.
fn racks(roster: &str) -> BTreeMap<&str, u32> {
    let entry = |entry| match str::split_once(entry, '@') {
        Some((node, rack)) => Some((node, rack.parse().ok()?)),
        None => Some((entry, 0)),
    };
    roster.split(',').filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Answers;
    use crate::table::SurveyedNode;

    fn survey(told: &str) -> Survey {
        let node = |id| SurveyedNode {
            id: history::NodeId(id),
            address: format!("n{id}:3000"),
            answers: Some(Answers::new(BTreeMap::from([
                ("namespaces".to_owned(), "mydata".to_owned()),
                ("roster:namespace=mydata".to_owned(), told.to_owned()),
            ]))),
        };
        Survey { taken: String::new(), nodes: vec![node(1), node(2)] }
    }

    #[test]
    fn a_node_with_its_old_rack_is_named_once() {
        let roster = "roster=A129@32,A70@33,B1:pending_roster=A129@32,A70@33,B1";
        let drifts = survey(&format!("{roster}:observed_nodes=A129@129,A70@33,B1,C1@5")).drifts();
        let namespace = "mydata".to_owned();
        assert_eq!(drifts, [Drift { namespace, node: "A129".to_owned(), own: 129, listed: 32 }]);
        assert_eq!(survey(&format!("{roster}:observed_nodes=A129@32,A70@33,B1")).drifts(), []);
        assert_eq!(survey("roster=null:pending_roster=null:observed_nodes=A1@1").drifts(), []);
        assert_eq!(survey("ERROR:25:enterprise only").drifts(), []);
    }
}
