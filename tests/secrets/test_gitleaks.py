"""gitleaks' configurations: rules find what gitleaks finds, and what cannot be used is named with the reason."""

import time
from pathlib import Path

import pytest

from cassette_tools.credentials.scanner import Scanner
from cassette_tools.errors import ConfigError
from cassette_tools.secrets import gitleaks
from cassette_tools.secrets.gitleaks import GitleaksConfig

KEY = "acme_" + "q7Zk2Vx9Lw4Tb8Rn"
OTHER = "acme_" + "m3Hd6Yc1Pf5Gs0Jv"
HEX = "5b1e9d" + "73c0a4f826"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _read(text: str) -> GitleaksConfig:
    Path("gitleaks.toml").write_text(text, encoding="utf-8")
    return gitleaks.read("gitleaks.toml")


def _found(read: GitleaksConfig, text: str) -> list[tuple[str, str]]:
    return [(hit.pattern.name, text[hit.start : hit.end]) for hit in Scanner(read.patterns).hits(text)]


def _rule(more: str = "", regex: str = "acme_[A-Za-z0-9]{16}") -> str:
    return f"[[rules]]\nid = 'acme-token'\nregex = '''{regex}'''\n{more}\n"


ORGANISATION = r"""
title = "ACME's rules"
minVersion = "v8.25.0"

[extend]
path = "base.toml"
disabledRules = ["acme-old"]

[[rules]]
id = "acme-token"
description = "A token of ACME's gateway"
regex = '''\b(acme_[A-Za-z0-9]{16})(?:['"\s]|$)'''
entropy = 3.0
keywords = ["ACME_"]
tags = ["gateway"]

    [[rules.allowlists]]
    description = "of the tests"
    condition = "AND"
    regexTarget = "line"
    regexes = ['''(?i)fixture''']
    stopwords = ["Q7ZK"]

    [[rules.allowlists]]
    regexTarget = "match"
    regexes = ['''^acme_m3.*"$''']

[[rules]]
id = "Acme.Serial"
regex = '''(?i)(serial|licen[cs]e)\s*[:=]\s*"([0-9a-f]{16})"'''
secretGroup = 2
keywords = ["serial", "license", "licence"]

[rules.allowlist]
stopwords = ["dead"]

[[rules]]
id = "acme-file"
path = '''(?i)\.acme$'''

[[allowlists]]
description = "for all"
regexes = ['''^5b1e0000''']
commits = ["4f2c1d"]

[[allowlists]]
targetRules = ["Acme.Serial"]
stopwords = ["c0ffee"]
"""
BASE = r"""
[[rules]]
id = "acme-token"
regex = '''overridden'''
keywords = ["gateway"]

[[rules]]
id = "acme-old"
regex = '''old-[0-9]{12}'''

[[rules]]
id = "acme-session"
regex = '''sess:([0-9a-z]{12})|sid:([0-9a-z]{12})'''

[allowlist]
paths = ['''testdata/''']
"""


@pytest.fixture
def organisation(folder: Path) -> GitleaksConfig:
    (folder / "base.toml").write_text(BASE, encoding="utf-8")
    return _read(ORGANISATION)


def test_an_organisations_rules_become_patterns(organisation: GitleaksConfig) -> None:
    assert [(pattern.name, pattern.title, pattern.group, pattern.keywords) for pattern in organisation.patterns] == [
        ("acme-token", "a secret of gitleaks' rule 'acme-token'", 0, ("gateway", "acme_")),
        ("acme-serial", "a secret of gitleaks' rule 'Acme.Serial'", 2, ("serial", "license", "licence")),
        ("acme-session", "a secret of gitleaks' rule 'acme-session'", 0, ()),
    ]
    assert {pattern.code for pattern in organisation.patterns} == {"CT603"}


