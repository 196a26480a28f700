//! Keys of the API: 256 random bits, shown once, kept as their SHA-256.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use autochrome::write_atomic;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::ServeError;

/// The keys that are accepted: one line `NAME HASH` each.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Name and hash of each.
    known: Vec<(String, [u8; 32])>,
}

impl Keys {
    /// Reads a file of keys; one that does not exist holds none.
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
            let mut bytes = [0; 32];
            hex::decode_to_slice(hash.trim(), &mut bytes).map_err(|_| broken())?;
            Ok((name.to_owned(), bytes))
        };
        let known =
            text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect::<Result<_, _>>()?;
        Ok(Self { known })
    }

    fn save(&self, path: &Path) -> Result<(), ServeError> {
        let line = |(name, hash): &(String, [u8; 32])| format!("{name} {}\n", hex::encode(hash));
        let lines: String = self.known.iter().map(line).collect();
        write_atomic(path, lines.as_bytes(), true).map_err(|error| ServeError::Keys(error.to_string()))
    }

    /// Makes a key, adds its hash to the file and returns the key, which is kept nowhere.
    ///
    /// # Errors
    /// When the name is taken or no name, the system gives no random numbers, or the file cannot be written.
    pub fn create(path: &Path, name: &str) -> Result<String, ServeError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            return Err(ServeError::KeyName(name.to_owned()));
        }
        let mut keys = Self::load(path)?;
        if keys.names().any(|known| known == name) {
            return Err(ServeError::KeyExists(name.to_owned()));
        }
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| ServeError::NoRandomNumbers)?;
        let key = format!("ac_{}", hex::encode(secret));
        keys.known.push((name.to_owned(), Sha256::digest(&key).into()));
        keys.save(path)?;
        Ok(key)
    }

    /// Takes a key out of the file; running servers refuse it at the next request.
    ///
    /// # Errors
    /// When there is no key of this name, or the file cannot be written.
    pub fn revoke(path: &Path, name: &str) -> Result<(), ServeError> {
        let mut keys = Self::load(path)?;
        let before = keys.known.len();
        keys.known.retain(|(known, _)| known != name);
        if keys.known.len() == before {
            return Err(ServeError::UnknownKey(name.to_owned()));
        }
        keys.save(path)
    }

    /// The names of all keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|(name, _)| name.as_str())
    }

    /// The name of `key` if it is one of them; takes the same time for every key.
    #[must_use]
    pub fn name_of(&self, key: &str) -> Option<&str> {
        let given: [u8; 32] = Sha256::digest(key).into();
        // Every one is compared, and every byte of it.
        self.known.iter().fold(
            None,
            |found, (name, hash)| {
                if bool::from(hash.ct_eq(&given)) { Some(name.as_str()) } else { found }
            },
        )
    }
}

/// A file of keys that is read again when it changes, so that a key can be made or revoked while the server runs.
pub struct Keyring {
    path: PathBuf,
    read: Mutex<(Stamp, Keys)>,
}

/// Time and size of a file; `None` while there is none.
type Stamp = Option<(SystemTime, u64)>;

impl Keyring {
    /// Reads the file for the first time.
    ///
    /// # Errors
    /// As [`Keys::load`].
    pub fn open(path: &Path) -> Result<Self, ServeError> {
        let read = (stamp(path), Keys::load(path)?);
        Ok(Self { path: path.to_owned(), read: Mutex::new(read) })
    }

    /// Asks the keys as they are now.
    ///
    /// # Errors
    /// When the file is broken now: it opens to nobody.
    pub fn with_current<T>(&self, question: impl FnOnce(&Keys) -> T) -> Result<T, ServeError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.path);
        if read.0 != now {
            // The old stamp stays when this fails, so that the next request looks again.
            *read = (now, Keys::load(&self.path)?);
        }
        Ok(question(&read.1))
    }
}

fn stamp(path: &Path) -> Stamp {
    let data = fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_opens_and_the_file_does_not_tell_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert_eq!(Keys::load(&path).unwrap().names().count(), 0);
        let (first, second) = (Keys::create(&path, "desk").unwrap(), Keys::create(&path, "phone").unwrap());
        let keys = Keys::load(&path).unwrap();
        assert_eq!(keys.name_of(&first), Some("desk"));
        assert_eq!(keys.name_of(&second), Some("phone"));
        assert_eq!(keys.name_of("ac_0"), None);
        assert_eq!((first.len(), first == second), (3 + 64, false));
        assert!(!fs::read_to_string(&path).unwrap().contains(&first[3..]));
    }

    #[test]
    fn a_revoked_key_opens_no_more_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let ring = Keyring::open(&path).unwrap();
        let (desk, phone) = (Keys::create(&path, "desk").unwrap(), Keys::create(&path, "phone").unwrap());
        let opens = |key: &str| ring.with_current(|keys| keys.name_of(key).is_some()).unwrap();
        assert!(opens(&desk) && opens(&phone));
        Keys::revoke(&path, "desk").unwrap();
        assert!(!opens(&desk) && opens(&phone));
        assert!(matches!(Keys::revoke(&path, "desk"), Err(ServeError::UnknownKey(_))));
    }

    #[test]
    fn a_name_is_one_plain_word_and_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        for bad in ["", "two words", "line\nbreak", "é", &"x".repeat(65)] {
            assert!(matches!(Keys::create(&path, bad), Err(ServeError::KeyName(_))), "{bad:?}");
        }
        Keys::create(&path, "desk").unwrap();
        assert!(matches!(Keys::create(&path, "desk"), Err(ServeError::KeyExists(_))));
    }

    #[test]
    fn a_broken_file_is_an_error_rather_than_an_open_door() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let ring = Keyring::open(&path).unwrap();
        fs::write(&path, "desk zz\n").unwrap();
        assert!(Keys::load(&path).is_err() && ring.with_current(|_| ()).is_err());
    }
}
