"""What was taken out is looked for elsewhere, however many values that are and however long they are."""

import base64
import json
import random
import string

import pytest

from cassette_tools.operations.redaction.redact import RedactedCassette, Redactor
from cassette_tools.operations.redaction.search import LONGEST, SHORTEST, Search


def _values(number: int, size: int = 24) -> list[str]:
    chance = random.Random(size)
    return ["".join(chance.choices(string.ascii_letters + string.digits, k=size)) for _ in range(number)]


def _redacted(bodies: list[str], headers: dict[str, list[str]] | None = None) -> RedactedCassette:
    interactions = [
        {
            "request": {"method": "GET", "uri": "https://api.example.com/v1", "body": "", "headers": {}},
            "response": {"status": {"code": 200, "message": "OK"}, "headers": headers or {}, "body": {"string": body}},
        }
        for body in bodies
    ]
    file = {"version": 1, "interactions": interactions}
    return Redactor().redact(json.dumps(file, indent=1).encode(), "recording.json")


def test_all_of_many_values_are_found_in_the_order_of_their_places() -> None:
    values = _values(130)
    shuffled = random.Random(1).sample(values, len(values))
    text = " ".join(shuffled)
    hits = Search(values).hits(text)
    assert [hit.name for hit in hits] == shuffled
    assert [text[hit.start : hit.end] for hit in hits] == shuffled


@pytest.mark.parametrize("others", [0, 200])
def test_a_few_values_are_found_where_many_are(others: int) -> None:
    value, again = _values(2)
    lines = "\n".join(base64.encodebytes(f"so: {again}, as was said before".encode()).decode().split())
    search = Search([value, again, *_values(others, 25)])
    assert [hit.start for hit in search.hits(f"é {value}{value} {value[:-1]} {value}")] == [2, 26, 75]
    assert [hit.name for hit in search.hits(f"{value.encode().hex()} {value.encode().hex().upper()}")] == [value] * 2
    assert [(hit.name, hit.how) for hit in search.hits(lines)] == [(again, "base64")]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\\n", "\\r\\n"])
def test_base64_is_found_over_line_breaks_of_every_kind(line_break: str) -> None:
    value, _ = _values(2)
    coded = base64.b64encode(f"so: {value}, as was said before".encode()).decode()
    lines = [coded[at : at + 4] for at in range(0, len(coded), 4)]  # no line has enough of it to be told by
    assert [(hit.name, hit.how) for hit in Search([value]).hits(line_break.join(lines))] == [(value, "base64")]


@pytest.mark.parametrize("coded", ["%{:02x}", "%25{:02X}", "\\u{:04x}"])
def test_letters_that_need_no_escape_are_found_below_one(coded: str) -> None:
    value, _ = _values(2)
    text = "".join(coded.format(ord(letter)) for letter in value)
    assert [hit.name for hit in Search([value]).hits(f"so: {text}.")] == [value]


def test_each_has_its_forms() -> None:
    values = _values(60)
    coded = [base64.b64encode(value.encode()).decode() for value in values]
    assert [(hit.name, hit.how) for hit in Search(values).hits(" ".join(coded))] == [
        (value, "base64") for value in values
    ]


@pytest.mark.parametrize(("size", "found"), [(SHORTEST - 1, 0), (SHORTEST, 1), (LONGEST, 1), (LONGEST + 1, 0)])
def test_values_that_are_too_short_or_too_long_are_not_looked_for(size: int, found: int) -> None:
    (value,) = _values(1, size)
    assert len(Search([value]).hits(f"it is {value}.")) == found


def test_without_values_nothing_is_found() -> None:
    assert Search([]).hits("anything") == []


def test_there_may_be_more_values_than_one_expression_of_re2_holds() -> None:
    values = _values(2000)
    assert [hit.name for hit in Search(values).hits(f"one of them is {values[1500]}.")] == [values[1500]]


def test_a_very_long_secret_is_taken_out_where_it_was_found() -> None:
    secret = "".join(_values(1, LONGEST + 1))
    redacted = _redacted([json.dumps({"password": secret})])
    (interaction,) = redacted.cassette.interactions
    assert secret[:20].encode() not in redacted.data
    assert interaction.response.body.json()["password"].startswith("REDACTED-")


# --- words that only a name gives away --------------------------------------------------------------------------------


def _chat(**request: object) -> dict[str, dict[str, object]]:
    asked = {"method": "POST", "uri": "https://acme-labs.example.com/v1/completions", "headers": {}, "body": ""}
    answer = {
        "status": {"code": 200, "message": "OK"},
        "headers": {},
        "body": {"string": '{"role": "assistant", "content": "acme-labs and dark-mode7 of acme-labs7"}'},
    }
    return {"request": asked | request, "response": answer}


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"openai-organization": ["acme-labs"]}},
        {"headers": {"Cookie": ["theme2=assistant"]}},
        {
            "headers": {"Content-Type": ["application/x-www-form-urlencoded"]},
            "body": "password=completions&grant_type=password",
        },
    ],
    ids=["an account", "a cookie", "a password"],
)
def test_a_word_that_is_taken_out_of_one_place_stays_a_word_elsewhere(request_: dict[str, object]) -> None:
    interaction = _chat(**request_)
    data = json.dumps({"version": 1, "interactions": [interaction]}, indent=1)
    redacted = Redactor().redact(data.encode(), "recording.json")
    after = json.loads(redacted.data)["interactions"][0]
    assert redacted.changed
    assert (after["request"]["uri"], after["response"]) == (interaction["request"]["uri"], interaction["response"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("acme-labs7", True),
        ("of acme-labs7, so", True),
        ("a/acme-labs7/b", True),
        ("a\\nacme-labs7\\n", True),
        ("%2Facme-labs7%2F", True),
        ("\\u0022acme-labs7\\u0022", True),
        ("acme-labs77", False),
        ("acme-labs7-eu", False),
        ("my-acme-labs7", False),
        ("nacme-labs7", False),
        ("https://acme-labs7.example.com/x", False),
        ("https:\\/\\/api.acme-labs7.example.com:8080\\/x", False),
        ("https%3A%2F%2Facme-labs7.example.com%2Fx", False),
        ("acme-labs7.example.com", False),
        ("https://acme-labs7@example.com/x", True),
        ("https://me:acme-labs7@example.com/x", True),
        ("https://example.com/acme-labs7", True),
        ("https://example.com?acme-labs7", True),
    ],
)
def test_what_may_be_a_word_is_found_as_a_whole_and_not_in_names_of_hosts(text: str, found: bool) -> None:
    hits = Search(["acme-labs7"], {"acme-labs7"}).hits(text)
    assert [text[hit.start : hit.end] for hit in hits] == ["acme-labs7"] * found


def test_what_gives_itself_away_is_found_as_a_part_too() -> None:
    key = "hf_" + "ZxQmLpTrVbNcWdYfHkGsJuEaRiPoXnKtBv"  # no digit, and random only by its shape
    number = _values(1)[0]
    headers = {"X-Api-Key": [key], "Cookie": [f"sid={number}"]}
    interaction = _chat(headers=headers, uri=f"https://{number}.example.com/")
    interaction["response"]["body"] = {"string": f"x{key}, x{number}"}
    data = json.dumps({"version": 1, "interactions": [interaction]}, indent=1)
    after = Redactor().redact(data.encode(), "recording.json").data.decode()
    assert key not in after
    assert number not in after
