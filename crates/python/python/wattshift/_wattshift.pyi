"""The compiled half of the package `wattshift`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias, final

import numpy as np
import numpy.typing as npt
import pandas
import polars

__version__: str

_Path: TypeAlias = str | PathLike[str]
_Progress: TypeAlias = Callable[[str, int, int], object] | bool | None
_Numbers: TypeAlias = npt.NDArray[np.float64]
_Halls: TypeAlias = Callable[[Openings], npt.ArrayLike]

@final
class Table:
    """A table of results, which pandas, Polars, DuckDB and PyArrow take as it is, through the PyCapsule interface of Arrow.

    Columns have the names and the numbers of the CSV files of the command line, typed: an empty cell is null. The metadata of each
    column in Arrow says its `unit` and `meaning`.
    """

    @property
    def name(self) -> str:
        """Its name, as of the CSV file without the ending."""
    @property
    def column_names(self) -> list[str]:
        """Names of its columns, in order."""
    @property
    def num_rows(self) -> int:
        """Number of rows."""
    @property
    def units(self) -> dict[str, str]:
        """Unit of each column, as the data dictionary has it."""
    def column(self, name: str) -> npt.NDArray[Any] | list[Any]:
        """A column as a NumPy array (numbers, where null is NaN) or a list (text and flags, where null is None)."""
    def to_dict(self) -> dict[str, Any]:
        """All columns, as `column` gives them."""
    def to_pandas(self) -> pandas.DataFrame:
        """The table as a data frame of pandas, which has to be installed."""
    def to_polars(self) -> polars.DataFrame:
        """The table as a data frame of Polars, which has to be installed."""
    def __getitem__(self, name: str, /) -> npt.NDArray[Any] | list[Any]: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[str]: ...
    def __contains__(self, name: str, /) -> bool: ...
    def _repr_html_(self) -> str: ...
    def __array__(self, *_arguments: object, **_named: object) -> NoReturn: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Scenario:
    """A checked scenario: a campus, its markets and the policies to compare.

    Made with `Scenario.load` or `Scenario.from_dict`; never changed, `with_` makes another.
    """

    @staticmethod
    def load(path: _Path, set: str | Sequence[str] = ...) -> Scenario:
        """Reads and checks a scenario file; `set` holds settings on top, as `"path=value"`.

        Raises `ValueError` with every fault in the file.
        """
    @staticmethod
    def from_dict(tables: Mapping[str, Any], folder: _Path = ..., set: str | Sequence[str] = ...) -> Scenario:
        """Checks a scenario given as a dictionary of the tables of a scenario file.

        Paths in it count from `folder`. Raises `ValueError` with every fault.
        """
    @staticmethod
    def template() -> str:
        """A scenario to start from, as `wattshift init` writes it."""
    def with_(self, *settings: str, **values: Any) -> Scenario:
        """The same scenario with values set, by dotted path.

        `scenario.with_("run.paths=200")`, `scenario.with_(**{"run.paths": 200})` and `scenario.with_(run__paths=200)` are the
        same. Raises `ValueError` for a path that is not there or a value that is not allowed.
        """
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def description(self) -> str:
        """One line on what it is."""
    @property
    def path(self) -> Path | None:
        """The file it was read from; None of a dictionary."""
    @property
    def overrides(self) -> list[str]:
        """Settings on top of the file, as `path=value`."""
    @property
    def policies(self) -> list[str]:
        """Names of its policies, all-mining first."""
    @property
    def months(self) -> list[str]:
        """Months of the horizon, as `YYYY-MM`."""
    @property
    def warnings(self) -> list[str]:
        """What a reader should know before trusting a number."""
    @property
    def resolved(self) -> str:
        """The scenario with every default filled in, as TOML."""
    def to_dict(self) -> dict[str, Any]:
        """The scenario with every default filled in, as a dictionary."""

@final
class Case:
    """A checked case of dispatch: loads, budgets, reserves and prices over a horizon.

    Made with `Case.load` or `Case.from_dict`; never changed, `with_` makes another.
    """

    @staticmethod
    def load(path: _Path, set: str | Sequence[str] = ...) -> Case:
        """Reads and checks the file of a case; `set` holds settings on top, as `"path=value"`.

        Raises `ValueError` with every fault in the file.
        """
    @staticmethod
    def from_dict(tables: Mapping[str, Any], folder: _Path = ..., set: str | Sequence[str] = ...) -> Case:
        """Checks a case given as a dictionary of the tables of its file.

        Paths in it count from `folder`. Raises `ValueError` with every fault.
        """
    def with_(self, *settings: str, **values: Any) -> Case:
        """The same case with values set, by dotted path; as `Scenario.with_`."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def path(self) -> Path | None:
        """The file it was read from; None of a dictionary."""
    @property
    def overrides(self) -> list[str]:
        """Settings on top of the file, as `path=value`."""
    @property
    def loads(self) -> list[str]:
        """Names of its loads."""
    @property
    def n_steps(self) -> int:
        """Number of its steps."""
    @property
    def warnings(self) -> list[str]:
        """What a reader should know before trusting a number."""
    @property
    def resolved(self) -> str:
        """The case with every default filled in, as TOML."""
    def to_dict(self) -> dict[str, Any]:
        """The case with every default filled in, as a dictionary."""

