"""Damage to a file, whatever it records."""

import random
import re
from collections.abc import Iterable

from cassette_tools.source.nodes import Mapping, Scalar, Sequence, find
from tests.corpus.sabotage.recording import Bytes, Recording, line_end, line_start, put, spliced, without


def _pairs(recording: Recording, keys: Iterable[str]) -> list[tuple[Mapping, int]]:
    """The fields of requests and responses of these names, each on lines of its own."""
    found = []
    for answer in recording.answers:
        for message in (answer.interaction.request, answer.interaction.response):
            node = find(recording.root, message.path)
            if isinstance(node, Mapping):
                for number, (key, _) in enumerate(node.pairs):
                    own = recording.text[line_start(recording.text, key.start) : key.start].isspace()
                    if isinstance(key, Scalar) and key.value in keys and own:
                        found.append((node, number))
    return found


_SIMPLE = ("method", "url", "uri", "code", "status", "host", "proto", "http_version", "duration")


def _some_line(recording: Recording, chance: random.Random) -> tuple[int, int] | None:
    """The line of a field whose value is on it."""
    lines = []
    for node, number in _pairs(recording, _SIMPLE):
        key, value = node.pairs[number]
        line = line_start(recording.text, key.start), line_end(recording.text, key.start)
        if isinstance(value, Scalar) and value.end <= line[1]:
            lines.append(line)
    return chance.choice(lines) if lines else None


def conflict(recording: Recording, chance: random.Random) -> Bytes:
    """A merge left both sides of a few lines in the file."""
    lines = recording.text.splitlines(keepends=True)
    start = chance.randrange(1, len(lines) - 1)
    end = min(start + chance.randint(1, 5), len(lines) - 1)
    ours = lines[start:end]
    hunk = ["<<<<<<< HEAD\n", *ours, "=======\n", *ours, ">>>>>>> record-again\n"]
    return "".join([*lines[:start], *hunk, *lines[end:]]).encode()


def cut_file(recording: Recording, chance: random.Random) -> Bytes:
    """The disk was full, or the recorder was killed."""
    return recording.text[: chance.randrange(len(recording.text) // 10, len(recording.text) * 19 // 20)].encode()


def repeat_key(recording: Recording, chance: random.Random) -> Bytes:
    """A line was pasted twice."""
    line = _some_line(recording, chance)
    if line is None:
        return None
    return (recording.text[: line[1]] + recording.text[line[0] :]).encode()


def indent_with_tab(recording: Recording, chance: random.Random) -> Bytes:
    """An editor that knows better indents with a tab."""
    line = _some_line(recording, chance)
    if line is None:
        return None
    return (recording.text[: line[0]] + "\t" + recording.text[line[0] :].lstrip(" ")).encode()


def indent_deeper(recording: Recording, chance: random.Random) -> Bytes:
    """A line was moved by one column."""
    line = _some_line(recording, chance)
    return (recording.text[: line[0]] + " " + recording.text[line[0] :]).encode() if line else None


def save_as_latin_1(recording: Recording, chance: random.Random) -> Bytes:
    """A letter with an accent was typed into an editor that does not write UTF-8."""
    letters = [match.start() for match in re.finditer("[aeiou]", recording.text)]
    place = chance.choice(letters)
    return recording.text[:place].encode() + b"\xe9" + recording.text[place + 1 :].encode()


def add_unknown_key(recording: Recording, _chance: random.Random) -> Bytes:
    """A note beside the interactions, where the format has none."""
    if not isinstance(recording.root, Mapping):
        return None
    last = recording.root.pairs[-1][0].start
    return spliced(recording.text, [(last, last, "recorded_by: me\n")]).encode()


def lose_url(recording: Recording, chance: random.Random) -> Bytes:
    """The line with the URL was deleted."""
    found = _pairs(recording, ("url", "uri"))
    return without(recording, *chance.choice(found)) if found else None


def quote_code(recording: Recording, chance: random.Random) -> Bytes:
    """The status code became text."""
    response = chance.choice(recording.answers).interaction.response
    file = put(recording, response.paths["code"], f"'{response.code}'") if "code" in response.paths else None
    return file.encode() if file else None


def renumber(recording: Recording, chance: random.Random) -> Bytes:
    """An interaction has another number than its position."""
    interaction = chance.choice(recording.answers).interaction
    if interaction.recorded_id is None:
        return None
    file = put(recording, (*interaction.path, "id"), str(interaction.recorded_id + chance.randint(1, 3)))
    return file.encode() if file else None


def delete_interaction(recording: Recording, chance: random.Random) -> Bytes:
    """An interaction that is not the last was deleted, and the others keep their numbers."""
    numbered = recording.answers[0].interaction.recorded_id is not None
    nodes = find(recording.root, recording.answers[0].interaction.path[:-1])
    if not numbered or len(recording.answers) < 2 or not isinstance(nodes, Sequence):
        return None
    number = chance.randrange(len(nodes.items) - 1)
    return spliced(recording.text, [(nodes.items[number].start, nodes.items[number + 1].start, "")]).encode()


def other_version(recording: Recording, _chance: random.Random) -> Bytes:
    """The recorder was exchanged for one of another release by hand."""
    if recording.cassette.format_name != "go-vcr":
        return None
    file = put(recording, ("version",), "3")
    return file.encode() if file else None
