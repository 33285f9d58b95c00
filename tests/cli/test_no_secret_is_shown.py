"""Whatever the tool says of a recording, it tells no secret of it: a finding shows its kind, its place, its length.

One folder holds secrets of several kinds in every place of a recording, and each way to make the tool say something is
tried on it. What must not be seen are eight characters in a row of what is random in a secret, in the spelling of the
file, too.
"""

import base64
import gzip
import json
import random
import string
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cassette_tools.report import message, registry
from cassette_tools.wire import sse

Run = Callable[..., "subprocess.CompletedProcess[str]"]

_LETTERS = string.ascii_letters + string.digits
_KINDS = {
    "openai": ("sk-" + "proj-", 72, "", _LETTERS),
    "anthropic": ("sk-" + "ant-api03-", 93, "AA", _LETTERS),
    "github": ("gh" + "p_", 36, "", _LETTERS),
    "aws": ("AK" + "IA", 16, "", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "google": ("AI" + "za", 35, "", _LETTERS),
    "stripe": ("sk_" + "live_", 32, "", _LETTERS),
}
"""What each starts with, how much of it is random, what it ends with, and of which letters it is."""
_SEEN = 8


class Secret(NamedTuple):
    """A secret in the folder."""

    place: str
    kind: str
    text: str
    """The whole of it."""
    traces: tuple[str, ...]
    """Texts of which no eight characters in a row may be seen."""


def _secret(place: str, kind: str) -> Secret:
    head, size, tail, letters = _KINDS[kind]
    chance = random.Random(f"{place} {kind}")
    body = "".join(chance.choices(letters, k=size))
    return Secret(place, kind, f"{head}{body}{tail}", (body,))


def _json_body(value: Any) -> dict[str, str]:
    return {"media_type": "application/json", "body": json.dumps(value)}


def _stream(text: str) -> dict[str, str]:
    """An answer whose text comes three characters at a time."""
    start = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}
    deltas: list[dict[str, str]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text[at : at + 3]} for at in range(0, len(text), 3)]
    chunks = [{**start, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**start, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    events = [*map(json.dumps, chunks), "[DONE]"]
    return {"media_type": "text/event-stream", "body": "".join(f"data: {event}\n\n" for event in events)}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_URL = "https://api.openai.com/v1/chat/completions"
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "Authorization": lambda it: {"asked": {"Authorization": f"Bearer {it}"}},
    "Basic": lambda it: {"asked": {"Authorization": "Basic " + _base64(f"user:{it}")}},
    "a header for keys": lambda it: {"asked": {"X-Api-Key": it}},
    "Cookie": lambda it: {"asked": {"Cookie": f"theme=dark; session={it}"}},
    "Set-Cookie": lambda it: {"answered": {"Set-Cookie": f"session={it}; Path=/"}},
    "any header": lambda it: {"answered": {"X-Remark": f"used {it} here"}},
    "the name of a header": lambda it: {"answered": {it: "1"}},
    "Location": lambda it: {"answered": {"Location": f"https://example.com/?api_key={it}"}},
    "the query": lambda it: {"url": f"{_URL}?key={it}"},
    "the query, encoded": lambda it: {"url": f"{_URL}?next=https%3A%2F%2Fexample.com%2F%3Fkey%3D{it}"},
    "the query, encoded twice": lambda it: {"url": f"{_URL}?next=a%253Fkey%253D{it}"},
    "userinfo": lambda it: {"url": f"https://user:{it}@api.openai.com/v1/models"},
    "a URL that is none": lambda it: {"url": f"http://[{it}"},
    "the method": lambda it: {"method": it},
    "the request": lambda it: {"request": json.dumps({"messages": [{"role": "user", "content": f"I have {it}"}]})},
    "the request twice": lambda it: {"request": json.dumps({"password": it, "again": it})},
    "a form": lambda it: {"form": f"a=b&client_secret={it}&c=d"},
    "JSON": lambda it: _json_body({"deep": [{"token": it}]}),
    "a key of JSON": lambda it: _json_body({it: 1}),
    "JSON in JSON": lambda it: _json_body({"text": json.dumps({"api_key": it})}),
    "escaped JSON": lambda it: {
        "media_type": "application/json",
        "body": '{"a": "' + "".join(f"\\u{ord(char):04x}" for char in it) + '"}',
    },
    "base64": lambda it: _json_body({"data": _base64(f'{{"api_key": "{it}"}}')}),
    "JSON that is none": lambda it: {"media_type": "application/json", "body": f'{{"token": "{it}", "a": tru'},
    "JSON that breaks there": lambda it: {"media_type": "application/json", "body": f'{{"a": {it}}}'},
    "a split stream": lambda it: _stream(f"It is {it}."),
    "an event": lambda it: {"media_type": "text/event-stream", "body": f'data: {{"a": "{it}"}}\n\ndata: {it}\n\n'},
    "an event that does not end": lambda it: {"media_type": "text/event-stream", "body": f"data: {{}}\n\ndata: {it}"},
    "the field of an event": lambda it: {"media_type": "text/event-stream", "body": f"{it}: x\n\ndata: {{}}\n\n"},
    "an error": lambda it: {"code": 401, **_json_body({"error": {"message": f"Incorrect API key provided: {it}"}})},
    "a media type": lambda it: {"media_type": f"application/{it}", "body": "{"},
    "the status": lambda it: {"status": f"200 {it}"},
    "a field of no recorder": lambda it: {"more": {it: it}},
}


def _interaction(number: int, parts: dict[str, Any]) -> dict[str, Any]:
    """An interaction in go-vcr's form."""
    form = parts.get("form")
    media_type = "application/x-www-form-urlencoded" if form else "application/json"
    asked = {"Content-Type": media_type, **parts.get("asked", {})}
    answered = {"Content-Type": parts.get("media_type", "application/json"), **parts.get("answered", {})}
    return {
        "id": number,
        "request": {
            "method": parts.get("method", "POST"),
            "url": parts.get("url", _URL),
            "headers": {name: [value] for name, value in asked.items()},
            "body": form or parts.get("request", '{"model": "gpt-4o"}'),
        },
        "response": {
            "status": parts.get("status", "200 OK"),
            "code": parts.get("code", 200),
            "headers": {name: [value] for name, value in answered.items()},
            "body": parts.get("body", "{}"),
        },
        **parts.get("more", {}),
    }


def _coded_traces(place: str, secret: Secret) -> Secret:
    """The same with the spelling that it has in the file, where that is another one."""
    text = secret.text
    if place in ("base64", "Basic"):
        before, behind = ('{"api_key": "', '"}') if place == "base64" else ("user:", "")
        # Behind what is the same in a fake: the start of its kind.
        known = -(-len(before + _KINDS[secret.kind][0]) // 3) * 4
        return secret._replace(traces=(*secret.traces, _base64(before + text + behind)[known:-6]))
    if place == "escaped JSON":
        spelled = "".join(f"\\u{ord(char):04x}" for char in secret.traces[0])
        return secret._replace(traces=(*secret.traces, spelled))
    return secret


def _yaml(interactions: list[dict[str, Any]]) -> str:
    # JSON is YAML; a line for each interaction makes lines that are shown.
    items = "".join(f"- {json.dumps(interaction)}\n" for interaction in interactions)
    return f"version: 2\ninteractions:\n{items}"


@pytest.fixture
def secrets(tmp_path: Path) -> list[Secret]:
    """The secrets in a folder of recordings, ``cassettes``: a file for each place, with all kinds."""
    folder = tmp_path / "cassettes"
    folder.mkdir()
    found: list[Secret] = []

    def new(place: str, kind: str) -> str:
        found.append(_coded_traces(place, _secret(place, kind)))
        return found[-1].text

    for number, (place, parts) in enumerate(PLACES.items()):
        made = [_interaction(index, parts(new(place, kind))) for index, kind in enumerate(_KINDS)]
        (folder / f"{number:02}.yaml").write_text(_yaml(made), encoding="utf-8")
    # Those that are in no value of an interaction of go-vcr.
    for kind in _KINDS:
        plain = _interaction(0, {})
        text = _yaml([plain])
        (folder / f"comment-{kind}.yaml").write_text(f"# {new('a comment', kind)}\n{text}", encoding="utf-8")
        (folder / f"behind-{kind}.yaml").write_text(f"{text}# {new('a comment behind', kind)}\n", encoding="utf-8")
        (folder / f"key-{kind}.yaml").write_text(f"{text}{new('a key of the file', kind)}: 1\n", encoding="utf-8")
        broken = f"{text}- {{'{new('a broken line', kind)}: [\n"
        (folder / f"broken-{kind}.yaml").write_text(broken, encoding="utf-8")
        conflict = f"<<<<<<< {new('a conflict', kind)}\n{text}=======\n>>>>>>> {new('a conflict behind', kind)}\n"
        (folder / f"conflict-{kind}.yaml").write_text(conflict, encoding="utf-8")
        (folder / f"tag-{kind}.yaml").write_text(f"{text}more: !{new('a tag', kind)} 1\n", encoding="utf-8")
        (folder / f"twice-{kind}.yaml").write_text(
            text + f"{new('a key that is there twice', kind)}: 1\n{found[-1].text}: 2\n", encoding="utf-8"
        )
        named = f"test[{new('the name of a file', kind)}].yaml"
        (folder / named).write_text(_yaml([_interaction(5, {"media_type": "application/json", "body": "{"})]))
        broken = f"test[{new('the name of a broken file', kind)}].yaml"
        (folder / broken).write_text("version: 2\ninteractions: [\n")
        packed = gzip.compress(json.dumps({"key": new("gzip", kind)}).encode(), mtime=0)
        coded = base64.b64encode(packed).decode()
        # Its start is that of any such JSON; its end is a checksum and a length.
        found[-1] = found[-1]._replace(traces=(*found[-1].traces, coded[48:-16]))
        vcrpy = (
            "version: 1\ninteractions:\n- request:\n    method: GET\n    uri: http://localhost/\n    body: null\n"
            "    headers: {}\n  response:\n    status: {code: 200, message: OK}\n"
            "    headers:\n      Content-Encoding: [gzip]\n      Content-Type: [application/json]\n"
            f"    body:\n      string: !!binary {coded}\n"
        )
        (folder / f"gzip-{kind}.yaml").write_text(vcrpy, encoding="utf-8")
    return found


def _shown(secrets: list[Secret], text: str) -> Iterator[tuple[str, str]]:
    """Places and kinds of the secrets of which more is seen than may be."""
    windows = {text[at : at + _SEEN] for at in range(len(text) - _SEEN + 1)}
    for secret in secrets:
        for trace in secret.traces:
            # Of escapes, each of which is six characters, as many as are eight characters.
            step = 6 if trace.startswith("\\u") else 1
            if step == 6:
                parts = (trace[at : at + 6 * _SEEN] for at in range(0, len(trace) - 6 * _SEEN + 1, 6))
                seen = any(part in text or part.replace("\\", "\\\\") in text for part in parts)
            else:
                seen = any(trace[at : at + _SEEN] in windows for at in range(len(trace) - _SEEN + 1))
            if seen:
                yield secret.place, secret.kind
                break


def _said(result: "subprocess.CompletedProcess[str]") -> str:
    return f"{result.stdout}\n{result.stderr}"


LINT: dict[str, list[str]] = {
    # In one process, files are checked once for all of these.
    **{f"--format {name}": ["-j", "1", "--format", name] for name in sorted(registry.FORMATS)},
    "--statistics": ["-j", "1", "--statistics"],
    "--verbose": ["-j", "1", "--verbose"],
    "with colours": ["-j", "1", "--color", "always"],
    "--diff": ["--diff", "--unsafe-fixes"],
    "--no-ignores": ["--no-ignores", "--extend-select", "ALL"],
    "in several processes": ["-j", "2"],
    "without the rules about secrets": ["--ignore", "CT6"],
}


@pytest.mark.usefixtures("checked_once")
@pytest.mark.parametrize("options", LINT.values(), ids=LINT)
def test_lint_shows_none(options: list[str], call: Run, secrets: list[Secret]) -> None:
    result = call("lint", "cassettes", "--isolated", *options)
    assert result.returncode in (0, 1, 2)
    assert "cassettes/" in _said(result) or "--statistics" in options
    assert list(_shown(secrets, _said(result))) == []


def test_a_baseline_holds_none_and_hides_what_it_was_made_of(call: Run, tmp_path: Path, secrets: list[Secret]) -> None:
    result = call("lint", "cassettes", "--isolated", "--write-baseline", "baseline.json")
    written = (tmp_path / "baseline.json").read_text()
    assert written.count('"path"') > len(PLACES)
    assert list(_shown(secrets, written + _said(result))) == []
    again = call("lint", "cassettes", "--isolated", "--baseline", "baseline.json", "--format", "concise")
    assert (again.stdout, again.returncode) == ("", 0)
    (tmp_path / "cassettes" / "00.yaml").write_text("version: 2\ninteractions: []\n")
    stale = call("lint", "cassettes", "--isolated", "--baseline", "baseline.json", "--extend-select", "CT0")
    assert "CT001" in stale.stdout
    assert list(_shown(secrets, _said(stale))) == []


_UNREAD = ("comment", "behind", "key", "tag", "twice", "conflict", "broken")
"""Files with secrets in nothing that a recorder reads: there is nothing to be found, and nothing changes."""
_NOT_SEARCHED = ("the name of a header", "the method", "the status", "a field of no recorder")
REDACT: dict[str, list[str]] = {
    "a diff": [],
    "colours": ["--color", "always"],
    "--check": ["--check"],
    "--write": ["--write"],
    "-o": ["-o", "redacted"],
    "fakes": ["--fake"],
    "plain": ["--placeholders", "plain", "--keep-headers", "accept,content-type"],
    "little": ["--select", "CT605"],
}


@pytest.mark.parametrize("options", REDACT.values(), ids=REDACT)
def test_redact_shows_none(options: list[str], call: Run, secrets: list[Secret]) -> None:
    result = call("redact", "cassettes", "--isolated", *options, env={"CASSETTE_TOOLS_FAKE_KEY": "k" * 20})
    assert "cassettes/" in _said(result)
    # What is not asked for stays in the recording, but is not shown either.
    assert list(_shown(secrets, _said(result))) == []


def test_a_redacted_recording_goes_to_stdout_without_its_secrets(
    call: Run, tmp_path: Path, secrets: list[Secret]
) -> None:
    not_searched = {f"{number:02}" for number, place in enumerate(PLACES) if place in _NOT_SEARCHED}
    written = 0
    for path in sorted((tmp_path / "cassettes").iterdir()):
        if path.name.startswith(_UNREAD) or path.stem in not_searched:
            continue
        result = call("redact", "-", "--write", "--isolated", stdin=path.read_bytes())
        if result.returncode == 0:
            written += 1
            assert list(_shown(secrets, _said(result))) == [], path
        else:
            # It stands in a key, a comment, a broken line: nothing is written, and nothing said of it.
            assert (result.returncode, result.stdout) == (2, ""), path
            assert list(_shown(secrets, result.stderr)) == [], path
    assert written >= len(PLACES) - len(_NOT_SEARCHED)


@pytest.mark.parametrize("options", [["--only", part] for part in message.PARTS] + [[]], ids=[*message.PARTS, "all"])
@pytest.mark.parametrize("form", ["json", "text", "markdown", "jsonl"])
def test_reassemble_shows_none(form: str, options: list[str], call: Run, secrets: list[Secret]) -> None:
    if form == "markdown" and options:
        return
    result = call("reassemble", "cassettes", "--format", form, *options)
    assert "passed over" in result.stderr
    assert list(_shown(secrets, _said(result))) == []


@pytest.mark.parametrize("command", ["lint", "redact", "reassemble"])
def test_a_defect_of_the_tool_shows_none(
    command: str, call: Run, secrets: list[Secret], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object, text: str) -> Iterator[Any]:
        raise ValueError(f"cannot read {text}")

    monkeypatch.setattr(sse.Decoder, "feed", broken)
    for env in ({}, {"CASSETTE_TOOLS_TRACEBACK": "1"}):
        result = (
            call(command, "cassettes", "-j", "1", env=env) if command == "lint" else call(command, "cassettes", env=env)
        )
        assert "internal error: ValueError" in result.stderr
        assert ("Traceback" in result.stderr) == bool(env)
        assert list(_shown(secrets, _said(result))) == []


@pytest.mark.parametrize("form", sorted(registry.FORMATS))
def test_a_known_secret_without_any_form_is_not_shown(form: str, call: Run, tmp_path: Path) -> None:
    value = "".join(random.Random(form).choices(_LETTERS, k=24))
    parts = {
        **_stream(f"say {value} now"),
        "request": json.dumps({"content": f"it was {value}"}),
        "url": f"{_URL}/{value}",
    }
    again = {"media_type": "application/json", "body": json.dumps({"data": _base64(f"a: {value}")}) + "}"}
    (tmp_path / "a.yaml").write_text(_yaml([_interaction(0, parts), _interaction(5, again)]))
    known = {"MY_SECRET": value}
    result = call("lint", "a.yaml", "--known-secret-env", "MY_SECRET", "--format", form, env=known)
    assert "CT609" in result.stdout
    secret = Secret("", "", value, (value, _base64(f"a: {value}")[8:-4]))
    assert list(_shown([secret], _said(result))) == []
    changed = call("redact", "a.yaml", "--known-secret-env", "MY_SECRET", env=known)
    assert "REDACTED-my-secret-1" in changed.stdout
    assert list(_shown([secret], _said(changed))) == []
