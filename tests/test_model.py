"""What a recording says, field by field, whatever wrote it."""

import gzip
import time
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Body, Header, Headers, Request, Response, Route


def _headers(*lines: tuple[str, str]) -> Headers:
    return Headers([Header(name, value, ("headers", name, 0)) for name, value in lines])


def _request(url: str) -> Request:
    return Request(("r",), {"url": ("r", "url")}, _headers(), Body(None, ()), None, method="GET", url=url)


def _response(code: int | None, content_type: str = "") -> Response:
    headers = _headers(("Content-Type", content_type))
    return Response(("r",), {"code": ("r", "code")}, headers, Body(None, ()), None, code=code, status_line="")


def _body(raw: str | bytes | None, *lines: tuple[str, str], exact: bool = True, coded: bool | None = None) -> Body:
    return Body(raw, ("body",), _headers(*lines), exact=exact, coded=coded)


@pytest.mark.parametrize(
    ("route", "text"),
    [
        (Route(), ""),
        (Route(("version",)), "version"),
        (Route(("interactions", 3, "response", "headers", "X", 0)), "interactions[3].response.headers.X[0]"),
        (Route(("interactions", 3, "response", "body"), event=17), "interactions[3].response.body event 17"),
        (Route(("body",), span=(1, 2)), "body"),
        (Route((0, "a")), "[0].a"),
    ],
)
def test_routes_are_written_in_the_terms_of_the_recording(route: Route, text: str) -> None:
    assert str(route) == text


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://api.example.com/v1/chat", "api.example.com", "/v1/chat"),
        ("https://API.Example.com:8443/v1/", "api.example.com", "/v1/"),
        ("https://user:pa@ss@api.example.com/x", "api.example.com", "/x"),
        ("https://api.example.com", "api.example.com", ""),
        ("https://api.example.com?next=/chat", "api.example.com", ""),
        ("https://api.example.com#/chat", "api.example.com", ""),
        ("https://api.example.com:80#a?b", "api.example.com", ""),
        ("https://api.example.com/a?b=c#d", "api.example.com", "/a"),
        ("https://api.example.com/a#b?c", "api.example.com", "/a"),
        ("https://api.example.com/?to=https://other.example/x@y", "api.example.com", "/"),
        ("http://[::1]:8080/v1", "[::1]", "/v1"),
        ("http://[::1]/v1", "[::1]", "/v1"),
        ("http://u@[2001:DB8::1]", "[2001:db8::1]", ""),
        ("http://127.0.0.1:11434/api/chat", "127.0.0.1", "/api/chat"),
        ("https:///x", "", "/x"),
        ("https://", "", ""),
        ("/v1/chat?to=http://other.example/y", "", "/v1/chat"),
        ("api.example.com/v1/chat", "", "/v1/chat"),
        ("<API_BASE>/models", "", "/models"),
        ("models", "", ""),
        ("", "", ""),
    ],
)
def test_the_host_and_the_path_of_a_url(url: str, host: str, path: str) -> None:
    request = _request(url)
    assert (request.host, request.url_path) == (host, path)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://api.example.com/v1/chat", "/v1/chat"),
        ("https://api.example.com/model/a%3Ab%2Fc/invoke?x=%20", "/model/a:b/c/invoke"),
        ("https://api.example.com/100%", "/100%"),
    ],
)
def test_a_path_is_decoded_and_nothing_else_of_the_url(url: str, path: str) -> None:
    assert _request(url).decoded_path == path


@settings(deadline=None, max_examples=100)
@given(st.text(st.sampled_from("ab:/?#@[].%"), max_size=20))
def test_no_url_is_too_strange(url: str) -> None:
    request = _request(url)
    assert not set(request.host) & set("/?#@")
    assert not set(request.url_path) & set("?#")
    assert request.url_path in ("", *(url[place:].partition("#")[0].partition("?")[0] for place in range(len(url))))


@pytest.mark.parametrize(
    ("content_type", "media_type"),
    [
        ("application/json", "application/json"),
        ("Text/Event-Stream; charset=UTF-8", "text/event-stream"),
        (" text/plain ;x", "text/plain"),
        ("", ""),
        (";", ""),
    ],
)
def test_the_media_type_is_in_lower_case_and_without_parameters(content_type: str, media_type: str) -> None:
    assert _response(200, content_type).media_type == media_type


@pytest.mark.parametrize(
    ("code", "successful"),
    [(200, True), (204, True), (299, True), (None, True), (199, False), (300, False), (0, False)],
)
def test_2xx_is_success_and_so_is_no_status(code: int | None, successful: bool) -> None:
    assert _response(code).successful is successful


def test_headers_are_found_whatever_their_case() -> None:
    headers = _headers(("Set-Cookie", "a"), ("X", "b"), ("set-cookie", "c"))
    assert headers.get("SET-COOKIE") == "a"
    assert headers.values("Set-cookie") == ["a", "c"]
    assert headers.find("x") == Header("X", "b", ("headers", "X", 0))
    assert (headers.find("y"), headers.get("y"), headers.values("y")) == (None, "", [])
    assert (len(headers), [line.value for line in headers]) == (3, ["a", "b", "c"])


def test_a_field_that_is_not_there_has_the_place_of_its_message() -> None:
    assert _request("x").route("url") == Route(("r", "url"))
    assert _request("x").route("headers") == Route(("r",))


# Bodies.


