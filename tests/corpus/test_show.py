"""Real recordings, shown in every way: nothing in them stops it, acts on a terminal, or is a secret."""

import re
from pathlib import Path

import jsonschema
import pytest

from cassette_tools import schemas
from cassette_tools.loading import LoadError, load
from cassette_tools.operations.show import show
from cassette_tools.report import show_json
from cassette_tools.report.client import AS
from cassette_tools.report.show import What, Writer
from cassette_tools.secrets.hidden import Hidden

pytestmark = pytest.mark.corpus

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_EVERY = 7
"""One file in so many is shown: all of them take a minute."""


class _Noted(Hidden):
    """Notes what it has found."""

    @property
    def values(self) -> set[str]:
        return {value for value in self._values if len(value) >= 4}


def test_every_recording_can_be_shown_and_nothing_that_must_not_be(corpus: Path) -> None:
    definitions = schemas.load("show-report-v1")["$defs"]
    validator = jsonschema.Draft202012Validator({**definitions["interaction"], "$defs": definitions})
    number = 0
    for path in sorted(path for path in corpus.rglob("*") if path.is_file())[::_EVERY]:
        try:
            cassette = load(str(path))
        except LoadError:
            continue
        hidden = _Noted()
        writer = Writer(hidden.mask, colour=False, width=100)
        text = [writer.table(show(cassette, lambda _: True, hidden, full=False))]
        for what in (What(), What(headers=True, raw=True), What(events=True)):
            for one in show(cassette, lambda _: True, hidden, full=True):
                text += writer.interaction(one, what)
                validator.validate(show_json.interaction(one, what, hidden.mask))
        text += [write(interaction, hidden.mask) for interaction in cassette.interactions for write in AS.values()]
        whole = "\n".join(text)
        assert _UNSAFE.search(whole) is None, path
        assert [len(value) for value in hidden.values if value in whole] == [], path
        number += 1
    assert number > 100
