"""A cassette is text chosen by a remote machine: none of it acts on a terminal, forges an annotation or tells a secret.

Every place of a recording in which a string may stand is given hostile text and credentials, in a recording that has a
finding for that place.
"""

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from cassette_tools.report import registry

Run = Callable[..., "subprocess.CompletedProcess[str]"]

# Colours, titles, cursor; BEL, NUL, DEL; line ends of all kinds and what a CI system takes for a command; C1; the
# marks that reorder what is shown; the byte order mark.
HOSTILE = (
    "\x1b[31m\x1b]0\x07\x00\x7f\r\n::error file=x.py,line=1::forged\n##vso[task]"
    "\x85\x9b2J\u202e\u2066\u200f\u2028\u2029\ufeff\x08"
)
ALL_FORMATS = sorted(registry.FORMATS)
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def _recording(
    head: str = "version: 2",
    interaction: str = "id: 0",
    request: str = "url: 'https://example.com/v1/chat/completions', method: POST",
    response: str = "code: 200, headers: {}",
) -> str:
    return f"{head}\ninteractions:\n- {interaction}\n  request: {{{request}}}\n  response: {{{response}}}\n"


def _stream(body: str) -> str:
    return _recording(response=f"code: 200, headers: {{Content-Type: [text/event-stream]}}, body: {body}")


# The places of a recording in which TEXT, a double-quoted string, may stand; and the rule that has a finding there.
PLACES = {
    "a key of the file": ("CT107", _recording(head="TEXT: 1\nversion: 2")),
    "a value of the file": ("CT107", _recording(head="more: TEXT\nversion: 2")),
    "the version": ("CT106", _recording(head="version: TEXT")),
    "a key of an interaction": ("CT107", _recording(interaction="TEXT: 0")),
    "the id": ("CT107", _recording(interaction="id: TEXT")),
    "a key of a request": ("CT107", _recording(request="TEXT: 1, url: 'https://example.com/', method: GET")),
    "the URL": ("CT203", _recording(request="url: TEXT, method: GET")),
    "the method": ("CT107", _recording(request="url: 'https://example.com/', method: [TEXT]")),
    "the name of a header": ("CT107", _recording(response="code: 200, headers: {TEXT: 5}")),
    "the value of a header": ("CT107", _recording(response="code: 200, headers: {X: TEXT}")),
    "a header that is there twice": ("CT103", _recording(response="code: 200, headers: {TEXT: [], TEXT: []}")),
    "the code": ("CT107", _recording(response="code: TEXT, headers: {}")),
    "the status": ("CT107", _recording(response="code: 200, status: [TEXT], headers: {}")),
    "the duration": ("CT107", _recording(response="code: 200, headers: {}, duration: TEXT")),
    "a length that is wrong": (
        "CT201",
        _recording(request="url: 'https://example.com/', method: GET, content_length: 1, body: TEXT"),
    ),
    "a body that is not JSON": (
        "CT204",
        _recording(response="code: 200, headers: {Content-Type: [application/json]}, body: TEXT"),
    ),
    "a media type": ("CT204", _recording(response="code: 200, headers: {Content-Type: [MEDIA]}, body: '{'")),
    "a tag": ("CT104", _recording(response="code: 200, headers: {}, body: !TAG ''")),
    "a file that is no cassette": ("CT105", "- TEXT\n"),
    "what resembles a cassette": ("CT105", "request: TEXT\nresponse: TEXT\n"),
    "broken YAML": ("CT101", "version: 2\ninteractions: [TEXT\n"),
}
# The same for event streams: {0} is the text, {1} the text as a JSON string.
STREAMS = {
    "the field of an event": ("CT302", "{0}: x\n\n"),
    "the name of an event": ("CT303", "event: {0}\ndata: {{}}\n\nevent: {0}\ndata: {{\n\n"),
    "the data of an event": ("CT303", "data: {{}}\n\ndata: {0}\n\n"),
    "an event that does not end": ("CT301", "data: {{}}\n\ndata: {0}"),
    "an error in a stream": ("CT408", 'data: {{"error": {{"message": {1}, "type": {1}, "code": {1}}}}}\n\n'),
    "a tool call": (
        "CT407",
        (
            'data: {{"choices":[{{"index":0,"delta":{{"tool_calls":[{{"index":0,"id":{1},"function":'
            '{{"name":{1},"arguments":{1}}}}}]}},"finish_reason":"tool_calls"}}]}}\n\ndata: [DONE]\n\n'
        ),
    ),
    "a finish reason": ("CT401", 'data: {{"choices":[{{"index":0,"delta":{{}},"finish_reason":{1}}}]}}\n\n'),
    "what follows the last word": (
        "CT402",
        'data: {{"choices":[{{"index":0,"finish_reason":"stop"}}]}}\n\ndata: [DONE]\n\ndata: {{"x":{1}}}\n\n',
    ),
}


