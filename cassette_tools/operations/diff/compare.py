"""Two recordings, interaction by interaction."""

from collections.abc import Iterator

from cassette_tools.finding import Severity
from cassette_tools.model import Cassette, Interaction
from cassette_tools.operations.diff import requests, responses
from cassette_tools.operations.diff.align import align
from cassette_tools.operations.diff.difference import CassetteDiff, Change, Compared, Difference, Verdict
from cassette_tools.operations.diff.ids import NONE, Ids, Names
from cassette_tools.protocols import registry

_MOVED = Difference("order", "moved", Severity.WARNING, Verdict.BEHAVIOUR, "request", (), None, None)

_ASKED = ("parameters", "tools", "messages")
_OF_FORM = ("shape", "body", "order")
"""What an answer that repeats what it was asked for, as OpenAI's Responses do, has of that."""


def diff(before: Cassette, after: Cassette, names: Names = NONE) -> CassetteDiff:
    """What two recordings say differently.

    Args:
        before: A recording.
        after: The one that took its place.
        names: What is new in every recording, besides what the protocols name.
    """
    ids = Ids(names)
    found = []
    for match in align(before.interactions, after.interactions, names):
        one = None if match.before is None else before.interactions[match.before]
        other = None if match.after is None else after.interactions[match.after]
        shown = other or one
        assert shown is not None  # noqa: S101 - one of them is there
        if one is not None and other is not None:
            differences = [*([_MOVED] if match.moved else []), *_interactions(one, other, ids)]
        else:
            differences = [_alone("removed" if other is None else "added", shown)]
        found.append(Compared(match.before, match.after, shown.request.method, shown.request.url, tuple(differences)))
    return CassetteDiff(tuple(found))


def _alone(change: Change, interaction: Interaction) -> Difference:
    request = f"{interaction.request.method} {interaction.request.url}"
    sides = (request, None) if change == "removed" else (None, request)
    return Difference("interaction", change, Severity.WARNING, Verdict.BEHAVIOUR, "request", (), *sides)


def _interactions(before: Interaction, after: Interaction, ids: Ids) -> Iterator[Difference]:
    same_answer = (
        before.response.body.reads_as(after.response.body) and before.response.media_type == after.response.media_type
    )
    if same_answer:
        ids.remain(after.response.body.text)
    transcripts = (None, None) if same_answer else (registry.read(before), registry.read(after))
    protocol = next((side.protocol.name for side in transcripts if side and side.protocol), "")
    # The answers first: the ids that they make up come back in later requests, and never in their own.
    answers = list(responses.compare(before.response, after.response, transcripts, ids))
    asked = list(requests.compare(before.request, after.request, protocol, ids))
    yield from asked
    told = {one.path[0] for one in asked if one.path and one.kind in _ASKED}
    for one in answers:
        is_repeated = one.kind in _OF_FORM and one.path and one.path[0] in told
        yield one._replace(kind="volatile", severity=Severity.INFO, verdict=Verdict.VOLATILE) if is_repeated else one
