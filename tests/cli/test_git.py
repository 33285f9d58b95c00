"""The real git, with this tool as its driver: `git setup`, `git-diff`, `textconv`."""

import base64
import hashlib
import os
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Git, Run
from tests.recordings import chat, streamed_chat

KEY = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 5


@pytest.fixture
def call(call: Run, environment: dict[str, str]) -> Run:
    """The command in this process, where it finds git as the tests do."""

    def with_git(*args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Any:
        return call(*args, stdin=stdin, env={**environment, **(env or {})})

    return with_git


def _commit(git: Git, folder: Path, files: dict[str, str | None]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).write_text(text)
    git("add", "--all")
    git("commit", "--quiet", "--message", "next")


def _changed(diff: str) -> list[str]:
    """The lines that a diff of git's adds or removes."""
    return [line for line in diff.splitlines() if line[:1] in "+-" and line[:4] not in ("+++ ", "--- ")]


def test_setup_shows_then_writes_and_takes_out_what_it_wrote(call: Run, git: Git, tmp_path: Path) -> None:
    attributes = "*.png binary\n*.json -diff"  # without an end of the line
    _commit(git, tmp_path, {".gitattributes": attributes, "tests/chats/a.json": chat(), "tests/x.json": "{}"})
    config = (tmp_path / ".git/config").read_bytes()
    shown = call("git", "setup")
    assert (shown.returncode, shown.stderr) == (0, "--write writes it\n")
    assert "  + /tests/chats/**/*.json diff=cassette\n" in shown.stdout
    assert "  + diff.cassette.textconv = " in shown.stdout
    assert ((tmp_path / ".gitattributes").read_text(), (tmp_path / ".git/config").read_bytes()) == (attributes, config)

    assert call("git", "setup", "--write").stdout.endswith("written\n")
    checked = git("check-attr", "diff", "tests/chats/a.json", "tests/chats/deep/b.json", "tests/x.json", "a.png")
    assert [line.rsplit(": ", 1)[1] for line in checked.splitlines()] == ["cassette", "cassette", "unset", "unset"]
    assert call("git", "setup").stdout == "nothing to do: it is set up\n"

    assert "  - /tests/chats/**/*.json diff=cassette\n" in call("git", "setup", "--undo").stdout
    assert call("git", "setup", "--undo", "--write").returncode == 0
    assert (tmp_path / ".gitattributes").read_text().rstrip("\n") == attributes
    assert git("config", "--local", "--name-only", "--list").count("cassette") == 0
    assert call("git", "setup", "--undo").stdout == "nothing to do: it is not set up\n"


def test_a_file_of_attributes_that_setup_made_goes_with_what_is_in_it(call: Run, git: Git, tmp_path: Path) -> None:
    _commit(git, tmp_path, {"a b/[c]/a.json": chat(), "a b/x.yaml": "a: 1\n"})
    call("git", "setup", "--write")
    assert '"/a b/**/*.json" diff=cassette\n' in (tmp_path / ".gitattributes").read_text()
    assert git("check-attr", "diff", "a b/[c]/a.json") == "a b/[c]/a.json: diff: cassette\n"
    call("git", "setup", "--undo", "--write")
    assert not (tmp_path / ".gitattributes").exists()


def test_a_recording_among_other_files_has_a_pattern_for_those_to_come(call: Run, git: Git, tmp_path: Path) -> None:
    files = {"a[1]*.json": chat(), "d/b.json": chat(), "d/c.json": "{}", "d/e/f.json": "{}", "e.yaml": "a: 1\n"}
    _commit(git, tmp_path, dict(files))
    call("git", "setup", "--write")
    names = ["a[1]*.json", "a1.json", "d/b.json", "d/new.json", "d/e/f.json", "e.yaml"]
    checked = git("check-attr", "diff", *names)
    assert [line.rsplit(": ", 1)[1] for line in checked.splitlines()] == [
        "cassette", "unspecified", "cassette", "cassette", "unspecified", "unspecified",
    ]  # fmt: skip


def test_setup_says_which_attributes_overrule_it(call: Run, git: Git, tmp_path: Path) -> None:
    files = {f"t/deep/{name}.json": chat() for name in "ab"} | {"t/c.json": chat(), "t/x/y.json": "{}"}
    _commit(git, tmp_path, {**files, "t/deep/.gitattributes": "*.txt text\n*.json -diff\n/c.json diff\n"})
    warning = (
        "warning: t/deep/a.json and 1 more are still compared line by line: t/deep/.gitattributes says so; "
        "change it there\n"
    )
    written = call("git", "setup", "--write", "t/**/*.json")
    assert (written.returncode, written.stderr) == (0, warning)
    again = call("git", "setup", "t/**/*.json")
    assert (again.returncode, again.stdout, again.stderr) == (0, "nothing to do: it is set up\n", warning)
    git("rm", "--quiet", "t/deep/.gitattributes")
    (tmp_path / ".git/info").mkdir(exist_ok=True)
    (tmp_path / ".git/info/attributes").write_text("t/x/*.json diff\nt/c.json text binary\n")
    warning = "warning: t/c.json is still compared line by line: .git/info/attributes says so; change it there\n"
    assert call("git", "setup", "t/**/*.json").stderr == warning
    (tmp_path / ".git/info/attributes").unlink()
    assert call("git", "setup", "t/**/*.json").stderr == ""


def test_undo_leaves_what_somebody_has_added_to_a_line(call: Run, git: Git, tmp_path: Path) -> None:
    _commit(git, tmp_path, {"a b/c.json": chat(), "d/e.json": chat(), "f/g.json": chat()})
    call("git", "setup", "--write")
    attributes = tmp_path / ".gitattributes"
    head, first, second, third = attributes.read_text().splitlines()
    added = [head, first, f"{second} linguist-generated", f"/f/*.json -text {third.split()[1]}"]
    attributes.write_text("\r\n".join([*added, "*.x text", ""]))
    call("git", "setup", "--undo", "--write")
    assert attributes.read_bytes() == b"/d/**/*.json linguist-generated\r\n/f/*.json -text\r\n*.x text\r\n"


def test_settings_that_somebody_else_has_made_come_back(call: Run, git: Git, tmp_path: Path) -> None:
    _commit(git, tmp_path, {"t/a.json": chat()})
    git("config", "diff.cassette.command", "other 'tool'")
    shown = call("git", "setup", "--write").stdout
    assert "  - diff.cassette.command = other 'tool'\n  + diff.cassette.command = " in shown
    assert "  + diff.cassette.command-before = other 'tool'\n" in shown
    assert call("git", "setup").stdout == "nothing to do: it is set up\n"
    call("git", "setup", "--undo", "--write")
    assert git("config", "--local", "--get-regexp", "cassette") == "diff.cassette.command other 'tool'\n"
    assert call("git", "setup", "--undo").stdout == "nothing to do: it is not set up\n"


def _launcher(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "cassette-tools").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cassette_tools "$@"\n')
    (folder / "cassette-tools").chmod(0o755)
    return folder / "cassette-tools"


def test_git_finds_the_tool_where_no_virtual_environment_is_active(
    call: Run, git: Git, tmp_path: Path, environment: dict[str, str]
) -> None:
    _commit(git, tmp_path, {"t/a.json": chat()})
    within = _launcher(tmp_path / ".git/an env/bin")
    (within.parent.parent / "pyvenv.cfg").touch()
    anywhere = _launcher(tmp_path / ".git/bin")
    for launcher, command in ((within, f"'{within}'"), (anywhere, "cassette-tools")):
        path = f"{launcher.parent}{os.pathsep}{environment['PATH']}"
        call("git", "setup", "--write", env={"PATH": path})
        assert git("config", "diff.cassette.command") == f"{command} git-diff\n"
    call("git", "setup", "--write", env={"PATH": f"{within.parent}{os.pathsep}{environment['PATH']}"})
    (tmp_path / "t/a.json").write_text(chat(text="Hello you"))
    assert "text: Hello [-there-]{+you+}" in git("diff")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "error: no cassette found in this repository"),
        (["--undo", "*.yaml"], "--undo takes out all of it: it takes no patterns"),
    ],
)
def test_what_cannot_be_set_up_is_an_error(call: Run, git: Git, args: list[str], message: str) -> None:
    git("commit", "--quiet", "--allow-empty", "--message", "first")
    result = call("git", "setup", *args)
    assert result.returncode == 2
    assert message in result.stderr


