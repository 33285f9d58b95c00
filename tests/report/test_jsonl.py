"""The JSON lines: each is a finding as the JSON report has it."""

import json
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cassette_tools import schemas
from cassette_tools.finding import Finding

Written = Callable[..., str]
SCHEMA = schemas.load("lint-report-v1")
VALIDATOR = Draft202012Validator({**SCHEMA["$defs"]["finding"], "$defs": SCHEMA["$defs"]})


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_each_line_is_a_finding_of_the_json_report(
    written: Written, findings: st.SearchStrategy[list[Finding]], data: st.DataObject
) -> None:
    drawn = data.draw(findings)
    text = written("jsonl", drawn)
    assert text.isascii()
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        VALIDATOR.validate(line)
    assert lines == json.loads(written("json", drawn))["findings"]
    assert text == "" or text.endswith("\n")
