//! The style sheet: contrast in light and in dark, and no class without a look.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../templates/page.css");

/// The variables of a rule.
fn palette(selector: &str) -> BTreeMap<String, [f64; 3]> {
    let rule = STYLE.split(selector).nth(1).expect("the rule").split('}').next().expect("its end");
    let channel = |hex: &str| f64::from(u8::from_str_radix(hex, 16).expect("hex")) / 255.0;
    rule.split("--")
        .skip(1)
        .map(|line| {
            let (name, colour) = line.trim_end_matches(';').split_once(":#").expect("a colour");
            let colour = [&colour[0..2], &colour[2..4], &colour[4..6]].map(channel);
            (name.to_owned(), colour)
        })
        .collect()
}

/// WCAG 2.2, relative luminance.
fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_has_contrast_on_every_ground_in_light_and_in_dark() {
    for theme in [":root{", ":root[data-theme=dark]{"] {
        let palette = palette(theme);
        for ground in ["ground", "panel", "good-ground", "doubt-ground", "bad-ground", "band"] {
            for text in ["ink", "quiet", "link", "good", "doubt", "bad"] {
                let contrast = contrast(palette[text], palette[ground]);
                assert!(contrast >= 4.5, "{theme} {text} on {ground}: {contrast:.2}");
            }
        }
        for line in ["ok", "fail", "info", "one", "two", "three", "four"] {
            let contrast = contrast(palette[line], palette["band"]);
            assert!(contrast >= 3.0, "{theme} {line} on band: {contrast:.2}");
        }
    }
}

#[test]
fn the_two_ways_to_dark_are_one() {
    let preferred = palette(":root:not([data-theme=light]){");
    assert_eq!(preferred, palette(":root[data-theme=dark]{"));
}
