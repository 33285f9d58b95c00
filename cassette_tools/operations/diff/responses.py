"""What two answers say differently: by what they mean, where a protocol tells, and by their JSON otherwise."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from cassette_tools.finding import Severity
from cassette_tools.model import Path, Response
from cassette_tools.operations.diff.difference import Change, Difference, Kind, Verdict
from cassette_tools.operations.diff.ids import Call, Ids, paired
from cassette_tools.operations.diff.json_diff import Elsewhere, Step, differences, increasing, same, whole
from cassette_tools.operations.diff.native import ABOUT, is_read, is_silent_thought, rest
from cassette_tools.operations.diff.requests import step_values
from cassette_tools.operations.media import described
from cassette_tools.protocols import volatile
from cassette_tools.protocols.base import Kind as Irregular
from cassette_tools.protocols.message import Choice, Message, ToolCall
from cassette_tools.protocols.registry import Transcript

_CUT = (Irregular.CUT, Irregular.NO_TERMINATOR, Irregular.UNFINISHED)
_DAMAGED = {
    Irregular.NOT_JSON: "an event is no JSON",
    Irregular.SEQUENCE_GAP: "an event is missing",
    Irregular.BLOCK_ORDER: "its events are out of order",
    Irregular.MIXED: "it has events of two answers",
}
_IDS = (("toolCall", "id"), ("toolResponse", "id"))
"""Where Gemini has ids of its own tools' calls, which are short."""
_BESIDE = {"usage", "model", "volatile"}
"""What differs without that what the message says does."""
_WORDING = ("text", "reasoning", "citations")
_TRANSCRIPT = ("text", "segments", "words")
"""What was said in a sound, and when."""
_PART = 64
"""Characters of a text that are no coincidence, where it begins as another one does."""
_EMPTY = Message("", "", (), None, (), {})


def compare(
    before: Response, after: Response, transcripts: tuple[Transcript | None, Transcript | None], ids: Ids
) -> Iterator[Difference]:
    """Where two answers differ.

    Args:
        before: An answer.
        after: The one that was recorded in its place.
        transcripts: What reading the two gave.
        ids: The ids that stand for each other in the two recordings.
    """
    yield from _status(before, after)
    yield from _headers(before, after)
    if before.body.reads_as(after.body) and before.media_type == after.media_type:
        return
    found = list(_read(before, after, transcripts, ids))
    yield from found
    if not found and _differs(before, after):
        # Nobody reads what differs, such as the times of the chunks of a stream.
        yield _volatile("changed", ("body",), None, None)


def _read(
    before: Response, after: Response, transcripts: tuple[Transcript | None, Transcript | None], ids: Ids
) -> Iterator[Difference]:
    one, other = transcripts
    lost = _lost(before, after, other)
    if lost:
        yield _difference("truncation", "added", (), None, lost, Severity.ERROR, Verdict.BROKEN)
        return
    if one is not None and other is not None:
        yield from _streams(one, other)
    said, says = (side.message if side is not None else None for side in transcripts)
    if said is None and says is None:
        yield from _bodies(before, after, ids)
    elif said is None or says is None:
        found = [*_failure(before, after), *_messages(said or _EMPTY, says or _EMPTY, ids)]
        yield from found or _bodies(before, after, ids)
    elif one is not None and other is not None:
        found = list(_messages(said, says, ids))
        yield from found
        yield from _native((one, other), {difference.kind for difference in found}, ids)


def _differs(before: Response, after: Response) -> bool:
    """Whether two bodies say another thing, and not the same in another spelling."""
    one, other = _value(before), _value(after)
    if one is None or other is None:
        return before.body.data != after.body.data
    return not same(one, other)


def _lost(before: Response, after: Response, transcript: Transcript | None) -> str:
    """How an answer came to be none, or half of one; empty where it did not."""
    if not before.body.raw or before.code != after.code:
        return ""
    if not after.body.data:
        return "the answer is empty" if before.body.data else ""
    if transcript is not None or not isinstance(_value(before), dict | list):
        return ""
    error = after.body.json_error()
    return f"the answer is no JSON any more: {error.message}" if error else ""


def _difference(
    kind: Kind,
    change: Change,
    path: Path,
    before: Any,
    after: Any,
    severity: Severity = Severity.WARNING,
    verdict: Verdict = Verdict.BEHAVIOUR,
) -> Difference:
    return Difference(kind, change, severity, verdict, "response", path, before, after)


