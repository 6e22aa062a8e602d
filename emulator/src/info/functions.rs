//! `udf-put:`, `udf-get:`, `udf-list`, `udf-remove:`: modules of functions. They are kept and
//! listed on every node; none is compiled or run.

use wire::info::{Command, error};
use wire::{Digest, ResultCode, UserKey};

use super::manage::{bad, full};
use crate::node::{Kind, Node};

/// The longest module that a server takes, in bytes of base64.
const LONGEST: usize = 1 << 20;
/// The longest name of a module, in bytes.
const LONGEST_NAME: usize = 127;

fn file_name<'a>(command: &Command<'a>) -> Result<&'a str, String> {
    let name = command.parameter("filename").ok_or_else(|| bad("missing 'filename'"))?;
    let fits = (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    fits.then_some(name).ok_or_else(|| bad("bad 'filename'"))
}

/// Whether a text is base64, without a look at what it says.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
}

/// `udf-put:filename=…;udf-type=LUA;content-len=…;content=…`.
pub(super) fn put(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let name = file_name(command)?;
    if command.parameter("udf-type").is_some_and(|language| language != "LUA") {
        return Err(bad("bad 'udf-type'"));
    }
    let content = command.parameter("content").ok_or_else(|| bad("missing 'content'"))?;
    let announced = command.parameter("content-len").map(str::parse);
    if announced.is_some_and(|length| length != Ok(content.len())) || content.len() > LONGEST {
        return Err(bad("bad 'content-len'"));
    }
    if content.is_empty() || !is_base64(content) {
        return Err(bad("bad 'content'"));
    }
    let fields = vec![("content".to_owned(), content.to_owned())];
    node.set_metadata(Kind::Functions, name, Some(fields)).map_err(full)
}

/// `udf-remove:filename=…`. A module that is not there is removed already.
pub(super) fn remove(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let name = file_name(command)?;
    node.set_metadata(Kind::Functions, name, None).map_err(full)
}

fn content(fields: &[(String, String)]) -> &str {
    fields.first().map_or("", |(_, content)| content)
}

/// The answer to `udf-list`. A server tells each module's hash by SHA-1; this is one by RIPEMD-160,
/// as long.
pub(super) fn list(node: &Node) -> String {
    let modules = node.metadata().of(Kind::Functions).map(|(name, fields)| {
        let hash = Digest::of("", &UserKey::from(content(fields)));
        let digits: String = hash.0.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("filename={name},hash={digits},type=LUA;")
    });
    modules.collect()
}

/// The answer to `udf-get:filename=…`.
pub(super) fn get(node: &Node, command: &Command<'_>) -> String {
    let found = file_name(command).map(|name| node.metadata().get(Kind::Functions, name));
    match found {
        Ok(Some(fields)) => format!("type=LUA;content={};", content(fields)),
        Ok(None) => error(ResultCode::NOT_FOUND, "module not found"),
        Err(refused) => refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_told_from_other_text() {
        for text in ["", "YQ==", "YWI=", "YWJj", "+/+/"] {
            assert!(is_base64(text), "{text}");
        }
        for text in ["a", "YQ=", "Y===", "Y=Q=", "a b=", "=YQ="] {
            assert!(!is_base64(text), "{text}");
        }
    }
}
