//! Loops compiled for the widest vectors that the processor has.

use pulp::{Arch, Simd, WithSimd};

/// Runs `work` as it is compiled for the instructions of this processor, AVX-512, AVX2 or what all have.
///
/// The closure needs `#[inline(always)]`, and so does all that it calls and that has loops: what is not inlined is compiled for all
/// processors. pulp takes closures itself, but calls them as `FnOnce`, through a function that only small ones are inlined into.
///
/// ```
/// use autochrome_color::vectorized;
///
/// let mut values = [1.0, 2.0, 3.0];
/// vectorized(
///     #[inline(always)]
///     || values.iter_mut().for_each(|value| *value *= 2.0),
/// );
/// assert_eq!(values, [2.0, 4.0, 6.0]);
/// ```
#[inline(always)]
pub fn vectorized<R>(work: impl FnMut() -> R) -> R {
    struct Work<F>(F);

    impl<R, F: FnMut() -> R> WithSimd for Work<F> {
        type Output = R;

        #[inline(always)]
        fn with_simd<S: Simd>(mut self, _: S) -> R {
            (self.0)()
        }
    }

    Arch::new().dispatch(Work(work))
}
