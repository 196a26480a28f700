//! What became of the pictures of a job.

/// A picture that a worker made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What its maker has to say of it, one sentence each.
    pub warnings: Vec<String>,
}

/// A picture of a job that is over, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Place among the files of the job, from 0.
    pub number: u32,
    /// Name of the file that was made, or of the one that came when none could be made.
    pub name: String,
    /// Media type and size in bytes, wherever they lie, or code and words of what went wrong.
    pub outcome: Result<(String, i64), (String, String)>,
    /// What the maker of the file has to say of it, one sentence each.
    pub warnings: Vec<String>,
}
