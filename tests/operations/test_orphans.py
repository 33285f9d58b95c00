"""Cassettes that no test claims: found where names are known, and never said of what may be claimed."""

import posixpath
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.operations.claims.base import Recording, SourceFile, Unread, is_test, name_of
from cassette_tools.operations.orphans import find

GO = """\
package chat

func TestChat(t *testing.T) {
	t.Run("says hi", func(t *testing.T) {})
	t.Run(`streams`, func(t *testing.T) {})
	t.Run("deep/er", func(t *testing.T) {})
	require.NotNil(t, chat)
}

// func TestOld(t *testing.T) {}

/*
func TestOlder(t *testing.T) {}
*/

func ExampleClient_Do() {}

func (s *Suite) TestMethod() {}

func TestSuite(t *testing.T) { suite.Run(t, new(Suite)) }

func TestHanded(t *testing.T) { conformance.Run(t, client) }

func TestHelped(t *testing.T) { helper(t) }

func helper(t *testing.T) { t.Run("helps", f) }
"""
PYTHON = """\
from lib import Outside, test_imported

class TestAgent(Base):
    def test_run(self): ...

class TestFar(Outside):
    def test_near(self): ...

async def test_stream(model): ...

test_made = make("x")
# def test_commented(): ...
"""
BASE = "class Base:\n    def test_inherited(self): ...\n"
VCR_RB = 'VCR.configure do |c|\n  c.cassette_library_dir = "spec/cassettes"\n  c.configure_rspec_metadata!\nend\n'
RUBY = """\
RSpec.describe RubyLLM::Chat, "#ask", :vcr do
  context "with a model, or two" do
    it 'says "hi" politely' do
      example = 1
    end
    it { is_expected.to be_nice }
    # it "says nothing" do
  end
  it_behaves_like "a chat"
end
"""
SHARED = 'shared_examples "a chat" do\n  it "streams" do\n  end\nend\n'


def _judge(path: str, format_: str, sources: dict[str, str], folder: str = "/r") -> tuple[str, str]:
    files = [SourceFile(place.removeprefix("/r/"), place, text) for place, text in sources.items()]
    ((recording, verdict),) = find([Recording(path, path, format_)], files, [folder])
    assert recording.path == path
    return verdict.status.value, verdict.reason.removeprefix("no test claims it ")


@pytest.mark.parametrize(
    ("path", "verdict", "reason"),
    [
        ("chat/testdata/TestChat.yaml", "claimed", "TestChat is in chat/chat_test.go"),
        ("chat/testdata/TestChat/says_hi.yaml", "claimed", "TestChat is in chat/chat_test.go"),
        ("chat/testdata/TestChat/says_hi#01.yaml", "claimed", "TestChat is in chat/chat_test.go"),
        ("chat/testdata/TestChat/streams.yaml.gz", "claimed", "TestChat is in chat/chat_test.go"),
        ("chat/testdata/TestChat/deep/er.yaml", "claimed", "TestChat is in chat/chat_test.go"),
        ("chat/testdata/TestSuite/TestMethod.yaml", "claimed", "TestSuite is in chat/chat_test.go"),
        ("chat/testdata/TestHelped/helps.yaml", "claimed", "TestHelped is in chat/chat_test.go"),
        ("chat/fixtures/ExampleClient_Do.yaml", "claimed", "ExampleClient_Do is in chat/chat_test.go"),
        ("chat/testdata/TestGone.yaml", "orphan", "(looked for TestGone in *_test.go)"),
        ("chat/testdata/TestOld.yaml", "orphan", "(looked for TestOld in *_test.go)"),
        ("chat/testdata/TestOlder.yaml", "orphan", "(looked for TestOlder in *_test.go)"),
        ("chat/testdata/TestGone/streams.yaml", "orphan", "(looked for TestGone/streams in *_test.go)"),
        ("chat/testdata/TestChat/gone.yaml", "orphan", "(looked for TestChat/gone in chat/*_test.go)"),
        ("chat/testdata/TestHelped/gone.yaml", "orphan", "(looked for TestHelped/gone in chat/*_test.go)"),
        (
            "chat/testdata/TestHanded/x.yaml",
            "unknown",
            "TestHanded is there, and hands its subtests over to conformance.Run",
        ),
        ("chat/testdata/by_hand.yaml", "unknown", "its name follows no convention that is known"),
        ("chat/testdata/Testing/x.yaml", "unknown", "its name follows no convention that is known"),
        (
            "moved/testdata/TestChat.yaml",
            "unknown",
            "TestChat is in chat/chat_test.go, not in the folder above testdata",
        ),
        ("/other/testdata/TestGone.yaml", "unknown", "its package is not below the folders of tests"),
    ],
)
def test_go_tests_claim_by_name_and_by_subtest(path: str, verdict: str, reason: str) -> None:
    assert _judge(posixpath.join("/r", path), "go-vcr", {"/r/chat/chat_test.go": GO}) == (verdict, reason)


