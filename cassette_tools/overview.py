"""The overview of a tree of recordings: what they are, what they used, what lint says of them."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from cassette_tools.accounting import FileUsage, Run, usage_of_paths
from cassette_tools.errors import CassetteToolsError
from cassette_tools.finding import Severity
from cassette_tools.lint import run as linting
from cassette_tools.lint.settings import Options, SettingsFinder
from cassette_tools.operations.usage.median import Median
from cassette_tools.operations.usage.totals import Grouped

if TYPE_CHECKING:
    from concurrent.futures import Executor

_KEYS = ("protocol", "provider", "model")


class Overview:
    """Counts what goes by.

    Attributes:
        cassettes: How many there are.
        others: Files of another kind.
        formats: Cassettes by their format.
        folders: Those that hold cassettes.
        size: Bytes of all of them.
        most: Bytes of the largest.
        largest: Its path.
        dates: When the first and the last interaction were recorded, where that is known.
        usage: What they used, by protocol, provider and model.
        severities: Findings by severity.
        rules: Findings by the code and the name of the rule.
        worst: The severity of the worst finding of each rule.
    """

    def __init__(self) -> None:
        self.cassettes = self.others = 0
        self.formats: Counter[str] = Counter()
        self.folders: set[str] = set()
        self.size = self.most = 0
        self.largest = ""
        self._sizes = Median()
        self.dates: tuple[datetime, datetime] | None = None
        self.usage = Grouped(_KEYS)
        self.severities: Counter[Severity] = Counter()
        self.rules: Counter[str] = Counter()
        self.worst: dict[str, Severity] = {}

    def add(self, file: FileUsage) -> None:
        """Count a file."""
        if not file.is_cassette:
            self.others += 1
            return
        self.cassettes += 1
        self.formats[file.format_name] += 1
        self.folders.add(file.path.replace("\\", "/").rpartition("/")[0])
        if file.size > self.most or not self.largest:
            self.largest, self.most = file.path, file.size
        self.size += file.size
        self._sizes.add(file.size)
        if file.dates is not None:
            first, last = self.dates or file.dates
            self.dates = (min(first, file.dates[0]), max(last, file.dates[1]))
        self.usage.merge(file.totals)

    def counts(self, key: str) -> Counter[str]:
        """Interactions by their protocol, provider or model."""
        place = _KEYS.index(key)
        found: Counter[str] = Counter()
        for group, totals in self.usage.groups.items():
            # What is no call of a model says nothing of models.
            number = totals.calls - totals.others
            if number:
                found[group[place]] += number
        return found

    @property
    def median(self) -> int:
        """The median of the sizes, in bytes; of very many, as exact as three digits are."""
        return int(self._sizes.value)


def overview(
    names: list[str], jobs: int | None, executor: "Executor | None" = None
) -> Iterator[CassetteToolsError | Overview]:
    """Look over all files behind the names.

    Args:
        names: Files, folders, patterns, or ``-`` for standard input.
        jobs: How many processes share the work; None for as many as there are CPUs.
        executor: What does the work instead.

    Yields:
        What cannot be read, and in the end the overview.
    """
    found = Overview()
    for file in usage_of_paths(names, Run(_KEYS, jobs=jobs), executor):
        if isinstance(file, CassetteToolsError):
            yield file
        else:
            found.add(file)
    for result in linting.lint_paths(names, linting.Run(SettingsFinder(Options()), jobs=jobs), executor):
        if not isinstance(result, CassetteToolsError):  # has been told
            found.severities.update(finding.severity for finding in result.findings)
            found.severities += result.omitted
            for finding in result.findings:
                rule = f"{finding.code} {finding.name}"
                found.rules[rule] += 1
                found.worst[rule] = max(finding.severity, found.worst.get(rule, finding.severity))
    yield found
