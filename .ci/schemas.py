"""Holds the printed schemas and every shipped file against an independent validator of JSON Schema."""

import copy
import json
import pathlib
import subprocess
import sys
import tomllib

import jsonschema

scenarios = pathlib.Path("data/scenarios")
cases = sorted(scenarios.glob("dispatch*.toml"))
files = {
    "scenario": [p for p in sorted(scenarios.glob("*.toml")) + sorted(scenarios.glob("questions/*.toml")) if p not in cases],
    "dispatch": cases,
    "sweep": sorted(scenarios.glob("sweeps/*.toml")),
}
for kind, paths in files.items():
    schema = json.loads(subprocess.run([sys.argv[1], "schema", kind], check=True, capture_output=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert paths, kind
    for path in paths:
        faults = [f"{error.json_path}: {error.message[:120]}" for error in validator.iter_errors(tomllib.loads(path.read_text()))]
        assert not faults, (path, faults)
        # A misspelt key in the first table does not validate.
        wrong = copy.deepcopy(tomllib.loads(path.read_text()))
        next(iter(wrong.values()))["nmae"] = "x"
        assert not validator.is_valid(wrong), path
    print(f"{len(paths)} files validate against the schema of a {kind}")
