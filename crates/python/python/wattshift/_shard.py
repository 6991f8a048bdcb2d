"""A shard of a sweep whose folder lies in a store: fetched, done beside it, and put there whole.

The layout of the store is that of a sweep's folder. A shard under way has `journal/shard-k-of-n.part` beside the journals, a copy of
its journal from time to time, which another process goes on with. A finished journal is only ever replaced by a longer one, and what
a point comes out as is a function of the point alone: two processes on one shard do work twice and no harm.
"""

from __future__ import annotations

import contextlib
import math
import pathlib
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import Store
from ._bundle import Bundle

MOST = 10_000
"""Most shards of a sweep."""

_NAME = re.compile(r"journal/shard-([1-9]\d*)-of-([1-9]\d*)\.(jsonl|part)")


@dataclass(frozen=True)
class Shard:
    """Shard k of n: every n-th point from k - 1 on."""

    k: int
    n: int

    @property
    def journal(self) -> str:
        """Name of its journal in the store."""
        return f"journal/shard-{self.k}-of-{self.n}.jsonl"

    @property
    def part(self) -> str:
        """Name of the copy of its journal while it is under way."""
        return f"journal/shard-{self.k}-of-{self.n}.part"

    def overlaps(self, other: Shard) -> bool:
        """Whether they may hold the same point."""
        return (self.k - other.k) % math.gcd(self.n, other.n) == 0


def named(names: Iterable[str], kind: str) -> list[tuple[Shard, str]]:
    """The shards whose files of a kind (`jsonl` or `part`) are among names, and these."""
    matches = [match for match in map(_NAME.fullmatch, names) if match and match[3] == kind]
    return [(Shard(int(match[1]), int(match[2])), match[0]) for match in matches]


def n_lines(data: bytes | None) -> int:
    """Whole lines of a journal, the first of which holds no point."""
    return data.count(b"\n") if data else 0


@contextlib.contextmanager
def as_of(store: Store, folder: pathlib.Path) -> Iterator[None]:
    """Lets messages about a folder that stands for a store speak of the store."""
    try:
        yield
    except (OSError, ValueError) as error:
        text = str(error).replace(str(folder), store.url.rstrip("/"))
        raise type(error)(text).with_traceback(error.__traceback__) from None


def do_shard(
    bundle: Bundle, shard: Shard, store: Store, others: list[str], threads: int, checkpoint_s: float
) -> int:
    """Does what is left of a shard and returns how many points that was; `others` are journals that may hold some of its points."""
    with tempfile.TemporaryDirectory(prefix="wattshift-shard-") as temporary:
        # The name that the system gives it may lead over links.
        root = pathlib.Path(temporary).resolve()
        out = root / "sweep"
        with bundle.unpacked(root / "inputs") as sweep, as_of(store, out):
            sweep.begin(out)
            (out / "journal").mkdir()
            for name in others:
                _fetch(store, name, out)
            own = out / shard.journal
            own.write_bytes(max(store.get(shard.journal) or b"", store.get(shard.part) or b"", key=n_lines))
            with _Checkpoints(store, shard.part, own, checkpoint_s):
                done = sweep.run_shard(shard.k, shard.n, out, threads=threads, progress=False)
            # Whoever was quicker has put the same points there.
            if n_lines(store.get(shard.journal)) < n_lines(own.read_bytes()):
                store.put(shard.journal, own.read_bytes())
            store.delete(shard.part)
    return done["n_done_now"]


def _fetch(store: Store, name: str, out: pathlib.Path) -> None:
    data = store.get(name)
    if data is not None:
        (out / name).write_bytes(data)


class _Checkpoints:
    """Copies a growing journal into the store every so often, and once more where the work is stopped."""

    def __init__(self, store: Store, name: str, path: pathlib.Path, every_s: float) -> None:
        self._store, self._name, self._path, self._every_s = store, name, path, every_s
        self._kept = n_lines(path.read_bytes())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if kind is not None:
            self._copy()

    def _work(self) -> None:
        while not self._stop.wait(self._every_s):
            self._copy()

    def _copy(self) -> None:
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if n_lines(whole) <= self._kept:
            return
        try:
            self._store.put(self._name, whole)
        except OSError:
            # It saves work and nothing hangs on it: the next one may succeed, and if none does the finished journal will say why.
            return
        self._kept = n_lines(whole)
