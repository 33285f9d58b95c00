"""The names a user gives lead to the files that are meant: each once, in a fixed order, errors included."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from cassette_tools.errors import PathError
from cassette_tools.source.discover import SUFFIXES, Target, targets


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with some files, which is the current one."""
    for name in (
        "b.yaml",
        "a.yml",
        "notes.txt",
        "sub/c.yaml.gz",
        "sub/deep/d.json",
        "sub/.hidden/e.har",
        "sub/x.yaml/f.yaml",
        ".git/g.yaml",
        "sub/.git/h.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _paths(*names: str) -> list[str]:
    return [found.path if isinstance(found, Target) else str(found) for found in targets(list(names))]


@pytest.mark.usefixtures("folder")
def test_a_named_file_is_taken_whatever_its_name() -> None:
    assert list(targets(["notes.txt"])) == [Target("notes.txt", named=True)]
    assert list(targets(["./b.yaml"])) == [Target("./b.yaml", named=True)]


@pytest.mark.usefixtures("folder")
def test_a_folder_is_searched_in_a_fixed_order_without_what_belongs_to_git() -> None:
    found = list(targets(["."]))
    assert found == [
        Target(path, named=False)
        for path in (
            "./a.yml",
            "./b.yaml",
            "./sub/c.yaml.gz",
            "./sub/.hidden/e.har",
            "./sub/deep/d.json",
            "./sub/x.yaml/f.yaml",
        )
    ]


def test_a_folder_is_searched_for_the_names_of_cassettes(tmp_path: Path) -> None:
    for suffix in (*SUFFIXES, ".yaml.bz2", ".txt", ".gz", ".yamlx", "yaml"):
        (tmp_path / f"x{suffix}").touch()
    found = {found.path for found in targets([str(tmp_path)]) if isinstance(found, Target)}
    assert found == {str(tmp_path / f"x{suffix}") for suffix in SUFFIXES}
    assert set(SUFFIXES) == {".yaml", ".yml", ".json", ".har", ".yaml.gz", ".yml.gz", ".json.gz", ".har.gz"}


@pytest.mark.usefixtures("folder")
def test_a_folder_whose_name_ends_like_a_file_is_a_folder() -> None:
    assert _paths("sub/x.yaml") == ["sub/x.yaml/f.yaml"]
    assert _paths("sub/*.yaml") == ["no file matches 'sub/*.yaml'"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["b.yaml", "b.yaml"], ["b.yaml"], id="twice"),
        pytest.param(["b.yaml", "./b.yaml", "sub/../b.yaml"], ["b.yaml"], id="in other words"),
        pytest.param(["sub/deep", "sub/d*p/*"], ["sub/deep/d.json"], id="folder and pattern"),
        pytest.param(["sub/deep/d.json", "sub/deep"], ["sub/deep/d.json"], id="file and folder"),
        pytest.param(["b.yaml", "a.yml"], ["b.yaml", "a.yml"], id="in the order of the names"),
        pytest.param(["-", "b.yaml", "-"], ["-", "b.yaml"], id="standard input"),
        pytest.param([], [], id="nothing"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_file_named_twice_is_found_once(names: list[str], expected: list[str]) -> None:
    assert _paths(*names) == expected


def test_a_file_named_as_itself_and_as_a_link_is_found_once(folder: Path) -> None:
    (folder / "link.yaml").symlink_to("b.yaml")
    assert _paths("link.yaml", "b.yaml") == ["link.yaml"]


@pytest.mark.usefixtures("folder")
def test_standard_input_is_not_looked_for_among_the_files() -> None:
    assert list(targets(["-"])) == [Target("-", named=True)]
    Path("-").touch()
    assert list(targets(["-"])) == [Target("-", named=True)]
    assert list(targets(["./-"])) == [Target("./-", named=True)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("*.yaml", ["b.yaml"], id="one star"),
        pytest.param("?.y*ml", ["a.yml", "b.yaml"], id="question mark"),
        pytest.param("[ab].*", ["a.yml", "b.yaml"], id="brackets"),
        pytest.param("**/*.yaml", ["b.yaml", "sub/x.yaml/f.yaml"], id="at any depth"),
        pytest.param("**/d.json", ["sub/deep/d.json"], id="a name at any depth"),
        pytest.param("**", ["a.yml", "b.yaml", "notes.txt", "sub/c.yaml.gz", "sub/deep/d.json", "sub/x.yaml/f.yaml"],
                     id="everything"),
        pytest.param("sub/**", ["sub/c.yaml.gz", "sub/deep/d.json", "sub/x.yaml/f.yaml"], id="everything below"),
        pytest.param("s*/**/*.json", ["sub/deep/d.json"], id="below a pattern"),
        pytest.param("./sub/**/*.json", ["./sub/deep/d.json"], id="as it was named"),
        pytest.param("**/deep/**/*.json", ["sub/deep/d.json"], id="twice"),
        pytest.param("**/**/d.json", ["sub/deep/d.json"], id="twice in a row"),
        pytest.param("sub/**.gz", ["sub/c.yaml.gz"], id="within a name"),
        pytest.param("sub/.hidden/*", ["sub/.hidden/e.har"], id="a hidden folder that is named"),
        pytest.param("sub/.*/**/*", ["sub/.git/h.yaml", "sub/.hidden/e.har"], id="below hidden folders that are named"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_a_pattern_stands_for_the_files_that_match_it(pattern: str, expected: list[str]) -> None:
    assert list(targets([pattern])) == [Target(path, named=False) for path in expected]


def test_a_pattern_may_be_absolute(folder: Path) -> None:
    assert _paths(f"{folder}/**/*.json") == [f"{folder}/sub/deep/d.json"]


def test_folders_with_brackets_in_their_names_are_searched(folder: Path) -> None:
    (folder / "[x]").mkdir()
    (folder / "[x]" / "i.yaml").touch()
    assert _paths("[x]/i.yaml") == ["[x]/i.yaml"]
    assert _paths("**/i.yaml") == ["[x]/i.yaml"]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        pytest.param("c.yaml", "no such file or folder: 'c.yaml'", "did you mean 'b.yaml'?", id="closest"),
        pytest.param("a.yaml", "no such file or folder: 'a.yaml'", "did you mean 'a.yml'?", id="another suffix"),
        pytest.param("sub/deap", "no such file or folder: 'sub/deap'", "did you mean 'sub/deep'?", id="folder"),
        pytest.param("zzzzzz", "no such file or folder: 'zzzzzz'", "", id="nothing is close"),
        pytest.param("nowhere/b.yaml", "no such file or folder: 'nowhere/b.yaml'", "", id="no such folder"),
        pytest.param("b.yaml/x", "no such file or folder: 'b.yaml/x'", "", id="below a file"),
        pytest.param("", "no such file or folder: ''", "", id="empty"),
        pytest.param("*.zip", "no file matches '*.zip'", "quote the pattern, and try it with `ls`", id="pattern"),
        pytest.param(
            "s?b", "no file matches 's?b'", "quote the pattern, and try it with `ls`", id="only folders match"
        ),
        pytest.param("no/**/x", "no file matches 'no/**/x'", "quote the pattern, and try it with `ls`", id="no top"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_name_that_leads_nowhere_is_an_error_and_the_others_are_used(name: str, message: str, hint: str) -> None:
    error, target = targets([name, "b.yaml"])
    assert isinstance(error, PathError)
    assert (error.message, error.hint) == (message, hint)
    assert target == Target("b.yaml", named=True)


def test_a_link_that_leads_nowhere_is_left_to_whoever_reads_it(folder: Path) -> None:
    (folder / "dangling.yaml").symlink_to("nothing")
    assert list(targets(["dangling.yaml"])) == [Target("dangling.yaml", named=True)]


def test_links_that_lead_round_are_not_followed(folder: Path) -> None:
    # Two of them in one folder: following either within the other never ends.
    for name in ("one", "two"):
        (folder / "sub" / name).symlink_to(folder, target_is_directory=True)
    expected = ["sub/c.yaml.gz", "sub/.hidden/e.har", "sub/deep/d.json", "sub/x.yaml/f.yaml"]
    assert _paths("sub") == expected
    assert _paths("**/*.json") == ["sub/deep/d.json"]
    assert _paths("sub/**/*.json") == ["sub/deep/d.json"]
    assert _paths("sub/one/*.yml") == ["sub/one/a.yml"]


def test_a_link_to_a_folder_is_searched_when_it_is_named(folder: Path) -> None:
    (folder / "link").symlink_to("sub/deep", target_is_directory=True)
    assert _paths("link") == ["link/d.json"]
    assert "./link/d.json" not in _paths(".")
    (folder / "sub" / ".gitignore").write_text("/deep/d.json\n")
    assert _paths("link") == []


@pytest.mark.usefixtures("folder")
def test_a_folder_that_cannot_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read every folder, so that permissions alone would not show it.
    original = os.scandir

    def scandir(path: Any = ".") -> Any:
        if str(path).endswith("deep"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return original(path)

    monkeypatch.setattr(os, "scandir", scandir)
    *found, error = targets(["sub"])
    assert [target.path for target in found if isinstance(target, Target)] == [
        "sub/c.yaml.gz",
        "sub/.hidden/e.har",
        "sub/x.yaml/f.yaml",
    ]
    assert isinstance(error, PathError)
    assert error.message == "the folder 'sub/deep' cannot be read: permission denied"


def test_names_that_are_not_utf8_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"\xff.yaml")
    try:
        Path(name).touch()
    except OSError:
        pytest.skip("the file system takes no such names")
    (tmp_path / ".gitignore").write_text("x\n")
    assert _paths(".") == [f"./{name}"]
    (tmp_path / ".gitignore").write_bytes(b"\xff.*\n")
    assert _paths(".") == []
