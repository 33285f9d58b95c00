"""`cassette-tools usage`: groups, sums, formats, what is not known."""

import csv
import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest

from cassette_tools import schemas
from tests.conftest import Run
from tests.recordings import chat, recording, streamed_chat


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two folders of recordings: answers with and without usage, an error, something else, a file of another kind."""
    files = {
        "a/one.json": chat(tokens=5),
        "a/two.json": chat(tokens=7).replace('\\"m-1\\"', '\\"=m|2\\"'),
        "b/stream.json": streamed_chat(["Hi"]),
        "b/error.json": chat(code=500),
        "b/other.json": recording({}, "{}", "application/json", url="https://a.example/x"),
        "b/notes.yaml": "a: 1\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_groups_are_added_up_and_what_is_unknown_is_no_zero(call: Run) -> None:
    result = call("usage", ".", "--by", "folder")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "folder  calls  errors  unknown  input  output       cost",
        "------  -----  ------  -------  -----  ------  ---------",
        "./a         2       -        -      6      12  2 unknown",
        "./b         3       1        1      -       -  1 unknown",
        "",
        "total       5       1        1      6      12  3 unknown",
        "",
        "1 answer without usage: the stream was not asked for it (1)",
        "1 interaction without an answer of a known API: counted as calls only",
        "cost: 3 answers unknown",
    ]


@pytest.mark.usefixtures("folder")
def test_groups_are_sorted_and_cut_and_the_rest_is_one(call: Run) -> None:
    lines = call("usage", ".", "--by", "test,status", "--sort", "output", "--top", "1").stdout.splitlines()
    assert [line.split()[:3] for line in lines[2:4]] == [["two", "200", "1"], ["4", "more", "4"]]
    assert [line.split()[0] for line in call("usage", ".", "--by", "outcome").stdout.splitlines()[2:5]] == [
        "answer", "error", "other",
    ]  # fmt: skip


def test_the_few_groups_that_are_shown_are_those_that_cost_most(call: Run, tmp_path: Path) -> None:
    for name, dollars in {"a": 0.25, "b": 4, "c": 0.5}.items():
        answer = {"model": name, "choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]}
        usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4, "cost": dollars}
        text = recording({"model": name}, json.dumps({**answer, "usage": usage}), "application/json")
        (tmp_path / f"{name}.json").write_text(text)
    lines = call("usage", ".", "--by", "model", "--top", "2").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["b", "c", "1"]
    lines = call("usage", ".", "--by", "model").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("width", "left"),
    [
        pytest.param(96, 53, id="there is room"),
        pytest.param(80, 37, id="less"),
        pytest.param(55, 12, id="little"),
        pytest.param(54, 53, id="too little for anything"),
    ],
)
def test_names_are_cut_where_a_terminal_is_narrow(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, left: int
) -> None:
    model = "claude-sonnet-4-20250514-of-some-host-that-has-a-name"
    (tmp_path / "a.json").write_text(chat(more={"model": model}))
    assert model in call("usage", "a.json", env={"COLUMNS": "55"}).stdout
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    lines = call("usage", "a.json", env={"COLUMNS": str(width)}).stdout.splitlines()
    assert lines[2].split()[1] == (model if left == len(model) else f"{model[: left - 1]}…")
    assert (max(map(len, lines[:5])) <= width) == (width >= 55)


def test_units_are_counted_in_words_that_fit_their_number(call: Run, tmp_path: Path) -> None:
    answer = {
        "id": "x",
        "results": [{"index": 0, "relevance_score": 0.9}],
        "meta": {"billed_units": {"search_units": 1}},
    }
    url = "https://api.cohere.com/v2/rerank"
    (tmp_path / "a.json").write_text(
        recording({"model": "rerank-v3.5"}, json.dumps(answer), "application/json", url=url)
    )
    assert "besides tokens: 1 search unit\n" in call("usage", "a.json").stdout


@pytest.mark.usefixtures("folder")
def test_json_and_its_lines_fit_the_schema(call: Run) -> None:
    schema = schemas.load("usage-report-v1")
    report = json.loads(call("usage", ".", "--by", "model", "--top", "1", "--format", "json").stdout)
    jsonschema.validate(report, schema)
    assert report["total"]["tokens"]["output"] == {"sum": 12, "known": 2, "unknown": 0}
    assert report["total"]["tokens"]["reasoning"] == {"sum": None, "known": 0, "unknown": 2}
    assert report["total"]["why_unknown"] == {"the stream was not asked for it": 1}
    lines = call("usage", ".", "--format", "jsonl").stdout.splitlines()
    records = [json.loads(line) for line in lines]
    validator = jsonschema.Draft202012Validator({**schema["$defs"]["record"], "$defs": schema["$defs"]})
    for record in records:
        validator.validate(record)
    assert [(record["file"], record["outcome"], record["output"]) for record in records] == [
        ("./a/one.json", "answer", 5), ("./a/two.json", "answer", 7), ("./b/error.json", "error", 5),
        ("./b/other.json", "other", None), ("./b/stream.json", "answer", None),
    ]  # fmt: skip


@pytest.mark.usefixtures("folder")
def test_csv_has_interactions_or_groups_and_no_formulas(call: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(call("usage", ".", "--format", "csv").stdout)))
    assert [row["model"] for row in rows] == ["m-1", "'=m|2", "m-1", "", "m-1"]
    assert [row["reasoning"] for row in rows] == [""] * 5
    rows = list(csv.DictReader(io.StringIO(call("usage", ".", "--format", "csv", "--by", "model").stdout)))
    assert [(row["model"], row["calls"], row["output"]) for row in rows] == [
        ("'=m|2", "1", "7"), ("m-1", "3", "5"), ("unknown", "1", ""),
    ]  # fmt: skip


@pytest.mark.usefixtures("folder")
def test_markdown_escapes_what_is_recorded(call: Run) -> None:
    lines = call("usage", "a", "--format", "markdown", "--by", "model").stdout.splitlines()
    assert lines[2].startswith("| `=m\\|2` ")
    assert lines[4].startswith("| total ")
    assert lines[-1] == "- cost: 2 answers unknown"


@pytest.mark.usefixtures("folder")
def test_models_and_dates_can_be_asked_for(call: Run) -> None:
    def outputs(*args: str) -> list[int]:
        lines = call("usage", "a", "--format", "jsonl", *args).stdout.splitlines()
        return [json.loads(line)["output"] for line in lines]

    assert outputs("--model", "=m*") == [7]
    assert outputs("--model", "m") == [5, 7]  # that was asked
    assert outputs("--model", "x*") == []
    result = call("usage", "a", "--since", "2020-01-01")
    nothing = "note: nothing is left by --model and --since\n"
    assert result.stderr == f"note: 2 interactions have no date, and are left out\n{nothing}"
    assert call("usage", "a", "--model", "M*", "--format", "html").stderr == nothing  # upper case is another model


@pytest.mark.usefixtures("folder")
def test_the_result_is_the_same_with_several_processes(call: Run, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / "a" / f"{number}.json").write_text(chat(tokens=number))
    for args in (["--by", "file"], ["--format", "jsonl"], ["--format", "json"]):
        one, several = (call("usage", ".", "-j", number, *args).stdout for number in ("1", "3"))
        assert one == several
        assert one


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["missing"], "error: no such file or folder: 'missing'"),
        (["b/notes.yaml"], "error: b/notes.yaml"),
        ([".", "--by", "colour"], "there is no 'colour': they are provider, model"),
        ([".", "--by", "modle"], "there is no 'modle': did you mean 'model'?"),
        ([".", "--since", "soon"], "'soon' is not a date such as 2026-01-31"),
        (["empty"], "error: no cassette found"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_added_up_is_trouble(call: Run, tmp_path: Path, args: list[str], message: str) -> None:
    (tmp_path / "empty").mkdir()
    result = call("usage", *args)
    assert result.returncode == 2
    assert message in result.stderr


def test_prices_are_checked_against_what_recordings_say(call: Run, tmp_path: Path) -> None:
    def said(model: str, cost: float) -> str:
        text = chat(url="https://openrouter.ai/api/v1/chat/completions").replace('\\"m-1\\"', f'\\"{model}\\"')
        return text.replace('\\"total_tokens\\": 8', f'\\"cost\\": {cost}')

    (tmp_path / "same.json").write_text(said("openai/gpt-4o", 3 * 2.5e-6 + 5 * 10e-6))
    (tmp_path / "other.json").write_text(said("openai/gpt-4o", 0.1))
    (tmp_path / "none.json").write_text(said("nobody/nothing", 0.1))
    (tmp_path / "free.json").write_text(said("openai/gpt-4o", 0))
    lines = call("usage", ".", "--check-prices").stdout.splitlines()
    assert lines[2].split() == ["openrouter", "2", "1", "50.0%", "100%"]
    assert lines[6].split()[0] == "-100%"
    assert lines[6].endswith("./other.json #0")
    version = lines[8].partition(":")[0]
    assert version.startswith("genai-prices ")
    assert lines[8:] == [
        f"{version}: 2 answers compared, median error 50.0%, 1 outlier of more than 1 %",
        f"1 answer with a recorded cost and no estimate by {version}: no price for this model",
        "1 answer with a recorded cost of 0: not compared",
    ]
    assert call("usage", "none.json", "--check-prices").stdout.startswith("no answer has both\n")


def test_the_most_distant_prices_are_told_however_many_there_are(call: Run, tmp_path: Path) -> None:
    url = "https://openrouter.ai/api/v1/chat/completions"
    for number in range(25):
        text = chat(url=url).replace('\\"m-1\\"', '\\"openai/gpt-4o\\"')
        text = text.replace('\\"total_tokens\\": 8', f'\\"cost\\": {0.00001 * (number + 20)}')
        (tmp_path / f"{number:02}.json").write_text(text)
    lines = call("usage", ".", "--check-prices").stdout.splitlines()
    assert [line.split()[-2] for line in lines[6:26]] == [f"./{number:02}.json" for number in range(24, 4, -1)]
    assert lines[26] == "5 more"


@pytest.fixture
def halves(tmp_path: Path) -> Path:
    """Answers of which some say but one half of what they used."""
    whole = chat(tokens=7)
    texts = (whole, whole.replace('\\"prompt_tokens\\": 3', '\\"prompt_tokens\\": \\"3\\"'), whole)
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.json").write_text(text)
    return tmp_path


@pytest.mark.usefixtures("halves")
def test_sums_say_how_many_they_do_not_know(call: Run) -> None:
    lines = call("usage", ".", "--by", "test").stdout.splitlines()
    assert [line.split()[2] for line in lines[2:5]] == ["3", "1", "3"]
    assert "1 unknown" in lines[3]
    assert "6 + 1 unknown" in lines[6]
    assert "6 + 1 unknown" in call("usage", ".", "--format", "markdown").stdout
    assert call("usage", ".", "--format", "html").stdout.count("6 <small>+ 1 unknown</small>") >= 2
    assert "6 + 1 unknown in, 21 out" in call("summary", ".").stdout
    (row,) = csv.DictReader(io.StringIO(call("usage", ".", "--format", "csv", "--by", "provider").stdout))
    assert (row["input"], row["input_unknown"], row["output"], row["output_unknown"]) == ("6", "1", "21", "0")
    report = json.loads(call("usage", ".", "--format", "json").stdout)
    assert report["total"]["tokens"]["input"] == {"sum": 6, "known": 2, "unknown": 1}


def test_the_state_of_a_job_is_told_and_not_added_up_each_time(call: Run, tmp_path: Path) -> None:
    run = {"id": "run_1", "object": "thread.run", "usage": {"prompt_tokens": 381, "completion_tokens": 89}}
    url = "https://api.openai.com/v1/threads/t/runs/r"
    for name, value in (("a", run), ("b", run), ("c", {**run, "usage": None})):
        (tmp_path / f"{name}.json").write_text(recording({}, json.dumps(value), "application/json", url=url))
    lines = call("usage", ".").stdout.splitlines()
    assert lines[-1] == (
        "3 interactions without an answer of a known API: counted as calls only, "
        "2 of them states of jobs or stored answers, with what they used"
    )


@pytest.mark.parametrize("format_", ["text", "markdown", "json", "jsonl", "csv", "html"])
@pytest.mark.usefixtures("folder")
def test_where_nothing_can_be_read_there_is_no_empty_report(call: Run, format_: str) -> None:
    result = call("usage", "nosuch", "--format", format_, "-o", "out")
    assert (result.returncode, result.stdout, Path("out").exists()) == (2, "", False)
    assert call("usage", "nosuch", "a/one.json", "--format", format_).stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--check-prices", "--format", "json"], "--check-prices has no --format json"),
        (["--check-prices", "--format", "parquet", "-o", "x.parquet"], "--check-prices has no --format parquet"),
        (["--check-prices", "--top", "3"], "--sort and --top are for groups, and not for a line an interaction"),
        (["--format", "jsonl", "--sort", "cost"], "--sort and --top are for groups"),
        (["--format", "csv", "--top", "3"], "--sort and --top are for groups"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_options_that_would_say_nothing_together_are_refused(call: Run, args: list[str], message: str) -> None:
    result = call("usage", ".", *args)
    assert (result.returncode, message in result.stderr, Path("x.parquet").exists()) == (2, True, False)


_HOSTILE = (
    "![x](https://evil.example/p.png)", "@octocat", "`a`", "**b**", "&lt;", "https://evil.example/x", "a|b",
    "<script>alert(1)</script>",
)  # fmt: skip


def test_nothing_recorded_is_markup_in_markdown(call: Run, tmp_path: Path) -> None:
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed: the extra `test` has it")
    for number, name in enumerate(_HOSTILE):
        text = json.loads(chat())
        answer = json.loads(text["interactions"][0]["response"]["body"]["string"]) | {"model": name}
        text["interactions"][0]["response"]["body"]["string"] = json.dumps(answer)
        (tmp_path / f"{number}`<b>@x.json").write_text(json.dumps(text))
    reader = markdown_it.MarkdownIt("gfm-like", {"linkify": False})
    for command in (("usage", ".", "--by", "model,file"), ("summary", ".")):
        tokens = reader.parse(call(*command, "--format", "markdown").stdout)
        kinds = {child.type for token in tokens for child in token.children or ()}
        assert kinds <= {"text", "code_inline"}
        shown = [child.content for token in tokens for child in token.children or () if child.type == "text"]
        assert not any(mark in text for text in shown for mark in ("evil", "octocat", "script", "@x"))


def test_no_cell_of_csv_is_a_formula_or_acts_on_a_terminal(call: Run, tmp_path: Path) -> None:
    names = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "a\x1b[31mb", "a\u202eb")
    for number, name in enumerate(names):
        text = json.loads(chat())
        answer = json.loads(text["interactions"][0]["response"]["body"]["string"]) | {"model": name}
        text["interactions"][0]["response"]["body"]["string"] = json.dumps(answer)
        (tmp_path / f"{number:02}.json").write_text(json.dumps(text))
    cells = [row["model"] for row in csv.DictReader(io.StringIO(call("usage", ".", "--format", "csv").stdout))]
    assert all(cell.startswith("'") for cell in cells[:9])
    assert cells[9:] == ["a\\x1b[31mb", "a\\u202eb"]


def test_long_names_are_cut_where_people_read(call: Run, tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 30)
    folder.mkdir()
    (folder / "x.json").write_text(chat().replace('\\"m-1\\"', f'\\"{"m" * 300}\\"'))
    lines = call("usage", ".", "--by", "model,file").stdout.splitlines()
    assert max(map(len, lines)) < 200
    assert f"{'m' * 59}… " in lines[2]
    assert "deep/x.json " in lines[2]


@pytest.mark.parametrize(("seconds", "said"), [(1, "1 second"), (36, "36 seconds")])
def test_one_of_a_unit_is_said_as_one(call: Run, tmp_path: Path, seconds: int, said: str) -> None:
    answer = json.dumps({"text": "Hi", "usage": {"type": "duration", "seconds": seconds}})
    url = "https://api.openai.com/v1/audio/transcriptions"
    (tmp_path / "a.json").write_text(recording({"model": "whisper-1"}, answer, "application/json", url=url))
    assert f"besides tokens: {said}\n" in call("usage", "a.json").stdout
