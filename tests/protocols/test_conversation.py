"""What was said before an answer, in the shapes of each API."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.conversation import (
    Block,
    Turn,
    describe,
    in_order,
    of_choice,
    of_citation,
    of_media,
    of_provider,
    of_request,
)
from cassette_tools.protocols.message import Choice, Fragments, Media, ToolCall

_CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}}


def _turn(role: str, *blocks: Block) -> Turn:
    return Turn(role, blocks)


def _says(role: str, text: str) -> Turn:
    return Turn(role, (Block("text", text),))


def _worded(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


_THINKS = {"type": "thinking", "thinking": [{"type": "text", "text": "H"}, {"type": "text", "text": "m."}]}
_REFERS = {"type": "tool_reference", "tool": "web_search", "title": "A", "url": "https://a.example", "source": "brave"}
_DRAWS = {"type": "tool_file", "tool": "image_generation", "file_id": "f1", "file_type": "png"}
_DRAWN = of_media(Media("png", "f1"))


@pytest.mark.parametrize(
    ("request_", "turns"),
    [
        pytest.param(
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": [{"type": "text", "text": "Add 1"}, {"type": "text", "text": ""}]},
                    {"role": "assistant", "content": None, "reasoning_content": "Hm.", "tool_calls": [_CALL]},
                    {"role": "tool", "tool_call_id": "c1", "content": "2"},
                ]
            },
            [
                _says("system", "Be brief."),
                _says("user", "Add 1"),
                _turn("assistant", Block("reasoning", "Hm."), Block("tool-call", '{"a":1}', "add", "c1")),
                _turn("tool", Block("tool-result", "2", "", "c1")),
            ],
            id="OpenAI chat",
        ),
        pytest.param(
            {
                "instructions": "Be brief.",
                "inputs": [
                    {"type": "message.input", "role": "user", "content": "Add 1"},
                    {"type": "function.call", "id": "fc1", "tool_call_id": "c1", "name": "add", "arguments": "{}"},
                    {"type": "function.result", "tool_call_id": "c1", "result": "2"},
                    {"type": "tool.execution", "id": "t1", "name": "web_search", "arguments": "{}"},
                    {"type": "message.output", "role": "assistant", "content": "Done"},
                    {"type": "message.output", "content": [_THINKS, _worded("I"), _REFERS, _DRAWS]},
                    {"type": "message.input", "content": "Well"},
                ],
            },
            [
                _says("system", "Be brief."),
                _says("user", "Add 1"),
                _turn("assistant", Block("tool-call", "{}", "add", "c1")),
                _turn("tool", Block("tool-result", "2", "", "c1")),
                _turn("assistant", Block("tool-call", "{}", "web_search", "t1")),
                _says("assistant", "Done"),
                _turn(
                    "assistant",
                    Block("reasoning", "Hm."),
                    Block("text", "I"),
                    Block("citation", "A, https://a.example"),
                    _DRAWN,
                ),
                _says("user", "Well"),
            ],
            id="Mistral's Conversations",
        ),
        pytest.param(
            {"messages": [{"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}]},
            [_turn("assistant", Block("tool-call", "{}", "f"))],
            id="OpenAI chat, a function call of old",
        ),
        pytest.param(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                            {"type": "image_url", "image_url": "https://example.com/a.png"},
                            {"type": "input_audio", "input_audio": {"data": "AAAAAA", "format": "wav"}},
                            {"type": "file", "file": {"file_id": "file-1"}},
                            {"type": "input_image", "file_id": "file-2"},
                            {"type": "input_file", "file_url": "https://example.com/a.pdf"},
                            {"type": "mystery", "x": 1},
                        ],
                    }
                ]
            },
            [
                _turn(
                    "user",
                    of_media(Media("image", "data:image/png;base64,AAAA")),
                    of_media(Media("image", "https://example.com/a.png")),
                    of_media(Media("wav", "AAAAAA")),
                    of_media(Media("file", "file-1")),
                    of_media(Media("image", "file-2")),
                    of_media(Media("file", "https://example.com/a.pdf")),
                    Block("other", '{"type": "mystery", "x": 1}'),
                )
            ],
            id="OpenAI chat, media",
        ),
        pytest.param(
            {
                "instructions": "Be brief.",
                "input": [
                    {"role": "user", "content": [{"type": "input_text", "text": "Add"}]},
                    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
                    {"type": "function_call", "name": "add", "arguments": "{}", "call_id": "c1", "id": "fc"},
                    {"type": "function_call_output", "call_id": "c1", "output": "2"},
                    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "2"}]},
                ],
            },
            [
                _says("system", "Be brief."),
                _says("user", "Add"),
                _turn("assistant", Block("reasoning", "Hm.")),
                _turn("assistant", Block("tool-call", "{}", "add", "c1")),
                _turn("tool", Block("tool-result", "2", "", "c1")),
                _says("assistant", "2"),
            ],
            id="OpenAI Responses",
        ),
        pytest.param({"input": "Hi"}, [_says("user", "Hi")], id="OpenAI Responses, a string"),
        pytest.param({"prompt": ["a", "b"]}, [_says("user", "a"), _says("user", "b")], id="OpenAI completions"),
        pytest.param(
            {
                "system": [{"type": "text", "text": "Be brief."}],
                "messages": [
                    {"role": "user", "content": "Add"},
                    {
                        "role": "assistant",
                        "content": [
                            {"type": "thinking", "thinking": "Hm.", "signature": "x"},
                            {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 1}},
                        ],
                    },
                    {
                        "role": "user",
                        "content": [
                            {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "2"}]},
                            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}},
                        ],
                    },
                ],
            },
            [
                _says("system", "Be brief."),
                _says("user", "Add"),
                _turn("assistant", Block("reasoning", "Hm."), Block("tool-call", '{"a": 1}', "add", "t1")),
                _turn("user", Block("tool-result", "2", "", "t1"), of_media(Media("image/png", "AA"))),
            ],
            id="Anthropic",
        ),
        pytest.param(
            {
                "systemInstruction": {"parts": [{"text": "Be brief."}]},
                "contents": [
                    {"role": "user", "parts": [{"text": "Add"}, {"inlineData": {"mimeType": "a/b", "data": "AA"}}]},
                    {"role": "model", "parts": [{"text": "Hm.", "thought": True}]},
                    {"role": "model", "parts": [{"functionCall": {"name": "add", "args": {"a": 1}}}]},
                    {"role": "user", "parts": [{"functionResponse": {"name": "add", "response": {"r": 2}}}]},
                ],
            },
            [
                _says("system", "Be brief."),
                _turn("user", Block("text", "Add"), of_media(Media("a/b", "AA"))),
                _turn("model", Block("reasoning", "Hm.")),
                _turn("model", Block("tool-call", '{"a": 1}', "add")),
                _turn("user", Block("tool-result", '{"r": 2}', "add")),
            ],
            id="Gemini",
        ),
        pytest.param(
            {
                "system": [{"text": "Be brief."}],
                "messages": [
                    {
                        "role": "user",
                        "content": [{"text": "Add"}, {"image": {"format": "png", "source": {"bytes": "AA"}}}],
                    },
                    {"role": "assistant", "content": [{"reasoningContent": {"reasoningText": {"text": "Hm."}}}]},
                    {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "add", "input": {}}}]},
                    {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "content": [{"json": {"r": 2}}]}}]},
                ],
            },
            [
                _says("system", "Be brief."),
                _turn("user", Block("text", "Add"), of_media(Media("png", "AA"))),
                _turn("assistant", Block("reasoning", "Hm.")),
                _turn("assistant", Block("tool-call", "{}", "add", "t1")),
                _turn("user", Block("tool-result", '[{"json": {"r": 2}}]', "", "t1")),
            ],
            id="Bedrock Converse",
        ),
        pytest.param(
            {
                "system_instruction": "Be brief.",
                "input": [
                    {"type": "user_input", "content": [{"type": "text", "text": "Add"}]},
                    {"type": "thought", "signature": "S", "summary": [{"type": "text", "text": "Hm."}]},
                    {"type": "thought", "signature": "S"},
                    {"type": "model_output", "content": [{"type": "text", "text": "Well:"}]},
                    {"type": "function_call", "id": "c1", "name": "add", "arguments": {"a": 1}},
                    {"type": "function_result", "call_id": "c1", "name": "add", "result": {"time": 2}},
                    {"type": "code_execution_call", "id": "x1", "arguments": {"code": "print(1)"}},
                    {"type": "code_execution_result", "call_id": "x1", "result": "1"},
                    {"type": "google_search_call", "id": "s1", "arguments": {"queries": ["a"]}},
                    {"type": "google_search_result", "call_id": "s1", "result": [{"url": "u"}]},
                    {"type": "image", "mime_type": "image/png", "data": "AAAA"},
                    {"type": "document", "uri": "https://a.example/a.pdf"},
                ],
            },
            [
                _says("system", "Be brief."),
                _says("user", "Add"),
                _turn("model", Block("reasoning", "Hm.")),
                _says("model", "Well:"),
                _turn("model", Block("tool-call", '{"a": 1}', "add", "c1")),
                _turn("tool", Block("tool-result", '{"time": 2}', "add", "c1")),
                _turn("model", Block("tool-call", "print(1)", "code_execution", "x1")),
                _turn("tool", Block("tool-result", "1", "code_execution", "x1")),
                _turn("model", Block("tool-call", '{"queries": ["a"]}', "google_search", "s1")),
                _turn("tool", Block("tool-result", '[{"url": "u"}]', "google_search", "s1")),
                _turn("user", of_media(Media("image/png", "AAAA"))),
                _turn("user", of_media(Media("document", "https://a.example/a.pdf"))),
            ],
            id="Gemini's Interactions",
        ),
        pytest.param(
            {
                "input": [
                    {"role": "user", "content": "Hi"},
                    {"role": "model", "content": [{"type": "text", "text": "Hello"}]},
                    {"role": "user", "content": [{"type": "function_result", "call_id": "c1", "result": "2"}]},
                ]
            },
            [
                _says("user", "Hi"),
                _says("model", "Hello"),
                _turn("user", Block("tool-result", "2", "", "c1")),
            ],
            id="Gemini's Interactions, turns of old",
        ),
        pytest.param(
            {"input": {"type": "text", "text": "Hi"}}, [_says("user", "Hi")], id="Gemini's Interactions, one content"
        ),
        pytest.param(
            {"preamble": "Be brief.", "chat_history": [{"role": "USER", "message": "Hi"}], "message": "Add"},
            [_says("system", "Be brief."), _says("user", "Hi"), _says("user", "Add")],
            id="Cohere v1",
        ),
        pytest.param(
            {
                "messages": [
                    {"role": "user", "content": "What is it?", "images": ["AAAA"]},
                    {
                        "role": "assistant",
                        "content": "",
                        "thinking": "Hm.",
                        "tool_calls": [{"function": {"name": "f"}}],
                    },
                    {"role": "tool", "tool_name": "f", "content": "2"},
                ]
            },
            [
                _turn("user", Block("text", "What is it?"), of_media(Media("image", "AAAA"))),
                _turn("assistant", Block("reasoning", "Hm."), Block("tool-call", "", "f")),
                _turn("tool", Block("tool-result", "2", "f")),
            ],
            id="Ollama",
        ),
        pytest.param({"inputText": "Hi"}, [_says("user", "Hi")], id="Titan"),
        pytest.param({"model": "m"}, [], id="nothing said"),
        pytest.param(["Hi"], [], id="no object"),
        pytest.param(None, [], id="no JSON"),
    ],
)
def test_the_turns_of_a_request_are_read_by_its_shape(request_: Any, turns: list[Turn]) -> None:
    assert list(of_request(request_)) == turns


@pytest.mark.parametrize(
    "contents",
    [[{"parts": [{"text": "Hi"}]}], [{"parts": {"text": "Hi"}}], {"role": "user", "parts": {"text": "Hi"}}],
)
def test_gemini_takes_the_user_for_granted_and_one_for_a_list(contents: Any) -> None:
    asked = {"system_instruction": {"parts": {"text": "Be brief."}}, "contents": contents}
    assert of_request(asked) == (_says("system", "Be brief."), _says("user", "Hi"))


def test_an_answer_is_a_turn() -> None:
    def said(text: str) -> Fragments:
        return Fragments.of(text, 0, ())

    call = ToolCall("c1", "add", said("{}"))
    media = Media("image/png", "AAAA")
    choice = Choice(0, "", said("Hi"), said("Hm."), said("No."), (call,), (), (media,), "stop")
    assert of_choice(choice) == _turn(
        "assistant",
        Block("reasoning", "Hm."),
        Block("text", "Hi"),
        Block("refusal", "No."),
        Block("tool-call", "{}", "add", "c1"),
        of_media(Media("image/png", "AAAA")),
    )


_CALLED, _GIVEN = Block("tool-call", '{"a": 1}', "add", "c1"), Block("tool-result", "2", "", "c1")


def _answer(*parts: Any) -> dict[str, Any]:
    return {"content": list(parts)}


_ASKS = {"type": "server_tool_use", "id": "c1", "name": "add", "input": {"a": 1}}
_GETS = {"type": "add_tool_result", "tool_use_id": "c1", "content": "2"}


@pytest.mark.parametrize(
    ("blocks", "native", "ordered"),
    [
        pytest.param(
            [Block("reasoning", "Hm."), Block("text", "I add. It is 2."), _CALLED, _GIVEN],
            _answer(
                {"type": "thinking", "thinking": "Hm."}, _worded("I add."), _ASKS, {"type": "listing"}, _GETS,
                _worded(" It"), _worded(" is 2."),
            ),
            [Block("reasoning", "Hm."), Block("text", "I add."), _CALLED, _GIVEN, Block("text", " It is 2.")],
            id="what is said before and after a call",
        ),
        pytest.param(
            [Block("text", "I add. It is 2."), _CALLED],
            _answer(_worded("I add."), _ASKS, _GETS, _worded(" It is 2.")),
            [Block("text", "I add."), _CALLED, Block("text", " It is 2.")],
            id="a result that is not asked for",
        ),
        pytest.param(
            [Block("reasoning", "Of the host's own."), Block("text", "I add."), _CALLED],
            _answer(_ASKS, {"type": "thinking", "thinking": "Hm."}, _worded("I add.")),
            [Block("reasoning", "Of the host's own."), _CALLED, Block("text", "I add.")],
            id="reasoning that is elsewhere",
        ),
        pytest.param(
            [Block("text", "I add."), _CALLED], _answer(_ASKS), [Block("text", "I add."), _CALLED],
            id="a text that is elsewhere",
        ),
        pytest.param(
            [Block("text", "I add."), _CALLED, _CALLED], _answer(_ASKS, _worded("I add.")),
            [Block("text", "I add."), _CALLED, _CALLED],
            id="a call that is elsewhere",
        ),
        pytest.param(
            [Block("refusal", "No."), _CALLED], _answer(_ASKS, {"type": "refusal", "refusal": "No."}),
            [Block("refusal", "No."), _CALLED], id="a refusal that is read otherwise",
        ),
        pytest.param(
            [Block("text", "I add. It is 2."), _CALLED],
            _answer({"type": "user_input", "content": [_worded("1")]}, _worded("I add."), _ASKS, _worded(" It is 2.")),
            [Block("text", "I add."), _CALLED, Block("text", " It is 2.")],
            id="what was asked stands before it",
        ),
        pytest.param(
            [Block("reasoning", "Hm."), Block("text", "I add. It is 2."), _CALLED, _DRAWN, _GIVEN],
            {
                "outputs": [
                    {"type": "message.output", "content": [_THINKS, _worded("I add.")]},
                    {"type": "tool.execution", "id": "c1", "name": "add", "arguments": '{"a": 1}', "info": "2"},
                    {"type": "message.output", "content": [_worded(" It"), _REFERS, _worded(" is 2."), _DRAWS]},
                ]
            },
            [Block("reasoning", "Hm."), Block("text", "I add."), _CALLED, _GIVEN, Block("text", " It is 2."), _DRAWN],
            id="entries of Mistral's, in which sources interrupt a text",
        ),
        pytest.param(
            [Block("text", "I add."), Block("other", "{}")], _answer({}, _worded("I add.")),
            [Block("other", "{}"), Block("text", "I add.")], id="what no reader knows",
        ),
        pytest.param([Block("text", "I add.")], {}, [Block("text", "I add.")], id="nothing that it could be read from"),
        pytest.param([], _answer(_worded("")), [], id="nothing"),
    ],
)  # fmt: skip
def test_what_an_answer_says_before_a_call_and_after_it_stays_apart(
    blocks: list[Block], native: dict[str, Any], ordered: list[Block]
) -> None:
    assert in_order(tuple(blocks), native) == tuple(ordered)


def test_media_are_described_in_a_few_words() -> None:
    assert describe(Media("", "x" * 12_345)) == "media, 12,345 characters"
    assert describe(Media("", "gs://bucket/a.png")) == "gs://bucket/a.png"
    assert describe(Media("image", "data:,AA")) == "image, 2 characters"
    assert describe(Media("document", "file_0a1B")) == "document, file_0a1B"


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"type": "document", "source": {"type": "file", "file_id": "file_0a"}}, "document, file_0a"),
        ({"type": "image", "source": {"type": "url", "url": "https://a.example/b"}}, "image, https://a.example/b"),
        ({"source": {"data": "AAAA"}}, "source, 4 characters"),
        ({"type": "file", "file": {"file_id": "file-0a"}}, "file, file-0a"),
        ({"type": "document_url", "document_url": "https://a.example/b"}, "document, https://a.example/b"),
        ({"type": "video_url", "video_url": {"url": "https://a.example/b"}}, "video, https://a.example/b"),
        ({"type": "audio_url", "audio_url": {"url": "data:audio/wav;base64,AAAA"}}, "audio/wav, 4 characters"),
        ({"type": "input_audio", "input_audio": "AAAA"}, "audio, 4 characters"),
        ({"document": {"format": "pdf", "source": {"s3Location": {"uri": "s3://b/c"}}}}, "pdf, s3://b/c"),
        ({"video": {"format": "mp4", "source": {"bytes": "AAAA"}}}, "mp4, 4 characters"),
    ],
)
def test_media_are_found_wherever_a_part_has_them(part: dict[str, Any], text: str) -> None:
    (turn,) = of_request({"messages": [{"role": "user", "content": [part]}]})
    assert [(block.kind, block.text) for block in turn.blocks] == [("media", text)]


_KEYS = """
    messages contents input prompt role content parts type text thinking summary tool_calls function arguments
    toolUse toolResult functionCall functionResponse image_url source output system images result code data uri