def _write_all(folder: Path, text: str) -> dict[str, str]:
    """A file for every place; the files' names and the rules that they break."""
    recordings = {}
    # A tag has its own escapes; so that a credential is the same there, only what must be is written with them.
    tag = "".join(char if char.isalnum() or char in "-_." else f"%{ord(char):02x}" for char in text if char.isascii())
    media = json.dumps(f"application/{text}+json")
    for place, (code, recording) in PLACES.items():
        recordings[place] = (
            code,
            recording.replace("TEXT", json.dumps(text)).replace("TAG", tag).replace("MEDIA", media),
        )
    line = re.sub("[\r\n]", " ", text)  # a line break in a field would end it
    for place, (code, body) in STREAMS.items():
        recordings[place] = code, _stream(json.dumps(body.format(line, json.dumps(text))))
    expected = {}
    for place, (code, recording) in recordings.items():
        name = f"{place.replace(' ', '_')}.yaml"
        (folder / name).write_text(recording, encoding="utf-8")
        expected[name] = code
    return expected


def _check_safe(text: str) -> None:
    """Nothing in a report acts on a terminal, and no line of it is a command to a CI system.

    GitHub's runner takes a command behind white space, too, and ``##[…]`` in the middle of a line, as Azure's agent
    takes ``##vso[…]``.
    """
    assert not UNSAFE.search(text)
    for line in text.splitlines():
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##\w*\[", line)


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in _strings(part)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _report(call: Run, folder: Path, *args: str) -> tuple[str, str]:
    # Named one by one: what is no cassette is reported then, too.
    result = call("lint", *args, *sorted(path.name for path in folder.iterdir()))
    assert result.returncode == 1, result.stderr
    return result.stdout, result.stderr


ANNOTATION = re.compile(
    r"::(error|warning|notice) title=CT\d\d\d [a-z-]+,file=(\w+\.yaml),line=\d+,endLine=\d+[^:]*::(.*)"
)


def _without_annotations(out: str) -> str:
    """What is left of each annotation when the command in front is taken away; nothing else is a line."""
    annotations = [ANNOTATION.fullmatch(line) for line in out.splitlines()]
    assert all(match and match[3].startswith(f"{match[2]}:") for match in annotations)
    return "\n".join(match[3] for match in annotations if match)


@pytest.mark.parametrize("format_", sorted({*registry.FORMATS} - {"text", "json"}))
def test_hostile_text_is_escaped_in_every_format(call: Run, tmp_path: Path, format_: str) -> None:
    expected = _write_all(tmp_path, HOSTILE)
    out, err = _report(call, tmp_path, "--format", format_)
    _check_safe(_without_annotations(out) if format_ == "github" else out)
    _check_safe(err)
    assert "forged" in out
    for name in expected:
        assert name in out
    # As its consumers read it, too: what was escaped for the format's sake is there again.
    if format_ == "jsonl":
        read = _strings([json.loads(line) for line in out.splitlines()])
    elif format_ == "gitlab":
        read = _strings(json.loads(out))
    elif format_ == "sarif":
        read = _strings(json.loads(out)["runs"][0]["results"])
    elif format_ == "junit":
        elements = list(ET.fromstring(out).iter())
        read = [text for element in elements for text in (*element.attrib.values(), element.text or "")]
    else:
        read = out.splitlines()
        assert all("forged" not in line or re.search(r"\w+\.yaml:\d+:\d+", line) for line in read)
    for text in read if format_ != "github" else ():
        _check_safe(text)


