"""Fixes: what is wrong is mended in the file and nothing else changes; what cannot be mended stays as it is."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cassette_tools.errors import CassetteToolsError, FixError
from cassette_tools.finding import Fix, Problem, Severity
from cassette_tools.lint.engine import FileResult, lint_bytes
from cassette_tools.lint.run import Fixing, Run, lint_paths
from cassette_tools.lint.settings import Options, Settings, SettingsFinder
from cassette_tools.model import Cassette, Edit, Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.rules.registry import RuleSet
from cassette_tools.source import edit, files
from cassette_tools.source.document import Document

BROKEN = """\
version: 2
interactions:
- id: 3
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 500 Broken, headers: {}, body: "[]", content_length: 9}
"""
FIXED = BROKEN.replace("id: 3", "id: 0").replace("500 Broken", "200 OK").replace("9}", "2}")
CUT = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/chat/completions", method: POST}
  response:
    code: 200
    headers: {Content-Type: [text/event-stream]}
    body: %s
"""
ISOLATED = SettingsFinder(Options(isolated=True))


def _fix(path: Path, *, unsafe: bool = False, show: bool = False) -> FileResult:
    result, *errors = lint_paths([str(path)], Run(ISOLATED, fixing=Fixing(unsafe, show)))
    for error in errors:
        assert isinstance(error, CassetteToolsError)
        raise error
    assert isinstance(result, FileResult)
    return result


@pytest.mark.parametrize("name", ["x.yaml", "x.yaml.gz"])
def test_a_file_is_mended_at_once_and_checked_again(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(BROKEN.encode()) if name.endswith(".gz") else BROKEN.encode())
    path.chmod(0o640)
    result = _fix(path)
    assert (result.fixed, result.findings, result.change) == (3, (), None)
    assert files.read(path) == FIXED.encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == [name]