def _volatile(change: Change, path: Path, before: Any, after: Any) -> Difference:
    return _difference("volatile", change, path, before, after, Severity.INFO, Verdict.VOLATILE)


def _status(before: Response, after: Response) -> Iterator[Difference]:
    if before.code != after.code:
        is_lost = before.successful and not after.successful
        severity, verdict = (Severity.ERROR, Verdict.BROKEN) if is_lost else (Severity.WARNING, Verdict.BEHAVIOUR)
        yield _difference("status", "changed", (), before.code, after.code, severity, verdict)


def _headers(before: Response, after: Response) -> Iterator[Difference]:
    if before.media_type != after.media_type:
        yield _difference("content-type", "changed", (), before.media_type, after.media_type)
    one, other = ({header.name.lower(): header.value for header in side.headers} for side in (before, after))
    for name in sorted(one.keys() | other.keys()):
        if name != "content-type" and one.get(name) != other.get(name):
            change: Change = "added" if name not in one else "removed" if name not in other else "changed"
            yield _volatile(change, (name,), one.get(name), other.get(name))


# --- streams --------------------------------------------------------------------------------------------------------


def _streams(before: Transcript, after: Transcript) -> Iterator[Difference]:
    if before.event_count != after.event_count and before.framing and after.framing:
        counts = (before.event_count, after.event_count)
        yield _difference("fragments", "changed", (), *counts, Severity.INFO, Verdict.VOLATILE)
    if bool(before.framing) != bool(after.framing):
        one, other = ("a stream" if side.framing else "one answer" for side in (before, after))
        yield _difference("content-type", "changed", (), one, other)
    was_cut, is_cut = (
        any(noted.kind in _CUT for noted in side.irregularities) or (side.message is None and side.tail is not None)
        for side in (before, after)
    )
    if is_cut and not was_cut:
        yield _difference("truncation", "added", (), None, "the answer is cut", Severity.ERROR, Verdict.BROKEN)
    elif was_cut and not is_cut:
        yield _difference("truncation", "removed", (), "the answer was cut", None, Severity.INFO)
    was_damaged, is_damaged = ({noted.kind for noted in side.irregularities} for side in (before, after))
    if Irregular.SEQUENCE_GAP in was_damaged ^ is_damaged and _untold(before) == _untold(after):
        # What is missing, or numbered in another way, was no part of a text.
        was_damaged, is_damaged = (kinds - {Irregular.SEQUENCE_GAP} for kinds in (was_damaged, is_damaged))
    for sort in filter((is_damaged - was_damaged).__contains__, _DAMAGED):
        yield _difference("truncation", "added", (), None, _DAMAGED[sort], Severity.ERROR, Verdict.BROKEN)
    for sort in filter((was_damaged - is_damaged).__contains__, _DAMAGED):
        yield _difference("truncation", "removed", (), _DAMAGED[sort], None, Severity.INFO)
    contradictions, more = ({_place(noted.detail): noted.detail for noted in side.irregularities
                             if noted.kind is Irregular.SNAPSHOT} for side in (before, after))  # fmt: skip
    for place in sorted(more.keys() - contradictions.keys()):
        # Some clients read the fragments, others what the provider says that they add up to.
        yield _difference(
            _about(place), "added", (), None, f"not what it is put together from: {more[place]}",
            Severity.ERROR, Verdict.BROKEN,
        )  # fmt: skip
    for place in sorted(contradictions.keys() - more.keys()):
        yield _difference(
            _about(place), "removed", (), f"not what it was put together from: {contradictions[place]}", None,
            Severity.INFO,
        )  # fmt: skip


def _untold(side: Transcript) -> int:
    """How many texts of a stream of Responses are not what their fragments add up to, or have none."""
    return sum(
        origin.event is not None and origin.path != ("delta",)
        for choice in (side.message.choices if side.message is not None else ())
        for text in (choice.text, choice.reasoning, choice.refusal, *(call.arguments for call in choice.tool_calls))
        for origin in text.origins(0, len(text.text))
    )


def _place(detail: str) -> str:
    return detail.partition(":")[0]


def _about(place: str) -> Kind:
    return "text" if " content " in f"{place} " else "reasoning" if " summary " in f"{place} " else "arguments"


# --- messages -------------------------------------------------------------------------------------------------------