@final
class Openings:
    """What is known at the opening of a month on several paths at once.

    Each name that a rule in a scenario may use, such as `offer_rent_usd_per_kw_month`, is an attribute: a NumPy array with a value for each
    path, NaN where it has none yet. `len()` is the number of paths.
    """

    @staticmethod
    def names() -> list[str]:
        """The names that it has."""
    def __getattr__(self, name: str, /) -> _Numbers: ...
    def __getitem__(self, name: str, /) -> _Numbers: ...
    def __len__(self) -> int: ...
    def __dir__(self) -> list[str]: ...

@final
class Policy:
    """A policy that a function decides.

    Once a month the function is given the `Openings` of up to 64 paths on which a hall could be started, and returns how many halls to start
    on each: a NumPy array or a list, or one number for all. Numbers are rounded down and held within what can be started. It must depend on
    what it is given alone: the order in which paths come is not fixed.

    `form` is `"hosting"` or `"own-gpus"`; after `max_gross_mw` it stops.
    """

    def __new__(
        cls,
        function: _Halls,
        *,
        form: Literal["hosting", "own-gpus"] = "hosting",
        max_gross_mw: float | None = None,
        description: str | None = None,
    ) -> Policy: ...
    @property
    def function(self) -> _Halls:
        """The function."""
    @property
    def form(self) -> str:
        """What it starts: `hosting` or `own-gpus`."""
    @property
    def max_gross_mw(self) -> float | None:
        """Gross MW after which it stops; None for no limit."""
    @property
    def description(self) -> str | None:
        """One line on what it is; None where the function says it."""