def test_setup_needs_a_repository(call: Run) -> None:
    result = call("git", "setup", env={"GIT_CEILING_DIRECTORIES": os.sep})
    assert (result.returncode, result.stderr[:20]) == (2, "error: git rev-parse")


@pytest.fixture
def repository(call: Run, git: Git, tmp_path: Path) -> Git:
    """A repository of two commits that is set up."""
    before = {
        "t/same.json": streamed_chat(["Hello", " there"]),
        "t/text.json": chat(),
        "t/gone.json": streamed_chat([*"It was a long way from there"]),
        "t/old-name.json": chat(question="Say what you have to say, and no more"),
        "t/plain.json": '{"a": 1}\n',
        "t/broken.json": chat()[:-30],
        "t/secret.json": chat(text=f"It is {KEY}"),
    }
    after: dict[str, str | None] = {
        "t/same.json": streamed_chat(["He", "llo th", "ere"], ident="chatcmpl-0a1b2c3d4e5f6g7h8i9j0k"),
        "t/text.json": chat(text="Hello you", tokens=9),
        "t/gone.json": None,
        "t/new.json": chat(text="It is a short one, and it has words of its own."),
        "t/old-name.json": None,
        "t/new-name.json": chat(question="Say what you have to say, and no more", text="Hello you"),
        "t/plain.json": '{"a": 2}\n',
        "t/broken.json": chat()[:-31],
        "t/secret.json": chat(text=f"It is not {KEY}"),
    }
    _commit(git, tmp_path, dict(before))
    call("git", "setup", "--write", "t/*.json")
    _commit(git, tmp_path, after)
    return git


