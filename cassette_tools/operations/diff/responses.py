"""What two answers say differently: by what they mean, where a protocol tells, and by their JSON otherwise."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from cassette_tools import strict_json
from cassette_tools.finding import Severity
from cassette_tools.model import Path, Response
from cassette_tools.operations.diff.difference import Change, Difference, Kind, Verdict
from cassette_tools.operations.diff.ids import Ids
from cassette_tools.operations.diff.json_diff import Step, aligned, differences, kind
from cassette_tools.operations.diff.requests import step_values
from cassette_tools.operations.pictures import described
from cassette_tools.protocols import volatile
from cassette_tools.protocols.base import Kind as Irregular
from cassette_tools.protocols.message import Choice, Message, ToolCall
from cassette_tools.protocols.registry import Transcript

_CUT = (Irregular.CUT, Irregular.NO_TERMINATOR, Irregular.UNFINISHED)
_MESSAGE = frozenset(
    (
        *("text", "content", "thinking", "reasoning", "reasoning_content", "reasoning_details", "arguments", "input"),
        *(
            "args",
            "refusal",
            "role",
            "summary",
            "citations",
            "annotations",
            "tool_calls",
            "function_call",
            "output_text",
        ),
        *("message", "delta", "response", "completion", "generation", "generations", "results", "thought", "images"),
        *("logprobs", "top_logprobs", "tokens", "avg_logprobs", "avgLogprobs", "context", "prompt", "citationMetadata"),
        *("groundingMetadata", "search_results", "executed_tools", "files", "type", "index", "parts", "output"),
        *("finish_reason", "stop_reason", "finishReason", "stopReason", "native_finish_reason", "stop_sequence"),
        *("done_reason", "finish_details", "status", "incomplete_details", "completionReason", "token_count", "stop"),
    )
)
"""Fields that a message is read from: they are compared there."""
_USAGE = frozenset(("usage", "usageMetadata", "token_usage", "meta", "metrics", "x_groq", "tokenCounts", "eval_count"))
_USAGE_NAMES = ("prompt_eval_count", "eval_count", "tokens", "billed_units", "inputTextTokenCount", "cost")
_TOLD = _USAGE | {
    "model",
    "modelVersion",
    "model_version",
    "provider",
    "tool_calls",
    "amazon-bedrock-invocationMetrics",
}
"""Fields that are compared with all that is in them."""


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
    if before.body.raw == after.body.raw and before.media_type == after.media_type:
        return
    one, other = transcripts
    if one is not None and other is not None:
        yield from _streams(one, other)
    if one is not None and other is not None and one.message is not None and other.message is not None:
        yield from _messages(one.message, other.message, ids)
        name = other.protocol.name if other.protocol is not None else ""
        yield from _shapes(one.message.native, other.message.native, name, ids)
    else:
        yield from _bodies(before, after, ids)


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
    was_cut, is_cut = (any(noted.kind in _CUT for noted in side.irregularities) for side in (before, after))
    if is_cut and not was_cut:
        yield _difference("truncation", "added", (), None, "the answer is cut", Severity.ERROR, Verdict.BROKEN)
    elif was_cut and not is_cut:
        yield _difference("truncation", "removed", (), "the answer was cut", None, Severity.INFO)


# --- messages -------------------------------------------------------------------------------------------------------


def _messages(before: Message, after: Message, ids: Ids) -> Iterator[Difference]:
    if before.model != after.model:
        yield _difference("model", "changed", (), before.model, after.model)
    if before.id != after.id:
        yield _volatile("changed", ("id",), before.id, after.id)
    for number, (error, new_error) in enumerate(zip_longest(before.errors, after.errors)):
        if error != new_error:
            change: Change = "added" if error is None else "removed" if new_error is None else "changed"
            is_new = error is None
            severity = Severity.ERROR if is_new else Severity.WARNING
            verdict = Verdict.BROKEN if is_new else Verdict.BEHAVIOUR
            yield _difference("error", change, (number,), error, new_error, severity, verdict)
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
        elif other is not None:
            yield _difference("text", "added", path, None, other.text.text)


def _usage(step: Step) -> Difference:
    return _difference("usage", *step_values(step), Severity.INFO, Verdict.VOLATILE)


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
            severity, verdict = (Severity.INFO, Verdict.WORDING)
            if name == "refusal":
                severity, verdict = (Severity.WARNING, Verdict.BEHAVIOUR)
            yield _difference(name, change, path, one or None, other or None, severity, verdict)
    yield from _calls(before.tool_calls, after.tool_calls, path, ids)
    if before.finish_reason != after.finish_reason:
        is_cut = not after.finish_reason
        severity, verdict = (Severity.ERROR, Verdict.BROKEN) if is_cut else (Severity.WARNING, Verdict.BEHAVIOUR)
        yield _difference(
            "finish-reason", "changed", path, before.finish_reason, after.finish_reason, severity, verdict
        )
    for step in differences(list(before.citations), list(after.citations), path):
        if _is_volatile(step, "", ids):
            yield _volatile(*step_values(step))
        else:
            yield _difference("citations", *step_values(step), Severity.INFO, Verdict.WORDING)
    if before.media != after.media:
        lists = [[described(media, identified=True) for media in side.media] for side in (before, after)]
        yield _difference("media", "changed", path, lists[0], lists[1], Severity.INFO, Verdict.WORDING)


def _calls(before: tuple[ToolCall, ...], after: tuple[ToolCall, ...], path: Path, ids: Ids) -> Iterator[Difference]:
    marks = [[f"{call.name}\n{call.arguments.text}" for call in side] for side in (before, after)]

    def alike(one: int, other: int) -> float:
        return 1.0 if before[one].name == after[other].name else 0.0

    matches = list(aligned(marks[0], marks[1], alike))
    left = [one for one, other in matches if one is not None and other is None]
    right = [other for one, other in matches if other is not None and one is None]
    for one, other in matches:
        if one is not None and other is not None:
            yield from _call(before[one], after[other], (*path, "tool_calls", other), ids)
    for other in right:
        # What is there all the same, in another place of the order.
        moved = next((one for one in left if before[one].name == after[other].name), None)
        call = _words(after[other])
        if moved is None:
            yield _difference("tool-call", "added", (*path, "tool_calls", other), None, call)
        else:
            left.remove(moved)
            yield _difference("tool-call", "moved", (*path, "tool_calls", other), _words(before[moved]), call)
            yield from _call(before[moved], after[other], (*path, "tool_calls", other), ids)
    for one in left:
        call = _words(before[one])
        yield _difference(
            "tool-call", "removed", (*path, "tool_calls", one), call, None, Severity.ERROR, Verdict.BROKEN
        )


def _words(call: ToolCall) -> dict[str, Any]:
    return {"name": call.name, "arguments": call.arguments.text if call.parsed is None else call.parsed}


def _call(before: ToolCall, after: ToolCall, path: Path, ids: Ids) -> Iterator[Difference]:
    if before.id != after.id:
        ids.stand_for_each_other("id", before.id, after.id)
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
        yield _difference("arguments", *step_values(step))


# --- the rest of an answer -----------------------------------------------------------------------------------------


def _shapes(before: dict[str, Any], after: dict[str, Any], protocol: str, ids: Ids) -> Iterator[Difference]:
    """What the provider's own form of an answer has besides the message."""
    for step in differences(before, after):
        names = [part for part in step.path if isinstance(part, str)]
        if _is_told(step, names):
            continue
        is_known = (
            any(ids.is_volatile(name, protocol) for name in names)
            or volatile.is_id(names[-1], step.before if step.change == "removed" else step.after)
            or _is_empty(step.before)
            or _is_empty(step.after)
        )
        if (step.change == "changed" and _is_volatile(step, protocol, ids)) or (step.change != "changed" and is_known):
            yield _volatile(*step_values(step))
        elif step.change == "changed":
            yield _difference("body", *step_values(step))
        else:
            yield _shape(step)


