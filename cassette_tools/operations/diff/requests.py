"""What two requests ask for differently."""

import re
from collections.abc import Iterator
from typing import Any

from cassette_tools import strict_json
from cassette_tools.finding import Severity
from cassette_tools.model import Header, Path, Request
from cassette_tools.operations.diff import forms, urls
from cassette_tools.operations.diff.difference import Change, Difference, Kind, Verdict
from cassette_tools.operations.diff.ids import Call, Ids
from cassette_tools.operations.diff.json_diff import Step, differences
from cassette_tools.protocols import volatile
from cassette_tools.protocols.conversation import Block, of_request

HISTORY = ("messages", "input", "inputs", "contents", "chat_history")
"""Where APIs have what was said before."""
TOOLS = ("tools", "functions", "toolConfig", "tool_config")
SYSTEM = ("system", "instructions", "systemInstruction", "system_instruction", "preamble", "prompt", "message")
ANSWERS = ("assistant", "model", "chatbot")
_ANSWER_TYPES = (
    *("function_call", "reasoning", "custom_tool_call", "web_search_call", "code_interpreter_call"),
    *("model_output", "thought", "google_search_call", "code_execution_call", "url_context_call"),
    *("message.output", "function.call", "tool.execution"),
)
ARGUMENTS = ("arguments", "input", "args")
_RESULTS = {"functionResponse": "response", "function_response": "response", "toolResult": "json"}
"""Where a tool's result is JSON, in what: Gemini's and Bedrock's."""
_NOT_SAID = ("role", "type", "name")
"""Fields of a turn of the model that are not its words."""
_SAID = ("text", "thinking", "reasoning", "output_text", "summary_text", "redacted_thinking")
"""Types of the parts of such a turn that are."""
_PART_SAID = frozenset(("text", "thought", "thoughtSignature", "reasoningContent"))
"""What such a part has at most where parts have no type: Gemini's and Bedrock's."""
_FIELDS_SAID = (
    *("content", "summary", "reasoning_content", "reasoning", "reasoning_details", "annotations", "thoughtSignature"),
)
OF_ANSWERS = (
    *("previous_response_id", "conversation", "container", "request_id", "user_request_id", "thread_id"),
    *("previous_interaction_id", "continuation_token"),
)
"""Parameters that are ids of what an earlier answer made."""
_CLIENTS = re.compile(
    r"user-agent|x-stainless-.*|x-goog-api-client|x-amz-user-agent|host|connection|accept-encoding|te"
)
"""Headers that say which client it was."""


def compare(before: Request, after: Request, protocol: str, ids: Ids) -> Iterator[Difference]:
    """Where two requests differ.

    Args:
        before: A request.
        after: The one that was recorded in its place.
        protocol: The name of the protocol that is spoken; empty for none.
        ids: The ids that stand for each other in the two recordings.
    """
    if before.method.upper() != after.method.upper():
        yield _difference("method", "changed", (), before.method, after.method)
    yield from _urls(before.url, after.url, ids)
    yield from _headers(before, after, ids)
    if not before.body.reads_as(after.body):
        yield from _bodies(before, after, protocol, ids)


def _difference(
    kind: Kind,
    change: Change,
    path: Path,
    before: Any,
    after: Any,
    severity: Severity = Severity.WARNING,
    verdict: Verdict = Verdict.BEHAVIOUR,
) -> Difference:
    return Difference(kind, change, severity, verdict, "request", path, before, after)


def _urls(before: str, after: str, ids: Ids) -> Iterator[Difference]:
    for one in urls.compare(before, after, ids):
        if one.volatile:
            values = (one.change, one.path or ("url",), one.before, one.after)
            yield _difference("volatile", *values, Severity.INFO, Verdict.VOLATILE)
        else:
            severity = Severity.INFO if one.order else Severity.WARNING
            yield _difference("url", one.change, one.path, one.before, one.after, severity)


