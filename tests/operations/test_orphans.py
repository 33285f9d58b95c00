"""Cassettes that no test claims: found where names are known, and never said of what may be claimed."""

import pytest

from cassette_tools.operations.orphans import Recorded, Source, Verdict, judge

GO = """\
package chat

func TestChat(t *testing.T) {
	t.Run("says hi", func(t *testing.T) {})
	t.Run(`streams`, func(t *testing.T) {})
	t.Run("deep/er", func(t *testing.T) {})
}

func ExampleClient_Do() {}

func (s *Suite) TestMethod() {}
"""
PYTHON = """\
class TestAgent(Base):
    def test_run(self): ...

async def test_stream(model): ...
"""
BASE = "class Base:\n    def test_inherited(self): ...\n"
RUBY = """\
RSpec.describe RubyLLM::Chat do
  context "with a model, or two" do
    it 'says "hi" politely' do; end
  end
end
"""


def _judge(path: str, format_: str, *sources: tuple[str, str]) -> tuple[str, str]:
    (judgement,) = judge([Recorded(path, format_)], [Source(*source) for source in sources])
    assert judgement.path == path
    return judgement.verdict.value, judgement.reason


@pytest.mark.parametrize(
    ("path", "verdict", "reason"),
    [
        ("/r/chat/testdata/TestChat.yaml", "claimed", "TestChat in /r/chat"),
        ("/r/chat/testdata/TestChat/says_hi.yaml", "claimed", "TestChat/says_hi in /r/chat"),
        ("/r/chat/testdata/TestChat/streams.yaml.gz", "claimed", "TestChat/streams in /r/chat"),
        ("/r/chat/testdata/TestChat/deep/er.yaml", "claimed", "/r/chat/chat_test.go names it"),
        ("/r/chat/testdata/TestChat/TestMethod.yaml", "claimed", "TestChat/TestMethod in /r/chat"),
        ("/r/chat/fixtures/ExampleClient_Do.yaml", "claimed", "ExampleClient_Do in /r/chat"),
        ("/r/chat/testdata/TestGone.yaml", "orphan", "there is no func TestGone in /r/chat/*_test.go"),
        ("/r/chat/testdata/TestGone/streams.yaml", "orphan", "there is no func TestGone in /r/chat/*_test.go"),
        ("/r/chat/testdata/TestChat/gone.yaml", "orphan", "TestChat in /r/chat has no subtest gone"),
        ("/r/chat/testdata/by_hand.yaml", "unknown", "no test names it, and its path has no name of a Go test"),
        ("/other/testdata/TestChat.yaml", "unknown", "there are no Go tests in the folders above TestChat"),
        ("/r/chat/testdata/Testing/x.yaml", "unknown", "no test names it, and its path has no name of a Go test"),
    ],
)
def test_go_tests_claim_by_name_and_by_subtest(path: str, verdict: str, reason: str) -> None:
    assert _judge(path, "go-vcr", ("/r/chat/chat_test.go", GO)) == (verdict, reason)


def test_subtests_whose_names_are_computed_may_claim_anything_below_their_test() -> None:
    computed = ("/r/chat/more_test.go", "func TestMore(t *testing.T) { t.Run(tc.name, f) }")
    sources = (("/r/chat/chat_test.go", GO), computed)
    assert _judge("/r/chat/testdata/TestChat/gone.yaml", "go-vcr", *sources) == (
        "unknown",
        "TestChat is there, but names of subtests are computed: gone may be one",
    )
    assert _judge("/r/chat/testdata/TestGone/x.yaml", "go-vcr", *sources)[0] == "orphan"


@pytest.mark.parametrize(
    ("path", "verdict", "reason"),
    [
        ("/r/t/cassettes/test_agent/test_stream.yaml", "claimed", "test_stream in test_agent.py"),
        ("/r/t/cassettes/test_agent/test_stream[gpt-4.1-True].yaml", "claimed", "test_stream in test_agent.py"),
        ("/r/t/cassettes/test_agent/TestAgent.test_run.yaml", "claimed", "test_run in test_agent.py"),
        ("/r/t/cassettes/test_agent/TestAgent.test_inherited.yaml", "claimed", "test_inherited in test_agent.py"),
        ("/r/t/cassettes/test_stream.json", "claimed", "test_stream in any module"),
        ("/r/t/cassettes/test_agent/test_gone.yaml", "orphan", "there is no test_gone in test_agent.py"),
        ("/r/t/cassettes/test_agent/TestGone.test_gone.yaml", "orphan", "there is no test_gone in test_agent.py"),
        ("/r/t/cassettes/test_gone/test_stream.yaml", "orphan", "there is no module test_gone.py"),
        ("/r/t/cassettes/test_gone.yaml", "orphan", "there is no test_gone in any module"),
        ("/r/t/cassettes/by_hand.yaml", "unknown", "no test names it, and its name is not that of a test"),
    ],
)
def test_python_tests_claim_by_module_function_and_class(path: str, verdict: str, reason: str) -> None:
    sources = (("/r/t/test_agent.py", PYTHON), ("/r/t/base.py", BASE))
    assert _judge(path, "VCR.py", *sources) == (verdict, reason)


