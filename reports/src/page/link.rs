//! Links and anchors from names that somebody else chose.

use std::fmt::Write;

/// A file below the page as a relative link. Whatever the path holds, the link has no scheme, no
/// host and no query.
pub(crate) fn relative(path: &str, file: &str) -> String {
    let mut link = String::from("./");
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                link.push(char::from(byte));
            }
            _ => {
                let _ = write!(link, "%{byte:02X}");
            }
        }
    }
    format!("{}/{file}", link.trim_end_matches('/'))
}

/// A name as a part of an anchor: letters, digits and single hyphens.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_escapes_into_a_scheme() {
        assert_eq!(relative("runs/sc-1", "report.html"), "./runs/sc-1/report.html");
        assert_eq!(relative("javascript:alert(1)", "x"), "./javascript%3Aalert%281%29/x");
        assert_eq!(relative("//host/\"", "x"), ".///host/%22/x");
    }

    #[test]
    fn a_slug_is_a_safe_anchor() {
        assert_eq!(slug("AP <last update>"), "ap-last-update");
    }
}