def test_the_name_of_a_folder_above_is_no_name_of_a_test() -> None:
    sources = {"/TestRepo/chat/chat_test.go": GO}
    assert _judge("/TestRepo/chat/testdata/TestGone.yaml", "go-vcr", sources, "/TestRepo")[0] == "orphan"
    assert _judge("/TestRepo/chat/fixtures/TestChat.yaml", "go-vcr", sources, "/TestRepo")[0] == "claimed"


@pytest.mark.parametrize(
    ("more", "path", "verdict", "reason"),
    [
        (
            "t.Run(tc.name, f)",
            "TestChat/gone",
            "unknown",
            "TestChat is there, and chat/more_test.go:2 computes names of subtests",
        ),
        (
            't.Run("a "+b, f)',
            "TestChat/gone",
            "unknown",
            "TestChat is there, and chat/more_test.go:2 computes names of subtests",
        ),
        ("t.Run(tc.name, f)", "TestGone/x", "orphan", "(looked for TestGone/x in *_test.go)"),
        ("cmd.Run()", "TestChat/gone", "orphan", "(looked for TestChat/gone in chat/*_test.go)"),
        ('cases := []string{"not there"}', "TestChat/not_there", "claimed", "TestChat is in chat/chat_test.go"),
        ('replay(t, "TestGone")', "TestGone/x", "unknown", "TestGone is a word in chat/more_test.go, and no test"),
        ('replay(t, "testdata/TestGone/x")', "TestGone/x", "claimed", "its name is in chat/more_test.go"),
        ('recorder.New("testdata/by_hand")', "by_hand", "claimed", "its name is in chat/more_test.go"),
        ("recorder.New(path)", "TestGone/x", "unknown", "chat/more_test.go:2 computes names of cassettes"),
        ('recorder.New(dir + "/" + name)', "TestGone/x", "unknown", "chat/more_test.go:2 computes names of cassettes"),
        (
            'recorder.New(filepath.Join("testdata", t.Name()))',
            "TestGone/x",
            "orphan",
            "(looked for TestGone/x in *_test.go)",
        ),
        ('recorder.New("testdata/" + t.Name())', "TestGone/x", "orphan", "(looked for TestGone/x in *_test.go)"),
        (
            'name := filepath.Join("testdata", t.Name())\n r := recorder.New(\n name,\n)',
            "TestGone/x",
            "orphan",
            "(looked for TestGone/x in *_test.go)",
        ),
        (
            'name := "a"\n name = slug(t.Name())\n r := recorder.New(name)',
            "TestGone/x",
            "unknown",
            "chat/more_test.go:4 computes names of cassettes",
        ),
        (
            "recorder.NewWithOptions(&recorder.Options{CassetteName: name})",
            "TestGone/x",
            "unknown",
            "chat/more_test.go:2 computes names of cassettes",
        ),
        (
            'os.ReadDir("testdata") // *.yaml\n x := ".yaml"',
            "TestGone/x",
            "unknown",
            "chat/more_test.go:2 computes names of cassettes",
        ),
        (
            "}\n//go:embed testdata/*\nvar f embed.FS\nfunc x() {",
            "TestGone/x",
            "unknown",
            "chat/more_test.go:3 computes names of cassettes",
        ),
    ],
)
def test_what_go_computes_may_claim_what_it_could_name(more: str, path: str, verdict: str, reason: str) -> None:
    sources = {
        "/r/chat/chat_test.go": GO,
        "/r/chat/more_test.go": f"package chat\nfunc more(t *testing.T) {{ {more} }}\n",
    }
    assert _judge(f"/r/chat/testdata/{path}.yaml", "go-vcr", sources) == (verdict, reason)


