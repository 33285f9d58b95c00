"""How many findings each rule has."""

import json
from collections import Counter

from cassette_tools.finding import Finding


def render(findings: list[Finding], *, as_json: bool) -> str:
    """A line for each rule that found something, the most frequent first; ``[*]`` marks what can be fixed."""
    numbers = Counter((finding.code, finding.name, finding.severity.label) for finding in findings)
    fixable = Counter((finding.code, finding.name, finding.severity.label) for finding in findings if finding.fix)
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    if as_json:
        records = [
            {
                "code": code,
                "name": name,
                "severity": severity,
                "count": number,
                "fixable": fixable[code, name, severity],
            }
            for (code, name, severity), number in ordered
        ]
        return json.dumps(records, indent=2) + "\n"
    if not ordered:
        return ""
    from tabulate import tabulate

    rows = [
        (f"{number:,}", code, name, severity, "[*]" if fixable[code, name, severity] else "")
        for (code, name, severity), number in ordered
    ]
    return tabulate(rows, tablefmt="plain", colalign=("right", "left", "left", "left", "left")).rstrip() + "\n"
