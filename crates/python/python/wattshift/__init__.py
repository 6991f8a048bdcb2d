"""Decides how a Bitcoin-mining campus moves its megawatts to AI.

The engine of the command line `wattshift`, in Python: the same scenarios, seeds and bits.

    import wattshift as ws

    scenario = ws.Scenario.load("data/scenarios/texas-campus.toml")
    run = ws.run(scenario, paths=1000)
    run.summary.to_pandas()

Results arrive as Arrow tables, which pandas, Polars, DuckDB and PyArrow take as they are.
"""

import atexit as _atexit

from . import backtest, calibrate
from ._wattshift import (
    _end,
    Backtest,
    Case,
    Dispatch,
    Fit,
    Openings,
    Policy,
    Results,
    Run,
    Scenario,
    Store,
    Sweep,
    Table,
    __version__,
    dispatch,
    merge_sweep,
    missing_points,
    optimize,
    run,
    sweep_status,
)

# Work that a thread has begun ends before the interpreter does.
_atexit.register(_end)

__all__ = [
    "Backtest",
    "Case",
    "Dispatch",
    "Fit",
    "Openings",
    "Policy",
    "Results",
    "Run",
    "Scenario",
    "Store",
    "Sweep",
    "Table",
    "__version__",
    "backtest",
    "calibrate",
    "dispatch",
    "merge_sweep",
    "missing_points",
    "optimize",
    "run",
    "sweep_status",
]
