//! What stands round every page: title, policy, style, script, notice.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use history::ClusterKind;
use sha2::{Digest, Sha256};

use crate::notice::{notice, noticed};
use crate::words::Badge;

const STYLE: &str =
    concat!(include_str!("../../templates/page.css"), include_str!("../../templates/chart.css"));
const SCRIPT: &str = include_str!("../../templates/page.js");

/// The frame of a page.
#[derive(Debug)]
pub(crate) struct Head {
    /// The title; on an emulated cluster it holds the notice.
    pub(crate) title: String,
    /// The content security policy: this style, this script, nothing else.
    pub(crate) policy: String,
    /// The style sheet.
    pub(crate) style: String,
    /// The script.
    pub(crate) script: &'static str,
    /// The notice, where the cluster is emulated.
    pub(crate) notice: Option<&'static str>,
    /// The verdict.
    pub(crate) badge: Badge,
    /// The verdict in one sentence, without the notice that precedes it.
    pub(crate) sentence: String,
    /// aerocert's version.
    pub(crate) version: String,
}

impl Head {
    /// The frame of a page about `subject`.
    pub(crate) fn new(
        kind: ClusterKind,
        badge: Badge,
        subject: &str,
        sentence: &str,
        version: &str,
    ) -> Self {
        let notice = notice(kind);
        let style = match notice {
            Some(notice) => format!("{STYLE}@page{{@top-center{{content:\"{notice}\"}}}}"),
            None => STYLE.to_owned(),
        };
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; \
             base-uri 'none'; form-action 'none'",
            digest(&style),
            digest(SCRIPT),
        );
        let sentence = match notice {
            Some(notice) => {
                sentence.replacen(notice, "", 1).trim_start_matches([':', ' ']).to_owned()
            }
            None => sentence.to_owned(),
        };
        Self {
            title: format!("{} {}: {}", badge.symbol, badge.word, noticed(kind, subject)),
            policy,
            style,
            script: SCRIPT,
            notice,
            badge,
            sentence,
            version: version.to_owned(),
        }
    }
}

fn digest(text: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()))
}
