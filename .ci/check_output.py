"""Looks at a results folder as its reader would: files there, tables whole, sums right."""

import csv
import hashlib
import json
import pathlib
import sys


def rows(folder, name):
    with open(folder / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main():
    folder = pathlib.Path(sys.argv[1])
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for output in manifest["outputs"]:
        data = (folder / output["file"]).read_bytes()
        assert len(data) == output["bytes"], output["file"]
        assert hashlib.sha256(data).hexdigest() == output["sha256"], output["file"]
    files = {output["file"] for output in manifest["outputs"]}
    tables = ["summary", "monthly", "allocation", "cash_flow", "markets", "mining_hours", "paths", "dispatch_week"]
    for table in tables:
        assert f"{table}.csv" in files, table
    assert "report.html" in files and "report.xlsx" in files
    charts = [file for file in files if file.startswith("charts/")]
    assert any(file.endswith(".png") for file in charts) and any(file.endswith(".svg") for file in charts)

    summary = rows(folder, "summary.csv")
    policies = [row["policy"] for row in summary if not row["policy"].startswith("perfect-foresight")]
    assert policies[0] == "all-mining" and len(policies) < len(summary)
    upper = float(summary[-1]["mean_npv_usd"])
    for row in summary:
        assert float(row["mean_npv_usd"]) <= upper + 1.0, row["policy"]
        assert float(row["p5_npv_usd"]) <= float(row["p50_npv_usd"]) <= float(row["p95_npv_usd"])

    campus = {}
    for row in rows(folder, "allocation.csv"):
        key = (row["policy"], row["month"])
        campus[key] = campus.get(key, 0.0) + float(row["mean_gross_mw"])
    first = next(iter(campus.values()))
    assert all(abs(mw - first) < 1e-6 * first for mw in campus.values())
    assert len(campus) % len(policies) == 0
    print(f"output: {len(files)} files, {len(policies)} policies, {len(campus) // len(policies)} months, sums hold")


main()
