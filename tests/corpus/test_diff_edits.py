"""One change of meaning in a recording, of many kinds: it is found, and classed as what it is."""

import functools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.model import Cassette
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.difference import CassetteDiff, Verdict
from tests.corpus.planting import streams
from tests.corpus.planting.recordings import tapes, tapes_with
from tests.corpus.planting.tape import Exchange, Tape

pytestmark = pytest.mark.corpus

_EACH = 25
"""Recordings that an edit is tried on."""


class Edit(NamedTuple):
    """A change of one exchange; it returns False where there is nothing of the kind."""

    name: str
    make: Callable[[Exchange], bool]
    kinds: frozenset[str]
    """What it is: one of these has to be told."""
    verdict: Verdict


def _json(exchange: Exchange, side: str) -> Any:
    part = exchange.request if side == "request" else exchange.response
    try:
        return json.loads(part.text) if part.simple and part.text[:1] == "{" else None
    except ValueError:
        return None


def _edited(side: str, change: Callable[[dict[str, Any]], bool]) -> Callable[[Exchange], bool]:
    def make(exchange: Exchange) -> bool:
        value = _json(exchange, side)
        if not isinstance(value, dict) or not change(value):
            return False
        part = exchange.request if side == "request" else exchange.response
        part.set_text(json.dumps(value))
        return True

    return make


def _last_user(value: dict[str, Any]) -> dict[str, Any] | None:
    messages = value.get("messages")
    found = (
        [m for m in messages if isinstance(m, dict) and m.get("role") == "user"] if isinstance(messages, list) else []
    )
    return found[-1] if found and isinstance(found[-1].get("content"), str) and found[-1]["content"] else None


def _user_word(value: dict[str, Any]) -> bool:
    message = _last_user(value)
    if message:
        message["content"] += " elsewhere"
    return bool(message)


def _role(value: dict[str, Any]) -> bool:
    message = _last_user(value)
    if message:
        message["role"] = "system"
    return bool(message)


def _dropped_message(value: dict[str, Any]) -> bool:
    messages = value.get("messages")
    return isinstance(messages, list) and len(messages) > 1 and bool(messages.pop(0))


def _swapped_messages(value: dict[str, Any]) -> bool:
    messages = value.get("messages")
    if not isinstance(messages, list) or len(messages) < 2 or messages[0] == messages[1]:
        return False
    messages[0], messages[1] = messages[1], messages[0]
    return True


def _parameter(name: str, new: Any) -> Callable[[dict[str, Any]], bool]:
    def change(value: dict[str, Any]) -> bool:
        there = name in value and value[name] != new
        if there:
            value[name] = new
        return there

    return change


def _tool(change: Callable[[list[Any]], object]) -> Callable[[dict[str, Any]], bool]:
    def make(value: dict[str, Any]) -> bool:
        tools = value.get("tools")
        if not isinstance(tools, list) or len(tools) < 2:
            return False
        change(tools)
        return True

    return make


def _describe(tools: list[Any]) -> None:
    tool = tools[0].get("function", tools[0])
    tool["description"] = "something else"


def _choice(value: dict[str, Any]) -> dict[str, Any]:
    choices = value.get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}


def _answer_word(value: dict[str, Any]) -> bool:
    message = _choice(value).get("message") or {}
    content = value.get("content")
    blocks = content if isinstance(content, list) else []
    texts = [block for block in blocks if isinstance(block, dict) and isinstance(block.get("text"), str)]
    if isinstance(message.get("content"), str) and message["content"]:
        message["content"] += " indeed"
    elif texts:
        texts[0]["text"] += " indeed"
    else:
        return False
    return True


def _calls(value: dict[str, Any]) -> list[dict[str, Any]]:
    found = (_choice(value).get("message") or {}).get("tool_calls")
    return found if isinstance(found, list) else []


def _argument(value: dict[str, Any]) -> bool:
    for call in _calls(value):
        arguments = json.loads(call["function"]["arguments"] or "{}")
        if isinstance(arguments, dict):
            call["function"]["arguments"] = json.dumps({**arguments, "more": 1})
            return True
    content = value.get("content")
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict) and block.get("type") == "tool_use" and isinstance(block.get("input"), dict):
            block["input"]["more"] = 1
            return True
    return False


