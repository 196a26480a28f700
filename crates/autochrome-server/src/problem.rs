//! Errors as RFC 9457 problem documents: a stable code, what is wrong, what to do, and the id of the request.

use std::sync::Arc;

use autochrome::{Code, MediaError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::assets::KeepBody;
use crate::refusal::Refusal;

/// Why a request was not answered as hoped.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// A name that stays the same over versions.
    pub code: &'static str,
    /// What went wrong and what to do.
    pub detail: String,
    /// Seconds after which the same request may well succeed.
    pub retry_after_s: Option<u32>,
}

impl Problem {
    /// A refusal, without a time to wait.
    pub fn new(refusal: Refusal, detail: impl Into<String>) -> Self {
        Self::of_code(refusal.as_code(), detail)
    }

    /// The same for any code of the workspace.
    pub fn of_code(code: &'static Code, detail: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(code.category.http_status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code: code.name, detail: detail.into(), retry_after_s: None }
    }

    /// Every place is taken.
    pub fn busy() -> Self {
        let detail = "every worker is busy and the queue is full; send the same request again later";
        Self { retry_after_s: Some(2), ..Self::new(Refusal::QueueFull, detail) }
    }

    /// The server is going down.
    pub fn stopping() -> Self {
        let detail = "the server is stopping; send the same request again later";
        Self { retry_after_s: Some(5), ..Self::new(Refusal::Stopping, detail) }
    }

    /// A defect of ours, told without its innards.
    pub fn defect() -> Self {
        Self::new(Refusal::Defect, "this request met a defect of autochrome; please report it")
    }

    /// What a status alone says, for answers that were refused before any code of ours saw them.
    fn from_status(status: StatusCode) -> Self {
        let (refusal, detail) = match status {
            StatusCode::NOT_FOUND => {
                (Refusal::NotFound, "there is nothing at this address; /docs lists what there is")
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                (Refusal::MethodNotAllowed, "this address takes another HTTP method")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                let detail = "the request is larger than /v1/limits allows; send a smaller picture";
                (Refusal::TooManyBytes, detail)
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                let detail = "send image/*, multipart/form-data or application/json";
                (Refusal::UnsupportedMediaType, detail)
            }
            _ => (Refusal::BadRequest, "the request could not be understood"),
        };
        Self { status, ..Self::new(refusal, detail) }
    }

    /// The problem that a response stands for, if it stands for one.
    pub(crate) fn of(response: &Response) -> Option<Arc<Self>> {
        let status = response.status();
        if response.extensions().get::<KeepBody>().is_some() {
            return None;
        }
        let known = response.extensions().get::<Arc<Self>>().cloned();
        known.or_else(|| {
            (status.is_client_error() || status.is_server_error())
                .then(|| Arc::new(Self::from_status(status)))
        })
    }

    /// The document, as the answer to request `id`.
    pub(crate) fn document(&self, id: &str) -> Response {
        let body = json!({
            "type": format!("urn:autochrome:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
            "request_id": id,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, kind, body.to_string()).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<autochrome::Error> for Problem {
    fn from(error: autochrome::Error) -> Self {
        match error {
            autochrome::Error::Stopped => Self::stopping(),
            error => Self::of_code(error.as_code(), error.to_string()),
        }
    }
}

impl From<autochrome::MethodError> for Problem {
    fn from(error: autochrome::MethodError) -> Self {
        autochrome::Error::from(error).into()
    }
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        autochrome::Error::from(error).into()
    }
}
