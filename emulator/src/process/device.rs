//! What a node keeps, on disk: a log of changes that survives a kill.
//!
//! The folder holds `data` (frames of length, checksum and changes), `incarnation` (the number of
//! the last process, which outlives the loss of the data) and `lock`. A frame is written before
//! anybody hears of what is in it; the file system's cache outlives the process, so nothing is
//! synced. Half a frame at the end is what a kill in the middle of a write leaves: it is dropped.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::NodeProcessError;
use crate::node::{Change, Storage};

/// The file with the number of the last process.
const INCARNATION: &str = "incarnation";
/// Bytes of a frame's length and checksum.
const HEAD: usize = 8;
/// The most changes of one frame when all is written anew.
const CHUNK: usize = 1024;

/// An open device.
#[derive(Debug)]
pub(super) struct Device {
    path: PathBuf,
    data: File,
    /// Held as long as the process lives.
    _lock: File,
}

/// What a device held when it was opened.
#[derive(Debug)]
pub(super) enum Held {
    /// What an earlier process kept.
    Kept(Box<Storage>),
    /// An earlier process, of this number, kept something, and it is gone.
    Lost(u64),
    /// Nothing; there was no process.
    Nothing,
}

impl Device {
    /// Opens the device in a folder, which is made if need be, for so many namespaces.
    ///
    /// # Errors
    /// The folder cannot be used, or another process uses it.
    pub(super) fn open(folder: &Path, namespaces: usize) -> Result<(Self, Held), NodeProcessError> {
        let failed = |source| NodeProcessError::Device { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = File::create(folder.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(NodeProcessError::InUse(folder.to_owned()));
            }
            Err(fs::TryLockError::Error(source)) => return Err(failed(source)),
        }
        let path = folder.join("data");
        let held = match fs::read(&path) {
            Ok(bytes) => Held::Kept(Box::new(read(&bytes, namespaces))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                last_process(folder).map_err(failed)?.map_or(Held::Nothing, Held::Lost)
            }
            Err(source) => return Err(failed(source)),
        };
        let data = rewrite(folder, &path, &held).map_err(failed)?;
        Ok((Self { path, data, _lock: lock }, held))
    }

    /// Writes down what a process changes by its start, among it its number.
    ///
    /// # Errors
    /// As [`Device::keep`].
    pub(super) fn begin(&mut self, began: &[Change]) -> Result<(), NodeProcessError> {
        if let Some(Change::Began(incarnation)) = began.first() {
            let (fresh, path) = (
                self.path.with_file_name("incarnation.new"),
                self.path.with_file_name(INCARNATION),
            );
            fs::write(&fresh, incarnation.to_string())
                .and_then(|()| fs::rename(&fresh, &path))
                .map_err(|source| NodeProcessError::Device { path, source })?;
        }
        self.keep(began)
    }

    /// Writes changes down.
    ///
    /// # Errors
    /// The disk is full, or fails.
    pub(super) fn keep(&mut self, changes: &[Change]) -> Result<(), NodeProcessError> {
        let written = frame(changes).and_then(|frame| self.data.write_all(&frame));
        written.map_err(|source| NodeProcessError::Device { path: self.path.clone(), source })
    }
}

/// A log without what later changes made void, in the place of the old one.
fn rewrite(folder: &Path, path: &Path, held: &Held) -> io::Result<File> {
    let fresh = folder.join("data.new");
    let mut writer = BufWriter::new(File::create(&fresh)?);
    if let Held::Kept(storage) = held {
        let mut changes = storage.as_changes().peekable();
        while changes.peek().is_some() {
            let chunk: Vec<Change> = changes.by_ref().take(CHUNK).collect();
            writer.write_all(&frame(&chunk)?)?;
        }
    }
    writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    fs::rename(&fresh, path)?;
    OpenOptions::new().append(true).open(path)
}

fn frame(changes: &[Change]) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; HEAD];
    frame = postcard::to_extend(changes, frame).map_err(io::Error::other)?;
    let body = &frame[HEAD..];
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    let checksum = crc32fast::hash(body);
    frame[..4].copy_from_slice(&length.to_le_bytes());
    frame[4..HEAD].copy_from_slice(&checksum.to_le_bytes());
    Ok(frame)
}

/// What a log says, up to the first frame that makes no sense.
fn read(mut bytes: &[u8], namespaces: usize) -> Storage {
    let mut storage = Storage::blank(namespaces);
    while let Some((changes, rest)) = next(bytes) {
        changes.into_iter().for_each(|change| storage.apply(change));
        bytes = rest;
    }
    storage
}

fn next(bytes: &[u8]) -> Option<(Vec<Change>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (checksum, rest) = rest.split_first_chunk::<4>()?;
    let (body, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let sound = crc32fast::hash(body) == u32::from_le_bytes(*checksum);
    let changes = sound.then(|| postcard::from_bytes(body).ok())??;
    Some((changes, rest))
}

/// The number of the last process, if there was one.
fn last_process(folder: &Path) -> io::Result<Option<u64>> {
    match fs::read_to_string(folder.join(INCARNATION)) {
        Ok(text) => text.trim().parse().map(Some).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_half_a_frame_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let (mut device, held) = Device::open(folder.path(), 1).unwrap();
        assert!(matches!(held, Held::Nothing));
        device.begin(&[Change::Began(7)]).unwrap();
        device.data.write_all(&frame(&[Change::Began(8)]).unwrap()[..9]).unwrap();
        let again = Device::open(folder.path(), 1);
        assert!(matches!(again, Err(NodeProcessError::InUse(_))), "one process at a time");
        drop(device);
        let (device, held) = Device::open(folder.path(), 1).unwrap();
        let Held::Kept(storage) = held else { panic!("{held:?}") };
        assert_eq!(storage.incarnation(), 7);
        drop(device);
        fs::remove_file(folder.path().join("data")).unwrap();
        let (_, held) = Device::open(folder.path(), 1).unwrap();
        assert!(matches!(held, Held::Lost(7)), "{held:?}");
    }
}
