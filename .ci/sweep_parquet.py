"""Checks that Polars and DuckDB read a sweep's points.parquet as it is, and find in it what points.csv says.

Usage: sweep_parquet.py FOLDER, the output folder of a sweep.
"""

import csv
import math
import sys
from pathlib import Path

import duckdb
import polars

# What either reader calls the types that the format has here.
TYPES = {
    "Int64": "whole", "Float64": "number", "String": "text", "Boolean": "flag",
    "BIGINT": "whole", "DOUBLE": "number", "VARCHAR": "text", "BOOLEAN": "flag",
}
READ = {"whole": int, "number": float, "text": str, "flag": {"true": True, "false": False}.__getitem__}
# Columns whose type does not depend on the sweep.
FIXED = {"point": "whole", "policy": "text", "n_paths": "whole", "seed": "whole", "version": "text"}


def by_polars(path):
    frame = polars.read_parquet(path)
    return {name: TYPES[str(kind)] for name, kind in frame.schema.items()}, frame.rows()


def by_duckdb(path):
    connection = duckdb.connect()
    table = connection.execute("select * from read_parquet(?)", [str(path)])
    columns = {name: TYPES[str(kind)] for name, kind, *_ in table.description}
    return columns, table.fetchall()


def value_of(text, kind):
    """A cell of the CSV as the type that the Parquet file gives its column; an empty number is null."""
    return None if kind == "number" and text == "" else READ[kind](text)


def same(found, expected):
    """Equal in type and to the last bit; zero has no sign in the CSV."""
    if isinstance(expected, float) and isinstance(found, float):
        return found == expected and not math.isnan(found)
    return type(found) is type(expected) and found == expected


def compare(reader, columns, rows, header, records):
    """Complaints about what a reader found, at most one a cell."""
    if list(columns) != [name for name in header if name in columns]:
        return [f"{reader}: columns {list(columns)} are not those of the CSV in order: {header}"]
    if len(rows) != len(records):
        return [f"{reader}: {len(rows)} rows, the CSV has {len(records)}"]
    complaints = [f"{reader}: {n} is {columns.get(n)}, expected is {k}" for n, k in FIXED.items() if columns.get(n) != k]
    for number, (row, record) in enumerate(zip(rows, records)):
        for (name, kind), found in zip(columns.items(), row):
            expected = value_of(record[name], kind)
            if not same(found, expected):
                complaints.append(f"{reader}: row {number}, {name}: {found!r}, the CSV says {expected!r}")
    return complaints


def main():
    folder = Path(sys.argv[1])
    with open(folder / "points.csv", newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        records = list(reader)
        header = reader.fieldnames
    parquet = folder / "points.parquet"
    results = {"polars": by_polars(parquet), "duckdb": by_duckdb(parquet)}
    complaints = [
        line for name, (columns, rows) in results.items() for line in compare(name, columns, rows, header, records)
    ]
    if results["polars"] != results["duckdb"]:
        complaints.append("polars and duckdb read different tables")
    if not records:
        complaints.append("points.csv has no rows, so nothing was compared")
    for line in complaints[:20]:
        print(line)
    columns = results["polars"][0]
    print(f"parquet: {len(records)} rows x {len(columns)} columns, {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


main()
