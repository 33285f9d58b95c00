"""A rule that is not asked has nothing to say: where a gate is closed, its rule finds nothing."""

from pathlib import Path

import pytest
import yaml

from cassette_tools.formats.registry import read as read_format
from cassette_tools.model import Cassette
from cassette_tools.protocols.registry import read as read_answer
from cassette_tools.rules import gates
from cassette_tools.rules.registry import RuleSet
from cassette_tools.source import files
from cassette_tools.source.document import Document
from cassette_tools.source.parse import parse

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RULES = {rule.code: rule for method in ("check_cassette", "check_interaction") for rule in RuleSet().rules_with(method)}


def _unasked(data: bytes, name: str) -> list[str]:
    """The codes of rules that would have said something behind a closed gate."""
    document: Document = parse(data, name)
    cassette = read_format(document.root) if document.root is not None else None
    if not isinstance(cassette, Cassette):
        return []
    missed = [
        code
        for code, gate in gates.CASSETTE.items()
        if not gate(cassette, document) and list(RULES[code].check_cassette(cassette, document))
    ]
    for interaction in cassette.interactions:
        transcript = read_answer(interaction)
        missed += [
            code
            for code, gate in gates.INTERACTION.items()
            if not gate(interaction, transcript) and list(RULES[code].check_interaction(interaction, transcript))
        ]
    return missed


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_case_has_something_to_say_behind_a_closed_gate(path: Path) -> None:
    for case in yaml.load(path.read_text(encoding="utf-8"), LOADER):
        data = case["file"] if isinstance(case["file"], bytes) else case["file"].replace("¦", "").encode()
        assert _unasked(data, case.get("name", "recording.yaml")) == [], case


@pytest.mark.corpus
def test_no_recording_has_something_to_say_behind_a_closed_gate(corpus: Path) -> None:
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        assert _unasked(files.read(path), path.name) == [], path