def _is_told(step: Step, names: list[str]) -> bool:
    """Whether a difference is one of the message, of its usage, of its model or of its errors."""
    return (
        not isinstance(step.path[-1], str)
        or step.path == ("id",)
        or names[-1] in _MESSAGE
        or bool(_TOLD.intersection(names))
        or names[0] == "error"
        or (names[-1] in _USAGE_NAMES and step.change in ("changed", "type"))
        or _is_within_arguments(names)
    )


def _is_within_arguments(names: list[str]) -> bool:
    return any(name in ("arguments", "input", "args", "citations", "annotations", "logprobs") for name in names[:-1])


def _is_empty(value: Any) -> bool:
    return value in ("", [], {})


def _is_volatile(step: Step, protocol: str, ids: Ids) -> bool:
    name = next((part for part in reversed(step.path) if isinstance(part, str)), "")
    return (
        any(ids.is_volatile(part, protocol) for part in step.path if isinstance(part, str))
        or (volatile.is_id(name, step.before) and volatile.is_id(name, step.after))
        or volatile.is_cipher(step.path, step.after)
    )


def _shape(step: Step) -> Difference:
    if step.change == "added":
        return _difference("shape", *step_values(step), Severity.INFO, Verdict.VOLATILE)
    if step.change == "removed":
        return _difference("shape", *step_values(step))
    kinds = (kind(step.before), kind(step.after))
    if "null" in kinds:
        return _difference("shape", *step_values(step), Severity.INFO, Verdict.VOLATILE)
    return _difference("shape", *step_values(step), Severity.ERROR, Verdict.BROKEN)


def _bodies(before: Response, after: Response, ids: Ids) -> Iterator[Difference]:
    """Answers of no known protocol."""
    one, other = _value(before), _value(after)
    if one is None or other is None:
        if before.body.data != after.body.data:
            texts = (before.body.text, after.body.text)
            one, other = texts if texts[0] != texts[1] else (before.body.data, after.body.data)
            yield _difference("body", "changed", (), one, other)
        return
    for step in differences(one, other):
        name = next((part for part in reversed(step.path) if isinstance(part, str)), "")
        if step.change == "changed" and _is_volatile(step, "", ids):
            yield _volatile(*step_values(step))
        elif step.change == "changed" or not name or isinstance(step.path[-1], int):
            yield _difference("body", *step_values(step))
        else:
            yield _shape(step)


def _value(response: Response) -> Any:
    """The JSON of a body; None when it is none, or null."""
    try:
        return strict_json.loads(response.body.text) if response.body.raw else None
    except strict_json.JsonError:
        return None
