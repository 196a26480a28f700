//! How much one caller may ask: so many pictures in a minute, so many requests at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::problem::Problem;
use crate::refusal::Refusal;

const MINUTE: Duration = Duration::from_secs(60);

/// Callers that are kept in mind before those who are silent are forgotten.
const REMEMBERED: usize = 1000;

/// Everybody who asked lately.
pub struct Callers {
    per_minute: Option<u32>,
    at_once: Option<u32>,
    known: Mutex<HashMap<String, Caller>>,
}

struct Caller {
    /// When everything that was asked for would have come at the allowed pace.
    paid_until: Instant,
    at_once: u32,
}

/// One request that is being answered; it is over when this is dropped.
pub struct Turn {
    callers: Arc<Callers>,
    who: String,
}

impl Callers {
    /// Nothing is bounded that is `None`.
    pub fn new(per_minute: Option<u32>, at_once: Option<u32>) -> Self {
        Self { per_minute, at_once, known: Mutex::default() }
    }

    /// Pictures that a caller may send in a minute.
    pub fn per_minute(&self) -> Option<u32> {
        self.per_minute
    }

    /// Requests of a caller that are answered at once.
    pub fn at_once(&self) -> Option<u32> {
        self.at_once
    }

    fn with<T>(&self, who: &str, now: Instant, change: impl FnOnce(&mut Caller) -> T) -> T {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, caller| caller.at_once > 0 || caller.paid_until > now);
        }
        change(known.entry(who.to_owned()).or_insert(Caller { paid_until: now, at_once: 0 }))
    }

    /// Begins a request of `who`.
    ///
    /// # Errors
    /// 429 when too many of the same caller are being answered.
    pub fn begin(self: &Arc<Self>, who: &str) -> Result<Turn, Problem> {
        let begun = self.with(who, Instant::now(), |caller| {
            let free = self.at_once.is_none_or(|most| caller.at_once < most);
            caller.at_once += u32::from(free);
            free
        });
        if begun {
            return Ok(Turn { callers: Arc::clone(self), who: who.to_owned() });
        }
        let most = self.at_once.unwrap_or(0);
        let detail =
            format!("{most} requests of this caller are being answered; send this one when one is over");
        Err(Problem { retry_after_s: Some(1), ..Problem::new(Refusal::TooManyAtOnce, detail) })
    }

    /// Counts a request for pictures: a bucket that holds as much as a minute allows and fills steadily.
    ///
    /// # Errors
    /// 429 when the bucket is empty, with the time until it is not.
    ///
    /// # Source
    /// The generic cell rate algorithm, ITU-T I.371.
    pub fn count(&self, who: &str, now: Instant) -> Result<(), Problem> {
        let Some(per_minute) = self.per_minute else { return Ok(()) };
        let each = MINUTE / per_minute.max(1);
        let wait = self.with(who, now, |caller| {
            let paid_until = caller.paid_until.max(now) + each;
            let wait = paid_until.saturating_duration_since(now + MINUTE);
            if wait.is_zero() {
                caller.paid_until = paid_until;
            }
            wait
        });
        if wait.is_zero() {
            return Ok(());
        }
        let detail = format!("this caller may ask for {per_minute} pictures in a minute; slow down");
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
        Err(Problem { retry_after_s: Some(seconds), ..Problem::new(Refusal::TooManyRequests, detail) })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.callers
            .with(&self.who, Instant::now(), |caller| caller.at_once = caller.at_once.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_what_it_may_and_fills_again() {
        let callers = Callers::new(Some(6), None);
        let start = Instant::now();
        for _ in 0..6 {
            callers.count("desk", start).unwrap();
        }
        let refused = callers.count("desk", start).unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.code), (429, "too-many-requests"));
        let wait = Duration::from_secs(u64::from(refused.retry_after_s.unwrap()));
        assert!((10..=11).contains(&wait.as_secs()), "{wait:?}");
        callers.count("phone", start).unwrap();
        callers.count("desk", start + wait).unwrap();
        assert!(callers.count("desk", start + wait).is_err());
    }

    #[test]
    fn a_request_that_is_over_makes_room() {
        let callers = Arc::new(Callers::new(None, Some(1)));
        let first = callers.begin("desk").unwrap();
        assert_eq!(callers.begin("desk").err().unwrap().code, "too-many-at-once");
        callers.begin("phone").unwrap();
        drop(first);
        callers.begin("desk").unwrap();
    }
}
