//! How a history is written, and how to tell.

use super::super::Place;

/// A format of histories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Jepsen's EDN.
    Edn,
    /// Jepsen's log, as Porcupine keeps etcd's.
    Log,
    /// JSON lines of operations.
    JsonLines,
    /// JSON lines of aerocert's own events.
    Events,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Edn, Self::Log, Self::JsonLines, Self::Events];

    /// Its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Edn => "edn",
            Self::Log => "log",
            Self::JsonLines => "jsonl",
            Self::Events => "events",
        }
    }

    /// Tells a format by how a text begins.
    ///
    /// # Errors
    /// The place of what no format begins with.
    pub fn guess(text: &[u8]) -> Result<Self, Place> {
        let mut at = 0;
        // Blanks, comments, and the brackets round a whole history.
        while let Some(byte) = text.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b'(' => at += 1,
                b';' => {
                    let rest = &text[at..];
                    at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                }
                _ => break,
            }
        }
        let rest = &text[at..];
        match rest {
            [] | [b'#' | b']' | b')', ..] => Ok(Self::Edn),
            [b'{', inner @ ..] => {
                let inner = inner.trim_ascii_start();
                if inner.starts_with(b"\"time_ns\"") {
                    Ok(Self::Events)
                } else if inner.starts_with(b"\"") {
                    Ok(Self::JsonLines)
                } else {
                    Ok(Self::Edn)
                }
            }
            _ => {
                let line = rest.split(|byte| *byte == b'\n').next().unwrap_or(rest);
                let is_log = line.windows(3).any(|window| window == b" - ");
                if is_log { Ok(Self::Log) } else { Err(Place::of(text, at)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_how_they_begin() {
        assert_eq!(Format::guess(b"; note\n[{:process 0}]"), Ok(Format::Edn));
        assert_eq!(Format::guess(b"#jepsen.history.Op{:index 0}"), Ok(Format::Edn));
        assert_eq!(Format::guess(b"INFO  x - 0 :invoke :read nil"), Ok(Format::Log));
        assert_eq!(Format::guess(b"{\"process\":0}"), Ok(Format::JsonLines));
        assert_eq!(Format::guess(b"{ \"time_ns\":0}"), Ok(Format::Events));
        assert_eq!(Format::guess(b""), Ok(Format::Edn));
        assert_eq!(Format::guess(b"\n  hello"), Err(Place { line: 2, column: 3 }));
    }
}
