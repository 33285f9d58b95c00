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
    ("[secrets]\npattern = []", 2, "secrets: unknown key 'pattern' (did you mean 'patterns'?)"),
    (
        "[[secrets.patterns]]\nname = 'a'\nregex = 'b'\n\n[[secrets.patterns]]\nname = 'c'",
        5,
        "secrets.patterns.1: 'regex' is missing",
    ),
    (
        "[[secrets.patterns]]\nregex = 'b'\nname = 'A b'",
        3,
        "secrets.patterns.0.name: expected words of a-z and 0-9 with hyphens between them, found the string 'A b'",
    ),
    (
        "[[secrets.patterns]]\nname = 'a'\nregex = '''\n[\n''' # [\nentropy = -1",
        6,
        "secrets.patterns.0.entropy: expected at least 0, found the integer -1",
    ),
    ("[[secrets.patterns]]\nentropy = '1'", 2, "secrets.patterns.0.entropy: expected a number, found the string '1'"),
    (
        "[redact]\nplaceholders = 'named!'",
        2,
        "redact.placeholders: expected 'named', 'plain' or 'fake', found the string 'named!'",
    ),
    ("redact.query = [\n'a',\n[\n'b']]\nx = 1", 1, "redact.query.1: expected a string, found a list"),
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
        text = text.replace("[secrets", "[tool.cassette-tools.secrets").replace(
            "[redact", "[tool.cassette-tools.redact"
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


_scalars: st.SearchStrategy[Any] = st.sampled_from(
    ["CT3", "error", "CT603", "plain", "a-b", "A b", "", 0, 1, 5, -1, True, 1.5, 2.0, float("inf"), float("nan"), None]
)
_KEYS = [*SCHEMA["properties"], "CT110", "CT101", "max-size", "severity", "x"]
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner),
    max_leaves=8,
)


def _nearly(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema but for a place or two."""
    if schema["type"] == "array":
        return st.lists(_nearly(schema["items"]), max_size=2) | _scalars
    if schema["type"] == "object" and "properties" in schema:
        known = {key: _nearly(inner) for key, inner in schema["properties"].items() if key != "rules"}
        required = {key: known.pop(key) for key in schema.get("required", ())}
        return st.fixed_dictionaries(required, optional={**known, "x": _scalars}) | st.fixed_dictionaries(
            {}, optional={**known, **required}
        )
    return _scalars


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "x"]), _values) | _nearly(SCHEMA))
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
[secrets]
allow = ["acme_test_.*"]
known-secret-env = ["ACME_KEY"]
gitleaks-config = ".gitleaks.toml"
[[secrets.patterns]]
name = "acme-key"
regex = "acme_[a-z]{16}"
title = "a key of ACME's"
keywords = ["acme"]
entropy = 2.5
severity = "warning"
code = "CT602"
[redact]
select = ["CT6"]
ignore = ["CT607"]
placeholders = "plain"
headers = ["x-acme"]
keep-headers = ["accept"]
delete-headers = ["cookie"]
query = ["sig"]
json-paths = ["$..email"]
form-fields = ["pin"]
[diff]
volatile = ["batch"]
volatile-headers = ["x-run"]
"""
    (repository / "cassette-tools.toml").write_text(every)
    values = config.load("cassette-tools.toml").values
    assert set(values) == set(SCHEMA["properties"])
    for table in ("secrets", "redact"):
        assert set(values[table]) == set(SCHEMA["properties"][table]["properties"])
    assert set(values["secrets"]["patterns"][0]) == set(
        SCHEMA["properties"]["secrets"]["properties"]["patterns"]["items"]["properties"]
    )


def test_the_place_of_a_key_is_the_line_of_its_statement(repository: Path) -> None:
    (repository / "cassette-tools.toml").write_bytes(
        b"# [a]\r\nx = " + b'"""[\r\n"""\r\ny = [ # ]\r\n  "]", {a = 1},\r\n  [2]]\r\n\r\n[[t]]\r\n[[t]]\r\na.b = 1\r\n'
    )
    for keys, line in {("x",): 2, ("y",): 4, ("y", 2): 4, ("t",): 8, ("t", 1): 9, ("t", 1, "a", "b"): 10}.items():
        assert config.place("cassette-tools.toml", keys) == f"cassette-tools.toml:{line}"
    assert config.place("cassette-tools.toml", ("nothing",)) == "cassette-tools.toml:1"