@pytest.mark.parametrize(
    ("raw", "data", "text", "size"),
    [
        ("hé", b"h\xc3\xa9", "hé", 3),
        (b"h\xc3\xa9", b"h\xc3\xa9", "hé", 3),
        (b"\xff", b"\xff", "\ufffd", 1),
        ("\ud800", b"\xed\xa0\x80", "\ud800", 3),
        ("ascii", b"ascii", "ascii", 5),
        ("", b"", "", 0),
        (b"", b"", "", 0),
        (None, b"", "", 0),
    ],
)
def test_a_body_is_bytes_and_text(raw: str | bytes | None, data: bytes, text: str, size: int) -> None:
    body = _body(raw)
    assert (body.data, body.text, body.size) == (data, text, size)
    assert (body.codings, body.decoded.problem) == ((), "")


def test_text_with_a_character_for_each_byte_has_as_many_bytes() -> None:
    body = Body("\xe9\xff", (), bytewise=True)
    assert (body.data, body.text, body.size) == (b"\xe9\xff", "\xe9\xff", 2)


def test_a_coding_is_taken_off_bytes_once() -> None:
    packed = gzip.compress(b"hello")
    body = _body(packed, ("content-encoding", "gzip"))
    assert (body.codings, body.data, body.text, body.size) == (("gzip",), b"hello", "hello", len(packed))
    assert body.decoded is body.decoded


def test_text_under_a_coding_is_a_problem_and_read_all_the_same() -> None:
    body = _body("hello", ("Content-Encoding", "br, gzip"))
    assert body.decoded.problem == "is plain text, although Content-Encoding says br, gzip"
    assert (body.data, body.text) == (b"hello", "hello")


def test_a_body_that_the_recorder_decoded_has_no_coding_left() -> None:
    for raw in ("hello", b"hello"):
        body = _body(raw, ("Content-Encoding", "gzip"), coded=False)
        assert (body.data, body.decoded.problem, body.as_sent) == (b"hello", "", False)


def test_an_empty_body_has_nothing_to_decode() -> None:
    assert _body(b"", ("Content-Encoding", "gzip")).decoded.problem == ""
    assert _body("", ("Content-Encoding", "gzip")).decoded.problem == ""


@pytest.mark.parametrize(
    ("exact", "coded", "as_sent"), [(True, None, True), (True, True, True), (True, False, False), (False, None, False)]
)
def test_a_body_is_as_sent_unless_the_recorder_changed_it(exact: bool, coded: bool | None, as_sent: bool) -> None:
    assert _body("x", exact=exact, coded=coded).as_sent is as_sent


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "é".encode(), "é"),
        ("UTF8", "é".encode(), "é"),
        ("iso-8859-1", b"\xe9", "é"),
        ("ISO8859-15", b"\xa4", "€"),
        ('"latin1"', b"\xe9", "é"),
        ("windows-1252 ; x=y", b"\x80", "€"),
        ("cp1251", b"\xff", "я"),
        ("utf-16le", "é".encode("utf-16le"), "é"),
        ("utf-16", "é".encode("utf-16"), "é"),
        ("shift_jis", "あ".encode("shift_jis"), "あ"),
        ("gb18030", "你".encode("gb18030"), "你"),
        ("us-ascii", b"a\xe9", "a\ufffd"),
        ("iso-8859-99", "é".encode(), "é"),
        ("no-such", "é".encode(), "é"),
        ("", "é".encode(), "é"),
        ("rot13", b"abc", "abc"),
        ("hex", b"6162", "6162"),
        ("idna", b"xn--a", "xn--a"),
        ("unicode_escape", b"\\d\\u0041", "\\d\\u0041"),
        ("a\0b", b"x", "x"),
    ],
)
def test_text_is_read_in_its_charset(charset: str, data: bytes, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _body(data, ("Content-Type", f"text/plain; charset={charset}")).text == text


def test_no_charset_takes_more_than_linear_time() -> None:
    body = _body(b"abc-" + b"z9" * 1_000_000, ("Content-Type", "text/plain; charset=punycode"))
    start = time.perf_counter()
    assert len(body.text) == 2_000_004
    assert time.perf_counter() - start < 20  # at once; Python's decoder would take minutes


def test_text_that_was_recorded_as_text_has_no_charset_any_more() -> None:
    assert _body("é", ("Content-Type", "text/plain; charset=iso-8859-1")).text == "é"


def test_json_is_parsed_once() -> None:
    body = _body('{"a": [1, null]}')
    assert body.json_error() is None
    assert body.json() == {"a": [1, None]}
    assert body.json() is body.json()
    assert body.json_error() is None


@pytest.mark.parametrize("asked_first", [True, False])
def test_what_is_not_json_says_why_and_where(asked_first: bool) -> None:
    body = _body('{"a": nil}')
    if asked_first:
        assert body.json() is None
    error = body.json_error()
    assert error is not None
    assert (error.message, error.offset) == ("expecting value", 6)
    assert body.json() is None


def test_null_is_json_and_has_no_error() -> None:
    body = _body("null")
    assert (body.json(), body.json_error()) == (None, None)


def test_places_in_a_body() -> None:
    body = _body("hello")
    assert body.route() == Route(("body",))
    assert body.route(2) == Route(("body",), span=(2, 3))
    assert body.route(2, 4, event=5) == Route(("body",), span=(2, 4), event=5)
    assert body.route(event=5) == Route(("body",), event=5)


@pytest.mark.parametrize("body", [_body("hello", exact=False), _body(None)], ids=["made", "none"])
def test_a_place_in_what_was_not_recorded_as_text_is_the_whole_value(body: Body) -> None:
    assert body.route(2, 4, event=1) == Route(("body",), event=1)


def test_a_place_in_bytes_is_the_whole_value_and_tells_the_character() -> None:
    assert _body(b"hello").route(2, 4, event=1) == Route(("body",), event=1, decoded=2)
    assert _body(b"hello").route(event=1) == Route(("body",), event=1)
