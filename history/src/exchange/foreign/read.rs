//! Texts to histories.

use super::super::SyntaxError;
use super::layout::{Layout, Name};
use super::lead::Lead;
use super::operation::Function;
use super::pair::{Kind, Line, Pairing};
use super::scan::{Scanner, Written};
use super::{Datum, DatumId, Foreign, Format, events};
use crate::Outcome;

impl Foreign {
    /// Reads a history.
    ///
    /// # Errors
    /// The first place that is wrong, what is wrong there, and how to mend it.
    pub fn read(text: &[u8], format: Format) -> Result<Self, SyntaxError> {
        Self::read_some(text, format, usize::MAX)
    }

    /// Reads a history up to its first operation, to see what it is of.
    ///
    /// # Errors
    /// What is wrong up to there.
    pub fn read_first(text: &[u8], format: Format) -> Result<Self, SyntaxError> {
        Self::read_some(text, format, 1)
    }

    fn read_some(text: &[u8], format: Format, most: usize) -> Result<Self, SyntaxError> {
        let scanner = Scanner::new(text, matches!(format, Format::JsonLines | Format::Events));
        if u32::try_from(text.len()).is_err() {
            return Err(scanner.wrong(0, "4 GiB or more: split the history by keys"));
        }
        let mut reader =
            Reader { scanner, pairing: Pairing::default(), most, layout: Layout::default() };
        if most == usize::MAX {
            reader.pairing.history.operations.reserve(text.len() / OPERATION_BYTES);
        }
        match format {
            Format::Edn | Format::JsonLines => reader.maps()?,
            Format::Log => reader.log()?,
            Format::Events => return events::read(text),
        }
        Ok(reader.pairing.history)
    }
}

/// About what an operation takes in a text, which are two lines: for room that nobody pays for until
/// it is used.
const OPERATION_BYTES: usize = 100;

struct Reader<'a> {
    scanner: Scanner<'a>,
    pairing: Pairing,
    /// How many operations to read.
    most: usize,
    /// How the last map was laid out: the next one nearly always is the same.
    layout: Layout,
}

