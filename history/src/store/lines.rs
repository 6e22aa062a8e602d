//! Files of one JSON value per line, appended to while a run goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

/// Appends one line, written by one call.
pub(super) fn append<T: Serialize>(path: &Path, value: &T) -> Result<(), StoreError> {
    let mut line = serde_json::to_vec(value)
        .map_err(|source| StoreError::Json { path: path.to_owned(), source })?;
    line.push(b'\n');
    append_bytes(path, &line).map_err(StoreError::io("append to", path))
}

fn append_bytes(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let length = file.metadata()?.len();
    if length > 0 {
        let mut last = [0];
        file.seek(SeekFrom::Start(length - 1))?;
        file.read_exact(&mut last)?;
        if last != [b'\n'] {
            drop_torn_line(&mut file)?;
        }
    }
    file.write_all(line)
}

/// A writer was killed within its line: nobody will ever read that line.
fn drop_torn_line(file: &mut File) -> io::Result<()> {
    let mut content = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut content)?;
    let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    file.set_len(whole as u64)
}

/// Reads all lines; no file means none. A last line without its end was cut off by a kill and is
/// left out.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("open", path)(error)),
    };
    let mut reader = BufReader::new(file);
    let mut values = Vec::new();
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if reader.read_until(b'\n', &mut text).map_err(StoreError::io("read", path))? == 0 {
            break;
        }
        match serde_json::from_slice(&text) {
            _ if text.last() != Some(&b'\n') => break,
            Ok(value) => values.push(value),
            Err(source) => return Err(StoreError::Line { path: path.to_owned(), line, source }),
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(content: &str) -> Result<Vec<(u32, String)>, StoreError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.jsonl");
        std::fs::write(&path, content).unwrap();
        read(&path)
    }

    #[test]
    fn a_torn_last_line_is_left_out_and_survives_an_append() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.jsonl");
        append(&path, &(1, "one")).unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"[2,\"tw").unwrap();
        let expected = vec![(1, "one".to_owned())];
        assert_eq!(read::<(u32, String)>(&path).unwrap(), expected);
        append(&path, &(3, "three")).unwrap();
        let expected = vec![(1, "one".to_owned()), (3, "three".to_owned())];
        assert_eq!(read::<(u32, String)>(&path).unwrap(), expected);
    }

    #[test]
    fn an_error_names_its_line() {
        let error = lines("[1,\"one\"]\n[2,2]\n[3,\"three\"]\n").unwrap_err().to_string();
        assert!(error.contains("faults.jsonl, line 2: "), "{error}");
    }

    #[test]
    fn no_file_means_no_lines() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read::<u8>(&folder.path().join("none.jsonl")).unwrap(), Vec::<u8>::new());
    }
}
