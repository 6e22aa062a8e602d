//! A place in EDN text that moves on token by token, and looks at each byte once.

use std::ops::Range;

use crate::exchange::{Place, SyntaxError};

/// How deep collections may nest where they are passed over.
const DEPTH: usize = 64;

pub(super) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// The next byte.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0 }
    }

    /// The next byte that is neither blank nor comment; `None` at the end.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b',' | b'\n' | b'\r' | b'\t' => self.at += 1,
                b';' => {
                    let rest = &self.bytes[self.at..];
                    self.at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
                }
                other => return Some(*other),
            }
        }
        None
    }

    /// The bytes that are left, blanks included.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn bytes(&self, range: Range<usize>) -> &'a [u8] {
        &self.bytes[range]
    }

    /// The keyword, number, symbol or string that comes next, as it is spelled.
    pub(super) fn atom(&mut self) -> Result<&'a str, SyntaxError> {
        let begin = match self.peek() {
            Some(b'"') => {
                let begin = self.at;
                self.string()?;
                begin
            }
            Some(_) => {
                let begin = self.at;
                let rest = &self.bytes[begin..];
                self.at += rest.iter().position(|byte| ends_word(*byte)).unwrap_or(rest.len());
                begin
            }
            None => self.at,
        };
        if begin == self.at {
            return Err(self.wrong(begin, "a keyword, a number or a string is missing"));
        }
        Ok(&self.text[begin..self.at])
    }

    /// A number without sign that comes next and is spelled as it would be printed.
    pub(super) fn number(&mut self) -> Option<u64> {
        self.peek()?;
        let rest = &self.bytes[self.at..];
        let mut number = 0_u64;
        let mut length = 0;
        while let Some(digit) = rest.get(length).map(|byte| byte.wrapping_sub(b'0'))
            && digit < 10
        {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            length += 1;
        }
        let ended = rest.get(length).is_none_or(|byte| ends_word(*byte));
        let canonical = length == 1 || (2..=18).contains(&length) && rest[0] != b'0';
        (ended && canonical).then(|| {
            self.at += length;
            number
        })
    }

    /// Passes over a bracket that opens a sequence, and gives the one that closes it.
    pub(super) fn open(&mut self, what: &str) -> Result<u8, SyntaxError> {
        let close = match self.peek() {
            Some(b'[') => b']',
            Some(b'(') => b')',
            _ => return Err(self.wrong(self.at, what)),
        };
        self.at += 1;
        Ok(close)
    }

    /// Whether the closing bracket comes next; passes over it.
    pub(super) fn closes(&mut self, close: u8) -> Result<bool, SyntaxError> {
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(byte @ (b']' | b')' | b'}')) => {
                Err(self.wrong(self.at, &format!("`{}` closes nothing", byte as char)))
            }
            Some(_) => Ok(false),
            None => {
                Err(self.wrong(self.at, &format!("the text ends before a `{}`", close as char)))
            }
        }
    }

    /// Passes over a tag, such as `#jepsen.history.Op`.
    pub(super) fn tag(&mut self) {
        if self.peek() == Some(b'#') {
            let rest = &self.bytes[self.at..];
            let length = rest.iter().position(|byte| ends_word(*byte)).unwrap_or(rest.len());
            self.at += length;
        }
    }

    /// Passes over a value of any kind.
    pub(super) fn skip(&mut self) -> Result<(), SyntaxError> {
        let mut open = [(0_u8, 0_usize); DEPTH];
        let mut depth = 0;
        loop {
            self.tag();
            let begin = self.at;
            match self.peek() {
                None => {
                    let at = if depth > 0 { open[depth - 1].1 } else { begin };
                    return Err(self.wrong(at, "a value that never ends"));
                }
                Some(byte @ (b'[' | b'(' | b'{')) => {
                    if depth == DEPTH {
                        return Err(self.wrong(self.at, &format!("more than {DEPTH} levels")));
                    }
                    // `[` and `{` are two before the brackets that close them, `(` is one.
                    open[depth] = (if byte == b'(' { b')' } else { byte + 2 }, self.at);
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                Some(byte @ (b']' | b')' | b'}')) => {
                    if depth == 0 || open[depth - 1].0 != byte {
                        let what = format!("`{}` closes nothing", byte as char);
                        return Err(self.wrong(self.at, &what));
                    }
                    depth -= 1;
                    self.at += 1;
                }
                Some(_) => {
                    self.atom()?;
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// What is wrong at a place.
    pub(super) fn wrong(&self, at: usize, what: &str) -> SyntaxError {
        let before = &self.bytes[..at];
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        SyntaxError { at: Place { line, column: (at - begin) as u64 + 1 }, what: what.to_owned() }
    }

    fn string(&mut self) -> Result<(), SyntaxError> {
        let begin = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => {
                    self.at = self.bytes.len();
                    return Err(self.wrong(begin, "a string that never ends"));
                }
            }
        }
        self.at += 1;
        Ok(())
    }
}

/// Whether a byte ends a number, keyword or symbol.
pub(super) fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b',' | b'\n' | b'\r' | b'\t' | b';' | b'"' | b'[' | b']' | b'(' | b')' | b'{' | b'}'
    )
}
