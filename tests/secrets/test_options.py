"""What users add to the secrets that the tool knows: patterns, allow lists, known values, gitleaks' rules."""

from pathlib import Path

import pytest

from cassette_tools import config
from cassette_tools.credentials import scanner
from cassette_tools.credentials.pattern import Weight
from cassette_tools.errors import ConfigError
from cassette_tools.secrets import options
from cassette_tools.secrets.finder import CODES
from cassette_tools.secrets.options import SecretOptions

KEY = "acme_" + "q7Zk2Vx9Lw4Tb8Rn"
VALUE = "correct-horse-" + "battery"
TOKEN = "ghp" + "_" + "q7Zk2Vx9Lw4Tb8Rnm3Hd6Yc1Pf5Gs0JvQa2W"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _read(
    text: str, environment: dict[str, str] | None = None, known: tuple[str, ...] = (), gitleaks: str = ""
) -> SecretOptions:
    Path("cassette-tools.toml").write_text(text, encoding="utf-8")
    read = config.load("cassette-tools.toml")
    return options.read(read, environment or {}, known=known, gitleaks=gitleaks)


def _found(read: SecretOptions, text: str) -> list[tuple[str, str]]:
    return [(hit.pattern.name, text[hit.start : hit.end]) for hit in read.scanner(CODES).hits(text)]


def test_where_nothing_is_said_the_tools_own_patterns_are_all_there_is() -> None:
    read = _read("select = ['ALL']")
    assert read is options.DEFAULTS
    assert (
        _found(read, f"k={TOKEN}") == [(hit.pattern.name, TOKEN) for hit in scanner.default().hits(f"k={TOKEN}")] != []
    )
    assert (read.patterns, read.unusable, bool(read.known)) == ((), (), False)
    assert not read.allowed(KEY)


def test_a_pattern_of_the_configuration_has_what_is_said_and_defaults() -> None:
    first, second = _read(
        """
[[secrets.patterns]]
name = "acme-key"
regex = "acme_[A-Za-z0-9]{16}"

[[secrets.patterns]]
name = "acme-id"
title = "an id of ACME"
regex = "id=([0-9]{6})"
keywords = ["ACME"]
entropy = 2
severity = "info"
code = "CT607"
"""
    ).patterns
    assert first[:5] == ("acme-key", "a secret of the pattern 'acme-key'", "acme_[A-Za-z0-9]{16}", Weight.LIVE, "CT603")
    assert second[:5] == ("acme-id", "an id of ACME", "id=([0-9]{6})", Weight.IDENTITY, "CT607")
    assert (first.keywords, first.allowed, second.keywords) == ((), None, ("acme",))


@pytest.mark.parametrize(("severity", "weight"), [("error", "live"), ("warning", "half"), ("info", "identity")])
def test_the_severity_of_a_pattern_is_its_weight(severity: str, weight: str) -> None:
    text = f"[[secrets.patterns]]\nname = 'a'\nregex = 'acme'\nseverity = '{severity}'"
    assert _read(text).patterns[0].weight is Weight(weight)


def test_patterns_of_the_configuration_are_found_besides_the_tools_own() -> None:
    read = _read("[[secrets.patterns]]\nname = 'acme-key'\nregex = 'acme_[A-Za-z0-9]{16}'")
    found = _found(read, f"{KEY} {TOKEN}")
    assert found[0] == ("acme-key", KEY)
    assert [secret for _, secret in found] == [KEY, TOKEN]


@pytest.mark.parametrize(("entropy", "found"), [("3.0", True), ("3.01", False)], ids=["just as much", "a little more"])
def test_a_secret_has_at_least_the_entropy_of_its_pattern(entropy: str, found: bool) -> None:
    secret = "q7Zk2Vx9" * 2  # 16 characters, each twice: 3 bits
    text = f"[[secrets.patterns]]\nname = 'a'\nregex = 'acme_([A-Za-z0-9]+)'\nentropy = {entropy}"
    assert _found(_read(text), f"acme_{secret}") == [("a", secret)] * found


def test_what_an_expression_allows_as_a_whole_is_no_secret_of_any_kind() -> None:
    read = _read(
        "[secrets]\nallow = ['ghp_q7Z.*', 'acme_']\n[[secrets.patterns]]\nname = 'a'\nregex = 'acme_[A-Za-z0-9]{16}'"
    )
    assert _found(read, f"{TOKEN} {KEY}") == [("a", KEY)]
    assert read.allowed(TOKEN)
    assert not read.allowed(KEY)
    assert not read.allowed(f" {TOKEN}")


