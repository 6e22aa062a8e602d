//! Lists inside the fields of security messages: a count of one byte, then the elements.

use crate::DecodeError;
use crate::cursor::Cursor;

/// Reads names, each after its length in one byte.
///
/// # Errors
/// A list that ends early or goes on, a name that is not UTF-8.
pub fn decode_names(data: &[u8]) -> Result<Vec<String>, DecodeError> {
    let mut cursor = Cursor::new(data);
    let [count] = cursor.array("number of names")?;
    let names = (0..count).map(|_| name(&mut cursor)).collect::<Result<_, _>>()?;
    cursor.finish("list of names")?;
    Ok(names)
}

/// Writes names: at most 255, each of at most 255 bytes.
#[must_use]
pub fn encode_names(names: &[&str]) -> Vec<u8> {
    let mut data = vec![u8::try_from(names.len()).unwrap_or(u8::MAX)];
    for one in names.iter().take(usize::from(data[0])) {
        put_name(&mut data, one);
    }
    data
}

/// Writes numbers, at most 255.
#[must_use]
pub fn encode_numbers(numbers: &[u32]) -> Vec<u8> {
    let mut data = vec![u8::try_from(numbers.len()).unwrap_or(u8::MAX)];
    for number in numbers.iter().take(usize::from(data[0])) {
        data.extend(number.to_be_bytes());
    }
    data
}

/// Reads one name after its length in one byte.
pub(super) fn name(cursor: &mut Cursor<'_>) -> Result<String, DecodeError> {
    let [length] = cursor.array("length of a name")?;
    let bytes = cursor.take(usize::from(length), "name")?;
    String::from_utf8(bytes.to_vec()).map_err(|_| DecodeError::Malformed("name"))
}

/// Writes one name after its length in one byte; what goes beyond 255 bytes is cut off.
pub(super) fn put_name(data: &mut Vec<u8>, name: &str) {
    let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
    data.push(length);
    data.extend_from_slice(&name.as_bytes()[..usize::from(length)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_a_short_list_is_an_error() {
        let data = encode_names(&["read-write", "", "user-admin"]);
        assert_eq!(decode_names(&data).unwrap(), ["read-write", "", "user-admin"]);
        for end in 0..data.len() {
            assert!(decode_names(&data[..end]).is_err(), "{end}");
        }
        assert!(decode_names(&[0, 1]).is_err(), "it goes on");
        assert_eq!(encode_numbers(&[1, 258]), [2, 0, 0, 0, 1, 0, 0, 1, 2]);
    }
}
