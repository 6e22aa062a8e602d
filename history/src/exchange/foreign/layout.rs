//! Maps that are laid out like the one before them.

use super::cursor::Cursor;
use super::lead::{Lead, Words};
use super::operation::Function;
use super::pair::{Kind, Line};
use super::scan::Written;
use super::{Data, DatumId};

/// The fields that are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    Process,
    Type,
    Function,
    Value,
    Key,
    Error,
    Other,
}

impl Name {
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"process" => Self::Process,
            b"type" => Self::Type,
            b"f" => Self::Function,
            b"value" => Self::Value,
            b"key" => Self::Key,
            b"error" => Self::Error,
            _ => Self::Other,
        }
    }
}

/// What a map looks like, and the words that it is made of.
#[derive(Debug)]
pub(super) struct Layout {
    /// For each field the bytes from the end of the value before it to its own value.
    fields: Vec<(Lead, Name)>,
    pub(super) kinds: Words<Kind>,
    pub(super) functions: Words<Function>,
}

impl Default for Layout {
    fn default() -> Self {
        let (kinds, functions) = (Words::new(Kind::Invoke), Words::new(Function::Read));
        Self { fields: Vec::new(), kinds, functions }
    }
}

impl Layout {
    /// Learns a field's lead; those after it are learnt anew.
    pub(super) fn learn(&mut self, position: usize, lead: Lead, name: Name) {
        self.end(position);
        if self.fields.len() == position {
            self.fields.push((lead, name));
        }
    }

    /// Learns that a map ends after so many fields.
    pub(super) fn end(&mut self, position: usize) {
        self.fields.truncate(position);
    }

    /// The field at a position, if the map goes on as it did before.
    pub(super) fn field(&self, position: usize, cursor: &mut Cursor<'_>) -> Option<Name> {
        let (lead, name) = self.fields.get(position)?;
        cursor.follows(lead).then_some(*name)
    }

    /// A whole map, from behind its `{` to behind its `}`, that goes as the one before it and whose
    /// values are short; `None` for any other, right or wrong.
    #[inline(always)]
    pub(super) fn line(
        &self,
        cursor: &mut Cursor<'_>,
        data: &mut Data,
        number: u32,
    ) -> Option<Line> {
        let (mut process, mut key) = (DatumId::NIL, None);
        let mut value = Written::Value(DatumId::NIL);
        let (mut kind, mut function) = (None, None);
        for (lead, name) in &self.fields {
            if !cursor.follows(lead) {
                return None;
            }
            match name {
                Name::Process => process = cursor.value(data)?,
                Name::Type => kind = Some(cursor.known(&self.kinds)?),
                Name::Function => function = Some(cursor.known(&self.functions)?),
                Name::Value => value = cursor.value_or_pair(data)?,
                Name::Key => key = Some(cursor.value(data)?),
                Name::Error => cursor.nil().then_some(())?,
                Name::Other => {
                    cursor.integer()?;
                }
            }
        }
        let kind = kind.filter(|_| cursor.passes(b'}'))?;
        Some(Line { process, kind, function, key, value, error: false, number })
    }
}
