"""Policies written in Python."""

import threading

import numpy as np
import pytest

from conftest import brief

import wattshift as ws



def margin_rule(openings):
    """The rule margin-rule of the shipped scenario."""
    better = openings.offer_margin_usd_per_gross_mw_month - openings.last_mining_margin_usd_per_gross_mw_month
    cost = openings.startable_halls * openings.next_hall_gross_mw * openings.conversion_capex_usd_per_gross_mw
    return openings.startable_halls * ((better > 75_000) & (openings.liquidity_musd * 1e6 > cost))


def rows_of(run, name):
    columns = run.summary.to_dict()
    n = columns.pop("policy").index(name)
    return {column: repr(values[n]) for column, values in columns.items()}


def test_a_function_does_what_the_same_formula_does():
    run = ws.run(brief(), paths=200, policies={"own": margin_rule}, threads=2)
    assert rows_of(run, "own") == rows_of(run, "margin-rule")
    assert run.npv_usd["own"] != run.npv_usd["all-mining"]
    # It stands in the two-sided bound beside the others.
    bounds = run["bounds"].to_dict()
    standing = {policy for policy in bounds["policy"] if policy}
    assert "own" in standing


def test_threads_do_not_show():
    one, two = (ws.run(brief(), paths=130, threads=n, policies={"own": margin_rule}) for n in (1, 2))
    assert repr(one.summary.to_dict()) == repr(two.summary.to_dict())


def test_it_sees_many_paths_at_once_and_only_names_that_are_known():
    sizes, threads = [], set()

    def watch(openings):
        sizes.append(len(openings))
        threads.add(threading.get_ident())
        assert openings.btc_price_usd.shape == (len(openings),) and openings.btc_price_usd.dtype == np.float64
        assert np.array_equal(openings["month"], openings.month)
        assert (openings.startable_halls >= 1).all()
        assert "btc_price_usd" in dir(openings) and "btc_price_usd" in ws.Openings.names()
        with pytest.raises(AttributeError, match="nothing named btc_prise_usd is known"):
            openings.btc_prise_usd
        return 0

    ws.run(brief(), paths=128, policies={"watch": watch})
    assert max(sizes) > 16 and max(sizes) <= 64


def test_halls_are_rounded_down_and_held_to_what_can_be_started():
    policies = {
        "one-for-all": lambda openings: 1e9,
        "many": lambda openings: np.full(len(openings), 1e9),
        "listed": lambda openings: [1e9] * len(openings),
        "never": lambda openings: -3,
        "fraction": lambda openings: 0.999,
        "little": ws.Policy(lambda openings: 1e9, max_gross_mw=40.0, description="up to 40 MW"),
    }
    run = ws.run(brief(), paths=64, policies=policies)
    npv = run.npv_usd
    assert npv["one-for-all"] == npv["many"] == npv["listed"] != npv["all-mining"]
    assert npv["never"] == npv["fraction"] == npv["all-mining"]
    monthly = run["monthly"].to_dict()
    of = [mw for policy, mw in zip(monthly["policy"], monthly["mean_ai_gross_mw"]) if policy == "little"]
    assert 0 < max(of) <= 40


def test_what_it_raises_comes_out():
    def broken(openings):
        raise ZeroDivisionError("in the rule")

    with pytest.raises(ZeroDivisionError, match="in the rule"):
        ws.run(brief(), paths=2_000, policies={"broken": broken})


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda o: np.zeros(len(o) + 1), "array of shape .* return one number for each"),
        (lambda o: np.zeros(1) if len(o) > 1 else 0, r"array of shape \[1\] .* return one number for each"),
        (lambda o: "many", "returned many, which is not a number for each path"),
        (lambda o: None, "own returned None|gave no number"),
    ],
)
def test_what_is_no_answer_is_told(answer, told):
    try:
        run = ws.run(brief(), paths=64, policies={"own": answer})
    except ValueError as raised:
        import re

        assert re.search(told, str(raised))
    else:
        # NumPy makes a number that is none of None.
        assert any("own" in warning and "gave no number" in warning for warning in run.warnings)


def test_names_and_forms_are_checked():
    with pytest.raises(ValueError, match="taken by another policy"):
        ws.run(brief(), paths=64, policies={"All-Mining": lambda openings: 0})
    with pytest.raises(ValueError, match="allowed are up to 40 letters"):
        ws.run(brief(), paths=64, policies={"no spaces": lambda openings: 0})
    with pytest.raises(ValueError, match="form is `gpus`"):
        ws.Policy(lambda openings: 0, form="gpus")
    with pytest.raises(ValueError, match="cannot be called"):
        ws.Policy(3)
    with pytest.raises(ValueError, match="max_gross_mw is -1"):
        ws.Policy(lambda openings: 0, max_gross_mw=-1)


def test_it_is_not_asked_again_once_it_has_raised():
    calls = []

    def broken(openings):
        calls.append(len(openings))
        raise RuntimeError("at once")

    with pytest.raises(RuntimeError, match="at once"):
        ws.run(brief(), paths=256, threads=1, policies={"broken": broken})
    assert len(calls) == 1


def test_answers_of_any_layout_are_taken_and_infinity_is_all_that_can_be_started():
    policies = {
        "turned": lambda openings: openings.startable_halls[::-1][::-1],
        "spread": lambda openings: np.broadcast_to(1e9, len(openings)),
        "all": lambda openings: np.inf,
    }
    npv = ws.run(brief(), paths=64, policies=policies).npv_usd
    assert npv["turned"] == npv["spread"] == npv["all"] != npv["all-mining"]
    with pytest.raises(ValueError, match="not a number for each path") as raised:
        ws.run(brief(), paths=64, policies={"own": lambda openings: ["a", "b"]})
    assert raised.value.__cause__ is not None
