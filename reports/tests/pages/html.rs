//! Just enough of HTML to ask questions of a page.

use std::collections::BTreeSet;

/// The values of an attribute, in the order of the page.
pub(crate) fn attribute<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What a reader sees of a page, tags left out; neither style nor script is text.
pub(crate) fn text(page: &str) -> String {
    let body = page.split_once("<body>").map_or(page, |(_, body)| body);
    let body = body.split("<script>").next().unwrap_or(body);
    let mut text = String::new();
    let mut in_tag = false;
    for character in body.chars() {
        match character {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                text.push(' ');
            }
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The number of elements of a page.
pub(crate) fn elements(page: &str) -> usize {
    let opens = |window: &&[u8]| window[0] == b'<' && window[1].is_ascii_alphabetic();
    page.as_bytes().windows(2).filter(opens).count()
}

/// Whatever must be true of every page.
pub(crate) fn assert_sound(page: &str) {
    let ids: Vec<&str> = attribute(page, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id is used twice");
    let links = attribute(page, "href");
    for link in &links {
        match link.strip_prefix('#') {
            Some(id) => assert!(unique.contains(id), "no element has the id {id}"),
            None => assert!(link.starts_with("./"), "{link} is not a file beside the page"),
        }
    }
    for ids in attribute(page, "aria-labelledby") {
        for id in ids.split(' ') {
            assert!(unique.contains(id), "no element has the id {id}");
        }
    }
    for foreign in ["://", " src=", "@import", "javascript:", " style=\"", " onclick"] {
        assert!(!page.contains(foreign), "a page holds {foreign:?}");
    }
    assert_eq!(page.matches("<h1").count(), 1, "one h1");
    assert_eq!(page.matches("<main>").count(), 1, "one main");
    assert_eq!(page.matches("<table").count(), page.matches("<caption>").count(), "captions");
    assert!(!page.contains("<th>"), "every header of a table has a scope");
    for picture in page.split("<svg ").skip(1).filter_map(|rest| rest.split('>').next()) {
        let spoken = picture.contains("role=\"img\" aria-labelledby=");
        assert!(spoken || picture.contains("aria-hidden=\"true\""), "{picture}");
    }
    assert!(elements(page) <= 5_000, "{} elements", elements(page));
}
