"""Secrets on the command line of ``lint``: known values, an organisation's rules, what hides findings, reports."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

WORD = "Zx7Qm2Lp" + "9Tr4Vb8N"
KEY = "sk-" + "proj-" + WORD + "cW3dY6fH" + "k1Gs5Ju0"
OTHER = "sk-" + "proj-" + "Ea8RiPo2" + "Xn4Kt7Bv" + "Qe6Mz9Lw" + "Uy3Dh5Cj"
KNOWN = "correct-horse-" + "battery"
TEXT = """\
version: 2
interactions:
- id: 0
  request:
    url: "https://api.example.com/v1/models"
    method: GET
    headers:
      Authorization: [Bearer {key}]
  response:
    code: 200
    headers: {{}}
    body: "it is {body}"
"""
RULES = """\
[[rules]]
id = "acme-key"
description = "A key of ACME"
regex = '''acme_[A-Za-z0-9]{16}'''
keywords = ["acme_"]

[[rules]]
id = "looks-back"
description = "What RE2 does not have"
regex = '''(?<=a)secret[0-9]{8}'''
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """One cassette with a key in a header, and one with nothing in it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "key.yaml").write_text(TEXT.format(key=KEY, body="nothing"))
    (tmp_path / "clean.yaml").write_text(TEXT.format(key="REDACTED", body="nothing"))
    return tmp_path


def _codes(result: "subprocess.CompletedProcess[str]") -> list[str]:
    return re.findall(r" (?:error|warning|info)\[(CT[0-9]{3})\]", result.stdout)


# --- --known-secret-env -----------------------------------------------------------------------------------------------


def test_the_value_of_a_variable_is_searched_for(call: Run, folder: Path) -> None:
    (folder / "known.yaml").write_text(TEXT.format(key="REDACTED", body=KNOWN))
    found = call("lint", "known.yaml", "--known-secret-env", "ACME", env={"ACME": KNOWN})
    assert (_codes(found), found.returncode) == (["CT609"], 1)
    assert "the value of ACME in the response body: 'co…ry' (21 characters)" in found.stdout
    assert KNOWN not in found.stdout + found.stderr
    # Without the option, nothing is known.
    assert call("lint", "known.yaml", env={"ACME": KNOWN}).returncode == 0


def test_several_variables_are_searched_for_those_of_the_configuration_too(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").write_text('[secrets]\nknown-secret-env = ["THIRD"]\n')
    values = {"FIRST": "first-" + WORD, "SECOND": "second-" + WORD, "THIRD": "third-" + WORD}
    (folder / "known.yaml").write_text(TEXT.format(key="REDACTED", body=" ".join(values.values())))
    options = ("--known-secret-env", "FIRST", "--known-secret-env", "SECOND")
    found = call("lint", "known.yaml", *options, "--format", "concise", env=values)
    assert re.findall(r"the value of (\w+)", found.stdout) == ["FIRST", "SECOND", "THIRD"]
    alone = call("lint", "known.yaml", "--isolated", "--known-secret-env", "SECOND", "--format", "concise", env=values)
    assert re.findall(r"the value of (\w+)", alone.stdout) == ["SECOND"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "is not set"),
        ("", "is empty"),
        ("  \n", "is empty"),
        ("abc", "has fewer than 6 characters, which are found everywhere"),
    ],
)
def test_a_variable_without_a_value_stops_the_tool(call: Run, value: str | None, problem: str) -> None:
    result = call(
        "lint",
        "clean.yaml",
        "--known-secret-env",
        "NO_SUCH_THING",
        env={} if value is None else {"NO_SUCH_THING": value},
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        f"error: --known-secret-env: the environment variable 'NO_SUCH_THING' {problem}\n"
        "  hint: it takes the name of an environment variable\n"
    )


def test_who_gives_the_secret_instead_of_a_name_does_not_see_it(call: Run) -> None:
    result = call("lint", "clean.yaml", "--known-secret-env", KEY)
    assert (result.returncode, result.stdout) == (2, "")
    assert KEY[3:-3] not in result.stderr
    assert result.stderr.endswith("hint: it takes the name of an environment variable, not its value\n")


def test_a_variable_of_the_configuration_that_is_not_set_is_named_with_its_line(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").write_text('[secrets]\nknown-secret-env = ["NO_SUCH_THING"]\n')
    result = call("lint", "clean.yaml")
    assert result.returncode == 2
    assert result.stderr.startswith(
        "error: cassette-tools.toml:2: secrets.known-secret-env: the environment variable 'NO_SUCH_THING' is not set\n"
    )


# --- --gitleaks-config ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_rules_of_gitleaks_are_used_and_what_is_not_used_is_said_once(call: Run, folder: Path, jobs: str) -> None:
    (folder / "gitleaks.toml").write_text(RULES)
    for number in range(3):
        (folder / f"acme{number}.yaml").write_text(TEXT.format(key="REDACTED", body=f"acme_{WORD}"))
    result = call("lint", ".", "--gitleaks-config", "gitleaks.toml", "--select", "CT603", "--jobs", jobs)
    assert (_codes(result), result.returncode) == (["CT603"] * 3, 1)
    assert "a secret of gitleaks' rule 'acme-key' in the response body: 'ac…8N' (21 characters)" in result.stdout
    warnings = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert warnings[0].startswith("warning: gitleaks: ")
    assert "looks-back" in warnings[0]
    assert ": not used: " in warnings[0]


def test_rules_of_gitleaks_are_named_in_the_configuration_too(call: Run, folder: Path) -> None:
    (folder / "config").mkdir()
    (folder / "config" / "gitleaks.toml").write_text(RULES.partition("\n\n")[0])
    (folder / "cassette-tools.toml").write_text('[secrets]\ngitleaks-config = "config/gitleaks.toml"\n')
    (folder / "acme.yaml").write_text(TEXT.format(key="REDACTED", body=f"acme_{WORD}"))
    result = call("lint", "acme.yaml")
    assert (_codes(result), result.stderr.partition("  hint: ")[0]) == (
        ["CT603"],
        "1 finding (1 error) in 1 of 1 cassette\n",
    )
    assert call("lint", "acme.yaml", "--isolated").returncode == 0


@pytest.mark.parametrize(("text", "problem"), [(None, "no such file or directory"), ("[[rules", "is not TOML")])
def test_a_configuration_of_gitleaks_that_cannot_be_read_stops_the_tool(
    call: Run, folder: Path, text: str | None, problem: str
) -> None:
    if text is not None:
        (folder / "gitleaks.toml").write_text(text)
    result = call("lint", "clean.yaml", "--gitleaks-config", "gitleaks.toml")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: gitleaks.toml")
    assert problem in result.stderr


# --- what hides findings ----------------------------------------------------------------------------------------------


def test_a_baseline_hides_what_is_known_holds_no_secret_and_still_holds_after_another_recording(
    call: Run, folder: Path
) -> None:
    assert call("lint", ".", "--write-baseline", "known.json").stderr == "1 entry in known.json\n"
    text = (folder / "known.json").read_text()
    assert KEY not in text
    assert KEY[:10] not in text
    (entry,) = json.loads(text)["findings"]
    assert entry["route"] == "interactions[0].request.headers.Authorization[0]"
    assert (entry["path"], entry["code"], entry["name"]) == ("key.yaml", "CT601", "credential-header")
    assert re.fullmatch("[0-9a-f]{32}", entry["fingerprint"])
    hidden = call("lint", ".", "--baseline", "known.json")
    assert (hidden.returncode, hidden.stdout) == (0, "")
    # Another key in the same place is the same finding: the fingerprint does not depend on the secret.
    (folder / "key.yaml").write_text(TEXT.format(key=OTHER, body="nothing"))
    assert call("lint", ".", "--baseline", "known.json").returncode == 0
    # A key in another place is a new one.
    (folder / "key.yaml").write_text(TEXT.format(key=OTHER, body=KEY))
    assert _codes(call("lint", ".", "--baseline", "known.json")) == ["CT603"]


def test_of_a_redacted_file_the_entry_of_the_baseline_is_reported(call: Run) -> None:
    call("lint", ".", "--write-baseline", "known.json")
    assert call("redact", "key.yaml", "--write").returncode == 0
    assert _codes(call("lint", ".", "--baseline", "known.json")) == ["CT001"]


@pytest.mark.parametrize("rules", ["CT601", "credential-header", "CT6", "CT203,CT601"])
def test_a_comment_hides_a_secret_where_it_stands(call: Run, folder: Path, rules: str) -> None:
    text = TEXT.format(key=KEY, body=KEY).replace(
        f"[Bearer {KEY}]", f"[Bearer {KEY}] # cassette-tools: ignore[{rules}] revoked"
    )
    (folder / "key.yaml").write_text(text)
    result = call("lint", "key.yaml", "--select", "CT6")
    said = result.stderr.partition("  hint: ")[0]
    assert (_codes(result), said) == (["CT603"], "1 finding (1 error; 1 ignored) in 1 of 1 cassette\n")
    assert _codes(call("lint", "key.yaml", "--select", "CT6", "--no-ignores")) == ["CT601", "CT603"]


def test_a_comment_for_a_rule_that_is_off_by_default_is_not_called_useless(call: Run, folder: Path) -> None:
    text = TEXT.format(key="REDACTED", body="nothing").replace(
        "- id: 0", "- id: 0 # cassette-tools: ignore[CT608] public"
    )
    (folder / "clean.yaml").write_text(text)
    assert _codes(call("lint", "clean.yaml")) == []
    assert _codes(call("lint", "clean.yaml", "--extend-select", "CT608")) == ["CT002"]


def test_the_configuration_ignores_secrets_in_some_files(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").write_text('[per-file-ignores]\n"key.yaml" = ["CT6"]\n')
    result = call("lint", ".")
    assert (result.returncode, result.stderr) == (0, "2 cassettes checked, nothing found (1 ignored)\n")


# --- off by default, severities ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "codes"),
    [
        ([], []),
        (["--select", "CT6"], []),
        (["--extend-select", "CT60"], []),
        (["--select", "CT608"], ["CT608"]),
        (["--extend-select", "personal-data"], ["CT608"]),
        (["--select", "ALL"], ["CT608"]),
        (["--select", "ALL", "--ignore", "CT6"], []),
    ],
)
def test_personal_data_is_looked_for_on_demand(call: Run, folder: Path, args: list[str], codes: list[str]) -> None:
    (folder / "x.yaml").write_text(TEXT.format(key="REDACTED", body="jane.doe@" + "acme-corp.com"))
    assert _codes(call("lint", "x.yaml", *args)) == codes


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_severity_of_the_configuration_holds_for_secrets_and_decides_the_exit_code(
    call: Run, folder: Path, severity: str
) -> None:
    (folder / "cassette-tools.toml").write_text(f'[rules.credential-header]\nseverity = "{severity}"\n')
    result = call("lint", "key.yaml")
    assert re.findall(r"(\w+)\[CT601\]", result.stdout) == [severity]
    assert result.returncode == (0 if severity == "info" else 1)


# --- reports ----------------------------------------------------------------------------------------------------------


def test_sarif_describes_the_rules_about_secrets(call: Run, folder: Path) -> None:
    (folder / "x.yaml").write_text(TEXT.format(key=KEY, body="jane.doe@" + "acme-corp.com"))
    log = json.loads(call("lint", "x.yaml", "--extend-select", "CT608", "--format", "sarif").stdout)
    (run,) = log["runs"]
    described = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert {code: rule["name"] for code, rule in described.items()} == {
        "CT601": "credential-header",
        "CT608": "personal-data",
    }
    assert described["CT601"]["defaultConfiguration"] == {"level": "error"}
    assert described["CT608"]["defaultConfiguration"] == {"level": "note", "enabled": False}
    assert described["CT601"]["properties"]["tags"] == ["secret"]
    assert described["CT601"]["shortDescription"]["text"] == "A credential in a header."
    assert [result["level"] for result in run["results"]] == ["error", "note"]
    assert all(result["partialFingerprints"]["cassetteTools/v1"] for result in run["results"])


def test_a_rule_that_is_off_by_default_says_so_on_its_page(call: Run) -> None:
    assert "Severity: info · since 0.1.0 · off by default\n" in call("rule", "CT608").stdout
    assert json.loads(call("rule", "CT608", "--format", "json").stdout)["default"] is False
    assert json.loads(call("rule", "CT607", "--format", "json").stdout)["default"] is True


# --- how a secret is taken out ----------------------------------------------------------------------------------------


def _hint(result: "subprocess.CompletedProcess[str]") -> str:
    found = re.search(r"(?m)^  hint: `(.*)` takes secrets out; revoke those that were pushed already$", result.stderr)
    return found[1] if found else ""


def test_the_command_that_takes_a_secret_out_is_told_and_does_so(call: Run) -> None:
    command = _hint(call("lint", "."))
    assert command == "cassette-tools redact --write ./key.yaml"
    assert call(*command.split()[1:]).returncode == 0
    assert (call("lint", ".").returncode, _hint(call("lint", "."))) == (0, "")


def test_the_command_names_few_files_or_what_was_named_and_how_secrets_are_known(call: Run, folder: Path) -> None:
    for name in ("a b", "c", "d"):
        (folder / f"{name}.yaml").write_text(TEXT.format(key=KEY, body=KNOWN))
    assert _hint(call("lint", "a b.yaml")) == "cassette-tools redact --write 'a b.yaml'"
    assert _hint(call("lint", ".")) == "cassette-tools redact --write ."
    files = ["a b.yaml", "c.yaml", "d.yaml", "key.yaml"]
    assert _hint(call("lint", *files)) == "cassette-tools redact --write 'a b.yaml' c.yaml d.yaml …"
    known = call("lint", "c.yaml", "--select", "CT609", "--known-secret-env", "ACME", env={"ACME": KNOWN})
    assert _hint(known) == "cassette-tools redact --write --known-secret-env ACME c.yaml"
    assert _hint(call("lint", "c.yaml", "--isolated")) == "cassette-tools redact --write --isolated c.yaml"


def test_no_command_is_told_where_there_is_no_file_or_nothing_worse_than_worth_knowing(call: Run, folder: Path) -> None:
    text = (folder / "key.yaml").read_text()
    assert _hint(call("lint", "-", stdin=text.encode())) == ""
    assert call("lint", "key.yaml", "-q").stderr == ""
    (folder / "account.yaml").write_text(
        text.replace(f"Authorization: [Bearer {KEY}]", f"OpenAI-Organization: [org-{WORD}q7Vx]")
    )
    result = call("lint", "account.yaml")
    assert (_codes(result), _hint(result)) == (["CT607"], "")