def _other_tool(value: dict[str, Any]) -> bool:
    calls = _calls(value)
    if calls:
        calls[0]["function"]["name"] = "another_tool"
    return bool(calls)


def _lost_call(value: dict[str, Any]) -> bool:
    calls = _calls(value)
    return bool(calls) and bool(calls.pop())


def _finish(value: dict[str, Any]) -> bool:
    choice = _choice(value)
    if choice.get("finish_reason") in ("stop", "tool_calls"):
        choice["finish_reason"] = "length"
        return True
    if value.get("stop_reason") in ("end_turn", "tool_use"):
        value["stop_reason"] = "max_tokens"
        return True
    return False


def _answering(value: dict[str, Any]) -> bool:
    return bool(_choice(value)) or value.get("type") == "message"


def _model(value: dict[str, Any]) -> bool:
    if _answering(value) and isinstance(value.get("model"), str):
        value["model"] = "another-model"
        return True
    return False


def _usage(value: dict[str, Any]) -> bool:
    usage = value.get("usage")
    names = [name for name, number in usage.items() if type(number) is int] if isinstance(usage, dict) else []
    if names and _answering(value):
        value["usage"][names[0]] += 7
    return bool(names) and _answering(value)


def _lost_field(value: dict[str, Any]) -> bool:
    return _answering(value) and value.get("object") == "chat.completion" and bool(value.pop("object"))


def _type(value: dict[str, Any]) -> bool:
    if value.get("object") == "chat.completion":
        value["object"] = 1
        return True
    return False


def _status(code: int) -> Callable[[Exchange], bool]:
    def make(exchange: Exchange) -> bool:
        node = exchange.response.node
        if "code" in node and node["code"] == 200:
            node["code"] = code
        elif isinstance(node.get("status"), dict) and node["status"].get("code") == 200:
            node["status"]["code"] = code
        else:
            return False
        return True

    return make


def _url(change: Callable[[str], str]) -> Callable[[Exchange], bool]:
    def make(exchange: Exchange) -> bool:
        before = exchange.url
        exchange.url = change(before)
        return exchange.url != before

    return make


def _stream(change: Callable[[list[streams.Event]], bool]) -> Callable[[Exchange], bool]:
    def make(exchange: Exchange) -> bool:
        found = streams.read(exchange) if exchange.response.simple else None
        if found is None or found[0] != "event-stream" or not change(found[1]):
            return False
        streams.write(exchange, *found)
        return True

    return make


def _streamed(pick: Callable[[dict[str, Any]], bool]) -> Callable[[list[streams.Event]], bool]:
    def change(events: list[streams.Event]) -> bool:
        for event in events:
            value = event.value
            if isinstance(value, dict) and pick(value):
                return True
        return False

    return change


def _chat_word(value: dict[str, Any]) -> bool:
    delta = _choice(value).get("delta") or {}
    inner = value.get("delta") if isinstance(value.get("delta"), dict) else {}
    if isinstance(delta.get("content"), str) and delta["content"]:
        delta["content"] += " indeed "
    elif inner.get("type") == "text_delta" and inner.get("text"):  # type: ignore[union-attr]
        inner["text"] += " indeed "  # type: ignore[index]
    else:
        return False
    return True


def _cut(events: list[streams.Event]) -> bool:
    last = [
        n
        for n, event in enumerate(events)
        if isinstance(event.value, dict) and _choice(event.value).get("finish_reason")
    ]
    if not last or len(events) < 5:
        return False
    del events[last[0] :]
    return True


_BLOCKS = (("content",), ("output",), ("output", "message", "content"), ("candidates", 0, "content", "parts"))
_VECTORS = (("data",), ("embeddings",), ("embeddings", "float"), ("results",), ("predictions",))
_READ = {"text", "thinking", "redacted_thinking", "tool_use", "reasoning", "message", "thought", "toolUse"}


def _lists(value: Any, paths: tuple[tuple[str | int, ...], ...]) -> Iterator[list[Any]]:
    """The lists that stand at some paths."""
    for path in paths:
        found = value
        for step in path:
            held = isinstance(found, dict) if isinstance(step, str) else isinstance(found, list) and bool(found)
            found = (found.get(step) if isinstance(step, str) else found[step]) if held else None
        if isinstance(found, list):
            yield found


