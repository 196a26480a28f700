//! What hints and pages may cost, known before any work begins.
//!
//! Pixels are bounded by the limits of pictures; hints could still be so many, or so wide and long, that drawing them takes
//! longer than everything else, and pages, each within those limits, so many that a picture keeps a worker for hours.

use autochrome::document::{FilmDocument, OrderDocument};

use crate::problem::Problem;
use crate::refusal::Refusal;

/// Points and strokes of a request.
pub const MOST_HINTS: usize = 2000;

/// Corners of all strokes together, without those that lie on the one before.
pub const MOST_CORNERS: usize = 20_000;

/// What all hints may cover, in squares of the picture's longer side.
pub const MOST_COVERED: f32 = 100.0;

/// Pages of a picture that may be asked for together.
pub const MOST_PAGES: usize = 200;

/// Refuses hints that would take too long.
///
/// # Errors
/// 413 when there are too many of them, or they cover too much.
pub fn check(options: &OrderDocument) -> Result<(), Problem> {
    let refused = |what: String| Err(Problem::new(Refusal::TooManyHints, what));
    let hints = options.points.len() + options.strokes.len();
    if hints > MOST_HINTS {
        return refused(format!("there are {hints} points and strokes; send {MOST_HINTS} at most"));
    }
    let corners: usize = options.strokes.iter().map(|stroke| stroke.corners()).sum();
    if corners > MOST_CORNERS {
        return refused(format!(
            "the strokes have {corners} corners; send {MOST_CORNERS} at most, in all strokes together"
        ));
    }
    let strokes = options.strokes.iter().map(|stroke| stroke.covers());
    let covered: f32 = strokes.chain(options.points.iter().map(|point| point.covers())).sum();
    // What is no number is refused later, by the order.
    if covered > MOST_COVERED {
        return refused(format!(
            "the hints cover {covered:.0} squares of the picture's longer side; {MOST_COVERED} at most"
        ));
    }
    Ok(())
}

/// The same of all moments of a film together.
///
/// # Errors
/// As [`check`].
pub fn check_film(options: &FilmDocument) -> Result<(), Problem> {
    let (mut points, mut strokes) = (Vec::new(), Vec::new());
    for moment in &options.moments {
        points.extend(moment.points.iter().cloned());
        strokes.extend(moment.strokes.iter().cloned());
    }
    check(&OrderDocument { points, strokes, ..OrderDocument::default() })
}

/// Refuses all pages of a picture that has too many.
///
/// # Errors
/// 413 when it has more than [`MOST_PAGES`].
pub fn check_pages(options: &OrderDocument, picture: &[u8]) -> Result<(), Problem> {
    let wants_all = options.pages.as_ref().is_some_and(|pages| pages.as_str() == Some("all"));
    // What is no picture is refused, or fails, where it is read.
    match autochrome::page_count(picture) {
        Ok(count) if wants_all && count > MOST_PAGES => {
            let detail = format!(
                "the picture has {count} pages, and {MOST_PAGES} at most are coloured together; ask for one with `pages`"
            );
            Err(Problem::new(Refusal::TooManyPages, detail))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use autochrome::{EncodeOptions, Format, Metadata, Pixels, Raster, encode, join_pages};

    use super::*;

    #[test]
    fn all_pages_are_coloured_where_they_are_not_too_many() {
        let page = Raster::new(1, 1, Pixels::Gray8(vec![128])).unwrap();
        let page = encode(&page, &Metadata::default(), &EncodeOptions::new(Format::Tiff)).unwrap();
        let pages = |count| join_pages(vec![page.clone(); count]).unwrap();
        let order = |json: &str| serde_json::from_str::<OrderDocument>(json).unwrap();
        let all = order(r#"{"pages": "all"}"#);
        assert!(check_pages(&all, &pages(MOST_PAGES)).is_ok());
        let many = pages(MOST_PAGES + 1);
        let refused = check_pages(&all, &many).unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.code), (413, "too-many-pages"));
        assert!(refused.detail.contains("200"), "{}", refused.detail);
        assert!(check_pages(&order(r#"{"pages": 201}"#), &many).is_ok(), "one of them is one picture");
        assert!(check_pages(&all, b"no picture").is_ok(), "others say so");
    }

    fn strokes(strokes: usize, corners: usize, width: f32) -> OrderDocument {
        let path: Vec<[f32; 2]> = (0..corners).map(|i| [(i % 2) as f32, (i % 500) as f32 / 500.0]).collect();
        let stroke = serde_json::json!({"path": path, "width": width, "color": "#336699"});
        serde_json::from_value(serde_json::json!({"strokes": vec![stroke; strokes]})).unwrap()
    }

    #[test]
    fn a_person_never_meets_the_caps_and_a_flood_does() {
        assert!(check(&strokes(100, 100, 0.005)).is_ok());
        for (much, what) in [
            (strokes(10, 100_000, 0.0), "corners"),
            (strokes(2001, 1, 0.0), "points and strokes"),
            (strokes(10, 100, 0.5), "cover"),
        ] {
            let refused = check(&much).unwrap_err();
            assert_eq!((refused.status.as_u16(), refused.code), (413, "too-many-hints"));
            assert!(refused.detail.contains(what), "{}", refused.detail);
        }
    }
}
