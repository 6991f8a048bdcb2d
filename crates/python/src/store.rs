//! Where a sweep's folder lies: a local folder or an S3-compatible store, with the same few calls for both.
//!
//! A file is put whole or not at all. What the network does (a connection refused or cut, a server that is slow or busy) is tried
//! again with growing pauses until `retry_timeout` is over; then, and at once for everything else, it is an `OSError`.

mod place;
mod retry;

use crate::fault::bad_input;
use futures_util::TryStreamExt;
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt};
use place::Place;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};
use retry::Retry;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Between two looks at the signals.
const LOOK: Duration = Duration::from_millis(50);

/// Files by name in a local folder (a path, or `file:///…`) or in an S3-compatible store (`s3://bucket/folder`).
///
/// `options` and, below them, the environment say how the store is reached, by the names of the crate `object_store`: `aws_endpoint`,
/// `aws_access_key_id`, `aws_secret_access_key`, `aws_region`, `aws_allow_http`, `timeout` (of a request, 120 s) and so on; `retry_timeout`
/// (60 s) is how long failing requests are tried again. A local folder is made if it is missing, and takes no options.
#[pyclass(frozen, module = "wattshift")]
pub struct Store {
    url: String,
    options: BTreeMap<String, String>,
    retry: Retry,
    engine: Mutex<Arc<Engine>>,
}

/// What does the work in one process. A process that was forked off shares threads and connections with nobody, and has its own.
struct Engine {
    pid: u32,
    place: Place,
    runtime: Runtime,
}

impl Engine {
    fn new(url: &str, options: &BTreeMap<String, String>, retry: &Retry) -> PyResult<Self> {
        let place = Place::of(url, options, retry)?;
        // The caller's own thread does the work.
        let runtime = Builder::new_current_thread().enable_all().build().map_err(PyOSError::new_err)?;
        Ok(Self { pid: std::process::id(), place, runtime })
    }
}

#[pymethods]
impl Store {
    /// Raises `ValueError` for a URL or an option that is none, `OSError` if a local folder cannot be made.
    #[new]
    #[pyo3(signature = (url, options=None))]
    fn new(url: PathBuf, options: Option<BTreeMap<String, Bound<'_, PyAny>>>) -> PyResult<Self> {
        let Some(url) = url.to_str().map(str::to_owned) else {
            return Err(bad_input(format!("{}: is not UTF-8 text; name another store", url.display())));
        };
        let mut texts = BTreeMap::new();
        for (name, value) in options.unwrap_or_default() {
            texts.insert(name.to_lowercase(), value.str()?.to_string());
        }
        let mut named = texts.clone();
        let retry = Retry::of(named.remove(retry::OPTION).as_deref())?;
        let engine = Mutex::new(Arc::new(Engine::new(&url, &named, &retry)?));
        Ok(Self { url, options: texts, retry, engine })
    }

    /// The URL or path as it was given.
    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    /// The local folder; `None` for a store on the network.
    #[getter]
    fn path(&self) -> PyResult<Option<PathBuf>> {
        Ok(self.engine()?.place.folder.clone())
    }