def _sort(block: Any) -> str:
    return str(block.get("type") or next(iter(block), "")) if isinstance(block, dict) else ""


def _lost_block(value: dict[str, Any]) -> bool:
    for blocks in _lists(value, _BLOCKS):
        for number, block in enumerate(blocks):
            sort = _sort(block)
            if sort and sort not in _READ and not sort.endswith(("_call", "tool_use", "functionCall")):
                del blocks[number]
                return True
    return False


def _moved_block(value: dict[str, Any]) -> bool:
    for blocks in _lists(value, _BLOCKS):
        for number in range(len(blocks) - 1):
            if _sort(blocks[number]) != _sort(blocks[number + 1]) and len({_sort(block) for block in blocks}) > 1:
                blocks[number : number + 2] = [blocks[number + 1], blocks[number]]
                return True
    return False


def _numbers(value: Any) -> list[float] | None:
    """The first vector in an answer."""
    if isinstance(value, list) and len(value) > 100 and all(isinstance(item, float) for item in value[:100]):
        return value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for item in inner if (found := _numbers(item)) is not None), None)


def _number(value: dict[str, Any]) -> bool:
    vector = _numbers(value)
    if vector:
        vector[7] += 0.25
    return bool(vector)


def _swapped_vectors(value: dict[str, Any]) -> bool:
    for vectors in _lists(value, _VECTORS):
        if len(vectors) > 1 and vectors[0] != vectors[1] and _numbers(value):
            vectors[0], vectors[1] = vectors[1], vectors[0]
            return True
    return False


def _swapped_results(value: dict[str, Any]) -> bool:
    messages = value.get("messages")
    results = [m for m in messages if isinstance(m, dict) and m.get("tool_call_id")] if messages else []
    if len({result["tool_call_id"] for result in results}) < 2:
        return False
    one, other = results[0], next(it for it in results if it["tool_call_id"] != results[0]["tool_call_id"])
    one["tool_call_id"], other["tool_call_id"] = other["tool_call_id"], one["tool_call_id"]
    return True


def _foreign_result(value: dict[str, Any]) -> bool:
    messages = value.get("messages")
    results = [m for m in messages if isinstance(m, dict) and m.get("tool_call_id")] if messages else []
    if results:
        results[0]["tool_call_id"] = "call_0a1b2c3d4e5f6g7h8i9j"
    return bool(results)


def _no_text(value: dict[str, Any]) -> bool:
    message = _choice(value).get("message") or {}
    if not isinstance(message.get("content"), str) or not message["content"] or message.get("tool_calls"):
        return False
    message["content"] = None
    return True


def _lost_count(value: dict[str, Any]) -> bool:
    usage = value.get("usage")
    if not _answering(value) or not isinstance(usage, dict):
        return False
    names = [name for name, number in usage.items() if type(number) is int and number]
    return bool(names) and bool(usage.pop(names[0]))


def _argument_type(value: dict[str, Any]) -> bool:
    for call in _calls(value):
        arguments = json.loads(call["function"]["arguments"] or "{}")
        for name, given in arguments.items() if isinstance(arguments, dict) else ():
            if isinstance(given, str | int):
                call["function"]["arguments"] = json.dumps({**arguments, name: [given]})
                return True
    return False


def _body(change: Callable[[str], str]) -> Callable[[Exchange], bool]:
    """Edits an answer that is not streamed and succeeds, as text."""

    def make(exchange: Exchange) -> bool:
        value = _json(exchange, "response")
        if not isinstance(value, dict) or not _answering(value) or value.get("error"):
            return False
        exchange.response.set_text(change(exchange.response.text))
        return True

    return make


