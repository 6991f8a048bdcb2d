"""The type stubs say what is there."""

import subprocess
import sys

import pytest

CONFIGURATION = """[mypy]
ignore_missing_imports = True
disable_error_code = import-untyped
"""
# An attribute for each name that is known, which only a look at an object finds; and what the bridge adds.
DYNAMIC = "wattshift._wattshift.Openings.__getattr__\nwattshift._wattshift.__all__\n"


def test_stubs_agree_with_the_module(tmp_path):
    pytest.importorskip("mypy", reason="no mypy to hold the stubs against the module")
    (tmp_path / "mypy.ini").write_text(CONFIGURATION)
    (tmp_path / "dynamic.txt").write_text(DYNAMIC)
    files = ["--mypy-config-file", tmp_path / "mypy.ini", "--allowlist", tmp_path / "dynamic.txt"]
    command = [sys.executable, "-m", "mypy.stubtest", "wattshift", "--concise", *files]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_public_says_what_it_is():
    import wattshift

    for name in wattshift.__all__:
        if name == "__version__":
            continue
        thing = getattr(wattshift, name)
        assert thing.__doc__, name
        for attribute in vars(thing):
            if not attribute.startswith("_"):
                assert getattr(thing, attribute).__doc__, f"{name}.{attribute}"
