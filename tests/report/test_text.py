"""The text report as a person sees it: whole outputs, and the marks under the right columns."""

import gzip
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.finding import Finding, Location, Severity, SourceLine
from cassette_tools.report.text import render

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _cassette(body: str) -> str:
    """A recording whose response says it is JSON; the body is on line 8, from column 11 on."""
    return f"""\
version: 2
interactions:
- id: 0
  request: {{url: "https://api.example.com/v1/models", method: GET}}
  response:
    code: 200
    headers: {{Content-Type: [application/json]}}
    body: {body}
"""


HEAD = "warning[CT204] body-not-json: the response says it is application/json, but is not JSON: expecting value"
LONG = f"""'["{"a" * 60}", oops, "{"b" * 60}"]'"""


@pytest.mark.parametrize(
    ("body", "columns", "out"),
    [
        pytest.param(
            "'[1, oops]'",
            80,
            f"""\
x.yaml:8:16: {HEAD}
 8 |     body: '[1, oops]'
   |                ^
""",
            id="a short line",
        ),
        pytest.param(
            LONG,
            60,
            f"""\
x.yaml:8:77: {HEAD}
 8 | …aaaaaaaaaaaaaa", oops, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
   |                   ^
""",
            id="the middle of a long line, 60 columns",
        ),
        pytest.param(
            LONG,
            80,
            f"""\
x.yaml:8:77: {HEAD}
 8 | …aaaaaaaaaaaaaaaaaaaaa", oops, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
   |                          ^
""",
            id="the middle of a long line, 80 columns",
        ),
        pytest.param(
            f"'oops{'a' * 100}'",
            60,
            f"""\
x.yaml:8:12: {HEAD}
 8 |     body: 'oopsaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
   |            ^
""",
            id="the start of a long line",
        ),
        pytest.param(
            f"""'["{"a" * 100}",'""",
            60,
            f"""\
x.yaml:8:116: {HEAD}
 8 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",'
   |                                                       ^
""",
            id="the end of a long line",
        ),
        pytest.param(
            """'["日本語", oops]'""",
            80,
            f"""\
x.yaml:8:20: {HEAD}
 8 |     body: '["日本語", oops]'
   |                       ^
""",
            id="wide characters before the mark",
        ),
        pytest.param(
            """'["e\u0301e\u0301", oops]'""",
            80,
            f"""\
x.yaml:8:21: {HEAD}
 8 |     body: '["e\u0301e\u0301", oops]'
   |                   ^
""",
            id="combining characters before the mark",
        ),
        pytest.param(
            f"""'["{"日本" * 20}", oops, "{"本" * 40}"]'""",
            60,
            f"""\
x.yaml:8:57: {HEAD}
 8 | …日本日本日本", oops, "本本本本本本本本本本本本本本本…
   |                 ^
""",
            id="wide characters that are cut",
        ),
        pytest.param(
            r'"[\"\u65e5\x41\", oops]"',
            80,
            f"""\
x.yaml:8:29: {HEAD}
 8 |     body: "[\\"\\u65e5\\x41\\", oops]"
   |                             ^
""",
            id="a double-quoted body with escapes",
        ),
        pytest.param(
            ">\n      [1,\n      2,\n      oops]",
            80,
            f"""\
x.yaml:11:7: {HEAD}
 11 |       oops]
    |       ^
""",
            id="a folded body",
        ),
        pytest.param(
            "|\n      [1,\n      \\x]",
            80,
            f"""\
x.yaml:10:7: {HEAD}
 10 |       \\x]
    |       ^
""",
            id="a literal body",
        ),
    ],
)
def test_a_finding_shows_its_place_and_marks_it(call: Run, tmp_path: Path, body: str, columns: int, out: str) -> None:
    (tmp_path / "x.yaml").write_text(_cassette(body), encoding="utf-8")
    result = call("lint", "x.yaml", env={"COLUMNS": str(columns)})
    assert result.stdout == out
    assert result.stderr == "1 finding (1 warning) in 1 of 1 cassette\n"


SHORT = f"""\
NAME:8:16: {HEAD}
 8 |     body: '[1, oops]'
   |                ^
"""


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        pytest.param("crlf.yaml", lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param("cr.yaml", lambda text: text.replace("\n", "\r").encode(), id="CR"),
        pytest.param("bom.yaml", lambda text: b"\xef\xbb\xbf" + text.encode(), id="a byte order mark"),
        pytest.param("x.yaml.gz", lambda text: gzip.compress(text.encode()), id="gzip"),
    ],
)
def test_line_ends_marks_and_compression_move_no_column(
    call: Run, tmp_path: Path, name: str, encode: Callable[[str], bytes]
) -> None:
    (tmp_path / name).write_bytes(encode(_cassette("'[1, oops]'")))
    assert call("lint", name).stdout == SHORT.replace("NAME", name)


