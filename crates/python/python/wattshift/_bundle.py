"""A sweep on its way to another machine: its files, and what it is known by."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from . import Sweep, __version__


@dataclass(frozen=True)
class Bundle:
    """A sweep file, the settings on it, and every file that it reads by a relative name."""

    file: str
    settings: list[str]
    identity: str
    version: str
    folder: str
    """The folder that names count from, without the root."""
    files: dict[str, bytes]

    @classmethod
    def of(cls, sweep: Sweep, file: str) -> Bundle:
        """Packs a sweep that was loaded from a file. Files named in full stay where they are: every node must have them there."""
        names = [os.fspath(name) for name in sweep.inputs]
        return cls(
            file=file,
            settings=sweep.settings,
            identity=sweep.identity,
            version=__version__,
            folder=os.path.splitdrive(os.getcwd())[1].strip("/\\"),
            files={name: pathlib.Path(name).read_bytes() for name in names if not os.path.isabs(name)},
        )

    @contextlib.contextmanager
    def unpacked(self, root: pathlib.Path) -> Iterator[Sweep]:
        """The sweep, loaded from its files below `root`, with the names that it has at home: messages are the same."""
        if self.version != __version__:
            raise ValueError(f"this node has wattshift {__version__} and the caller {self.version}; install the same on both")
        folder = root / self.folder
        folder.mkdir(parents=True)
        for name, data in self.files.items():
            path = os.path.join(folder, name)
            if not pathlib.Path(os.path.normpath(path)).is_relative_to(root):
                raise ValueError(f"{name}: lies above the root of the file system; name it otherwise")
            # As the name is written, so that `a/../b` is found though nothing lies in `a`.
            os.makedirs(os.path.dirname(path), exist_ok=True)
            pathlib.Path(path).write_bytes(data)
        with _in_folder(folder):
            yield self._load()

    def _load(self) -> Sweep:
        try:
            sweep = Sweep.load(self.file, self.settings)
        except ValueError as error:
            raise ValueError(f"{error}\n{_FOREIGN}") from None
        if sweep.identity != self.identity:
            raise ValueError(f"{self.file}: is another sweep here than where it was called\n{_FOREIGN}")
        return sweep


_FOREIGN = "files that a sweep names in full must be the same on every node; name them from the file that names them"


@contextlib.contextmanager
def _in_folder(folder: pathlib.Path) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
