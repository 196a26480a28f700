//! Ending work that nobody waits for any more, from inside of long loops that are handed nothing but numbers.
//!
//! Whoever begins the work sets a flag for its thread ([`scope`]); loops that take long ask between their steps
//! ([`requested`]) and return early with whatever they have. What they return then is worth nothing: the one who set the
//! flag looks at it again and throws the result away.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static FLAG: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// Does `work`, which ends early once `flag` is true.
///
/// ```
/// use std::sync::{Arc, atomic::AtomicBool};
/// use autochrome_color::stop;
///
/// let flag = Arc::new(AtomicBool::new(true));
/// assert!(stop::scope(&flag, stop::requested));
/// assert!(!stop::requested());
/// ```
pub fn scope<T>(flag: &Arc<AtomicBool>, work: impl FnOnce() -> T) -> T {
    /// Puts the flag of the surrounding work back, also when the work panics.
    struct Before(Option<Arc<AtomicBool>>);
    impl Drop for Before {
        fn drop(&mut self) {
            FLAG.set(self.0.take());
        }
    }
    let _before = Before(FLAG.replace(Some(Arc::clone(flag))));
    work()
}

/// Whether the work of this thread is no longer wanted.
#[must_use]
pub fn requested() -> bool {
    FLAG.with_borrow(|flag| flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)))
}

/// `work` as another thread may do it: it ends early when the work of this thread does.
///
/// ```
/// use std::sync::{Arc, atomic::AtomicBool};
/// use autochrome_color::stop;
///
/// let flag = Arc::new(AtomicBool::new(true));
/// let work = stop::scope(&flag, || stop::inherited(stop::requested));
/// assert!(std::thread::spawn(work).join().unwrap());
/// ```
pub fn inherited<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let flag = FLAG.with_borrow(Clone::clone);
    move || match flag {
        Some(flag) => scope(&flag, work),
        None => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_ends_with_its_work() {
        let (outer, inner) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
        scope(&outer, || {
            assert!(scope(&inner, requested) && !requested());
            outer.store(true, Ordering::Relaxed);
            assert!(requested());
        });
        assert!(!requested());
    }
}