@pytest.mark.parametrize(
    ("path", "verdict", "reason"),
    [
        ("cassettes/test_agent/test_stream.yaml", "claimed", "test_stream is in t/test_agent.py"),
        ("cassettes/test_agent/test_stream[gpt-4.1-True].yaml", "claimed", "test_stream is in t/test_agent.py"),
        ("cassettes/test_agent/TestAgent.test_run.yaml", "claimed", "TestAgent.test_run is in t/test_agent.py"),
        (
            "cassettes/test_agent/TestAgent.test_inherited.yaml",
            "claimed",
            "TestAgent.test_inherited is in t/test_agent.py",
        ),
        ("cassettes/test_agent/test_imported.yaml", "claimed", "test_imported is in t/test_agent.py"),
        ("cassettes/test_agent/test_made.yaml", "claimed", "test_made is in t/test_agent.py"),
        ("cassettes/test_stream.json", "claimed", "test_stream is in t/test_agent.py"),
        ("cassettes/TestAgent.test_run.yaml", "claimed", "TestAgent.test_run is in t/test_agent.py"),
        ("cassettes/test_agent/test_gone.yaml", "orphan", "(looked for test_gone in t/test_agent.py)"),
        ("cassettes/test_agent/test_commented.yaml", "orphan", "(looked for test_commented in t/test_agent.py)"),
        ("cassettes/test_agent/TestGone.test_run.yaml", "orphan", "(looked for TestGone.test_run in t/test_agent.py)"),
        (
            "cassettes/test_agent/TestAgent.test_near.yaml",
            "orphan",
            "(looked for TestAgent.test_near in t/test_agent.py)",
        ),
        ("cassettes/test_gone/test_gone.yaml", "orphan", "(looked for test_gone in test_gone.py, which is not there)"),
        ("cassettes/test_gone.yaml", "orphan", "(looked for test_gone in t/test_*.py)"),
        (
            "cassettes/test_agent/TestFar.test_x.yaml",
            "unknown",
            "TestFar.test_x may be inherited from a class that is not there",
        ),
        ("cassettes/TestFar.test_x.yaml", "unknown", "TestFar.test_x may be inherited from a class that is not there"),
        (
            "cassettes/test_gone/test_stream.yaml",
            "unknown",
            "there is no test_gone.py, but test_stream in t/test_agent.py",
        ),
        ("cassettes/by_hand.yaml", "unknown", "its name follows no convention that is known"),
        ("cassettes/v1/by_hand.yaml", "unknown", "its name follows no convention that is known"),
    ],
)
def test_python_tests_claim_by_module_function_and_class(path: str, verdict: str, reason: str) -> None:
    sources = {"/r/t/test_agent.py": PYTHON, "/r/t/base.py": BASE}
    assert _judge(f"/r/t/{path}", "VCR.py", sources) == (verdict, reason)


@pytest.mark.parametrize(
    ("path", "verdict", "reason"),
    [
        ("/r/a/cassettes/test_agent/test_stream.yaml", "claimed", "test_stream is in t/test_agent.py"),
        (
            "/r/a/cassettes/test_agent/test_gone.yaml",
            "unknown",
            "test_agent.py is not beside its cassettes, but is t/test_agent.py",
        ),
        ("/r/a/cassettes/test_stream.yaml", "claimed", "test_stream is in t/test_agent.py"),
        ("/a/cassettes/test_agent/test_stream.yaml", "unknown", "test_agent.py is not below the folders of tests"),
        ("/a/cassettes/test_stream.yaml", "unknown", "its test modules are not below the folders of tests"),
        ("/r/a/recorded/test_stream[1].yaml", "claimed", "test_stream is in t/test_agent.py"),
    ],
)
def test_a_module_that_is_somewhere_else_is_no_proof(path: str, verdict: str, reason: str) -> None:
    assert _judge(path, "VCR.py", {"/r/t/test_agent.py": PYTHON}) == (verdict, reason)