@final
class Run:
    """What a run found: tables, warnings and the folder that the command line would write."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
    @property
    def tables(self) -> list[str]:
        """Names of its tables; `run["summary"]` is one."""
    def table(self, name: str) -> Table:
        """A table by its name, which is that of the CSV file of the command line."""
    def __getitem__(self, name: str, /) -> Table: ...
    @property
    def summary(self) -> Table:
        """One row for each policy: value with its error, quantiles, capex, rates of return."""
    @property
    def best(self) -> str:
        """The policy of the highest mean NPV."""
    @property
    def npv_usd(self) -> dict[str, float]:
        """Mean NPV of each policy, USD."""
    @property
    def bound(self) -> dict[str, Any] | None:
        """The two-sided bound on the best possible value over all-mining within the planning model, USD; None where no policy asks for it.

        `lower`, `upper` and `gap` with their standard errors, `gap_limit` (the gap is at most this with 95 % confidence), the policy behind the
        lower side and the number of paths.
        """
    @property
    def n_paths(self) -> int:
        """Number of paths simulated."""
    @property
    def warnings(self) -> list[str]:
        """What a reader should know before trusting a number."""
    @property
    def timings_seconds(self) -> dict[str, float]:
        """Wall seconds of each stage."""
    def text(self) -> str:
        """The comparison as the command line prints it."""
    def write(self, out: _Path, *, force: bool = False, progress: _Progress = None) -> list[str]:
        """Writes the folder that `wattshift run` writes: tables, charts, the page and the workbook; returns the names of the files.

        `force` overwrites a folder that holds something else. Raises `ValueError` for a folder that may not be replaced.
        """
    def _repr_html_(self) -> str: ...

@final
class Dispatch:
    """The optimal dispatch of a case: its value, the bound that certifies it, and tables by step, load and budget."""

    @property
    def name(self) -> str:
        """Name of the case."""
    @property
    def value_usd(self) -> float:
        """Worth of the dispatch over the horizon, USD."""
    @property
    def bound_usd(self) -> float:
        """What no dispatch can exceed, USD; recomputed from megawatts and multipliers."""
    @property
    def relative_gap(self) -> float:
        """Bound less value, over the bound without the fixed-price block or a ten-thousandth of the revenue of all loads running always,
        whichever is larger.
        """
    @property
    def solve_seconds(self) -> float:
        """Seconds of the solvers."""
    @property
    def tables(self) -> list[str]:
        """Names of its tables; `found["dispatch"]` is one."""
    def table(self, name: str) -> Table:
        """A table by its name, which is that of the CSV file of the command line."""
    def __getitem__(self, name: str, /) -> Table: ...
    @property
    def summary(self) -> dict[str, float | str]:
        """The table `summary` as a dictionary from metric to value."""
    @property
    def warnings(self) -> list[str]:
        """What a reader should know before trusting a number."""
    def text(self) -> str:
        """What the command line prints."""

@final
class Results:
    """A folder of results, written by the command line or by this package; its tables are read when they are asked for."""

    @staticmethod
    def open(path: _Path) -> Results:
        """Opens a folder of results. Raises `ValueError` if it holds none."""
    @property
    def path(self) -> Path:
        """Where it is."""
    @property
    def name(self) -> str:
        """Name of the scenario or the sweep."""
    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest: how the folder came about."""
    @property
    def tables(self) -> list[str]:
        """Names of its tables; `results["points"]` is one."""
    def table(self, name: str) -> Table:
        """A table by its name."""
    def __getitem__(self, name: str, /) -> Table: ...
    @property
    def warnings(self) -> list[str]:
        """What a reader should know before trusting a number, failed and missing points of a sweep among it."""
    @property
    def files(self) -> list[Path]:
        """All files of the folder."""

@final
class Sweep:
    """A checked sweep: its points, and how each becomes a scenario."""

    @staticmethod
    def load(
        path: _Path, set: str | Sequence[str] = ..., *, paths: int | None = None, seed: int | None = None
    ) -> Sweep:
        """Reads and checks a sweep file; `set` holds settings on its base, as `"path=value"`, `paths` and `seed` stand over them.

        Raises `ValueError` with every fault in the file.
        """
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def description(self) -> str:
        """One line on what it is."""
    @property
    def path(self) -> Path:
        """The file it was read from."""
    @property
    def settings(self) -> list[str]:
        """Settings on its base, as `path=value`."""
    @property
    def inputs(self) -> list[Path]:
        """Every file that it reads, the sweep file first."""
    @property
    def policies(self) -> list[str]:
        """Names of its policies, all-mining first."""
    @property
    def parameters(self) -> list[str]:
        """Names of its parameters, in order."""
    @property
    def n_points(self) -> int:
        """Number of its points."""
    @property
    def identity(self) -> str:
        """By which it is known: the SHA-256 of all that its results follow from."""
    @property
    def warnings(self) -> list[str]:
        """What a reader should know before trusting a number."""
    def points(self) -> Table:
        """Its points: a row each, a column for each parameter."""
    def begin(self, out: _Path) -> None:
        """Makes `out` the folder of this sweep, or sees that it is. Raises `ValueError` if it holds something else."""
    def run_shard(
        self,
        k: int,
        n: int,
        out: _Path,
        *,
        threads: int = 0,
        retry_failed: bool = False,
        progress: _Progress = None,
    ) -> dict[str, int]:
        """Does the points of shard `k` of `n` that are not done yet, and keeps each in the folder `out` as it finishes.

        Any process may do any shard; what is done stays done, whatever happens to the process. `retry_failed` does points again that
        failed. Returns the numbers of points done now, done before, and failed. Raises `ValueError` if `out` holds something else.
        """
    def run(
        self, out: _Path, *, threads: int = 0, retry_failed: bool = False, progress: _Progress = None
    ) -> Results:
        """Does all points that are not done yet and writes tables and charts, as `wattshift sweep run`; returns the results."""
    def __len__(self) -> int: ...

