"""Go: a recorder of go-vcr is given a path, and charm's ``vcr.NewRecorder(t)`` gives it ``testdata/`` and ``t.Name()``.

``t.Name()`` is the name of the test function and of its subtests, joined by slashes. Of a subtest's name, ``testing``
turns white space into underscores, and appends ``#01`` where a name is used again (``testing/match.go``).
"""

import posixpath
import re
from typing import NamedTuple

from cassette_tools.operations.claims.base import (
    Known,
    Name,
    Names,
    Recording,
    SourceFile,
    Status,
    Verdict,
    ancestors,
    is_test,
    key,
    line_of,
    lists_recordings,
    literals,
    name_of,
    without_comments,
)

_TOKENS = (
    r"(?s)//[^\n]*|/\*(?:.*?\*/|.*\Z)"
    r"|(?P<literal>\"[^\"\\\n]*(?:\\[^\n][^\"\\\n]*)*\"?|`[^`]*(?:`|\Z))"
    r"|'(?:[^'\\\n]|\\[^\n]){1,10}'"
)
_FUNCTION = r"(?m)^func\s{1,9}(\([^)\n]{0,200}\)\s{0,9})?(\w+)[ \t]*[\[(]"
_TEST = r"(?:Test|Benchmark|Fuzz|Example)(?![a-z])\w*"
_RUN = r"(?:\b(?:\w{1,2}|\w*[tT]|\w*[sS]uite)|\.T\(\))\.Run\(\s{0,99}"
_RECORDER = r"\b(?:recorder\.New(?:AsMode|WithOptions)?|cassette\.(?:New|Load))\(\s{0,99}"
_LISTS = r"\b(?:os\.ReadDir|ioutil\.ReadDir|filepath\.(?:Glob|Walk\w*)|fs\.(?:Glob|ReadDir|WalkDir))\("
_EMBEDS = r"(?m)^//go:embed\s(?:.*\*|.*\b(?:testdata|fixtures|cassettes)/?\s*$)"
_CHECKS = ("assert", "cmp", "goleak", "is", "must", "qt", "recorder", "require", "suite", "vcr")
"""Packages whose functions take a test and run none."""


class _Test(NamedTuple):
    path: str
    calls: frozenset[str]
    """The functions that it is handed to, which may run subtests of it."""


class _File(NamedTuple):
    tests: dict[str, _Test]
    functions: frozenset[str]
    subtests: frozenset[str]
    """The parts of the names of subtests, and the test methods of suites, as keys."""
    computed: int
    """The line that computes the name of a subtest; 0 if none."""


class _Package:
    """The files of a folder together."""

    def __init__(self) -> None:
        self.tests: dict[str, _Test] = {}
        self.functions: set[str] = set()
        self.subtests: set[str] = set()
        self.computed = ""
        """The place that computes the name of a subtest; empty if none."""

    def add(self, path: str, file: _File) -> None:
        self.tests.update(file.tests)
        self.functions |= file.functions
        self.subtests |= file.subtests
        if file.computed and not self.computed:
            self.computed = f"{path}:{file.computed}"


class GoTests:
    """The tests of all Go files."""

    def __init__(self) -> None:
        self._packages: dict[str, _Package] = {}
        self._anywhere: dict[str, str] = {}

    def add(self, source: SourceFile) -> Names:
        """Take note of a file; returns what it says about names."""
        code = without_comments(source.text, _TOKENS)
        file = _read(source, code)
        self._packages.setdefault(posixpath.dirname(source.place), _Package()).add(source.path, file)
        for test in file.tests:
            self._anywhere.setdefault(test, source.path)
        return _names(source, code)

    def verdict(self, recording: Recording, known: Known) -> Verdict:
        """Who claims a recording of go-vcr."""
        parts = recording.parts
        first = self._top(parts)
        # The names of subtests are short and common: those alone name no cassette.
        least = 1 if first is None or first == len(parts) - 1 else 2
        mention = known.mentioned(recording, least=least)
        if mention:
            return Verdict(Status.CLAIMED, f"its name is in {mention}")
        if first is None:
            return known.by_literals(recording)
        for folder in ancestors("/".join(parts[: first + 1])):
            package = self._packages.get(folder)
            if package is not None and parts[first] in package.tests:
                return self._subtest(recording, known, package, parts[first:])
        return self._without_test(recording, known, parts, first)

    def _top(self, parts: list[str]) -> int | None:
        """Which part of a path is the name of a test: the one below ``testdata``, or one that there is."""
        like_tests = [i for i, part in enumerate(parts) if re.fullmatch(_TEST, part)]
        for i in like_tests:
            if parts[i - 1] == "testdata" or parts[i] in self._anywhere:
                return i
        return like_tests[-1] if like_tests else None

    def _subtest(self, recording: Recording, known: Known, package: _Package, parts: list[str]) -> Verdict:
        top, *rest = parts
        test = package.tests[top]
        names = [re.sub(r"#\d+\Z", "", part) for part in rest]
        # A table of tests has the names as literals.
        if all(key(name) in package.subtests or known.mentions(name) for name in names):
            return Verdict(Status.CLAIMED, f"{top} is in {test.path}")
        if package.computed:
            return Verdict(Status.UNKNOWN, f"{top} is there, and {package.computed} computes names of subtests")
        for call in sorted(test.calls - package.functions):
            return Verdict(Status.UNKNOWN, f"{top} is there, and hands its subtests over to {call}")
        return known.orphan(recording, f"{'/'.join(parts)} in {folder_of(test.path)}*_test.go")

    def _without_test(self, recording: Recording, known: Known, parts: list[str], first: int) -> Verdict:
        if parts[first - 1] != "testdata":
            return known.by_literals(recording)
        package = "/".join(parts[: first - 1])
        if not known.searched(package):
            return Verdict(Status.UNKNOWN, "its package is not below the folders of tests")
        top = parts[first]
        if top in self._anywhere:
            return Verdict(Status.UNKNOWN, f"{top} is in {self._anywhere[top]}, not in the folder above testdata")
        mention = known.mentions(top)
        if mention:
            return Verdict(Status.UNKNOWN, f"{top} is a word in {mention}, and no test")
        return known.orphan(recording, f"{'/'.join(parts[first:])} in *_test.go")