COMPUTED = "t/conftest.py:2 computes names of cassettes"
ORPHAN = "(looked for test_gone in t/test_agent.py)"


@pytest.mark.parametrize(
    ("code", "verdict", "reason"),
    [
        ("def default_cassette_name(request): ...", "unknown", COMPUTED),
        ("def vcr_cassette_dir(request): ...", "unknown", COMPUTED),
        ("vcr.use_cassette(path)", "unknown", COMPUTED),
        ('vcr.use_cassette(f"{name}.yaml")', "unknown", COMPUTED),
        ('vcr.use_cassette("cassettes/" + name)', "unknown", COMPUTED),
        ("pytest.mark.vcr(name())", "unknown", COMPUTED),
        ("pytest.mark.vcr(*names)", "unknown", COMPUTED),
        ("pytest.mark.default_cassette(name)", "unknown", COMPUTED),
        ('CONFIG = {"cassette_library_dir": here()}', "unknown", COMPUTED),
        ("vcr.VCR(path_transformer=rename)", "unknown", COMPUTED),
        ('glob.glob("cassettes/**/*.yaml")', "unknown", COMPUTED),
        ('os.listdir("cassettes")', "unknown", COMPUTED),
        ("vcr.VCR(path_transformer=vcr.VCR.ensure_suffix('.yaml'))", "orphan", ORPHAN),
        ('vcr.VCR(cassette_library_dir="cassettes")', "orphan", ORPHAN),
        ("pytest.mark.vcr(ignore_hosts=hosts)", "orphan", ORPHAN),
        ("pytest.mark.parametrize('x', names())", "orphan", ORPHAN),
        ('vcr.use_cassette(HERE / "other.yaml")', "orphan", ORPHAN),
        ("glob.glob('*.txt')", "orphan", ORPHAN),
        ('vcr.use_cassette("test_gone")', "claimed", "its name is in t/conftest.py"),
        ('NAME = "test_gone"; vcr.use_cassette(NAME)', "claimed", "its name is in t/conftest.py"),
        ('pytest.mark.default_cassette(\n"test_gone.yaml")', "claimed", "its name is in t/conftest.py"),
        ('load(HERE / "test_agent" / "test_gone")', "claimed", "its name is in t/conftest.py"),
    ],
)
def test_names_that_python_computes_may_claim_anything_below(code: str, verdict: str, reason: str) -> None:
    sources = {"/r/t/test_agent.py": PYTHON, "/r/t/conftest.py": f"import x\n{code}\n"}
    assert _judge("/r/t/cassettes/test_agent/test_gone.yaml", "VCR.py", sources) == (verdict, reason)
    if verdict == "unknown":  # and nothing in another folder
        sources = {"/r/t/test_agent.py": PYTHON, "/r/other/conftest.py": f"import x\n{code}\n"}
        assert _judge("/r/t/cassettes/test_agent/test_gone.yaml", "VCR.py", sources) == ("orphan", ORPHAN)


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("from lib import *\n", "t/test_agent.py imports everything from another module"),
        ("globals()['test_' + x] = f\n", "t/test_agent.py makes names by itself in line 1"),
        ("def test_a(:\n", "t/test_agent.py cannot be parsed"),
        ("x = " + "(" * 5000, "t/test_agent.py cannot be parsed"),
        ("\0", "t/test_agent.py cannot be parsed"),
    ],
)
def test_a_module_that_may_have_more_tests_makes_no_orphans(module: str, reason: str) -> None:
    for path in ("test_agent/test_gone", "test_gone"):
        found = _judge(f"/r/t/cassettes/{path}.yaml", "VCR.py", {"/r/t/test_agent.py": module})
        assert found == ("unknown", reason)


