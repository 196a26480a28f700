//! Pictures that somebody works on: sent once, in memory, read once, and forgotten when nobody asks for them any more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use autochrome::OpenedPicture;

use crate::problem::Problem;
use crate::refusal::Refusal;

/// How long a picture is kept after it was last asked for.
pub const KEEP: Duration = Duration::from_secs(15 * 60);

/// The pictures that are open; nothing of them is ever written to disk.
pub struct Pictures {
    /// Bytes that all of them may take.
    most_bytes: usize,
    /// The one that was asked for last at the end.
    open: Mutex<VecDeque<Open>>,
}

struct Open {
    id: String,
    owner: String,
    picture: Arc<OpenedPicture>,
    asked: Instant,
}

impl Pictures {
    /// At most this many bytes of them, file and pixels; a picture that alone takes more goes as soon as the next one comes.
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, open: Mutex::default() }
    }

    /// Keeps a picture for `owner` in place of those that were asked for longest ago; its id.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn add(&self, owner: &str, picture: Arc<OpenedPicture>, now: Instant) -> Result<String, Problem> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Problem::defect())?;
        let id = hex::encode(random);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.push_back(Open { id: id.clone(), owner: owner.to_owned(), picture, asked: now });
        let mut bytes: usize = open.iter().map(|open| open.picture.cost_bytes()).sum();
        while bytes > self.most_bytes && open.len() > 1 {
            let oldest = open.pop_front().map_or(0, |oldest| oldest.picture.cost_bytes());
            bytes = bytes.saturating_sub(oldest);
        }
        Ok(id)
    }

    /// A picture of `owner`; those of others do not exist.
    ///
    /// # Errors
    /// 404 when it was never sent, or is forgotten.
    pub fn find(&self, owner: &str, id: &str, now: Instant) -> Result<Arc<OpenedPicture>, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let place = open.iter().position(|open| open.id == id && open.owner == owner);
        let mut found = place.and_then(|place| open.remove(place)).ok_or_else(unknown)?;
        found.asked = now;
        let picture = Arc::clone(&found.picture);
        open.push_back(found);
        Ok(picture)
    }

    /// Forgets a picture of `owner`.
    ///
    /// # Errors
    /// 404 when there is none of this id.
    pub fn forget(&self, owner: &str, id: &str) -> Result<(), Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let place = open.iter().position(|open| open.id == id && open.owner == owner);
        place.and_then(|place| open.remove(place)).map(drop).ok_or_else(unknown)
    }

    /// Forgets those that nobody asked for lately.
    pub fn remove_expired(&self, now: Instant) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|open| now.saturating_duration_since(open.asked) < KEEP);
    }
}

fn unknown() -> Problem {
    Problem::new(Refusal::UnknownPicture, "there is no such picture, or no longer; send it again")
}

#[cfg(test)]
mod tests {
    use autochrome::Pipeline;

    use super::*;

    /// A gray picture of 100 × 100 pixels, and what it takes.
    fn picture() -> (Arc<OpenedPicture>, usize) {
        let mut bytes = b"P5 100 100 255\n".to_vec();
        bytes.extend(std::iter::repeat_n(90, 10_000));
        let picture = Arc::new(Pipeline::new().open_picture(bytes).unwrap());
        let cost = picture.cost_bytes();
        (picture, cost)
    }

    #[test]
    fn a_picture_is_its_owners_and_goes_when_it_was_not_asked_for() {
        let (picture, cost) = picture();
        let (pictures, start) = (Pictures::new(2 * cost), Instant::now());
        let [first, second] =
            ["desk", "phone"].map(|owner| pictures.add(owner, Arc::clone(&picture), start).unwrap());
        assert_eq!(pictures.find("phone", &first, start).unwrap_err().code, "unknown-picture");
        assert!(pictures.find("desk", &first, start).is_ok());
        let third = pictures.add("desk", picture, start).unwrap();
        assert!(pictures.find("phone", &second, start).is_err(), "there is room for two");
        pictures.find("desk", &third, start + KEEP / 2).unwrap();
        pictures.remove_expired(start + KEEP);
        assert!(
            pictures.find("desk", &first, start).is_err() && pictures.find("desk", &third, start).is_ok()
        );
        pictures.forget("desk", &third).unwrap();
        assert!(pictures.forget("desk", &third).is_err());
    }
}
