//! Lists, which are mostly the beginnings of one another.

use super::cursor::{Cursor, ends_word};
use super::{Span, value};
use crate::exchange::SyntaxError;
use crate::{TransactionKey, TransactionsBuilder, Value};

/// How the longest list of each key is spelled.
#[derive(Default)]
pub(super) struct Spellings {
    of: Vec<Spelling>,
    elements: Vec<Value>,
    ends: Vec<u32>,
}

/// How a list is spelled.
#[derive(Default)]
struct Spelling {
    /// Where it begins, behind the bracket.
    begin: usize,
    /// Where each of its elements ends, from there.
    ends: Vec<u32>,
}

impl Spelling {
    fn span(&self) -> Span {
        self.begin..self.begin + self.ends.last().map_or(0, |end| *end as usize)
    }
}

impl Spellings {
    /// Reads a list.
    pub(super) fn list(
        &mut self,
        cursor: &mut Cursor,
        builder: &mut TransactionsBuilder,
        key: TransactionKey,
    ) -> Result<(), SyntaxError> {
        let close = cursor.open("a list is missing")?;
        let at = key.0 as usize;
        if self.of.len() <= at {
            self.of.resize_with(at + 1, Spelling::default);
        }
        let known = &mut self.of[at];
        let text = cursor.bytes(known.span());
        let begin = cursor.at;
        let same = common_prefix(text, cursor.rest());
        let next = cursor.rest().get(same).copied();
        // As far as the text is the same, so are the elements, if it ends with one.
        let whole = known.ends.binary_search(&(same as u32));
        if next == Some(close)
            && let Ok(last) = whole
        {
            cursor.at += same + 1;
            builder.read_prefix(key, last + 1);
            return Ok(());
        }
        self.elements.clear();
        self.ends.clear();
        let grows = whole.is_ok() && same == text.len() && next.is_some_and(ends_word);
        if grows {
            cursor.at += same;
        }
        while !cursor.closes(close)? {
            let element = value(cursor, builder)?;
            self.elements.push(element);
            self.ends.push((cursor.at - begin) as u32);
        }
        if grows {
            builder.read_longer(key, &self.elements);
            known.begin = begin;
            known.ends.extend_from_slice(&self.ends);
            return Ok(());
        }
        builder.read_list(key, &self.elements);
        let longest = builder.spine(key) == self.elements;
        if longest && self.elements.len() > known.ends.len() {
            known.begin = begin;
            known.ends.clone_from(&self.ends);
        }
        Ok(())
    }
}

/// How many bytes two texts have in common at their beginnings.
fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    const STEP: usize = 16;
    let chunks = one.chunks_exact(STEP).zip(other.chunks_exact(STEP));
    let same = chunks.take_while(|(one, other)| one == other).count() * STEP;
    let rest = one[same..].iter().zip(&other[same..]);
    same + rest.take_while(|(one, other)| one == other).count()
}
