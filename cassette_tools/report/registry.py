"""The formats of reports, each imported when it is asked for."""

from typing import Any

FORMATS = ("text", "json")


def automatic(name: str) -> str:
    return "text" if name == "auto" else name


def report(name: str, *, colour: bool, width: int) -> Any:
    if name == "json":
        from cassette_tools.report.json import JsonReport

        return JsonReport()
    from cassette_tools.report import text

    class T:
        def begin(self):
            return ""

        def add(self, finding):
            return text.render(finding, colour=colour, width=width)

        def end(self, totals):
            return ""

    return T()
