//! Keys of the API: 256 random bits, shown once, kept as their SHA-256.

use std::fs;
use std::path::Path;

use autochrome::write_atomic;
use sha2::{Digest as _, Sha256};

use crate::ServeError;

/// The keys that are accepted; none means that everybody may ask.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Name and hash of each.
    known: Vec<(String, [u8; 32])>,
}

impl Keys {
    /// Reads `NAME HASH` lines; a file that does not exist holds no key.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is not of that form.
    pub fn load(path: &Path) -> Result<Self, ServeError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(ServeError::Io { what: path.display().to_string(), source }),
        };
        let broken = || ServeError::Keys(path.display().to_string());
        let parse = |line: &str| {
            let (name, hash) = line.split_once(' ').ok_or_else(broken)?;
            Ok((name.to_owned(), from_hex(hash.trim()).ok_or_else(broken)?))
        };
        let known =
            text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect::<Result<_, _>>()?;
        Ok(Self { known })
    }

    /// Makes a key, adds its hash to the file and returns the key, which is kept nowhere.
    ///
    /// # Errors
    /// When the name is not one word, the system gives no random numbers, or the file cannot be written.
    pub fn create(path: &Path, name: &str) -> Result<String, ServeError> {
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(ServeError::KeyName(name.to_owned()));
        }
        let mut keys = Self::load(path)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| ServeError::NoRandomNumbers)?;
        let key = format!("ac_{}", to_hex(&secret));
        keys.known.push((name.to_owned(), Sha256::digest(&key).into()));
        let lines: String =
            keys.known.iter().map(|(name, hash)| format!("{name} {}\n", to_hex(hash))).collect();
        write_atomic(path, lines.as_bytes(), true).map_err(|error| ServeError::Keys(error.to_string()))?;
        Ok(key)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The name of `key` if it is one of them; takes the same time for every wrong key.
    pub fn name_of(&self, key: &str) -> Option<&str> {
        let given: [u8; 32] = Sha256::digest(key).into();
        self.known.iter().fold(None, |found, (name, hash)| {
            let differing = hash.iter().zip(given).fold(0, |bits, (x, y)| bits | (x ^ y));
            if differing == 0 { Some(name.as_str()) } else { found }
        })
    }
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let bytes: Option<Vec<u8>> =
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_opens_and_the_file_does_not_tell_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert!(Keys::load(&path).unwrap().is_empty());
        let (first, second) = (Keys::create(&path, "desk").unwrap(), Keys::create(&path, "phone").unwrap());
        let keys = Keys::load(&path).unwrap();
        assert_eq!(keys.name_of(&first), Some("desk"));
        assert_eq!(keys.name_of(&second), Some("phone"));
        assert_eq!(keys.name_of("ac_0"), None);
        assert!(!fs::read_to_string(&path).unwrap().contains(&first[3..]));
    }

    #[test]
    fn a_broken_file_is_an_error_rather_than_an_open_door() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, "desk zz\n").unwrap();
        assert!(Keys::load(&path).is_err());
    }
}