def test_what_cannot_be_used_is_named_with_the_reason(organisation: GitleaksConfig) -> None:
    assert organisation.unusable == (
        ("[[allowlists]]", "commits: a text of a recording has none"),
        ("[[allowlists]]", "paths: a text of a recording has none"),
        ("acme-file", "it looks at paths, not at content"),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'token: "{KEY}"', [("acme-token", KEY)]),
        (f'token: "{OTHER}"', []),  # allowed by its match
        (f"token: {OTHER}", [("acme-token", OTHER)]),
        (f'fixture token: "{KEY}"', []),  # allowed by its line and a stop word
        (f'fixture\ntoken: "{KEY}"\nfixture', [("acme-token", KEY)]),
        (f'fixture token: {OTHER}"', []),
        (f"fixture token: {OTHER}", [("acme-token", OTHER)]),  # only one of both criteria
        ('"acme_' + "abababababababab" + '"', []),  # not random enough
        (f'Serial = "{HEX}"', [("acme-serial", HEX)]),
        ('licence: "' + "DEAD9d73c0a4f826" + '"', []),
        ('licence: "' + "9dC0FFEE73a4f826" + '"', []),
        (f"sess:{HEX[:12]} sid:{HEX[4:]}", [("acme-session", HEX[:12]), ("acme-session", HEX[4:])]),
        ("old-" + "493820175566", []),  # disabled
    ],
)
def test_an_organisations_rules_find_what_they_mean(
    organisation: GitleaksConfig, text: str, found: list[tuple[str, str]]
) -> None:
    assert _found(organisation, text) == found


def test_allow_lists_for_all_rules_are_given_for_themselves(organisation: GitleaksConfig) -> None:
    (allows,) = organisation.allows
    assert allows("5b1e0000" + "73c0a4f8", "", "")
    assert not allows(HEX, "5b1e0000", "5b1e0000")


def test_a_keyword_counts_whatever_its_case_and_wherever_it_is() -> None:
    read = _read(_rule("keywords = ['Gateway', 'proxy']", regex="[A-Za-z0-9]{16}"))
    value = KEY[5:]
    assert _found(read, f"{value} of the GATEWAY") == [("acme-token", value)]
    assert _found(read, f"{value} of the gate") == []


@pytest.mark.parametrize(
    ("entropy", "found"),
    # 16 characters, each twice: 3 bits. gitleaks wants more than what is set.
    [("2.99", 1), ("3.0", 0), ("3", 0), ("0", 1)],
)
def test_the_entropy_of_a_secret_is_more_than_the_rules(entropy: str, found: int) -> None:
    text = "acme_" + "q7Zk2Vx9" * 2
    assert len(_found(_read(_rule(f"entropy = {entropy}", regex="acme_([A-Za-z0-9]{16})")), text)) == found


@pytest.mark.parametrize(
    ("regex", "group", "secret"),
    [
        ("tok=[0-9a-z]{16}", 0, "tok=" + HEX),
        ("tok=([0-9a-z]{16})", 0, HEX),
        ("(?:tok)=([0-9a-z]{8})([0-9a-z]{8})", 0, HEX[:8]),
        ("(?:tok)=([0-9a-z]{8})([0-9a-z]{8})", 2, HEX[8:]),
        ("(nothing)?tok=([0-9a-z]{16})", 0, HEX),
        ("tok=(x*)[0-9a-z]{16}", 0, "tok=" + HEX),
        ("(?P<name>tok)=(?P<value>[0-9a-z]{16})", 2, HEX),
    ],
)
def test_the_secret_is_the_group_or_the_first_that_is_not_empty_or_the_match(
    regex: str, group: int, secret: str
) -> None:
    read = _read(_rule(f"secretGroup = {group}", regex=regex))
    assert _found(read, f"ü tok={HEX} ü") == [("acme-token", secret)]