def _headers(before: Request, after: Request, ids: Ids) -> Iterator[Difference]:
    sides = [_by_name(list(request.headers)) for request in (before, after)]
    for step in differences(sides[0], sides[1]):
        name = str(step.path[0])
        path = (name,)
        one, other = (side.get(name) for side in sides)
        if ids.is_volatile_header(name) and step.change == "changed":
            yield _difference("volatile", "changed", path, one, other, Severity.INFO, Verdict.VOLATILE)
            continue
        is_client = is_of_client(name) or ids.is_volatile_header(name)
        change: Change = step.change if len(step.path) == 1 else "changed"
        verdict = Verdict.VOLATILE if is_client else Verdict.BEHAVIOUR
        severity = Severity.INFO if is_client else Severity.WARNING
        yield _difference("request-header", change, path, one, other, severity, verdict)


def is_of_client(name: str) -> bool:
    """Whether a header, in lower case, says which client it was."""
    return _CLIENTS.fullmatch(name) is not None


def _by_name(headers: list[Header]) -> dict[str, str]:
    by_name: dict[str, str] = {}
    for header in headers:
        name = header.name.lower()
        value = forms.header(header.value) if name == "content-type" else header.value
        by_name[name] = f"{by_name[name]}, {value}" if name in by_name else value
    return by_name


def _bodies(before: Request, after: Request, protocol: str, ids: Ids) -> Iterator[Difference]:
    one, other = before.body.json(), after.body.json()
    if before.body.json_error() or after.body.json_error():
        sides = [forms.comparable(side) for side in (before, after)]
        if sides[0] != sides[1]:
            texts = [
                data.decode("utf-8", "replace") if forms.is_in_parts(side) else side.body.text
                for side, data in zip((before, after), sides, strict=True)
            ]
            values = texts if texts[0] != texts[1] else sides
            yield _difference("request-body", "changed", (), *values)
        elif before.body.data != after.body.data:
            yield _difference("volatile", "changed", ("body",), None, None, Severity.INFO, Verdict.VOLATILE)
        return
    ids.ask(after.body.text)
    said = [blocks(value) for value in (one, other)]
    calls, results = ([[block for block in side if block.kind == sort] for side in said] for sort in _TOOL_BLOCKS)
    ids.learn_calls(*([Call(block.id, block.name, block.text) for block in side] for side in calls))
    for step in differences(one, other):
        yield from _step(step, one, other, protocol, ids)
    if len(results[0]) == len(results[1]):
        for result, later in zip(*results, strict=True):
            belongs = ids.later(result.id)
            if result.id == later.id and belongs not in ("", later.id):
                # The result is the same, but its call is another one.
                yield _difference("messages", "changed", (_history_of(one),), belongs, later.id)


_TOOL_BLOCKS = ("tool-call", "tool-result")


def blocks(request: Any) -> list[Block]:
    """The parts of the conversation that a request's JSON has."""
    return [block for turn in of_request(request) for block in turn.blocks]


def _history_of(request: dict[str, Any]) -> str:
    return next((key for key in HISTORY if key in request), "")


def _step(step: Step, before: Any, after: Any, protocol: str, ids: Ids) -> Iterator[Difference]:
    path = step.path
    top = str(path[0]) if path and isinstance(path[0], str) else ""
    if top in HISTORY or top in SYSTEM:
        sides = (before, after) if step.change == "removed" else (after, before)
        yield from _said(step, *sides, protocol, ids)
        return
    name = str(path[-1]) if path else ""
    if step.change == "changed" and ids.are_known(step.before, step.after):
        yield _difference("volatile", *step_values(step), Severity.INFO, Verdict.VOLATILE)
    elif top in TOOLS:
        severity = Severity.INFO if step.change == "moved" else Severity.WARNING
        yield _difference("tools", *step_values(step), severity)
    elif len(path) == 1 and top in ("model", "modelId"):
        yield _difference("model", *step_values(step))
    elif step.change == "changed" and (
        name in OF_ANSWERS
        or ids.names.is_volatile((name,), step.after, protocol)
        or (top == "metadata" and ids.stand_for_each_other(name, step.before, step.after))
    ):
        yield _difference("volatile", *step_values(step), Severity.INFO, Verdict.VOLATILE)
    elif top:
        yield _difference("parameters", *step_values(step))
    else:
        yield _difference("request-body", *step_values(step))


