"""Sweeps on a Ray cluster, with the sweep's folder in a local folder or an S3-compatible store.

    import wattshift.ray

    results = wattshift.ray.sweep("my-sweep.toml", address="auto", out="s3://bucket/my-sweep")

Each shard is a task that puts its journal into the store; the tables that come of all are those of one machine to the byte. Every call
looks at what is there and does what is missing, so that a call that was stopped, at either end, is made again as it is.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from . import Results, Store, Sweep, merge_sweep, missing_points, sweep_status
from ._bundle import Bundle
from ._progress import bar
from ._shard import MOST, Shard, as_of, do_shard, n_lines, named

try:
    import ray
except ImportError:
    raise ImportError("wattshift.ray needs Ray; install it from a clone with: pip install './crates/python[ray]'") from None

__all__ = ["sweep"]

_SHARDS_PER_SLOT = 4
"""Shards for each that runs at once: few enough that a start costs little, enough that a lost one does too."""

_LOOK_S = 1.0
"""Between two looks at tasks and checkpoints, seconds."""

_END_S = 15.0
"""For tasks that were told to stop to keep what they have, seconds."""

Progress = Callable[[str, int, int], object]


def sweep(
    file: str | os.PathLike[str],
    address: str | None = None,
    *,
    out: str | os.PathLike[str],
    set: Sequence[str] = (),
    paths: int | None = None,
    seed: int | None = None,
    shards: int | None = None,
    threads: int = 1,
    retries: int = 10,
    checkpoint_s: float = 30.0,
    progress: bool | Progress | None = None,
    storage_options: Mapping[str, object] | None = None,
    local_copy: str | os.PathLike[str] | None = None,
) -> Results:
    """Does all points of a sweep that are not done yet on a Ray cluster, merges them and returns the results.

    file: the sweep file, as for `Sweep.load`, with `set`, `paths` and `seed`. A name in full is taken from the current folder,
        so that messages say the same on every node.
    address: the cluster, as for `ray.init`; a connection that is open is used.
    out: the sweep's folder: a folder that all nodes share, or `s3://bucket/folder`. What `wattshift sweep run` has begun in a folder
        goes on here, and the other way round.
    shards: into how many tasks the points are divided; four for each that runs at once, or as many as there were before.
    threads: threads, and so processors, of a task.
    retries: how often a task is tried again whose node or store fails.
    checkpoint_s: seconds between two copies of a shard under way into the store; what a lost node has done since is done again.
    progress: as for `run`: a bar, none, or a function of stage, points done and all of them.
    storage_options: options of `Store`, which go to every node; the environment of this process does not.
    local_copy: for a store on the network, an empty folder for what is read of it and the results; a temporary one unless stated.

    Raises `ValueError` for what the command line refuses, and `OSError` where nodes or the store fail for too long; in both cases, and
    after Ctrl-C, what is done stays done, and the same call goes on with the rest.
    """
    _check(shards, threads, retries, checkpoint_s)
    name = _from_here(file)
    loaded = Sweep.load(name, set, paths=paths, seed=seed)
    bundle = Bundle.of(loaded, name)
    store = Store(out, dict(storage_options or {}))
    folder = _folder(store, local_copy)
    with as_of(store, folder):
        _begin(loaded, store, folder)
        missing = missing_points(folder)
    if missing:
        with _connected(address):
            work = _Work(bundle, store, threads, checkpoint_s, missing, loaded.n_points)
            work.divide(shards)
            work.run(retries, _teller(progress))
        _fetch_journals(store, folder)
    _clear(store)
    return _merge(store, folder)


def _check(shards: int | None, threads: int, retries: int, checkpoint_s: float) -> None:
    if shards is not None and not 1 <= shards <= MOST:
        raise ValueError(f"shards is {shards}; allowed are 1 to {MOST}")
    if threads < 1:
        raise ValueError(f"threads is {threads}; allowed are 1 and more")
    if retries < 0:
        raise ValueError(f"retries is {retries}; allowed are 0 and more")
    if not checkpoint_s > 0:
        raise ValueError(f"checkpoint_s is {checkpoint_s}; allowed is more than 0")


def _from_here(file: str | os.PathLike[str]) -> str:
    name = os.fspath(file)
    return os.path.relpath(name) if os.path.isabs(name) else name


def _teller(progress: bool | Progress | None) -> Progress:
    if callable(progress):
        return progress
    own = None if progress is False else bar(bool(progress))
    return own or (lambda stage, done, total: None)


def _folder(store: Store, local_copy: str | os.PathLike[str] | None) -> pathlib.Path:
    """The sweep's folder on this machine: the store itself, or a copy of what matters of it."""
    if store.path is not None:
        if local_copy is not None:
            raise ValueError("local_copy is for stores on the network; leave it out")
        return pathlib.Path(store.path)
    if local_copy is None:
        return pathlib.Path(tempfile.mkdtemp(prefix="wattshift-sweep-"))
    folder = pathlib.Path(local_copy).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"{folder}: is not empty; name another local_copy")
    return folder