@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        ("[rules.allowlist]\nregexes = ['q7Zk']", True),
        ("[[rules.allowlists]]\nregexes = ['^token']", False),
        ("[[rules.allowlists]]\nregexes = ['^token']\nregexTarget = 'match'", False),
        ("[[rules.allowlists]]\nregexes = ['^a token']\nregexTarget = 'line'", True),
        ("[[rules.allowlists]]\nregexes = ['^acme']\nregexTarget = 'match'", True),
        ("[[rules.allowlists]]\nstopwords = ['zK2v']", True),
        ("[[rules.allowlists]]\nstopwords = ['token']", False),
        ("[[rules.allowlists]]\nstopwords = ['nothing']\nregexes = ['acme']", True),
        ("[[rules.allowlists]]\nstopwords = ['nothing']\nregexes = ['acme']\ncondition = 'AND'", False),
        ("[[rules.allowlists]]\nstopwords = ['zK2v']\nregexes = ['acme']\ncondition = '&&'", True),
        ("[[rules.allowlists]]\nregexes = ['no', 'acme']\ncondition = 'and'", True),
        ("[[rules.allowlists]]\nregexes = ['no']\n[[rules.allowlists]]\nregexes = ['acme']", True),
        ("[[rules.AllowLists]]\nRegexes = ['acme']\nREGEXTARGET = 'match'", True),
        ("[[rules.allowlists]]\npaths = ['.*']\nregexes = ['acme']", True),
        ("[[rules.allowlists]]\npaths = ['.*']\nregexes = ['acme']\ncondition = 'AND'", False),
        ("[[rules.allowlists]]\ncommits = ['4f2c1d']", False),
    ],
)
def test_an_allow_list_allows_by_its_target_and_its_condition(more: str, allowed: bool) -> None:
    assert _found(_read(_rule(more)), f"a token {KEY} here") == ([] if allowed else [("acme-token", KEY)])


LIST = "acme-token: allow list"


@pytest.mark.parametrize(
    ("text", "unusable"),
    [
        (_rule(regex="(?!x)acme"), [("acme-token", "invalid perl operator: (?!")]),
        (_rule(regex="acme_[a-z"), [("acme-token", "missing ]: [a-z")]),
        (_rule(regex=r"acme\C{8}"), [("acme-token", r"invalid escape sequence: \C")]),
        (_rule(regex="(?:acme_)?"), [("acme-token", "it matches the empty text")]),
        (
            _rule("secretGroup = 2", regex="(acme)"),
            [("acme-token", "its secretGroup is 2, and its regex has 1 groups")],
        ),
        (_rule("secretGroup = -1"), [("acme-token", "its secretGroup is -1, and its regex has 0 groups")]),
        (_rule("path = 'x'"), [("acme-token", "it is for some paths only")]),
        ("[[rules]]\nid = 'a'\npath = 'x'", [("a", "it looks at paths, not at content")]),
        ("[[rules]]\nid = 'a'", [("a", "it has no regex, and extends no rule that is here")]),
        (_rule("skipReport = true"), [("acme-token", "it is never reported by itself (skipReport)")]),
        (
            _rule("[[rules.required]]\nid = 'acme-id'\nwithinLines = 5"),
            [("acme-token", "it needs other rules to match near it (required)")],
        ),
        (_rule() + _rule("keywords = ['a']"), [("acme-token", "another rule further below has the same id")]),
        (
            "[extend]\nuseDefault = true\nurl = 'https://example.com'\nx = 1",
            [
                ("[extend] x", "gitleaks' documentation does not have this key"),
                ("[extend] useDefault", "gitleaks' own rules are not here: the tool has patterns of its own"),
                ("[extend] url", "nothing is fetched"),
            ],
        ),
        (
            "verbose = true\n" + _rule("tokenEfficiency = true\n[[rules.allowlists]]\nstopwords = ['a']\nfilter = 'b'"),
            [
                ("verbose", "gitleaks' documentation does not have this key"),
                ("acme-token: tokenEfficiency", "gitleaks' documentation does not have this key"),
                (f"{LIST}: filter", "gitleaks' documentation does not have this key"),
            ],
        ),
        (_rule("[rules.allowlist]\ndescription = 'x'"), [(LIST, "it has no criterion")]),
        (_rule("[rules.allowlist]\nregexes = ['(']"), [(LIST, "missing ): (")]),
        (
            _rule("[rules.allowlist]\ncommits = ['a']\ncondition = 'AND'\nstopwords = ['a']"),
            [(LIST, "commits: a text of a recording has none, so that not all of its criteria can be met")],
        ),
        (
            "[[allowlists]]\ntargetRules = ['nowhere']\nstopwords = ['a']",
            [("[[allowlists]]", "there is no rule 'nowhere' that it could be for")],
        ),
    ],
)
def test_each_thing_that_cannot_be_used_is_named(text: str, unusable: list[tuple[str, str]]) -> None:
    assert _read(text).unusable == tuple(unusable)


