//! What a client takes as an answer: the header `Accept` (RFC 9110, section 12.5.1).

use autochrome::document::OrderDocument;
use axum::http::{HeaderMap, header};

use crate::intake::Kind;
use crate::problem::Problem;
use crate::refusal::Refusal;

/// The formats that an answer can have, by the name that options give them.
const FORMATS: [(&str, &str); 6] = [
    ("png", "image/png"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
    ("tiff", "image/tiff"),
    ("ora", "image/openraster"),
    // After the plain PNG, which `Accept` means.
    ("color-layer", "image/png"),
];

/// How a picture is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// JSON with the picture in base64.
    Json,
    /// The picture, in the format that the options say or that of the input.
    AsOrdered,
    /// The picture, in this format, which the options do not name.
    Picture(&'static str),
}

/// What is asked for with `Accept` and options together.
///
/// JSON is answered with JSON and everything else with a picture where both are taken alike. A format that the options name
/// holds; otherwise the one that is wanted most.
///
/// # Errors
/// 406 when nothing that could be given is taken.
pub fn answer(headers: &HeaderMap, sent: Kind, options: &OrderDocument) -> Result<Answer, Problem> {
    let wishes = Wishes::of(headers);
    let ordered = options.format.as_deref().filter(|format| *format != "same");
    let picture = match ordered {
        Some(name) => {
            let media_type = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
            // A format that there is not is refused by the order, which says which there are.
            (media_type.map_or(1.0, |kind| wishes.quality(kind)), Answer::AsOrdered)
        }
        None => {
            let any = (wishes.quality_of_any_picture(), Answer::AsOrdered);
            let named = FORMATS.map(|(name, kind)| (wishes.quality(kind), Answer::Picture(name)));
            // The input's own format where any will do.
            named.into_iter().fold(any, |best, one| if one.0 > best.0 { one } else { best })
        }
    };
    let json = (wishes.quality("application/json"), Answer::Json);
    let best = match sent {
        Kind::Json if json.0 >= picture.0 => json,
        Kind::Multipart | Kind::Picture if json.0 > picture.0 => json,
        _ => picture,
    };
    if best.0 > 0.0 {
        return Ok(best.1);
    }
    let offered = match ordered {
        Some(name) => {
            let media_type = FORMATS.iter().find(|(known, _)| *known == name).map_or(name, |(_, kind)| *kind);
            format!("{media_type}, as `format` says, and application/json")
        }
        None => {
            "image/png, image/jpeg, image/webp, image/tiff, image/openraster and application/json".to_owned()
        }
    };
    let detail = format!("`Accept` takes none of what there is: {offered}");
    Err(Problem::new(Refusal::NotAcceptable, detail))
}

/// Media ranges with their weights.
struct Wishes(Vec<(String, f32)>);

impl Wishes {
    fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges = values.flat_map(|value| value.split(',')).filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().filter(|kind| !kind.is_empty())?.to_ascii_lowercase();
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            let weight = weight.map_or(Some(1.0), |text| text.trim().parse().ok())?;
            Some((kind, f32::clamp(weight, 0.0, 1.0)))
        });
        let ranges: Vec<_> = ranges.collect();
        // Who says nothing takes anything.
        if ranges.is_empty() { Self(vec![("*/*".to_owned(), 1.0)]) } else { Self(ranges) }
    }

    fn weight_of(&self, range: &str) -> Option<f32> {
        self.0.iter().find(|(known, _)| known == range).map(|(_, weight)| *weight)
    }

    /// How much a media type is wanted: the most exact range that it falls under says it.
    fn quality(&self, media_type: &str) -> f32 {
        let group = media_type.split('/').next().map(|group| format!("{group}/*"));
        let group = group.and_then(|group| self.weight_of(&group));
        self.weight_of(media_type).or(group).or_else(|| self.weight_of("*/*")).unwrap_or(0.0)
    }

    /// How much a picture of whichever format is wanted.
    fn quality_of_any_picture(&self) -> f32 {
        self.weight_of("image/*").or_else(|| self.weight_of("*/*")).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: &str, sent: Kind, format: Option<&str>) -> Option<Answer> {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(header::ACCEPT, accept.parse().unwrap());
        }
        let options = OrderDocument { format: format.map(str::to_owned), ..OrderDocument::default() };
        answer(&headers, sent, &options).map_err(|problem| assert_eq!(problem.status.as_u16(), 406)).ok()
    }

    #[test]
    fn what_is_wanted_most_is_given_and_what_is_not_taken_is_not() {
        use Answer::{AsOrdered, Json, Picture};
        use Kind::{Json as SentJson, Multipart, Picture as SentPicture};
        for (accept, sent, format, given) in [
            ("", SentPicture, None, Some(AsOrdered)),
            ("*/*", SentJson, None, Some(Json)),
            ("image/*", SentJson, None, Some(AsOrdered)),
            ("application/json", Multipart, None, Some(Json)),
            ("image/*, application/json", Multipart, None, Some(AsOrdered)),
            ("image/*, application/json", SentJson, None, Some(Json)),
            ("image/webp", SentPicture, None, Some(Picture("webp"))),
            ("image/webp;q=0.4, image/jpeg;q=0.9", SentPicture, None, Some(Picture("jpeg"))),
            ("image/webp, image/*;q=0.8", SentPicture, None, Some(Picture("webp"))),
            ("image/avif,image/webp,image/apng,image/*,*/*;q=0.8", SentPicture, None, Some(AsOrdered)),
            ("image/webp", SentPicture, Some("same"), Some(Picture("webp"))),
            ("image/webp", SentPicture, Some("png"), None),
            ("image/png", SentPicture, Some("png"), Some(AsOrdered)),
            ("text/html", SentPicture, None, None),
            ("image/*;q=0, application/json", SentPicture, None, Some(Json)),
            ("image/gif", SentPicture, None, None),
        ] {
            assert_eq!(asked(accept, sent, format), given, "{accept} for {format:?}");
        }
    }
}
