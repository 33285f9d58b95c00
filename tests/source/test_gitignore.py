"""What ``.gitignore`` files ignore is what git says they do."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cassette_tools.source import gitignore
from cassette_tools.source.discover import Target, targets

_FOLDERS = ("", "a", "b", "a/a", "a/b", "b/a", "a/b/c d")
_NAMES = ("a", "b", "-", "#x", "!y", "a b", "[z]", "é", "A")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A work tree of git with the same files in several folders."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed: nothing to compare with")
    root = tmp_path_factory.mktemp("tree")
    _git(root, "init", "--quiet")
    for folder in _FOLDERS:
        (root / folder).mkdir(exist_ok=True)
        for name in _NAMES:
            (root / folder / f"{name}.yaml").touch()
    before = Path.cwd()
    os.chdir(root)
    yield root
    os.chdir(before)


def _git(folder: Path, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True).stdout.decode()


def _write(tree: Path, files: dict[str, str]) -> None:
    for folder in _FOLDERS:
        (tree / folder / ".gitignore").unlink(missing_ok=True)
    for folder, text in files.items():
        (tree / folder / ".gitignore").write_bytes(text.encode())


def _found(folder: str) -> list[str]:
    found = list(targets([folder]))
    paths = [os.path.normpath(target.path) for target in found if isinstance(target, Target)]
    assert len(paths) == len(found)
    assert len(set(paths)) == len(paths)
    return sorted(paths)


def _untracked(tree: Path, folder: str) -> list[str]:
    listed = _git(tree, "ls-files", "--others", "--exclude-standard", "-z", folder).split("\0")
    return sorted(path for path in listed if path.endswith(".yaml"))


_ALL = sorted(os.path.join(folder, f"{name}.yaml") for folder in _FOLDERS for name in _NAMES)

# What the files hold, and which paths they ignore: all that start or end like this.
_CASES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "nothing": ({}, ()),
    "a blank line and a comment": ({"": "\n  \n#x.yaml\n# a.yaml\n"}, ()),
    "a name at any depth": ({"": "a.yaml\n"}, ("/a.yaml",)),
    "a name at the top": ({"": "/a.yaml\n"}, ("^a.yaml",)),
    "a folder at any depth": ({"": "a/\n"}, ("a/",)),
    "a folder at the top": ({"": "/a/\n"}, ("^a/",)),
    "a file is no folder": ({"": "a.yaml/\n"}, ()),
    "a path": ({"": "a/b/a.yaml\n"}, ("^a/b/a.yaml",)),
    "a path with a leading **": ({"": "**/b/a.yaml"}, ("/b/a.yaml",)),
    "everything below": ({"": "a/**\n"}, ("^a/",)),
    "any folders between": ({"": "a/**/a.yaml\n"}, ("^a/a.yaml", "^a/a/a.yaml", "^a/b/a.yaml", "^a/b/c d/a.yaml")),
    "one folder between": ({"": "a/*/a.yaml\n"}, ("^a/a/a.yaml", "^a/b/a.yaml")),
    "a star does not cross folders": ({"": "/a/*.yaml\n"}, tuple(f"^a/{name}.yaml" for name in _NAMES)),
    "two stars in a name are one": ({"": "/a**.yaml\n"}, ("^a.yaml", "^a b.yaml")),
    "a question mark": ({"": "/?.yaml\n"}, ("^a.yaml", "^b.yaml", "^-.yaml", "^A.yaml")),
    "a set": ({"": "/[ab].yaml\n"}, ("^a.yaml", "^b.yaml")),
    "a range": ({"": "/[a-z].yaml\n"}, ("^a.yaml", "^b.yaml")),
    "a range that is none": ({"": "/[z-a].yaml\n"}, ()),
    "a dash in a set": ({"": "/[a-].yaml\n"}, ("^a.yaml", "^-.yaml")),
    "an escaped dash in a set": ({"": "/[a\\-c].yaml\n"}, ("^a.yaml", "^-.yaml")),
    "a question mark is one byte": ({"": "/??.yaml\n"}, ("^#x.yaml", "^!y.yaml", "^é.yaml")),
    "a negated set": ({"": "/[!a].yaml\n/[^A].yaml\n"}, ("^a.yaml", "^b.yaml", "^-.yaml", "^A.yaml")),
    "a bracket in a set": ({"": "/[[]z].yaml\n/[]a].yaml\n"}, ("^[z].yaml", "^a.yaml")),
    "a named class": ({"": "/[[:upper:]].yaml\n/[[:punct:]].yaml\n"}, ("^A.yaml", "^-.yaml")),
    "a class that does not exist": ({"": "/[[:letter:]a].yaml\n"}, ()),
    "a set does not match a slash": ({"": "a[/]a.yaml\na[!x]a.yaml\n"}, ()),
    "an open bracket": ({"": "[z\n[z].yaml"}, ()),
    "escapes": ({"": "\\#x.yaml\n\\!y.yaml\n\\[z].yaml\n"}, ("/#x.yaml", "/!y.yaml", "/[z].yaml")),
    "what git cannot use does not spoil the rest": ({"": "!\n\\\na\\\n/\n/b.yaml\n"}, ("^b.yaml",)),
    "spaces inside": ({"": "a b.yaml\na\\ b.yaml\n"}, ("/a b.yaml",)),
    "spaces at the end": ({"": "/a.yaml   \n/b.yaml\\ \n"}, ("^a.yaml",)),
    "not ASCII": ({"": "é.yaml\n"}, ("/é.yaml",)),
    "a byte order mark": ({"": "\ufeff/a.yaml\n"}, ("^a.yaml",)),
    "CRLF": ({"": "/a.yaml\r\n/b.yaml\r\n"}, ("^a.yaml", "^b.yaml")),
    "no other line breaks": ({"": "/a.yaml\u2028\n/b.yaml\x0b\n"}, ()),
    "no line break at the end": ({"": "/a.yaml"}, ("^a.yaml",)),
    "negation": ({"": "/*.yaml\n!/a.yaml\n"}, tuple(f"^{name}.yaml" for name in _NAMES if name != "a")),
    "the last one decides": ({"": "/a.yaml\n!a.yaml\n/a.yaml\n!/b.yaml\n"}, ("^a.yaml",)),
    "nothing comes back from an ignored folder": ({"": "a/\n!a/a.yaml\n!a/b/\n"}, ("a/",)),
    "what is in a folder comes back": (
        {"": "/a/*\n!/a/b/\n"},
        ("^a/a/", *(f"^a/{name}.yaml" for name in _NAMES)),
    ),
    "a folder that came back does not bring what is in it": ({"": "/a/b/\n!/a\n"}, ("^a/b/",)),
    "an allow list": ({"": "*\n!*/\n!a.yaml\n"}, tuple(f"/{name}.yaml" for name in _NAMES if name != "a")),
    "a file further down": ({"a": "a.yaml\n/b/\n"}, ("^a/a.yaml", "^a/a/a.yaml", "^a/b/")),
    "a file further down decides": ({"": "a.yaml\n", "a": "!a.yaml\n", "a/b": "a.yaml\n"}, (
        "^a.yaml", "^b/a.yaml", "^b/a/a.yaml", "^a/b/a.yaml", "^a/b/c d/a.yaml",
    )),
    "a file in an ignored folder does not": ({"": "/a/\n", "a": "!*\n"}, ("^a/",)),
}  # fmt: skip


def _is_named(path: str, name: str) -> bool:
    if name.endswith("/"):
        return f"/{path}".startswith(f"/{name[1:]}") if name[0] == "^" else f"/{name}" in f"/{path}"
    return path == name[1:] if name[0] == "^" else f"/{path}".endswith(name)


@pytest.mark.parametrize(("files", "ignored"), _CASES.values(), ids=_CASES)
def test_what_is_ignored_is_what_git_ignores(tree: Path, files: dict[str, str], ignored: tuple[str, ...]) -> None:
    _write(tree, files)
    expected = [path for path in _ALL if not any(_is_named(path, name) for name in ignored)]
    assert _untracked(tree, ".") == expected
    assert _found(".") == expected


@pytest.mark.parametrize("files", [files for files, _ in _CASES.values()], ids=_CASES)
def test_the_files_above_a_named_folder_hold_for_it(tree: Path, files: dict[str, str]) -> None:
    _write(tree, files)
    for folder in ("a", "b"):
        expected = _untracked(tree, folder)
        if expected:  # none of it where the folder itself is ignored, which is another matter
            assert _found(folder) == expected


def test_an_ignored_folder_that_is_named_is_searched(tree: Path) -> None:
    _write(tree, {"": "a/\nb.yaml\n"})
    assert _untracked(tree, "a") == []
    inside = [path for path in _ALL if path.startswith("a/") and not path.startswith("a/a/")]
    assert _found("a") == [path for path in inside if not path.endswith("/b.yaml")]


def test_above_the_root_of_the_work_tree_nothing_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".gitignore").write_text("*.yaml\n")
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    (work / "sub").mkdir()
    (work / "sub" / "a.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert _found("work") == ["work/sub/a.yaml"]
    assert _found("work/sub") == ["work/sub/a.yaml"]
    (work / ".gitignore").write_text("/sub/a.yaml\n")
    assert _found("work/sub") == []


def test_outside_of_a_work_tree_the_files_in_the_folder_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".gitignore").write_text("a.yaml\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").touch()
    (tmp_path / "sub" / "b.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert _found(".") == ["sub/b.yaml"]
    assert _found("sub") == ["sub/a.yaml", "sub/b.yaml"]


def test_a_file_that_cannot_be_read_ignores_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").touch()
    (tmp_path / ".gitignore").symlink_to(".gitignore")
    monkeypatch.chdir(tmp_path)
    assert _found(".") == ["a.yaml"]
    (tmp_path / ".gitignore").unlink()
    os.mkfifo(tmp_path / ".gitignore")  # to open it would wait for a writer
    assert _found(".") == ["a.yaml"]
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".gitignore").write_text("*\n")

    def refuse(*_: object) -> None:  # root may read a file without permissions
        raise PermissionError

    monkeypatch.setattr(gitignore, "open", refuse, raising=False)
    assert _found(".") == ["a.yaml"]


_PATTERNS = st.lists(
    st.sampled_from(
        ["a", "b", "/a", "a/", "!a", "!/a", "!a/", "a/*", "/*", "*", "!*/", "**", "**/", "a/**", "**/a", "!b", "!b/",
         "*.yaml", "!*.yaml", "a.yaml", "!a.yaml", "/a.yaml", "!/a.yaml", "**/a.yaml", "a/**/b.yaml", "!a/b/**", "*/*",
         "?.yaml", "[ab].yaml", "[!a].yaml", "[^a]*", "[]-a].yaml", "[a\\-z].yaml", "[[:alpha:]].yaml",
         "[[:alpha:].yaml", "a b.yaml", "a.yaml ", "\\a.yaml", "a\\", "!", "\\", "//", "a//b", "./a", "***/a.yaml",
         "**a.yaml", "[z", "a[/]a"]
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@given(
    files=st.dictionaries(st.sampled_from(["", "", "a", "b", "a/b"]), _PATTERNS, min_size=1, max_size=2),
    crlf=st.booleans(),
)
@example(files={"": ["a/*", "!/a"]}, crlf=False)
@example(files={"": ["build/", "b", "!a/"]}, crlf=False)
@settings(max_examples=60, deadline=None)
def test_any_patterns_ignore_what_git_ignores(tree: Path, files: dict[str, list[str]], crlf: bool) -> None:
    line_break = "\r\n" if crlf else "\n"
    _write(tree, {folder: line_break.join(lines) for folder, lines in files.items()})
    assert _found(".") == _untracked(tree, ".")
