"""The type stubs say what is there."""

import ast
import inspect
import os
import subprocess
import sys
import textwrap

import pytest
from conftest import ROOT

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
        for attribute in getattr(thing, "__dict__", {}):
            if not attribute.startswith("_"):
                assert getattr(thing, attribute).__doc__, f"{name}.{attribute}"


STUBS = ROOT / "crates/python/python/wattshift/_wattshift.pyi"


def documented(tree):
    """The classes and functions of the stubs with what they are in the module."""
    from wattshift import _wattshift

    for node in tree.body:
        thing = getattr(_wattshift, getattr(node, "name", ""), None)
        if isinstance(node, ast.ClassDef):
            yield node, thing
            members = [member for member in node.body if isinstance(member, ast.FunctionDef)]
            yield from ((member, getattr(thing, member.name)) for member in members if not member.name.startswith("_"))
        elif isinstance(node, ast.FunctionDef):
            yield node, thing


def with_docstring(lines, node, text):
    """The lines of a file with a docstring as the body of a node whose body was another or none."""
    indent = " " * (node.col_offset + 4)
    first = node.body[0]
    quoted = textwrap.indent(f'"""{text}"""' if "\n" not in text else f'"""{text}\n"""', indent, lambda line: line.strip())
    if first.lineno == node.lineno or lines[first.lineno - 1].rstrip().endswith(": ..."):
        # A body of three dots behind the colon.
        lines[first.lineno - 1 : first.end_lineno] = [lines[first.lineno - 1].rstrip()[: -len(" ...")], quoted]
    else:
        lines[first.lineno - 1 : first.end_lineno] = [quoted]
    return "\n".join(lines).split("\n")


def test_stubs_say_what_the_module_says():
    """Editors show the words of the stubs. WATTSHIFT_WRITE_STUBS=1 writes them anew from the module."""
    nodes = [(node, inspect.cleandoc(thing.__doc__)) for node, thing in documented(ast.parse(STUBS.read_text()))]
    if os.environ.get("WATTSHIFT_WRITE_STUBS"):
        lines = STUBS.read_text().split("\n")
        # From the end, so that places before it stay.
        for node, text in sorted(nodes, key=lambda pair: -pair[0].body[0].lineno):
            lines = with_docstring(lines, node, text)
        STUBS.write_text("\n".join(lines))
        nodes = [(node, inspect.cleandoc(thing.__doc__)) for node, thing in documented(ast.parse(STUBS.read_text()))]
    for node, text in nodes:
        assert ast.get_docstring(node) == text, f"{node.name}: write the stubs anew with WATTSHIFT_WRITE_STUBS=1"
