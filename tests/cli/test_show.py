"""`cassette-tools show`: the list, the conversation, bodies, events, media, JSON."""

import base64
import json
import os
import pty
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cassette_tools import schemas
from tests.conftest import Run
from tests.recordings import chat, recording, streamed_chat

KEY = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 5
_PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 640, 480) + b"\0" * 2000
_CALL = {"id": "call_1a2b3c", "type": "function", "function": {"name": "add", "arguments": '{"b": 2, "a": [1]}'}}
_TOOL = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds.\nAnd more.",
        "parameters": {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"]},
    },
}


def _joined(*recordings: str) -> str:
    """One recording of several."""
    interactions = [json.loads(text)["interactions"][0] for text in recordings]
    return json.dumps({"version": 1, "interactions": interactions})


def test_the_list_has_a_line_an_interaction(call: Run, tmp_path: Path) -> None:
    long = f"https://a.example/{'x' * 90}/end"
    (tmp_path / "a.json").write_text(_joined(chat(), recording({}, "{}", "application/json", url=long, code=404)))
    result = call("show", "a.json", env={"COLUMNS": "90"})
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "a.json: VCR.py",
        "",
        "#  method  url                                              status  model  in  out  finish",
        "-  ------  -----------------------------------------------  ------  -----  --  ---  ------",
        "0  POST    https://api.openai.com/v1/chat/completions          200  m-1     3    5  stop",
        "1  POST    a.example/xxxxx…xxxxxxxxxxxxxxxxxxxxxxxxxxx/end     404",
    ]


def test_a_key_takes_no_room_in_a_url_that_has_to_be_cut(call: Run, tmp_path: Path) -> None:
    url = f"https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?key={KEY}"
    (tmp_path / "a.json").write_text(recording({}, "{}", "application/json", url=url))
    row = call("show", "a.json", env={"COLUMNS": "90"}).stdout.splitlines()[-1]
    assert row.split()[2] == "generativelanguag…flash:streamGenerateContent?key=***"


@pytest.mark.parametrize("columns", [20, 30, 40, 50, 60, 70, 80, 100, 120, 200, 1000])
def test_the_list_and_the_events_fit_the_terminal(call: Run, tmp_path: Path, columns: int) -> None:
    value = json.loads(streamed_chat(["Hello", " there"]).replace("m-1", "a-model-with-a-long-name"))
    value["interactions"][0]["request"]["uri"] += f"?q={'x' * 300}"
    (tmp_path / "a.json").write_text(json.dumps(value))
    environment = {"COLUMNS": str(columns)}
    for args in ([], ["--events"]):
        head, *lines = call("show", "a.json", *args, env=environment).stdout.splitlines()[2 if not args else 3 :]
        width = max(columns, 40) if args else columns
        assert max(map(len, [head, *lines])) <= width
        if not args:
            names = head.split()
            assert {"#", "url"} <= set(names)
            assert columns < 80 or names == ["#", "method", "url", "status", "model", "finish"]
            assert columns < 1000 or "x" * 300 in lines[1]