@pytest.mark.parametrize("args", [[], ["--color", "always"], ["--format", "json"]], ids=["text", "colour", "json"])
def test_hostile_text_is_escaped_wherever_it_stands(call: Run, tmp_path: Path, args: list[str]) -> None:
    expected = _write_all(tmp_path, HOSTILE)
    out, err = _report(call, tmp_path, *args)
    _check_safe(re.sub("\x1b\\[[0-9;]*m", "", out) if "always" in args else out)
    _check_safe(err)
    if "json" in args:
        document = json.loads(out)
        for text in _strings(document):
            _check_safe(text)
            assert "\n" not in text
        assert {(finding["path"], finding["code"]) for finding in document["findings"]} >= set(expected.items())
    else:
        # Every line is a head, a source line or its marks.
        for line in re.sub("\x1b\\[[0-9;]*m", "", out).splitlines():
            assert re.match(r"\w+\.yaml:\d+:\d+: (error|warning|info)\[CT\d\d\d\] | +\d+ \| | + \| +\^+$", line), line


def test_each_place_has_its_finding(call: Run, tmp_path: Path) -> None:
    expected = _write_all(tmp_path, "harmless-text")
    out, _ = _report(call, tmp_path, "--format", "json")
    found = {(finding["path"], finding["code"]) for finding in json.loads(out)["findings"]}
    assert found >= set(expected.items())


H = "0123456789abcdef" * 2
SECRETS = {
    "OpenAI": "sk-" + "a1B2" * 12,
    "OpenAI, project": "sk-proj-" + "a1B2_c" * 12,
    "OpenRouter": "sk-or-v1-" + "a1" * 32,
    "Anthropic": "sk-ant-api03-" + "a1B2_c" * 12,
    "Google": "AIza" + "a1B2_" * 7,
    "Google, OAuth": "ya29." + "a0Af" * 20,
    "AWS": "AKIA" + "A1B2" * 4,
    "AWS, session": "ASIA" + "A1B2" * 4,
    "GitHub": "ghp_" + "a1B2" * 9,
    "GitHub, fine-grained": "github_pat_" + "a1B2_" * 15,
    "GitLab": "glpat-" + "a1B2_" * 4,
    "Slack": "xoxb-" + "123456789012-" * 2 + "a1B2" * 6,
    "JWT": "eyJ" + "hbGciOi" * 3 + ".eyJ" + "zdWIiOi" * 3 + "." + "sig_c" * 6,
    "xAI": "xai-" + "a1B2" * 20,
    "Groq": "gsk_" + "a1B2" * 13,
    "Hugging Face": "hf_" + "a1B2" * 8,
    "Perplexity": "pplx-" + "a1" * 24,
    "Replicate": "r8_" + "a1B2" * 9,
    "Stripe": "sk_live_" + "a1B2" * 6,
    "bearer": "Bearer " + H,
    "basic": "Basic " + "dXNlcjpw" * 3,
    "named in a header": "api-key: " + H,
    "named in YAML": "password: " + H,
    "named in a query": "/v1?api_key=" + H,
    "a long one": "sk-" + "a1B2" * 1500,
}


def test_no_secret_in_a_media_type_is_told(call: Run, tmp_path: Path) -> None:
    secret = SECRETS["AWS"]
    _write_all(tmp_path, secret)
    assert secret.lower() not in call("lint", "a_media_type.yaml").stdout.lower()


def test_no_secret_in_json_in_json_is_told(call: Run, tmp_path: Path) -> None:
    _write_all(tmp_path, '{"password": "' + H + '"}')
    assert H not in call("lint", "--format", "json", "an_error_in_a_stream.yaml").stdout


@pytest.mark.parametrize("before", ["\\n", "\\t", "\\e[32m"])
def test_no_secret_behind_an_escape_is_told(call: Run, tmp_path: Path, before: str) -> None:
    secret = SECRETS["OpenAI"]
    (tmp_path / "x.yaml").write_text(_recording(request=f'url: "ftp://example.com/{before}{secret}", method: GET'))
    assert secret not in call("lint", "x.yaml", env={"COLUMNS": "1000"}).stdout


