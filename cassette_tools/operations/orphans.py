"""Which cassettes no test claims, by the names that recorders give them.

Three conventions are known:

* charm's vcr for Go: ``testdata/TestX/sub.yaml`` beside the package's tests, for ``TestX`` and its subtest ``sub``
  (the testing package writes a blank in the name of a subtest as ``_``).
* pytest-recording and its kin: ``cassettes/<module>/<test>[param].yaml`` and ``cassettes/<test>.yaml`` beside the
  module; a method has its class in front, with a dot.
* Ruby VCR with RSpec's metadata: the descriptions of the groups and of the example, with ``/`` between them and ``_``
  for what is no letter, digit, hyphen or slash.

A cassette is claimed as well when a source has its name in a string: with a folder or an ending, or in a call that
speaks of cassettes. Test code is read as text and never run. A name that is computed cannot be known; what it might
claim is called unknown and not an orphan.
"""

import enum
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Source(NamedTuple):
    """A file of test code, or of what tests use."""

    path: str
    """With slashes, in the same form as the paths of cassettes."""
    text: str


class Recorded(NamedTuple):
    """A cassette."""

    path: str
    """With slashes."""
    format: str
    """The name of its format: which convention it may follow."""


class Verdict(enum.Enum):
    """What is known of a cassette."""

    CLAIMED = "claimed"
    ORPHAN = "orphan"
    UNKNOWN = "unknown"


class Judgement(NamedTuple):
    """A cassette and what is known of it."""

    path: str
    verdict: Verdict
    reason: str
    """For people; holds names of files and tests, not yet fit to be shown."""


SUFFIXES = (".go", ".py", ".rb")
"""Sources that are read."""

