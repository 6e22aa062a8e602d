//! From the SVG that plotters writes to one that the page can colour, read aloud and print.

use std::fmt::Write;

use super::Role;

/// What a screen reader says of a picture.
pub(crate) struct Spoken<'a> {
    /// The picture's id on its page; its title and description get ids from it.
    pub(crate) id: &'a str,
    /// Its name.
    pub(crate) title: &'a str,
    /// What it shows, in a sentence.
    pub(crate) description: &'a str,
}

/// Replaces the colours of roles by classes, joins the marks of a role into one path (a picture of
/// thousands of operations stays a few nodes), and gives the picture a title and a description.
///
/// plotters writes one tag per line and the content of a text on a line of its own, escaped.
pub(crate) fn themed(svg: &str, size: (u32, u32), spoken: &Spoken<'_>) -> String {
    let mut page = String::with_capacity(svg.len() / 2);
    let Spoken { id, title, description } = spoken;
    let (title, description) = (escaped(title), escaped(description));
    let _ = writeln!(
        page,
        "<svg class=\"chart\" id=\"{id}\" viewBox=\"0 0 {} {}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{title}</title>\
         <desc id=\"{id}-desc\">{description}</desc>",
        size.0, size.1,
    );
    let mut marks: Option<(Role, String)> = None;
    for line in svg.lines() {
        if line.starts_with("<svg") {
            continue;
        }
        if let Some((role, x, y)) = circle(line) {
            match &mut marks {
                Some((same, path)) if *same == role => push_mark(path, role, x, y),
                _ => {
                    flush(&mut page, marks.take());
                    let mut path = String::new();
                    push_mark(&mut path, role, x, y);
                    marks = Some((role, path));
                }
            }
            continue;
        }
        flush(&mut page, marks.take());
        if line.starts_with('<') {
            page.push_str(&classed(line));
        } else {
            page.push_str(line);
        }
        page.push('\n');
    }
    page
}

fn push_mark(path: &mut String, role: Role, x: &str, y: &str) {
    let _ = write!(path, "M{x} {y}{}", role.mark());
}

fn flush(page: &mut String, marks: Option<(Role, String)>) {
    if let Some((role, path)) = marks {
        let _ = writeln!(page, "<path class=\"{} marks\" d=\"{path}\"/>", role.class());
    }
}

/// The role and the place of a circle.
fn circle(line: &str) -> Option<(Role, &str, &str)> {
    let line = line.strip_prefix("<circle")?;
    let role = Role::of_colour(attribute(line, "fill")?)?;
    Some((role, attribute(line, "cx")?, attribute(line, "cy")?))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let length = tag.get(start..)?.find('"')?;
    tag.get(start..start + length)
}

/// A tag with classes for colours, without what the style sheet says.
fn classed(tag: &str) -> String {
    let mut tag = tag
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" font-family=\"sans-serif\"", "");
    for name in ["fill", "stroke"] {
        let Some(role) = attribute(&tag, name).and_then(Role::of_colour) else { continue };
        let colour = attribute(&tag, name).unwrap_or_default().to_owned();
        let class = format!("class=\"{}\"", role.class());
        tag = tag.replacen(&format!("{name}=\"{colour}\""), &class, 1);
    }
    tag
}

/// Text as HTML and SVG hold it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPOKEN: Spoken<'_> = Spoken { id: "c", title: "A <b> & c", description: "\"d\"" };

    #[test]
    fn colours_become_classes_and_marks_become_one_path() {
        let svg = "<svg width=\"9\" xmlns=\"x\">\n\
            <circle cx=\"1\" cy=\"2\" r=\"1\" opacity=\"1\" fill=\"#010100\" stroke=\"none\"/>\n\
            <circle cx=\"3\" cy=\"4\" r=\"1\" opacity=\"1\" fill=\"#010100\" stroke=\"none\"/>\n\
            <line opacity=\"1\" stroke=\"#010001\" stroke-width=\"1\" x1=\"0\"/>\n</svg>\n";
        let page = themed(svg, (9, 9), &SPOKEN);
        assert!(page.contains("<path class=\"ok marks\" d=\"M1 2h0M3 4h0\"/>"), "{page}");
        assert!(page.contains("<line class=\"grid\" stroke-width=\"1\" x1=\"0\"/>"), "{page}");
        assert!(!page.contains("xmlns") && !page.contains("<circle"), "{page}");
    }

    #[test]
    fn a_picture_says_what_it_is() {
        let page = themed("", (9, 9), &SPOKEN);
        assert!(page.contains("role=\"img\" aria-labelledby=\"c-title c-desc\""));
        assert!(page.contains("<title id=\"c-title\">A &lt;b&gt; &amp; c</title>"), "{page}");
    }
}
