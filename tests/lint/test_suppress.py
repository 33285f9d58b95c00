"""Comments hide what is found where they stand, the configuration what it names, recorded text nothing."""

from pathlib import Path

import pytest

from cassette_tools.lint.engine import FileResult, lint_bytes
from cassette_tools.lint.run import Run, lint_paths
from cassette_tools.lint.settings import SettingsFinder

# A status line, a length and a body that are wrong, in two interactions.
PLAIN = """\
version: 2
interactions:
- id: 0
  request:
    url: https://api.example.com/v1/models
    method: GET
  response:
    code: 404
    status: 200 OK
    headers: {}
    body: "[]"
    content_length: 9
- id: 1
  request:
    url: https://api.example.com/v1/models/other
    method: GET
  response:
    code: 404
    status: 200 OK
    headers: {}
    body: |
      []
    content_length: 9
"""
ALL = [(9, "CT202"), (12, "CT201"), (19, "CT202"), (23, "CT201")]


def _with(line: int, comment: str, *, alone: bool = False) -> str:
    lines = PLAIN.splitlines()
    if alone:
        lines.insert(line - 1, comment)
    else:
        lines[line - 1] += f" {comment}"
    return "\n".join(lines) + "\n"


def _result(text: str) -> FileResult:
    return lint_bytes(text.encode(), "x.yaml")


def _left(text: str) -> list[tuple[int, str]]:
    """The findings as they would be without the line that was put in."""
    return [(finding.location.line, finding.code) for finding in _result(text).findings]


@pytest.mark.parametrize(
    ("line", "rules", "hidden"),
    [
        (9, "CT202", {0}),  # behind the value
        (9, "status-code", {0}),
        (9, "CT2", {0}),
        (9, " CT202 , CT2 ", {0}),
        (7, "CT202", {0}),  # behind the key of the block that has it
        (7, "CT202,CT201", {0, 1}),
        (3, "CT2", {0, 1}),  # behind the head of the interaction
        (2, "CT202", {0, 2}),  # behind the key of all interactions
        (21, "CT2", set()),  # behind the header of a block scalar, which has nothing to hide
    ],
)
def test_a_comment_behind_a_value_covers_it_and_what_is_in_it(line: int, rules: str, hidden: set[int]) -> None:
    text = _with(line, f"# cassette-tools: ignore[{rules}] it was recorded so")
    unused = [] if hidden else [(line, "CT002")]
    assert _left(text) == sorted([place for number, place in enumerate(ALL) if number not in hidden] + unused)
    assert _result(text).ignored == len(hidden)


@pytest.mark.parametrize(
    ("line", "hidden"),
    [(9, {0}), (7, {0}), (3, {0}), (13, {2}), (1, {0, 2})],
)
def test_a_comment_on_a_line_of_its_own_covers_the_line_below_or_the_file(line: int, hidden: set[int]) -> None:
    text = _with(line, "# cassette-tools: ignore[CT202]", alone=True)
    expected = [(at + (at >= line), code) for number, (at, code) in enumerate(ALL) if number not in hidden]
    assert _left(text) == expected


def test_comments_above_each_other_cover_the_same_line() -> None:
    comments = "# cassette-tools: ignore[CT201]\n# of another kind\n\n#cassette-tools:ignore[CT202]"
    assert [code for _, code in _left(_with(13, comments, alone=True))] == ["CT202", "CT201"]
    assert _result(_with(13, comments, alone=True)).ignored == 2


@pytest.mark.parametrize(
    "body",
    [
        'body: "# cassette-tools: ignore[CT202, CT201]"',
        "body: '\n\n      # cassette-tools: ignore[CT202, CT201]'",
        "body: |\n      # cassette-tools: ignore[CT202, CT201]",
        "body: a\n      b#cassette-tools:ignore[CT202, CT201]",
    ],
)
def test_recorded_text_hides_nothing(body: str) -> None:
    text = PLAIN.replace('body: "[]"', body)
    assert [code for _, code in _left(text)] == ["CT202", "CT201", "CT202", "CT201"]


def test_json_has_no_comments() -> None:
    text = '{"version": 2, "interactions": [], "#": " # cassette-tools: ignore[CT107]"}'
    assert "CT107" in {finding.code for finding in lint_bytes(text.encode(), "x.json").findings}


def test_a_comment_for_a_rule_that_does_not_run_is_not_called_unused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(_with(9, "# cassette-tools: ignore[CT303]"))
    (tmp_path / "cassette-tools.toml").write_text('select = ["CT0", "CT202"]')
    assert [code for _, code in _found(tmp_path)] == ["CT202", "CT202"]


def test_a_thousand_comments_take_no_thousand_times_as_long() -> None:
    text = PLAIN + "# cassette-tools: ignore[CT202]\n" * 20_000
    assert _result(text).omitted.total() == 19_000


def _found(folder: Path) -> list[tuple[str, str]]:
    results = [result for result in lint_paths([str(folder)], Run(SettingsFinder())) if isinstance(result, FileResult)]
    return [
        (Path(finding.path).relative_to(folder).as_posix(), finding.code)
        for result in results
        for finding in result.findings
    ]


def test_the_configuration_hides_rules_in_the_files_that_its_patterns_mean(tmp_path: Path) -> None:
    for name in ("a/x.yaml", "a/b/y.yaml", "z.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PLAIN)
    (tmp_path / ".git").mkdir()
    (tmp_path / "cassette-tools.toml").write_text(
        '[per-file-ignores]\n"a/" = ["CT202"]\n"y.*" = ["content-length"]\n"/x.yaml" = ["ALL"]\n'
    )
    assert _found(tmp_path) == [
        ("z.yaml", "CT202"), ("z.yaml", "CT201"), ("z.yaml", "CT202"), ("z.yaml", "CT201"),
        ("a/x.yaml", "CT201"), ("a/x.yaml", "CT201"),
    ]  # fmt: skip


def test_a_configuration_further_down_holds_instead_and_not_as_well(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("x.yaml", "a/y.yaml"):
        (tmp_path / name).write_text(PLAIN)
    (tmp_path / "cassette-tools.toml").write_text('ignore = ["CT201"]')
    (tmp_path / "a" / "cassette-tools.toml").write_text('[rules.CT201]\nseverity = "info"\n')
    assert set(_found(tmp_path)) == {("x.yaml", "CT202"), ("a/y.yaml", "CT201"), ("a/y.yaml", "CT202")}


def test_includes_and_excludes_say_what_a_folder_is_searched_for(tmp_path: Path) -> None:
    for name in ("x.cassette", "y.yaml", "a/z.cassette", "b/z.cassette"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PLAIN)
    (tmp_path / "cassette-tools.toml").write_text('include = ["*.cassette"]\nexclude = ["b/"]\nignore = ["CT201"]')
    assert {name for name, _ in _found(tmp_path)} == {"x.cassette", "a/z.cassette"}
    excluded = str(tmp_path / "b" / "z.cassette")
    # One that is named is checked, unless named files are to be taken like those that are found.
    assert len(list(lint_paths([excluded], Run(SettingsFinder())))) == 1
    assert list(lint_paths([excluded], Run(SettingsFinder(), skip_unknown=True))) == []
