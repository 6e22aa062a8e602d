//! Bytes to values, in one pass and without recursion, for EDN and JSON alike: names are keywords
//! or strings, commas are blanks, and in JSON so is the colon after a name.

use super::super::{Place, SyntaxError};
use super::cursor::{Cursor, END};
use super::lead::Lead;
use super::{Data, DatumId};

/// How deep collections may nest.
const DEPTH: usize = 64;

/// A text and how far it is read.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
    json: bool,
    open: Vec<Open>,
    values: Vec<DatumId>,
}

/// A collection that is still open.
#[derive(Clone, Copy, Debug)]
struct Open {
    close: u8,
    map: bool,
    at: usize,
    /// Where its values begin.
    values: usize,
}

/// Is a blank, or begins a comment; in JSON, a colon is a blank.
const BLANK: [[bool; 256]; 2] = {
    let mut tables = [[false; 256]; 2];
    let blanks = b" \t\r\n,;";
    let mut at = 0;
    while at < blanks.len() {
        tables[0][blanks[at] as usize] = true;
        tables[1][blanks[at] as usize] = true;
        at += 1;
    }
    tables[1][b':' as usize] = true;
    tables
};

/// A value as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Any value.
    Value(DatumId),
    /// A pair `[key value]` that has no id yet; the first is no collection.
    Pair([DatumId; 2]),
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8], json: bool) -> Self {
        Self { text, at: 0, line: 1, json, open: Vec::new(), values: Vec::new() }
    }

    /// The number of the line, from 1.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// The place in the text, in bytes.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// What is wrong at a place.
    pub(super) fn wrong(&self, offset: usize, what: impl Into<String>) -> SyntaxError {
        SyntaxError { at: Place::of(self.text, offset), what: what.into() }
    }

    /// Passes over blanks and comments, up to the byte that it gives.
    #[inline(always)]
    pub(super) fn blanks(&mut self) -> Option<u8> {
        // Mostly there are none.
        match self.text.get(self.at).copied() {
            Some(byte) if !BLANK[usize::from(self.json)][byte as usize] => Some(byte),
            _ => self.some_blanks(),
        }
    }

    fn some_blanks(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at).copied() {
            match byte {
                b' ' | b',' | b'\t' | b'\r' => self.at += 1,
                b'\n' => {
                    self.line += 1;
                    self.at += 1;
                }
                b':' if self.json => self.at += 1,
                b';' => {
                    let rest = &self.text[self.at..];
                    self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                }
                other => return Some(other),
            }
        }
        None
    }

    /// Its place, to go on from there.
    #[inline(always)]
    pub(super) fn cursor(&self) -> Cursor<'a> {
        Cursor { text: self.text, at: self.at }
    }

    /// Goes on from a place on the same line.
    #[inline(always)]
    pub(super) fn go_on(&mut self, cursor: Cursor<'a>) {
        self.at = cursor.at;
    }

    /// A name, with the bytes that lead over it if they are always of that name.
    pub(super) fn name_and_lead(&mut self) -> (Option<&'a [u8]>, Option<Lead>) {
        let (from, line) = (self.at, self.line);
        let name = self.name();
        // The end of a keyword shows in the byte behind it.
        let behind = usize::from(!self.since(from).ends_with(b"\""));
        let bytes = self.text.get(from..self.at + behind);
        let lead = bytes.filter(|_| name.is_some() && self.line == line);
        (name, lead.and_then(|bytes| Lead::of(bytes, self.at - from)))
    }

    /// The bytes since a place.
    pub(super) fn since(&self, offset: usize) -> &'a [u8] {
        &self.text[offset..self.at]
    }

    /// Whether bytes end with a blank.
    pub(super) fn ends_blank(&self, bytes: &[u8]) -> bool {
        match bytes.last() {
            Some(b' ' | b'\t') => true,
            Some(b':') => self.json,
            _ => false,
        }
    }

    /// What was begun at a place and is not at its end where the text ends.
    pub(super) fn unfinished(&self, begin: usize) -> SyntaxError {
        self.wrong(begin, UNFINISHED)
    }

    /// Passes over a tag, which stands before a value.
    pub(super) fn tag(&mut self) {
        self.at += 1;
        self.word();
    }

    /// Passes over the next byte.
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    /// Passes over the end of a line, if it is the next byte.
    #[inline(always)]
    pub(super) fn line_break(&mut self) {
        let breaks = self.text.get(self.at) == Some(&b'\n');
        self.at += usize::from(breaks);
        self.line += u32::from(breaks);
    }

    /// Goes to the end of the line, and says whether there is another.
    pub(super) fn next_line(&mut self) -> bool {
        let rest = &self.text[self.at..];
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                self.at += end + 1;
                self.line += 1;
                true
            }
            None => {
                self.at = self.text.len();
                false
            }
        }
    }

    /// Goes on behind the next ` - ` of the line, if it has one.
    pub(super) fn behind_dash(&mut self) -> bool {
        let rest = &self.text[self.at..];
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'\n' => return false,
                b'-' if at > 0 && rest[at - 1] == b' ' && rest.get(at + 1) == Some(&b' ') => {
                    self.at += at + 2;
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// Whether nothing but blanks is left on the line.
    pub(super) fn at_line_end(&mut self) -> bool {
        while let Some(b' ' | b'\t' | b'\r') = self.text.get(self.at) {
            self.at += 1;
        }
        matches!(self.text.get(self.at), None | Some(b'\n'))
    }

    /// A keyword without its colon, or the inside of a string without escapes; `None` leaves what
    /// is neither.
    #[inline]
    pub(super) fn name(&mut self) -> Option<&'a [u8]> {
        match self.blanks()? {
            b':' => {
                self.at += 1;
                Some(self.word())
            }
            b'"' => {
                let begin = self.at + 1;
                let rest = &self.text[begin..];
                let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n'))?;
                if rest[length] != b'"' {
                    return None;
                }
                self.at = begin + length + 1;
                Some(&rest[..length])
            }
            _ => None,
        }
    }

    /// The bytes up to the next blank or bracket.
    #[inline]
    fn word(&mut self) -> &'a [u8] {
        let begin = self.at;
        while let Some(byte) = self.text.get(self.at) {
            if END[*byte as usize] {
                break;
            }
            self.at += 1;
        }
        &self.text[begin..self.at]
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self) -> Result<(), SyntaxError> {
        let begin = self.at;
        let mut depth = 0_usize;
        loop {
            match self.blanks() {
                None => return Err(self.wrong(begin, UNFINISHED)),
                Some(b'[' | b'(' | b'{') => {
                    self.at += 1;
                    depth += 1;
                    continue;
                }
                Some(byte @ (b']' | b')' | b'}')) => {
                    if depth == 0 {
                        return Err(self.wrong(self.at, closes_nothing(byte)));
                    }
                    self.at += 1;
                    depth -= 1;
                }
                Some(b'#') => {
                    self.at += 1;
                    self.word();
                    continue;
                }
                Some(b'"') => {
                    self.string()?;
                }
                Some(_) => {
                    self.word();
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Reads a value.
    #[inline]
    pub(super) fn value(&mut self, data: &mut Data) -> Result<DatumId, SyntaxError> {
        self.blanks();
        let mut cursor = self.cursor();
        if let Some(value) = cursor.value(data) {
            self.go_on(cursor);
            return Ok(value);
        }
        self.any_value(data)
    }

    /// Reads a value that may be a pair of a key and a value, and leaves the pair apart.
    #[inline]
    pub(super) fn value_or_pair(&mut self, data: &mut Data) -> Result<Written, SyntaxError> {
        if self.blanks() == Some(b'[')
            && let Some(pair) = self.pair(data)
        {
            return Ok(Written::Pair(pair));
        }
        self.value(data).map(Written::Value)
    }

    /// A pair on one line; else the place is what it was.
    #[inline]
    fn pair(&mut self, data: &mut Data) -> Option<[DatumId; 2]> {
        let (at, line) = (self.at, self.line);
        self.at += 1;
        let pair = self.rest_of_pair(data);
        if pair.is_none() {
            (self.at, self.line) = (at, line);
        }
        pair
    }

    #[inline]
    fn rest_of_pair(&mut self, data: &mut Data) -> Option<[DatumId; 2]> {
        if matches!(self.blanks()?, b'[' | b'(' | b'{' | b']' | b'#') {
            return None;
        }
        let key = self.value(data).ok()?;
        if self.blanks()? == b']' {
            return None;
        }
        let value = self.value(data).ok()?;
        if self.blanks()? != b']' {
            return None;
        }
        self.at += 1;
        Some([key, value])
    }

    fn any_value(&mut self, data: &mut Data) -> Result<DatumId, SyntaxError> {
        let begin = self.at;
        self.open.clear();
        self.values.clear();
        loop {
            let at = self.at;
            let Some(byte) = self.blanks() else {
                let from = self.open.last().map_or(begin, |open| open.at);
                return Err(self.wrong(from, UNFINISHED));
            };
            let id = match byte {
                b'[' => {
                    self.open(b']', false)?;
                    continue;
                }
                b'(' => {
                    self.open(b')', false)?;
                    continue;
                }
                b'{' => {
                    self.open(b'}', true)?;
                    continue;
                }
                b'#' => {
                    self.at += 1;
                    match self.text.get(self.at) {
                        Some(b'{') => self.open(b'}', false)?,
                        Some(b'_') => {
                            self.at += 1;
                            self.skip()?;
                        }
                        _ => {
                            self.word();
                        }
                    }
                    continue;
                }
                b']' | b')' | b'}' => self.close(byte, data)?,
                b'"' => {
                    let text = self.string()?;
                    data.add_text(&text)
                }
                _ => self.atom(at, data)?,
            };
            if self.open.is_empty() {
                return Ok(id);
            }
            self.values.push(id);
        }
    }

    fn open(&mut self, close: u8, map: bool) -> Result<(), SyntaxError> {
        if self.open.len() == DEPTH {
            return Err(self.wrong(self.at, format!("more than {DEPTH} levels")));
        }
        self.open.push(Open { close, map, at: self.at, values: self.values.len() });
        self.at += 1;
        Ok(())
    }

    fn close(&mut self, byte: u8, data: &mut Data) -> Result<DatumId, SyntaxError> {
        let Some(open) = self.open.pop().filter(|open| open.close == byte) else {
            return Err(self.wrong(self.at, closes_nothing(byte)));
        };
        self.at += 1;
        let values = &self.values[open.values..];
        if open.map && values.len() % 2 == 1 {
            return Err(self.wrong(open.at, "a map with a key and no value"));
        }
        let id = if open.map { data.add_map(values) } else { data.add_sequence(values) };
        self.values.truncate(open.values);
        Ok(id)
    }

    fn atom(&mut self, at: usize, data: &mut Data) -> Result<DatumId, SyntaxError> {
        let word = self.word();
        Ok(match word {
            b"nil" | b"null" => DatumId::NIL,
            b"true" => data.add_boolean(true),
            b"false" => data.add_boolean(false),
            b"" => return Err(self.wrong(at, "an unexpected character")),
            word => {
                let Ok(word) = std::str::from_utf8(word) else {
                    return Err(self.wrong(at, "bytes that are not UTF-8"));
                };
                match word.parse() {
                    Ok(number) => data.add_integer(number),
                    Err(_) => data.add_word(word),
                }
            }
        })
    }

    fn string(&mut self) -> Result<std::borrow::Cow<'a, str>, SyntaxError> {
        let begin = self.at;
        let mut end = begin + 1;
        let mut escaped = false;
        loop {
            match self.text.get(end) {
                None => return Err(self.wrong(begin, "a string that never ends")),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.line += u32::from(self.text.get(end + 1) == Some(&b'\n'));
                    end += 2;
                }
                Some(byte) => {
                    self.line += u32::from(*byte == b'\n');
                    end += 1;
                }
            }
        }
        let inside = &self.text[begin + 1..end];
        let Ok(inside) = std::str::from_utf8(inside) else {
            return Err(self.wrong(begin, "a string that is not UTF-8"));
        };
        self.at = end + 1;
        if escaped {
            let text = unescaped(inside)
                .ok_or_else(|| self.wrong(begin, "a string with an unknown escape"))?;
            return Ok(text.into());
        }
        Ok(inside.into())
    }
}

const UNFINISHED: &str = "the file ends in the middle of this; if its writer was cut off, leave it \
                          out and close the history";

fn closes_nothing(byte: u8) -> String {
    format!("`{}` closes nothing", byte as char)
}

/// A string's characters, for the escapes of EDN and JSON.
fn unescaped(inside: &str) -> Option<String> {
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next()? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            same @ ('"' | '\\' | '/') => text.push(same),
            'u' => text.push(unicode(&mut characters)?),
            _ => return None,
        }
    }
    Some(text)
}

