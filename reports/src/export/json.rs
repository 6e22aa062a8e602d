//! `certificate.json`.

use history::Certificate;

use crate::notice::{notice, noticed};

/// The certificate as its file holds it. On an emulated cluster its statement begins with the
/// notice and `cluster.notice` is the notice, whatever the certificate at hand says.
///
/// # Errors
/// None that a certificate of ours can cause; the serializer's type demands one.
pub fn certificate_json(certificate: &Certificate) -> serde_json::Result<String> {
    let mut certificate = certificate.clone();
    let kind = certificate.cluster.kind;
    certificate.statement = noticed(kind, &certificate.statement);
    if let Some(notice) = notice(kind) {
        certificate.cluster.notice = notice.to_owned();
    }
    let mut text = serde_json::to_string_pretty(&certificate)?;
    text.push('\n');
    Ok(text)
}