@pytest.mark.parametrize(
    "computed",
    [
        "def default_cassette_name(request): ...",
        "with vcr.use_cassette(path): ...",
        "def vcr_cassette_dir(request): ...",
    ],
)
def test_names_that_python_computes_may_claim_anything(computed: str) -> None:
    sources = (("/r/t/test_agent.py", PYTHON), ("/r/t/conftest.py", computed))
    assert _judge("/r/t/cassettes/test_agent/test_gone.yaml", "VCR.py", *sources) == (
        "unknown",
        "there is no test_gone in test_agent.py, but names of cassettes are computed",
    )


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("/r/spec/cassettes/RubyLLM_Chat/with_a_model_or_two/says_hi_politely.yml", "claimed"),
        ("/r/spec/cassettes/chat_with_a_model_or_two_says_hi_politely.yml", "claimed"),
        ("/r/spec/cassettes/RubyLLM_Chat.yml", "claimed"),
        ("/r/spec/cassettes/RubyLLM_Chat/with_a_model_or_two/says_bye.yml", "orphan"),
    ],
)
def test_ruby_examples_claim_by_their_descriptions(path: str, verdict: str) -> None:
    assert _judge(path, "Ruby VCR", ("/r/spec/chat_spec.rb", RUBY))[0] == verdict


@pytest.mark.parametrize(
    "computed",
    ['it "says #{word}" do', "VCR.use_cassette(name) do", "it description do", "vcr: { cassette_name: name }"],
)
def test_descriptions_that_ruby_computes_may_claim_anything(computed: str) -> None:
    sources = (("/r/spec/chat_spec.rb", RUBY), ("/r/spec/more_spec.rb", computed))
    assert _judge("/r/spec/cassettes/says_bye.yml", "Ruby VCR", *sources)[0] == "unknown"


def test_a_description_claims_what_comes_behind_what_it_computes() -> None:
    source = ("/r/spec/chat_spec.rb", 'it "#{provider}/#{model} can have a conversation" do')
    assert _judge("/r/spec/c/chat_openai_gpt-5_can_have_a_conversation.yml", "Ruby VCR", source)[0] == "claimed"


@pytest.mark.parametrize(
    ("format_", "source", "verdict"),
    [
        ("HAR", 'load("recordings/by_hand.har")', "claimed"),
        ("HAR", "load('by_hand.har')", "claimed"),
        ("go-vcr", "recorder.New(`by_hand`)", "claimed"),
        ("Betamax", "betamax.use_cassette('by_hand')", "claimed"),
        ("HAR", "print('by_hand')", "unknown"),
        ("HAR", "print('by_hand_too.har')", "unknown"),
    ],
)
def test_a_name_in_a_string_claims_where_it_speaks_of_a_file(format_: str, source: str, verdict: str) -> None:
    assert _judge("/r/any/by_hand.har", format_, ("/r/test_x.py", source))[0] == verdict


def test_without_tests_of_its_language_nothing_is_known_of_a_cassette() -> None:
    assert _judge("/r/spec/x.yml", "Ruby VCR", ("/r/x_test.go", GO)) == ("unknown", "there are no Ruby tests")


def test_many_sources_and_cassettes_take_linear_time() -> None:
    sources = [Source(f"/r/p{number}/x_test.go", GO) for number in range(2000)]
    recorded = [Recorded(f"/r/p{number}/testdata/TestChat/says_hi.yaml", "go-vcr") for number in range(2000)]
    assert {judgement.verdict for judgement in judge(recorded, sources)} == {Verdict.CLAIMED}
    hostile = Source("/r/x.rb", 'it "' + "a" * 500_000 + "\n" + "describe " * 50_000 + "{" * 100_000)
    assert [judgement.verdict for judgement in judge([Recorded("/r/x.yml", "Ruby VCR")], [hostile])] == [
        Verdict.UNKNOWN
    ]
