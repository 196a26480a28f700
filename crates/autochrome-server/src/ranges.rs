//! Answers that can be fetched in parts and checked for change: `Range`, `If-Range`, `ETag` (RFC 9110, sections 13 and 14).

use std::fs::File;
use std::io::SeekFrom;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use crate::problem::Problem;
use crate::refusal::Refusal;

/// Bytes that are read from a file at once.
const CHUNK: usize = 256 << 10;

/// What is to be fetched.
pub enum Content {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file, with its length.
    File(File, u64),
}

/// How it is told.
pub struct Description {
    /// Media type.
    pub media_type: String,
    /// Name to save it under.
    pub name: String,
    /// `ETag`, with its quotes.
    pub tag: String,
}

/// The answer 304, if the client has this content already.
pub fn unchanged(headers: &HeaderMap, tag: &str) -> Option<Response> {
    let known = text(headers, header::IF_NONE_MATCH)?;
    let same = known
        .split(',')
        .any(|one| matches!(one.trim(), one if one == "*" || one.trim_start_matches("W/") == tag));
    same.then(|| (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response())
}

/// All of the content, or the part that was asked for.
pub async fn answer(headers: &HeaderMap, content: Content, what: &Description) -> Result<Response, Problem> {
    let length = match &content {
        Content::Bytes(bytes) => bytes.len() as u64,
        Content::File(_, length) => *length,
    };
    let mut response = match requested_range(headers, length, &what.tag) {
        Wanted::All => byte_range(content, 0, length).await?,
        Wanted::Part(start, end) => {
            let mut response = byte_range(content, start, end).await?;
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            set_header(&mut response, header::CONTENT_RANGE, &format!("bytes {start}-{}/{length}", end - 1));
            response
        }
        Wanted::Nothing => {
            let detail = format!("there are {length} bytes; ask for some of those");
            let problem = Problem::new(Refusal::RangeOutside, detail);
            let mut response = problem.into_response();
            set_header(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
            return Ok(response);
        }
    };
    set_header(&mut response, header::CONTENT_TYPE, &what.media_type);
    set_header(&mut response, header::ETAG, &what.tag);
    set_header(&mut response, header::ACCEPT_RANGES, "bytes");
    set_header(&mut response, header::CACHE_CONTROL, "private");
    let name = percent(&what.name);
    set_header(&mut response, header::CONTENT_DISPOSITION, &format!("inline; filename*=UTF-8''{name}"));
    Ok(response)
}

fn set_header(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Which bytes a request asks for.
#[derive(Debug, PartialEq)]
enum Wanted {
    All,
    /// The first, and the one after the last.
    Part(u64, u64),
    Nothing,
}

/// One range is understood; several, and other units, are answered with everything, as the standard allows.
fn requested_range(headers: &HeaderMap, length: u64, tag: &str) -> Wanted {
    if text(headers, header::IF_RANGE).is_some_and(|known| known != tag) {
        return Wanted::All;
    }
    let range = text(headers, header::RANGE).and_then(|range| range.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else { return Wanted::All };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", last) => match number(last) {
            None => Wanted::All,
            Some(0) => Wanted::Nothing,
            Some(_) if length == 0 => Wanted::Nothing,
            Some(count) => Wanted::Part(length.saturating_sub(count), length),
        },
        (first, last) => match (number(first), if last.is_empty() { Some(u64::MAX) } else { number(last) }) {
            (Some(first), Some(last)) if first > last => Wanted::All,
            (Some(first), Some(last)) if first < length => {
                Wanted::Part(first, last.saturating_add(1).min(length))
            }
            (Some(_), Some(_)) => Wanted::Nothing,
            _ => Wanted::All,
        },
    }
}

/// Bytes `start..end` of the content.
async fn byte_range(content: Content, start: u64, end: u64) -> Result<Response, Problem> {
    let length = end - start;
    let body = match content {
        Content::Bytes(bytes) => {
            let mut bytes = axum::body::Bytes::from(bytes);
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            bytes = bytes.slice(place(start)..place(end));
            Body::from(bytes)
        }
        Content::File(file, _) => {
            let mut file = tokio::fs::File::from_std(file);
            file.seek(SeekFrom::Start(start)).await.map_err(|_| Problem::defect())?;
            let chunks = stream::try_unfold(file.take(length), |mut rest| async move {
                let mut chunk = Vec::with_capacity(CHUNK);
                let read = (&mut rest).take(CHUNK as u64).read_to_end(&mut chunk).await?;
                Ok::<_, std::io::Error>((read > 0).then_some((chunk, rest)))
            });
            Body::from_stream(chunks)
        }
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}

/// A name as RFC 8187 writes it.
fn percent(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let each = |byte: u8| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range_of(range: &str, if_range: Option<&str>) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        if let Some(tag) = if_range {
            headers.insert(header::IF_RANGE, tag.parse().unwrap());
        }
        requested_range(&headers, 10, "\"a\"")
    }

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        assert_eq!(range_of("bytes=0-3", None), Wanted::Part(0, 4));
        assert_eq!(range_of("bytes=4-", None), Wanted::Part(4, 10));
        assert_eq!(range_of("bytes=-3", None), Wanted::Part(7, 10));
        assert_eq!(range_of("bytes=-99", None), Wanted::Part(0, 10));
        assert_eq!(range_of("bytes=8-99", None), Wanted::Part(8, 10));
        assert_eq!(range_of("bytes=10-", None), Wanted::Nothing);
        assert_eq!(range_of("bytes=-0", None), Wanted::Nothing);
        for odd in
            ["bytes=5-4", "bytes=0-1,3-4", "lines=1-2", "bytes=x-2", "bytes=", "bytes=18446744073709551616-"]
        {
            assert_eq!(range_of(odd, None), Wanted::All, "{odd}");
        }
    }

    #[test]
    fn a_range_of_something_else_is_answered_with_everything() {
        assert_eq!(range_of("bytes=0-3", Some("\"a\"")), Wanted::Part(0, 4));
        assert_eq!(range_of("bytes=0-3", Some("\"b\"")), Wanted::All);
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let known = |tags: &str| {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, tags.parse().unwrap())]);
            unchanged(&headers, "\"a\"").is_some()
        };
        assert!(known("\"a\"") && known("\"b\", W/\"a\"") && known("*"));
        assert!(!known("\"b\"") && !known("a"));
    }

    #[test]
    fn a_name_of_any_script_can_be_told() {
        assert_eq!(percent("Öl 1.png"), "%C3%96l%201.png");
    }
}
