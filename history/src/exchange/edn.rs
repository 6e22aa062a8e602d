//! EDN, as far as histories are written in it: nil, booleans, integers, strings, keywords, symbols,
//! collections, comments, and tags (which are passed over).
//!
//! The format is described at <https://github.com/edn-format/edn>.

/// How deep collections may nest.
const DEPTH: usize = 64;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edn {
    /// `nil`
    Nil,
    /// `true` or `false`
    Boolean(bool),
    /// `-7`
    Integer(i64),
    /// `"text"`
    Text(String),
    /// `:name`, without the colon
    Keyword(String),
    /// Anything else that stands alone, such as `1.5` or a symbol.
    Symbol(String),
    /// A list, vector or set.
    Sequence(Vec<Edn>),
    /// A map, in the order of the file.
    Map(Vec<(Edn, Edn)>),
}

impl Edn {
    /// The value of a keyword in a map.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        let is_named = |key: &Self| matches!(key, Self::Keyword(keyword) if keyword == name);
        entries.iter().find(|(key, _)| is_named(key)).map(|(_, value)| value)
    }
}

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The value.
    pub value: Edn,
    /// Its place.
    pub at: Place,
}

/// A place in a text, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column, in bytes.
    pub column: u64,
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {what}", at.line, at.column)]
pub struct SyntaxError {
    /// Where.
    pub at: Place,
    /// What.
    pub what: String,
}

/// Reads all top-level values of a text; the elements of a single top-level sequence count as such,
/// since histories are written both ways.
///
/// # Errors
/// The first place where the text is not EDN.
pub fn read(text: &str) -> Result<Vec<Placed>, SyntaxError> {
    Reader { bytes: text.as_bytes(), text, at: 0, line: 1, line_begin: 0 }.all()
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    line: u64,
    line_begin: usize,
}

/// A collection that is still open.
struct Open {
    close: u8,
    at: Place,
    values: Vec<Placed>,
}