def test_no_secret_is_told_where_a_header_names_it(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(_recording(response="code: 200, headers: {X-Api-Key: " + H + "}"))
    assert H not in call("lint", "x.yaml").stdout


@pytest.mark.usefixtures("checked_once")
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_no_secret_is_told_wherever_it_stands(call: Run, tmp_path: Path, secret: str) -> None:
    expected = _write_all(tmp_path, secret)
    if not re.fullmatch(r"[\w.-]+", secret):
        (tmp_path / "a_tag.yaml").unlink()  # with escapes in it, it is not the credential any more
        del expected["a_tag.yaml"]
    (tmp_path / "a_media_type.yaml").unlink()
    del expected["a_media_type.yaml"]
    value = re.split(r"[ \"=]", secret.rstrip('"}'))[-1]
    # No part of it that is long enough to be of use, in the spelling of the recording or of a report, in any case.
    parts = {value[start : start + 12].lower() for start in range(3, len(value) - 12, 5)}
    for format_ in ALL_FORMATS:
        out, err = _report(call, tmp_path, "--format", format_)
        shown = (out + err).lower()
        told = sorted({line for part in parts for line in shown.splitlines() if part in line})
        assert told == [], format_
    out, _ = _report(call, tmp_path, "--format", "json")
    assert {finding["path"] for finding in json.loads(out)["findings"]} == set(expected)


@pytest.mark.parametrize(
    "name",
    [
        *("\x1b[31m.yaml", "a\n::error file=x::y.yaml", "\u202etxt.yaml", "\udcff.yaml"),
        *("::error file=x::y.yaml", " ::error::y.yaml", "##[error]x.yaml", "a##vso[x].yaml"),
    ],
    ids=ascii,
)
@pytest.mark.usefixtures("checked_once")
def test_names_of_files_are_escaped(call: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("version: 2\ninteractions: [\n")
    formats = [["--format", format_] for format_ in ALL_FORMATS]
    for args in ([name], ["."], *([name, *format_] for format_ in formats), *([".", *format_] for format_ in formats)):
        result = call("lint", *args)
        assert result.returncode == 1
        if "github" in args:
            (line,) = result.stdout.splitlines()
            _check_safe(line.removeprefix("::error "))
        else:
            _check_safe(result.stdout)
        _check_safe(result.stderr)
        for text in _strings(json.loads(result.stdout)) if "json" in args else ():
            assert not UNSAFE.search(text)
            assert "\n" not in text


@pytest.mark.parametrize(
    "args",
    [
        ["lint", HOSTILE],
        ["lint", HOSTILE + "*"],
        ["lint", "--" + HOSTILE],
        ["lint", "--format", HOSTILE, "."],
        ["rule", HOSTILE],
        [HOSTILE],
        ["--" + HOSTILE],
    ],
    ids=["a path", "a pattern", "an option", "a value", "a rule", "a command", "a global option"],
)
def test_what_is_given_wrongly_is_repeated_escaped(call: Run, args: list[str]) -> None:
    result = call(*(arg.replace("\x00", "") for arg in args))
    assert (result.returncode, result.stdout) == (2, "")
    assert "::error" in result.stderr
    _check_safe(result.stderr)


def test_the_name_of_standard_input_is_escaped(call: Run) -> None:
    result = call("lint", "-", "--stdin-filename", HOSTILE, stdin=b"version: 2\ninteractions: [\n")
    assert result.returncode == 1
    assert "forged" in result.stdout
    _check_safe(result.stdout)


@pytest.mark.parametrize("char", ["\x1b", "\x9b", "\x07", "\x85", "\u202e", "\u2028", "\ufeff", "\x00"], ids=ascii)
@pytest.mark.parametrize("name", ["x.yaml", "x.json"])
def test_characters_that_stand_in_the_file_as_they_are_do_not_leave_it_so(
    call: Run, tmp_path: Path, char: str, name: str
) -> None:
    (tmp_path / name).write_text(f'{{"interactions": "a{char}[31mb", "version": }}\n', encoding="utf-8")
    for args in ([], ["--format", "json"]):
        result = call("lint", name, *args)
        assert result.returncode == 1
        _check_safe(result.stdout)
        _check_safe(result.stderr)


def test_a_credential_on_the_line_of_a_finding_is_masked_and_the_rest_is_shown(call: Run, tmp_path: Path) -> None:
    secret = "sk-" + "a1B2" * 12
    (tmp_path / "x.yaml").write_text(
        "version: 2\ninteractions:\n- id: 0\n"
        f'  request: {{url: "ftp://example.com/?k={secret}", method: GET, '
        f"headers: {{Authorization: [Bearer {secret}]}}}}\n"
        "  response: {code: 200, headers: {}}\n"
    )
    result = call("lint", "--select", "CT203", "x.yaml", env={"COLUMNS": "1000"})
    assert secret not in result.stdout
    head, line, _ = result.stdout.splitlines()
    assert head.startswith("x.yaml:4:18: error[CT203] request-url: the URL 'ftp://example.com/?k=*****")
    assert line.startswith(f' 4 |   request: {{url: "ftp://example.com/?k={"*" * len(secret)}", method: GET, headers: ')
    assert line.endswith("*]}}")
