//! Info requests and replies: lines of text.
//!
//! A request is one command per line, `name`, `name/argument` or `name:key=value;key=value`. The
//! reply repeats each command and adds its value after a tab.

use std::collections::BTreeMap;

use crate::frame::encode_frame;
use crate::{DecodeError, FrameType, ResultCode};

/// The commands of a request's body.
///
/// Commands without a final newline are left out, as servers do: such a request gets an empty
/// answer. An empty body asks for a default set of values and is an empty list here too.
///
/// # Errors
/// Text that is not UTF-8.
pub fn decode_request(body: &[u8]) -> Result<Vec<&str>, DecodeError> {
    let text = text(body)?;
    let whole_lines = text.rfind('\n').map_or("", |end| &text[..=end]);
    Ok(whole_lines.split_terminator('\n').collect())
}

/// A request as a whole frame.
#[must_use]
pub fn encode_request(commands: &[&str]) -> Vec<u8> {
    let body: String = commands.iter().flat_map(|command| [command, "\n"]).collect();
    encode_frame(FrameType::Info, body.as_bytes())
}

/// A reply as a whole frame, from commands and their values.
#[must_use]
pub fn encode_reply<'a>(answers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let body: String =
        answers.into_iter().flat_map(|(command, value)| [command, "\t", value, "\n"]).collect();
    encode_frame(FrameType::Info, body.as_bytes())
}

/// The values of a reply's body by command; a command asked twice keeps its last value.
///
/// # Errors
/// Text that is not UTF-8, a line without a tab.
pub fn decode_reply(body: &[u8]) -> Result<BTreeMap<String, String>, DecodeError> {
    text(body)?
        .split_terminator('\n')
        .map(|line| {
            line.split_once('\t')
                .map(|(command, value)| (command.to_owned(), value.to_owned()))
                .ok_or(DecodeError::Malformed("info reply"))
        })
        .collect()
}

fn text(body: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(body).map_err(|_| DecodeError::Malformed("info text"))
}

/// A command taken apart: its name and what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command<'a> {
    /// The name, up to the first `:` or `/`.
    pub name: &'a str,
    /// What follows a `/`, else empty.
    pub argument: &'a str,
    /// The `key=value` pairs after a `:`; a key without `=` has an empty value.
    pub parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Command<'a> {
    /// Takes a command apart.
    #[must_use]
    pub fn parse(command: &'a str) -> Self {
        let (name, separator, rest) = command.find([':', '/']).map_or((command, "", ""), |at| {
            (&command[..at], &command[at..=at], &command[at + 1..])
        });
        let (argument, parameters) = if separator == "/" { (rest, "") } else { ("", rest) };
        let parameters = parameters
            .split(';')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        Self { name, argument, parameters }
    }

    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, key: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }
}

/// The value that tells of an error: `ERROR:code:text`, without the code when it is 1.
#[must_use]
pub fn error(code: ResultCode, text: &str) -> String {
    if code == ResultCode::UNKNOWN {
        format!("ERROR::{text}")
    } else {
        format!("ERROR:{}:{text}", code.0)
    }
}

/// The code and text of an error value, or `None` for any other value.
#[must_use]
pub fn parse_error(value: &str) -> Option<(ResultCode, &str)> {
    let (code, text) = value.strip_prefix("ERROR:")?.split_once(':')?;
    if code.is_empty() {
        return Some((ResultCode::UNKNOWN, text));
    }
    code.parse().ok().map(|code| (ResultCode(code), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_end_are_commands() {
        assert_eq!(decode_request(b"build\n\nnode\n").unwrap(), ["build", "", "node"]);
        assert_eq!(decode_request(b"build").unwrap(), [""; 0]);
        assert_eq!(decode_request(b"build\nno").unwrap(), ["build"]);
        assert_eq!(decode_request(b"").unwrap(), [""; 0]);
        assert_eq!(decode_request(b"\n").unwrap(), [""]);
        assert!(decode_request(b"\xff\n").is_err());
    }

    #[test]
    fn replies_survive_the_round_trip() {
        let frame = encode_reply([("node", "A1"), ("services", "")]);
        let values = decode_reply(&frame[8..]).unwrap();
        assert_eq!(values["node"], "A1");
        assert_eq!(values["services"], "");
        assert!(decode_reply(b"node A1\n").is_err());
        assert_eq!(encode_request(&["node", "build"])[8..], *b"node\nbuild\n");
    }

    #[test]
    fn commands_are_taken_apart() {
        let roster = Command::parse("roster-set:namespace=mydata;nodes=A1@2,A2");
        assert_eq!(roster.name, "roster-set");
        assert_eq!(roster.parameter("nodes"), Some("A1@2,A2"));
        assert_eq!(roster.parameter("none"), None);
        assert_eq!(Command::parse("namespace/mydata").argument, "mydata");
        assert_eq!(Command::parse("sets/mydata/dummy").argument, "mydata/dummy");
        assert_eq!(
            Command::parse("recluster:"),
            Command { name: "recluster", argument: "", parameters: vec![] }
        );
    }

    #[test]
    fn error_values_omit_code_1() {
        assert_eq!(error(ResultCode::UNKNOWN, "0 cleared"), "ERROR::0 cleared");
        assert_eq!(error(ResultCode::PARAMETER, "no"), "ERROR:4:no");
        for code in [ResultCode::UNKNOWN, ResultCode::ENTERPRISE_ONLY] {
            assert_eq!(parse_error(&error(code, "a:b")), Some((code, "a:b")));
        }
        assert_eq!(parse_error("ok"), None);
    }
}
