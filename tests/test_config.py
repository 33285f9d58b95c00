"""The configuration: the nearest file and no other, and whatever is wrong with it is said with its place."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools import config, schemas
from cassette_tools.errors import ConfigError

SCHEMA = schemas.load("config")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a folder in a folder; above it is a configuration that must not be found."""
    (tmp_path / "cassette-tools.toml").write_text('fail-on = "error"\n')
    root = tmp_path / "repository"
    (root / "a" / "b").mkdir(parents=True)
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    return root


def test_the_nearest_file_up_to_the_root_of_the_repository_is_taken(repository: Path) -> None:
    inner = str(repository / "a" / "b")
    assert config.nearest(inner, {}) == ""
    (repository / "pyproject.toml").write_text(
        '[project]\nname = "cassette-tools"\ndependencies = ["cassette-tools>=0.1"]\n'
    )
    assert config.nearest(inner, {}) == ""  # one without a table is passed over
    (repository / "pyproject.toml").write_text("[tool.cassette-tools]\n")
    assert config.nearest(inner, {}) == "pyproject.toml"
    (repository / "a" / ".cassette-tools.toml").write_text("")
    assert config.nearest(inner, {}) == "a/.cassette-tools.toml"
    (repository / "a" / "cassette-tools.toml").write_text("")
    assert config.nearest(inner, {}) == "a/cassette-tools.toml"
    assert config.nearest(str(repository), {}) == "pyproject.toml"


def test_without_a_repository_all_folders_above_are_looked_into(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "cassette-tools.toml").write_text("")
    assert config.nearest(str(tmp_path / "a" / "b"), {}) == str(tmp_path / "cassette-tools.toml")


def test_a_file_gives_its_values_and_the_folder_they_are_relative_to(repository: Path) -> None:
    (repository / "pyproject.toml").write_text('[tool.cassette-tools]\nselect = ["CT3"]\n')
    read = config.load("pyproject.toml")
    assert read == ("pyproject.toml", str(repository.resolve()), {"select": ["CT3"]})


WRONG = [
    ('selct = ["CT3"]', 1, "unknown key 'selct' (did you mean 'select'?)"),
    ("\n# x\n\nzzz = 1", 4, "unknown key 'zzz'"),
    ('select = "CT3"', 1, "select: expected a list, found the string 'CT3'"),
    ('select = [\n  "CT3",\n  5,\n]\nignore = []', 1, "select.1: expected a string, found the integer 5"),
    ('fail-on = "erro"', 1, "fail-on: expected 'error', 'warning' or 'info', found the string 'erro'"),
    ("[rules]\n[rules.CT110]\nmax-size = 0", 3, "rules.CT110.max-size: expected at least 1, found the integer 0"),
    ("[rules.CT110]\nmax-size = true", 2, "rules.CT110.max-size: expected an integer, found true"),
    ("[rules.CT101]\nmax-size = 5", 2, "rules.CT101: unknown key 'max-size'"),
    ("[rules.CT9999]\n", 1, "rules: unknown key 'CT9999'"),
    ('[rules.yaml-sintax]\nseverity = "info"', 1, "rules: unknown key 'yaml-sintax' (did you mean 'yaml-syntax'?)"),
    ('[per-file-ignores]\n"a*" = ["CT2"]\n"b*" = "CT3"', 3, "per-file-ignores.b*: expected a list, found the string"),
    ("include = 2026-11-23", 1, "include: expected a list, found"),
]


@pytest.mark.parametrize(("text", "line", "message"), WRONG)
@pytest.mark.parametrize("name", ["cassette-tools.toml", "pyproject.toml"])
def test_what_does_not_fit_is_said_with_its_line(
    repository: Path, name: str, text: str, line: int, message: str
) -> None:
    if name == "pyproject.toml":
        text = "[tool.cassette-tools]\n" + text.replace("[rules", "[tool.cassette-tools.rules").replace(
            "[per-file", "[tool.cassette-tools.per-file"
        )
        line += 1
    (repository / name).write_text(text)
    with pytest.raises(ConfigError) as raised:
        config.load(name)
    assert raised.value.message.startswith(f"{name}:{line}: {message}")
    assert "config.schema.json" in raised.value.hint


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"select = [", "cassette-tools.toml is not TOML: "),
        (b"\xff", "cassette-tools.toml is not TOML: "),
        (b"a = " + b"[" * 5000, "cassette-tools.toml is not TOML: "),
        (b"a = '\x1b[31m'", "cassette-tools.toml is not TOML: "),
    ],
)
def test_what_is_no_toml_is_said(repository: Path, data: bytes, message: str) -> None:
    (repository / "cassette-tools.toml").write_bytes(data)
    with pytest.raises(ConfigError) as raised:
        config.load("cassette-tools.toml")
    assert raised.value.message.startswith(message)
    assert "\x1b" not in raised.value.message


def test_a_file_that_is_named_and_has_no_table_or_is_not_there_is_an_error(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(ConfigError, match=r"has no table \[tool.cassette-tools\]"):
        config.load("pyproject.toml")
    with pytest.raises(ConfigError, match="no such file"):
        config.load("nowhere.toml")
    with pytest.raises(ConfigError, match="not a regular file"):
        config.load("a")


_scalars: st.SearchStrategy[Any] = st.sampled_from(["CT3", "error", "", 0, 1, 5, True, 1.5, 2.0, float("inf"), None])
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*SCHEMA["properties"], "CT110", "CT101", "max-size", "severity", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "x"]), _values))
def test_the_quick_check_says_what_the_schema_says(values: dict[str, Any]) -> None:
    from jsonschema import Draft202012Validator

    assert config.fits(values, SCHEMA) == Draft202012Validator(SCHEMA).is_valid(values)


def test_the_schema_is_one(repository: Path) -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(SCHEMA)
    every = """
select = ["ALL"]
extend-select = ["CT301"]
ignore = ["CT2", "yaml-syntax"]
fail-on = "info"
include = ["*.yaml"]
exclude = ["broken/"]
baseline = "baseline.json"
[per-file-ignores]
"a/**" = ["CT208"]
[rules.CT110]
max-size = 1000
severity = "error"
[rules.error-response]
severity = "warning"
"""
    (repository / "cassette-tools.toml").write_text(every)
    assert set(config.load("cassette-tools.toml").values) == set(SCHEMA["properties"])
