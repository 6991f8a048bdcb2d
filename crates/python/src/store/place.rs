//! What a URL names: a local folder, or a bucket and a folder in it.

use super::retry::Retry;
use crate::fault::{bad_input, io};
use object_store::ObjectStore;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::client::ClientConfigKey;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// How long a request may take where `timeout` does not say it; a journal of a shard takes a second.
const TIMEOUT: &str = "120s";

/// How a store answers for a bucket that is not there.
const NO_BUCKET: &str = "NoSuchBucket";

/// Where files are.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) store: Arc<dyn ObjectStore>,
    /// The folder in the store.
    pub(super) prefix: Name,
    /// The local folder.
    pub(super) folder: Option<PathBuf>,
}

impl Place {
    /// What a URL and options name.
    pub(super) fn of(url: &str, options: &BTreeMap<String, String>, retry: &Retry) -> PyResult<Self> {
        match url.split_once("://") {
            Some(("s3", rest)) => bucket(url, rest, options, retry),
            Some(("file", _)) => {
                let parsed = url::Url::parse(url).ok().and_then(|url| url.to_file_path().ok());
                let path = parsed.ok_or_else(|| {
                    bad_input(format!("{url}: names no local folder; write it as file:///home/me/sweep"))
                })?;
                folder(path, options)
            }
            Some((scheme, _)) => Err(bad_input(format!(
                "{url}: stores by {scheme}:// are not known; allowed are a folder, file:///… and s3://bucket/folder"
            ))),
            None if url.is_empty() => {
                Err(bad_input("the store has no name; name a folder or s3://bucket/folder"))
            }
            None => folder(PathBuf::from(url), options),
        }
    }

    /// What may be done about an error.
    pub(super) fn mend(&self, error: &object_store::Error) -> &'static str {
        let text = error.to_string();
        if self.folder.is_some() {
            "see that the folder is there, that its disk has room and that you may write to it"
        } else if text.contains(NO_BUCKET) {
            "create the bucket, or name another"
        } else if matches!(
            error,
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }
        ) {
            "see that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the options of these names, may read and write there"
        } else if text.contains("169.254.") {
            // Where no key is stated, the machine's own is asked for at this address.
            "state AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give options of these names"
        } else {
            "see that AWS_ENDPOINT and AWS_REGION are right and that the store answers; the same call goes on"
        }
    }
}

/// Whether it is the bucket that was not found, and not a file in it.
pub(super) fn is_of_bucket(source: &(dyn Error + Send + Sync + 'static)) -> bool {
    source.to_string().contains(NO_BUCKET)
}

fn folder(path: PathBuf, options: &BTreeMap<String, String>) -> PyResult<Place> {
    if let Some(option) = options.keys().next() {
        return Err(bad_input(format!(
            "{}: a local folder takes no option {option}; leave it out",
            path.display()
        )));
    }
    let path = std::path::absolute(path).map_err(io)?;
    let at = |cause: &dyn std::fmt::Display| {
        io(format!("cannot create {} ({cause}); name another folder", path.display()))
    };
    fs::create_dir_all(&path).map_err(|cause| at(&cause))?;
    let store = LocalFileSystem::new_with_prefix(&path).map_err(|cause| at(&cause))?.with_fsync(true);
    Ok(Place { store: Arc::new(store), prefix: Name::default(), folder: Some(path) })
}

fn bucket(url: &str, rest: &str, options: &BTreeMap<String, String>, retry: &Retry) -> PyResult<Place> {
    let bad = |why: &dyn std::fmt::Display| bad_input(format!("{url}: {why}"));
    let (name, folder) = rest.split_once('/').unwrap_or((rest, ""));
    if name.is_empty() {
        return Err(bad(&"has no bucket; write it as s3://bucket/folder"));
    }
    let prefix = Name::parse(folder).map_err(|why| bad(&why))?;
    // Whoever has chosen a provider in this process keeps it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(name)
        .with_retry(retry.config())
        .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), TIMEOUT);
    for (option, value) in options {
        let key: AmazonS3ConfigKey = option.parse().map_err(|_| {
            bad(&format!("option {option} is not known; allowed are those of object_store, such as aws_endpoint, and retry_timeout"))
        })?;
        builder = builder.with_config(key, value);
    }
    if builder.get_config_value(&AmazonS3ConfigKey::Checksum).is_none() {
        builder = builder.with_checksum_algorithm(Checksum::SHA256);
    }
    let store = builder.build().map_err(|why| bad(&why))?;
    Ok(Place { store: Arc::new(store), prefix, folder: None })
}
