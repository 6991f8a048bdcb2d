"""A sweep's folder in a local folder and in an S3-compatible store, also where the network fails."""

import os
import pathlib
import pickle
import signal
import time

import pytest

import faulty
from wattshift import Store

BIG = bytes(range(256)) * 4096
"""A mebibyte, which goes over the wire in many pieces."""


@pytest.fixture(scope="module")
def server():
    with faulty.s3() as port:
        faulty.create_bucket(port, "bucket")
        yield port


@pytest.fixture
def proxy(server):
    proxy = faulty.Proxy(server)
    yield proxy
    proxy.close()


@pytest.fixture(params=["folder", "file url", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        return Store(tmp_path / "a" / "b")
    if request.param == "file url":
        return Store((tmp_path / "with space").as_uri())
    port = request.getfixturevalue("server")
    return Store(f"s3://bucket/{tmp_path.name}", faulty.options(port))


def through(proxy, folder, **more):
    return Store(f"s3://bucket/{folder}", faulty.options(proxy.port, **{"timeout": "700ms", "retry_timeout": "20s", **more}))


def test_files_are_put_read_listed_and_deleted(store):
    assert store.get("journal/a.jsonl") is None
    assert store.list() == []
    store.put("sweep.json", b"{}")
    store.put("journal/b.jsonl", b"")
    store.put("journal/a.jsonl", BIG)
    assert store.get("journal/a.jsonl") == BIG
    assert store.get("journal/b.jsonl") == b""
    assert store.list("journal") == [("journal/a.jsonl", len(BIG)), ("journal/b.jsonl", 0)]
    assert [name for name, _ in store.list()] == ["journal/a.jsonl", "journal/b.jsonl", "sweep.json"]
    store.put("journal/a.jsonl", b"other")
    again = pickle.loads(pickle.dumps(store))
    assert again.get("journal/a.jsonl") == b"other"
    again.delete("journal/a.jsonl")
    again.delete("journal/a.jsonl")
    assert store.get("journal/a.jsonl") is None


def test_a_local_folder_holds_the_very_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store("here")
    store.put("journal/a", b"1")
    assert (tmp_path / "here/journal/a").read_bytes() == b"1"
    assert pathlib.Path(store.path) == tmp_path / "here"
    moved = pickle.dumps(store)
    monkeypatch.chdir("/")
    assert pickle.loads(moved).get("journal/a") == b"1"
    assert [path.name for path in (tmp_path / "here").rglob("*") if path.is_file()] == ["a"]


@pytest.mark.parametrize(
    "url, options, told",
    [
        ("gopher://x/y", {}, "allowed are a folder"),
        ("", {}, "has no name"),
        ("s3://", {}, "has no bucket"),
        ("file://host/x/../y", {}, "names no local folder"),
        ("s3://bucket/a//b", {}, "empty"),
        ("s3://bucket/a", {"aws_endpiont": "x"}, "option aws_endpiont is not known"),
        ("s3://bucket/a", {"retry_timeout": "soon"}, "allowed is a duration"),
        ("s3://bucket/a", {"timeout": "soon"}, "soon"),
        ("folder", {"aws_endpoint": "x"}, "takes no option"),
    ],
)
def test_what_names_no_store_is_refused(url, options, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=told):
        Store(url, options)


def test_a_name_that_leaves_the_folder_is_refused(store):
    for name in ["../x", "a//b", "a/../b"]:
        with pytest.raises(ValueError, match="no name of a file"):
            store.put(name, b"")


def test_a_bucket_that_is_not_there_is_no_missing_file(server):
    store = Store("s3://nowhere/a", faulty.options(server))
    for call in [lambda: store.get("a"), lambda: store.put("a", b""), store.list]:
        with pytest.raises(OSError, match="create the bucket"):
            call()


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="name another folder"):
        Store(tmp_path / "file" / "folder")


FAULTS = [500, 503, "cut", "lost", "slow", 503, "cut"]


@pytest.mark.parametrize("kind", ["GET", "PUT", "LIST", "POST"])
def test_faults_of_the_network_are_tried_again(proxy, server, kind):
    direct = Store(f"s3://bucket/{kind}", faulty.options(server))
    direct.put("a", BIG)
    store = through(proxy, kind)
    proxy.faults[kind] = list(FAULTS)
    if kind == "GET":
        assert store.get("a") == BIG
    elif kind == "PUT":
        store.put("a", BIG[::-1])
        assert direct.get("a") == BIG[::-1]
    elif kind == "LIST":
        assert store.list() == [("a", len(BIG))]
    else:
        # Files are deleted by a list of them.
        store.delete("a")
        assert direct.get("a") is None
    assert proxy.faults[kind] == []


@pytest.mark.parametrize("fault", ["cut", 500, "slow"])
def test_a_put_that_fails_for_good_leaves_what_was_there(proxy, server, fault):
    direct = Store("s3://bucket/torn", faulty.options(server))
    direct.put("a", b"before")
    proxy.faults["PUT"] = [fault]
    with pytest.raises(OSError, match="cannot write s3://bucket/torn/a"):
        through(proxy, "torn", retry_timeout="0s").put("a", BIG)
    # A slow answer is to a put that was done; it is whole.
    time.sleep(proxy.SLOW_S if fault == "slow" else 0)
    assert direct.get("a") == (BIG if fault == "slow" else b"before")


def test_a_store_that_stays_down_ends_with_an_error_in_time(proxy):
    proxy.is_down = True
    store = through(proxy, "down", retry_timeout="1s")
    for what, call in [("read", lambda: store.get("a")), ("write", lambda: store.put("a", BIG)), ("list", store.list)]:
        before, started = proxy.n_requests, time.monotonic()
        with pytest.raises(OSError, match=f"cannot {what} s3://bucket/down.*see that AWS_ENDPOINT"):
            call()
        assert proxy.n_requests > before + 1
        assert time.monotonic() - started < 10


def test_a_server_that_is_gone_ends_with_an_error_in_time(server):
    gone = faulty.Proxy(server)
    gone.close()
    started = time.monotonic()
    with pytest.raises(OSError, match="cannot read s3://bucket/x/a"):
        through(gone, "x", retry_timeout="1s").get("a")
    assert time.monotonic() - started < 10


def test_a_process_that_was_forked_off_has_a_store_of_its_own(tmp_path):
    store = Store(tmp_path)
    store.put("a", b"1")
    child = os.fork()
    if child == 0:
        os._exit(0 if store.get("a") == b"1" else 1)
    end = time.monotonic() + 20
    while (done := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < end:
        time.sleep(0.05)
    if done == (0, 0):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert done == (child, 0) and store.get("a") == b"1"


def test_a_file_has_a_name(tmp_path):
    store = Store(tmp_path)
    for call in (store.get, store.delete, lambda name: store.put(name, b"")):
        with pytest.raises(ValueError, match="has a name"):
            call("")