def test_what_cannot_be_parsed_still_claims() -> None:
    sources = {"/r/t/test_agent.py": "def test_a(): print 'x'\nUSED = 'test_b'\n"}
    assert _judge("/r/t/cassettes/test_agent/test_a.yaml", "VCR.py", sources)[0] == "claimed"
    assert _judge("/r/t/cassettes/test_agent/test_b.yaml", "VCR.py", sources)[0] == "claimed"


@pytest.mark.parametrize(
    ("path", "verdict", "reason"),
    [
        (
            "RubyLLM_Chat_ask/with_a_model_or_two/says_hi_politely",
            "claimed",
            "its group and example are in spec/chat_spec.rb",
        ),
        ("RubyLLM_Chat_ask/with_a_model_or_two/1_1_2", "claimed", "its group and example are in spec/chat_spec.rb"),
        ("RubyLLM_Chat_ask/behaves_like_a_chat/streams", "claimed", "its group and example are in spec/chat_spec.rb"),
        (
            "RubyLLM_Chat_ask/with_a_model_or_two/says_bye",
            "orphan",
            "(looked for RubyLLM_Chat_ask/with_a_model_or_two/says_bye in *_spec.rb)",
        ),
        (
            "RubyLLM_Chat_ask/with_a_model_or_two/says_nothing",
            "orphan",
            "(looked for RubyLLM_Chat_ask/with_a_model_or_two/says_nothing in *_spec.rb)",
        ),
        ("Gone/says_hi_politely", "orphan", "(looked for Gone/says_hi_politely in *_spec.rb)"),
        ("by_hand", "unknown", "its name follows no convention that is known"),
        ("../elsewhere/Gone/x", "unknown", "its name follows no convention that is known"),
    ],
)
def test_ruby_examples_claim_by_their_descriptions(path: str, verdict: str, reason: str) -> None:
    sources = {"/r/spec/spec_helper.rb": VCR_RB, "/r/spec/chat_spec.rb": RUBY, "/r/spec/support/chat.rb": SHARED}
    place = posixpath.normpath(f"/r/spec/cassettes/{path}.yml")
    assert _judge(place, "Ruby VCR", sources) == (verdict, reason)


GONE = "(looked for RubyLLM_Chat_ask/says_bye in *_spec.rb)"


@pytest.mark.parametrize(
    ("more", "verdict", "reason"),
    [
        (
            'RSpec.describe RubyLLM::Chat, "#ask" do\n  it "says #{x}" do',
            "unknown",
            "spec/more_spec.rb:2 computes a description",
        ),
        ('RSpec.describe Other do\n  it "says #{x}" do', "orphan", GONE),
        ('RSpec.describe Other do\n  it "says" do\n    puts "#{x}"', "orphan", GONE),
        ("RSpec.describe klass do\n", "unknown", "spec/more_spec.rb:1 computes names of cassettes"),
        ('RSpec.describe "#{x}" do\n', "unknown", "spec/more_spec.rb:1 computes names of cassettes"),
        ('shared_examples "x" do\n  it name do', "unknown", "spec/more_spec.rb:2 computes names of cassettes"),
        ("VCR.use_cassette(name) { }", "unknown", "spec/more_spec.rb:1 computes names of cassettes"),
        ('VCR.use_cassette "a/#{name}" do', "unknown", "spec/more_spec.rb:1 computes names of cassettes"),
        ("x vcr: { cassette_name: name }", "unknown", "spec/more_spec.rb:1 computes names of cassettes"),
        ('Dir.glob("cassettes/*")', "unknown", "spec/more_spec.rb:1 computes names of cassettes"),
        ("def use_cassette(name)", "orphan", GONE),
        ('it "says bye" do', "claimed", "its group and example are in spec/chat_spec.rb"),
        ('VCR.use_cassette("RubyLLM::Chat#ask/says bye")', "claimed", "its name is in spec/more_spec.rb"),
        ("x vcr: { cassette_name: 'says bye' }", "claimed", "its name is in spec/more_spec.rb"),
        ("x :vcr => { :cassette_name => 'says_bye' }", "claimed", "its name is in spec/more_spec.rb"),
        ("VCR.use_cassette(:says_bye)", "claimed", "its name is in spec/more_spec.rb"),
        ("VCR.use_cassette :says_bye do", "claimed", "its name is in spec/more_spec.rb"),
        ("%w[says_hi says_bye].each { |x| play x }", "claimed", "its name is in spec/more_spec.rb"),
        ("x vcr: { single_cassette: true }", "orphan", GONE),
    ],
)
def test_what_ruby_computes_may_claim_what_it_could_name(more: str, verdict: str, reason: str) -> None:
    sources = {"/r/spec/spec_helper.rb": VCR_RB, "/r/spec/chat_spec.rb": RUBY, "/r/spec/more_spec.rb": more}
    place = "/r/spec/cassettes/RubyLLM_Chat_ask/says_bye.yml"
    assert _judge(place, "Ruby VCR", sources, "/r/spec") == (verdict, reason)