def folder_of(path: str) -> str:
    """The folder of a path as it is shown, with its slash; empty for the current one."""
    return path[: path.rfind("/") + 1]


def _read(source: SourceFile, code: str) -> _File:
    tests: dict[str, _Test] = {}
    functions: set[str] = set()
    subtests: set[str] = set()
    found = list(re.finditer(_FUNCTION, code))
    ends = [match.start() for match in found] + [len(code)]
    holds_tests = is_test(posixpath.basename(source.place))
    for match, end in zip(found, ends[1:], strict=True):
        receiver, name = match.groups()
        functions.add(name)
        if not holds_tests or not re.fullmatch(_TEST, name):
            continue
        if receiver:
            subtests.add(key(name))
        else:
            tests[name] = _Test(source.path, _calls(code[match.end() : end]))
    computed = 0
    for match in re.finditer(_RUN, code):
        argument = code[match.end() : match.end() + 400]
        literal = re.match(r"\"([^\"\\\n]*(?:\\[^\n][^\"\\\n]*)*)\"\s*,|`([^`]*)`\s*,", argument)
        if literal:
            subtests.update(map(key, (literal[1] or literal[2] or "").split("/")))
        elif not re.match(r"\)|\w{1,9}\s*,\s*(?:new\(|&)", argument):  # cmd.Run(), suite.Run(t, new(Suite))
            computed = computed or line_of(code, match.start())
    return _File(tests, frozenset(functions), frozenset(subtests), computed)


def _calls(body: str) -> frozenset[str]:
    parameter = re.match(r"\s*(\w+)\s+\*", body)
    if not parameter:
        return frozenset()
    calls = re.findall(rf"\b([A-Za-z_][\w.]{{0,80}})\(\s*{parameter[1]}\s*[,)]", body)
    return frozenset(call for call in calls if call.partition(".")[0] not in (*_CHECKS, "func"))


def _names(source: SourceFile, code: str) -> Names:
    # The names of subtests are no names of files.
    subtests = {match.end() for match in re.finditer(_RUN, code)}
    found = [(start, content) for start, _, content in literals(code, _TOKENS)]
    mentions = {name_of(content) for start, content in found if start not in subtests}
    recorded: set[Name] = set()
    variables = _variables(code)
    computed = next((line_of(code, start) for start, content in found if lists_recordings(content)), 0)
    for match in re.finditer(_RECORDER, code):
        names = _recorded(code[match.end() : match.end() + 600], variables)
        if names is None:
            computed = computed or line_of(code, match.start())
        else:
            recorded |= names
    embeds = re.search(_EMBEDS, source.text)
    if embeds is None and re.search(r"ya?ml|cassette", code):
        embeds = re.search(_LISTS, code)
    if embeds:
        computed = computed or line_of(source.text, embeds.start())
    return Names(frozenset(mentions - {()}), frozenset(recorded - {()}), computed)


def _variables(code: str) -> dict[str, set[Name] | None]:
    """The names that variables and constants hold, as `_recorded` has them."""
    found: dict[str, set[Name] | None] = {}
    if not re.search(_RECORDER, code):
        return found
    for value in re.finditer(r"\b([A-Za-z_]\w*)(?:[ \t]+string)?[ \t]*:?=(?!=)[ \t]*", code):
        names = _recorded(code[value.end() : value.end() + 600], {})
        before = found.get(value[1], set())
        found[value[1]] = None if names is None or before is None else before | names
    return found


def _recorded(argument: str, variables: dict[str, set[Name] | None]) -> set[Name] | None:
    """The names in the argument of a recorder; none for one that is ``t.Name()``, None for one that is computed."""
    options = re.match(r"&?\w*\.?Options\{", argument)
    if options:
        field = re.search(r"\bCassetteName:\s*", argument)
        return _recorded(argument[field.end() :], variables) if field else None
    end = r"\s*(?:[,)};\n]|\Z)"
    literal = re.match(rf"[\"`]([^\"`\n]*)[\"`]{end}", argument)
    if literal:
        return {name_of(literal[1])}
    if re.match(rf"(?:\"[\w./-]*/\"\s*\+\s*)?\w+\.Name\(\){end}", argument):
        return set()
    joined = re.match(
        r"(?:file)?path\.Join\(\s*((?:\"[^\"\n]*\"\s*,\s*){0,9})(\"[^\"\n]*\"|\w+\.Name\(\))\s*\)", argument
    )
    if joined:
        last = joined[2]
        return {name_of("/".join(re.findall(r"\"([^\"]*)\"", joined[1] + last)))} if last[0] == '"' else set()
    variable = re.match(rf"([A-Za-z_]\w*){end}", argument)
    return variables.get(variable[1]) if variable else None
