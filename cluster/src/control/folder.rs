//! Where the control socket is.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::ClusterError;

/// This user's state folder: `aerocert` in the runtime folder of the session, or else
/// `aerocert-<uid>` in the folder for temporary files.
#[must_use]
pub fn default_folder() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR").filter(|path| !path.is_empty()) {
        Some(runtime) => PathBuf::from(runtime).join("aerocert"),
        None => std::env::temp_dir().join(format!("aerocert-{}", geteuid())),
    }
}

/// The socket in a state folder.
pub(super) fn socket(folder: &Path) -> PathBuf {
    folder.join("control.sock")
}

/// Makes a state folder that nobody else can enter.
///
/// # Errors
/// It cannot be made, or it is somebody else's, or open to others.
pub(super) fn create(folder: &Path) -> Result<(), ClusterError> {
    let control = |source| ClusterError::Control { path: folder.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(control)?;
    // Not through a link: in a shared folder anybody could have put one there.
    let metadata = fs::symlink_metadata(folder).map_err(control)?;
    let own = metadata.is_dir() && metadata.uid() == geteuid().as_raw();
    if own && metadata.mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(ClusterError::SharedFolder(folder.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_state_folder_is_private() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        create(&folder).unwrap();
        create(&folder).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
        fs::set_permissions(&folder, Permissions::from_mode(0o770)).unwrap();
        assert!(matches!(create(&folder), Err(ClusterError::SharedFolder(_))));
        let link = root.path().join("link");
        std::os::unix::fs::symlink(root.path(), &link).unwrap();
        assert!(matches!(create(&link), Err(ClusterError::SharedFolder(_))));
    }
}