def _messages(before: Message, after: Message, ids: Ids) -> Iterator[Difference]:
    if before.model != after.model:
        yield _difference("model", "changed", (), before.model, after.model)
    for number, (error, new_error) in enumerate(zip_longest(before.errors, after.errors)):
        if error != new_error:
            yield _error(error, new_error, (number,) if max(len(before.errors), len(after.errors)) > 1 else ())
    for step in differences(before.usage, after.usage):
        yield _usage(step)
    choices = {choice.number: choice for choice in before.choices}
    later = {choice.number: choice for choice in after.choices}
    for number in sorted(choices.keys() | later.keys()):
        one, other = choices.get(number), later.get(number)
        path: Path = (number,) if len(choices) > 1 or len(later) > 1 else ()
        if one is not None and other is not None:
            yield from _choices(one, other, path, ids)
        elif one is not None:
            yield _difference("text", "removed", path, one.text.text, None, Severity.ERROR, Verdict.BROKEN)
            yield from _calls(one.tool_calls, (), path, ids)
        elif other is not None:
            yield _difference("text", "added", path, None, other.text.text)
            yield from _calls((), other.tool_calls, path, ids)


def _error(before: Any, after: Any, path: Path) -> Difference:
    if before is None:
        return _difference("error", "added", path, None, after, Severity.ERROR, Verdict.BROKEN)
    if after is not None and _without_ids(before) == _without_ids(after):
        return _volatile("changed", ("error", *path), before, after)
    return _difference("error", "removed" if after is None else "changed", path, before, after)


def _without_ids(error: Any) -> str:
    return volatile.without_ids(error if isinstance(error, str) else json.dumps(error, sort_keys=True))


def _usage(step: Step) -> Difference:
    if step.change == "changed":
        return _difference("usage", *step_values(step), Severity.INFO, Verdict.VOLATILE)
    if step.change == "type" and None in (step.before, step.after):
        step = step._replace(change="added" if step.before is None else "removed")
    return _shape(step)._replace(kind="usage")


def _choices(before: Choice, after: Choice, path: Path, ids: Ids) -> Iterator[Difference]:
    if before.role != after.role:
        yield _difference("role", "changed", path, before.role, after.role)
    texts: tuple[tuple[Kind, str, str], ...] = (
        ("text", before.text.text, after.text.text),
        ("reasoning", before.reasoning.text, after.reasoning.text),
        ("refusal", before.refusal.text, after.refusal.text),
    )
    for name, one, other in texts:
        if one != other:
            change: Change = "added" if not one else "removed" if not other else "changed"
            severity, verdict = _judge(name, change, before, after)
            yield _difference(name, change, path, one or None, other or None, severity, verdict)
    yield from _calls(before.tool_calls, after.tool_calls, path, ids)
    if before.finish_reason != after.finish_reason:
        is_cut = not after.finish_reason
        severity, verdict = (Severity.ERROR, Verdict.BROKEN) if is_cut else (Severity.WARNING, Verdict.BEHAVIOUR)
        yield _difference(
            "finish-reason", "changed", path, before.finish_reason, after.finish_reason, severity, verdict
        )
    for step in differences(list(before.citations), list(after.citations), path):
        if step.change == "changed" and _is_volatile(step, "", ids):
            yield _volatile(*step_values(step))
        else:
            yield _difference("citations", *step_values(step), Severity.INFO, Verdict.WORDING)
    if before.media != after.media:
        lists = [[described(media, identified=True) for media in side.media] for side in (before, after)]
        yield _difference("media", "changed", path, lists[0], lists[1], Severity.INFO, Verdict.WORDING)


def _judge(name: Kind, change: Change, before: Choice, after: Choice) -> tuple[Severity, Verdict]:
    """What it comes to that a text came, went or changed: beside calls a model may say something, or nothing."""
    if name == "refusal":
        return Severity.WARNING, Verdict.BEHAVIOUR
    if name == "text" and change == "removed" and not (after.tool_calls or after.refusal or after.media):
        return Severity.ERROR, Verdict.BROKEN
    if name == "text" and change == "added" and not (before.tool_calls or before.refusal or before.media):
        return Severity.WARNING, Verdict.BEHAVIOUR
    return Severity.INFO, Verdict.WORDING


