"""The pages on Python: their blocks run as written, in order, and print what stands below them."""

import contextlib
import io
import re
import textwrap

import pytest
from conftest import ROOT

# A block of Python, and the block of text right below it where there is one; both may be indented in a list.
BLOCK = re.compile(r"^( *)```python\n(.*?)^\1```\n(?:\n\1```text\n(.*?)^\1```\n)?", re.MULTILINE | re.DOTALL)
PAGES = ["README.md", "crates/python/README.md", "docs/how-to/python.md"]


@pytest.mark.parametrize("page", PAGES)
def test_blocks_print_what_the_page_says(page, tmp_path, monkeypatch):
    for library in ("pandas", "polars", "pyarrow", "duckdb"):
        pytest.importorskip(library, reason=f"pages show tables in {library}, which is not installed")
    # As from the root of a clone, but what is written goes elsewhere.
    for folder in ("data", "crates"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert blocks, "a page on Python has blocks of it"
    names = {}
    for _, code, text in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(textwrap.dedent(code), page, "exec"), names)
        assert plain(printed.getvalue()) == plain(text), code


def plain(text):
    """Without indentation and the spaces at the ends of lines, which editors take away."""
    return [line.rstrip() for line in textwrap.dedent(text).strip("\n").splitlines()]