impl Reader<'_> {
    /// Maps one after the other, or in one sequence.
    fn maps(&mut self) -> Result<(), SyntaxError> {
        let mut sequence = None;
        while let Some(byte) = self.scanner.blanks() {
            let at = self.scanner.offset();
            match byte {
                b'{' => {
                    self.scanner.step();
                    self.map(at)?;
                    self.scanner.line_break();
                    if self.pairing.history.operations.len() >= self.most {
                        return Ok(());
                    }
                }
                b'#' => self.scanner.tag(),
                b'[' | b'(' if sequence.is_none() && self.pairing.history.operations.is_empty() => {
                    self.scanner.step();
                    sequence = Some((at, if byte == b'[' { b']' } else { b')' }));
                }
                _ if sequence.is_some_and(|(_, close)| close == byte) => {
                    self.scanner.step();
                    return match self.scanner.blanks() {
                        None => Ok(()),
                        Some(_) => {
                            let at = self.scanner.offset();
                            Err(self.scanner.wrong(at, "more follows the history"))
                        }
                    };
                }
                _ => return Err(self.scanner.wrong(at, "no map of an operation, `{…}`")),
            }
        }
        match sequence {
            None => Ok(()),
            Some((at, _)) => Err(self.scanner.wrong(at, "never closed")),
        }
    }

    /// One operation's map, after its `{`, which stands at a place.
    #[inline]
    fn map(&mut self, begin: usize) -> Result<(), SyntaxError> {
        let mut cursor = self.scanner.cursor();
        let (data, number) = (&mut self.pairing.history.data, self.scanner.line());
        match self.layout.line(&mut cursor, data, number) {
            Some(line) => {
                self.scanner.go_on(cursor);
                self.pairing.line(&line).map_err(|what| self.scanner.wrong(begin, what))
            }
            None => self.any_map(begin),
        }
    }

    fn any_map(&mut self, begin: usize) -> Result<(), SyntaxError> {
        let mut line = Line {
            process: DatumId::NIL,
            kind: Kind::Invoke,
            function: None,
            key: None,
            value: Written::Value(DatumId::NIL),
            error: false,
            number: self.scanner.line(),
        };
        let mut kind = None;
        let mut unknown = None;
        let mut position = 0;
        while let Some(name) = self.field(position, begin)? {
            position += 1;
            match name {
                Name::Process => line.process = self.value()?,
                Name::Type => kind = Some(self.kind(begin)?),
                Name::Function => (line.function, unknown) = self.function(begin)?,
                Name::Value => {
                    let data = &mut self.pairing.history.data;
                    line.value = self.scanner.value_or_pair(data)?;
                }
                Name::Key => line.key = Some(self.value()?),
                Name::Error => line.error = self.value()? != DatumId::NIL,
                Name::Other => self.scanner.skip()?,
            }
        }
        self.scanner.step();
        if self.is_nemesis(line.process) {
            return Ok(());
        }
        line.kind = kind.ok_or_else(|| self.scanner.wrong(begin, NO_TYPE))?;
        if let (Some(at), Kind::Invoke) = (unknown, line.kind) {
            return Err(self.scanner.wrong(at, unknown_function()));
        }
        self.pairing.line(&line).map_err(|what| self.scanner.wrong(begin, what))
    }

    fn kind(&mut self, begin: usize) -> Result<Kind, SyntaxError> {
        self.scanner.blanks().ok_or_else(|| self.scanner.unfinished(begin))?;
        let at = self.scanner.offset();
        let (name, lead) = self.scanner.name_and_lead();
        let kind = name.and_then(kind_named).ok_or_else(|| self.scanner.wrong(at, NO_TYPE))?;
        lead.into_iter().for_each(|lead| self.layout.kinds.keep(lead, kind));
        Ok(kind)
    }

    /// A function, or the place of what is none.
    fn function(&mut self, begin: usize) -> Result<(Option<Function>, Option<usize>), SyntaxError> {
        self.scanner.blanks().ok_or_else(|| self.scanner.unfinished(begin))?;
        let at = self.scanner.offset();
        let (name, lead) = self.scanner.name_and_lead();
        if name.is_none() {
            self.scanner.skip()?;
        }
        let function = name.and_then(Function::named);
        if let (Some(function), Some(lead)) = (function, lead) {
            self.layout.functions.keep(lead, function);
        }
        Ok((function, function.is_none().then_some(at)))
    }

    fn value(&mut self) -> Result<DatumId, SyntaxError> {
        self.scanner.value(&mut self.pairing.history.data)
    }

    /// The name of the map's next field, up to its value; `None` at the map's end.
    fn field(&mut self, position: usize, begin: usize) -> Result<Option<Name>, SyntaxError> {
        let mut cursor = self.scanner.cursor();
        if let Some(name) = self.layout.field(position, &mut cursor) {
            self.scanner.go_on(cursor);
            return Ok(Some(name));
        }
        let (from, line) = (self.scanner.offset(), self.scanner.line());
        loop {
            match self.scanner.blanks() {
                None => return Err(self.scanner.unfinished(begin)),
                Some(b'}') => {
                    self.layout.end(position);
                    return Ok(None);
                }
                Some(_) => {}
            }
            if let Some(name) = self.scanner.name() {
                let name = Name::of(name);
                self.scanner.blanks();
                // Only what ends with a blank ends its name in every text.
                let lead = self.scanner.since(from);
                if self.scanner.line() == line
                    && self.scanner.ends_blank(lead)
                    && let Some(lead) = Lead::of(lead, lead.len())
                {
                    self.layout.learn(position, lead, name);
                }
                return Ok(Some(name));
            }
            // A key that is no name, and its value.
            self.scanner.skip()?;
            self.scanner.skip()?;
        }
    }

    /// Lines of a log.
    fn log(&mut self) -> Result<(), SyntaxError> {
        loop {
            if !self.scanner.at_line_end() {
                self.log_line()?;
            }
            let enough = self.pairing.history.operations.len() >= self.most;
            if enough || !self.scanner.next_line() {
                return Ok(());
            }
        }
    }

    fn log_line(&mut self) -> Result<(), SyntaxError> {
        let begin = self.scanner.offset();
        let number = self.scanner.line();
        if !self.scanner.behind_dash() {
            return Err(self.scanner.wrong(begin, "no line of a log: ` - ` and an operation"));
        }
        let process = self.column()?;
        if self.is_nemesis(process) {
            return Ok(());
        }
        let at = self.scanner.offset();
        let kind = self.scanner.name().and_then(kind_named);
        let kind = kind.ok_or_else(|| self.scanner.wrong(at, NO_TYPE))?;
        let at = self.scanner.offset();
        let function = self.scanner.name().and_then(Function::named);
        if function.is_none() {
            return Err(self.scanner.wrong(at, unknown_function()));
        }
        let value = match self.scanner.at_line_end() {
            true => Written::Value(DatumId::NIL),
            false => self.scanner.value_or_pair(&mut self.pairing.history.data)?,
        };
        let line = Line { process, kind, function, key: None, value, error: false, number };
        self.pairing.line(&line).map_err(|what| self.scanner.wrong(begin, what))
    }

    /// The next value of the line, nil if it has none.
    fn column(&mut self) -> Result<DatumId, SyntaxError> {
        if self.scanner.at_line_end() {
            return Ok(DatumId::NIL);
        }
        self.value()
    }

    fn is_nemesis(&self, process: DatumId) -> bool {
        matches!(
            self.pairing.history.data.get(process),
            Datum::Word(":nemesis") | Datum::Text("nemesis")
        )
    }
}

fn kind_named(name: &[u8]) -> Option<Kind> {
    match name {
        b"invoke" => Some(Kind::Invoke),
        b"ok" => Some(Kind::Complete(Outcome::Ok)),
        b"fail" => Some(Kind::Complete(Outcome::Fail)),
        b"info" => Some(Kind::Complete(Outcome::Info)),
        _ => None,
    }
}

const NO_TYPE: &str = "no `type` of an operation: invoke, ok, fail or info";

fn unknown_function() -> String {
    let known: Vec<&str> = Function::NAMES.iter().map(|(_, names)| names[0]).collect();
    format!("a function that no model knows; those known are {}", known.join(", "))
}
