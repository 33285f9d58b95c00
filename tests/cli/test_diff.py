"""`cassette-tools diff`: verdicts, formats, exit codes, git."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

KEY = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 5


def _recording(
    *, text: str = "Hello there", question: str = "Say hi", ident: str = "chatcmpl-9x8y7z6w5v4u3t2s1r0q",
    tokens: int = 5, calls: Any = None, code: int = 200, finish: str = "stop",
    more: dict[str, Any] | None = None, url: str = "",
) -> str:  # fmt: skip
    asked = {"model": "m", "messages": [{"role": "user", "content": question}]}
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = calls
    answer = {
        "id": ident, "object": "chat.completion", "created": len(ident), "model": "m-1", **(more or {}),
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 3, "completion_tokens": tokens, "total_tokens": 3 + tokens},
    }  # fmt: skip
    interaction = {
        "request": {
            "method": "POST", "uri": url or "https://api.openai.com/v1/chat/completions", "body": json.dumps(asked),
            "headers": {"Content-Type": ["application/json"]},
        },
        "response": {
            "status": {"code": code, "message": "OK"}, "headers": {"Content-Type": ["application/json"]},
            "body": {"string": json.dumps(answer)},
        },
    }  # fmt: skip
    return json.dumps({"version": 1, "interactions": [interaction]})


def _call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


@pytest.mark.parametrize(
    ("before", "after", "code", "lines"),
    [
        pytest.param({}, {}, 0, ["identical     b.json"], id="identical"),
        pytest.param(
            {}, {"ident": "chatcmpl-0a1b2c3d4e5f6g7h8i9j0k", "tokens": 9}, 0, ["volatile only b.json"], id="volatile"
        ),
        pytest.param(
            {}, {"text": "Hello you"}, 1,
            ["wording       b.json", "  #0 POST https://api.openai.com/v1/chat/completions",
             "    text: Hello [-there-]{+you+}"],
            id="wording",
        ),
        pytest.param(
            {}, {"question": "Say ho", "tokens": 6}, 1,
            ["behaviour     b.json", "  #0 POST https://api.openai.com/v1/chat/completions",
             "    messages messages[0].content: Say [-hi-]{+ho+}",
             "    usage: completion_tokens 5 → 6 (+1); total_tokens 8 → 9 (+1)"],
            id="behaviour",
        ),
        pytest.param(
            {"calls": [_call("look", {"at": "sky", "n": 1})]}, {"calls": [_call("look", {"at": "sea", "n": 1})]}, 1,
            ["behaviour     b.json", "  #0 POST https://api.openai.com/v1/chat/completions",
             "    arguments tool_calls[0].look.at: [-sky-]{+sea+}"],
            id="arguments",
        ),
        pytest.param(
            {"calls": [_call("look", {"at": "sky"})]}, {}, 1,
            ["broken        b.json", "  #0 POST https://api.openai.com/v1/chat/completions",
             '    tool-call tool_calls[0]: [-{"name": "look", "arguments": {"at": "sky"}}-]'],
            id="a lost call",
        ),
        pytest.param(
            {}, {"code": 500}, 1,
            ["broken        b.json", "  #0 POST https://api.openai.com/v1/chat/completions",
             "    status: [-200-] {+500+}"],
            id="an error",
        ),
        pytest.param(
            {"finish": "stop"}, {"finish": "length", "more": {"tier": "x"}}, 1,
            ["behaviour     b.json", "  #0 POST https://api.openai.com/v1/chat/completions",
             "    finish-reason: [-stop-]{+length+}", "    response shape: added tier"],
            id="a finish reason, and a field more",
        ),
    ],
)  # fmt: skip
def test_a_file_gets_a_verdict_and_what_differs_is_shown(
    call: Run, tmp_path: Path, before: dict[str, Any], after: dict[str, Any], code: int, lines: list[str]
) -> None:
    (tmp_path / "a.json").write_text(_recording(**before))
    (tmp_path / "b.json").write_text(_recording(**after))
    result = call("diff", "a.json", "b.json")
    assert (result.stdout.splitlines(), result.returncode, result.stderr) == (lines, code, "")


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name, options in {"before": {}, "after": {"text": "Hello you"}}.items():
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "chat.json").write_text(_recording(**options))  # type: ignore[arg-type]
        (tmp_path / name / "same.json").write_text(_recording())
        (tmp_path / name / "notes.yaml").write_text("a: 1\n")
    (tmp_path / "before" / "gone.json").write_text(_recording())
    (tmp_path / "after" / "new.json").write_text(_recording())
    return tmp_path


@pytest.mark.usefixtures("folders")
def test_folders_are_compared_file_by_file(call: Run) -> None:
    result = call("diff", "before", "after", "--stat")
    assert result.returncode == 1
    assert result.stdout.splitlines()[:4] == [
        "wording       deep/chat.json",
        "removed       gone.json",
        "added         new.json",
        "identical     same.json",
    ]
    summary = call("diff", "before", "after", "--summary").stdout.splitlines()
    assert summary[:5] == [
        "4 recordings compared",
        "  identical          1",
        "  wording            1",
        "  behaviour          2",
        "  removed            1",
    ]
    assert call("diff", "before", "after", "--exit-zero").returncode == 0


def test_json_has_everything_and_no_secret(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(_recording(text=f"It is {KEY}"))
    (tmp_path / "b.json").write_text(
        _recording(text=f"It is not {KEY}", url=f"https://a.example/v1/chat/completions?key={KEY}")
    )
    for args in ([], ["--format", "json"], ["--format", "markdown"], ["--volatile"]):
        result = call("diff", "a.json", "b.json", *args)
        assert result.returncode == 1
        assert KEY[8:20] not in result.stdout
    report = json.loads(call("diff", "a.json", "b.json", "--format", "json").stdout)
    (file,) = report["files"]
    assert (report["version"], file["path"], file["verdict"]) == (1, "b.json", "behaviour")
    (interaction,) = file["interactions"]
    kinds = {one["kind"]: one for one in interaction["differences"]}
    assert kinds["text"]["change"] == "changed"
    assert kinds["text"]["before"].startswith("It is **")
    assert kinds["url"]["where"] == "request"


@pytest.mark.usefixtures("folders")
def test_markdown_folds_the_details(call: Run) -> None:
    text = call("diff", "before", "after", "--format", "markdown").stdout
    assert text.startswith("### 4 recordings compared\n\n| verdict | files |\n")
    assert "<details><summary>wording deep/chat.json</summary>" in text
    assert "text: Hello [-there-]{+you+}" in text


@pytest.mark.usefixtures("folders")
def test_colour_marks_words(call: Run) -> None:
    text = call("diff", "before", "after", "--color", "always").stdout
    assert "text: Hello \x1b[31mthere\x1b[0m\x1b[32myou\x1b[0m" in text


def test_what_is_volatile_is_shown_on_demand(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(_recording())
    (tmp_path / "b.json").write_text(_recording(ident="chatcmpl-0a1b2c3d4e5f6g7h8i9j0k"))
    result = call("diff", "a.json", "b.json", "--volatile")
    assert result.returncode == 0
    assert "response volatile: changed id, created" in result.stdout


def test_a_file_that_cannot_be_read_any_more_is_broken(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(_recording())
    (tmp_path / "b.json").write_text(_recording()[:-20])
    result = call("diff", "a.json", "b.json")
    assert result.returncode == 1
    assert result.stdout == "broken        b.json\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["a.json"], "diff compares two files or two folders"),
        (["a.json", "missing.json"], "error: missing.json: no such file or folder"),
        (["a.json", "."], "one is a folder, the other is none"),
        (["a.json", "a.json", "--stat", "--summary"], "--summary cannot be used with --stat"),
        (["--git", "x", "--git", "y", "--git", "z"], "--git can be given twice"),
        (["--git", "HEAD"], "error: git rev-parse: "),
        (["notes.yaml", "notes.yaml"], "error: notes.yaml: no cassette"),
    ],
)
def test_what_cannot_be_compared_is_trouble(call: Run, tmp_path: Path, args: list[str], message: str) -> None:
    (tmp_path / "a.json").write_text(_recording())
    (tmp_path / "notes.yaml").write_text("a: 1\n")
    result = call("diff", *args)
    assert result.returncode == 2
    assert message in result.stderr


def test_revisions_of_git_are_compared(call: Run, tmp_path: Path) -> None:
    def git(*args: str) -> None:
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *args]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet")
    for number, text in enumerate(("Hello there", "Hello you", "Good day")):
        (tmp_path / "chat.json").write_text(_recording(text=text))
        (tmp_path / "other.json").write_text(_recording())
        if number < 2:
            git("add", ".")
            git("commit", "--quiet", "-m", text)
    result = call("diff", "--git", "HEAD~1", "--git", "HEAD")
    assert "    text: Hello [-there-]{+you+}" in result.stdout.splitlines()
    result = call("diff", "--git", "HEAD", "chat.json")
    assert "    text: [-Hello you-]{+Good day+}" in result.stdout.splitlines()
    assert result.returncode == 1
    (tmp_path / "chat.json").unlink()
    assert "removed       chat.json" in call("diff", "--git", "HEAD").stdout
    assert "error: git diff: " in call("diff", "--git", "nowhere").stderr
