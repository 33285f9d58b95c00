"""Tables for people."""

from cassette_tools.report.table import table


def test_columns_are_as_wide_as_what_is_in_them_and_lines_end_with_it() -> None:
    assert table(("name", "n", "what"), [("a", "10", ""), ("long name", "7", "x")], ("n",)).split("\n") == [
        "name        n  what",
        "---------  --  ----",
        "a          10",
        "long name   7  x",
    ]


def test_colours_take_no_room_and_an_empty_row_is_an_empty_line() -> None:
    rows = [("\x1b[36mred\x1b[0m", "1"), ("", ""), ("green", "2")]
    assert table(("c", "n"), rows, ("n",)).split("\n") == [
        "c      n",
        "-----  -",
        "\x1b[36mred\x1b[0m    1",
        "",
        "green  2",
    ]


def test_what_looks_like_a_number_stays_as_it_is() -> None:
    assert table(("v",), [("1e3",), ("007",), ("1,000",)]) == "v\n-----\n1e3\n007\n1,000"
