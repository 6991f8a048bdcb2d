"""Sweeps: points, shards and tables of the command line."""

import pickle
from pathlib import Path

import pytest
from conftest import same_files, tables_in

import wattshift as ws

SMALL = "crates/python/tests/small-sweep.toml"
SETTINGS = ["run.seed=5"]


def small():
    return ws.Sweep.load(SMALL, SETTINGS, paths=24)


def test_a_sweep_writes_what_the_command_line_writes(command, tmp_path):
    settings = ["--set", SETTINGS[0], "--paths", 24]
    command("sweep", "run", SMALL, *settings, "-o", tmp_path / "cli", "--quiet")
    sweep = small()
    results = sweep.run(tmp_path / "python", threads=2)
    assert tables_in(tmp_path / "cli") == tables_in(tmp_path / "python")
    same_files(tmp_path / "cli", tmp_path / "python", [*tables_in(tmp_path / "cli"), "sweep.json"])
    assert len(results["points"]) == len(sweep) * len(sweep.policies)
    assert results.name == sweep.name and results.path == tmp_path / "python"


def test_shards_by_anyone_make_the_same_tables(tmp_path):
    sweep = small()
    whole = sweep.run(tmp_path / "whole", threads=2)
    for k in (2, 1, 3):
        done = sweep.run_shard(k, 3, tmp_path / f"shard-{k}", threads=1)
        assert done["n_done_now"] == len(range(k - 1, len(sweep), 3)) and done["n_done_before"] == 0
    again = sweep.run_shard(2, 3, tmp_path / "shard-2")
    assert again["n_done_now"] == 0 and again["n_done_before"] > 0
    folders = [tmp_path / f"shard-{k}" for k in (1, 2, 3)]
    with pytest.raises(ValueError, match="points are not done, the first of them"):
        ws.merge_sweep(folders[:2], tmp_path / "merged")
    assert len(ws.missing_points(folders[0])) == len(sweep) - len(range(0, len(sweep), 3))
    merged = ws.merge_sweep(folders, tmp_path / "merged")
    same_files(tmp_path / "whole", tmp_path / "merged", tables_in(tmp_path / "whole"))
    assert merged["best"]["best"] == whole["best"]["best"]
    assert ws.sweep_status(folders[1])["done"] == len(range(1, len(sweep), 3))


def test_points_are_typed():
    points = small().points()
    assert points.column_names == ["point", "rent_usd_per_kw_month", "share"]
    assert points["point"].dtype == "int64" and points["share"].dtype == "float64"
    assert len(points) == len(small()) == 12


def test_every_file_that_it_reads_is_named():
    inputs = [str(path) for path in small().inputs]
    assert inputs[0] == SMALL
    assert any(path.endswith("texas-campus.toml") for path in inputs)


def test_another_process_has_the_same_sweep():
    sweep = small()
    again = pickle.loads(pickle.dumps(sweep))
    assert again.identity == sweep.identity


def test_what_is_wrong_is_told(tmp_path):
    sweep = small()
    with pytest.raises(ValueError, match="the shards of 3 are 1/3 to 3/3"):
        sweep.run_shard(4, 3, tmp_path / "out")
    with pytest.raises(ValueError, match="no results here"):
        ws.Results.open(tmp_path)
    with pytest.raises(ValueError, match="no-such"):
        ws.Sweep.load("no-such.toml")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="mine.txt"):
        sweep.run_shard(1, 1, tmp_path / "other")


def test_failed_points_are_told(tmp_path):
    text = Path(SMALL).read_text().replace("0.75]", "7.5]").replace("../../../data", str(Path("data").resolve()))
    (tmp_path / "failing.toml").write_text(text)
    with pytest.warns(UserWarning, match="4 points failed, see failed.csv"):
        results = ws.Sweep.load(tmp_path / "failing.toml").run(tmp_path / "out")
    assert results.warnings == ["4 points failed, see failed.csv"] and len(results["failed"]) == 4


def test_tables_that_were_changed_are_not_read(tmp_path):
    results = small().run(tmp_path / "out")
    file = tmp_path / "out" / "points.csv"
    file.write_text(file.read_text().replace("all-mining", "all-minimg", 1))
    with pytest.raises(ValueError, match="points.csv: is not what manifest.json says"):
        results["points"]
    (tmp_path / "out" / "best.csv").unlink()
    with pytest.raises(OSError, match="best.csv"):
        results["best"]
