//! TLS on the service port: what a node shows its clients.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The certificate that all nodes of a cluster show, and where they show it.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The name on the certificate, which clients are told with the addresses of peers.
    pub name: String,
    /// The port of every node for TLS; 0 takes one that is free on all addresses.
    pub port: u16,
    pub(super) config: Arc<ServerConfig>,
}

/// Why a certificate cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that is not there, or holds something else.
    #[error("{path} holds no {what} in PEM form: {why}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
    /// A key that is not the certificate's, or of an unknown kind.
    #[error("the certificate in {path} cannot be shown with that key: {why}", path = .path.display())]
    Mismatch {
        /// The certificate's file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

impl Tls {
    /// Reads a certificate, with those that lead to its authority after it, and its key, both in
    /// PEM form. Clients show no certificate of their own.
    ///
    /// # Errors
    /// Files that cannot be used.
    pub fn load(name: &str, certificate: &Path, key: &Path, port: u16) -> Result<Self, TlsError> {
        let file = |path: &Path, what, why: String| TlsError::File { path: path.into(), what, why };
        let no_chain = |why: String| file(certificate, "certificate", why);
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| no_chain(error.to_string()))?;
        if chain.is_empty() {
            return Err(no_chain("there is none in it".to_owned()));
        }
        let private = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| file(key, "private key", error.to_string()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
            .map_err(|why| TlsError::Mismatch { path: certificate.into(), why: why.to_string() })?;
        Ok(Self { name: name.to_owned(), port, config: Arc::new(config) })
    }
}
