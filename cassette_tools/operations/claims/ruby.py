"""Ruby: VCR's RSpec metadata, and literals.

With ``configure_rspec_metadata!`` a cassette is called by the descriptions of its example groups and of its example, as
folders and file; one without description by its place, such as ``1:2:1``. What a file name must not hold becomes an
underscore. ``use_cassette``, ``insert_cassette`` and the option ``cassette_name`` name files.
"""

import re

from cassette_tools.operations.claims.base import (
    Known,
    Name,
    Names,
    Recording,
    SourceFile,
    Status,
    Verdict,
    key,
    line_of,
    lists_recordings,
    literals,
    name_of,
    without_comments,
)

_TOKENS = r"(?m)(?<!\S)#[^\n]*|(?P<literal>\"[^\"\\\n]*(?:\\[^\n][^\"\\\n]*)*\"?|'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'?)"
_DESCRIBED = (
    r"(?m)^(?P<indent>[ \t]*)(?:::)?(?:RSpec\.)?(?P<word>[fx]?(?:describe|context|feature|it|specify|example|scenario)"
    r"|it_behaves_like|it_should_behave_like|shared_examples(?:_for)?|shared_context)\b(?P<gap>[ \t]*\(?\s{0,99})"
)
_PREFIXES = {"it_behaves_like": "behaves like ", "it_should_behave_like": "it should behave like "}
_ARGUMENT = (
    r"(?:\"(?P<double>[^\"\\\n]*(?:\\[^\n][^\"\\\n]*)*)\"|'(?P<single>[^'\\\n]*(?:\\[^\n][^'\\\n]*)*)'"
    r"|(?P<constant>(?:::)?[A-Z][\w:]*)(?![\w.(])|:(?P<symbol>\w+)(?!\s*=>))[ \t]*(?P<end>,\s{0,99}|\)|do\b|\{|\n|\Z|.)"
)
_RECORDER = (
    r"(?<!def )\b(?:use_cassette|insert_cassette|use_vcr_cassette|cassette_name)\b"
    r"(?P<gap>['\"]?\s*(?:=>|:(?=[\s'\"])|\()?\s*)"
)
_NAMED = r"\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|:(?P<symbol>\w+)"
_DEEPEST = 40
"""Parts of a path that are looked at."""
_LISTS = r"\bDir(?:\.(?:glob|children|entries|each_child)|\[)"
_UNNAMED = r"(?:it|specify|example|scenario)[ \t]*(?:\{|do\b)"


class RubyTests:
    """The tests of all Ruby files."""

    def __init__(self) -> None:
        self._described: dict[str, str] = {}
        """The parts of the descriptions of groups and examples, as keys, and where they are."""
        self._open: dict[str, str] = {}
        """Those of files with computed descriptions, and where one is."""
        self._libraries: set[Name] = set()
        self._by_metadata = self._by_group = False

    def add(self, source: SourceFile) -> Names:
        """Take note of a file; returns what it says about names."""
        code = without_comments(source.text, _TOKENS)
        self._by_metadata = self._by_metadata or "configure_rspec_metadata!" in code
        self._by_group = self._by_group or "single_cassette" in code
        for line in re.findall(r"\bcassette_library_dir\s*=([^\n]*)", code):
            library = name_of("/".join(content for *_, content in literals(line, _TOKENS)))
            self._libraries |= {library} - {()}
        described, spans, computed, open_end = _descriptions(code)
        for part in described:
            self._described.setdefault(part, source.path)
        if computed:
            for part in described:
                self._open.setdefault(part, f"{source.path}:{computed}")
        return _names(code, spans, computed if open_end else 0)

    def verdict(self, recording: Recording, known: Known) -> Verdict:
        """Who claims a recording of Ruby's VCR."""
        mention = known.mentioned(recording)
        if mention:
            return Verdict(Status.CLAIMED, f"its name is in {mention}")
        parts = recording.parts
        group, example = map(key, parts[-2:])
        unnamed = re.fullmatch(r"\d+(?:_\d+)*", example) is not None
        if group in self._described and (unnamed or example in self._described):
            return Verdict(Status.CLAIMED, f"its group and example are in {self._described[group]}")
        if self._by_group and example in self._described:
            return Verdict(Status.CLAIMED, f"its group is in {self._described[example]}")
        rest = self._in_library(parts)
        if not self._by_metadata or len(rest) < 2:
            return known.by_literals(recording)
        if not known.covered(recording):
            return Verdict(Status.UNKNOWN, "it is not below the folders of tests")
        for part in map(key, rest):
            if part in self._open:
                return Verdict(Status.UNKNOWN, f"{self._open[part]} computes a description")
        return known.orphan(recording, f"{'/'.join(rest)} in *_spec.rb")

    def _in_library(self, parts: list[str]) -> list[str]:
        """The parts of a path below the folder of cassettes; none if it is not below one."""
        parts = parts[-_DEEPEST:]
        keys = tuple(map(key, parts))
        for end in range(len(keys) - 1, 0, -1):
            if any(keys[start:end] in self._libraries for start in range(end)):
                return parts[end:]
        return []


def _descriptions(code: str) -> tuple[set[str], set[int], int, bool]:
    """The parts of descriptions; where they start; a line with a computed one; whether that could name anything."""
    parts: set[str] = set()
    starts: set[int] = set()
    computed = 0
    open_end = False
    arguments = re.compile(_ARGUMENT)
    for match in re.finditer(_DESCRIBED, code):
        words: list[str] = []
        at = match.end()
        # An example without description, or a variable of that name.
        if re.match(_UNNAMED, code[match.start("word") : at + 3]) or code[at : at + 1] in ("=", ".", ",", ")"):
            continue
        known = True
        while argument := arguments.match(code, at):
            # Symbols behind the description are tags.
            if argument["symbol"] is not None and words:
                break
            text = argument["double"] or argument["single"] or argument["constant"] or argument["symbol"] or ""
            known = known and not (argument["double"] is not None and "#{" in text)
            known = known and argument["end"].strip() in (",", ")", "do", "{", "")
            starts.add(argument.start())
            words.append(text)
            if not argument["end"].startswith(","):
                break
            at = argument.end()
        known = known and bool(words)
        if known:
            description = _PREFIXES.get(match["word"], "") + " ".join(words)
            parts.update(filter(None, map(key, description.split("/"))))
        elif match["gap"]:
            computed = computed or line_of(code, match.start("word"))
            open_end = open_end or not match["indent"]
    return parts, starts, computed, bool(computed) and (open_end or "shared_examples" in code)


def _names(code: str, spans: set[int], computed: int) -> Names:
    # A description is no name of a file.
    found = [(start, content) for start, _, content in literals(code, _TOKENS) if start not in spans]
    mentions = {name_of(content) for _, content in found}
    for words in re.findall(r"%[wi]\[([^\[\]]{0,2000})\]", code):
        mentions.update(map(name_of, words.split()))
    recorded: set[Name] = set()
    for start, content in found:
        if lists_recordings(content):
            computed = computed or line_of(code, start)
    for match in re.finditer(_RECORDER, code):
        argument = re.compile(_NAMED).match(code, match.end())
        if not match["gap"] and argument is None:
            continue
        text = (argument["double"] or argument["single"] or argument["symbol"] or "") if argument else ""
        if argument is None or "#{" in text:
            computed = computed or line_of(code, match.start())
        else:
            recorded.add(name_of(text))
    lists = re.search(_LISTS, code)
    if lists and "cassette" in code:
        computed = computed or line_of(code, lists.start())
    mentions |= recorded
    return Names(frozenset(mentions - {()}), frozenset(recorded - {()}), computed)