def _calls(before: tuple[ToolCall, ...], after: tuple[ToolCall, ...], path: Path, ids: Ids) -> Iterator[Difference]:
    calls = [[Call(call.id, call.name, _written(call)) for call in side] for side in (before, after)]
    matches = list(paired(calls[0], calls[1]))
    kept = increasing(sorted((one, other) for one, other in matches if one is not None and other is not None))
    for one, other in matches:
        if other is not None:
            place: Path = (*path, "tool_calls", other)
            if one is None:
                yield _difference("tool-call", "added", place, None, _words(after[other]))
                continue
            if (one, other) not in kept:
                yield _difference("tool-call", "moved", place, _words(before[one]), _words(after[other]))
            yield from _call(before[one], after[other], place, ids)
        elif one is not None:
            lost = _words(before[one])
            place = (*path, "tool_calls", one)
            yield _difference("tool-call", "removed", place, lost, None, Severity.ERROR, Verdict.BROKEN)


def _written(call: ToolCall) -> str:
    """The arguments of a call in one spelling."""
    return call.arguments.text if call.parsed is None else json.dumps(call.parsed, sort_keys=True)


def _words(call: ToolCall) -> dict[str, Any]:
    return {"name": call.name, "arguments": call.arguments.text if call.parsed is None else call.parsed}


def _call(before: ToolCall, after: ToolCall, path: Path, ids: Ids) -> Iterator[Difference]:
    ids.learn(before.id, after.id)
    if before.id and not after.id:
        yield _difference("shape", "removed", (*path, "id"), before.id, None)
    elif before.id != after.id:
        yield _volatile("changed", (*path, "id"), before.id, after.id)
    if before.arguments.text == after.arguments.text:
        return
    one, other = before.parsed, after.parsed
    if one is None or other is None:
        broken = other is None and one is not None
        severity, verdict = (Severity.ERROR, Verdict.BROKEN) if broken else (Severity.WARNING, Verdict.BEHAVIOUR)
        texts = (before.arguments.text, after.arguments.text)
        yield _difference("arguments", "changed", (*path, after.name), *texts, severity, verdict)
        return
    for step in differences(one, other, (*path, after.name)):
        severity = Severity.ERROR if step.change == "type" else Severity.WARNING
        yield _difference("arguments", *step_values(step), severity)


# --- the rest of an answer -----------------------------------------------------------------------------------------


def _native(sides: tuple[Transcript, Transcript], told: set[Kind], ids: Ids) -> Iterator[Difference]:
    """What the provider's own form of two answers has besides their messages.

    Args:
        sides: What reading the two gave.
        told: What of the messages differs: a field that repeats it says nothing more.
        ids: The ids that stand for each other in the two recordings.
    """
    protocol = sides[1].protocol.name if sides[1].protocol is not None else ""
    natives = [side.message.native if side.message is not None else {} for side in sides]
    shared = {key for key, value in natives[0].items() if key in natives[1] and same(value, natives[1][key])}
    before, after = (
        rest(side.message or _EMPTY, side.protocol, streamed=bool(side.framing), but=shared) for side in sides
    )
    repeated = {"reasoning_details"} if all(map(_has_reasoning, sides)) else set()
    for step in differences(before, after):
        difference = _own(step, told, protocol, ids)
        if difference is not None and repeated.intersection(step.path) and difference.verdict < Verdict.BROKEN:
            difference = _volatile(*step_values(step))
        if difference is not None:
            values = whole(difference.before), whole(difference.after)
            yield difference._replace(before=values[0], after=values[1])


def _has_reasoning(side: Transcript) -> bool:
    return side.message is not None and any(choice.reasoning for choice in side.message.choices)


def _own(step: Step, told: set[Kind], protocol: str, ids: Ids) -> Difference | None:
    """What a difference is that is not one of the message; None where it is one after all."""
    sorts = type(step.before), type(step.after)
    if Elsewhere in sorts and (step.change == "changed" or type(None) in sorts) and told - _BESIDE:
        return None  # the message says it
    value = step.before if step.change == "removed" else step.after
    if step.change in ("added", "removed") and is_read(value):
        return None if told else _volatile(*step_values(step))
    if _is_known(step, protocol, ids):
        return _volatile(*step_values(step))
    names = [part for part in step.path if isinstance(part, str)]
    name = next((name for name in names if name in ABOUT), "")
    if protocol == "openai-media" and names and names[0] in _TRANSCRIPT and step.change != "type":
        return _transcript(step)
    about = ABOUT.get(name)
    if step.change in ("added", "removed") and is_silent_thought(value):
        return _difference("shape", *step_values(step), Severity.INFO, Verdict.VOLATILE)
    if about == "usage":
        return None if about in told else _usage(step)
    if about is not None and about in told:
        return None
    if about in _WORDING and step.change != "type":
        return _difference(about, *step_values(step), Severity.INFO, Verdict.WORDING)
    return _by_form(step)


