"""Recalculates a run's workbook in LibreOffice and compares it with the run's tables.

    python workbook.py RESULTS_FOLDER

LibreOffice trusts the results that stand in a foreign file, so it is told to calculate them anew. Then an input of the ledger, the discount rate and
the chosen policy are changed in the file, and the values have to move as they should. Needs `soffice` and openpyxl.
"""

import csv
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

import openpyxl

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
# Names of rows in sheet Valuation, as far as the comparison reads them.
NPV, IRR, FLOWS = "NPV, million USD", "IRR over all-mining, a year", "Month"
CENT = 0.01


def recalculated(workbooks, folder):
    """The workbooks as LibreOffice calculates them, in one start of the program."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    out = folder / "recalculated"
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*command, "--outdir", out, *workbooks], check=True, stdout=subprocess.DEVNULL, timeout=240)
    return [openpyxl.load_workbook(out / workbook.name, data_only=True) for workbook in workbooks]


def refuse_errors(book):
    """No cell may hold an error value."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                text = cell.value if isinstance(cell.value, str) else ""
                assert cell.data_type != "e" and not re.match(r"#(NAME|REF|VALUE|DIV/0|N/A|NUM|NULL)|Err:\d", text), (sheet.title, cell.coordinate, text)


def valuation(book):
    """By policy: NPV and IRR of sheet Valuation, and its flows by month."""
    sheet = book["Valuation"]
    rows = {sheet.cell(row, 1).value: row for row in range(1, 20)}
    names = [cell.value for cell in sheet[4][3:] if cell.value]
    policies = names[: len(names) // 2]
    months = sum(1 for row in range(rows[FLOWS] + 1, sheet.max_row + 1) if sheet.cell(row, 2).value)
    found = {}
    for place, policy in enumerate(policies):
        own, over = 4 + place, 4 + len(policies) + place
        flows = [sheet.cell(rows[FLOWS] + 1 + month, own).value for month in range(months)]
        carried = sheet.cell(10, own).value
        found[policy] = {"npv": sheet.cell(rows[NPV], own).value, "irr": sheet.cell(rows[IRR], over).value, "flows": flows, "carried": carried}
    return found


def chosen(book):
    """The policy of sheet Cash flow with its NPV, difference and IRR, and the totals that stand beside them."""
    sheet = book["Cash flow"]
    labels = {cell.value: cell for row in sheet["A1:Z4"] for cell in row if isinstance(cell.value, str)}
    beside = lambda name: sheet.cell(labels[name].row, labels[name].column + 2).value
    closing = next(row for row in range(6, sheet.max_row) if sheet.cell(row, 1).value == "NPV")
    return {
        "policy": sheet["C3"].value, "npv": beside("NPV"), "over": beside("NPV over all-mining"), "irr": beside("IRR over all-mining"),
        "closing": sheet.cell(closing, 23).value, "closing_over": sheet.cell(closing, 26).value, "rate": sheet["C4"].value,
    }


def changed(source, target, sheet, coordinate, old_type, new):
    """Writes another value into a cell of a sheet's XML and leaves all else as it is."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        names = re.findall(r'<sheet name="([^"]*)"', archive.read("xl/workbook.xml").decode())
        wanted = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
        for name in archive.namelist():
            data = archive.read(name)
            if name == wanted:
                cell = re.compile(rf'<c r="{coordinate}"([^>]*?){old_type}><v>[^<]*</v></c>')
                text, count = cell.subn(lambda found: f'<c r="{coordinate}"{found[1]}{new}</c>', data.decode())
                assert count == 1, (sheet, coordinate)
                data = text.encode()
            copy.writestr(name, data)


def near(actual, expected, tolerance, what):
    assert abs(actual - expected) <= tolerance, f"{what}: {actual!r} is not {expected!r}"


def compare_with_tables(book, summary):
    """Every policy's NPV to a cent and its IRR to 1e-6."""
    found = valuation(book)
    assert list(found) == [row["policy"] for row in summary]
    for row in summary:
        values, name = found[row["policy"]], row["policy"]
        near(values["npv"], float(row["mean_npv_usd"]), CENT, f"NPV of {name}")
        if row["incremental_irr_per_year"]:
            near(values["irr"], float(row["incremental_irr_per_year"]), 1e-6, f"IRR of {name}")
        else:
            assert values["irr"] in ("no sign change", "no rate found"), values["irr"]
    best = max(summary, key=lambda row: float(row["mean_npv_usd"]))
    return found, best["policy"]


def compare_sheets(book, found):
    """The sheet of the chosen policy says the same as the valuation of all."""
    shown = chosen(book)
    of, base = found[shown["policy"]], next(iter(found.values()))
    for key in ("npv", "closing"):
        near(shown[key], of["npv"], CENT, f"{key} of sheet Cash flow")
    for key in ("over", "closing_over"):
        near(shown[key], of["npv"] - base["npv"], CENT, f"{key} of sheet Cash flow")
    assert shown["irr"] == of["irr"], shown
    return shown


def main():
    folder = pathlib.Path(sys.argv[1])
    source = folder / "report.xlsx"
    with open(folder / "summary.csv", newline="", encoding="utf-8") as file:
        summary = [row for row in csv.DictReader(file) if not row["policy"].startswith("perfect-foresight")]
    stored = openpyxl.load_workbook(source, data_only=True)
    refuse_errors(stored)
    before, best = compare_with_tables(stored, summary)
    assert compare_sheets(stored, before)["policy"] == best

    # A month of the best policy's rent, the discount rate, and the policy shown.
    ledger = stored["Ledger"]
    heads = [cell.value for cell in ledger[4]]
    rent = openpyxl.utils.get_column_letter(heads.index("Hosting rent, million USD") + 1)
    month = len(before[best]["flows"]) // 2
    row = next(r for r in range(5, ledger.max_row + 1) if ledger.cell(r, 1).value == best) + month
    old_rent = ledger[f"{rent}{row}"].value
    other = next(policy for policy in before if policy != best)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        files = [scratch / f"{name}.xlsx" for name in ("same", "rent", "rate", "policy")]
        shutil.copy(source, files[0])
        changed(source, files[1], "Ledger", f"{rent}{row}", "", f"><v>{old_rent + 1e6!r}</v>")
        changed(source, files[2], "Assumptions", "C4", "", "><v>0.08</v>")
        changed(source, files[3], "Cash flow", "C3", ' t="s"', f' t="inlineStr"><is><t>{other}</t></is>')
        same, by_rent, by_rate, by_policy = recalculated(files, scratch)

    for book in (same, by_rent, by_rate, by_policy):
        refuse_errors(book)
    after, _ = compare_with_tables(same, summary)
    compare_sheets(same, after)

    rate = chosen(same)["rate"]
    moved = valuation(by_rent)
    near(moved[best]["npv"], after[best]["npv"] + 1e6 * (1 + rate) ** (-(month + 1) / 12), CENT, "NPV after a change of the ledger")
    for policy in after:
        assert policy == best or moved[policy] == after[policy], policy
    compare_sheets(by_rent, moved)
    assert best == summary[0]["policy"] or moved[best]["irr"] > after[best]["irr"]

    rated = valuation(by_rate)
    for policy, of in after.items():
        expected = sum(flow * 1.08 ** (-(m + 1) / 12) for m, flow in enumerate(of["flows"])) + of["carried"] * 1.08 ** (-len(of["flows"]) / 12)
        near(rated[policy]["npv"], expected, CENT, f"NPV of {policy} at 8 %")
    compare_sheets(by_rate, rated)

    assert compare_sheets(by_policy, after)["policy"] == other
    print(f"workbook: {len(summary)} policies recalculate to the cent; ledger, discount rate and policy move values as they should")


main()