def test_a_byte_order_mark_is_not_a_column_of_the_first_line(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfversion: 9\ninteractions: []\n")
    assert call("lint", "x.yaml").stdout == (
        "x.yaml:1:10: error[CT106] unsupported-version: "
        "a go-vcr cassette that states version 9; versions 1 and 2 can be read\n"
        " 1 | version: 9\n"
        "   |          ^\n"
    )


def test_an_empty_file_has_no_line_to_show(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"")
    assert call("lint", "x.yaml").stdout == "x.yaml:1:1: error[CT105] unknown-format: the file is empty\n"


def test_findings_come_in_the_order_of_their_places(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(
        _cassette("'[1, oops]'").replace("code: 200", "code: 200\n    status: 404 Gone").replace("id: 0", "id: 4")
    )
    heads = [line for line in call("lint", "x.yaml").stdout.splitlines() if line.startswith("x.yaml")]
    assert [head.partition(": ")[0] for head in heads] == ["x.yaml:3:7", "x.yaml:7:13", "x.yaml:9:16"]


def _finding(source: SourceLine | None, *, severity: Severity = Severity.ERROR) -> Finding:
    return Finding("x.yaml", "CT301", "some-name", severity, "a message", Location(7, 1, 7, 2), "", source)


def test_without_a_source_line_there_is_the_head_only() -> None:
    head = "x.yaml:7:1: error[CT301] some-name: a message\n"
    assert render(_finding(None), colour=False, width=80) == head
    assert render(_finding(SourceLine("", 0, 1)), colour=False, width=80) == head


@pytest.mark.parametrize(
    ("severity", "code"), [(Severity.ERROR, "31"), (Severity.WARNING, "33"), (Severity.INFO, "36")], ids=str
)
def test_colours_change_nothing_but_colours(severity: Severity, code: str) -> None:
    finding = _finding(SourceLine("abcdef", 2, 4), severity=severity)
    painted = render(finding, colour=True, width=80)
    assert painted == (
        f"\x1b[1mx.yaml:7:1\x1b[0m: \x1b[1;{code}m{severity.label}[CT301]\x1b[0m some-name: a message\n"
        " \x1b[2m7\x1b[0m \x1b[2m|\x1b[0m abcdef\n"
        f"   \x1b[2m|\x1b[0m   \x1b[1;{code}m^^\x1b[0m\n"
    )
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render(finding, colour=False, width=80)


def test_a_path_is_shown_as_it_is_but_for_control_characters() -> None:
    # A path is the user's own and must lead to the file: what looks like a credential in it is none.
    finding = _finding(None)._replace(path="sk-some-long-folder-name/xai_simple_streaming\x1b[31m.yaml")
    shown = render(finding, colour=False, width=80)
    assert shown.startswith("sk-some-long-folder-name/xai_simple_streaming\\x1b[31m.yaml:7:1: ")


# Characters whose columns are beyond doubt, from Unicode's tables: narrow, wide, full-width, combining, joining. Those
# of the marked range occur nowhere else.
COLUMNS = {"a": 1, "é": 1, "日": 2, "\uff21": 2, "😀": 2, "x": 1, "語": 2, "\uff38": 2, "🙂": 2}
JOINING = "\u0301\u200d\ufe0f"
OUTSIDE = st.text(st.sampled_from("aaaaé日\uff21😀" + JOINING), max_size=120)
INSIDE = st.text(st.sampled_from("xxx語\uff38🙂"), min_size=1, max_size=100)


def _columns(text: str) -> int:
    return sum(0 if char in JOINING else COLUMNS.get(char, 1) for char in text)


@settings(deadline=None, max_examples=300)
@given(OUTSIDE, INSIDE, OUTSIDE, st.integers(40, 200))
def test_the_marks_stand_under_the_range_and_the_line_fits(before: str, marked: str, after: str, width: int) -> None:
    source = SourceLine(before + marked + after, len(before), len(before + marked))
    _, line, marks = render(_finding(source), colour=False, width=width).splitlines()
    assert line.startswith(" 7 | ")
    assert _columns(line) <= width
    spaces, carets = marks.count(" "), marks.count("^")
    assert marks == "   | ".ljust(spaces + 1) + "^" * carets
    assert carets
    under = {}  # column: the character that starts there
    for index, char in enumerate(line):
        if char not in JOINING:
            under[_columns(line[:index])] = char
    above = "".join(char for column, char in under.items() if spaces + 1 <= column < spaces + 1 + carets)
    assert above == marked or (above[-1] == "…" and marked.startswith(above[:-1]))
    assert _columns(above) == carets
    assert set(marked).isdisjoint(char for column, char in under.items() if column < spaces + 1)
    assert set(marked).isdisjoint(char for column, char in under.items() if column >= spaces + 1 + carets)


@pytest.mark.parametrize("start", [0, 1, 150, 298, 299])
@pytest.mark.parametrize("width", [1, 40, 77, 300, 1000])
def test_a_line_uses_the_width_that_there_is(start: int, width: int) -> None:
    source = SourceLine("x" * 300, start, start + 1)
    _, line, marks = render(_finding(source), colour=False, width=width).splitlines()
    assert len(line) == min(max(width, 40), 305)
    assert line[marks.index("^")] == "x"
    assert line[5] == ("…" if len(line) < 305 and start > 100 else "x")


def test_a_range_longer_than_the_line_is_marked_to_its_end() -> None:
    _, line, marks = render(_finding(SourceLine("x" * 300, 0, 300)), colour=False, width=50).splitlines()
    assert line == " 7 | " + "x" * 44 + "…"
    assert marks == "   | " + "^" * 45


def test_a_range_behind_the_last_character_has_one_mark() -> None:
    _, line, marks = render(_finding(SourceLine("abc", 3, 4)), colour=False, width=50).splitlines()
    assert (line, marks) == (" 7 | abc", "   |    ^")