impl Reader<'_> {
    fn all(mut self) -> Result<Vec<Placed>, SyntaxError> {
        let mut top: Vec<Placed> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut flat = None;
        while let Some(byte) = self.skip_blanks() {
            let at = self.place();
            let value = match byte {
                b'[' | b'(' | b'{' => {
                    if open.len() == DEPTH {
                        return Err(self.wrong(at, format!("more than {DEPTH} levels")));
                    }
                    self.at += 1;
                    let close = match byte {
                        b'[' => b']',
                        b'(' => b')',
                        _ => b'}',
                    };
                    open.push(Open { close, at, values: Vec::new() });
                    continue;
                }
                b']' | b')' | b'}' => {
                    self.at += 1;
                    let Some(done) = open.pop().filter(|open| open.close == byte) else {
                        return Err(self.wrong(at, format!("`{}` closes nothing", byte as char)));
                    };
                    if open.is_empty() && byte != b'}' && top.is_empty() && flat.is_none() {
                        // A whole history in one sequence: its elements keep their places.
                        flat = Some(done.values);
                        continue;
                    }
                    Placed { at: done.at, value: self.close(done)? }
                }
                b'#' => {
                    self.at += 1;
                    if self.bytes.get(self.at) != Some(&b'{') {
                        self.word();
                    } else {
                        // A set is written with braces, and is read as a sequence.
                        self.at += 1;
                        open.push(Open { close: b'}', at, values: vec![set_mark(at)] });
                    }
                    continue;
                }
                b'"' => Placed { at, value: Edn::Text(self.string(at)?) },
                _ => Placed { at, value: self.atom(at)? },
            };
            match open.last_mut() {
                Some(open) => open.values.push(value),
                None => top.push(value),
            }
        }
        if let Some(open) = open.pop() {
            return Err(self.wrong(open.at, "never closed".to_owned()));
        }
        match flat {
            Some(values) if top.is_empty() => Ok(values),
            Some(_) => Err(self.wrong(top[0].at, "more follows the history".to_owned())),
            None => Ok(top),
        }
    }

    fn close(&self, open: Open) -> Result<Edn, SyntaxError> {
        let is_set = open.values.first().is_some_and(|first| *first == set_mark(open.at));
        let values = open.values.into_iter().map(|placed| placed.value);
        if is_set {
            return Ok(Edn::Sequence(values.skip(1).collect()));
        }
        if open.close != b'}' {
            return Ok(Edn::Sequence(values.collect()));
        }
        let mut entries = Vec::new();
        let mut values = values;
        while let Some(key) = values.next() {
            let Some(value) = values.next() else {
                return Err(self.wrong(open.at, "a map with a key and no value".to_owned()));
            };
            entries.push((key, value));
        }
        Ok(Edn::Map(entries))
    }

    fn skip_blanks(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    self.line_begin = self.at;
                }
                b' ' | b'\t' | b'\r' | b',' => self.at += 1,
                b';' => {
                    let rest = &self.bytes[self.at..];
                    self.at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
                }
                other => return Some(*other),
            }
        }
        None
    }

    /// The characters up to the next blank or bracket.
    fn word(&mut self) -> &str {
        let begin = self.at;
        let ends = |byte: &u8| b" \t\r\n,;\"[](){}".contains(byte);
        let rest = &self.bytes[begin..];
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
        &self.text[begin..self.at]
    }

    fn atom(&mut self, at: Place) -> Result<Edn, SyntaxError> {
        let word = self.word();
        Ok(match word {
            "nil" => Edn::Nil,
            "true" => Edn::Boolean(true),
            "false" => Edn::Boolean(false),
            "" => return Err(self.wrong(at, "an unexpected character".to_owned())),
            word => match (word.strip_prefix(':'), word.parse()) {
                (Some(keyword), _) => Edn::Keyword(keyword.to_owned()),
                (None, Ok(integer)) => Edn::Integer(integer),
                (None, Err(_)) => Edn::Symbol(word.to_owned()),
            },
        })
    }

    fn string(&mut self, at: Place) -> Result<String, SyntaxError> {
        let mut text = String::new();
        self.at += 1;
        let mut escaped = false;
        for (offset, character) in self.text[self.at..].char_indices() {
            match (escaped, character) {
                (true, 'n') => text.push('\n'),
                (true, 't') => text.push('\t'),
                (true, other) => text.push(other),
                (false, '"') => {
                    let end = self.at + offset;
                    let breaks = self.text[self.at..end].bytes().filter(|b| *b == b'\n').count();
                    self.line += breaks as u64;
                    self.at = end + 1;
                    return Ok(text);
                }
                (false, '\\') => {}
                (false, other) => text.push(other),
            }
            escaped = !escaped && character == '\\';
        }
        Err(self.wrong(at, "a string that never ends".to_owned()))
    }

    fn place(&self) -> Place {
        Place { line: self.line, column: self.at.saturating_sub(self.line_begin) as u64 + 1 }
    }

    fn wrong(&self, at: Place, what: String) -> SyntaxError {
        SyntaxError { at, what }
    }
}

/// Stands first in an open set; no text reads as this.
fn set_mark(at: Place) -> Placed {
    Placed { value: Edn::Symbol("#{".to_owned()), at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_read_line_by_line_or_in_one_vector() {
        let lines = read("{:a 1}\n; note\n{:b [2 nil \"x\\\"y\"], :c #{true}}").unwrap();
        let vector = read("[{:a 1}\n{:b [2 nil \"x\\\"y\"] :c #{true}}]").unwrap();
        let values = |placed: &[Placed]| -> Vec<Edn> {
            placed.iter().map(|one| one.value.clone()).collect()
        };
        assert_eq!(values(&lines), values(&vector));
        assert_eq!(lines[1].at, Place { line: 3, column: 1 });
        assert_eq!(vector[1].at, Place { line: 2, column: 1 });
        let b = Edn::Sequence(vec![Edn::Integer(2), Edn::Nil, Edn::Text("x\"y".into())]);
        assert_eq!(lines[1].value.get("b"), Some(&b));
        assert_eq!(lines[1].value.get("c"), Some(&Edn::Sequence(vec![Edn::Boolean(true)])));
        assert_eq!(read("#jepsen.history.Op{:a 1}").unwrap()[0].value, lines[0].value);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let error = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(error("{:a\n  (1 2]}"), "line 2, column 7: `]` closes nothing");
        assert_eq!(error("{:a 1\n {:b"), "line 2, column 2: never closed");
        assert_eq!(error("{:a}"), "line 1, column 1: a map with a key and no value");
        assert_eq!(error(" \"abc"), "line 1, column 2: a string that never ends");
        assert_eq!(error(&"[".repeat(100_000)), "line 1, column 65: more than 64 levels");
        assert!(read("").unwrap().is_empty());
    }
}
