"""Tables: taken as they are by the libraries that know Arrow."""

import duckdb
import pandas
import polars
import pyarrow
import pytest
from conftest import brief

import wattshift as ws


@pytest.fixture(scope="module")
def summary():
    return ws.run(brief(), paths=64).summary


def test_arrow_takes_it_with_units(summary):
    table = pyarrow.table(summary)
    assert table.num_rows == len(summary) and table.column_names == summary.column_names
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["policy"] == "string" and kinds["n_paths"] == "int64" and kinds["mean_npv_usd"] == "double"
    assert table.schema.field("mean_npv_usd").metadata[b"unit"] == b"USD"
    assert b"NPV" in table.schema.field("mean_npv_usd").metadata[b"meaning"]
    assert summary.units["mean_npv_usd"] == "USD"
    assert pyarrow.schema(summary) == table.schema
    # What is not defined is null, not a number.
    assert table["incremental_irr_per_year"].null_count > 0


def test_polars_pandas_and_duckdb_take_it(summary):
    npv = list(summary["mean_npv_usd"])
    assert polars.DataFrame(summary)["mean_npv_usd"].to_list() == npv
    assert summary.to_polars()["policy"].to_list() == summary["policy"]
    frame = summary.to_pandas()
    assert isinstance(frame, pandas.DataFrame) and list(frame["mean_npv_usd"]) == npv
    found = duckdb.sql("select policy, mean_npv_usd from summary order by mean_npv_usd desc").fetchall()[0]
    assert found[1] == max(npv)


def test_the_numbers_are_handed_on_without_a_copy(summary):
    """Two consumers see the same memory."""
    buffers = [pyarrow.table(summary)["mean_npv_usd"].chunk(0).buffers()[1] for _ in range(2)]
    assert buffers[0].address == buffers[1].address


def test_the_numbers_outlive_the_table_they_came_from():
    run = ws.run(brief(), paths=64)
    table = run.summary
    policies, arrow = table["policy"], pyarrow.table(table)
    del run, table
    assert arrow["policy"].to_pylist() == policies


def test_a_column_is_an_array_or_a_list(summary):
    assert summary["mean_npv_usd"].dtype == "float64" and summary["n_paths"].dtype == "int64"
    assert isinstance(summary["policy"], list)
    assert set(summary.to_dict()) == set(summary.column_names)


def test_a_notebook_shows_it(summary):
    html = summary._repr_html_()
    assert "<small>USD</small>" in html and "all-mining" in html and f"{len(summary)} rows" in html
    assert "nan" not in html


def test_it_is_a_collection_of_columns(summary):
    assert list(summary) == summary.column_names == list(summary.units)
    assert "policy" in summary and "nothing" not in summary


def test_pandas_does_not_take_the_names_for_the_data(summary):
    with pytest.raises(TypeError, match="to_pandas"):
        pandas.DataFrame(summary)