@final
class Store:
    """Files by name in a local folder (a path, or `file:///…`) or in an S3-compatible store (`s3://bucket/folder`).

    `options` and, below them, the environment say how the store is reached, by the names of the crate `object_store`: `aws_endpoint`,
    `aws_access_key_id`, `aws_secret_access_key`, `aws_region`, `aws_allow_http`, `timeout` (of a request, 120 s) and so on; `retry_timeout`
    (60 s) is how long failing requests are tried again. A local folder is made if it is missing, and takes no options.
    """

    def __new__(cls, url: _Path, options: Mapping[str, object] | None = None) -> Store: ...
    @property
    def url(self) -> str:
        """The URL or path as it was given."""
    @property
    def path(self) -> Path | None:
        """The local folder; `None` for a store on the network."""
    def get(self, name: str) -> bytes | None:
        """The bytes of a file; `None` if there is no such file."""
    def put(self, name: str, data: bytes) -> None:
        """Puts a file whole or not at all, in place of what has its name."""
    def list(self, prefix: str = "") -> list[tuple[str, int]]:
        """Names and sizes in bytes of the files in the folder `prefix` and those below it, sorted; `""` is all of them."""
    def delete(self, name: str) -> None:
        """Takes a file away; it is no error if it is not there."""

@final
class Fit:
    """A calibration: parameters fitted to history, with what they were fitted to."""

    @property
    def toml(self) -> str:
        """The calibration as the text of its file."""
    @property
    def notes(self) -> str:
        """What was found in the files: their layout, gaps, days left out."""
    def to_dict(self) -> dict[str, Any]:
        """Its parameters, as a dictionary."""
    def text(self) -> str:
        """What the command line prints of it."""
    def write(self, path: _Path, *, force: bool = False) -> None:
        """Writes the calibration to a file ending in `.toml`, and a chart of model and history beside it; `force` overwrites."""

@final
class Backtest:
    """Forecasts from rolling origins, and how they fared."""

    @property
    def scores(self) -> Table:
        """Coverage, PIT and CRPS of model and random walk, a row for each factor and horizon."""
    @property
    def forecasts(self) -> Table:
        """Every forecast beside what came."""
    def text(self) -> str:
        """The scores as the command line prints them."""
    def write(self, out: _Path, *, force: bool = False) -> None:
        """Writes `scores.csv`, `forecasts.csv` and the chart of both into a folder; `force` overwrites."""

def _end() -> None:
    """Stops all work that other threads of Python have begun, and waits for it a little: the interpreter is about to end."""
def run(
    scenario: Scenario | _Path,
    *,
    paths: int | None = None,
    seed: int | None = None,
    lens: Literal["outcomes", "value"] | None = None,
    threads: int = 0,
    policies: Mapping[str, _Halls | Policy] | None = None,
    progress: _Progress = None,
) -> Run:
    """Compares the policies of a scenario on common random paths.

    `scenario` is a `Scenario` or the path of a file. `paths`, `seed` and `lens` stand over its own; `threads=0` takes one per core, and results
    do not depend on it. `policies` adds policies written in Python: a dictionary from names to functions or `Policy` objects.
    `progress` is None for a bar where somebody looks, True for a bar always, False for silence, or a function of stage, done and all.

    Same seed, same bits as `wattshift run`. Ctrl-C stops it. Raises `ValueError` with the messages of the command line.
    """
def optimize(
    scenario: Scenario | _Path,
    *,
    paths: int | None = None,
    seed: int | None = None,
    lens: Literal["outcomes", "value"] | None = None,
    threads: int = 0,
    progress: _Progress = None,
) -> Run:
    """Computes the best plan of a scenario and bounds the best possible value from both sides.

    The plan is the scenario's first policy of kind `dp`, and it runs against all-mining alone; `Run.bound` has the bound, the table `trigger_map`
    when to convert. Arguments are those of `run`. Raises `ValueError` where the scenario has no policy of kind `dp`.
    """
