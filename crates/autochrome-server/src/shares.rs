//! How much of something each of many may hold at once, so that nobody holds all of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is shared, counted by whoever holds it.
#[derive(Debug)]
pub struct Shares {
    /// What one may hold; no bound when `None`.
    each: Option<u64>,
    held: Mutex<HashMap<String, u64>>,
}

/// What somebody holds; given back when this is dropped.
#[derive(Debug)]
pub struct Held {
    shares: Arc<Shares>,
    who: String,
    amount: u64,
}

impl Shares {
    /// Nobody may hold more than `each`.
    pub fn new(each: Option<u64>) -> Arc<Self> {
        Arc::new(Self { each, held: Mutex::default() })
    }

    /// Nothing, to be grown.
    pub fn none(self: &Arc<Self>, who: &str) -> Held {
        Held { shares: Arc::clone(self), who: who.to_owned(), amount: 0 }
    }

    /// `amount` for `who`; `None` when that is more than one may hold.
    pub fn take(self: &Arc<Self>, who: &str, amount: u64) -> Option<Held> {
        let mut held = self.none(who);
        held.grow(amount).then_some(held)
    }

    /// Whether `who` could take `amount` now.
    pub fn has_room(&self, who: &str, amount: u64) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.each.is_none_or(|each| held.get(who).copied().unwrap_or(0) + amount <= each)
    }
}

impl Held {
    /// Holds `more` besides, if that is allowed.
    pub fn grow(&mut self, more: u64) -> bool {
        let mut held = self.shares.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = held.entry(self.who.clone()).or_insert(0);
        let fits = self.shares.each.is_none_or(|each| *now + more <= each);
        if fits {
            *now += more;
            self.amount += more;
        }
        fits
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.shares.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = held.get_mut(&self.who) {
            *now = now.saturating_sub(self.amount);
            if *now == 0 {
                held.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_holds_more_than_a_share_and_what_is_dropped_is_free() {
        let shares = Shares::new(Some(3));
        let first = shares.take("desk", 2).unwrap();
        assert!(shares.take("desk", 2).is_none() && shares.take("phone", 3).is_some());
        let mut second = shares.take("desk", 1).unwrap();
        assert!(!second.grow(1) && !shares.has_room("desk", 1));
        drop(first);
        assert!(second.grow(2));
        drop(second);
        assert!(shares.has_room("desk", 3));
        assert!(Shares::new(None).take("desk", u64::MAX).is_some());
    }
}
