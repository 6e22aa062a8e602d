//! Two info answers, token by token.

/// What two answers to one command have in common.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// They are the same, or differ only in values of the same kind: the keys of those.
    Values(Vec<Difference>),
    /// One has other parts than the other, and the first that it has otherwise.
    Shape(String),
}

/// A value that differs, and is of the same kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The key before `=`, the column of a table with a heading, or nothing.
    pub(crate) key: String,
    /// As the real server said it.
    pub(crate) recorded: String,
    /// As the emulator says it.
    pub(crate) ours: String,
    /// Whether it is text: another text is another answer, also while the cluster changes.
    pub(crate) is_text: bool,
}

const SEPARATORS: &[char] = &[';', ':', ',', '=', '[', ']', '\n', '\t'];

/// A part of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Separator(char),
    Word(&'a str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for part in text.split_inclusive(SEPARATORS) {
        let separator = part.chars().last().filter(|last| SEPARATORS.contains(last));
        let word = separator.map_or(part, |last| &part[..part.len() - last.len_utf8()]);
        tokens.push(Token::Word(word));
        tokens.extend(separator.map(Token::Separator));
    }
    tokens
}

/// The kinds of values: two of one kind may differ without the format being another.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Empty,
    Number,
    Node,
    State,
    Flag,
    Address,
    Bitmap(usize),
    Version,
    Text,
}

fn kind(word: &str) -> Kind {
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match word {
        "" => Kind::Empty,
        "true" | "false" => Kind::Flag,
        "S" | "D" | "Z" | "X" | "A" => Kind::State,
        _ if word.parse::<f64>().is_ok() => Kind::Number,
        _ if word.len() > 600 => Kind::Bitmap(word.len()),
        _ if word.parse::<std::net::Ipv4Addr>().is_ok() => Kind::Address,
        _ if word.split('.').count() == 3 && hexadecimal(&word[..word.len().min(12)]) => {
            Kind::Version
        }
        _ if word.len() <= 16 && hexadecimal(word) => Kind::Node,
        _ => Kind::Text,
    }
}

/// A word without the cluster's key, which is drawn at random whenever a cluster forms.
fn without_key(word: &str) -> &str {
    let digits = word.find('.').unwrap_or(word.len());
    let (key, rest) = word.split_at(digits);
    let drawn = key.bytes().all(|byte| byte.is_ascii_hexdigit())
        && (key.len() == 12 || (10..12).contains(&key.len()) && key.bytes().any(|b| b > b'9'))
        && key.bytes().any(|byte| byte != b'0');
    if drawn { rest } else { word }
}

/// Compares two answers to one command.
pub(crate) fn compare(recorded: &str, ours: &str) -> Likeness {
    let (left, right) = (tokens(recorded), tokens(ours));
    let heading: Vec<&str> = match recorded.split_once(';') {
        Some((heading, _)) if heading.matches(':').count() > 5 => heading.split(':').collect(),
        _ => Vec::new(),
    };
    let mut differences = Vec::new();
    let mut key = "";
    let mut column = 0;
    for (at, (theirs, own)) in left.iter().zip(&right).enumerate() {
        match (*theirs, *own) {
            (Token::Separator(separator), other) if other == Token::Separator(separator) => {
                match separator {
                    '=' => {
                        if let Some(Token::Word(word)) = left.get(at.wrapping_sub(1)) {
                            key = word;
                        }
                    }
                    ';' | '\n' => (key, column) = ("", 0),
                    ':' => {
                        key = "";
                        column += 1;
                    }
                    _ => {}
                }
            }
            (Token::Word(theirs), Token::Word(own)) if without_key(theirs) == without_key(own) => {}
            (Token::Word(theirs), Token::Word(own)) => {
                let same_kind = match (kind(theirs), kind(own)) {
                    (Kind::Number | Kind::Node, Kind::Number | Kind::Node) => true,
                    (theirs, own) => theirs == own,
                };
                if !same_kind {
                    return Likeness::Shape(format!("{key}: {theirs:.60} against {own:.60}"));
                }
                let key = if key.is_empty() { heading.get(column).unwrap_or(&"") } else { key };
                differences.push(Difference {
                    key: key.to_owned(),
                    recorded: theirs.to_owned(),
                    ours: own.to_owned(),
                    is_text: kind(own) == Kind::Text,
                });
            }
            (theirs, own) => {
                return Likeness::Shape(format!("after {key}: {theirs:?} against {own:?}"));
            }
        }
    }
    if left.len() == right.len() {
        Likeness::Values(differences)
    } else {
        Likeness::Shape(format!("{} parts against {}", left.len(), right.len()))
    }
}

#[test]
fn answers_are_alike_in_their_shape() {
    let values = |recorded, ours| match compare(recorded, ours) {
        Likeness::Values(all) => all.into_iter().map(|one| one.key).collect::<Vec<_>>(),
        Likeness::Shape(why) => vec![why],
    };
    assert_eq!(values("size=1;port=2", "size=1;port=3"), ["port"]);
    assert_eq!(values("7,3000,[[B1,,[10.0.0.1]]]", "8,3000,[[A22,,[10.0.0.2]]]"), ["", "", ""]);
    assert!(values("size=1;port=2", "size=1,port=2")[0].contains("size"));
    assert!(values("size=1", "size=1;port=2")[0].contains("parts"));
    assert!(values("size=true", "size=1")[0].contains("true"));
}