def test_the_conversation_is_the_request_the_tools_and_the_answer(call: Run, tmp_path: Path) -> None:
    asked = {
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Add\n1 and 2"}],
        "tools": [_TOOL], "temperature": 0,
    }  # fmt: skip
    (tmp_path / "a.json").write_text(chat(asked=asked, calls=[_CALL], text="I add.", finish="tool_calls"))
    result = call("show", "a.json", "--interaction", "0")
    assert result.stdout == call("show", "a.json", "-i0").stdout
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "#0 POST https://api.openai.com/v1/chat/completions",
        "status 200 · application/json · openai-chat · m-1 · tokens 3 in, 5 out · finish tool_calls",
        "temperature 0",
        "",
        "system",
        "  Be brief.",
        "",
        "user",
        "  Add",
        "  1 and 2",
        "",
        "tools offered",
        "  add(a, b?)  Adds.",
        "",
        "assistant",
        "  I add.",
        "  tool call add (call_1a2b3c)",
        "    {",
        '      "b": 2,',
        '      "a": [',
        "        1",
        "      ]",
        "    }",
    ]


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        ({"prompt_tokens": 3}, "tokens 3 in"),
        ({"total_tokens": 1300}, "tokens 1,300 in all"),
        ({"total_tokens": 8, "prompt_tokens": "3"}, "tokens 8 in all"),
    ],
)
def test_tokens_of_which_only_some_are_known_are_said(
    call: Run, tmp_path: Path, usage: dict[str, Any], said: str
) -> None:
    held = json.loads(chat())
    body = held["interactions"][0]["response"]["body"]
    body["string"] = json.dumps({**json.loads(body["string"]), "usage": usage})
    (tmp_path / "a.json").write_text(json.dumps(held))
    assert f" · {said} · " in call("show", "a.json", "-i", "0").stdout.splitlines()[1]


def test_tokens_of_a_sum_of_which_no_part_is_known_are_unknown(call: Run, tmp_path: Path) -> None:
    usage = {"input_tokens": 1, "output_tokens": 2, "iterations": [{"type": "compaction"}]}
    said = {"type": "message", "role": "assistant", "content": [], "model": "m", "stop_reason": "end_turn"}
    asked = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    url = "https://api.anthropic.com/v1/messages"
    (tmp_path / "a.json").write_text(
        recording(asked, json.dumps({**said, "usage": usage}), "application/json", url=url)
    )
    assert " · tokens unknown · " in call("show", "a.json", "-i", "0").stdout.splitlines()[1]


