"""The loop from files to findings: nothing is lost in it, and whatever breaks in it can be found."""

import base64
import gc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cassette_tools.errors import CassetteToolsError, PathError
from cassette_tools.finding import Problem, Severity
from cassette_tools.formats import registry
from cassette_tools.formats.base import Unreadable
from cassette_tools.lint import engine
from cassette_tools.lint.engine import FileResult, lint_bytes
from cassette_tools.lint.run import lint_paths
from cassette_tools.lint.settings import Settings
from cassette_tools.model import Cassette, Route
from cassette_tools.rules.base import Rule
from cassette_tools.rules.registry import RuleSet
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Node

HEALTHY = b"""\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""
BROKEN = HEALTHY.replace(b"code: 200", b"code: 404")


def _results(names: list[str]) -> list[FileResult]:
    results = list(lint_paths(names))
    assert not any(isinstance(result, CassetteToolsError) for result in results)
    return [result for result in results if isinstance(result, FileResult)]


def test_files_are_checked_one_by_one_as_they_are_asked_for(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_bytes(BROKEN)
    results = lint_paths([str(tmp_path)])
    first = next(results)
    assert isinstance(first, FileResult)
    assert first.path == str(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").write_bytes(HEALTHY)
    second = next(results)
    assert isinstance(second, FileResult)
    assert (second.path, second.checked, second.findings) == (str(tmp_path / "b.yaml"), True, ())


def test_a_name_that_leads_nowhere_is_an_error_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(HEALTHY)
    nowhere, found = lint_paths([str(tmp_path / "no.yaml"), str(tmp_path / "a.yaml")])
    assert isinstance(nowhere, PathError)
    assert isinstance(found, FileResult)


def test_one_path_is_a_list_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(HEALTHY)
    for path in (tmp_path, str(tmp_path)):
        assert [result.path for result in lint_paths(path) if isinstance(result, FileResult)] == [
            str(tmp_path / "a.yaml")
        ]


def test_the_configuration_nearest_to_a_file_holds_as_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(BROKEN)
    (tmp_path / "strict").mkdir()
    (tmp_path / "strict" / "b.yaml").write_bytes(BROKEN)
    (tmp_path / "strict" / "cassette-tools.toml").write_text('ignore = ["CT202"]\n', encoding="utf-8")
    first, second = lint_paths([tmp_path])
    assert isinstance(first, FileResult)
    assert isinstance(second, FileResult)
    assert ([finding.code for finding in first.findings], first.fails) == (["CT202"], True)
    assert (second.findings, second.fails) == ((), False)


def test_a_finding_is_complete() -> None:
    (finding,) = lint_bytes(BROKEN, "x.yaml").findings
    assert finding.path == "x.yaml"
    assert (finding.code, finding.name, finding.severity) == ("CT202", "status-code", Severity.ERROR)
    assert finding.message == "the status line says 200, the status code is 404"
    assert finding.location == (5, 33, 5, 39)
    assert finding.route == "interactions[0].response.status"
    assert finding.source_line is not None
    assert finding.source_line.text == BROKEN.decode().splitlines()[4]


def test_findings_are_in_the_order_of_their_places_then_of_their_codes() -> None:
    data = HEALTHY.replace(b"headers: {}", b"headers: {Content-Type: [application/json], Content-Type: []}")
    data = (
        data.replace(b'"[]"', b"'x'").replace(b"code: 200", b"code: 404").replace(b"id: 0", b"id: 8, more: 1, more: 2")
    )
    findings = lint_bytes(data.replace(b"id: 8, more: 1, more: 2", b"id: 8\n  more: 1\n  more: 2"), "x").findings
    assert [finding.location for finding in findings] == sorted(finding.location for finding in findings)
    assert {finding.code for finding in findings} >= {"CT103", "CT107", "CT109", "CT202"}
    keys = [(finding.location, finding.code) for finding in findings]
    assert keys == sorted(keys)


def _status_lines(number: int) -> bytes:
    interaction = BROKEN.partition(b"interactions:\n")[2]
    return b"version: 2\ninteractions:\n" + b"".join(
        interaction.replace(b"id: 0", b"id: %d" % index).replace(b"/models", b"/models/%d" % index)
        for index in range(number)
    )


def test_what_is_beyond_the_limit_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cassette_tools.lint.found.MAX_FINDINGS", 3)
    result = lint_bytes(_status_lines(10), "x.yaml")
    assert [finding.location.line for finding in result.findings] == [5, 8, 11]
    assert result.omitted == Counter({Severity.ERROR: 7})
    assert lint_bytes(_status_lines(3), "x.yaml").omitted == Counter()


def test_what_nobody_has_kept_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cassette_tools.wire.sse.MAX_DEFECTS", 3)
    stream = b'headers: {Content-Type: [text/event-stream]}, body: "data: {}\\n\\n' + b"junk\\n" * 10 + b'"'
    data = HEALTHY.replace(b'headers: {}, body: "[]"', stream)
    result = lint_bytes(data, "x.yaml")
    assert [finding.code for finding in result.findings] == ["CT302"] * 3
    assert result.omitted == Counter({Severity.ERROR: 7})
    hidden = lint_bytes(data.replace(b"id: 0", b"id: 0 # cassette-tools: ignore[CT302] junk"), "x.yaml")
    assert (hidden.findings, hidden.omitted, hidden.ignored) == ((), Counter(), 10)


def test_many_findings_of_one_kind_do_not_hide_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cassette_tools.lint.found.MAX_FINDINGS", 2)
    tags = b"".join(b"    x%d: !harmless a\n" % number for number in range(5))
    tags += b"    y: !!python/object/apply:os.getcwd []\n"
    data = BROKEN.replace(b"  request:", b"  more:\n" + tags + b"  request:")
    result = lint_bytes(data, "x.yaml")
    found = Counter((finding.code, finding.severity) for finding in result.findings)
    assert found["CT104", Severity.INFO] == 2
    assert found["CT104", Severity.ERROR] == 1
    assert found["CT202", Severity.ERROR] == 1
    assert result.omitted == Counter({Severity.INFO: 3})


def test_a_message_and_a_route_are_masked_escaped_and_cut_when_the_finding_is_built() -> None:
    secret = "sk-" + "a1B2" * 12
    key = f"\\e[31m {secret}\\n{'x' * 800}"
    data = HEALTHY.replace(b"code: 200", f'"{key}": 1, code: 200'.encode())
    (finding,) = lint_bytes(data, "x.yaml").findings
    assert finding.code == "CT107"
    for text in (finding.message, finding.route):
        assert text.startswith("interactions[0].response.\\x1b[31m " + "*" * len(secret) + "\\nxxx")
        assert len(text) <= 1100
    assert ": unknown key '" in finding.message


@pytest.mark.parametrize("name", ["Cookie", "Authorization", "password"])
def test_the_words_behind_a_route_are_no_credential(name: str) -> None:
    data = HEALTHY.replace(b"headers: {}", f"headers: {{{name}: 5}}".encode())
    (finding,) = lint_bytes(data, "x.yaml").findings
    assert finding.message.startswith(f"interactions[0].response.headers.{name}: expected a list")


def test_a_message_that_does_not_start_with_its_route_is_masked_whole() -> None:
    secret = "sk-" + "a1B2" * 12

    class Telling(Rule):
        code, name, severity, since = "CT999", "telling", Severity.ERROR, "0.1.0"

        def check_cassette(self, cassette: Cassette, document: Document) -> list[Problem]:  # noqa: ARG002
            return [Problem(f"found {secret}\n", Route()), Problem(f"password: {secret}", Route(("version",)))]

    class OnlyTelling(RuleSet):
        def rules_for(self, cassette: Cassette, document: Document) -> Iterator[Rule]:  # noqa: ARG002
            yield Telling()

    first, second = lint_bytes(HEALTHY, "x.yaml", settings=Settings(OnlyTelling())).findings
    assert (first.message, first.route) == (f"found {'*' * len(secret)}\\n", "")
    assert (second.message, second.route) == (f"password: {'*' * len(secret)}", "version")


def test_an_internal_error_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(engine, "read_format", broken)
    (tmp_path / "x.yaml").write_bytes(HEALTHY)
    with pytest.raises(RuntimeError) as raised:
        list(lint_paths([str(tmp_path / "x.yaml")]))
    assert raised.value.__notes__ == [f"while checking {tmp_path / 'x.yaml'}"]


@pytest.mark.parametrize("enabled", [True, False], ids=["on", "off"])
@pytest.mark.parametrize("fails", [True, False], ids=["failing", "succeeding"])
def test_the_garbage_collector_is_left_as_it_was(enabled: bool, fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    read = registry.read

    def watch(root: Node | None) -> Cassette | Unreadable:
        seen.append(gc.isenabled())
        if fails:
            raise RuntimeError
        return read(root)

    monkeypatch.setattr(engine, "read_format", watch)
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        if fails:
            with pytest.raises(RuntimeError):
                lint_bytes(HEALTHY, "x")
        else:
            lint_bytes(HEALTHY, "x")
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
    assert seen == [False]


def test_a_file_is_passed_over_only_when_it_was_not_named() -> None:
    data = b"services:\n  interactions: {image: nginx}\n"
    assert lint_bytes(data, "x", named=False) == FileResult("x", checked=False, findings=(), omitted=Counter())
    assert [finding.code for finding in lint_bytes(data, "x").findings] == ["CT105"]


def test_an_unreadable_file_is_checked_and_has_a_finding_without_a_line(tmp_path: Path) -> None:
    (tmp_path / "x.yaml.gz").write_bytes(b"no gzip")
    (result,) = _results([str(tmp_path / "x.yaml.gz")])
    (finding,) = result.findings
    assert result.checked
    assert (finding.code, finding.location, finding.source_line) == ("CT100", (1, 1, 1, 1), None)


def test_findings_in_coded_bodies_tell_the_lines_of_what_is_decoded() -> None:
    answer = b"data: {}\n\njunk\nmore junk\n\n"
    asked = b'{"a":\n 1'
    data = HEALTHY.replace(
        b'headers: {}, body: "[]"',
        b"headers: {Content-Type: [text/event-stream]}, body: !!binary " + base64.b64encode(answer),
    ).replace(
        b"method: GET",
        b"method: GET, headers: {Content-Type: [application/json]}, body: !!binary " + base64.b64encode(asked),
    )
    said = [finding.message.rpartition(" (")[2] for finding in lint_bytes(data, "x.yaml").findings]
    assert said == [
        "line 2, column 3 of the decoded body)",
        "event 1, line 3, column 1 of the decoded body)",
        "event 1, line 4, column 1 of the decoded body)",
    ]
