"""What only stands for a secret is told from one that looks alike."""

import pytest

from cassette_tools.credentials import context


@pytest.mark.parametrize(
    "value",
    [
        "x" * 20,
        "XXXX-XXXX",
        "sk-" + "xxxx" + "7Qm2",
        "sk-" + "*" * 8,
        "xXxXxXxXxX",
        "sk-..." + "7Qm2",
        "FAKE" + "q7m2xk9t",
    ],
)
def test_a_mask_is_a_placeholder(value: str) -> None:
    assert context.is_placeholder(value)


@pytest.mark.parametrize("value", ["ABSK" + "pFPCuGhKXxXxX4wq60zKx2", "sk-" + "Zx7QmXxXx2Lp9Tr4Vb8N"])
def test_letters_of_both_cases_that_a_random_value_happens_to_have_are_no_mask(value: str) -> None:
    assert not context.is_placeholder(value)