def test_headers_and_bodies_are_shown_when_asked_for(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(recording([1], "plain\x1b[31m\ntext", "text/plain", headers={"X-A": ["b"]}))
    result = call("show", "a.json", "--headers", "--raw")
    assert result.stdout.splitlines()[2:] == [
        "",
        "request headers",
        "  Content-Type: application/json",
        "  X-A: b",
        "",
        "response headers",
        "  Content-Type: text/plain",
        "",
        "request body",
        "  [1]",
        "",
        "response body",
        "  plain\\x1b[31m",
        "  text",
    ]


def test_a_body_of_bytes_and_an_empty_one_are_named(call: Run, tmp_path: Path) -> None:
    value = json.loads(recording({}, "", "application/x-thing"))
    value["interactions"][0]["request"]["body"] = ""
    value["interactions"][0]["response"]["body"] = {"base64_string": base64.b64encode(b"\0\1\2").decode()}
    (tmp_path / "a.json").write_text(json.dumps(value))
    lines = call("show", "a.json", "--raw").stdout.splitlines()
    assert lines[-5:] == ["request body", "  (empty)", "", "response body", "  (3 bytes that are no text)"]


def test_events_are_listed_with_what_they_add(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(_joined(streamed_chat(["Hel", "lo\n"]), chat()))
    lines = call("show", "a.json", "--events").stdout.splitlines()
    assert lines[3].split() == ["event", "bytes", "type", "adds"]
    assert [line.split()[0::3] for line in lines[4:8]] == [["0"], ["1", "Hel"], ["2", "lo\\n"], ["3"]]
    assert lines[-1] == "  (no stream)"


def test_an_error_and_what_no_protocol_knows_are_shown_as_json(call: Run, tmp_path: Path) -> None:
    error = recording({"model": "m", "messages": []}, '{"error": {"message": "no"}}', "application/json", code=400)
    other = recording({"q": 1}, '{"deep": {"a": [1]}}', "application/json", url="https://a.example/x")
    (tmp_path / "a.json").write_text(_joined(error, other))
    shown = call("show", "a.json", "--interaction", "0-").stdout
    assert '"message": "no"' in shown
    assert 'request body\n  {\n    "q": 1\n  }\n\nresponse body\n  {\n    "deep"' in shown


def _media(*parts: dict[str, Any]) -> str:
    return chat(asked={"messages": [{"role": "user", "content": list(parts)}]})


def _picture(data: bytes) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(data).decode()}"}}


def test_media_are_described_and_saved(call: Run, tmp_path: Path) -> None:
    web = {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}
    (tmp_path / "it's a.json").write_text(_media(_picture(_PNG), web, _picture(b"no picture")))
    shown = call("show", "it's a.json", "--interaction", "0").stdout
    assert "  image/png 640×480 2 kB\n" in shown
    assert "https://a.example/x.png" in shown
    assert "  image/png 10 bytes\n" in shown
    saved = call("show", "it's a.json", "--extract", "out")
    assert saved.stdout.splitlines() == [
        "out/it-s-a-0-0.png: image/png 640×480 2 kB",
        "out/it-s-a-0-2.png: image/png 10 bytes",
    ]
    assert (tmp_path / "out/it-s-a-0-0.png").read_bytes() == _PNG
    again = call("show", "it's a.json", "--extract", "out")
    assert (again.returncode, "is there already: nothing is written over" in again.stderr) == (2, True)
    (tmp_path / "file").write_text("")
    assert "cannot be written" in call("show", "it's a.json", "--extract", "file").stderr


def test_cassettes_of_one_name_save_their_media_side_by_side(call: Run, tmp_path: Path) -> None:
    names = ["in/a/x.json", "in/b/x.json", "in/b/x.yaml", "in/a-x.json", "other/x.json"]
    for number, name in enumerate(names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(_media(_picture(_PNG + bytes([number]))))
    saved = call("show", "in", "other/x.json", "--extract", "out")
    assert (saved.returncode, saved.stderr) == (0, "")
    pictures = {path.name: path.read_bytes()[-1] for path in (tmp_path / "out").iterdir()}
    assert pictures == {
        "a-x-0-0.png": 3, "a-x-2-0-0.png": 0, "b-x-0-0.png": 1, "b-x-2-0-0.png": 2, "x-0-0.png": 4,
    }  # fmt: skip


def test_a_file_that_is_there_keeps_no_other_from_being_saved(call: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(_media(_picture(_PNG)))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a-0-0.png").write_text("mine")
    saved = call("show", "a.json", "b.json", "--extract", "out")
    assert (saved.returncode, saved.stdout) == (2, "out/b-0-0.png: image/png 640×480 2 kB\n")
    assert saved.stderr == "error: out/a-0-0.png is there already: nothing is written over\n"
    assert (tmp_path / "out/a-0-0.png").read_text() == "mine"


def test_hostile_media_types_name_no_file(call: Run, tmp_path: Path) -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/../../x;base64,aGFsbG8="}}
    (tmp_path / "..a.json").write_text(_media(part))
    assert call("show", "..a.json", "--extract", "out").stdout.startswith("out/recording-0-0.bin: ")
    (tmp_path / "b.json").write_text(chat())
    assert call("show", "b.json", "--extract", "out").stderr == "note: no picture, sound or file is recorded there\n"


def test_results_of_a_providers_tools_and_citations_are_shown(call: Run, tmp_path: Path) -> None:
    found = [{"type": "web_search_result", "title": "A", "url": "https://a.example", "encrypted_content": "Eo8B" * 30}]
    cited = {"type": "web_search_result_location", "title": "A", "url": "https://a.example", "cited_text": "It is."}
    answer = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn",
        "content": [
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "q"}},
            {"type": "web_search_tool_result", "tool_use_id": "s1", "content": found},
            {"type": "text", "text": "It is so.", "citations": [cited, cited]},
        ],
    }  # fmt: skip
    url = "https://api.anthropic.com/v1/messages"
    asked = {"model": "claude", "messages": [{"role": "user", "content": "Is it?"}]}
    (tmp_path / "a.json").write_text(recording(asked, json.dumps(answer), "application/json", url=url))
    shown = call("show", "a.json", "--interaction", "0").stdout
    assert shown[shown.index("assistant") :].splitlines() == [
        "assistant",
        "  tool call web_search (s1)",
        "    {",
        '      "query": "q"',
        "    }",
        "  tool result (s1)",
        "    [",
        "      {",
        '        "type": "web_search_result",',
        '        "title": "A",',
        '        "url": "https://a.example",',
        '        "encrypted_content": "(120 characters)"',
        "      }",
        "    ]",
        "  It is so.",
        "  citations",
        '    1. A, https://a.example, "It is."',
        '    2. A, https://a.example, "It is."',
    ]
    report = json.loads(call("show", "a.json", "--interaction", "0", "--format", "json").stdout)
    jsonschema.validate(report, schemas.load("show-report-v1"))
    kinds = [block["kind"] for block in report["files"][0]["interactions"][0]["answers"][0]["blocks"]]
    assert kinds == ["tool-call", "tool-result", "text", "citation", "citation"]