    /// The bytes of a file; `None` if there is no such file.
    fn get<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let engine = self.engine()?;
        let at = self.file(&engine, name)?;
        let got = self.wait(py, &engine, || async {
            let found = engine.place.store.get(&at).await?;
            let size = found.meta.size;
            let bytes = found.bytes().await?;
            if bytes.len() as u64 == size { Ok(bytes) } else { Err(retry::cut(bytes.len() as u64, size)) }
        })?;
        match got {
            Ok(bytes) => Ok(Some(PyBytes::new(py, &bytes))),
            Err(object_store::Error::NotFound { source, .. }) if !place::is_of_bucket(&*source) => Ok(None),
            Err(error) => Err(self.failed(&engine, "read", name, &error)),
        }
    }

    /// Puts a file whole or not at all, in place of what has its name.
    fn put(&self, py: Python<'_>, name: &str, data: &[u8]) -> PyResult<()> {
        let engine = self.engine()?;
        let at = self.file(&engine, name)?;
        let bytes = object_store::PutPayload::from(data.to_vec());
        let put =
            self.wait(py, &engine, || async { engine.place.store.put(&at, bytes.clone()).await.map(drop) })?;
        put.map_err(|error| self.failed(&engine, "write", name, &error))
    }

    /// Names and sizes in bytes of the files in the folder `prefix` and those below it, sorted; `""` is all of them.
    #[pyo3(signature = (prefix=""))]
    fn list(&self, py: Python<'_>, prefix: &str) -> PyResult<Vec<(String, u64)>> {
        let engine = self.engine()?;
        let at = self.name(&engine, prefix)?;
        let listed = self.wait(py, &engine, || async {
            engine.place.store.list(Some(&at)).try_collect::<Vec<_>>().await
        })?;
        let found = listed.map_err(|error| self.failed(&engine, "list", prefix, &error))?;
        let own = |location: &Name| {
            location
                .prefix_match(&engine.place.prefix)
                .map(|parts| parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"))
        };
        let mut files: Vec<(String, u64)> =
            found.iter().filter_map(|file| Some((own(&file.location)?, file.size))).collect();
        files.sort();
        Ok(files)
    }

    /// Takes a file away; it is no error if it is not there.
    fn delete(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        let engine = self.engine()?;
        let at = self.file(&engine, name)?;
        match self.wait(py, &engine, || async { engine.place.store.delete(&at).await })? {
            Ok(()) => Ok(()),
            Err(object_store::Error::NotFound { source, .. }) if !place::is_of_bucket(&*source) => Ok(()),
            Err(error) => Err(self.failed(&engine, "delete", name, &error)),
        }
    }

    /// Another process opens it again, with the same options and its own environment.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Arguments)> {
        let this = slf.get();
        Ok((slf.get_type(), (this.absolute_url()?, this.options.clone())))
    }

    fn __repr__(&self) -> String {
        format!("<wattshift.Store {}>", self.url)
    }
}

/// URL and options.
type Arguments = (String, BTreeMap<String, String>);

impl Store {
    /// What does the work in this process.
    fn engine(&self) -> PyResult<Arc<Engine>> {
        let mut held = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        if held.pid != std::process::id() {
            let mut named = self.options.clone();
            named.remove(retry::OPTION);
            let own = Arc::new(Engine::new(&self.url_in_full(&held), &named, &self.retry)?);
            // Its threads are those of the process that forked this one: there is nothing to wait for.
            std::mem::forget(std::mem::replace(&mut *held, own));
        }
        Ok(Arc::clone(&held))
    }

    /// The name of a file within the store.
    fn file(&self, engine: &Engine, name: &str) -> PyResult<Name> {
        if name.trim_matches('/').is_empty() {
            return Err(bad_input("a file in a store has a name; name it as in `journal/a.jsonl`"));
        }
        self.name(engine, name)
    }

    /// The name of a file, or of a folder, within the store.
    fn name(&self, engine: &Engine, name: &str) -> PyResult<Name> {
        let bad = |why: &dyn fmt::Display| {
            bad_input(format!(
                "{name}: is no name of a file in a store ({why}); name it as in `journal/a.jsonl`"
            ))
        };
        let within = Name::parse(name).map_err(|why| bad(&why))?;
        Ok(Name::from_iter(engine.place.prefix.parts().chain(within.parts())))
    }

    /// A relative path means the same wherever it is opened again.
    fn absolute_url(&self) -> PyResult<String> {
        Ok(self.url_in_full(&*self.engine()?))
    }

    fn url_in_full(&self, engine: &Engine) -> String {
        let folder = engine.place.folder.as_ref().and_then(|folder| folder.to_str());
        folder.map_or_else(|| self.url.clone(), str::to_owned)
    }

    /// Does a request off the lock, again where that helps, and looks for Ctrl-C meanwhile.
    fn wait<T, F>(
        &self,
        py: Python<'_>,
        engine: &Engine,
        request: impl Fn() -> F + Send,
    ) -> PyResult<object_store::Result<T>>
    where
        T: Send,
        F: Future<Output = object_store::Result<T>>,
    {
        py.detach(|| {
            engine.runtime.block_on(async {
                let mut answer = pin!(self.retry.persist(request));
                loop {
                    if let Ok(answer) = tokio::time::timeout(LOOK, answer.as_mut()).await {
                        return Ok(answer);
                    }
                    Python::attach(|py| py.check_signals())?;
                }
            })
        })
    }

    fn failed(&self, engine: &Engine, what: &str, name: &str, error: &object_store::Error) -> PyErr {
        let whole = if name.is_empty() {
            self.url.clone()
        } else {
            format!("{}/{name}", self.url.trim_end_matches('/'))
        };
        PyOSError::new_err(format!("cannot {what} {whole} ({error}); {}", engine.place.mend(error)))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("url", &self.url).finish_non_exhaustive()
    }
}