def test_gitleaks_rules_are_read_from_the_folder_of_the_configuration(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    rule = "[[rules]]\nid = 'acme'\nregex = 'acme_[A-Za-z0-9]{16}'\n"
    (inner / "rules.toml").write_text(rule + "[[allowlists]]\nstopwords = ['Rn']\nregexes = ['no']\npaths = ['x']")
    (inner / "cassette-tools.toml").write_text("[secrets]\ngitleaks-config = 'rules.toml'")
    read = options.read(config.load("inner/cassette-tools.toml"), {})
    assert [pattern.name for pattern in read.patterns] == ["acme"]
    assert read.unusable == (("[[allowlists]]", "paths: a text of a recording has none"),)
    assert read.allowed(KEY)
    assert _found(read, KEY) == []
    assert _found(read, KEY[:-2] + "aB") == [("acme", KEY[:-2] + "aB")]


def test_gitleaks_rules_of_the_command_line_go_over_those_of_the_configuration(folder: Path) -> None:
    (folder / "other.toml").write_text("[[rules]]\nid = 'other'\nregex = 'other[0-9]{8}'\n")
    read = _read("[secrets]\ngitleaks-config = 'nowhere.toml'", gitleaks="other.toml")
    assert [pattern.name for pattern in read.patterns] == ["other"]
    with pytest.raises(ConfigError, match=r"nowhere\.toml: no such file"):
        _read("[secrets]\ngitleaks-config = 'nowhere.toml'")


def test_allow_lists_with_a_match_and_a_line_are_asked_with_what_is_known(folder: Path) -> None:
    (folder / "rules.toml").write_text("[[allowlists]]\nregexTarget = 'line'\nregexes = ['^fixture']\n")
    read = _read("[secrets]\ngitleaks-config = 'rules.toml'")
    assert read.allowed(KEY, f"k={KEY}", f"fixture k={KEY}")
    assert read.allowed(KEY, f"fixture={KEY}")
    assert not read.allowed(KEY, f"k={KEY}", f"a fixture k={KEY}")
    assert not read.allowed(KEY)


def test_known_values_come_from_the_environment() -> None:
    read = _read(
        "[secrets]\nknown-secret-env = ['A', 'B']", {"A": VALUE, "B": f" {KEY}\n", "C": "third-" + "value"}, ("C", "B")
    )
    assert [(hit.name, hit.start) for hit in read.known.hits(f"{VALUE} {KEY} third-value")] == [
        ("A", 0),
        ("B", 22),
        ("C", 44),
    ]


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({}, "is not set"),
        ({"MY_KEY": ""}, "is empty"),
        ({"MY_KEY": " \n"}, "is empty"),
        ({"MY_KEY": " s3cr3 "}, "has fewer than 6 characters, which are found everywhere"),
        ({"MY_KEY": "s3cr3t\udcff"}, "is not UTF-8"),
    ],
)
def test_a_variable_without_a_value_that_can_be_searched_for_is_an_error(
    environment: dict[str, str], problem: str
) -> None:
    said = f"the environment variable 'MY_KEY' {problem}"
    for text, known, place in (
        ("", ("MY_KEY",), "--known-secret-env"),
        ("[secrets]\nallow = []\nknown-secret-env = ['MY_KEY']", (), "cassette-tools.toml:3: secrets.known-secret-env"),
    ):
        with pytest.raises(ConfigError) as raised:
            _read(text, environment, known)
        assert raised.value.message == f"{place}: {said}"
        assert raised.value.hint == "it takes the name of an environment variable"


@pytest.mark.parametrize("secret", ["sk-" + "q7Zk2Vx9Lw4Tb8Rn", "q7Zk2Vx9Lw4Tb8Rn" + "m3Hd6Yc1", VALUE])
def test_a_secret_in_the_place_of_a_name_is_not_shown(secret: str) -> None:
    with pytest.raises(ConfigError) as raised:
        _read("", {}, (secret,))
    assert secret not in raised.value.message
    assert secret[3:-3] not in raised.value.message
    assert f"({len(secret)} characters) is not set" in raised.value.message
    assert raised.value.hint == "it takes the name of an environment variable, not its value"


PATTERN = "[[secrets.patterns]]\nname = 'a'\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            PATTERN + "regex = 'a'\n" + PATTERN + "regex = '(?=a)'",
            "6: secrets.patterns.1.regex: invalid perl operator: (?=",
        ),
        (PATTERN + "regex = 'a*'", "3: secrets.patterns.0.regex: it matches the empty text"),
        (PATTERN + r"regex = '\bx?'", "3: secrets.patterns.0.regex: it matches the empty text"),
        (PATTERN + "regex = 'a{2000}'", "3: secrets.patterns.0.regex: invalid repetition size: {2000}"),
        ("[secrets]\nallow = ['a', '(']", "2: secrets.allow.1: missing ): ("),
    ],
)
def test_an_expression_that_re2_does_not_take_is_an_error_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        _read(text)
    assert raised.value.message == f"cassette-tools.toml:{message}"
    assert raised.value.hint == "the syntax is that of RE2: https://github.com/google/re2/wiki/Syntax"