def test_git_diff_shows_what_recordings_mean(repository: Git) -> None:
    shown = repository("diff", "--find-renames", "HEAD~1", "HEAD", "--", "t")
    parts = re.split(r"(?m)^diff --(cassette|git) ", shown)[1:]
    drivers = dict(zip((part.partition("\n")[0] for part in parts[1::2]), parts[::2], strict=True))
    files = dict(part.partition("\n")[::2] for part in parts[1::2])
    assert {name for name, driver in drivers.items() if driver == "git"} == {
        "a/t/plain.json b/t/plain.json", "a/t/broken.json b/t/broken.json"
    }  # fmt: skip
    url = "  #0 POST https://api.openai.com/v1/chat/completions\n"
    assert files["a/t/same.json b/t/same.json"] == "volatile only t/same.json\n"
    assert files["a/t/text.json b/t/text.json"] == (
        f"wording       t/text.json\n{url}"
        "    text: Hello [-there-]{+you+}\n    usage: completion_tokens 5 → 9 (+4); total_tokens 8 → 12 (+4)\n"
    )
    assert files["a/t/gone.json b/t/gone.json"] == "removed       t/gone.json\n"
    assert files["a/t/new.json b/t/new.json"] == "added         t/new.json\n"
    assert files["a/t/old-name.json b/t/new-name.json"] == (
        "similarity index 76%\nrename from t/old-name.json\nrename to t/new-name.json\n"
        f"wording       t/new-name.json\n{url}    text: Hello [-there-]{{+you+}}\n"
    )
    assert _changed(files["a/t/plain.json b/t/plain.json"]) == ['-{"a": 1}', '+{"a": 2}']
    assert len(_changed(files["a/t/broken.json b/t/broken.json"])) == 2
    assert KEY[8:20] not in shown
    assert "text: It is {+not +}******" in files["a/t/secret.json b/t/secret.json"]


def test_git_colours_what_it_pages(call: Run, tmp_path: Path) -> None:
    for name, text in {"a": "Hello there", "b": "Hello you"}.items():
        (tmp_path / name).write_text(chat(text=text))
    args = ("git-diff", "t/x.json", "a", "0" * 40, "100644", "b", "0" * 40, "100755")
    assert "Hello \x1b[31mthere\x1b[0m\x1b[32myou\x1b[0m" in call(*args, env={"GIT_PAGER_IN_USE": "1"}).stdout
    plain = call(*args, env={"GIT_PAGER_IN_USE": "1", "NO_COLOR": "1"}).stdout
    assert plain.startswith("diff --cassette a/t/x.json b/t/x.json\nold mode 100644\nnew mode 100755\nwording ")
    assert "\x1b" not in plain


