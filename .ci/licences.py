"""Checks that every dependency has a permissive licence. Reads `cargo metadata --format-version 1` from standard input."""

import json
import re
import sys

PERMISSIVE = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "ISC", "MIT", "MIT-0", "Unicode-3.0", "Unicode-DFS-2016", "Unlicense", "Zlib",
}
# Licences of data, as permissive as those of code: accepted for the crate that brings the data and for no other.
DATA = {
    "epaint_default_fonts": {"OFL-1.1", "Ubuntu-font-1.0", "LicenseRef-UFL-1.0"},
    "webpki-root-certs": {"CDLA-Permissive-2.0"},
}


def accepted(expression, allowed):
    """Whether an SPDX expression can be met by allowed licences alone: OR needs one side, AND needs both."""
    tokens = re.findall(r"\(|\)|[^\s()]+(?: WITH [^\s()]+)?", expression.replace("/", " OR "))

    def alternatives():
        value = conjunction()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            value = conjunction() or value
        return value

    def conjunction():
        value = term()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            value = term() and value
        return value

    def term():
        token = tokens.pop(0)
        if token == "(":
            value = alternatives()
            tokens.pop(0)
            return value
        return token in allowed

    return alternatives()


def main():
    packages = json.load(sys.stdin)["packages"]
    bad = []
    for package in packages:
        allowed = PERMISSIVE | DATA.get(package["name"], set())
        licence = package["license"]
        if not licence or not accepted(licence, allowed):
            bad.append(f"{package['name']} {package['version']}: {licence or 'no licence stated'}")
    for line in bad:
        print(f"not permissive: {line}")
    print(f"licences: {len(packages) - len(bad)} packages accepted, {len(bad)} refused")
    sys.exit(1 if bad else 0)


main()
