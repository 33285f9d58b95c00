"""Whatever a file is: a finding or an error with its place, the right exit code, and the other files are checked."""

import gzip
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cassette_tools import strict_json
from cassette_tools.source import document
from tests.recordings import chat

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HEALTHY = b"""\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""
# Checked after the bad one: its finding shows that the run went on.
LAST = HEALTHY.replace(b"code: 200", b"code: 404")
LAST_HEAD = "z.yaml:5:33: error[CT202] status-code: the status line says 200, the status code is 404"
SYNTAX = "error[CT101] yaml-syntax: not valid YAML"
LIMIT = "error[CT101] yaml-syntax"
NOT_TEXT = f"1:1: {SYNTAX}: the file is not UTF-8 text (UTF-16, UTF-32 or binary data): save it as UTF-8"

_BOMB = b"version: 2\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (level, level, b",".join([b"*a%d" % (level - 1)] * 10)) for level in range(1, 12)
)
BAD = {
    "an empty file": (b"", "1:1: error[CT105] unknown-format: the file is empty"),
    "nothing but white space": (b"\n\n  \n", "1:1: error[CT105] unknown-format: the file is empty"),
    "nothing but a comment": (b"# interactions:\n", "1:1: error[CT105] unknown-format: the file is empty"),
    "binary garbage": (bytes(range(256)) * 8, NOT_TEXT),
    "a program": (
        b"\x7fELF\x02\x01\x01\x00" + bytes(64),
        f"1:1: {SYNTAX}: the control character U+007F is not allowed in YAML",
    ),
    "UTF-16, little end first": (b"\xff\xfe" + HEALTHY.decode().encode("utf-16-le"), NOT_TEXT),
    "UTF-16, big end first": (b"\xfe\xff" + HEALTHY.decode().encode("utf-16-be"), NOT_TEXT),
    "UTF-16 without a mark": (HEALTHY.decode().encode("utf-16-le"), NOT_TEXT),
    "UTF-32": (HEALTHY.decode().encode("utf-32"), NOT_TEXT),
    "invalid UTF-8": (
        HEALTHY.replace(b'"[]"', b'"[\xe9]"'),
        f"5:63: {SYNTAX}: the bytes are not UTF-8 (invalid trailing UTF-8 octet)",
    ),
    "cut inside a mapping": (
        HEALTHY[:-20],
        f"5:46: {SYNTAX}: while parsing a flow mapping, did not find expected ',' or '}}'",
    ),
    "cut inside a string": (
        HEALTHY[:60],
        f"4:18: {SYNTAX}: while scanning a quoted scalar, found unexpected end of stream",
    ),
    "a merge conflict": (
        HEALTHY.replace(b"- id: 0\n", b"<<<<<<< HEAD\n- id: 0\n=======\n- id: 1\n>>>>>>> main\n"),
        "3:1: error[CT102] merge-conflict: merge conflict: take one side, or record again",
    ),
    "a tab": (
        HEALTHY.replace(b"  request", b"\trequest"),
        f"4:1: {SYNTAX}: while scanning a plain scalar, found a tab character that violates indentation",
    ),
    "an alias bomb": (
        _BOMB + b"interactions: *a11\n",
        f"8:5: {LIMIT}: the aliases expand to more than 10,000,000 values, which is more than is read here",
    ),
    "an alias in itself": (
        b"version: 2\ninteractions: &a [*a]\n",
        f"2:19: {SYNTAX}: an alias stands inside the value it refers to",
    ),
    "an alias to nothing": (
        b"version: 2\ninteractions: *a\n",
        f"2:15: {SYNTAX}: an alias refers to an anchor that does not exist before it",
    ),
    "10,000 levels of lists": (
        b"version: 2\ninteractions: " + b"[a, " * 10_000 + b"]" * 10_000 + b"\n",
        f"2:{15 + 4 * (document.MAX_DEPTH - 1)}: {LIMIT}: {document.TOO_DEEP}, which is more than is read here",
    ),
    "10,000 levels of mappings": (
        b"interactions: " + b"{a: " * 10_000 + b"}" * 10_000 + b"\n",
        f"1:{15 + 4 * (document.MAX_DEPTH - 1)}: {LIMIT}: {document.TOO_DEEP}, which is more than is read here",
    ),
    "a control character": (
        HEALTHY.replace(b'"[]"', b'"[\x1b]"'),
        f"5:62: {SYNTAX}: the control character U+001B is not allowed in YAML",
    ),
    "a zero byte": (
        HEALTHY.replace(b'"[]"', b'"[\0]"'),
        f"5:62: {SYNTAX}: the control character U+0000 is not allowed in YAML",
    ),
    "two documents": (
        HEALTHY + b"---\n" + HEALTHY,
        f"6:1: {SYNTAX}: a second YAML document starts here: recorders read only the first one",
    ),
}  # fmt: skip


def _heads(result: "subprocess.CompletedProcess[str]") -> list[str]:
    """The first line of every finding."""
    return [line for line in result.stdout.splitlines() if not line.startswith(" ")]


@pytest.mark.parametrize(("data", "head"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_has_a_finding_with_its_place_and_the_rest_is_checked(
    call: Run, tmp_path: Path, data: bytes, head: str
) -> None:
    (tmp_path / "bad.yaml").write_bytes(data)
    (tmp_path / "z.yaml").write_bytes(LAST)
    result = call("lint", "bad.yaml", "z.yaml")
    assert _heads(result) == [f"bad.yaml:{head}", LAST_HEAD]
    assert (result.returncode, result.stderr) == (
        1,
        "2 findings (2 errors; 1 fixable with --fix) in 2 of 2 cassettes\n",
    )
    # The same from standard input, and gzipped.
    assert _heads(call("lint", "-", stdin=data)) == [f"<stdin>:{head}"]
    (tmp_path / "bad.yaml.gz").write_bytes(gzip.compress(data))
    assert _heads(call("lint", "bad.yaml.gz", "z.yaml")) == [f"bad.yaml.gz:{head}", LAST_HEAD]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(
            gzip.compress(HEALTHY)[:-12],
            "broken gzip data: Compressed file ended before the end-of-stream marker was reached",
            id="cut",
        ),
        pytest.param(HEALTHY, "broken gzip data: Not a gzipped file (b've')", id="not compressed"),
        pytest.param(b"\x1f\x8b\x08" + b"\xff" * 40, "broken gzip data: ", id="garbage"),
    ],
)
def test_broken_compression_is_a_finding(call: Run, tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "bad.yaml.gz").write_bytes(data)
    (tmp_path / "z.yaml").write_bytes(LAST)
    for args in (["bad.yaml.gz", "z.yaml"], ["bad.yaml.gz", "z.yaml", "--skip-unknown"]):
        result = call("lint", *args)
        bad, last = _heads(result)
        head = f"bad.yaml.gz:1:1: error[CT100] unreadable-file: the file cannot be read: {reason}"
        assert bad.startswith(head)
        assert (bad == head) is not reason.endswith(" ")
        assert last == LAST_HEAD
        assert result.returncode == 1


@pytest.mark.parametrize("depth", [strict_json.MAX_DEPTH - 10, 600, 50_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")], ids=["arrays", "objects"])
def test_no_command_fails_on_json_in_json_however_deep(
    call: Run, tmp_path: Path, depth: int, start: str, end: str
) -> None:
    deep = f"{start * depth}1{end * depth}"
    used = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "ARGUMENTS"}}
    recording = json.loads(chat(calls=[used], more={"x": "DEEP"}, asked={"tools": ["DEEP"]}))
    (interaction,) = recording["interactions"]
    for holder, name in ((interaction["request"], "body"), (interaction["response"]["body"], "string")):
        holder[name] = holder[name].replace('"DEEP"', deep).replace('"ARGUMENTS"', json.dumps(deep))
    (tmp_path / "deep.json").write_text(json.dumps(recording))
    (tmp_path / "flat.json").write_text(chat())
    for args in (
        ["lint"],
        ["show", "--interaction", "0", "--events"],
        ["show", "--format", "json", "--raw"],
        ["show", "--as", "python"],
        ["reassemble"],
        ["reassemble", "--format", "markdown"],
        ["diff", "flat.json"],
        ["diff", "--format", "json", "flat.json"],
        ["textconv"],
        ["redact", "--json-path", "$..b"],
        ["usage"],
        ["summary"],
    ):
        result = call(*args, "deep.json")
        assert result.returncode in (0, 1), (args, result.stderr)
        assert "error:" not in result.stderr, args


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_not_waited_for(call: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "z.yaml").write_bytes(LAST)
    for args in (["pipe.yaml", "z.yaml"], [str(tmp_path)]):
        heads = [head.removeprefix(f"{tmp_path}/") for head in _heads(call("lint", *args))]
        reason = "the file cannot be read: a pipe: read it as standard input (-)"
        assert heads == [f"pipe.yaml:1:1: error[CT100] unreadable-file: {reason}", LAST_HEAD]


def test_a_file_without_permission_is_a_finding(call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked.yaml").write_bytes(HEALTHY)
    (tmp_path / "z.yaml").write_bytes(LAST)
    stat = os.stat

    def locked(path: "str | os.PathLike[str] | int", **options: bool) -> os.stat_result:
        # Root may read everything: what the system would say to others is said here, at the first look at the file.
        if str(path).endswith("locked.yaml") and not options:
            raise PermissionError(13, "Permission denied", path)
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", locked)
    result = call("lint", "locked.yaml", "z.yaml")
    reason = "the file cannot be read: permission denied"
    assert _heads(result) == [f"locked.yaml:1:1: error[CT100] unreadable-file: {reason}", LAST_HEAD]
    assert result.returncode == 1


def test_a_link_to_nowhere_is_a_finding(call: Run, tmp_path: Path) -> None:
    (tmp_path / "link.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "round.yaml").symlink_to("round.yaml")
    (tmp_path / "z.yaml").write_bytes(LAST)
    result = call("lint", "link.yaml", "round.yaml", "z.yaml")
    unreadable = "error[CT100] unreadable-file: the file cannot be read"
    assert _heads(result) == [
        f"link.yaml:1:1: {unreadable}: no such file or directory",
        f"round.yaml:1:1: {unreadable}: too many levels of symbolic links",
        LAST_HEAD,
    ]


def test_a_folder_with_the_name_of_a_file_is_a_folder(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    (tmp_path / "x.yaml" / "z.yaml").write_bytes(LAST)
    assert _heads(call("lint", "x.yaml")) == [f"x.yaml/{LAST_HEAD}"]
    assert _heads(call("lint", "*.yaml", "x.yaml")) == [f"x.yaml/{LAST_HEAD}"]
    assert call("lint", "*.yaml").returncode == 2


def test_a_missing_path_does_not_keep_the_others_from_being_checked(call: Run, tmp_path: Path) -> None:
    (tmp_path / "z.yaml").write_bytes(LAST)
    result = call("lint", "zz.yaml", "z.yaml", "other/z.yaml", "")
    assert _heads(result) == [LAST_HEAD]
    assert result.returncode == 2
    assert result.stderr == (
        "error: no such file or folder: 'zz.yaml'\n  hint: did you mean 'z.yaml'?\n"
        "error: no such file or folder: 'other/z.yaml'\n"
        "error: no such file or folder: ''\n"
        "1 finding (1 error; 1 fixable with --fix) in 1 of 1 cassette\n"
    )


def test_a_line_of_fifty_megabytes_is_read_and_its_end_is_shown(call: Run, tmp_path: Path) -> None:
    body = b'["' + b"a" * 50_000_000 + b'", oops]'
    recording = HEALTHY.replace(b"headers: {}", b"headers: {Content-Type: [application/json]}").replace(
        b'"[]"', b"'%s'"
    )
    recording %= body
    column = recording.splitlines()[4].index(b"oops") + 1
    (tmp_path / "bad.yaml").write_bytes(recording)
    (tmp_path / "z.yaml").write_bytes(LAST)
    result = call("lint", "bad.yaml", "z.yaml")
    size, head, line, marks, last = result.stdout.splitlines()[:5]
    assert size.startswith("bad.yaml:1:1: warning[CT110] oversized-file: ")
    assert head.startswith(f"bad.yaml:5:{column}: warning[CT204] body-not-json: ")
    assert line.endswith("\", oops]'}")
    assert line[marks.index("^") :] == "oops]'}"
    assert last == LAST_HEAD
    assert len(result.stdout) < 1000


def test_a_line_of_fifty_megabytes_without_sense_is_read(call: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"a" * 50_000_000)
    result = call("lint", "bad.yaml", env={"COLUMNS": "60"})
    assert result.stdout == (
        "bad.yaml:1:1: error[CT105] unknown-format: not an HTTP cassette: a single value\n"
        f" 1 | {'a' * 54}…\n"
        f"   | {'^' * 55}\n"
    )
