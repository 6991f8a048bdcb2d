"""Ctrl-C stops long work soon, and keeps what a sweep has done."""

import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT, brief

import wattshift as ws

SMALL = "crates/python/tests/small-sweep.toml"
LONG = """
import wattshift as ws
def told(stage, done, total):
    print(stage, done, flush=True)
{work}
"""


def interrupted(work, when):
    """Starts Python on `work`, sends Ctrl-C once a line that `when` accepts was told, and returns what it printed and how long it took to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", LONG.format(work=work)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if when(line):
            break
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    _, errors = process.communicate(timeout=120)
    return errors, time.monotonic() - asked


def test_a_run_stops():
    work = "ws.run('data/scenarios/texas-campus.toml', paths=200_000, threads=1, progress=told)"
    errors, seconds = interrupted(work, lambda line: line.startswith("simulating paths"))
    assert "KeyboardInterrupt" in errors
    assert seconds < 60


def test_a_sweep_keeps_its_points(tmp_path):
    out = tmp_path / "out"
    work = (
        f"ws.Sweep.load({SMALL!r}, paths=4_000)"
        f".run_shard(1, 1, {str(out)!r}, threads=1, progress=told)"
    )
    errors, _ = interrupted(work, lambda line: line.startswith("points") and not line.startswith("points 0"))
    assert "KeyboardInterrupt" in errors
    status = ws.sweep_status(out)
    assert 0 < status["done"] < status["points"] and len(ws.missing_points(out)) == status["points"] - status["done"]


def test_other_threads_of_python_go_on_meanwhile():
    import threading

    counted, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        ws.run(brief(), paths=256, threads=1)
    finally:
        stop.set()
        thread.join()
    assert counted[0] > 50, "the interpreter's lock is free while the engine works"


if __name__ == "__main__":
    pytest.main([__file__])


def test_a_thread_with_a_policy_ends_before_the_interpreter_does():
    work = (
        "import threading, time, sys; sys.path.insert(0, 'crates/python/tests'); from conftest import brief\n"
        "policies = {'own': lambda openings: time.sleep(0.01) or 0}\n"
        "begin = lambda: ws.run(brief(), paths=200_000, threads=1, policies=policies)\n"
        "threading.Thread(target=begin, daemon=True).start(); time.sleep(4)"
    )
    done = subprocess.run([sys.executable, "-c", LONG.format(work=work)], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
