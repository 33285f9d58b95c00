"""`cassette-tools diff`: verdicts, formats, exit codes, git."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cassette_tools import schemas
from tests.conftest import Git, Run
from tests.recordings import chat, recording, streamed_chat

KEY = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 5


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
             "    messages[0].content: Say [-hi-]{+ho+}",
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
            {"calls": [_call("look", {"at": "sky"})]}, {"calls": [_call("look", {"at": "sky", "n": 1})]}, 1,
            ["behaviour     b.json", "  #0 POST https://api.openai.com/v1/chat/completions",
             "    arguments tool_calls[0].look.n: {+1+}"],
            id="one more argument",
        ),
        pytest.param(
            {}, {"more": {"error": {"message": "no"}}}, 1,
            ["broken        b.json", "  #0 POST https://api.openai.com/v1/chat/completions",
             '    error: {+{"message": "no"}+}'],
            id="an error beside an answer",
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
    (tmp_path / "a.json").write_text(chat(**before))
    (tmp_path / "b.json").write_text(chat(**after))
    result = call("diff", "a.json", "b.json")
    assert (result.stdout.splitlines(), result.returncode, result.stderr) == (lines, code, "")


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name, options in {"before": {}, "after": {"text": "Hello you"}}.items():
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "chat.json").write_text(chat(**options))  # type: ignore[arg-type]
        (tmp_path / name / "same.json").write_text(chat())
        (tmp_path / name / "notes.yaml").write_text("a: 1\n")
    (tmp_path / "before" / "gone.json").write_text(chat())
    (tmp_path / "after" / "new.json").write_text(chat())
    return tmp_path


@pytest.mark.usefixtures("folders")
def test_folders_are_compared_file_by_file(call: Run) -> None:
    result = call("diff", "before", "after", "--stat")
    assert result.returncode == 1
    assert result.stdout.splitlines()[:7] == [
        "verdict    path            interactions  changes",
        "---------  --------------  ------------  -------",
        "wording    deep/chat.json             1  text 1",
        "removed    gone.json              1 → 0",
        "added      new.json               0 → 1",
        "identical  same.json                  1",
        "",
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


def test_a_line_of_the_table_counts_changes_by_kind_and_fragments(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(streamed_chat(["Hello", " there"]))
    (tmp_path / "b.json").write_text(streamed_chat(["Hello you"], ident="chatcmpl-0a1b2c3d4e5f6g7h8i9j0k"))
    result = call("diff", "a.json", "b.json", "--stat")
    heads = [line.split() for line in result.stdout.splitlines()]
    assert heads[0] == ["verdict", "path", "interactions", "changes", "fragments"]
    assert heads[2:] == [["wording", "b.json", "1", "text", "1", "5", "→", "4"]]
    assert "volatile 1" in call("diff", "a.json", "b.json", "--stat", "--volatile").stdout
    coloured = call("diff", "a.json", "b.json", "--stat", "--color", "always").stdout
    assert coloured.splitlines()[2].startswith("\x1b[36mwording\x1b[0m  b.json ")


def test_nothing_is_said_of_nothing(call: Run, tmp_path: Path) -> None:
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
    for args in ([], ["--stat"], ["--summary"]):
        result = call("diff", "before", "after", *args)
        assert (result.returncode, result.stdout) == (2, "")


def test_json_has_everything_and_no_secret(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(chat(text=f"It is {KEY}"))
    (tmp_path / "b.json").write_text(
        chat(text=f"It is not {KEY}", url=f"https://a.example/v1/chat/completions?key={KEY}")
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


def test_of_two_vectors_it_is_said_how_far_they_are_from_each_other(call: Run, tmp_path: Path) -> None:
    def answer(vector: list[float]) -> str:
        data = json.dumps({"object": "list", "data": [{"index": 0, "embedding": vector}], "model": "e"})
        return recording({"input": "x"}, data, "application/json", url="https://api.openai.com/v1/embeddings")

    vector = [number / 8 for number in range(40)]
    sides = {"a": vector, "b": [vector[0] + 0.5, *vector[1:-1], vector[-1] + 0.25], "c": vector[1:]}
    for name, numbers in sides.items():
        (tmp_path / f"{name}.json").write_text(answer(numbers))
    lines = [call("diff", "a.json", f"{other}.json").stdout.splitlines()[-1] for other in ("b", "c")]
    assert lines == [
        "    response body data[0].embedding: 2 of 40 numbers, by up to 0.5",
        "    response body data[0].embedding: 40 → 39 numbers",
    ]


def test_markdown_cuts_the_details_of_the_largest_files(call: Run, tmp_path: Path) -> None:
    for side, words in {"before": "one", "after": "two"}.items():
        (tmp_path / side).mkdir()
        for name, number in {"large": 3000, "huge": 6000, "small": 1}.items():
            more = {f"field {place}": f"{words} {place}" for place in range(number)}
            (tmp_path / side / f"{name}.json").write_text(chat(more=more))
    text = call("diff", "before", "after", "--format", "markdown").stdout
    assert 60_000 < len(text) <= 65_536
    assert text.count("<details>") == text.count("</details>") == 3
    assert len(re.findall(r"(?m)^… [0-9,]+ more lines$", text)) == 2
    assert "field 0: [-one-]{+two+} 0" in text.partition("small.json")[2]


def test_markdown_says_how_many_files_have_no_room(call: Run, tmp_path: Path) -> None:
    for side, words in {"before": "one", "after": "two"}.items():
        (tmp_path / side).mkdir()
        for number in range(200):
            more = {f"field {place}": f"{words} {place}" for place in range(30)}
            (tmp_path / side / f"{number}.json").write_text(chat(more=more))
    text = call("diff", "before", "after", "--format", "markdown").stdout
    assert 60_000 < len(text) <= 65_536
    shown = text.count("<details>")
    assert shown < 200
    assert text.endswith(f"\n{200 - shown} more files changed: there is no room for them here.\n")


@pytest.mark.usefixtures("folders")
def test_colour_marks_words(call: Run) -> None:
    text = call("diff", "before", "after", "--color", "always").stdout
    assert "text: Hello \x1b[31mthere\x1b[0m\x1b[32myou\x1b[0m" in text


def test_what_is_volatile_is_shown_on_demand(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(chat())
    (tmp_path / "b.json").write_text(chat(ident="chatcmpl-0a1b2c3d4e5f6g7h8i9j0k"))
    result = call("diff", "a.json", "b.json", "--volatile")
    assert result.returncode == 0
    assert "response volatile: changed id, created" in result.stdout


def _conversation(*tapes: str) -> str:
    return json.dumps({"version": 1, "interactions": [json.loads(tape)["interactions"][0] for tape in tapes]})


def test_an_interaction_that_differs_as_every_one_does_is_no_line_of_what_differs(call: Run, tmp_path: Path) -> None:
    first, more = chat(question="1", tokens=5), chat(question="1", tokens=6)
    (tmp_path / "a.json").write_text(_conversation(first, chat(question="2", text="Yes")))
    (tmp_path / "b.json").write_text(_conversation(more, chat(question="2", text="No")))
    lines = call("diff", "a.json", "b.json").stdout.splitlines()
    assert lines[1:3] == ["  #1 POST https://api.openai.com/v1/chat/completions", "    text: [-Yes-]{+No+}"]
    assert "completion_tokens 5 → 6" not in "".join(lines)
    assert "completion_tokens 5 → 6" in call("diff", "a.json", "b.json", "--volatile").stdout


def test_what_a_conversation_says_again_is_told_once(call: Run, tmp_path: Path) -> None:
    def recorded(system: str, seed: int) -> str:
        said = {"role": "system", "content": system}
        turns = [said, {"role": "user", "content": "1"}], [said, {"role": "user", "content": "1"}, {"role": "user"}]
        return _conversation(*(chat(asked={"messages": list(turn), "seed": seed}) for turn in turns))

    (tmp_path / "a.json").write_text(recorded("Be kind", 1))
    (tmp_path / "b.json").write_text(recorded("Be brief", 2))
    assert call("diff", "a.json", "b.json").stdout.splitlines()[:6] == [
        "behaviour     b.json",
        "  #0 POST https://api.openai.com/v1/chat/completions",
        "    messages[0].content: Be [-kind-]{+brief+}",
        "    parameters seed: [-1-] {+2+}",
        "  #1 POST https://api.openai.com/v1/chat/completions",
        "    as in #0: messages, parameters",
    ]


def test_a_file_that_cannot_be_read_any_more_is_broken(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(chat())
    (tmp_path / "b.json").write_text(chat()[:-20])
    result = call("diff", "a.json", "b.json")
    assert result.returncode == 1
    head, why = result.stdout.splitlines()
    assert head == "broken        b.json"
    assert why.startswith("  cannot be read: b.json:1:")
    (file,) = json.loads(call("diff", "a.json", "b.json", "--format", "json").stdout)["files"]
    assert (file["change"], file["problem"]) == ("broken", why.removeprefix("  cannot be read: "))
    for format_ in ("markdown", "github"):
        assert "cannot be read: b.json:1" in call("diff", "a.json", "b.json", "--format", format_).stdout.replace(
            "%3A", ":"
        )
    summary = call("diff", "a.json", "b.json", "--summary").stdout
    assert summary.count("broken") == 1


def test_a_file_that_could_not_be_read_before_is_trouble_and_the_error_names_it(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(chat()[:-20])
    (tmp_path / "b.json").write_text(chat())
    result = call("diff", "a.json", "b.json")
    assert result.returncode == 2
    assert "error: a.json:1:" in result.stderr


@pytest.mark.parametrize(("content", "why"), [("", "it is empty"), ("a: 1\n", "it is not a cassette any more")])
def test_a_file_of_a_folder_that_is_no_cassette_any_more_is_broken(
    call: Run, tmp_path: Path, content: str, why: str
) -> None:
    for side, text in {"before": chat(), "after": content}.items():
        (tmp_path / side).mkdir()
        (tmp_path / side / "chat.json").write_text(text)
    result = call("diff", "before", "after")
    assert result.stdout.splitlines()[:2] == ["broken        chat.json", f"  cannot be read: {why}"]


def test_files_of_two_formats_are_compared_each_by_its_own_name(call: Run, tmp_path: Path) -> None:
    request = {"method": "POST", "url": "https://a.example/x", "headers": []}
    answer = {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": '{"a": 1}'}}
    entry = {"request": {**request, "postData": {"mimeType": "", "text": "{}"}}, "response": answer}
    (tmp_path / "a.har").write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    (tmp_path / "b.yaml").write_text(
        "version: 1\ninteractions:\n- request: {method: POST, uri: 'https://a.example/x', body: '{}', headers: {}}\n"
        "  response: {status: {code: 200, message: OK}, headers: {}, body: {string: '{\"a\": 2}'}}\n"
    )
    for sides in (("a.har", "b.yaml"), ("b.yaml", "a.har")):
        result = call("diff", *sides)
        assert (result.returncode, result.stderr) == (1, "")
        assert "response body a" in result.stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["a.json"], "diff compares two files or two folders"),
        (["a.json", "missing.json"], "error: missing.json: no such file or folder"),
        (["a.json", "."], "one is a folder, the other is not"),
        (["a.json", "a.json", "--stat", "--summary"], "--summary cannot be used with --stat"),
        (["--git", "x", "--git", "y", "--git", "z"], "--git can be given twice"),
        (["a.json", "a.json", "--stat", "--format", "json"], "--summary and --stat are reports of their own"),
        (["--git", "HEAD"], "error: git rev-parse: "),
        (["notes.yaml", "notes.yaml"], "error: notes.yaml: not a cassette"),
    ],
)
def test_what_cannot_be_compared_is_trouble(call: Run, tmp_path: Path, args: list[str], message: str) -> None:
    (tmp_path / "a.json").write_text(chat())
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
        (tmp_path / "chat.json").write_text(chat(text=text))
        (tmp_path / "other.json").write_text(chat())
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
    assert "error: nowhere: no such revision" in call("diff", "--git", "nowhere").stderr
    assert "error: --bare: no such revision" in call("diff", "--git", "--bare").stderr
    for args in (["--git", ""], ["--git", "HEAD", "--git", ""]):
        assert "error: --git wants a revision, such as HEAD" in call("diff", *args).stderr
    for format_ in ("json", "markdown", "github"):
        result = call("diff", "--git", "nowhere", "--format", format_)
        assert (result.returncode, result.stdout) == (2, "")


@pytest.mark.parametrize(
    "args",
    [
        ["--git", "HEAD~1", "HEAD"], ["--git", "HEAD~1", "HEAD", "."], ["--git", "HEAD~1..HEAD"],
        ["--git", "HEAD~1.."], ["--git", "HEAD~1...HEAD"], ["--git", "main~1", "main", "--", "chat.json"],
    ],
)  # fmt: skip
def test_two_revisions_are_named_as_git_has_them(call: Run, git: Git, tmp_path: Path, args: list[str]) -> None:
    for text in ("Hello there", "Hello you"):
        (tmp_path / "chat.json").write_text(chat(text=text))
        git("add", ".")
        git("commit", "--quiet", "--message", text)
    (tmp_path / "chat.json").write_text(chat(text="Good day"))
    result = call("diff", *args)
    assert (result.returncode, result.stderr) == (1, "")
    assert "    text: Hello [-there-]{+you+}" in result.stdout.splitlines()


def test_nothing_that_changed_is_no_trouble_and_what_is_new_counts(call: Run, git: Git, tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_text(chat())
    (tmp_path / ".gitignore").write_text("ignored.json\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    result = call("diff", "--git", "HEAD")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "no recording has changed\n")
    for name in ("new.json", "ignored.json"):
        (tmp_path / name).write_text(chat())
    result = call("diff", "--git", "HEAD")
    assert (result.returncode, result.stdout.splitlines()[0]) == (1, "added         new.json")
    assert "ignored.json" not in result.stdout


@pytest.mark.parametrize(
    ("args", "code", "kinds"),
    [
        ([], 1, ["text", "finish-reason"]),
        (["--only", "text"], 1, ["text"]),
        (["--only", "usage"], 0, ["usage"]),
        (["--ignore", "text,usage"], 1, ["finish-reason"]),
        (["--ignore", "text", "--ignore", "finish-reason"], 0, ["usage"]),
        (["--fail-on", "behaviour"], 1, ["text", "finish-reason"]),
        (["--fail-on", "broken"], 0, ["text", "finish-reason"]),
        (["--fail-on", "error"], 0, ["text", "finish-reason"]),
        (["--fail-on", "warning"], 1, ["text", "finish-reason"]),
        (["--fail-on", "tool-call,status"], 0, ["text", "finish-reason"]),
        (["--fail-on", "tool-call,text"], 1, ["text", "finish-reason"]),
        (["--ignore", "finish-reason", "--fail-on", "behaviour"], 0, ["text"]),
    ],
)
def test_kinds_count_or_not_and_fail_or_not(
    call: Run, tmp_path: Path, args: list[str], code: int, kinds: list[str]
) -> None:
    (tmp_path / "a.json").write_text(chat())
    (tmp_path / "b.json").write_text(chat(text="Hello you", tokens=9, finish="length"))
    result = call("diff", "a.json", "b.json", "--format", "json", *args)
    (file,) = json.loads(result.stdout)["files"]
    found = dict.fromkeys(one["kind"] for one in file["interactions"][0]["differences"])
    assert (result.returncode, [kind for kind in found if kind != "usage" or "usage" in kinds]) == (code, kinds)


def test_the_worst_difference_of_an_interaction_is_told_first(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(chat())
    (tmp_path / "b.json").write_text(chat(text="Hello you", tokens=9, finish="length"))
    lines = [line.strip() for line in call("diff", "a.json", "b.json").stdout.splitlines()]
    assert [line.partition(":")[0] for line in lines[2:]] == ["finish-reason", "text", "usage"]


@pytest.mark.parametrize("option", ["--only", "--ignore", "--fail-on"])
def test_an_unknown_kind_is_an_error_that_names_the_closest(call: Run, tmp_path: Path, option: str) -> None:
    (tmp_path / "a.json").write_text(chat())
    result = call("diff", "a.json", "a.json", option, "tool-cal")
    assert result.returncode == 2
    assert "there is no 'tool-cal': did you mean 'tool-call'?" in result.stderr
    assert ": they are " in call("diff", "a.json", "a.json", option, "xyz").stderr


def test_a_file_on_one_side_fails_as_behaviour_and_a_broken_one_as_broken(call: Run, tmp_path: Path) -> None:
    for side in ("before", "after"):
        (tmp_path / side).mkdir()
    (tmp_path / "before" / "gone.json").write_text(chat())
    for words, code in {"interaction": 1, "behaviour": 1, "warning": 1, "error": 0, "broken": 0, "text": 0}.items():
        assert call("diff", "before", "after", "--fail-on", words).returncode == code
    for args, code in {("--only", "text"): 0, ("--ignore", "interaction"): 0, ("--only", "interaction"): 1}.items():
        assert call("diff", "before", "after", *args).returncode == code
    stat = call("diff", "before", "after", "--only", "text", "--stat").stdout
    assert stat.splitlines()[-1].split() == ["removed", "gone.json", "1", "→", "0"]
    (tmp_path / "after" / "gone.json").write_text(chat()[:-20])
    for words, code in {"broken": 1, "error": 1, "text": 0}.items():
        assert call("diff", "before", "after", "--fail-on", words).returncode == code


def test_the_json_fits_its_schema(call: Run, tmp_path: Path) -> None:
    calls = [_call("look", {"at": "sky", "deep": {"n": [1, 2]}})]
    for name, text in {
        "a": chat(calls=calls, more={"tier": {"x": 1}}),
        "b": chat(text="Hello you", question="Say ho", finish="length", tokens=7, code=500),
    }.items():
        for side in ("one", "two"):
            (tmp_path / name / side).mkdir(parents=True)
            (tmp_path / name / side / "chat.json").write_text(text)
    (tmp_path / "a" / "gone.json").write_text(chat())
    report = json.loads(call("diff", "a", "b", "--format", "json", "--volatile").stdout)
    jsonschema.validate(report, schemas.load("diff-report-v1"))
    assert [(file["path"], file["change"]) for file in report["files"]] == [
        ("gone.json", "removed"),
        ("one/chat.json", None),
        ("two/chat.json", None),
    ]


@pytest.mark.usefixtures("folders")
def test_annotations_are_one_a_file(call: Run) -> None:
    lines = call("diff", "before", "after", "--format", "github").stdout.splitlines()
    head, change = "  #0 POST https://api.openai.com/v1/chat/completions%0A", "    text: Hello [-there-]{+you+}"
    assert lines == [
        f"::notice title=recording%3A wording,file=after/deep/chat.json::wording       deep/chat.json%0A{head}{change}",
        "::warning title=recording%3A behaviour,file=after/gone.json::removed       gone.json",
        "::warning title=recording%3A behaviour,file=after/new.json::added         new.json",
    ]


def test_what_only_its_name_gives_away_is_masked_unless_it_is_asked_for(call: Run, tmp_path: Path) -> None:
    secret = "correct-horse-" + "battery-7Qm2"
    (tmp_path / "a.json").write_text(chat(text="I know nothing", asked={"api_key": secret}))
    (tmp_path / "b.json").write_text(chat(text=f"I know {secret}!", asked={"api_key": secret}))
    for args in ([], ["--format", "json"], ["--format", "markdown"], ["--format", "github"]):
        result = call("diff", "a.json", "b.json", *args)
        assert result.returncode == 1
        assert "I know" in result.stdout
        assert secret not in result.stdout
        assert secret in call("diff", "a.json", "b.json", "--unmask", *args).stdout


def test_a_configuration_names_more_of_what_is_volatile(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(chat(asked={"Run": "one"}, more={"batch": "x"}, headers={"X-Run": ["1"]}))
    (tmp_path / "b.json").write_text(chat(asked={"Run": "two"}, more={"batch": "y"}, headers={"X-Run": ["2"]}))
    assert call("diff", "a.json", "b.json").returncode == 1
    (tmp_path / "cassette-tools.toml").write_text('[diff]\nvolatile = ["run", "Batch"]\nvolatile-headers = ["x-run"]\n')
    result = call("diff", "a.json", "b.json")
    assert (result.returncode, result.stdout) == (0, "volatile only b.json\n")
    assert call("diff", "a.json", "b.json", "--isolated").returncode == 1
    shown = call("textconv", "a.json").stdout
    assert [word for word in ("one", "batch", "x-run") if word in shown] == []


def test_what_is_volatile_of_a_citation_is_shown_on_demand(call: Run, tmp_path: Path) -> None:
    for name, index in (("a", "Eo8BCioIDRgC"), ("b", "Fp9CDjpJESdD")):
        cited = {"type": "web_search_result_location", "url": "https://a.example", "encrypted_index": index}
        content = [{"type": "text", "text": "It is.", "citations": [cited]}]
        answer = {"id": "msg_1", "type": "message", "role": "assistant", "content": content, "stop_reason": "end_turn"}
        url = "https://api.anthropic.com/v1/messages"
        text = recording({"model": "claude"}, json.dumps(answer), "application/json", url=url)
        (tmp_path / f"{name}.json").write_text(text)
    assert call("diff", "a.json", "b.json").stdout == "volatile only b.json\n"
    assert "volatile: changed [0].encrypted_index\n" in call("diff", "a.json", "b.json", "--volatile").stdout


@pytest.mark.parametrize("place", ["{}", '{{"deep": [{}]}}'])
def test_a_secret_that_is_a_number_is_not_shown(call: Run, tmp_path: Path, place: str) -> None:
    key = 4827193605712348
    for name, value in (("a.json", '"x"'), ("b.json", place.format(f'{{"access_token": {key}}}'))):
        body = f'{{"held": {value}, "list": [{key}]}}'
        (tmp_path / name).write_text(recording({"q": 1}, body, "application/json", url="https://a.example/"))
    for args in (
        ["diff", "a.json"],
        ["diff", "--format", "json", "a.json"],
        ["textconv"],
        ["show", "--interaction", "0"],
    ):
        result = call(*args, "b.json")
        assert result.returncode in (0, 1)
        assert str(key) not in result.stdout, args
        assert "*" * 16 in result.stdout


@pytest.mark.parametrize("giver", ["a.json", "b.json"])
def test_what_one_interaction_gives_away_is_shown_of_no_other(call: Run, tmp_path: Path, giver: str) -> None:
    key = "q7Zk2V" + "x9Lw4Tb8Rm3Np6"
    for name, text in (("a.json", "Hi"), ("b.json", f"Hello {key}")):
        first = json.loads(chat(headers={"X-Api-Key": [key if name == giver else "none"]}, question="One"))
        second = json.loads(chat(text=text, question="Two", url=f"https://a.example/{key}/chat/completions"))
        first["interactions"] += second["interactions"]
        (tmp_path / name).write_text(json.dumps(first))
    for format_ in ("text", "json", "markdown", "github"):
        for before in ("a.json", giver):
            result = call("diff", before, "b.json", "--format", format_)
            assert key not in result.stdout, format_
        assert "Hello" in call("diff", "a.json", "b.json", "--format", format_).stdout
