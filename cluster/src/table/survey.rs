//! The answers that a table is made from.

use history::NodeId;

use crate::observe::Answers;

/// All nodes' answers at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// When, as the title prints it.
    pub taken: String,
    /// The nodes, in the order of the topology.
    pub nodes: Vec<SurveyedNode>,
}

/// One node and what it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyedNode {
    /// Its id.
    pub id: NodeId,
    /// How tables name it: where it was asked.
    pub address: String,
    /// Its answers; `None` if it gave none.
    pub answers: Option<Answers>,
}

impl Survey {
    /// The namespaces that any node names, in the order of their names.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        let answers = self.nodes.iter().filter_map(|node| node.answers.as_ref());
        let mut names: Vec<String> = answers.flat_map(Answers::namespaces).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The nodes in the order in which tables list them.
    pub(super) fn listed(&self) -> Vec<&SurveyedNode> {
        let mut nodes: Vec<&SurveyedNode> = self.nodes.iter().collect();
        nodes.sort_by(|a, b| a.address.cmp(&b.address));
        nodes
    }

    /// The nodes that did not answer, as tables list them.
    pub(super) fn silent(&self) -> Vec<&SurveyedNode> {
        self.listed().into_iter().filter(|node| node.answers.is_none()).collect()
    }

    /// The nodes that answered, as tables list them.
    pub(super) fn answered(&self) -> Vec<(&SurveyedNode, &Answers)> {
        let answers = |node| Some((node, SurveyedNode::answers(node)?));
        self.listed().into_iter().filter_map(answers).collect()
    }
}

impl SurveyedNode {
    fn answers(&self) -> Option<&Answers> {
        self.answers.as_ref()
    }
}
