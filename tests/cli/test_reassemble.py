"""`cassette-tools reassemble`: what goes where, and with which exit code."""

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _interaction(
    number: int, body: str, path: str = "chat/completions", content_type: str = "text/event-stream"
) -> Any:
    return {
        "id": number,
        "request": {"url": f"https://api.example.com/v1/{path}", "method": "POST", "headers": {}},
        "response": {"code": 200, "status": "200 OK", "headers": {"Content-Type": [content_type]}, "body": body},
    }


def _chat(text: str, *, done: bool = True) -> str:
    parts = [f'data: {{"choices":[{{"index":0,"delta":{{"content":{json.dumps(part)}}}}}]}}\n\n' for part in text]
    if done:
        parts.append('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
    return "".join(parts)


def _write(path: Path, *interactions: Any) -> None:
    path.write_text(json.dumps({"version": 2, "interactions": list(interactions)}))


@pytest.fixture(autouse=True)
def recordings(tmp_path: Path) -> None:
    _write(tmp_path / "one.json", _interaction(0, _chat("Hello")))
    _write(tmp_path / "three.json", *(_interaction(number, _chat(text)) for number, text in enumerate("abc")))
    _write(tmp_path / "cut.json", _interaction(0, _chat("Hel", done=False)))
    _write(tmp_path / "events.json", _interaction(0, "data: one\n\ndata: two\n\n", "events"))
    _write(tmp_path / "page.json", _interaction(0, "<p>", "page", "text/html"))


def test_one_message_is_an_object_and_several_are_a_list(call: Run) -> None:
    one = call("reassemble", "one.json")
    assert (one.returncode, one.stderr) == (0, "")
    assert json.loads(one.stdout)["choices"][0]["message"] == {"content": "Hello"}
    three = call("reassemble", "three.json")
    assert [message["choices"][0]["message"]["content"] for message in json.loads(three.stdout)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("ranges", "texts"),
    [
        ("0", "a"),
        ("2", "c"),
        ("1-", "bc"),
        ("0-1", "ab"),
        ("0,2", "ac"),
        (" 2 , 0 ", "ac"),
        ("1-1,1", "b"),
        ("0-9", "abc"),
    ],
)
def test_interactions_are_chosen_by_number(call: Run, ranges: str, texts: str) -> None:
    result = call("reassemble", "three.json", "--interaction", ranges, "--format", "jsonl", "--only", "text")
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == list(texts)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("ranges", ["", "a", "-1", "1,,2", "1-2-3", "²", "1" * 20])
def test_what_is_no_number_is_refused(call: Run, ranges: str) -> None:
    result = call("reassemble", "three.json", "--interaction", ranges)
    assert result.returncode == 2
    assert "is not a list of numbers and ranges such as 0, 2-5 or 1,3,8-" in result.stderr


@pytest.mark.parametrize("ranges", ["5-2", "0,2-1"])
def test_a_range_that_ends_before_it_begins_is_refused(call: Run, ranges: str) -> None:
    result = call("reassemble", "three.json", "--interaction", ranges)
    assert (result.returncode, result.stdout) == (2, "")
    assert "ends before it begins" in result.stderr


def test_an_interaction_that_is_not_there_is_said(call: Run) -> None:
    result = call("reassemble", "three.json", "--interaction", "0,3")
    assert result.returncode == 2
    assert result.stderr == "error: three.json: no interaction 3\n  hint: it has 3, and they count from 0\n"
    assert json.loads(result.stdout)["choices"][0]["message"]["content"] == "a"


def test_a_part_alone_is_bare_text(call: Run) -> None:
    result = call("reassemble", "three.json", "--format", "text", "--only", "text")
    assert (result.returncode, result.stdout) == (0, "a\n\nb\n\nc\n")


def test_text_and_markdown_separate_the_messages(call: Run) -> None:
    text = call("reassemble", "three.json", "--format", "text").stdout
    assert text.count("\n\nthree.json interactions[") == 2
    markdown = call("reassemble", "three.json", "--format", "markdown").stdout
    assert markdown.count("\n\n## three.json interactions") == 2


def test_a_part_has_no_markdown(call: Run) -> None:
    result = call("reassemble", "one.json", "--format", "markdown", "--only", "text")
    assert result.returncode == 2
    assert "--only goes with the formats json, text and jsonl" in result.stderr


def test_a_stream_that_is_cut_goes_as_far_as_it_can_and_says_so(call: Run) -> None:
    result = call("reassemble", "cut.json")
    assert result.returncode == 1
    assert json.loads(result.stdout)["choices"][0]["message"] == {"content": "Hel"}
    assert result.stderr == (
        "incomplete: cut.json: interactions[0]: event 2: "
        "the stream is cut here: neither its last word nor a finish reason came\n"
    )


def test_how_a_stream_of_no_known_protocol_ends_is_nothing_to_fail_for(call: Run, tmp_path: Path) -> None:
    _write(tmp_path / "cut.json", _interaction(0, 'data: {"a":1}\n\ndata: {"b":', "events"))
    _write(tmp_path / "lines.json", _interaction(0, '{"a":1}\n{"b":', "events", "application/x-ndjson"))
    for name in ("cut.json", "lines.json"):
        result = call("reassemble", name)
        assert (result.returncode, len(json.loads(result.stdout)["events"])) == (0, 2)
        assert "a stream of no protocol that is known" in result.stderr


def test_a_stream_of_no_known_protocol_is_its_events(call: Run) -> None:
    result = call("reassemble", "events.json")
    assert result.returncode == 0
    assert json.loads(result.stdout) == {"events": [{"data": "one"}, {"data": "two"}]}
    assert result.stderr == (
        "note: events.json: interactions[0]: a stream of no protocol that is known: its events are left as they are\n"
    )


def test_what_is_no_answer_of_an_api_is_passed_over(call: Run) -> None:
    result = call("reassemble", "page.json")
    assert (result.returncode, json.loads(result.stdout)) == (0, [])
    assert result.stderr == "note: 1 interaction passed over: no stream, and no answer of a known API\n"
    assert call("reassemble", "page.json", "--format", "jsonl").stdout == ""
    assert call("reassemble", "page.json", "page.json", "one.json").stderr.startswith("note: 1 interaction ")


def test_folders_and_standard_input_are_read(call: Run, tmp_path: Path) -> None:
    result = call("reassemble", ".", "--format", "jsonl")
    assert [json.loads(line)["path"] for line in result.stdout.splitlines()] == [
        "./cut.json", "./events.json", "./one.json", "./three.json", "./three.json", "./three.json",
    ]  # fmt: skip
    data = (tmp_path / "one.json").read_bytes()
    for given in (data, gzip.compress(data)):
        assert json.loads(call("reassemble", "-", stdin=given).stdout)["choices"][0]["message"] == {"content": "Hello"}
    assert call("reassemble", "-", "--format", "text", stdin=data).stdout.startswith("<stdin> interactions[0]")
    assert call("reassemble", "-", stdin=b"\0").stderr.startswith("error: <stdin>")


def test_what_is_no_cassette_is_an_error_where_it_is_named_and_the_others_are_read(call: Run, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("services: {}\n")
    result = call("reassemble", "other.yaml", "nowhere.yaml", "one.json")
    assert result.returncode == 2
    assert result.stderr.splitlines()[::2] == [
        "error: other.yaml: not a cassette: it holds no interactions",
        "error: no such file or folder: 'nowhere.yaml'",
    ]
    assert json.loads(result.stdout)["choices"][0]["message"] == {"content": "Hello"}
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "other.yaml").write_text("services: {}\n")
    assert call("reassemble", "folder", "one.json").returncode == 0
    nothing = call("reassemble", "folder")
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert nothing.stderr.startswith("error: no cassette found\n  hint: ")
    (folder / "broken.yaml").write_text("interactions:\n- request: {\n")
    assert call("reassemble", "folder", "one.json").returncode == 2


def test_the_output_goes_to_a_file_whole_or_not_at_all(call: Run, tmp_path: Path) -> None:
    result = call("reassemble", "one.json", "-o", "out.json")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert json.loads((tmp_path / "out.json").read_text())["choices"][0]["message"] == {"content": "Hello"}
    result = call("reassemble", "one.json", "-o", "no/out.json")
    assert (result.returncode, result.stderr) == (
        2,
        "error: 'no/out.json' cannot be written: no such file or directory\n",
    )


def test_an_answer_that_is_nested_deeply_breaks_nothing(call: Run, tmp_path: Path) -> None:
    deep = "[" * 50_000 + "]" * 50_000
    _write(tmp_path / "deep.json", _interaction(0, f'data: {{"choices":[{{"delta":{{"x":{deep}}}}}]}}\n\n'))
    result = call("reassemble", "deep.json")
    assert result.returncode == 1
    assert "nested too deeply" in result.stderr