def _transcript(step: Step) -> Difference:
    if step.path == ("text",) and not step.after:
        return _difference("text", *step_values(step), Severity.ERROR, Verdict.BROKEN)
    if step.change == "changed" and not isinstance(step.after, str):
        return _volatile(*step_values(step))  # when it was said
    return _difference("text", *step_values(step), Severity.INFO, Verdict.WORDING)


def _by_form(step: Step) -> Difference:
    """What the difference of a value is of which nobody knows what it means."""
    if step.change == "moved":
        return _difference("order", *step_values(step))
    if step.change == "changed" or not step.path or isinstance(step.path[-1], int):
        return _difference("body", *step_values(step))
    return _shape(step)


def _is_empty(value: Any) -> bool:
    return value in (None, "", [], {})


def _is_known(step: Step, protocol: str, ids: Ids) -> bool:
    """Whether nothing of an answer but what is new in every recording came, went or changed."""
    if step.change == "moved":
        return False
    if step.change == "type" and None not in (step.before, step.after):
        return False
    if step.change == "changed":
        return _is_volatile(step, protocol, ids, of_answer=True)
    value = step.after if _is_empty(step.before) else step.before
    name = next((part for part in reversed(step.path) if isinstance(part, str)), "")
    return (
        (_is_empty(step.before) and _is_empty(step.after))
        or ids.names.is_volatile(step.path, value, protocol, of_answer=True)
        or volatile.is_id(name, value)
    )


def _is_volatile(step: Step, protocol: str, ids: Ids, *, of_answer: bool = False) -> bool:
    """Whether a value is new in every recording; ids that are so are remembered."""
    name = next((part for part in reversed(step.path) if isinstance(part, str)), "")
    if name != "id" and ids.later(str(step.before)):
        return ids.stand_for_each_other(name, step.before, step.after)
    are_ids = volatile.is_id(name, step.before) and volatile.is_id(name, step.after)
    if are_ids or step.path[-2:] in _IDS:
        ids.learn(str(step.before), str(step.after))
        return True
    return (
        ids.names.is_volatile(step.path, step.after, protocol, of_answer=of_answer)
        or (of_answer and step.path == ("id",))
        or volatile.is_cipher(step.path, step.after)
    )


def _shape(step: Step) -> Difference:
    """What it comes to that a field came, went, or is of another type; null and nothing are the same."""
    if step.change == "added" or (step.change == "type" and step.before is None):
        return _difference("shape", *step_values(step), Severity.INFO, Verdict.VOLATILE)
    if step.change == "removed" or step.after is None:
        if not step.before:
            return _difference("shape", *step_values(step), Severity.INFO, Verdict.VOLATILE)
        return _difference("shape", *step_values(step))
    return _difference("shape", *step_values(step), Severity.ERROR, Verdict.BROKEN)


def _bodies(before: Response, after: Response, ids: Ids) -> Iterator[Difference]:
    """Answers of no known protocol."""
    one, other = _value(before), _value(after)
    if one is None or other is None:
        if before.body.data != after.body.data:
            texts = (before.body.text, after.body.text)
            if len(texts[1]) >= _PART and texts[0].startswith(texts[1]) and len(texts[1]) < len(texts[0]):
                cut = f"the answer is cut after {len(texts[1]):,} characters"
                yield _difference("truncation", "added", (), None, cut, Severity.ERROR, Verdict.BROKEN)
                return
            one, other = texts if texts[0] != texts[1] else (before.body.data, after.body.data)
            yield _difference("body", "changed", (), one, other)
        return
    failed = list(_failure(before, after))
    yield from failed
    for step in differences(one, other):
        if _is_known(step, "", ids):
            yield _volatile(*step_values(step))
        elif not (failed and step.path[:1] == ("error",)):
            yield _by_form(step)


def _failure(before: Response, after: Response) -> Iterator[Difference]:
    """An error where there was none, by the field that all APIs have it in."""
    one, other = (_error_in(_value(side)) for side in (before, after))
    if other and not one:
        yield _error(None, other, ())


def _error_in(value: Any) -> Any:
    return value.get("error") if isinstance(value, dict) else None


def _value(response: Response) -> Any:
    """The JSON of a body; None when it is none, or null."""
    return response.body.json() if response.body.raw else None
