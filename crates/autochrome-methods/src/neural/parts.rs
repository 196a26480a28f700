//! Parts of a picture that fixes name: things, and what lies at a place.

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::{Chroma, Plane};
use autochrome_engine::Segmentation;

use super::region::{Region, Scene};
use crate::MethodError;
use crate::fixes::{FoundParts, Part};

/// Finds parts in a picture with this luma and segmentation, to which the network gives `automatic` by itself.
pub(super) fn find(
    segmentation: &Segmentation,
    luma: &Plane,
    automatic: Chroma,
    parts: &[Part],
) -> Result<FoundParts, MethodError> {
    let (width, height) = automatic.size();
    let small = resize_plane(luma, width, height, Filter::Area);
    let scene = Scene::new(segmentation, luma, &automatic);
    let find = |part: &Part| {
        let region = match part {
            Part::Thing(thing) => Region::of_thing(&scene, thing),
            Part::Around(place) => Some(Region::around(&scene, *place)),
            // What needs no segmentation is nothing that is found here.
            Part::Whole | Part::Rectangle(_) => None,
        };
        region.map(|region| region.drawn(&small)).transpose()
    };
    let parts = parts.iter().map(find).collect::<Result<_, _>>()?;
    Ok(FoundParts { parts, automatic })
}

#[cfg(test)]
mod tests {
    use autochrome_engine::tests_support::segmentation;

    use super::*;
    use crate::words::thing_of;

    #[test]
    fn a_thing_is_found_at_the_size_of_the_answer_and_what_is_not_there_is_not() {
        // Skin below, sky above.
        let segmentation = segmentation(
            &["sky", "skin", "car"],
            &(0..256).map(|i| usize::from(i >= 128)).collect::<Vec<_>>(),
            16,
        );
        let luma = Plane::filled(64, 64, 50.0);
        let parts = [
            Part::Thing(thing_of("skin").unwrap()),
            Part::Thing(thing_of("car").unwrap()),
            Part::Around([0.5, 0.1]),
        ];
        let found = find(&segmentation, &luma, Chroma::neutral(64, 64), &parts).unwrap();
        let [Some(skin), None, Some(sky)] = &found.parts[..] else { panic!("{:?}", found.parts) };
        assert!(
            skin.row(60)[30] > 0.95 && skin.row(4)[30] < 0.05,
            "{} and {}",
            skin.row(60)[30],
            skin.row(4)[30]
        );
        assert!(sky.row(4)[30] > 0.9 && sky.row(60)[30] < 0.05);
    }
}