def test_without_rspec_s_metadata_ruby_names_are_literals() -> None:
    assert _judge("/r/spec/cassettes/Gone/x.yml", "Ruby VCR", {"/r/spec/chat_spec.rb": RUBY}) == (
        "unknown",
        "its name follows no convention that is known",
    )


def test_a_group_with_one_cassette_claims_it() -> None:
    one = "RSpec.describe Client, vcr: { single_cassette: true } do\nend\n"
    sources = {"/r/spec/spec_helper.rb": VCR_RB, "/r/spec/client_spec.rb": one}
    assert _judge("/r/spec/cassettes/Client.yml", "Ruby VCR", sources)[0] == "claimed"


@pytest.mark.parametrize(
    ("call", "verdict"),
    [
        ("vcr.use_cassette('new.yaml')", "orphan"),
        ("vcr.use_cassette('new.yaml'); vcr.use_cassette(x)", "unknown"),
        ("play('new.yaml')", "unknown"),
        ("vcr.use_cassette('new.yaml'); play('old')", "claimed"),
    ],
)
@pytest.mark.parametrize("format_", ["VCR.py", "Betamax", "HAR"])
def test_where_literals_name_the_neighbours_a_cassette_without_one_is_an_orphan(
    call: str, verdict: str, format_: str
) -> None:
    recordings = [Recording(name, f"/r/t/fixtures/{name}", format_) for name in ("new.yaml", "old.yaml")]
    new, old = find(recordings, [SourceFile("t/test_x.py", "/r/t/test_x.py", call)], ["/r/t"])
    assert (new.verdict.status.value, old.verdict.status.value) == ("claimed", verdict)
    outside = find(recordings, [SourceFile("u/test_x.py", "/r/u/test_x.py", call)], ["/r/u"])
    assert outside[1].verdict.status.value == ("claimed" if verdict == "claimed" else "unknown")


def test_betamax_puts_module_and_class_in_front_of_the_test() -> None:
    sources = {"/r/t/test_agent.py": PYTHON}
    assert _judge("/r/t/cassettes/t.test_agent.TestAgent.test_run[a.b].json", "Betamax", sources)[0] == "claimed"


def test_without_tests_of_its_language_nothing_is_known_of_a_cassette() -> None:
    assert _judge("/r/spec/cassettes/x.yml", "Ruby VCR", {"/r/x_test.go": GO}) == (
        "unknown",
        "the folders hold no tests in *.rb that could use Ruby VCR",
    )


@pytest.mark.parametrize(
    ("place", "status"),
    [("/r/chat/big_test.go", "unknown"), ("/r/big.go", "unknown"), ("/r/other/big_test.go", "orphan")],
)
def test_what_a_file_that_was_not_read_could_claim_is_no_orphan(place: str, status: str) -> None:
    recording = Recording("x", "/r/chat/testdata/TestGone.yaml", "go-vcr")
    files = [SourceFile("chat_test.go", "/r/chat/chat_test.go", GO)]
    (judged,) = find([recording], files, ["/r"], [Unread("big.go", place, "too large")])
    assert judged.verdict.status.value == status
    if status == "unknown":
        assert judged.verdict.reason == "big.go was not read: too large"


