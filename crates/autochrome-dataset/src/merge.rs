//! From the journals of all sources to one set: duplicates between them, films, and splits.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::journal::{Journal, Judged, Kept};
use crate::manifest::Entry;
use crate::options::Rules;
use crate::picture::{Rectangle, THUMBNAIL_PX, read, thumbnail};
use crate::select::is_same;
use crate::signature::{Reason, Signature, Thumbnail};

/// Sources that share at least so many pictures are one film, and stay in one split.
const SHARED: usize = 2;
/// Duplicates that the report shows.
const SHOWN: usize = 24;

/// A picture that was found in another source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// Source of the picture that was left out.
    pub source: String,
    /// The picture that was left out.
    pub path: String,
    /// Source of the one that stays.
    pub of_source: String,
    /// The one that stays: the larger, else the earlier.
    pub of: String,
    /// Of 63 signs of their hashes, how many differ.
    pub hash_distance: u32,
    /// Mean luma difference, 0..=255.
    pub difference: f32,
    /// Small JPEGs of both, as base64, for some.
    pub thumbnails: Option<[String; 2]>,
}

/// The whole set.
pub(crate) struct Merged {
    pub entries: Vec<Entry>,
    pub duplicates: Vec<Duplicate>,
}

/// What pictures are told apart by.
fn known(look: &Signature) -> (Hash, &Thumbnail) {
    (look.hash, &look.reference)
}

/// Where a kept picture comes from: which journal, which of its frames.
type Place = (usize, usize);

/// Puts journals together, in their order.
pub(crate) fn merge(
    dataset: &Path,
    journals: &[Journal],
    rules: &Rules,
    val_fraction: f64,
    seed: u64,
) -> Merged {
    let mut places: Vec<Place> = Vec::new();
    for (j, journal) in journals.iter().enumerate() {
        let kept = |judged: &&(usize, &Judged)| judged.1.kept.is_some();
        places.extend(journal.frames.iter().enumerate().filter(|f| kept(&f)).map(|(f, _)| (j, f)));
    }
    let judged = |(j, f): Place| &journals[j].frames[f];
    // Of two equal pictures the larger one stays: sources are asked by the size of their pictures.
    let size = |place: Place| judged(place).look.crop.width * judged(place).look.crop.height;
    let mut by_size = places.clone();
    by_size.sort_by_key(|place| std::cmp::Reverse(size(*place)));

    let mut stay: Vec<Place> = Vec::new();
    let mut gone: Vec<(Place, Place)> = Vec::new();
    for place in by_size {
        let look = &judged(place).look;
        let of = stay
            .par_iter()
            .find_first(|other| other.0 != place.0 && is_same(known(look), known(&judged(**other).look)))
            .filter(|_| !rules.allow.contains(&Reason::Duplicate));
        match of {
            Some(of) => gone.push((place, *of)),
            None => stay.push(place),
        }
    }
    // A picture that an earlier merge removed has no file any more.
    stay.retain(|place| path(judged(*place)).is_some_and(|path| dataset.join(path).is_file()));
    stay.sort_unstable();
    gone.sort_unstable();

    let films = films(journals.len(), &gone);
    let in_val = validation(journals, &stay, &films, val_fraction, seed);
    let entries = stay.iter().filter_map(|&(j, f)| {
        let split = if in_val[j] { "val" } else { "train" };
        entry(&journals[j], &journals[j].frames[f], split)
    });
    let step = gone.len().div_ceil(SHOWN).max(1);
    let duplicates = gone.par_iter().enumerate().filter_map(|(i, &(a, b))| {
        let (look, of) = (&judged(a).look, &judged(b).look);
        let (path, of_path) = (path(judged(a))?, path(judged(b))?);
        let small = |path: &str| {
            let frame = read(&dataset.join(path)).ok()?;
            Some(STANDARD_NO_PAD.encode(thumbnail(&frame, Rectangle::whole(&frame), THUMBNAIL_PX)))
        };
        let thumbnails =
            if i % step == 0 { small(path).zip(small(of_path)).map(|(a, b)| [a, b]) } else { None };
        Some(Duplicate {
            source: journals[a.0].header.source.clone(),
            path: path.to_owned(),
            of_source: journals[b.0].header.source.clone(),
            of: of_path.to_owned(),
            hash_distance: look.hash.distance(of.hash),
            difference: look.reference.difference(&of.reference),
            thumbnails,
        })
    });
    Merged { entries: entries.collect(), duplicates: duplicates.collect() }
}

fn path(judged: &Judged) -> Option<&str> {
    judged.kept.as_ref().map(|kept| kept.path.as_str())
}

fn entry(journal: &Journal, judged: &Judged, split: &str) -> Option<Entry> {
    let Kept { path, bytes, sha256 } = judged.kept.clone()?;
    let look = &judged.look;
    Some(Entry {
        path,
        split: split.to_owned(),
        source: journal.header.source.clone(),
        origin: journal.header.origin.clone(),
        timestamp_s: judged.timestamp_s,
        frame: judged.frame,
        scene: judged.scene,
        width: look.crop.width,
        height: look.crop.height,
        crop: look.crop,
        difference: judged.difference,
        luma: look.luma,
        sharpness: look.sharpness,
        colourfulness: look.colourfulness,
        hash: look.hash,
        bytes,
        sha256,
    })
}

/// The film of each source: sources that share pictures have the same.
fn films(count: usize, gone: &[(Place, Place)]) -> Vec<usize> {
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (a, b) in gone {
        *shared.entry((a.0.min(b.0), a.0.max(b.0))).or_default() += 1;
    }
    let mut film: Vec<usize> = (0..count).collect();
    for ((a, b), _) in shared.into_iter().filter(|(_, pictures)| *pictures >= SHARED) {
        let (keep, lose) = (film[a].min(film[b]), film[a].max(film[b]));
        film.iter_mut().filter(|f| **f == lose).for_each(|f| *f = keep);
    }
    film
}

/// Which sources validation gets: films drawn by the seed, as long as each brings its share nearer to `fraction`; at least the
/// smallest one, when there are two.
fn validation(journals: &[Journal], stay: &[Place], films: &[usize], fraction: f64, seed: u64) -> Vec<bool> {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for (j, _) in stay {
        *sizes.entry(films[*j]).or_default() += 1;
    }
    let mut in_val = vec![false; journals.len()];
    if fraction <= 0.0 || sizes.len() < 2 {
        return in_val;
    }
    let mut drawn: Vec<usize> = sizes.keys().copied().collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut drawn);
    let wanted = fraction * stay.len() as f64;
    let mut chosen: Vec<usize> = Vec::new();
    let mut total = 0;
    for film in drawn {
        let with = total + sizes[&film];
        if (with as f64 - wanted).abs() < (total as f64 - wanted).abs() {
            total = with;
            chosen.push(film);
        }
    }
    if chosen.is_empty() {
        chosen.extend(sizes.iter().min_by_key(|(_, size)| **size).map(|(film, _)| *film));
    }
    in_val.iter_mut().zip(films).for_each(|(val, film)| *val = chosen.contains(film));
    in_val
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_share_pictures_are_one_film() {
        let shared = |a: usize, b: usize, n: usize| (0..n).map(move |f| ((a, f), (b, f)));
        let gone: Vec<_> = shared(1, 0, 2).chain(shared(3, 1, 5)).chain(shared(4, 2, 1)).collect();
        assert_eq!(films(5, &gone), [0, 0, 2, 0, 4], "one shared picture may be chance");
    }
}
