//! The rules, applied to a workspace: pure, so that a forbidden edge can be tried.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{EMPTY_NAMES, Rule};

/// The workspace as the rules see it.
#[derive(Clone, Debug, Default)]
pub(super) struct Workspace {
    /// Our crates, by their folders; the root package is `aerocert`.
    pub(super) crates: BTreeSet<String>,
    /// What our crates state in their manifests.
    pub(super) edges: Vec<Edge>,
    /// For each crate of ours, every package that is built for it, itself apart.
    pub(super) built_for: BTreeMap<String, BTreeSet<String>>,
}

/// One dependency that a manifest states, for normal use or for a build script. Dependencies of
/// tests are free.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    /// With the default features of `to`, or with others.
    pub(super) with_features: bool,
}

/// Every breach of the rules, in the order of the workspace.
pub(super) fn judge(workspace: &Workspace, rules: &[Rule]) -> Vec<String> {
    let mut breaches = Vec::new();
    for name in &workspace.crates {
        if EMPTY_NAMES.contains(&name.as_str()) {
            breaches.push(format!("a crate is called {name}, which says nothing"));
        }
        let Some(rule) = rules.iter().find(|rule| rule.name == name) else {
            breaches.push(format!("{name} has no rule: say what it may use"));
            continue;
        };
        for edge in workspace.edges.iter().filter(|edge| edge.from == *name) {
            breaches.extend(judge_edge(edge, rule, &workspace.crates));
        }
        breaches.extend(judge_purity(rule, workspace.built_for.get(name)));
    }
    for rule in rules.iter().filter(|rule| !workspace.crates.contains(rule.name)) {
        breaches.push(format!("there is a rule for {}, which is no crate", rule.name));
    }
    breaches
}

fn judge_edge(edge: &Edge, rule: &Rule, crates: &BTreeSet<String>) -> Option<String> {
    let Edge { from, to, with_features } = edge;
    let named = |list: &[&str]| list.contains(&to.as_str());
    if named(rule.never) {
        Some(format!("{from} must never know {to}"))
    } else if crates.contains(to) && !named(rule.ours) {
        Some(format!("{from} may not use {to}"))
    } else if *with_features && named(rule.bare) {
        Some(format!("{from} may use {to} only without its features"))
    } else {
        None
    }
}

fn judge_purity(rule: &Rule, built: Option<&BTreeSet<String>>) -> Vec<String> {
    let (Some(pure), Some(built)) = (rule.pure, built) else { return Vec::new() };
    let name = rule.name;
    let mut breaches: Vec<String> = pure
        .never
        .iter()
        .filter(|outsider| built.contains(**outsider))
        .map(|outsider| format!("{outsider} is built for {name}, which must never know it"))
        .collect();
    if built.len() > pure.packages {
        let count = built.len();
        breaches.push(format!("{count} packages are built for {name}, {} at most", pure.packages));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edges::rules::RULES;

    fn workspace(edges: &[(&str, &str)]) -> Workspace {
        Workspace {
            crates: RULES.iter().map(|rule| rule.name.to_owned()).collect(),
            edges: edges
                .iter()
                .map(|(from, to)| Edge {
                    from: (*from).to_owned(),
                    to: (*to).to_owned(),
                    with_features: false,
                })
                .collect(),
            built_for: BTreeMap::new(),
        }
    }

    #[test]
    fn the_edges_of_the_plan_are_allowed() {
        let allowed = [
            ("cluster", "emulator"),
            ("nemesis", "cluster"),
            ("simulation", "nemesis"),
            ("aerocert", "checker"),
            ("history", "serde"),
            ("workloads", "aerospike"),
        ];
        assert_eq!(judge(&workspace(&allowed), RULES), Vec::<String>::new());
    }

    #[test]
    fn forbidden_edges_are_named() {
        for (from, to, breach) in [
            ("history", "rand", "history must never know rand"),
            ("wire", "history", "wire may not use history"),
            ("emulator", "checker", "emulator may not use checker"),
            ("simulation", "tokio", "simulation must never know tokio"),
            ("cluster", "reports", "cluster may not use reports"),
            ("nemesis", "emulator", "nemesis may not use emulator"),
            ("workloads", "nemesis", "workloads may not use nemesis"),
            ("checker", "emulator", "checker may not use emulator"),
            ("checker", "aerospike", "checker must never know aerospike"),
            ("reports", "checker", "reports may not use checker"),
            ("aerocert", "aerospike", "aerocert must never know aerospike"),
            ("xtask", "history", "xtask may not use history"),
        ] {
            assert_eq!(judge(&workspace(&[(from, to)]), RULES), [breach], "{from} -> {to}");
        }
    }

    #[test]
    fn pure_halves_are_used_without_their_features() {
        let mut edge = workspace(&[("simulation", "nemesis")]);
        edge.edges[0].with_features = true;
        assert_eq!(judge(&edge, RULES), ["simulation may use nemesis only without its features"]);
    }

    #[test]
    fn outsiders_far_away_and_too_many_packages_are_named() {
        let mut far = workspace(&[]);
        let mut built: BTreeSet<String> = (0..55).map(|n| format!("package-{n}")).collect();
        built.insert("tokio".to_owned());
        far.built_for.insert("checker".to_owned(), built);
        assert_eq!(
            judge(&far, RULES),
            [
                "tokio is built for checker, which must never know it",
                "56 packages are built for checker, 55 at most"
            ]
        );
    }

    #[test]
    fn crates_without_rules_and_rules_without_crates_are_named() {
        let mut odd = workspace(&[]);
        odd.crates.insert("utils".to_owned());
        odd.crates.remove("wire");
        assert_eq!(
            judge(&odd, RULES),
            [
                "a crate is called utils, which says nothing",
                "utils has no rule: say what it may use",
                "there is a rule for wire, which is no crate"
            ]
        );
    }
}
