"""Damage that is done to healthy recordings is found, and by the rule that is meant for it."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cassette_tools.finding import Severity
from cassette_tools.lint.engine import lint_bytes
from cassette_tools.rules.registry import all_rules
from tests.corpus.sabotage import files, messages, streams
from tests.corpus.sabotage.recording import Recording, Streams, rewritten

pytestmark = pytest.mark.corpus

RECORDINGS = 200
MOST = 50
"""Recordings, of those that have what it damages, that one kind of damage is done to: others for each kind."""
SEED = 20_261_124
SHARE = 0.97
"""Of all damage, what has to be found."""


class Damage(NamedTuple):
    """A kind of damage, and what is expected of the linter."""

    name: str
    rules: str
    """The codes of the rules that are meant for it: one of them has to report it, as a warning or an error."""
    do: Callable[[Recording, random.Random], bytes | None]
    least: float = 1.0
    """The share that has to be found."""
    on: int = 20
    """The number of recordings that it has to have been done to."""


def _damages(others: Streams) -> tuple[Damage, ...]:
    """What is done, and where that makes a difference.

    A fragment of text that is lost, repeated or moved in the middle of an answer leaves no trace in protocols that
    neither number events nor repeat the whole (chat completions, Anthropic, Gemini). So events are lost, swapped and
    repeated where there is one: Responses' numbers, the edges of Anthropic's blocks, arguments of tools that are no
    JSON without the fragment.
    """
    return (
        Damage("merge conflict", "CT102", files.conflict),
        # A cut between two interactions, or behind all that a recording must have, leaves a sound file.
        Damage("file cut", "CT101 CT105 CT107 CT201 CT204 CT205 CT301 CT303 CT306 CT401", files.cut_file, 0.9),
        Damage("line pasted twice", "CT103", files.repeat_key),
        Damage("line indented with a tab", "CT101", files.indent_with_tab),
        Damage("line indented deeper", "CT101", files.indent_deeper),
        Damage("saved as Latin-1", "CT101", files.save_as_latin_1),
        Damage("unknown key", "CT107", files.add_unknown_key),
        Damage("URL deleted", "CT107", files.lose_url),
        Damage("status code as text", "CT107", files.quote_code),
        Damage("interaction renumbered", "CT109", files.renumber),
        Damage("interaction deleted", "CT109", files.delete_interaction),
        Damage("other version", "CT106", files.other_version),
        Damage("length changed", "CT201", messages.other_length),
        Damage("prompt edited", "CT201", messages.edit_prompt),
        Damage("status line changed", "CT202", messages.other_status_line),
        Damage("URL without scheme", "CT203", messages.lose_scheme),
        Damage("JSON cut", "CT204", messages.cut_json),
        Damage("JSON broken", "CT204", messages.break_json),
        Damage("placeholder without quotes", "CT204", messages.placeholder_without_quotes),
        Damage("gzip without its header", "CT205", messages.lose_gzip_header),
        Damage("header of gzip over text", "CT205", messages.claim_gzip),
        # JSON behind more than 64 blanks is taken for the stream that the header says it is: CT302 and CT401 then.
        Damage("type of another answer", "CT207", messages.other_type, 0.95),
        Damage("a proxy's page", "CT204 CT207", messages.page_of_proxy),
        Damage("error under 200", "CT209", messages.error_under_success),
        # In compressed bodies, the rule looks only for what is usual in text: not for the blocks of progress bars.
        Damage("decoded wrongly", "CT211", messages.decode_twice, 0.9),
        Damage("stream without content", "CT212", streams.empty_stream),
        Damage("last blank line deleted", "CT301", streams.lose_last_blank_line),
        Damage("|+ became |", "CT301", streams.lose_keep),
        # A stream whose first event is no JSON any more is of no protocol that is known, unless its URL says so, and
        # then no event or line is checked. This is what the next ones with less than all come from, too.
        Damage("block folded", "CT212 CT301 CT303", streams.fold, 0.95),
        Damage("data indented", "CT302", streams.indent_data),
        Damage("data misspelt", "CT302", streams.misspell_data),
        Damage("JSON of an event broken", "CT303 CT307", streams.break_event, 0.95),
        Damage("two events joined", "CT303", streams.join_events),
        Damage("bit flipped (Amazon)", "CT306", streams.flip_bit, on=15),
        Damage("cut within an event", "CT301 CT306 CT307", streams.cut_inside, 0.95),
        Damage("tail cut", "CT401", streams.cut_tail),
        Damage("last event cut", "CT401", streams.lose_terminator),
        Damage("other answer appended", "CT402 CT406", streams.append_other(others)),
        Damage("finish reason lost", "CT401 CT403", streams.lose_finish_reason),
        Damage("edge of a block lost", "CT404", streams.lose_block_edge),
        Damage("numbered event lost", "CT405 CT409", streams.lose_numbered_event),
        Damage("two events swapped", "CT402 CT404 CT405", streams.swap),
        # When the first event of a Responses stream comes twice, its numbers are no longer believed.
        Damage("event repeated", "CT402 CT404 CT405 CT406", streams.repeat_event, 0.9),
        Damage("number of an event changed", "CT405", streams.other_number),
        Damage("other answer mixed in", "CT406", streams.mix_in(others)),
        Damage("fragment of arguments lost", "CT407", streams.lose_argument_fragment),
        Damage("arguments cut in a stream", "CT407 CT409", streams.cut_argument_fragment),
        Damage("arguments cut", "CT407", messages.cut_arguments),
        Damage("stream ends in an error", "CT408", streams.end_in_error),
        Damage("fragment redacted, sum not", "CT409", streams.redact_fragment),
        Damage("call renamed in the sum", "CT409", streams.rename_call, on=5),
        Damage("item lost from the sum", "CT409", streams.lose_item, on=10),
        Damage("stream flag flipped", "CT410", messages.flip_stream_flag),
        Damage("usage lost", "CT501", streams.lose_usage, 0.9),
        Damage("usage changed", "CT502", streams.other_total, 0.9),
    )


_LATER = {"CT501", "CT502"}
"""Rules that are still to be written: until then, what is theirs alone is shown in the table and not asserted."""

_QUOTAS: tuple[tuple[int, Callable[[Recording], bool]], ...] = (
    (25, lambda it: any(answer.framing == "aws-event-stream" for answer in it.answers)),
    (12, lambda it: any(answer.framing == "ndjson" for answer in it.answers)),
    (20, lambda it: any(messages.is_gzip(answer) for answer in it.answers)),
    (22, lambda it: _streams(it, "openai-responses")),
    (22, lambda it: _streams(it, "anthropic-messages")),
    (20, lambda it: _streams(it, "gemini")),
    (32, lambda it: _streams(it, "openai-chat") and any(answer.has_calls for answer in it.answers)),
    (22, lambda it: any(messages.has_arguments(answer) for answer in it.answers)),
    (8, lambda it: it.cassette.schema == "go-vcr-v1"),
    (10, lambda it: it.cassette.schema == "go-vcr-v2" and _plain(it)),
    (8, lambda it: it.cassette.schema == "vcrpy-v1" and _plain(it)),
    (10, lambda it: it.cassette.schema == "ruby-vcr" and _plain(it)),
    (6, lambda it: it.cassette.schema == "ruby-vcr" and not _plain(it)),
)
"""What has to be among the recordings, and how many of each where the corpus has them."""


def _streams(recording: Recording, protocol: str) -> bool:
    return any(answer.framing and answer.protocol == protocol for answer in recording.answers)


def _plain(recording: Recording) -> bool:
    return not any(answer.framing for answer in recording.answers)


def _codes(data: bytes) -> set[str]:
    """The rules that report something as a warning or worse."""
    findings = lint_bytes(data, "recording.yaml", named=True).findings
    return {finding.code for finding in findings if finding.severity >= Severity.WARNING}


@pytest.fixture(scope="module")
def recordings(corpus: Path) -> list[Recording]:
    """Healthy recordings, the same ones each time."""
    paths = sorted(path for path in corpus.rglob("*.y*ml") if path.is_file())
    random.Random(SEED).shuffle(paths)
    chosen: list[Recording] = []
    others: list[Recording] = []
    left = [quota for quota, _ in _QUOTAS]
    for path in paths:
        recording = Recording.of(path.relative_to(corpus).as_posix(), path.read_bytes())
        if recording is None or not recording.answers:
            continue
        wanted = [n for n, (_, has) in enumerate(_QUOTAS) if left[n] and has(recording)]
        if not wanted and len(others) >= RECORDINGS:
            continue
        if _codes(recording.text.encode()):
            continue
        (chosen if wanted else others).append(recording)
        for number in wanted:
            left[number] -= 1
    return [*chosen, *others][:RECORDINGS]


class Row(NamedTuple):
    """What became of one kind of damage."""

    damage: Damage
    applied: int
    missed: list[str]
    """The names of the recordings in which it was not found."""

    @property
    def share(self) -> float:
        return 1 - len(self.missed) / self.applied if self.applied else 0.0


@pytest.fixture(scope="module")
def rows(recordings: list[Recording]) -> list[Row]:
    """Every kind of damage, done to recordings that have what it damages."""
    others: Streams = {}
    for recording in recordings:
        for stream in streams.streams(recording):
            others.setdefault(stream.protocol, []).append(stream.pieces)
    found = []
    for damage in _damages(others):
        applied, missed = 0, []
        order = recordings[:]
        random.Random(f"{SEED} {damage.name}").shuffle(order)
        for recording in order:
            if applied == MOST:
                break
            damaged = damage.do(recording, random.Random(f"{SEED} {damage.name} {recording.name}"))
            if damaged is not None and damaged != recording.text.encode():
                applied += 1
                if _codes(damaged).isdisjoint(damage.rules.split()):
                    missed.append(recording.name)
        found.append(Row(damage, applied, missed))
    return found


def _known(damage: Damage) -> bool:
    return not {rule.code for rule in all_rules()}.isdisjoint(damage.rules.split())


def _table(rows: list[Row]) -> str:
    lines = [f"{'damage':<30} {'done':>5} {'found':>5} {'share':>7}  rules"]
    for row in rows:
        found, share = str(row.applied - len(row.missed)), f"{row.share:.1%}"
        if not _known(row.damage):
            found, share = "-", "rule not there"
        lines.append(f"{row.damage.name:<30} {row.applied:>5} {found:>5} {share:>7}  {row.damage.rules}")
    return "\n".join(lines)


def test_the_recordings_are_of_every_format_streamed_and_plain(recordings: list[Recording]) -> None:
    assert len(recordings) == RECORDINGS
    kinds = Counter((it.cassette.schema, _plain(it)) for it in recordings)
    for schema in ("go-vcr-v2", "vcrpy-v1", "ruby-vcr"):
        assert kinds[schema, False] >= 5, kinds
        assert kinds[schema, True] >= 5, kinds
    assert kinds["go-vcr-v1", True] >= 5, kinds  # of its time: none of these has a stream


def test_bodies_that_are_written_anew_undamaged_give_no_finding(recordings: list[Recording]) -> None:
    for recording in recordings:
        data = rewritten(recording)
        again = Recording.of(recording.name, data)
        assert again is not None, recording.name
        for before, after in zip(recording.answers, again.answers, strict=True):
            assert after.interaction.request.body.data == before.interaction.request.body.data, recording.name
            assert after.interaction.response.body.data == before.interaction.response.body.data, recording.name
        assert not _codes(data), recording.name


def test_damage_is_found_by_the_rule_meant_for_it(
    rows: list[Row], record_property: Callable[[str, object], None]
) -> None:
    counted = [row for row in rows if _known(row.damage)]
    done, missed = sum(row.applied for row in counted), sum(len(row.missed) for row in counted)
    share = 1 - missed / done
    table = f"{_table(rows)}\n{'all':<30} {done:>5} {done - missed:>5} {share:>7.1%}"
    record_property("table", table)
    codes = {code for row in rows for code in row.damage.rules.split()}
    assert codes - {rule.code for rule in all_rules()} <= _LATER
    for row in rows:
        assert row.applied >= row.damage.on, table
    for row in counted:
        assert row.share >= row.damage.least, f"{row.damage.name}: not in {row.missed}\n{table}"
    assert share >= SHARE, table
