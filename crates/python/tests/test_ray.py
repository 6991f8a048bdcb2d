"""Sweeps on Ray: the same bytes as on this machine, whatever was begun, stopped or lost before."""

import contextlib
import os
import pathlib
import subprocess
import sys

import pytest

import faulty
import wattshift as ws

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
ray = pytest.importorskip("ray")
import wattshift.ray  # noqa: E402
from wattshift._bundle import Bundle  # noqa: E402

SCENARIO = pathlib.Path(__file__).resolve().parents[3] / "data/scenarios/texas-campus.toml"

SWEEP = """
[sweep]
name = "small"
description = "Points that are quick, and some that fail"
base = "{base}"
policies = ["all-mining", "constant-share"]
set = ["run.paths=8"]
design = "grid"

[[parameters]]
path = "hosting.rate.start_usd_per_kw_month"
values = [100.0, 120.0, 134.5, 160.0]

[[parameters]]
path = "conversion.lead_months"   # 3 is shorter than the mining that it loses: such points fail
values = [3, 12, 18]
"""


@pytest.fixture(scope="module")
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, _node_ip_address="127.0.0.1", object_store_memory=100 << 20, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A sweep file in the current folder, whose base lies above it."""
    monkeypatch.chdir(tmp_path)
    base = os.path.relpath(SCENARIO, tmp_path)
    (tmp_path / "small.toml").write_text(SWEEP.format(base=base))
    return "small.toml"


@pytest.fixture
def local(file):
    """The results of this machine."""
    return ws.Sweep.load(file).run("local", progress=False)


def tables(folder):
    """Every file that is a function of the sweep alone."""
    folder = pathlib.Path(folder)
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    own = [name for name in files if name != "manifest.json" and not name.startswith("journal/")]
    return {name: (folder / name).read_bytes() for name in own}


def n_records(folder):
    journals = pathlib.Path(folder, "journal").iterdir()
    return sum(path.read_bytes().count(b"\n") - 1 for path in journals)


def test_a_sweep_on_ray_is_that_of_this_machine(cluster, file, local):
    told = []
    results = ws.ray.sweep(file, out="remote", progress=lambda *now: told.append(now))
    assert tables("remote") == tables("local")
    assert results["points"].num_rows == local["points"].num_rows
    assert "failed" in results.tables
    assert n_records("remote") == 12
    assert not list(pathlib.Path("remote/journal").glob("*.part"))
    assert ("points", 12, 12) in told and told[-1] == ("", 0, 0)
    # All is done: again is nothing but the merge, also with the name in full.
    ws.ray.sweep(pathlib.Path(file).absolute(), out="remote", progress=False)
    assert tables("remote") == tables("local") and n_records("remote") == 12


def cut_journal(source, target, n_points, torn=b""):
    lines = pathlib.Path(source).read_bytes().splitlines(keepends=True)
    target = pathlib.Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"".join(lines[: 1 + n_points]) + torn)
    return target.read_bytes()


def test_what_the_command_line_began_goes_on(cluster, file, local):
    pathlib.Path("begun").mkdir()
    pathlib.Path("begun/sweep.json").write_bytes(pathlib.Path("local/sweep.json").read_bytes())
    kept = cut_journal("local/journal/shard-1-of-1.jsonl", "begun/journal/shard-1-of-1.jsonl", 5, torn=b"0123")
    ws.ray.sweep(file, out="begun", progress=False, shards=3)
    assert tables("begun") == tables("local")
    assert pathlib.Path("begun/journal/shard-1-of-1.jsonl").read_bytes() == kept
    assert n_records("begun") == 12
    assert ws.missing_points("begun") == []


def test_a_checkpoint_is_gone_on_with(cluster, file, local):
    ws.Sweep.load(file).run_shard(1, 2, "whole", progress=False)
    store = ws.Store("begun")
    store.put("sweep.json", pathlib.Path("whole/sweep.json").read_bytes())
    kept = cut_journal("whole/journal/shard-1-of-2.jsonl", "begun/journal/shard-1-of-2.part", 3)
    # What a process leaves that is killed while it puts a file into a folder.
    pathlib.Path("begun/journal/shard-2-of-2.part#1").write_bytes(b"half")
    ws.ray.sweep(file, out="begun", progress=False)
    assert pathlib.Path("begun/journal/shard-1-of-2.jsonl").read_bytes().startswith(kept)
    assert sorted(os.listdir("begun/journal")) == ["shard-1-of-2.jsonl", "shard-2-of-2.jsonl"]
    assert tables("begun") == tables("local") and n_records("begun") == 12


def test_a_stopped_sweep_goes_on_in_a_store_behind_a_bad_network(cluster, file, local, tmp_path):
    class Stop(Exception):
        pass

    def stop(stage, done, total):
        raise Stop

    with faulty.s3() as port, contextlib.closing(faulty.Proxy(port)) as proxy:
        faulty.create_bucket(port, "bucket")
        proxy.SLOW_S = 4.0
        proxy.faults = {kind: [503, "cut", "lost", 500, "slow", "cut"] for kind in ("GET", "PUT", "LIST", "POST")}
        to = {"out": "s3://bucket/a/small", "storage_options": faulty.options(proxy.port, timeout="2s")}
        with pytest.raises(Stop):
            ws.ray.sweep(file, progress=stop, checkpoint_s=0.2, **to)
        results = ws.ray.sweep(file, progress=False, local_copy="copy", **to)
        assert not any(proxy.faults.values())
        assert tables("copy") == tables("local") and n_records("copy") == 12
        assert pathlib.Path(results.path) == tmp_path / "copy"
        store = ws.Store(to["out"], faulty.options(port))
        there = {name: store.get(name) for name, _ in store.list()}
        files = [path for path in pathlib.Path("copy").rglob("*") if path.is_file()]
        assert there == {path.relative_to("copy").as_posix(): path.read_bytes() for path in files}
        with pytest.raises(ValueError, match="s3://bucket/a/small` holds another sweep: .*seed"):
            ws.ray.sweep(file, seed=7, progress=False, **to)
        with pytest.raises(ValueError, match="is not empty and holds no sweep"):
            ws.ray.sweep(file, progress=False, **{**to, "out": "s3://bucket/a"})


def test_what_the_command_line_refuses_is_refused(cluster, file, local):
    with pytest.raises(ValueError, match="holds another sweep"):
        ws.ray.sweep(file, out="local", set=["run.paths=9"])
    with pytest.raises(ValueError, match="is not empty and holds no sweep"):
        ws.ray.sweep(file, out=".")
    for name, value in [("shards", 0), ("shards", 10_001), ("threads", 0), ("retries", -1), ("checkpoint_s", 0)]:
        with pytest.raises(ValueError, match=f"{name} is {value}; allowed"):
            ws.ray.sweep(file, out="new", **{name: value})
    with pytest.raises(ValueError, match="call ray.shutdown"):
        ws.ray.sweep(file, address="127.0.0.1:1", out="new", progress=False)


def test_files_of_a_bundle_stay_below_their_root(tmp_path):
    def bundle(name):
        return Bundle(file="x.toml", settings=[], identity="", version=ws.__version__, folder="a/b", files={name: b"1"})

    with pytest.raises(ValueError, match="above the root"), bundle("../../../x").unpacked(tmp_path / "one"):
        pass
    assert not (tmp_path / "x").exists()
    with pytest.raises(ValueError, match="cannot be read"), bundle("c/../../d").unpacked(tmp_path / "two"):
        pass
    assert (tmp_path / "two/a/d").read_bytes() == b"1"


def test_without_ray_the_message_says_what_to_install():
    code = "import sys; sys.modules['ray'] = None; import wattshift.ray"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "ImportError: wattshift.ray needs Ray; install it from a clone with: pip install './crates/python[ray]'" in run.stderr
