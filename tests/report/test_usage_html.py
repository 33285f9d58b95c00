"""The page about usage, in a real browser: it sorts, it asks nothing of any network, and nothing recorded acts."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cassette_tools.operations.usage.cost import Cost
from cassette_tools.operations.usage.record import Record
from cassette_tools.protocols.usage import Usage
from cassette_tools.report import usage_html

_BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(_BROWSER is None, reason="no Chromium is installed")


def _record(model: str, number: int, *, file: str = "a/x.yaml", dollars: str | None = "0.01") -> Record:
    cost = Cost(None if dollars is None else Decimal(dollars), "unknown" if dollars is None else "recorded")
    return Record(
        file, 0, "x", "openai", "openai-chat", "/v1", model, model, 200, "answer", False, number / 10,
        datetime(2026, 1, 1, tzinfo=UTC), "stop", 0, Usage(10 * number, output=number, total=11 * number), (), "", cost,
    )  # fmt: skip


def _page(records: list[Record], top: int | None = None) -> str:
    return "".join(usage_html.write(records, ("model",), "total", top))


HOSTILE = "<script>document.title='owned'</script>\u202e&\"'"


def test_what_is_recorded_is_text_and_nothing_else() -> None:
    page = _page([_record(HOSTILE, 3, file=f"{HOSTILE}/x.yaml"), _record("b", 5)])
    assert page.count("<script") == 1
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page


def test_the_page_refers_to_nothing_outside() -> None:
    page = _page([_record("a", 3), _record("b", 5)])
    assert re.findall(r"(?:src|href|url)\s*[=(]|https?:|@import", page) == []
    assert "default-src 'none'" in page


def test_few_or_no_records_make_a_page_without_plots() -> None:
    assert "<svg" not in _page([])
    one = _page([_record("a", 3, dollars=None)])
    assert ("Tokens by model" in one, "Cost by folder" in one, "Seconds" in one) == (True, False, False)


def test_many_points_and_groups_are_bounded() -> None:
    page = _page([_record(f"m{number % 40}", number % 500 + 1) for number in range(9000)], top=7)
    assert 1000 <= page.count("<circle") <= 2000
    assert page.count("<tr>") == 7 + 3
    assert page.count("<bdi>28 more</bdi>") == 1  # of the bars, which are twelve
    assert page.count(">33 more</th>") == 1


def test_the_groups_that_are_left_out_are_one_line_and_its_sum() -> None:
    page = _page([_record(f"m{number}", number) for number in range(1, 6)], top=3)
    rest = re.search(r"<tr><th scope=row colspan=1>2 more</th>(.*?)</tr>", page)
    assert rest is not None
    assert re.findall(r">([^<>]+)</td>", rest.group(1))[:3] == ["2", "30", "3"]


def test_names_that_are_cut_are_whole_where_one_points() -> None:
    name = f"{'m' * 300}<"
    page = _page([_record(name, 3, file=f"{name}/x.yaml"), _record("b", 5)])
    assert page.count(f'title="{"m" * 300}&lt;"') == 3


def test_values_that_are_alike_or_far_apart_are_on_the_axes() -> None:
    for numbers in ((5, 5), (1, 5_000_000)):
        page = _page([_record("a", number) for number in numbers])
        places = [float(place) for place in re.findall(r'c[xy]="([0-9.-]+)"', page)]
        assert len(places) == 4
        assert all(0 < place < 760 for place in places)
        assert "nan" not in page


def _dump(page: str, folder: Path) -> str:
    """What the browser has made of a page."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    assert _BROWSER is not None
    command = [
        _BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
        f"--user-data-dir={folder / 'profile'}", "--dump-dom", (folder / "page.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    # What the policy refuses is said on the console, and so is an error of a script.
    assert "CONSOLE" not in done.stderr
    return done.stdout


@needs_browser
def test_a_click_on_a_head_sorts_the_rows(tmp_path: Path) -> None:
    page = _page([_record("b", 30), _record("a", 5), _record("c", 200)])
    script = """
        const seen = [], look = () => seen.push([...document.querySelectorAll("td.name")].map(it => it.title).join(""));
        look();
        for (const column of [0, 0, 0, 2, 2]) {
            document.querySelectorAll("thead button")[column].click();
            look();
        }
        document.title = seen;
    """
    # The policy lets no script run but the page's own, and here the test's.
    tested = re.sub(r"script-src '[^']*'", "script-src 'unsafe-inline'", page)
    shown = _dump(tested.replace("</body>", f"<script>{script}</script></body>"), tmp_path)
    assert re.findall("<title>([a-c,]+)</title>", shown) == ["cba,abc,cba,abc,cba,abc"]
    assert re.findall(r'<td class="name" title="\w+">(\w+)</td>', shown) == ["a", "b", "c"]


@needs_browser
def test_the_browser_runs_the_pages_own_script_and_no_other(tmp_path: Path) -> None:
    shown = _dump(_page([_record(HOSTILE, 3), _record("b", 5)]), tmp_path)
    assert "<title>Usage of recordings</title>" in shown


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_painted_in_both_themes(tmp_path: Path, dark: bool) -> None:
    (tmp_path / "page.html").write_text(_page([_record("a", 3), _record("b", 5)]), encoding="utf-8")
    assert _BROWSER is not None
    command = [
        _BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}", f"--screenshot={tmp_path / 'page.png'}",
        "--window-size=900,700", (tmp_path / "page.html").as_uri(),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    picture = (tmp_path / "page.png").read_bytes()
    assert picture[:4] == b"\x89PNG"
    assert len(picture) > 10_000


@needs_browser
@pytest.mark.parametrize("width", [1400, 500])
def test_nothing_but_the_table_is_wider_than_the_window(tmp_path: Path, width: int) -> None:
    hosts = ("a-provider.example.com", "x")
    records = [_record(f"{host}/{'model-' * 30}{number}", number) for host in hosts for number in (3, 900_000)]
    script = (
        "document.title = [document.documentElement.scrollWidth <= innerWidth,"
        "document.querySelector('.scroll').scrollWidth <= document.querySelector('.scroll').clientWidth]"
    )
    tested = re.sub(r"script-src '[^']*'", "script-src 'unsafe-inline'", _page(records))
    (tmp_path / "page.html").write_text(tested.replace("</body>", f"<script>{script}</script></body>"))
    assert _BROWSER is not None
    command = [
        _BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        f"--window-size={width},900", "--dump-dom", (tmp_path / "page.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    page_fits, table_fits = re.findall(r"<title>(true|false),(true|false)</title>", done.stdout)[0]
    assert page_fits == "true"
    assert width == 500 or table_fits == "true"