def test_a_picture_in_a_text_is_described(call: Run, tmp_path: Path) -> None:
    data = base64.b64encode(_PNG).decode()
    (tmp_path / "a.json").write_text(chat(text=f"![it](data:image/png;base64,{data})"))
    assert "![it](image/png 640×480 2 kB, SHA-256 " in call("show", "a.json", "--interaction", "0").stdout


def test_a_body_that_is_a_sound_is_media(call: Run, tmp_path: Path) -> None:
    value = json.loads(recording({"input": "Hi"}, "", "audio/mpeg", url="https://api.openai.com/v1/audio/speech"))
    value["interactions"][0]["response"]["body"] = {"base64_string": base64.b64encode(b"\0" * 1234).decode()}
    (tmp_path / "a.json").write_text(json.dumps(value))
    assert call("show", "a.json", "--interaction", "0").stdout.splitlines()[-1] == "  audio/mpeg 1 kB"


def test_the_json_fits_its_schema(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        _joined(chat(calls=[_CALL], asked={"tools": [_TOOL]}), streamed_chat(["Hi"]), _media(_picture(_PNG)))
    )
    schema = schemas.load("show-report-v1")
    for args in ([], ["--interaction", "0-1"], ["--headers", "--raw", "--events"]):
        report = json.loads(call("show", "a.json", "--format", "json", *args).stdout)
        jsonschema.validate(report, schema)
    assert [one["index"] for one in report["files"][0]["interactions"]] == [0, 1, 2]
    first, second, third = report["files"][0]["interactions"]
    assert first["answers"][0]["blocks"][1] == {
        "kind": "tool-call", "text": '{"b": 2, "a": [1]}', "name": "add", "id": "call_1a2b3c",
    }  # fmt: skip
    assert (first["events"], [part["text"] for event in second["events"] for part in event["adds"]]) == (None, ["Hi"])
    assert third["messages"][0]["blocks"][0]["text"] == "image/png 640×480 2 kB"


@pytest.mark.parametrize(
    "args",
    [
        [], ["--interaction", "0-"], ["--headers", "--raw"], ["--events"], ["--format", "json"], ["--as", "curl"],
        ["--format", "json", "--headers", "--raw", "--events"], ["--as", "python"], ["--as", "httpie"],
    ],
)  # fmt: skip
def test_no_secret_is_shown_unless_it_is_asked_for(call: Run, tmp_path: Path, args: list[str]) -> None:
    secret = "correct-horse-" + "battery-7Qm2"
    (tmp_path / "a.json").write_text(
        _joined(
            chat(text=f"It is {secret}.", question=f"Is it {KEY}?", headers={"X-Api-Key": [KEY]}),
            streamed_chat(["It is ", KEY[:20], KEY[20:40], KEY[40:], "!"]),
            chat(asked={"api_key": secret, "about": secret}),
        )
    )
    result = call("show", "a.json", *args)
    assert result.returncode == 0
    for part in (secret, KEY, KEY[10:20], KEY[25:35], KEY[45:55]):
        assert part not in result.stdout
    if "--as" not in args and args and args != ["--format", "json"]:
        assert KEY[25:35] in call("show", "a.json", "--unmask", *args).stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["a.json", "--interaction", "7"],
            "error: a.json: no interaction 7\n  hint: it has 1, and they count from 0\n",
        ),
        (["missing.json"], "error: no such file or folder: 'missing.json'"),
        (["a.json", "--as", "curl", "--raw"], "--as gives a request and nothing else"),
        (["a.json", "--interaction", "x"], "'x' is not a list of numbers and ranges"),
    ],
)
def test_what_cannot_be_shown_is_trouble(call: Run, tmp_path: Path, args: list[str], message: str) -> None:
    (tmp_path / "a.json").write_text(chat())
    result = call("show", *args)
    assert result.returncode == 2
    assert message in result.stderr