def dispatch(
    case: Case | _Path,
    *,
    out: _Path | None = None,
    force: bool = False,
    progress: _Progress = None,
) -> Dispatch:
    """Dispatches a case, and writes the folder that `wattshift dispatch` writes where `out` names one.

    `case` is a `Case` or the path of a file; `force` overwrites a folder that holds something else. Same bits as the command line. Raises
    `ValueError` for a case that cannot be run or whose budgets cannot be met. It cannot be stopped half-way: Ctrl-C counts once it has ended.
    """
def merge_sweep(
    folders: _Path | Sequence[_Path], out: _Path | None = None, *, partial: bool = False, force: bool = False
) -> Results:
    """Makes tables and charts of the finished points of a sweep, as `wattshift sweep merge`.

    `folders` are folders of the same sweep; `out` is their only one unless stated. `partial` goes on without points that are not done.
    """
def sweep_status(folder: _Path) -> dict[str, Any]:
    """How far a sweep is, as `wattshift sweep status --json` prints it."""
def missing_points(folder: _Path) -> list[int]:
    """Points of a sweep's folder that are not done, in order."""
def calibrate_power(
    files: Sequence[_Path],
    point: str,
    *,
    point_type: str | None = None,
    market: Literal["real-time", "day-ahead"] | None = None,
    from_month: str | None = None,
    to_month: str | None = None,
    drop: Iterable[tuple[str, str]] = ...,
    allow_gaps: bool = False,
    name: str | None = None,
    date: str | None = None,
    progress: _Progress = None,
) -> Fit:
    """Fits the hourly price of a settlement point to files in the grid operator's layouts.

    `from_month` and `to_month` are `"YYYY-MM"`, `drop` holds pairs of days left out, `market` is `"real-time"` or `"day-ahead"` where a
    file mixes them, `allow_gaps` fits around missing prices, `name` names the point where `point` is a column, and `date` is the day of the fit
    (today unless stated).
    """
def calibrate_reserves(
    files: Sequence[_Path],
    power: Sequence[_Path],
    point: str,
    *,
    point_type: str | None = None,
    seed: int = 1,
    date: str | None = None,
    progress: _Progress = None,
) -> Fit:
    """Fits the hourly prices of the reserve products, tied to the power price of a settlement point."""
def calibrate_bitcoin(file: _Path, *, date: str | None = None, progress: _Progress = None) -> Fit:
    """Fits volatility, fees and the response of the network to a daily record of at least eight years."""
def calibrate_gpu(file: _Path | None = None, *, date: str | None = None) -> Fit:
    """Fits the price of a GPU-hour to a file of marks, or to those shipped with the package."""
def calibrate_lease(file: _Path | None = None, *, date: str | None = None) -> Fit:
    """Fits level and spread of lease rents to a file of announced deals, or to those shipped with the package."""
def backtest_markets(
    *,
    bitcoin: _Path | None = None,
    power: Sequence[_Path] = ...,
    point: str | None = None,
    point_type: str | None = None,
    drop: Iterable[tuple[str, str]] = ...,
    from_month: str | None = None,
    to_month: str | None = None,
    paths: int = 2_000,
    seed: int = 1,
    threads: int = 0,
    progress: _Progress = None,
) -> Backtest:
    """Scores forecasts of Bitcoin, difficulty, hashprice and monthly power from rolling origins against random walks.

    `bitcoin` is a daily record, `power` files of prices at `point`; `from_month` and `to_month` are `"YYYY-MM"`, `drop` holds pairs of days
    left out. Same bits as the command line.
    """
def backtest_production(
    miners: _Path, bitcoin: _Path, *, missing_fees_btc_per_block: float = 0.05
) -> Table:
    """Compares reported production of miners with what their hashrate should have found, a row for each reported month.

    `miners` is a CSV of reported months, `bitcoin` a daily record; `missing_fees_btc_per_block` stands in for days without fees.
    """
