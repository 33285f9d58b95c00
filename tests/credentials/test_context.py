"""What only stands for a secret is told from one that looks alike."""

import random
import string

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


@pytest.mark.parametrize(
    "value",
    [
        *(
            "EMPTY",
            "sk-no-key-required",
            "not-needed",
            "ollama",
            "lm-studio",
            "anything",
            "hello-world",
            "pytest",
            "wrong-key-123",
        ),
        *("cassette", "replay", "deadbeef", "1234", "sk-1234", "sk-" + "proj-1234567890", "abc"),
        *("Password123!", "P@ssw0rd", "s3cret-p4ss", "admin123", "letmein1", "root123", "mypassword", "postgres"),
        ".".join(("eyJhbGciOiJIUzI1NiJ9", "ey" + "JzdWIiOiIxMjM0NTY3ODkwIiwiYWRtaW4iOnRydWV9", "q7Zk2Vx9Lw4Tb8Rn")),
    ],
)
def test_what_is_given_where_any_key_will_do_is_a_placeholder(value: str) -> None:
    assert context.is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    [
        "hunter2x",
        "Tr0ub4dor&3",
        "letmein-q7Zk2V",
        "admin-Lw4Tb8Rn",
        "1357",
        "8461",
        "acbd",
        "q7Zk2Vx9",
        "ollama-q7Zk2Vx9Lw4T",
    ],
)
def test_what_only_begins_like_one_is_none(value: str) -> None:
    assert not context.is_placeholder(value)


@pytest.mark.parametrize(
    "alphabet", [string.ascii_lowercase + string.digits, string.ascii_letters + string.digits + "-_"]
)
@pytest.mark.parametrize("size", [12, 16, 24, 32])
def test_random_values_are_no_placeholders_and_no_words(alphabet: str, size: int) -> None:
    chance = random.Random(size)
    values = ["".join(chance.choices(alphabet, k=size)) for _ in range(5000)]
    # What has letters only cannot be told from a word.
    values = [value for value in values if any(letter.isdigit() for letter in value)]
    missed = [value for value in values if context.is_placeholder(value) or context.is_wording(value)]
    assert len(missed) <= 5, missed


@pytest.mark.parametrize(
    "value",
    ["hashlib.sha256", "settings.OPENAI_API_KEY_V2", "gpt-4o-mini-2024-07-18", "claude-3-5-sonnet-20241022", "qwen-7b"],
)
def test_names_of_code_and_of_models_are_words(value: str) -> None:
    assert context.is_wording(value)


@pytest.mark.parametrize(
    ("value", "is_wording"), [("sk-", True), ("word:Word", True), ("x9Kq-", False), ("a1B2", False)]
)
def test_what_is_megabytes_is_told_by_its_beginning(value: str, is_wording: bool) -> None:
    value *= 300_000
    for text in (value, value + "q7Zk2Vx9" * 9):
        assert context.is_wording(text) is is_wording
        assert context.entropy(text) == context.entropy(value)


def test_one_word_of_thousands_of_letters_is_none() -> None:
    assert not context.is_wording("Word" * 2000)
    assert not context.is_wording("sk-" + "a1B2" * 1500)
    assert context.is_wording("word-" * 2000 + "word")