def test_an_allow_list_of_which_an_expression_cannot_be_used_allows_less_and_not_more() -> None:
    both = "regexes = ['(', 'acme']\nstopwords = ['q7z']"
    assert _found(_read(_rule(f"[rules.allowlist]\n{both}")), KEY) == []
    assert _found(_read(_rule(f"[rules.allowlist]\n{both}\ncondition = 'AND'")), KEY) == [("acme-token", KEY)]


def test_three_configurations_may_extend_one_another_and_a_fourth_is_named(folder: Path) -> None:
    (folder / "more").mkdir()
    for number in range(2, 5):
        (folder / "more" / f"{number}.toml").write_text(
            f"[extend]\npath = '{number + 1}.toml'\n[[rules]]\nid = 'r{number}'\nregex = 'r{number}[a-z]{{8}}'\n"
        )
    read = _read("[extend]\npath = 'more/2.toml'\n[[rules]]\nid = 'r1'\nregex = 'r1[a-z]{8}'\n")
    assert [pattern.name for pattern in read.patterns] == ["r1", "r2", "r3"]
    assert read.unusable == (("[extend] path", "4.toml would be the fourth configuration in a row"),)


def test_a_configuration_that_extends_itself_is_read_to_an_end() -> None:
    read = _read("[extend]\npath = 'gitleaks.toml'\n" + _rule())
    assert [pattern.name for pattern in read.patterns] == ["acme-token"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rules]", "gitleaks.toml is not TOML: "),
        ("rules = 5", "gitleaks.toml:1: rules: expected a table"),
        ("\nrules = [5]", "gitleaks.toml:2: rules: expected tables"),
        ("[[rules]]\nid = 'a'\n\n[[rules]]\nregex = 'x'", "gitleaks.toml:4: rules.1: 'id' is missing"),
        ("[[rules]]\nid = ' '", "gitleaks.toml:2: rules.0.id: expected a name"),
        (_rule("entropy = '3'"), "gitleaks.toml:4: rules.0.entropy: expected a number"),
        (_rule("entropy = true"), "gitleaks.toml:4: rules.0.entropy: expected a number"),
        (_rule("secretGroup = 1.5"), "gitleaks.toml:4: rules.0.secretGroup: expected an integer"),
        (_rule("keywords = 'a'"), "gitleaks.toml:4: rules.0.keywords: expected a list of strings"),
        (_rule("keywords = [\n'a',\n5]"), "gitleaks.toml:4: rules.0.keywords: expected a list of strings"),
        (_rule("skipReport = 1"), "gitleaks.toml:4: rules.0.skipReport: expected true or false"),
        (
            _rule() + _rule("[[rules.allowlists]]\nstopwords = ['a']\n[[rules.allowlists]]\ncondition = 'XOR'"),
            "gitleaks.toml:11: rules.1.allowlists.1.condition: expected AND or OR",
        ),
        (
            _rule("[rules.allowlist]\nregexTarget = 'file'"),
            "gitleaks.toml:5: rules.0.allowlist.regexTarget: expected secret, match or line",
        ),
        ("[extend]\npath = 'nowhere.toml'", "gitleaks.toml:2: extend.path: no such file: 'nowhere.toml'"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        _read(text)
    assert raised.value.message.startswith(message)


def test_a_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: no such file"):
        gitleaks.read("nowhere.toml")


def test_the_line_of_a_rule_in_a_large_file_is_found_quickly() -> None:
    words = "".join(f'  "word{number}",\n' for number in range(2000))
    text = f"[allowlist]\nstopwords = [\n{words}]\n" + _rule() * 500 + _rule("entropy = 'x'")
    start = time.process_time()
    with pytest.raises(ConfigError, match=r"^gitleaks.toml:4007: rules.500.entropy: expected a number$"):
        _read(text)
    assert time.process_time() - start < 10  # a second is usual; to try all lines takes minutes


@pytest.mark.parametrize("regex", ["(a+)+$", "(a|aa)+b", "(?:a*)*c", r"(\w+\s?)+;"])
def test_no_rule_takes_long_on_ten_megabytes(regex: str) -> None:
    read = _read(_rule(regex=regex))
    start = time.process_time()
    Scanner(read.patterns).hits("a" * 10_000_000 + "!")
    assert time.process_time() - start < 2  # 0.05 s are usual; an engine that backtracks never ends
