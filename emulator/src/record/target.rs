use wire::{Digest, FieldType, Message, ResultCode};

/// The record that a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'a> {
    /// The namespace's name.
    pub namespace: &'a str,
    /// The record.
    pub digest: Digest,
}

impl<'a> Target<'a> {
    /// Finds out which record of which namespace a request is about.
    ///
    /// # Errors
    /// [`ResultCode::NAMESPACE`] without a namespace that `exists`,
    /// [`ResultCode::UNSUPPORTED_FEATURE`] without a digest (clients hash keys themselves),
    /// [`ResultCode::PARAMETER`] for one of a wrong length.
    pub fn of(message: &'a Message, exists: impl Fn(&str) -> bool) -> Result<Self, ResultCode> {
        let namespace = message
            .namespace()
            .filter(|namespace| exists(namespace))
            .ok_or(ResultCode::NAMESPACE)?;
        let field = message.field(FieldType::DIGEST).ok_or(ResultCode::UNSUPPORTED_FEATURE)?;
        let digest = field.as_digest().map_err(|_| ResultCode::PARAMETER)?;
        Ok(Self { namespace, digest })
    }
}
