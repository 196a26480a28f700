//! Bodies on their way in: how slowly they may come, and how much memory all of them may take.
//!
//! A request has no place before its body is there, so a body that never comes keeps nobody out. What has come of bodies is
//! counted byte by byte, for all together and for each caller: who announces much and sends little takes little.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use crate::shares::{Held, Shares};

/// How slowly the body of a request may come.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long any body may take before its rate counts.
    pub grace: Duration,
    /// Bytes that must come in a second, on the whole.
    pub least_rate: u64,
    /// How long a body may take in all.
    pub most: Duration,
}

/// What has come of all bodies that are not done with.
#[derive(Debug)]
pub struct Arrivals {
    pace: Pace,
    all: Arc<Shares>,
    each: Arc<Shares>,
    /// Bytes, for the counters.
    bytes: AtomicU64,
}

/// What has come of one body, held until the request is over.
#[derive(Clone, Debug)]
pub struct Arrival {
    arrivals: Arc<Arrivals>,
    held: Arc<Mutex<(Held, Held, Counted)>>,
}

/// Bytes in the counter that leave it again.
#[derive(Debug)]
struct Counted(Arc<Arrivals>, u64);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.bytes.fetch_sub(self.1, Ordering::Relaxed);
    }
}

/// Why the rest of a body is not waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrest {
    /// It comes too slowly.
    Slow,
    /// There is no memory for more.
    Full,
}

impl fmt::Display for Arrest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Slow => "the body comes too slowly",
            Self::Full => "too many bytes are on their way in",
        })
    }
}

impl std::error::Error for Arrest {}

impl Arrivals {
    /// At most `most_bytes` of all bodies together, and `share` of them of one caller.
    pub fn new(pace: Pace, most_bytes: u64, share: Option<u64>) -> Arc<Self> {
        Arc::new(Self {
            pace,
            all: Shares::new(Some(most_bytes)),
            each: Shares::new(share),
            bytes: AtomicU64::new(0),
        })
    }

    /// How slowly bodies may come.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Bytes that have come of bodies that are not done with.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The body of a request of `who` that begins now.
    pub fn begin(self: &Arc<Self>, who: &str) -> Arrival {
        let held = (self.all.none(""), self.each.none(who), Counted(Arc::clone(self), 0));
        Arrival { arrivals: Arc::clone(self), held: Arc::new(Mutex::new(held)) }
    }
}

impl Arrival {
    fn add_bytes(&self, bytes: u64) -> bool {
        let (all, each, counted) = &mut *self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = each.grow(bytes) && all.grow(bytes);
        if fits {
            counted.1 += bytes;
            self.arrivals.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        fits
    }

    /// The body, which ends with an [`Arrest`] when it comes too slowly or there is no memory for it.
    pub fn limit(&self, body: Body) -> Body {
        self.paced(body, self.arrivals.pace, true)
    }

    /// The same for a body that goes to the disk as it comes: it takes no memory, and may be long as long as it is not slow.
    pub fn limit_rate(&self, body: Body) -> Body {
        self.paced(body, Pace { most: Duration::MAX, ..self.arrivals.pace }, false)
    }

    fn paced(&self, body: Body, pace: Pace, counts: bool) -> Body {
        let begun = Instant::now();
        let state = Some((body.into_data_stream(), 0_u64, self.clone()));
        let chunks = stream::unfold(state, move |state| async move {
            let (mut rest, came, arrival) = state?;
            let due = pace.grace + Duration::from_secs(came / pace.least_rate.max(1));
            let next = match timeout_at(begun + due.min(pace.most), rest.next()).await {
                Ok(next) => next?,
                Err(_) => return Some((Err(axum::Error::new(Arrest::Slow)), None)),
            };
            let chunk = match next {
                Ok(chunk) => chunk,
                Err(error) => return Some((Err(error), None)),
            };
            if counts && !arrival.add_bytes(chunk.len() as u64) {
                return Some((Err(axum::Error::new(Arrest::Full)), None));
            }
            let came = came + chunk.len() as u64;
            Some((Ok(chunk), Some((rest, came, arrival))))
        });
        Body::from_stream(chunks)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::{Bytes, to_bytes};

    use super::*;

    /// What becomes of a body of `chunks` of 100 bytes, one every `wait`.
    fn read(pace: Pace, most_bytes: u64, chunks: usize, wait: Duration) -> Result<usize, String> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let slow = stream::unfold(chunks, move |left| async move {
                tokio::time::sleep(wait).await;
                (left > 0).then(|| (Ok::<_, Infallible>(Bytes::from(vec![0; 100])), left - 1))
            });
            let arrivals = Arrivals::new(pace, most_bytes, None);
            let arrival = arrivals.begin("desk");
            let read = to_bytes(arrival.limit(Body::from_stream(slow)), usize::MAX).await;
            let came = arrivals.bytes();
            drop(arrival);
            assert_eq!(arrivals.bytes(), 0);
            read.map(|bytes| bytes.len().min(usize::try_from(came).unwrap())).map_err(|error| {
                let mut chain = std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source());
                chain.find_map(|e| e.downcast_ref::<Arrest>().copied()).unwrap().to_string()
            })
        })
    }

    #[test]
    fn a_body_may_be_slow_but_not_slower_than_the_least_rate() {
        let pace = Pace { grace: Duration::from_secs(10), least_rate: 100, most: Duration::from_secs(60) };
        let second = Duration::from_secs(1);
        assert_eq!(read(pace, u64::MAX, 40, second), Ok(4000));
        assert_eq!(read(pace, u64::MAX, 40, 3 * second), Err(Arrest::Slow.to_string()));
        assert_eq!(read(pace, u64::MAX, 70, second), Err(Arrest::Slow.to_string()), "a minute in all");
        assert_eq!(read(pace, 1000, 11, Duration::ZERO), Err(Arrest::Full.to_string()));
    }
}