@pytest.mark.parametrize(
    ("literal", "name"),
    [
        ("testdata/Test X/says-hi.yaml", ("testdata", "test_x", "says_hi")),
        ("../a.yml.gz", ("a",)),
        ("gpt-4.1", ("gpt_4_1",)),
        ("a\\b.json", ("a", "b")),
        ("a\nb", ()),
        ("a" * 301, ()),
        ("", ()),
        ("...", ()),
    ],
)
def test_a_literal_is_the_end_of_a_path(literal: str, name: tuple[str, ...]) -> None:
    assert name_of(literal) == name


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("x_test.go", True),
        ("x.go", False),
        ("test_x.py", True),
        ("x_test.py", True),
        ("tests.py", True),
        ("conftest.py", False),
        ("testing.py", False),
        ("x_spec.rb", True),
        ("x_test.rb", True),
        ("test_x.rb", True),
        ("spec_helper.rb", False),
    ],
)
def test_tests_are_known_by_the_name_of_their_file(file: str, expected: bool) -> None:
    assert is_test(file) is expected


PIECES = [
    *"\"'`\\/*#{}()[]:,=\n\t x",
    *("t.Run(", "func Test", "recorder.New(", "Options{", "CassetteName:", "def test_", "class T(", "é", "\0"),
    *("it ", "describe ", "use_cassette(", "cassette_name: ", "%w[", "=begin\n"),
]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["x_test.go", "test_x.py", "x_spec.rb"]),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
)
def test_whatever_stands_in_a_source_it_is_read(file: str, text: str) -> None:
    recordings = [
        Recording("a", "/r/testdata/TestGone/a.yaml", "go-vcr"),
        Recording("b", "/r/cassettes/test_x/T.test_.yaml", "VCR.py"),
        Recording("c", "/r/cassettes/x/x.yml", "Ruby VCR"),
        Recording("d", "/x.har", "HAR"),
    ]
    assert len(find(recordings, [SourceFile(file, f"/r/{file}", text)], ["/r"])) == 4


HOSTILE = [
    "/*",
    '"',
    "'",
    "`",
    '"\\',
    "t.Run(",
    "a.",
    "recorder.New(x",
    "x = ",
    " ",
    "func Test",
    "describe ",
    "it (",
    "#",
    "use_cassette(",
    "%w[",
    "(",
    "x(t",
    "\n//go:embed ",
    "cassette_library_dir=a\n",
    "//",
    "class A(A):\n def a(): 1\n",
]


@pytest.mark.parametrize("file", ["x_test.go", "test_x.py", "x_spec.rb"])
@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_sources_take_linear_time(file: str, piece: str) -> None:
    source = SourceFile(
        file, f"/r/{file}", "recorder.New(y)\nfunc TestX(t *testing.T) {" + piece * (100_000 // len(piece))
    )
    recordings = [Recording("c", "/r/cassettes/x/x.yml", "Ruby VCR")]
    start = time.process_time()
    assert find(recordings, [source], ["/r"])[0].verdict.status.value == "unknown"
    assert time.process_time() - start < 3  # a tenth of one; ten and more where each character looks at the rest


def test_many_sources_and_cassettes_take_linear_time() -> None:
    sources = [
        SourceFile(f"{n}_test.go", f"/r/{n}_test.go", f"func TestChat{n}(t *testing.T) {{}}") for n in range(3000)
    ]
    sources += [SourceFile(f"test_{n}.py", f"/r/test_{n}.py", f"def test_{n}(): ...") for n in range(3000)]
    recordings = [Recording("x", f"/r/testdata/TestChat{n}.yaml", "go-vcr") for n in range(3000)]
    recordings += [Recording("x", f"/r/cassettes/test_gone_{n}.yaml", "VCR.py") for n in range(3000)]
    found = [judged.verdict.status.value for judged in find(recordings, sources, ["/r"])]
    assert found == ["claimed"] * 3000 + ["orphan"] * 3000