def test_what_is_no_recording_is_shown_as_git_shows_it(git: Git, tmp_path: Path) -> None:
    before: dict[str, str | None] = {"kept.txt": "a\n", "gone.txt": "b\n", "d/renamed.txt": "c\n" * 20}
    after: dict[str, str | None] = {
        "kept.txt": "aa\n", "gone.txt": None, "d/renamed.txt": None, "d/new name.txt": "c\n" * 20 + "d\n", "new": "e\n",
    }  # fmt: skip
    _commit(git, tmp_path, before)
    _commit(git, tmp_path, after)
    (tmp_path / "kept.txt").chmod(0o755)
    _commit(git, tmp_path, {"f": "g\n"})
    usual = git("diff", "-M", "HEAD~2", "HEAD")
    git("config", "diff.external", f"{sys.executable} -m cassette_tools git-diff")
    shown = git("diff", "-M", "HEAD~2", "HEAD")
    assert [re.sub(r"^index .*|^(new|deleted) file mode .*", "", line) for line in shown.split("\n")] == [
        re.sub(r"^index .*|^(new|deleted) file mode .*", "", line) for line in usual.split("\n")
    ]


def test_git_diff_shows_lines_of_what_is_no_recording_without_its_secrets(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"one\nkey: {KEY}\n")
    (tmp_path / "b").write_text(f"one\nkey: {KEY}\ntwo\n")
    old, new, nothing = ("a", "0" * 40, "100644"), ("b", "1" * 40, "100644"), (os.devnull, ".", ".")
    shown = call("git-diff", "t/x.txt", *old, *new).stdout
    assert shown.startswith("diff --git a/t/x.txt b/t/x.txt\nindex ")
    assert _changed(shown) == ["+two"]
    assert f" key: {'*' * len(KEY)}\n" in shown
    assert _changed(call("git-diff", "t/x.txt", *old, *nothing).stdout) == ["-one", f"-key: {'*' * len(KEY)}"]
    renamed = call("git-diff", "t/x.txt", *old, *old, "t/y.txt", "rename to t/y.txt\nindex 0000000..1111111 100644\n")
    assert renamed.stdout == "diff --git a/t/x.txt b/t/y.txt\nrename to t/y.txt\n"
    unread = call("git-diff", "t/x.txt", *old, "c", *new[1:]).stdout
    assert _changed(unread)[-1] == "+(no such file or directory)"


def test_whoever_leaves_the_pager_is_not_told_that_the_driver_died(
    repository: Git, tmp_path: Path, environment: dict[str, str]
) -> None:
    assert repository("status", "--short") == ""
    command = ["git", "diff", "HEAD~1", "HEAD", "--", "t"]
    nobody, out = os.pipe()
    os.close(nobody)
    done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=out, stderr=subprocess.PIPE, check=False)
    os.close(out)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_goes_while_a_file_is_compared_is_no_trouble(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_: object) -> None:
        raise BrokenPipeError

    let_go: list[object] = []
    monkeypatch.setattr("cassette_tools.cli.options.write_report", write)
    monkeypatch.setattr("cassette_tools.cli.exit.let_go", let_go.append)  # stdout is pytest's here
    (tmp_path / "a").write_text(chat())
    args = ("git-diff", "t/x.json", "a", "0" * 40, "100644", "a", "0" * 40, "100644")
    result = call(*args)
    assert (result.returncode, result.stderr, len(let_go)) == (0, "", 1)


def test_git_diff_says_what_is_unmerged_and_how_it_is_called(call: Run) -> None:
    assert call("git-diff", "t/\x1bx.json").stdout == "* Unmerged path t/\\x1bx.json\n"
    result = call("git-diff", "a", "b")
    assert (result.returncode, "git calls it with 7 arguments" in result.stderr) == (2, True)


def _by_file(shown: str) -> dict[str, str]:
    return {part.partition("\n")[0]: part for part in shown.split("diff --git ")[1:]}


