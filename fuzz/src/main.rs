//! libFuzzer's way in. `cargo xtask fuzz` builds it with instrumented code, names the target in a
//! variable and the folder of its corpus in another.
#![no_main]

use std::sync::OnceLock;

use fuzz::{CORPUS_VARIABLE, TARGET_VARIABLE, Target};

static TARGET: OnceLock<Target> = OnceLock::new();

fn target() -> Target {
    *TARGET.get_or_init(|| {
        let name = std::env::var(TARGET_VARIABLE).unwrap_or_default();
        Target::named(&name).unwrap_or_else(|| panic!("no target is called `{name}`"))
    })
}

libfuzzer_sys::fuzz_target!(
    init: {
        if let Some(folder) = std::env::var_os(CORPUS_VARIABLE) {
            for (number, seed) in target().seeds().into_iter().enumerate() {
                let path = std::path::Path::new(&folder).join(format!("seed-{number}"));
                std::fs::write(path, seed).expect("the corpus can be written");
            }
        }
    },
    |bytes: &[u8]| target().run(bytes)
);
