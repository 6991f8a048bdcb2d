"""What tests share: the shipped scenarios, and the command line that results are held against."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = ROOT / "data" / "scenarios"


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    """Paths in messages and manifests are as given: from the root, as a user of the command line gives them."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def wattshift_binary():
    named = os.environ.get("WATTSHIFT")
    binary = Path(named) if named else ROOT / "target" / "release" / "wattshift"
    if not binary.exists():
        if named:
            pytest.fail(f"WATTSHIFT names {binary}, which is not there")
        pytest.skip("no command line to hold results against: cargo build --release, or name one in WATTSHIFT")
    return binary


@pytest.fixture(scope="session")
def command(wattshift_binary):
    """Runs the command line at the root and returns what it printed; `fails` expects it to."""

    def run(*arguments, fails=False):
        done = subprocess.run(
            [wattshift_binary, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=600
        )
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else done.stdout

    return run


def same_files(one, other, names):
    """Holds files of two folders against each other, byte for byte."""
    for name in names:
        assert (Path(one) / name).read_bytes() == (Path(other) / name).read_bytes(), name


def tables_in(folder):
    return sorted(path.name for path in Path(folder).glob("*.csv"))


TEXAS = "data/scenarios/texas-campus.toml"
# Quick enough for tests: two years, and no more paths behind tuning and bounds than must be.
BRIEF = [
    "scenario.end_month=2027-12",
    "run.tuning_paths=64",
    "policies[dp].bound_paths=64",
    "policies[dp].race_bound_paths=64",
    "policies[dp].map_months=['2027-01']",
]


def brief():
    """The shipped scenario, made brief."""
    import wattshift

    return wattshift.Scenario.load(ROOT / TEXAS, BRIEF)