def _begin(loaded: Sweep, store: Store, folder: pathlib.Path) -> None:
    """Makes the store the folder of this sweep, or sees that it is, and brings its journals here."""
    if store.path is not None:
        loaded.begin(folder)
        at_work = [shard["shard"] for shard in sweep_status(folder)["shards"] if shard["at_work"]]
        if at_work:
            raise ValueError(f"{folder}: another process does shard {at_work[0]}; wait for it, or stop it")
        return
    spec = store.get("sweep.json")
    if spec is None:
        found = [name for name, _ in store.list()]
        if found:
            raise ValueError(f"{store.url}: is not empty and holds no sweep (found {found[0]}); choose another out")
    else:
        (folder / "sweep.json").write_bytes(spec)
    loaded.begin(folder)
    if spec is None:
        own = (folder / "sweep.json").read_bytes()
        store.put("sweep.json", own)
        if store.get("sweep.json") != own:
            raise ValueError(f"{store.url}: another sweep has begun there at the same time; choose another out")
    _fetch_journals(store, folder)


def _fetch_journals(store: Store, folder: pathlib.Path) -> None:
    if store.path is not None:
        return
    (folder / "journal").mkdir(exist_ok=True)
    for _, name in named((name for name, _ in store.list("journal")), "jsonl"):
        data = store.get(name)
        if data is not None:
            (folder / name).write_bytes(data)


@contextlib.contextmanager
def _connected(address: str | None) -> Iterator[None]:
    """A connection to the cluster; one that was open stays so."""
    if ray.is_initialized():
        here = ray.get_runtime_context().gcs_address
        if address not in (None, "auto", here):
            raise ValueError(f"Ray is connected to {here}, not to {address}; call ray.shutdown() first")
        yield
        return
    ray.init(address=address)
    try:
        yield
    finally:
        ray.shutdown()