""".split()  # noqa: SIM905 - a list of so many words is read by nobody
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON)
@settings(deadline=None, max_examples=300)
def test_no_request_is_too_strange(request_: Any) -> None:
    for turn in of_request(request_):
        json.dumps(turn)
        assert all(isinstance(part, str) for block in turn.blocks for part in block[:-1])


@pytest.mark.parametrize(
    ("native", "blocks"),
    [
        pytest.param(
            {
                "content": [
                    {"type": "server_tool_use", "id": "s1", "name": "bash", "input": {}},
                    {"type": "bash_tool_result", "tool_use_id": "s1", "content": {"stdout": "2"}},
                    {"type": "mcp_tool_result", "tool_use_id": "m1", "content": [{"type": "text", "text": "It is."}]},
                    {"type": "text", "text": "2"},
                ]
            },
            [Block("tool-result", '{"stdout": "2"}', "", "s1"), Block("tool-result", "It is.", "", "m1")],
            id="Anthropic",
        ),
        pytest.param(
            {"output": {"message": {"content": [{"toolResult": {"toolUseId": "t1", "content": [{"text": "2"}]}}]}}},
            [Block("tool-result", "2", "", "t1")],
            id="Bedrock's Converse",
        ),
        pytest.param(
            {
                "output": [
                    {"type": "web_search_call", "id": "w1", "action": {"query": "q"}},
                    {"type": "code_interpreter_call", "id": "c1", "code": "1", "outputs": [{"logs": "2"}]},
                    {"type": "mcp_call", "id": "m1", "name": "ask", "arguments": "{}", "output": "It is."},
                    {"type": "tool_search_output", "call_id": None, "tools": [{"name": "f"}]},
                    {"type": "message", "content": []},
                ]
            },
            [
                Block("tool-result", '[{"logs": "2"}]', "code_interpreter", "c1"),
                Block("tool-result", "It is.", "ask", "m1"),
                Block("tool-result", '[{"name": "f"}]'),
            ],
            id="OpenAI's Responses",
        ),
        pytest.param(
            {
                "candidates": [
                    {
                        "content": {
                            "parts": [
                                {"executableCode": {"code": "1 + 1", "language": "PYTHON"}},
                                {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}},
                                {"codeExecutionResult": {"outcome": "OUTCOME_OK"}},
                                {"toolCall": {"id": "g1", "toolType": "SEARCH", "args": {"q": 1}}},
                                {"toolResponse": {"id": "g1", "toolType": "SEARCH"}},
                                {"text": "2"},
                            ]
                        }
                    }
                ]
            },
            [
                Block("tool-result", "2", "code_execution"),
                Block("tool-result", "OUTCOME_OK", "code_execution"),
                Block("tool-call", '{"q": 1}', "SEARCH", "g1"),
                Block("tool-result", "", "SEARCH", "g1"),
            ],
            id="Gemini",
        ),
        pytest.param(
            {"choices": [{"message": {"executed_tools": [{"type": "visit", "arguments": "{}", "output": "It is."}]}}]},
            [Block("tool-call", "{}", "visit"), Block("tool-result", "It is.", "visit")],
            id="Groq",
        ),
        pytest.param(
            {
                "steps": [
                    {"type": "google_search_call", "id": "s1", "arguments": {"queries": ["a"]}},
                    {"type": "google_search_result", "call_id": "s1", "result": [{"url": "u"}]},
                    {"type": "mcp_server_tool_result", "call_id": "m1", "name": "tick", "result": "tock"},
                    {
                        "type": "code_execution_result",
                        "call_id": "x1",
                        "result": [{"type": "text", "text": "1"}, {"type": "image", "data": "AA"}],
                    },
                ]
            },
            [
                Block("tool-result", '[{"url": "u"}]', "google_search", "s1"),
                Block("tool-result", "tock", "tick", "m1"),
                Block("tool-result", "1", "code_execution", "x1"),
                of_media(Media("image", "AA")),
            ],
            id="Gemini's Interactions",
        ),
        pytest.param(
            {"content": "text", "output": "text", "candidates": [None], "steps": 5, "outputs": {"a": 1}}, [], id="none"
        ),
        pytest.param(
            {"outputs": [{"type": "tool.execution", "id": "t1", "name": "web_search", "info": {"found": 1}}]},
            [Block("tool-result", '{"found": 1}', "web_search", "t1")],
            id="entries of Mistral's Conversations",
        ),
    ],
)
def test_what_the_providers_own_tools_did_is_told(native: dict[str, Any], blocks: list[Block]) -> None:
    assert list(of_provider(native)) == blocks


@pytest.mark.parametrize(
    ("citation", "text"),
    [
        ("https://a.example", "https://a.example"),
        (
            {"type": "web_search_result_location", "cited_text": "It\n is.", "url": "https://a.example", "title": "A",
             "encrypted_index": "xyz"},
            'A, https://a.example, "It is."',
        ),
        ({"type": "url_citation", "url_citation": {"title": "A", "url": "https://a.example"}}, "A, https://a.example"),
        ({"web": {"uri": "https://a.example", "title": "A"}}, "A, https://a.example"),
        ({"start": 1, "text": "is", "sources": [{"document": {"title": "A"}}, {"id": "t:0"}]}, 'A, t:0, "is"'),
        ({"title": "A", "sourceContent": [{"text": "It "}, {"text": "is."}]}, 'A, "It is."'),
        ({"type": "file_citation", "file_name": "A", "document_uri": "gs://a/b"}, "A, gs://a/b"),
        ({"startIndex": 1, "endIndex": 2}, '{"startIndex": 1, "endIndex": 2}'),
    ],
)  # fmt: skip
def test_a_citation_is_title_url_and_words(citation: Any, text: str) -> None:
    assert of_citation(citation) == Block("citation", text)


def test_a_picture_in_a_result_is_media() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "AAAA"}
    content = [{"type": "text", "text": "Here:"}, {"type": "image", "source": source}]
    asked = {
        "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": content}]}]
    }
    picture = of_media(Media("image/png", "AAAA"))
    assert of_request(asked) == (_turn("user", Block("tool-result", "Here:", "", "t"), picture),)
    seen = {"type": "computer_screenshot", "image_url": "data:image/png;base64,AAAA"}
    output = {"type": "computer_call_output", "call_id": "c", "output": seen}
    shown = of_media(Media("image", "data:image/png;base64,AAAA"))
    assert of_request({"input": [output]}) == (_turn("tool", Block("tool-result", "", "", "c"), shown),)
    tool = {"role": "tool", "tool_call_id": "t", "content": [{"type": "text", "text": "Here:"}, seen]}
    assert of_request({"messages": [tool]}) == (_turn("tool", Block("tool-result", "Here:", "", "t"), shown),)


def test_calls_of_the_providers_own_tools_in_a_request_are_the_models() -> None:
    call = {"type": "web_search_call", "id": "w1", "action": {"query": "q"}}
    assert of_request({"input": [call]}) == (
        _turn("assistant", Block("tool-call", '{"query": "q"}', "web_search", "w1")),
    )


def test_code_that_a_provider_ran_in_an_earlier_turn_is_a_call() -> None:
    asked = {"contents": [{"role": "model", "parts": [{"executableCode": {"code": "1 + 1", "language": "PYTHON"}}]}]}
    assert of_request(asked) == (_turn("model", Block("tool-call", "1 + 1", "code_execution")),)
