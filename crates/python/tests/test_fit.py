"""Fits and backtests: the same as the command line's, on the marks that come with the package and on history where it is there."""

from pathlib import Path

import pytest
from conftest import ROOT

import wattshift as ws

HISTORY = ROOT.parent / "shared" / "data"
needs_history = pytest.mark.skipif(not HISTORY.exists(), reason="no history beside the project")


@pytest.mark.parametrize("kind", ["gpu", "lease"])
def test_marks_give_what_the_command_line_writes(command, tmp_path, kind):
    command("calibrate", kind, "-o", tmp_path / "cli.toml", "--date", "2026-01-02")
    fit = getattr(ws.calibrate, kind)(date="2026-01-02")
    fit.write(tmp_path / "python.toml")
    assert (tmp_path / "python.toml").read_bytes() == (tmp_path / "cli.toml").read_bytes()
    assert (tmp_path / "python.png").read_bytes() == (tmp_path / "cli.png").read_bytes()
    assert fit.to_dict() and fit.text()
    with pytest.raises(ValueError, match="already there"):
        fit.write(tmp_path / "python.toml")
    with pytest.raises(ValueError, match="does not end in .toml"):
        fit.write(tmp_path / "python.txt")


def bitcoin_file():
    found = sorted(path for path in HISTORY.rglob("*") if "btc" in path.name.lower() and ".csv" in path.name)
    return next((path for path in found if "daily" in path.name), None)


@needs_history
def test_bitcoin_gives_what_the_command_line_writes(command, tmp_path):
    file = bitcoin_file()
    command("calibrate", "bitcoin", file, "-o", tmp_path / "cli.toml", "--date", "2026-01-02")
    fit = ws.calibrate.bitcoin(file, date="2026-01-02")
    assert fit.toml.encode() == (tmp_path / "cli.toml").read_bytes()


@needs_history
def test_forecasts_are_those_of_the_command_line(command, tmp_path):
    file = bitcoin_file()
    period = ["--from", "2024-01", "--to", "2024-03"]
    command("backtest", "markets", "--bitcoin", file, *period, "--paths", 200, "-o", tmp_path / "cli", "--quiet")
    found = ws.backtest.markets(bitcoin=file, from_month="2024-01", to_month="2024-03", paths=200)
    found.write(tmp_path / "python")
    for name in ("scores.csv", "forecasts.csv", "backtest.png"):
        assert (tmp_path / "python" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes(), name
    assert "crps_log" in found.scores.column_names and len(found.forecasts) > 0


def test_what_is_wrong_is_told(tmp_path):
    with pytest.raises(ValueError, match="date is `soon`"):
        ws.calibrate.gpu(date="soon")
    with pytest.raises(ValueError, match="cannot read the file"):
        ws.calibrate.bitcoin(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="market is `spot`"):
        ws.calibrate.power(["a.csv"], "HB_WEST", market="spot")
    with pytest.raises(ValueError, match="the earlier day comes first"):
        ws.calibrate.power(["a.csv"], "HB_WEST", drop=[("2024-03-16", "2024-03-10")])
    with pytest.raises(ValueError, match="name files with bitcoin or power"):
        ws.backtest.markets()
    with pytest.raises(ValueError, match="paths is 3"):
        ws.backtest.markets(bitcoin=Path("a.csv"), paths=3)
    with pytest.raises(ValueError, match="allowed is 0 to 50 BTC"):
        ws.backtest.production("a.csv", "b.csv", missing_fees_btc_per_block=99.0)
