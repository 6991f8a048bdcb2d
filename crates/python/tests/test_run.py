"""Runs: the same bits as the command line, as tables and as a folder."""

import csv
import math

import pytest
from conftest import BRIEF, SCENARIOS, TEXAS, brief, same_files, tables_in

import wattshift as ws

FINANCED = "data/scenarios/texas-campus-financed.toml"
# The same for the financed campus, whose policies are others.
BRIEF_OF = {TEXAS: BRIEF, FINANCED: ["scenario.end_month=2028-12", "run.tuning_paths=64"]}


@pytest.mark.parametrize("file", [TEXAS, FINANCED])
def test_a_run_writes_what_the_command_line_writes(command, tmp_path, file):
    settings = [part for setting in BRIEF_OF[file] for part in ("--set", setting)]
    command("run", file, "--paths", 96, "--seed", 7, *settings, "-o", tmp_path / "cli", "--quiet")
    run = ws.run(ws.Scenario.load(file, BRIEF_OF[file]), paths=96, seed=7, threads=2)
    files = run.write(tmp_path / "python")
    written = {path.relative_to(tmp_path / "cli").as_posix() for path in (tmp_path / "cli").rglob("*") if path.is_file()}
    assert set(files) == written
    # Pages, workbooks and manifests tell how long it took.
    timed = {"manifest.json", "report.html", "report.xlsx"}
    same_files(tmp_path / "cli", tmp_path / "python", written - timed)


def test_tables_hold_the_numbers_of_the_csv_to_the_last_bit(tmp_path):
    run = ws.run(brief(), paths=64)
    run.write(tmp_path / "out")
    assert sorted(f"{name}.csv" for name in run.tables) == tables_in(tmp_path / "out")
    for name in run.tables:
        table = run[name]
        with open(tmp_path / "out" / f"{name}.csv", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == table.column_names and len(rows) - 1 == len(table), name
        for n, column in enumerate(table.column_names):
            for cell, value in zip((row[n] for row in rows[1:]), table[column], strict=True):
                if isinstance(value, str | None):
                    assert cell == (value or ""), (name, column)
                elif isinstance(value, bool):
                    assert cell == str(value).lower(), (name, column)
                elif cell == "":
                    assert math.isnan(value), (name, column)
                else:
                    assert float(cell) == value, (name, column)


def test_threads_do_not_show():
    one, two = (ws.run(brief(), paths=130, threads=threads) for threads in (1, 2))
    for name in one.tables:
        assert repr(one[name].to_dict()) == repr(two[name].to_dict()), name


def test_seed_and_paths_stand_over_the_scenario():
    scenario = brief()
    run = ws.run(scenario, paths=64, seed=3)
    assert run.n_paths == 64 and run.scenario.overrides == [*BRIEF, "run.paths=64", "run.seed=3"]
    assert run.npv_usd != ws.run(scenario, paths=64, seed=4).npv_usd
    assert run.best in run.npv_usd and max(run.npv_usd, key=run.npv_usd.get) == run.best
    assert "all-mining" in run.text()


def test_the_plan_is_bounded_from_both_sides():
    run = ws.optimize(brief(), paths=64)
    bound = run.bound
    assert bound["lower_usd"] <= bound["upper_usd"] + 1e-6 * abs(bound["upper_usd"])
    assert bound["gap_limit_usd"] >= bound["gap_usd"] and bound["n_paths"] > 0
    assert list(run.npv_usd) == ["all-mining", "dp"]
    assert len(run["trigger_map"]) > 0 and len(run["bounds"]) > 0
    # The plan does what it does among others, and the scenario of the run is the one that was run.
    assert run.npv_usd["dp"] == ws.run(brief(), paths=64).npv_usd["dp"]
    assert run.scenario.policies == ["all-mining", "dp"]
    assert ws.run(run.scenario).npv_usd == run.npv_usd


def test_a_scenario_without_a_plan_is_not_optimised():
    tables = brief().to_dict()
    tables["policies"] = [{"kind": "all-mining"}]
    with pytest.raises(ValueError, match="no policy of kind dp"):
        ws.optimize(ws.Scenario.from_dict(tables, SCENARIOS), paths=64)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="mine.txt"):
        ws.run(brief(), paths=64).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_progress_is_told_and_what_it_raises_ends_the_run():
    told = []
    ws.run(brief(), paths=256, progress=lambda *told_now: told.append(told_now))
    assert told[-1] == ("", 0, 0) and any(stage for stage, _, _ in told)

    def broken(stage, done, total):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        ws.run(brief(), paths=5_000, progress=broken)


def test_a_table_that_is_not_there_is_told():
    run = ws.run(brief(), paths=64)
    with pytest.raises(KeyError, match="no table nothing; there are summary"):
        run["nothing"]
    with pytest.raises(KeyError, match="no column nothing"):
        run["summary"]["nothing"]


def test_arguments_are_checked():
    with pytest.raises(ValueError, match="run.seed"):
        ws.run(brief(), seed=-1)
    with pytest.raises(ValueError, match="threads is -1; allowed are 0 to 256"):
        ws.run(brief(), threads=-1)
    with pytest.raises(TypeError, match="a int came; wanted is a wattshift.Scenario or the path of a file"):
        ws.run(3)


def test_a_folder_says_what_it_does_not_hold(command, tmp_path):
    of_dict = ws.Scenario.from_dict(brief().to_dict(), SCENARIOS)
    run = ws.run(of_dict, paths=64, policies={"own": lambda openings: 0})
    run.write(tmp_path / "out")
    assert ws.Results.open(tmp_path / "out").manifest["guests"] == ["own"]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "The command leaves out own: functions of the program" in page and "not from a file" in page
    told = command("explain", tmp_path / "out", "--policy", "own", "--path", 0, "--month", "2026-06", fails=True)
    assert "policy own was a function of the program" in told
