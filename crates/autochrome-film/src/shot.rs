//! Frames on their way from the decoder: read ahead by a thread of their own, and made small for what is sought in them.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use crate::codes::Codes;
use crate::frames::Ending;
use crate::planes::luma_codes;
use crate::reader::{RawFrame, RawFrames};
use crate::small::{Gray, Pyramid};
use crate::source::Source;

/// A frame with what is sought in it.
#[derive(Debug)]
pub(crate) struct Shot {
    pub frame: RawFrame,
    /// At the size at which cuts are sought.
    pub small: Vec<u8>,
    pub pyramid: Arc<Pyramid>,
}

/// Sends all frames until there are none, or nobody listens.
pub(crate) fn read(
    mut frames: RawFrames,
    source: &Source,
    codes: Codes,
    working: (usize, usize),
    shots: &SyncSender<Shot>,
) -> Ending {
    while let Some(frame) = frames.next_frame() {
        let luma = luma_codes(&frame.data, source.layout(), source.width, source.height);
        let gray = Gray::shrink(&luma, (source.width, source.height), working, codes.white());
        let shot = Shot { small: gray.for_cuts(), pyramid: gray.pyramid(), frame };
        if shots.send(shot).is_err() {
            break;
        }
    }
    frames.finish()
}
