"""A sweep of 300 points on a cluster of three nodes on this machine, undisturbed and then with losses, against this machine alone.

    python crates/python/tests/cluster_check.py [folder]

Run by hand from the root of the checkout: it starts a head and two worker nodes of Ray on loopback. The second time one worker node is
killed with points under way, and so is the driver, which is then called again. Both times all tables must be the local ones to the
byte, with no point lost and none kept twice. Figures are printed; the exit code says whether all held.
"""

import contextlib
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import wattshift as ws

SWEEP = """
[sweep]
name = "cluster"
description = "Rent by lead time, for a cluster"
base = "{base}"
policies = ["all-mining", "constant-share", "all-ai-asap"]
set = ["run.paths={paths}"]
design = "grid"

[[parameters]]
path = "hosting.rate.start_usd_per_kw_month"
from = 100.0
to = 160.0
steps = 20

[[parameters]]
path = "conversion.lead_months"
values = [3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22]
"""

# An address of its own for each node, so that their ports do not meet. 127.0.0.1 itself Ray takes for the machine's address.
HEAD, *WORKERS = "127.0.0.2", "127.0.0.3", "127.0.0.4"
PORT = 6391
ADDRESS = f"{HEAD}:{PORT}"
MOST_S = 1500

# Ray asks for a token where it is started by hand; this cluster has one of its own, made anew for each check.
ENVIRONMENT = {**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
ENVIRONMENT.pop("RAY_AUTH_TOKEN_PATH", None)

PROBE = """
import ray, sys
ray.init(sys.argv[1], _node_ip_address=sys.argv[1].split(":")[0], log_to_driver=False)
sys.exit(sum(node["Alive"] for node in ray.nodes()) != int(sys.argv[2]))
"""

DRIVER = """
import ray, sys, wattshift.ray
ray.init(sys.argv[1], _node_ip_address=sys.argv[1].split(":")[0], log_to_driver=False)
wattshift.ray.sweep("cluster.toml", out=sys.argv[2], shards=30, checkpoint_s=1.0,
    progress=lambda stage, done, total: stage and print(done, flush=True))
"""


class Node:
    """A node of the cluster, in the foreground of a process of its own."""

    def __init__(self, address, *arguments, cpus):
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
        command += [f"--num-cpus={cpus}", "--object-store-memory=100000000", f"--node-ip-address={address}"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([*command, *arguments], start_new_session=True, env=ENVIRONMENT, **quiet)

    def processes(self):
        """Those that it started, by their id: name and id of each."""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    status = dict(line.split(":\t", 1) for line in (entry / "status").read_text().splitlines() if ":\t" in line)
                    found[int(entry.name)] = (status["Name"], int(status["PPid"]))
        own = {self.process.pid}
        for _ in found:
            more = {pid for pid, (_, parent) in found.items() if parent in own}
            if more <= own:
                break
            own |= more
        return {pid: found[pid][0] for pid in own if pid in found}

    def kill_raylet(self):
        raylets = [pid for pid, name in self.processes().items() if name == "raylet"]
        assert len(raylets) == 1, self.processes()
        os.kill(raylets[0], signal.SIGKILL)

    def stop(self):
        processes = self.processes()
        for how in (signal.SIGTERM, signal.SIGKILL):
            for pid in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
                time.sleep(2 if how == signal.SIGTERM else 0)


@contextlib.contextmanager
def cluster(temporary):
    """A head without processors and two workers with two each."""
    nodes = []
    try:
        head = ["--head", f"--port={PORT}", "--include-dashboard=false", f"--temp-dir={temporary}"]
        nodes.append(Node(HEAD, *head, cpus=0))
        # One after the other: nodes of one machine share a folder, where two at once would take the same names.
        for worker in WORKERS:
            wait_for_nodes(len(nodes))
            nodes.append(Node(worker, f"--address={ADDRESS}", cpus=2))
        wait_for_nodes(len(nodes))
        yield nodes
    finally:
        for node in reversed(nodes):
            node.stop()


def wait_for_nodes(n):
    command = [sys.executable, "-c", PROBE, ADDRESS, str(n)]
    while subprocess.run(command, env=ENVIRONMENT, capture_output=True).returncode != 0:
        time.sleep(1)


@contextlib.contextmanager
def driver(out):
    """A call of the sweep in a process of its own, which is killed where it has not ended."""
    command = [sys.executable, "-c", DRIVER, ADDRESS, out]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process, n_points):
    """Reads what a driver tells until so many points are done; returns the last number."""
    done = 0
    for line in process.stdout:
        if line.strip().isdigit():
            done = int(line)
            if done >= n_points:
                break
    return done


def tables(folder):
    files = [path for path in pathlib.Path(folder).rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.parent.name != "journal"}


def compare(out, n_points):
    expected, found = tables("local"), tables(out)
    differ = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    journals = list(pathlib.Path(out, "journal").iterdir())
    n_records = sum(path.read_bytes().count(b"\n") - 1 for path in journals)
    missing = ws.missing_points(out)
    print(f"{out}: {len(found)} files compared, differing: {differ or 'none'}; {n_records} records in {len(journals)} journals, missing: {missing or 'none'}")
    return not differ and not missing and n_records == n_points


def undisturbed(n_points):
    started = time.monotonic()
    with driver("calm") as process:
        wait_for(process, n_points + 1)
        assert process.wait() == 0
    print(f"calm: {time.monotonic() - started:.1f} s", flush=True)
    return compare("calm", n_points)


def disturbed(nodes, n_points):
    started = time.monotonic()
    with driver("rough") as process:
        at_node = wait_for(process, n_points // 5)
        nodes[1].kill_raylet()
        at_driver = wait_for(process, n_points // 2)
    killed = time.monotonic()
    print(f"rough: a node killed at {at_node} points, the driver at {at_driver} after {killed - started:.1f} s", flush=True)
    with driver("rough") as process:
        at_start = int(process.stdout.readline())
        wait_for(process, n_points + 1)
        assert process.wait() == 0
    print(f"rough: called again it told {at_start} points first and took {time.monotonic() - killed:.1f} s", flush=True)
    return compare("rough", n_points)


def give_up(number, _):
    """Ends the check, and with it every node."""
    sys.exit(f"stopped by {signal.Signals(number).name}")


def main():
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, give_up)
    signal.alarm(MOST_S)
    paths = int(os.environ.get("CHECK_PATHS", "60"))
    base = pathlib.Path(__file__).resolve().parents[3] / "data/scenarios/texas-campus.toml"
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="wattshift-cluster-")).absolute()
    for name in ["calm", "rough"]:
        shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    pathlib.Path("cluster.toml").write_text(SWEEP.format(base=os.path.relpath(base, folder), paths=paths))
    sweep = ws.Sweep.load("cluster.toml")
    started = time.monotonic()
    sweep.run("local", progress=False)
    print(f"local: {len(sweep)} points of {paths} paths in {time.monotonic() - started:.1f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp") as temporary, cluster(temporary) as nodes:
        holds = [undisturbed(len(sweep)), disturbed(nodes, len(sweep))]
    print("all held" if all(holds) else "NOT EQUAL")
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
