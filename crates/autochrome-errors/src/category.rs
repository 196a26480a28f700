//! What kind of error it is, and whose fault.

/// Whose fault an error is, and so what kind of answer it deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Blame {
    /// This one picture: another may well work.
    Input,
    /// What was asked for: no picture can work.
    Request,
    /// The machine or the installation: no picture can work until it is mended.
    Environment,
    /// Nobody's: somebody asked to stop.
    Stopped,
}

/// What kind of error it is. A category is one [`Blame`] and one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// The input is damaged, or cannot be worked on.
    BadInput,
    /// The input may be fine, but is of a kind that is not read here.
    Unsupported,
    /// The input is larger than the limits allow.
    TooLarge,
    /// The request is understood and cannot be followed.
    BadRequest,
    /// The request cannot be understood.
    Malformed,
    /// The request came too slowly.
    TimedOut,
    /// Nobody has said who is asking.
    Unauthenticated,
    /// Who is asking may not.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The address takes another method.
    WrongMethod,
    /// The answer cannot be given in a way that is taken.
    NotAcceptable,
    /// The state of the thing does not allow it now.
    Conflict,
    /// The part that is asked for lies outside of the whole.
    OutOfRange,
    /// The request was meant for another machine.
    WrongHost,
    /// Who is asking has asked too much.
    TooMany,
    /// The machine, the installation or the program itself is at fault.
    Environment,
    /// Something is missing for now.
    Unavailable,
    /// Somebody asked to stop.
    Stopped,
}

impl Category {
    /// Whose fault errors of this category are.
    #[must_use]
    pub const fn blame(self) -> Blame {
        match self {
            Self::BadInput | Self::Unsupported | Self::TooLarge => Blame::Input,
            Self::BadRequest
            | Self::Malformed
            | Self::TimedOut
            | Self::Unauthenticated
            | Self::Forbidden
            | Self::NotFound
            | Self::WrongMethod
            | Self::NotAcceptable
            | Self::Conflict
            | Self::OutOfRange
            | Self::WrongHost
            | Self::TooMany => Blame::Request,
            Self::Environment | Self::Unavailable => Blame::Environment,
            Self::Stopped => Blame::Stopped,
        }
    }

    /// The status that HTTP answers with (RFC 9110).
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::WrongMethod => 405,
            Self::NotAcceptable => 406,
            Self::TimedOut => 408,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::Unsupported => 415,
            Self::OutOfRange => 416,
            Self::WrongHost => 421,
            Self::BadInput | Self::BadRequest => 422,
            Self::TooMany => 429,
            Self::Environment => 500,
            Self::Unavailable | Self::Stopped => 503,
        }
    }
}