def test_what_fixes_would_change_is_shown_and_not_done(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(BROKEN)
    result = _fix(path, show=True)
    assert (result.fixed, result.change) == (3, (BROKEN, FIXED))
    assert path.read_text() == BROKEN


@pytest.mark.parametrize("text", [FIXED, "version: 2\ninteractions: [\n", "a: 1\n"])
def test_a_file_that_has_nothing_to_be_mended_is_not_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    os.utime(path, (1, 1))
    assert _fix(path).fixed == 0
    assert path.stat().st_mtime == 1


def test_unsafe_fixes_are_made_only_when_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(CUT % '"data: {}\\n\\ndata: [DONE]\\n"')
    assert [finding.code for finding in _fix(path).findings if finding.fix] == ["CT301"]
    assert path.read_text() == CUT % '"data: {}\\n\\ndata: [DONE]\\n"'
    assert _fix(path, unsafe=True).fixed == 1
    assert path.read_text() == CUT % '"data: {}\\n\\ndata: [DONE]\\n\\n"'


@pytest.mark.parametrize(
    ("body", "fixed"),
    [
        ('"data: {}\\r\\n\\r\\ndata: {}"', '"data: {}\\r\\n\\r\\ndata: {}\\r\\n\\r\\n"'),
        ("!!binary ZGF0YToge30KCmRhdGE6IHt9", None),  # bytes: there is no text in the file to be edited
        ('"data: {}\\n\\ndata: {\\"a\\":"', None),  # the event itself was cut
        ("'data: {}'", "'data: {}\n\n\n          '"),
        ("data:{}", '"data:{}\\n\\n"'),  # a plain value cannot end with a line break
    ],
)
def test_a_blank_line_is_added_where_the_event_is_whole(tmp_path: Path, body: str, fixed: str | None) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(CUT % body)
    result = _fix(path, unsafe=True)
    assert (result.fixed, path.read_text()) == (int(fixed is not None), CUT % (body if fixed is None else fixed))
    assert ("CT301" in {finding.code for finding in result.findings}) == (fixed is None)


def test_of_several_fixes_those_that_cannot_be_made_keep_none_of_the_others_from_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = edit.apply

    def apply(data: bytes, document: Document, edits: list[Edit], name: str) -> bytes:
        if any(change.path[-1] == "body" for change in edits):
            raise edit.EditError("no style can hold the new text")
        return made(data, document, edits, name)

    monkeypatch.setattr(edit, "apply", apply)
    path = tmp_path / "x.yaml"
    path.write_text(CUT % "data:{}" + BROKEN.partition("interactions:\n")[2])
    result = _fix(path, unsafe=True)
    assert (result.fixed, [finding.code for finding in result.findings if finding.fix]) == (3, ["CT301"])


def test_a_file_that_was_changed_in_the_meantime_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(BROKEN)
    contents = iter([BROKEN.encode(), b"another"])
    monkeypatch.setattr(files, "read", lambda _: next(contents))
    with pytest.raises(FixError, match=r"x\.yaml: not fixed: the file was changed in the meantime"):
        _fix(path)
    assert path.read_text() == BROKEN


def test_a_file_that_cannot_be_written_is_an_error_and_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(BROKEN)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(FixError, match=r"x\.yaml: not fixed: no space left on device"):
        _fix(path)
    assert path.read_text() == BROKEN
    # Its findings are there all the same.
    result, error = lint_paths([str(path)], Run(ISOLATED, fixing=Fixing()))
    (as_it_is,) = lint_paths([str(path)], Run(ISOLATED))
    assert isinstance(error, FixError)
    assert isinstance(result, FileResult)
    assert isinstance(as_it_is, FileResult)
    assert (result.findings, result.fixed, result.fails) == (as_it_is.findings, 0, True)


@pytest.mark.parametrize("data", [b"\xff", "é".encode("latin-1")])
def test_a_file_that_is_not_utf_8_is_not_rewritten(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(BROKEN.encode() + b"# " + data + b"\n")
    before = path.read_bytes()
    assert _fix(path).fixed == 0
    assert path.read_bytes() == before


class _Restless(Rule):
    """A rule whose fix gives it another reason to complain."""

    code, name, severity, since = "CT999", "restless", Severity.ERROR, "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> list[Problem]:  # noqa: ARG002
        path = interaction.request.route("method").path
        method = "PUT" if interaction.request.method == "POST" else "POST"
        return [Problem("no", interaction.request.route("method"), fix=Fix("x", True, (Edit(path, 0, None, method),)))]


class _OnlyRestless(RuleSet):
    def rules_for(self, cassette: Cassette, document: Document) -> Iterator[Rule]:  # noqa: ARG002
        return iter(())

    def rules_about(self, interaction: Interaction, transcript: Transcript | None) -> Iterator[Rule]:  # noqa: ARG002
        yield _Restless()


def test_fixes_that_undo_each_other_come_to_an_end() -> None:
    from cassette_tools.lint import fix

    settings = Settings(_OnlyRestless())
    data = BROKEN.encode()
    result = fix.apply(
        data,
        lint_bytes(data, "x.yaml", settings=settings),
        lambda edited: lint_bytes(edited, "x.yaml", settings=settings),
        unsafe=False,
        write_to="",
    )
    assert result.fixed == 100
    assert len(result.findings) == 1


@pytest.mark.corpus
def test_every_safe_fix_of_the_corpus_changes_only_what_is_wrong(corpus: Path) -> None:
    fixed = 0
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        result = _fix(path, unsafe=True, show=True)
        if result.change is None:
            continue
        fixed += result.fixed
        before, after = (text.splitlines() for text in result.change)
        assert len(before) == len(after)
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert 0 < len(changed) <= result.fixed
        assert not [finding for finding in result.findings if finding.fix]
    assert fixed > 50


def test_an_id_that_several_share_is_not_called_fixable(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    exchange = "  request: {url: 'https://a.example/', method: GET}\n  response: {code: 200, headers: {}}\n"
    path.write_text(f"version: 2\ninteractions:\n- id: &i 0\n{exchange}- id: *i\n{exchange}")
    (finding,) = [finding for finding in _fix(path).findings if finding.code == "CT109"]
    assert finding.fix is None
