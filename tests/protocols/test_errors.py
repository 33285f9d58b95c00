"""What failed answers say, in the words of the APIs."""

from typing import Any

import pytest

from cassette_tools.protocols.errors import message_in


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"error": {"message": "m", "type": "t", "code": "c"}}, "m", id="OpenAI"),
        pytest.param({"type": "error", "error": {"type": "t", "message": "m"}}, "m", id="Anthropic"),
        pytest.param([{"error": {"code": 400, "message": "m"}}], "m", id="Gemini's list"),
        pytest.param({"Message": "m"}, "m", id="Bedrock"),
        pytest.param({"id": "1", "message": "m"}, "m", id="Cohere"),
        pytest.param({"error": "m"}, "m", id="Ollama"),
        pytest.param({"detail": "m"}, "m", id="FastAPI"),
        pytest.param({"detail": [{"type": "t", "msg": "m"}]}, "m", id="FastAPI's validation"),
        pytest.param({"errors": [{"code": 1, "message": "m"}], "messages": []}, "m", id="Cloudflare"),
        pytest.param({"message": "Bad Request", "errors": [{"message": "m"}]}, "m", id="the more particular word"),
        pytest.param({"error": {"message": None, "code": "c"}}, "c", id="a code alone"),
        pytest.param({"errorCode": "E1", "errorSummary": "m", "errorCauses": []}, "m", id="Okta"),
        pytest.param({"errorMessages": ["m"], "errors": {}}, "m", id="Atlassian"),
        pytest.param({"fault": {"faultstring": "m", "detail": {"errorcode": "c"}}}, "m", id="Apigee"),
        pytest.param({"type": "about:blank", "title": "m", "status": 404}, "m", id="a problem without details"),
        pytest.param({"ok": False, "error_code": 401, "description": "m"}, "m", id="Telegram"),
        pytest.param({"errors": {"name": ["m"], "age": ["n"]}}, "name: m", id="a field of Rails' form"),
        pytest.param({"status": 400, "links": ["m"]}, "", id="a list that is no error"),
        pytest.param("m", "m", id="a text"),
        pytest.param({"error": {"code": 400}}, "", id="a number alone"),
        pytest.param({"error": [], "errors": None, "detail": {}, "message": 7}, "", id="nothing of the right type"),
        pytest.param(None, "", id="null"),
        pytest.param([], "", id="an empty list"),
    ],
)
def test_the_words_of_an_error_are_found(value: Any, expected: str) -> None:
    assert message_in(value) == expected


def test_an_error_within_errors_without_end_is_given_up() -> None:
    value: dict[str, Any] = {"message": "m"}
    for _ in range(100_000):
        value = {"error": value}
    assert message_in(value) == ""