def step_values(step: Step) -> tuple[Change, Path, Any, Any]:
    """What a difference has of the place where two values differ."""
    return step.change, step.path, step.before, step.after


def _said(step: Step, root: Any, other: Any, protocol: str, ids: Ids) -> Iterator[Difference]:
    """A difference in what was said before: what the model itself had said is its wording, and not the test's."""
    path = step.path
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    item: Any = root[path[0]]
    is_answer = False
    within = ""
    for part in path[1:]:
        if isinstance(item, dict):
            is_answer = is_answer or item.get("role") in ANSWERS or item.get("type") in _ANSWER_TYPES
            if part in ARGUMENTS and is_answer:
                within = "arguments"
        try:
            item = item[part]
        except (KeyError, IndexError, TypeError):
            break
    if isinstance(item, dict):
        is_answer = is_answer or item.get("role") in ANSWERS or item.get("type") in _ANSWER_TYPES
    if within == "arguments":
        yield from _arguments(step)
    elif step.change == "changed" and (
        ids.stand_for_each_other(name, step.before, step.after)
        or ids.names.is_named((name,))
        or (not is_result(path) and ids.names.is_volatile((name,), step.after, protocol))
        or volatile.is_cipher(path, step.after)
    ):
        yield _difference("volatile", *step_values(step), Severity.INFO, Verdict.VOLATILE)
    elif is_answer and (
        (step.change == "changed" and name not in _NOT_SAID and not volatile.is_name_of_id(name))
        or (len(path) > 2 and _is_wording(step))
        or (
            # In a list that is as long as it was, it has changed its place.
            len(path) == 2
            and step.change in ("added", "removed")
            and len(root[path[0]]) > len(other[path[0]])
            and _is_beside_calls(root[path[0]], path[1])
        )
    ):
        yield _difference("messages", *step_values(step), Severity.INFO, Verdict.WORDING)
    else:
        yield _difference("messages", *step_values(step))


def is_result(path: Path) -> bool:
    """Whether it is within the JSON that a tool gave back: its fields are the tool's, whatever they are called."""
    if path[:1] in (("input",), ("inputs",)) and "result" in path[1:3]:  # of Gemini's interactions, Mistral's entries
        return True
    return any(part in _RESULTS and _RESULTS[part] in path[number:] for number, part in enumerate(path))


def _is_wording(step: Step) -> bool:
    """Whether it is a text or a thought that came or went beside others; null and nothing are the same."""
    comes = step.change == "added" or (step.change == "type" and step.before is None)
    goes = step.change == "removed" or (step.change == "type" and step.after is None)
    value = step.after if comes else step.before
    kind = value.get("type") if isinstance(value, dict) else ""
    is_said = kind in _SAID or (isinstance(value, dict) and value.keys() <= _PART_SAID)
    return (comes or goes) and (is_said or step.path[-1] in _FIELDS_SAID)


def _is_beside_calls(items: Any, number: Any) -> bool:
    """Whether an item of a list of messages and calls is a thought, or what the model said beside calling tools."""
    if not isinstance(items, list) or not isinstance(items[number], dict):
        return False
    kinds = [item.get("type") if isinstance(item, dict) else "" for item in items[max(number - 1, 0) : number + 2]]
    kind = items[number].get("type")
    is_said = kind in (None, "message", "model_output", "message.output")
    return kind in ("reasoning", "thought") or (is_said and ("function_call" in kinds or "function.call" in kinds))


def _arguments(step: Step) -> Iterator[Difference]:
    """The arguments of a call that the model made before: JSON, perhaps as text."""
    if isinstance(step.before, str) and isinstance(step.after, str):
        try:
            one, other = strict_json.loads(step.before), strict_json.loads(step.after)
        except strict_json.JsonError:
            pass
        else:
            for inner in differences(one, other, step.path):
                yield _difference("messages", *step_values(inner))
            return
    yield _difference("messages", *step_values(step))