class _Work:
    """The tasks of a sweep, and how far they are."""

    def __init__(
        self, bundle: Bundle, store: Store, threads: int, checkpoint_s: float, missing: list[int], n_points: int
    ) -> None:
        self._bundle, self._store, self._threads, self._checkpoint_s = bundle, store, threads, checkpoint_s
        self._missing, self._n_points = missing, n_points
        self._todo: dict[Shard, int] = {}
        """Points that were missing of each shard with any."""
        self._left: dict[Shard, int] = {}
        """Points that are missing now, as far as checkpoints tell."""
        self._seen: dict[Shard, int] = {}
        """Bytes of the checkpoints that were looked at."""
        self._journals: list[tuple[Shard, str]] = []
        self._next_look = 0.0

    def divide(self, shards: int | None) -> None:
        """Finds the shards with missing points, of as many as there were before unless that is stated."""
        names = [name for name, _ in self._store.list("journal")]
        # A sweep that was begun as one goes on as shards.
        before = Counter(shard.n for kind in ("jsonl", "part") for shard, _ in named(names, kind) if shard.n > 1)
        slots = int(ray.cluster_resources().get("CPU", 1)) // self._threads
        default = min(self._n_points, MOST, _SHARDS_PER_SLOT * max(slots, 1))
        n = shards or (before.most_common(1)[0][0] if before else default)
        counts = Counter(point % n for point in self._missing)
        self._todo = {Shard(rest + 1, n): count for rest, count in sorted(counts.items())}
        self._left = dict(self._todo)
        self._journals = named(names, "jsonl")

    def run(self, retries: int, tell: Progress) -> None:
        """Does all shards; what is done stays done, however this ends."""
        bundle = ray.put(self._bundle)
        task = ray.remote(do_shard).options(
            num_cpus=self._threads, max_retries=retries, retry_exceptions=[OSError], name="wattshift-shard"
        )
        pending = {}
        for shard in self._todo:
            others = [name for other, name in self._journals if other != shard and other.overlaps(shard)]
            ref = task.remote(bundle, shard, self._store, others, self._threads, self._checkpoint_s)
            pending[ref] = shard
        try:
            while pending:
                ended, _ = ray.wait(list(pending), num_returns=len(pending), timeout=_LOOK_S)
                for ref in ended:
                    ray.get(ref)
                    self._left[pending.pop(ref)] = 0
                self._look()
                tell("points", self._n_points - sum(self._left.values()), self._n_points)
            tell("", 0, 0)
        except BaseException as error:
            _stop(list(pending))
            raise self._explained(error) from None

    def _look(self) -> None:
        """Counts the points of checkpoints now and then; one that cannot be read is counted the next time."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + self._checkpoint_s / 2
        with contextlib.suppress(OSError):
            sizes = dict(self._store.list("journal"))
            for shard, name in named(sizes, "part"):
                if self._left.get(shard) and self._seen.get(shard) != sizes[name]:
                    n_of_shard = len(range(shard.k - 1, self._n_points, shard.n))
                    n_kept = max(0, n_lines(self._store.get(name)) - 1)
                    self._left[shard] = min(self._todo[shard], n_of_shard - n_kept)
                    self._seen[shard] = sizes[name]

    def _explained(self, error: BaseException) -> BaseException:
        """An error with what is done and how to go on."""
        n_done = self._n_points - sum(self._left.values())
        told = f"at least {n_done} of {self._n_points} points are kept in {self._store.url}; the same call goes on with the rest"
        if isinstance(error, KeyboardInterrupt):
            return KeyboardInterrupt(f"stopped: {told}")
        cause = error.cause if isinstance(error, ray.exceptions.RayTaskError) else error
        if isinstance(cause, ValueError):
            return ValueError(str(cause))
        if isinstance(cause, (OSError, ray.exceptions.RayError)):
            return OSError(f"{cause}; {told}")
        return error


def _stop(refs: list[Any]) -> None:
    """Stops tasks, and waits a little for those under way to keep what they have."""
    for ref in refs:
        ray.cancel(ref)
    end = time.monotonic() + _END_S
    while refs and time.monotonic() < end:
        _, refs = ray.wait(refs, num_returns=len(refs), timeout=_LOOK_S)


def _clear(store: Store) -> None:
    """Takes away checkpoints that nobody goes on with, and what a process that was killed left half written in a folder."""
    for _, name in named((name for name, _ in store.list("journal")), "part"):
        store.delete(name)
    if store.path is not None:
        for path in pathlib.Path(store.path, "journal").glob("shard-*#*"):
            path.unlink(missing_ok=True)


def _merge(store: Store, folder: pathlib.Path) -> Results:
    """Makes tables and charts, and puts them into a store on the network too, the manifest last."""
    with as_of(store, folder):
        results = merge_sweep([folder])
    if store.path is None:
        names = [path.relative_to(folder).as_posix() for path in map(pathlib.Path, results.files)]
        for name in [*names, "manifest.json"]:
            store.put(name, (folder / name).read_bytes())
    return results