def test_git_log_and_show_compare_texts(repository: Git) -> None:
    shown = repository("log", "--patch", "-1")
    files = _by_file(shown)
    assert "a/t/same.json b/t/same.json" not in files  # other ids and fragments
    assert _changed(files["a/t/text.json b/t/text.json"]) == ["-  Hello there", "+  Hello you"]
    assert "--- a/t/gone.json" in files["a/t/gone.json b/t/gone.json"]
    assert len(_changed(files["a/t/broken.json b/t/broken.json"])) == 4  # the reason has the place
    assert KEY[8:20] not in shown
    some = ["t/same.json", "t/secret.json", "t/text.json"]
    alike = {name: files[name] for name in ("a/t/secret.json b/t/secret.json", "a/t/text.json b/t/text.json")}
    for args in (("show",), ("diff", "--no-ext-diff", "HEAD~1", "HEAD")):
        assert {name: part.rstrip() for name, part in _by_file(repository(*args, "--", *some)).items()} == {
            name: part.rstrip() for name, part in alike.items()
        }


def test_textconv_prints_what_a_recording_says(call: Run, tmp_path: Path) -> None:
    call_ = {"id": "call_1a2b3c", "type": "function", "function": {"name": "add", "arguments": '{"b": 2, "a": [1]}'}}
    asked = {
        "messages": [
            {"role": "user", "content": "Say\n\x1b[31mhi"},
            {"role": "assistant", "content": None, "tool_calls": [call_]},
            {"role": "tool", "tool_call_id": "call_1a2b3c", "content": []},
        ]
    }
    recording = chat(asked=asked, calls=[call_], text="", headers={"X-Api-Key": [KEY], "X-Team": ["blue"]})
    (tmp_path / "a.json").write_text(recording)
    shown = call("textconv", "a.json")
    assert shown.stdout.splitlines() == [
        "=== 0 POST https://api.openai.com/v1/chat/completions",
        "content-type: application/json",
        "x-team: blue",
        "messages:",
        "  - content:",
        "      Say",
        "      \\x1b[31mhi",
        "    role: user",
        "  - content: null",
        "    role: assistant",
        "    tool_calls:",
        "      - function:",
        "          arguments:",
        "            a:",
        "              - 1",
        "            b: 2",
        "          name: add",
        "        id: <id 1>",
        "        type: function",
        "  - content: []",
        "    role: tool",
        "    tool_call_id: <id 1>",
        "model: m",
        "",
        "--- 200 application/json",
        "model: m-1",
        "tool call: add <id 1>",
        "  a:",
        "    - 1",
        "  b: 2",
        "finish reason: stop",
        "",
    ]
    assert call("textconv", "-", stdin=recording.encode()).stdout == shown.stdout


def test_textconv_prints_what_is_no_cassette_as_it_is(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"key: {KEY}\nother: \x1b[31m1\n")
    assert call("textconv", "a.yaml").stdout == f"key: {'*' * len(KEY)}\nother: \\x1b[31m1\n"
    assert call("textconv", "--unmask", "a.yaml").stdout == f"key: {KEY}\nother: \x1b[31m1\n"
    missing = call("textconv", "b.yaml")
    assert (missing.returncode, missing.stderr) == (2, "error: b.yaml: no such file or directory\n")


def test_textconv_masks_what_only_its_name_gives_away(call: Run, tmp_path: Path) -> None:
    secret = "correct-horse-" + "battery-7Qm2"
    (tmp_path / "a.json").write_text(chat(text=f"I know {secret}!", asked={"api_key": secret}))
    assert secret not in call("textconv", "a.json").stdout
    assert call("textconv", "a.json", "--unmask").stdout.count(secret) == 2


def test_a_picture_is_its_size_and_its_hash(call: Run, tmp_path: Path) -> None:
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 50, 40) + b"\0" * 2972
    for name, end in (("a", b"a"), ("b", b"b")):
        url = f"data:image/png;base64,{base64.b64encode(data + end).decode()}"
        asked = {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}
        (tmp_path / f"{name}.json").write_text(chat(asked=asked))
    marks = [hashlib.sha256(data + end).hexdigest()[:12] for end in (b"a", b"b")]
    lines = call("textconv", "a.json").stdout.splitlines()
    assert f"          url: image/png 50×40 3 kB, SHA-256 {marks[0]}" in lines
    assert max(map(len, lines)) < 100
    shown = call("diff", "a.json", "b.json").stdout
    assert f"image/png 50×40 3 kB, SHA-256 [-{marks[0]}-]{{+{marks[1]}+}}\n" in shown
