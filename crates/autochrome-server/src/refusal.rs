//! Why this server refuses, beside the errors of pictures, methods and the queue.

use autochrome_errors::ErrorCode;

/// The codes that only HTTP knows. Their statuses follow from their categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ErrorCode)]
pub enum Refusal {
    /// A field is not valid base64.
    #[code("bad-base64", BadRequest)]
    BadBase64,
    /// The body ended early, or is not what its headers say.
    #[code("bad-body", Malformed)]
    BadBody,
    /// The header `Idempotency-Key` is empty, too long or not ASCII.
    #[code("bad-idempotency-key", Malformed)]
    BadIdempotencyKey,
    /// The JSON cannot be parsed; with status 422, it can, and says something that does not fit.
    #[code("bad-json", Malformed)]
    BadJson,
    /// The query of the address says something that does not fit.
    #[code("bad-query", BadRequest)]
    BadQuery,
    /// The request could not be understood.
    #[code("bad-request", Malformed)]
    BadRequest,
    /// A page of another site sent the request.
    #[code("cross-origin", Forbidden)]
    CrossOrigin,
    /// The request met a defect of autochrome; please report it.
    #[code("defect", Environment)]
    Defect,
    /// The file of keys is broken; nobody is let in until it is mended.
    #[code("keys-broken", Environment)]
    KeysBroken,
    /// There is a memory of this name already; remove it first.
    #[code("memory-exists", Conflict)]
    MemoryExists,
    /// The address takes another HTTP method.
    #[code("method-not-allowed", WrongMethod)]
    MethodNotAllowed,
    /// The form has no picture: neither a field `image` nor, where one is coloured, a field `picture`.
    #[code("no-image", BadRequest)]
    NoImage,
    /// The server is for those who have a key, and none was sent.
    #[code("no-key", Unauthenticated)]
    NoKey,
    /// A job is at work on the film; cancel it first.
    #[code("film-in-use", Conflict)]
    FilmInUse,
    /// The job is not done yet, or has failed.
    #[code("no-result", Conflict)]
    NoResult,
    /// The ZIP of a job could not be made, usually for want of disk space.
    #[code("no-space", Unavailable)]
    NoSpace,
    /// Nothing that could be answered is of a kind that `Accept` takes.
    #[code("not-acceptable", NotAcceptable)]
    NotAcceptable,
    /// There is nothing at this address; `/docs` lists what there is.
    #[code("not-found", NotFound)]
    NotFound,
    /// None of the pictures of a job could be coloured.
    #[code("nothing-coloured", BadInput)]
    NothingColoured,
    /// Every worker is busy and the queue is full; comes with `Retry-After`.
    #[code("queue-full", Unavailable)]
    QueueFull,
    /// The path leads out of the server's media folder, or there is none (`--media-dir`).
    #[code("outside-media", Forbidden)]
    OutsideMedia,
    /// The range that is asked for lies outside of the result; comes with `Content-Range: bytes */SIZE`.
    #[code("range-outside", OutOfRange)]
    RangeOutside,
    /// The server is stopping; comes with `Retry-After`.
    #[code("stopping", Unavailable)]
    Stopping,
    /// The body came too slowly, or took too long in all.
    #[code("too-slow", TimedOut)]
    TooSlow,
    /// Too many requests of one key, or one address without keys, are being answered, or hold places; comes with `Retry-After`.
    #[code("too-many-at-once", TooMany)]
    TooManyAtOnce,
    /// The body is larger than `/v1/limits` allows; the announced length is looked at before the body.
    #[code("too-many-bytes", TooLarge)]
    TooManyBytes,
    /// The request has more files than `/v1/limits` allows.
    #[code("too-many-files", TooLarge)]
    TooManyFiles,
    /// There are more points, strokes or corners than `/v1/limits` allows, or they cover too much.
    #[code("too-many-hints", TooLarge)]
    TooManyHints,
    /// `/v1/colorize` takes one picture; `/v1/jobs` takes several.
    #[code("too-many-images", BadRequest)]
    TooManyImages,
    /// One key, or one address without keys, keeps as many memories as it may; remove one first.
    #[code("too-many-memories", Conflict)]
    TooManyMemories,
    /// All pages of a picture were asked for, and it has more than one request may have; ask for some of them one by one.
    #[code("too-many-pages", TooLarge)]
    TooManyPages,
    /// One key, or one address without keys, has asked for too many pictures in a minute; comes with `Retry-After`.
    #[code("too-many-requests", TooMany)]
    TooManyRequests,
    /// The form has a field that there is not.
    #[code("unknown-field", BadRequest)]
    UnknownField,
    /// The job has no picture of this number, or not yet.
    #[code("unknown-file", NotFound)]
    UnknownFile,
    /// The film of this id was never sent, or is forgotten; or the media folder has no such film.
    #[code("unknown-film", NotFound)]
    UnknownFilm,
    /// There is no such key; it may have been revoked.
    #[code("unknown-key", Unauthenticated)]
    UnknownKey,
    /// The picture of this id was never sent, or is forgotten; send it again.
    #[code("unknown-picture", NotFound)]
    UnknownPicture,
    /// The body is none of `image/*`, `multipart/form-data` and `application/json`.
    #[code("unsupported-media-type", Unsupported)]
    UnsupportedMediaType,
    /// The request names another host than localhost, under which alone this server answers.
    #[code("wrong-host", WrongHost)]
    WrongHost,
}
