"""Dispatch: the same bits as the command line."""

import pickle

import pytest
from conftest import SCENARIOS, same_files, tables_in

import wattshift as ws

CASE = "data/scenarios/dispatch-100mw.toml"


def test_a_case_writes_what_the_command_line_writes(command, tmp_path):
    command("dispatch", CASE, "-o", tmp_path / "cli", "--quiet")
    found = ws.dispatch(CASE, out=tmp_path / "python")
    assert sorted(f"{name}.csv" for name in found.tables) == tables_in(tmp_path / "cli")
    same_files(tmp_path / "cli", tmp_path / "python", tables_in(tmp_path / "cli"))
    assert found.value_usd == found.summary["value"]
    assert found.value_usd <= found.bound_usd + 1e-9 * abs(found.bound_usd)
    assert found.relative_gap == found.summary["relative_gap"] < 1e-6
    assert len(found["dispatch"]) == found.summary["steps"]
    assert ws.Results.open(tmp_path / "python")["summary"].column_names == ["metric", "unit", "value"]


def test_a_dictionary_is_a_case():
    case = ws.Case.load(CASE)
    again = ws.Case.from_dict(case.to_dict(), SCENARIOS)
    assert again.resolved == case.resolved and again.loads == case.loads and again.n_steps == case.n_steps
    assert pickle.loads(pickle.dumps(again)).resolved == case.resolved
    assert ws.dispatch(again).value_usd == ws.dispatch(case).value_usd


def test_what_is_wrong_is_told():
    with pytest.raises(ValueError, match="site.nothing"):
        ws.Case.load(CASE, ["site.nothing=1"])
    with pytest.raises(ValueError, match="site.nothing"):
        ws.Case.load(CASE).with_(site__nothing=1)
    with pytest.raises(KeyError, match="no table nothing"):
        ws.dispatch(CASE)["nothing"]