def _lost_delta(events: list[streams.Event]) -> bool:
    found = [
        number
        for number, event in enumerate(events)
        if isinstance(event.value, dict) and event.value.get("type") == "response.output_text.delta"
    ]
    if found:
        del events[found[len(found) // 2]]
    return bool(found)


def _other_delta(value: dict[str, Any]) -> bool:
    there = value.get("type") == "response.output_text.delta" and bool(value.get("delta"))
    if there:
        value["delta"] += " indeed "
    return there


def _request_header(exchange: Exchange) -> bool:
    exchange.request.set_header("X-Feature", "on")
    return True


_R, _B, _W, _V = Verdict.BROKEN, Verdict.BEHAVIOUR, Verdict.WORDING, Verdict.VOLATILE
EDITS = (
    Edit("a word of the user", _edited("request", _user_word), frozenset({"messages"}), _B),
    Edit("a role", _edited("request", _role), frozenset({"messages"}), _B),
    Edit("a message less", _edited("request", _dropped_message), frozenset({"messages"}), _B),
    Edit("messages in another order", _edited("request", _swapped_messages), frozenset({"messages"}), _B),
    Edit("a number", _edited("request", _parameter("max_tokens", 77)), frozenset({"parameters"}), _B),
    Edit("a temperature", _edited("request", _parameter("temperature", 0.123)), frozenset({"parameters"}), _B),
    Edit("a flag", _edited("request", _parameter("stream", "yes")), frozenset({"parameters"}), _B),
    Edit("the model that is asked", _edited("request", _parameter("model", "other")), frozenset({"model"}), _B),
    Edit("a tool less", _edited("request", _tool(lambda tools: tools.pop())), frozenset({"tools"}), _B),
    Edit("a tool's description", _edited("request", _tool(_describe)), frozenset({"tools"}), _B),
    Edit("a header more", _request_header, frozenset({"request-header"}), _B),
    Edit("a path", _url(lambda url: re.sub(r"/(\w+)$", r"/\1s", url)), frozenset({"url"}), _B),
    Edit(
        "a parameter of the URL", _url(lambda url: f"{url}{'&' if '?' in url else '?'}page=2"), frozenset({"url"}), _B
    ),
    Edit("an error", _status(500), frozenset({"status"}), _R),
    Edit("another success", _status(202), frozenset({"status"}), _B),
    Edit("a word of the answer", _edited("response", _answer_word), frozenset({"text"}), _W),
    Edit("an argument", _edited("response", _argument), frozenset({"arguments"}), _B),
    Edit("another tool", _edited("response", _other_tool), frozenset({"tool-call"}), _R),
    Edit("a call less", _edited("response", _lost_call), frozenset({"tool-call"}), _R),
    Edit("why it ended", _edited("response", _finish), frozenset({"finish-reason"}), _B),
    Edit("the model that answers", _edited("response", _model), frozenset({"model"}), _B),
    Edit("a count", _edited("response", _usage), frozenset({"usage"}), _V),
    Edit("a field less", _edited("response", _lost_field), frozenset({"shape"}), _B),
    Edit("a field of another type", _edited("response", _type), frozenset({"shape"}), _R),
    Edit("a word of a stream", _stream(_streamed(_chat_word)), frozenset({"text"}), _W),
    Edit("a block less", _edited("response", _lost_block), frozenset({"body"}), _B),
    Edit("blocks in another order", _edited("response", _moved_block), frozenset({"order"}), _B),
    Edit("a number of a vector", _edited("response", _number), frozenset({"body"}), _B),
    Edit("vectors in another order", _edited("response", _swapped_vectors), frozenset({"body", "order"}), _B),
    Edit("results that are swapped", _edited("request", _swapped_results), frozenset({"messages"}), _B),
    Edit("a result of no call", _edited("request", _foreign_result), frozenset({"messages"}), _B),
    Edit("tools in another order", _edited("request", _tool(lambda tools: tools.reverse())), frozenset({"tools"}), _B),
    Edit("an argument of another type", _edited("response", _argument_type), frozenset({"arguments"}), _B),
    Edit("no text", _edited("response", _no_text), frozenset({"text"}), _R),
    Edit("a count less", _edited("response", _lost_count), frozenset({"usage"}), _B),
    Edit("half an answer", _body(lambda text: text[: len(text) // 2]), frozenset({"truncation"}), _R),
    Edit("an empty answer", _body(lambda _: ""), frozenset({"truncation"}), _R),
    Edit("an error for an answer", _body(lambda _: '{"error": {"message": "Overloaded"}}'), frozenset({"error"}), _R),
    Edit("a fragment less", _stream(_lost_delta), frozenset({"truncation", "text"}), _R),
    Edit("another fragment", _stream(_streamed(_other_delta)), frozenset({"text"}), _R),
    Edit("a cut stream", _stream(_cut), frozenset({"truncation", "finish-reason"}), _R),
)


def _loaded(tape: Tape) -> Cassette:
    return load_bytes(tape.written("wide"), "x.yaml")


_unedited = functools.cache(_loaded)


def _diff(tape: Tape, edited: Tape) -> CassetteDiff:
    return diff(_unedited(tape), _loaded(edited))


def _tried(tapes_: list[Tape], edit: Edit) -> Iterator[tuple[str, CassetteDiff]]:
    number = 0
    for tape in tapes_:
        edited = tape.copy()
        if any(edit.make(exchange) for exchange in edited.exchanges):
            yield tape.name, _diff(tape, edited)
            number += 1
            if number == _EACH:
                return


_RARE = (b"_tool_result", b"codeExecutionResult", b"tool_search_output", b"/embed")
"""What recordings hold that have what few have."""


@pytest.fixture(scope="module")
def some(corpus: Path) -> list[Tape]:
    """Recordings of all formats."""
    found = {tape.name: tape for tape in (*tapes(corpus, 300), *tapes_with(corpus, *_RARE))}
    return [tape for tape in found.values() if "parsed_body" not in tape.text]


def test_every_change_of_meaning_is_found_and_classed(some: list[Tape]) -> None:
    tried, right = Counter[str](), Counter[str]()
    wrong: defaultdict[str, list[Any]] = defaultdict(list)
    for edit in EDITS:
        for name, result in _tried(some, edit):
            kinds = {one.kind for compared in result.interactions for one in compared.differences}
            tried[edit.name] += 1
            if kinds & edit.kinds and result.verdict == edit.verdict:
                right[edit.name] += 1
            else:
                wrong[edit.name].append((name, sorted(kinds), result.verdict.label))
    assert len(tried) == len(EDITS), {edit.name for edit in EDITS} - set(tried)
    assert sum(right.values()) >= 0.98 * sum(tried.values()), {name: some_[:3] for name, some_ in wrong.items()}


def test_what_is_new_in_every_recording_is_no_change_of_meaning(some: list[Tape]) -> None:
    number = 0
    for tape in some:
        edited = tape.copy()
        touched = False
        for exchange in edited.exchanges:
            for side in ("request", "response"):
                value = _json(exchange, side)
                if isinstance(value, dict) and (side == "request" or _answering(value)):
                    if side == "response":
                        made_up = len(str(value.get("id"))) > 15
                        value |= {"id": "chatcmpl-9x8y7z6w5v4u3t2s1r0q"} if made_up else {}
                        value |= {"created": 1} if "created" in value else {}
                    backwards = dict(reversed(list(value.items())))
                    part = exchange.request if side == "request" else exchange.response
                    part.set_text(json.dumps(backwards, indent=1))
                    touched = True
        if touched:
            result = _diff(tape, edited)
            assert result.verdict <= Verdict.VOLATILE, (
                tape.name,
                [one for compared in result.interactions for one in compared.differences if one.verdict > _V],
            )
            number += 1
    assert number > 50


def test_fragments_of_other_sizes_are_no_change_of_meaning(some: list[Tape]) -> None:
    number = 0
    for tape in some:
        edited = tape.copy()
        if any(_rechunked(exchange) for exchange in edited.exchanges):
            result = _diff(tape, edited)
            assert result.verdict <= Verdict.VOLATILE, (tape.name, result)
            number += 1
    assert number > 15


def _rechunked(exchange: Exchange) -> bool:
    """Cut each fragment of a chat's text in two."""
    found = streams.read(exchange) if exchange.response.simple else None
    if found is None or found[0] != "event-stream":
        return False
    events: list[streams.Event] = []
    for event in found[1]:
        delta = _choice(event.value).get("delta") if isinstance(event.value, dict) else None
        text = delta.get("content") if isinstance(delta, dict) else None
        if (
            isinstance(text, str)
            and len(text) > 1
            and set(event.value) <= _CHUNK
            and not _choice(event.value).get("finish_reason")
        ):
            first = event.clone()
            _choice(first.value)["delta"]["content"] = text[:1]
            _choice(event.value)["delta"]["content"] = text[1:]
            events.append(first)
        events.append(event)
    if len(events) == len(found[1]):
        return False
    streams.write(exchange, found[0], events)
    return True


_CHUNK = {"id", "object", "created", "model", "choices", "system_fingerprint", "service_tier", "usage"}
