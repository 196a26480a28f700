//! Bounds the memory of pictures that are worked on at once, by their size rather than by their number.

use std::sync::{Condvar, Mutex, PoisonError};

use autochrome_color::resize::fit_within;
use autochrome_media::{Depth, Header};

/// Bytes that a picture in work takes, at most, for each of its pixels, beside the bytes of its file: the peak of whole
/// runs over 12 megapixels in all formats, less what the program takes anyway. 16 bits are those with alpha.
const BYTES_PER_PIXEL_8: u64 = 14;
const BYTES_PER_PIXEL_16: u64 = 36;

/// The same of gray pictures and others without opacity whose results are made some rows at a time: of samples, and of a plane of lightness.
/// Decoding colours takes more than what follows: coefficients of a progressive JPEG, inks, or numbers of 32 bits.
const BYTES_PER_PIXEL_ROWS_8: [[u64; 2]; 2] = [[4, 9], [7, 9]];
const BYTES_PER_PIXEL_ROWS_16: [[u64; 2]; 2] = [[8, 18], [10, 18]];

/// What a copy that is looked at takes for each of its own pixels.
const BYTES_PER_PIXEL_COPY: u64 = 8;

/// What the colours that a picture has already take besides: as read, as handed over and as changed.
const BYTES_PER_PIXEL_CHROMA: u64 = 24;

/// Bytes that may be in use, shared by all threads that work on pictures.
///
/// A thread takes one [`Share`] for all that it is about to do and no second one while it holds it, so that threads never
/// wait for each other in a circle.
#[derive(Debug)]
pub struct Budget {
    total: u64,
    free: Mutex<u64>,
    freed: Condvar,
}

/// A part of a [`Budget`], given back when dropped.
#[derive(Debug)]
pub struct Share<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// What is used where nobody says otherwise: 1 GiB.
    pub const DEFAULT_BYTES: u64 = 1 << 30;

    /// A budget of `total` bytes.
    #[must_use]
    pub fn new(total: u64) -> Self {
        Self { total, free: Mutex::new(total), freed: Condvar::new() }
    }

    /// Waits until `bytes` are free. A request beyond the total is cut to it, so that it is granted alone.
    pub fn take(&self, bytes: u64) -> Share<'_> {
        let bytes = bytes.min(self.total);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free =
            self.freed.wait_while(free, |free| *free < bytes).unwrap_or_else(PoisonError::into_inner);
        *free -= bytes;
        Share { budget: self, bytes }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.budget.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.budget.freed.notify_all();
    }
}

/// Bytes that a picture takes from its first byte to its result, at most, without its file.
pub(crate) fn picture_bytes(header: &Header, with_chroma: bool) -> u64 {
    let per_pixel = if header.depth == Depth::Eight { BYTES_PER_PIXEL_8 } else { BYTES_PER_PIXEL_16 };
    let chroma = if with_chroma { BYTES_PER_PIXEL_CHROMA } else { 0 };
    u64::from(header.width) * u64::from(header.height) * (per_pixel + chroma)
}

/// The same where its result is made some rows at a time; with a longer side of a copy, of its samples and that copy of its lightness.
pub(crate) fn rows_bytes(header: &Header, copy_side_px: Option<usize>) -> u64 {
    let per_pixel =
        if header.depth == Depth::Eight { BYTES_PER_PIXEL_ROWS_8 } else { BYTES_PER_PIXEL_ROWS_16 };
    let per_pixel = per_pixel[usize::from(copy_side_px.is_none())][usize::from(!header.gray)];
    let copy = copy_side_px.map_or(0, |side_px| {
        let (width, height) = fit_within(header.width as usize, header.height as usize, side_px);
        BYTES_PER_PIXEL_COPY * (width * height) as u64
    });
    u64::from(header.width) * u64::from(header.height) * per_pixel + copy
}

/// Bytes of a picture's lightness alone.
pub(crate) fn luma_bytes(header: &Header) -> u64 {
    4 * u64::from(header.width) * u64::from(header.height)
}

/// Bytes that a picture takes while it is decoded at a smaller size, at most, without its file: its samples, and the same turned upright.
pub(crate) fn reduced_bytes(header: &Header) -> u64 {
    let per_pixel = if header.depth == Depth::Eight { 8 } else { 16 };
    u64::from(header.width) * u64::from(header.height) * per_pixel
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn shares_in_use_never_exceed_the_total() {
        let (budget, used, most) = (Budget::new(100), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for worker in 0..4_u64 {
                let (budget, used, most) = (&budget, &used, &most);
                scope.spawn(move || {
                    for round in 0..200 {
                        let bytes = 1 + (worker * 37 + round * 13) % 60;
                        let _share = budget.take(bytes);
                        most.fetch_max(used.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
                        used.fetch_sub(bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 100);
        assert_eq!(*budget.free.lock().unwrap(), 100);
    }

    #[test]
    fn a_request_beyond_the_total_is_granted_alone() {
        let budget = Budget::new(10);
        let share = budget.take(1000);
        assert_eq!(*budget.free.lock().unwrap(), 0);
        drop(share);
        assert_eq!(*budget.free.lock().unwrap(), 10);
    }
}