def test_several_files_and_standard_input_are_shown(call: Run, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.json").write_text(chat())
    lines = call("show", ".").stdout.splitlines()
    assert [line for line in lines if line.endswith(": VCR.py")] == ["./a.json: VCR.py", "./b.json: VCR.py"]
    assert call("show", "-", stdin=chat().encode()).stdout.startswith("<stdin>: VCR.py\n")


@pytest.mark.parametrize("paths", [["."], ["*.json"], ["a.json", "b.json"]], ids=["a folder", "a pattern", "names"])
def test_conversations_of_several_files_stand_under_their_names(call: Run, tmp_path: Path, paths: list[str]) -> None:
    for name in "ab":
        (tmp_path / f"{name}.json").write_text(_joined(chat(text=f"This is {name}"), chat(text=f"Again {name}")))
    lines = [line.strip() for line in call("show", *paths, "-i", "0-1").stdout.splitlines()]
    said = [
        line.removeprefix("./") for line in lines if line.endswith(": VCR.py") or line.startswith(("This", "Again"))
    ]
    assert said == ["a.json: VCR.py", "This is a", "Again a", "b.json: VCR.py", "This is b", "Again b"]
    assert "VCR.py" not in call("show", "a.json", "-i", "0").stdout


def test_colour_is_for_terminals_or_on_demand(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(streamed_chat(["Hi"]))
    assert "\x1b" not in call("show", "a.json", "--interaction", "0").stdout
    assert "\x1b[32massistant\x1b[0m\n  Hi" in call("show", "a.json", "--interaction", "0", "--color", "always").stdout
    assert "\x1b" not in call("show", "a.json", "--interaction", "0", env={"NO_COLOR": "1"}).stdout


def _on_a_terminal(folder: Path, environment: dict[str, str], *args: str) -> str:
    """What a command prints on a terminal of 24 lines, with a pager that says that it is one."""
    (folder / "pager").write_text('#!/bin/sh\necho "[paged]"; cat\n')
    (folder / "pager").chmod(0o755)
    leader, follower = pty.openpty()
    import fcntl
    import termios

    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    running = subprocess.Popen(
        [sys.executable, "-m", "cassette_tools", *args], cwd=folder, stdout=follower, stdin=follower,
        env={**environment, "PAGER": str(folder / "pager"), "TERM": "xterm"},
    )  # fmt: skip
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    assert running.wait() == 0
    os.close(leader)
    return shown.decode()


def test_what_is_long_is_paged_on_a_terminal(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "long.json").write_text(chat(text="\n".join(map(str, range(50)))))
    (tmp_path / "short.json").write_text(chat())
    shown = _on_a_terminal(tmp_path, environment, "show", "long.json", "--interaction", "0")
    assert shown.startswith("[paged]")
    assert "\x1b[32massistant" in shown
    assert "[paged]" not in _on_a_terminal(tmp_path, environment, "show", "short.json", "--interaction", "0")
    args = ("show", "long.json", "--interaction", "0", "--no-pager")
    assert "[paged]" not in _on_a_terminal(tmp_path, environment, *args)


def test_what_is_wider_than_the_terminal_is_long(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "wide.json").write_text(chat(text="word " * 400))
    assert _on_a_terminal(tmp_path, environment, "show", "wide.json", "--interaction", "0").startswith("[paged]")


def test_a_form_with_a_file_in_it_is_shown_by_its_fields(call: Run, tmp_path: Path) -> None:
    fields = (b"mod\xc3\xa8le", b"whisper-1"), (b"api_key", KEY.encode()), (b"file", b"RIFF\0\xff\xfe")
    parts = [b'--x1\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field for field in fields]
    value = json.loads(recording({}, '{"text": "Hi"}', "application/json", url="https://api.openai.com/v1/audio/x"))
    value["interactions"][0]["request"] |= {
        "headers": {"Content-Type": ["multipart/form-data; boundary=x1"]},
        "body": {"base64_string": base64.b64encode(b"".join((*parts, b"--x1--\r\n"))).decode()},
    }
    (tmp_path / "a.json").write_text(json.dumps(value))
    lines = call("show", "a.json", "--interaction", "0").stdout.splitlines()
    at = lines.index("request body") + 1
    assert lines[at : at + 3] == [
        "  modèle: whisper-1",
        f"  api_key: {'*' * len(KEY)}",
        "  file: (7 bytes that are no text)",
    ]


@pytest.mark.parametrize(
    "answer",
    ['{"created": 1, "data": [{"url": "https://a.example/a.png"}]}', '{"error": {"message": "no", "type": "t"}}'],
    ids=["a picture", "an error"],
)
def test_a_form_is_shown_above_what_answers_it(call: Run, tmp_path: Path, answer: str) -> None:
    fields = (b"prompt", b"a cat"), (b"image", b"RIFF\0\xff\xfe")
    parts = [b'--x1\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field for field in fields]
    value = json.loads(recording({}, answer, "application/json", url="https://api.openai.com/v1/images/edits"))
    value["interactions"][0]["request"] |= {
        "headers": {"Content-Type": ["multipart/form-data; boundary=x1"]},
        "body": {"base64_string": base64.b64encode(b"".join((*parts, b"--x1--\r\n"))).decode()},
    }
    (tmp_path / "a.json").write_text(json.dumps(value))
    lines = call("show", "a.json", "--interaction", "0").stdout.splitlines()
    at = lines.index("request body") + 1
    assert lines[at : at + 3] == ["  prompt: a cat", "  image: (7 bytes that are no text)", ""]
    assert lines[at + 3] in ("assistant", "error")


@pytest.mark.parametrize(
    ("method", "code", "told"), [("POST", 200, 2), ("GET", 200, 1), ("GET", 204, 0), ("HEAD", 200, 0)]
)
def test_bodies_that_an_archive_leaves_out_are_told(
    call: Run, tmp_path: Path, method: str, code: int, told: int
) -> None:
    headers = [{"name": "Content-Length", "value": "9"}] if method == "POST" else []
    request = {"method": method, "url": "https://a.example/x", "headers": headers}
    response = {"status": code, "headers": [], "content": {"size": 5, "_file": "a.json"}}
    log = {"log": {"version": "1.2", "entries": [{"request": request, "response": response}]}}
    (tmp_path / "a.har").write_text(json.dumps(log))
    assert call("show", "a.har", "--interaction", "0").stdout.count("body\n  (not in the recording)\n") == told


def test_a_report_for_programs_is_whole_or_there_is_none(call: Run, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(chat())
    (tmp_path / "none.yaml").write_text("a: 1\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "none.yaml").write_text("a: 1\n")
    for names, number in ((["a.json", "b.json"], 2), (["a.json", "none.yaml"], 1), (["none.yaml"], 0)):
        report = json.loads(call("show", *names, "--format", "json").stdout)
        assert len(report["files"]) == number
    result = call("show", "folder", "--format", "json")
    assert (result.returncode, result.stdout) == (2, "")
