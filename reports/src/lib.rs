//! Results in, pages out: HTML, SVG, JSON, JUnit.
