//! `masking:` and `masking-show:`: rules by which a server hides what is in a bin from some users.
//! They are kept and listed on every node; no bin is masked.

use wire::ResultCode;
use wire::info::{Command, error};

use super::answer::no_namespace;
use super::manage::{bad, full};
use crate::node::{Fields, Kind, Node};

/// The most parameters of a rule's function.
const MOST_PARAMETERS: usize = 8;
/// The longest text of a rule, in bytes.
const LONGEST: usize = 255;
/// What a rule can do to a bin.
const FUNCTIONS: [&str; 2] = ["constant", "redact"];
/// What says of which bin a rule is, in the order in which it is told.
const BIN: [&str; 4] = ["namespace", "set", "bin", "type"];

/// `masking:namespace=…;set=…;bin=…;type=…;function=…`, and `function=remove`.
pub(super) fn act(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let required = |name: &str| {
        let text = command.parameter(name).filter(|text| !text.is_empty());
        text.ok_or_else(|| bad(&format!("missing '{name}'")))
    };
    let fits = |text: &str| text.len() <= LONGEST && !text.contains([':', '\t']);
    if !command.parameters.iter().all(|(name, value)| fits(name) && fits(value)) {
        return Err(bad("bad masking rule"));
    }
    let mut key = String::new();
    let mut fields = Fields::new();
    for name in BIN {
        let value = required(name)?;
        key.push_str(value);
        key.push(':');
        let shown = if name == "namespace" { "ns" } else { name };
        fields.push((shown.to_owned(), value.to_owned()));
    }
    if node.namespace(&fields[0].1).is_none() {
        return Err(no_namespace());
    }
    let function = required("function")?;
    if function == "remove" {
        if node.metadata().get(Kind::Mask, &key).is_none() {
            return Err(error(ResultCode::NOT_FOUND, "masking rule not found"));
        }
        return node.set_metadata(Kind::Mask, &key, None).map_err(full);
    }
    let rest = command.parameters.iter();
    let rest = rest.filter(|(name, _)| !BIN.contains(name) && *name != "function");
    if !FUNCTIONS.contains(&function) || rest.clone().count() > MOST_PARAMETERS {
        return Err(bad("bad 'function'"));
    }
    fields.push(("function".to_owned(), function.to_owned()));
    fields.extend(rest.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    node.set_metadata(Kind::Mask, &key, Some(fields)).map_err(full)
}

/// The answer to `masking-show:[ns=…;][set=…;]`.
pub(super) fn show(node: &Node, command: &Command<'_>) -> String {
    let asked = |fields: &&Fields| {
        let of = |name: &str| command.parameter(name).filter(|text| !text.is_empty());
        let is = |at: usize, wanted: Option<&str>| wanted.is_none_or(|name| fields[at].1 == name);
        is(0, of("ns").or(of("namespace"))) && is(1, of("set"))
    };
    let rules = node.metadata().of(Kind::Mask).map(|(_, fields)| fields).filter(asked);
    let rules = rules.map(|fields| {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join(";")
    });
    rules.collect::<Vec<_>>().join(":")
}