/// The character of a `\u` escape; of a pair of them beyond the basic plane.
fn unicode(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let mut unit = || {
        u16::from_str_radix(characters.as_str().get(..4)?, 16).ok().inspect(|_| {
            characters.nth(3);
        })
    };
    let first = unit()?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(u32::from(first));
    }
    characters.as_str().starts_with("\\u").then(|| characters.nth(1))?;
    let second = u16::from_str_radix(characters.as_str().get(..4)?, 16).ok()?;
    characters.nth(3);
    char::decode_utf16([first, second]).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, json: bool) -> Result<String, String> {
        let mut data = Data::default();
        let mut scanner = Scanner::new(text.as_bytes(), json);
        let id = scanner.value(&mut data).map_err(|error| error.to_string())?;
        Ok(data.print(id))
    }

    #[test]
    fn values_of_both_kinds_are_read() {
        let edn = "{:a [1 -2 nil], \"b\" #{true 1.5} ; note\n :c (#inst \"x\" #_ [9] sym)}";
        assert_eq!(read(edn, false).unwrap(), "{:a [1 -2 nil] \"b\" [true 1.5] :c [\"x\" sym]}");
        let json = "{\"a\":[1,-2,null],\"b\":{\"c\":false}}";
        assert_eq!(read(json, true).unwrap(), "{\"a\" [1 -2 nil] \"b\" {\"c\" false}}");
        assert_eq!(read(r#""\u00e9\ud83d\ude00\n\"""#, true).unwrap(), "\"é😀\\n\\\"\"");
        assert_eq!(read("9223372036854775807", false).unwrap(), "9223372036854775807");
        assert_eq!(read("99999999999999999999", false).unwrap(), "99999999999999999999");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let error = |text: &str| read(text, false).unwrap_err();
        assert_eq!(error("{:a\n  (1 2]}"), "line 2, column 7: `]` closes nothing");
        assert!(error("[1\n {:b").starts_with("line 2, column 2: the file ends in the middle"));
        assert_eq!(error("{:a}"), "line 1, column 1: a map with a key and no value");
        assert_eq!(error("\"abc"), "line 1, column 1: a string that never ends");
        assert_eq!(error("\"\\q\""), "line 1, column 1: a string with an unknown escape");
        assert_eq!(error(&"[".repeat(100_000)), "line 1, column 65: more than 64 levels");
        assert!(error("").starts_with("line 1, column 1"));
    }

    #[test]
    fn what_is_passed_over_ends_where_a_value_ends() {
        let mut scanner = Scanner::new(b"#a {:b [\"]\" #{1}]} 7", false);
        scanner.skip().unwrap();
        let mut data = Data::default();
        let seven = scanner.value(&mut data).unwrap();
        assert_eq!(data.print(seven), "7");
        assert!(Scanner::new(b" }", false).skip().is_err());
        assert!(Scanner::new(b"[[", false).skip().is_err());
    }
}
