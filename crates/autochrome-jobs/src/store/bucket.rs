//! Bytes in a folder, or in a bucket of S3, Google Cloud Storage or Azure.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{Error, GetResult, ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;

use super::Store;
use super::memory::file_error;
use crate::QueueError;
use crate::network::Network;
use crate::queue::random_name;

/// Variables of the environment that say who asks, where, and how.
const PREFIXES: [&str; 3] = ["aws_", "google_", "azure_"];

/// Bytes in a folder or a bucket.
pub struct BucketStore {
    network: Network,
    inner: Arc<dyn ObjectStore>,
    root: Key,
}

impl BucketStore {
    /// Opens `place`: the path of a folder, or `file:`, `s3:`, `gs:` or `az:` with bucket and path. Who asks, and where,
    /// says the environment, as for the programs of those services (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, `GOOGLE_…`, `AZURE_…`).
    ///
    /// # Errors
    /// [`QueueError::Store`] when the place is none, or the folder cannot be made.
    pub fn open(network: &Network, place: &str) -> Result<Self, QueueError> {
        let refused = |error: &dyn std::fmt::Display| QueueError::Store(format!("{place}: {error}"));
        let (inner, root): (Arc<dyn ObjectStore>, Key) = match place.split_once("://") {
            None => (folder(Path::new(place))?, Key::default()),
            Some(("file", path)) => (folder(Path::new(path))?, Key::default()),
            Some(_) => {
                // TLS without a default is a panic; one that is set already serves as well.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let url = url::Url::parse(place).map_err(|error| refused(&error))?;
                let options = std::env::vars()
                    .map(|(name, value)| (name.to_ascii_lowercase(), value))
                    .filter(|(name, _)| PREFIXES.iter().any(|prefix| name.starts_with(prefix)));
                let (inner, root) =
                    object_store::parse_url_opts(&url, options).map_err(|error| refused(&error))?;
                (Arc::from(inner), root)
            }
        };
        Ok(Self { network: network.clone(), inner, root })
    }

    fn key(&self, key: &str) -> Key {
        Key::from(format!("{}/{key}", self.root))
    }
}

fn folder(path: &Path) -> Result<Arc<dyn ObjectStore>, QueueError> {
    std::fs::create_dir_all(path).map_err(|error| file_error(path, &error))?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(path).map_err(failed)?.with_automatic_cleanup(true)))
}

fn failed(error: Error) -> QueueError {
    QueueError::Store(error.to_string())
}

/// Writes an object into a new file as it comes.
async fn write_chunks(got: GetResult, path: &Path) -> Result<(), QueueError> {
    let io = |error: std::io::Error| file_error(path, &error);
    let mut file = tokio::fs::File::create_new(path).await.map_err(io)?;
    let mut chunks = got.into_stream();
    while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
        file.write_all(&chunk).await.map_err(io)?;
    }
    // Tells what the last write met, which the next does not.
    file.flush().await.map_err(io)?;
    file.sync_all().await.map_err(io)
}

impl Store for BucketStore {
    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), QueueError> {
        let (key, bytes) = (self.key(key), bytes.to_vec());
        self.network.wait(self.inner.put(&key, bytes.into())).map(drop).map_err(failed)
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, QueueError> {
        let key = self.key(key);
        let got = self.network.wait(async { self.inner.get(&key).await?.bytes().await });
        match got {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn put_file(&self, key: &str, path: &Path) -> Result<(), QueueError> {
        let mut writer = BufWriter::new(Arc::clone(&self.inner), self.key(key));
        let copied = self.network.wait(async {
            let mut file = tokio::fs::File::open(path).await?;
            tokio::io::copy(&mut file, &mut writer).await?;
            writer.shutdown().await
        });
        copied.map_err(|error| file_error(path, &error))
    }

    fn get_file(&self, key: &str, path: &Path) -> Result<bool, QueueError> {
        let key = self.key(key);
        self.network.wait(async {
            let got = match self.inner.get(&key).await {
                Ok(got) => got,
                Err(Error::NotFound { .. }) => return Ok(false),
                Err(error) => return Err(failed(error)),
            };
            // Named at random: two may fetch the same at the same time.
            let mut beside = path.as_os_str().to_owned();
            beside.push(format!(".{}.part", random_name()?));
            let beside = PathBuf::from(beside);
            let fetched = match write_chunks(got, &beside).await {
                Ok(()) => tokio::fs::rename(&beside, path).await.map_err(|error| file_error(path, &error)),
                Err(error) => Err(error),
            };
            if fetched.is_err() {
                let _ = tokio::fs::remove_file(&beside).await;
            }
            fetched.map(|()| true)
        })
    }

    fn delete(&self, key: &str) -> Result<(), QueueError> {
        let key = self.key(key);
        match self.network.wait(self.inner.delete(&key)) {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    fn delete_all(&self, folder: &str) -> Result<(), QueueError> {
        let folder = self.key(folder);
        self.network.wait(async {
            let found: Vec<_> = self.inner.list(Some(&folder)).try_collect().await.map_err(failed)?;
            for object in found {
                match self.inner.delete(&object.location).await {
                    Ok(()) | Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(failed(error)),
                }
            }
            Ok(())
        })
    }
}
