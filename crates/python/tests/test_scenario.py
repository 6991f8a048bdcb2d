"""Scenarios: from files and dictionaries, with the messages of the command line."""

import pickle

import pytest
from conftest import SCENARIOS, TEXAS, brief

import wattshift as ws



def test_a_scenario_says_what_it_is():
    scenario = ws.Scenario.load(TEXAS)
    assert scenario.name == "texas-campus" and scenario.policies[0] == "all-mining"
    assert scenario.months[0] == "2026-01" and str(scenario.path) == TEXAS
    assert "texas-campus" in repr(scenario)


def test_values_are_set_by_path():
    scenario = ws.Scenario.load(TEXAS)
    for other in (
        scenario.with_("run.paths=200"),
        scenario.with_(**{"run.paths": 200}),
        scenario.with_(run__paths=200),
    ):
        assert other.to_dict()["run"]["paths"] == 200
    assert scenario.to_dict()["run"]["paths"] != 200
    assert scenario.with_(run__lens="value").with_(run__seed=9).overrides == ['run.lens="value"', "run.seed=9"]
    with pytest.raises(ValueError, match="run.pahts"):
        scenario.with_(run__pahts=200)
    with pytest.raises(ValueError, match="run.paths"):
        scenario.with_(run__paths=-1)
    with pytest.raises(ValueError, match="set; allowed are numbers"):
        scenario.with_(run__paths={1, 2})


def test_a_dictionary_is_a_scenario():
    scenario = ws.Scenario.load(TEXAS)
    again = ws.Scenario.from_dict(scenario.to_dict(), SCENARIOS)
    assert again.resolved == scenario.resolved and again.path is None
    of_dict = ws.Scenario.from_dict(brief().to_dict(), SCENARIOS)
    assert ws.run(of_dict, paths=64).npv_usd == ws.run(brief(), paths=64).npv_usd


def test_a_dictionary_may_hold_numbers_of_numpy():
    import numpy as np

    tables = ws.Scenario.load(TEXAS).to_dict()
    tables["run"]["paths"] = np.int64(64)
    tables["run"]["discount_rate_per_year"] = np.float64(0.1)
    assert ws.Scenario.from_dict(tables, SCENARIOS).to_dict()["run"]["paths"] == 64


def test_every_fault_is_told_as_the_command_line_tells_it(command, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text((SCENARIOS / "texas-campus.toml").read_text().replace("paths = ", "pahts = ") + "\n[nothing]\n")
    with pytest.raises(ValueError) as raised:
        ws.Scenario.load(broken)
    assert str(raised.value) == command("check", broken, fails=True).strip()
    assert "run.pahts" in str(raised.value) and "nothing" in str(raised.value)
    with pytest.raises(ValueError, match="no-such-file.toml"):
        ws.run("no-such-file.toml")


def test_the_template_is_a_scenario(tmp_path, command):
    file = tmp_path / "mine.toml"
    file.write_text(ws.Scenario.template())
    assert ws.Scenario.load(file).policies


def test_a_scenario_goes_to_another_process(tmp_path):
    scenario = ws.Scenario.load(TEXAS).with_(run__paths=64)
    assert pickle.loads(pickle.dumps(scenario)).resolved == scenario.resolved
    of_dict = ws.Scenario.from_dict(scenario.to_dict(), SCENARIOS)
    assert pickle.loads(pickle.dumps(of_dict)).resolved == scenario.resolved


def test_what_is_done_to_the_file_later_is_none_of_its(tmp_path, monkeypatch):
    import hashlib

    text = (SCENARIOS / "texas-campus.toml").read_text()
    (tmp_path / "mine.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    scenario = ws.Scenario.load("mine.toml", brief().overrides)
    (tmp_path / "mine.toml").write_text("nothing of a scenario")
    monkeypatch.chdir(tmp_path.parent)
    run = ws.run(scenario, paths=64)
    run.write(tmp_path / "out")
    inputs = ws.Results.open(tmp_path / "out").manifest["inputs"]
    assert inputs[0]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert run.npv_usd == ws.run(brief(), paths=64).npv_usd


def test_values_of_numpy_and_values_that_hold_themselves():
    import numpy as np

    scenario = ws.Scenario.load(TEXAS)
    assert scenario.with_(**{"policies[hurdle].tune": np.bool_(False)}).policies == scenario.policies
    with pytest.raises(ValueError, match="run.paths"):
        scenario.with_(run__paths=np.array([1.5, 2.0]))
    endless = {}
    endless["a"] = endless
    with pytest.raises(ValueError, match="does it hold itself"):
        ws.Scenario.from_dict(endless)