_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.){1,300})"' + r"|'((?:[^'\\\n]|\\.){1,300})'|`([^`\n]{1,300})`")
_SPEAKS_OF_CASSETTES = re.compile(r"(?i)cassette|record|vcr|betamax|polly")
_BEFORE = 80
"""Characters before a string in which a call may speak of cassettes."""
_GO_TEST = re.compile(r"^func ((?:Test|Benchmark|Fuzz|Example)\w*)\(|^func \([^)\n]{0,200}\) (Test\w*)\(", re.MULTILINE)
_GO_RUN = re.compile(r'\.Run\(\s*(?:"((?:[^"\\\n]|\\.){0,300})"|`([^`]{0,300})`|([^"`\s]))')
_GO_NAME = re.compile(r"(?:Test|Benchmark|Fuzz|Example)(?![a-z])\w*")
_PYTHON_TEST = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)", re.MULTILINE)
_PYTHON_CLASS = re.compile(r"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)
_PYTHON_COMPUTED = re.compile(
    r"def (?:vcr_cassette_name|default_cassette_name|vcr_cassette_dir)\b|use_cassette\(\s*(?![rbuRBU]?[\"')])"
)
_RUBY_COMPUTED = re.compile(
    r"use_cassette[ (]\s*(?![\"':])|cassette_name:\s*(?![\"':])"
    r"|\b(?:it|describe|context|specify)[ (]\s*[a-z_][.\w]{0,100}\s*(?:do\b|,|\))"
)
_RUBY_CONSTANT = re.compile(r"\b(?:describe|context)[ (]\s*((?:::)?[A-Z]\w*(?:::\w+)*)")
_RUBY_UNSAFE = re.compile(r"[^\w\-/]+")
_INTERPOLATION = re.compile(r"#\{[^}]*\}|\$\{[^}]*\}|\{[^}]*\}|%[sdvq]")
_ENDING = re.compile(r"(?:\.(?:ya?ml|json|har))?(?:\.gz)?\Z")
_MIN_PART = 8
"""Characters that the end of a name must have to be told by."""


class _Go(NamedTuple):
    tests: set[str]
    subtests: set[str]
    computed: list[bool]


def judge(cassettes: Iterable[Recorded], sources: Iterable[Source]) -> Iterator[Judgement]:
    """What is known of each cassette, in their order."""
    known = _Known(sources)
    for cassette in cassettes:
        verdict, reason = known.judge(cassette)
        yield Judgement(cassette.path, verdict, reason)


class _Known:
    """What the sources say."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.literals: dict[str, str] = {}  # names, some with a folder, without their ending; and who says so
        self.go: dict[str, _Go] = {}  # by folder
        self.python_modules: dict[str, list[str]] = {}  # by name, the folders that have them
        self.python_tests: dict[str, set[str]] = {}  # by module, the functions
        self.python_classes: set[str] = set()
        self.python_computed = False
        self.ruby: set[str] = set()
        self.ruby_computed = False
        for source in sources:
            self._literals(source)
            if source.path.endswith(".go"):
                self._go(source)
            elif source.path.endswith(".py"):
                self._python(source)
            else:
                self._ruby(source)

    def _literals(self, source: Source) -> None:
        for match in _LITERAL.finditer(source.text):
            text = next(group for group in match.groups() if group is not None)
            name = _ENDING.sub("", text)
            line = source.text[max(0, match.start() - _BEFORE) : match.start()].rpartition("\n")[2]
            *folders, stem = name.split("/")
            if stem and (name != text or _SPEAKS_OF_CASSETTES.search(line)):
                self.literals.setdefault(stem, source.path)
            elif stem and folders:
                self.literals.setdefault(f"{folders[-1]}/{stem}", source.path)

    def _go(self, source: Source) -> None:
        go = self.go.setdefault(posixpath.dirname(source.path), _Go(set(), set(), []))
        for match in _GO_TEST.finditer(source.text):
            if match.group(1):
                go.tests.add(match.group(1))
            else:
                go.subtests.add(match.group(2))
        for match in _GO_RUN.finditer(source.text):
            if match.group(3):
                go.computed.append(True)
            else:
                name = match.group(1) if match.group(1) is not None else match.group(2)
                go.subtests.update(re.sub(r"\s", "_", part) for part in name.split("/"))

    def _python(self, source: Source) -> None:
        module = posixpath.basename(source.path)[: -len(".py")]
        tests = set(_PYTHON_TEST.findall(source.text))
        self.python_modules.setdefault(module, []).append(posixpath.dirname(source.path))
        self.python_tests.setdefault(module, set()).update(tests)
        self.python_classes.update(_PYTHON_CLASS.findall(source.text))
        self.python_computed = self.python_computed or bool(_PYTHON_COMPUTED.search(source.text))

    def _ruby(self, source: Source) -> None:
        for match in _LITERAL.finditer(source.text):
            text = next(group for group in match.groups() if group is not None)
            pieces = _INTERPOLATION.split(text)
            if len(pieces) > 1:
                self.ruby_computed = True
            self.ruby.add(_ruby_name(pieces[-1]))
        self.ruby.update(map(_ruby_name, _RUBY_CONSTANT.findall(source.text)))
        self.ruby_computed = self.ruby_computed or bool(_RUBY_COMPUTED.search(source.text))

    def judge(self, cassette: Recorded) -> tuple[Verdict, str]:
        folder, name = posixpath.split(cassette.path)
        stem = _ENDING.sub("", name)
        for literal in (stem, f"{posixpath.basename(folder)}/{stem}"):
            if literal in self.literals:
                return Verdict.CLAIMED, f"{self.literals[literal]} names it"
        by_format = {"go-vcr": self._judge_go, "VCR.py": self._judge_python, "Ruby VCR": self._judge_ruby}
        judge = by_format.get(cassette.format)
        if judge is None:
            return Verdict.UNKNOWN, f"no test names it, and of {cassette.format} no other convention is known"
        return judge(folder, stem)

    def _judge_go(self, folder: str, stem: str) -> tuple[Verdict, str]:
        parts = [*folder.split("/"), stem]
        start = next((number for number, part in enumerate(parts) if _GO_NAME.fullmatch(part)), None)
        if start is None:
            return Verdict.UNKNOWN, "no test names it, and its path has no name of a Go test"
        package = "/".join(parts[:start])
        while package and (package not in self.go or not self.go[package].tests):
            package = posixpath.dirname(package) if posixpath.dirname(package) != package else ""
        if not package:
            return Verdict.UNKNOWN, f"there are no Go tests in the folders above {parts[start]}"
        go = self.go[package]
        test, subtests = parts[start], parts[start + 1 :]
        if test not in go.tests:
            return Verdict.ORPHAN, f"there is no func {test} in {package}/*_test.go"
        missing = [part for part in subtests if part not in go.subtests]
        if not missing:
            return Verdict.CLAIMED, f"{'/'.join((test, *subtests))} in {package}"
        if any(known.computed for known in self.go.values()):
            return Verdict.UNKNOWN, f"{test} is there, but names of subtests are computed: {missing[0]} may be one"
        return Verdict.ORPHAN, f"{test} in {package} has no subtest {missing[0]}"

    def _judge_python(self, folder: str, stem: str) -> tuple[Verdict, str]:
        group, _, test = stem.partition("[")[0].rpartition(".")
        module = posixpath.basename(folder)
        if not test.startswith("test"):
            return Verdict.UNKNOWN, "no test names it, and its name is not that of a test"
        if module != "cassettes" and posixpath.basename(posixpath.dirname(folder)) == "cassettes":
            if module not in self.python_modules:
                return self._orphan_python(f"there is no module {module}.py")
            found, where = test in self.python_tests[module], f"{module}.py"
        else:
            found, where = any(test in tests for tests in self.python_tests.values()), "any module"
        inherited = group in self.python_classes and any(test in tests for tests in self.python_tests.values())
        if found or inherited:
            return Verdict.CLAIMED, f"{test} in {where}"
        return self._orphan_python(f"there is no {test} in {where}")

    def _orphan_python(self, reason: str) -> tuple[Verdict, str]:
        if self.python_computed:
            return Verdict.UNKNOWN, f"{reason}, but names of cassettes are computed"
        return Verdict.ORPHAN, reason

    def _judge_ruby(self, folder: str, stem: str) -> tuple[Verdict, str]:
        if not self.ruby:
            return Verdict.UNKNOWN, "there are no Ruby tests"
        name = _ruby_name(stem)
        if name in self.ruby or any(end in self.ruby for end in _ends(name)):
            return Verdict.CLAIMED, "an example has this description"
        if self.ruby_computed:
            return Verdict.UNKNOWN, "no example has this description, but descriptions or names are computed"
        return Verdict.ORPHAN, f"no example in {posixpath.basename(folder)} or elsewhere has this description"


def _ruby_name(text: str) -> str:
    """A description as Ruby VCR writes it in a file's name, without what stands around it."""
    return _RUBY_UNSAFE.sub("_", text).strip("_").rpartition("/")[2].lower()


def _ends(name: str) -> Iterator[str]:
    """The ends of a name, from words on: descriptions may be joined with ``_``, too."""
    for match in re.finditer("_", name):
        if len(name) - match.end() >= _MIN_PART:
            yield name[match.end() :]
