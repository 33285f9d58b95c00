"""Python: pytest-recording's and pytest-vcr's names, VCR.py's own, and literals.

pytest-recording keeps ``cassettes/<module>/<test>.yaml`` beside the test module, pytest-vcr and VCR.py's ``VCRMixin``
``cassettes/<test>.yaml``; ``<test>`` is the name of the test with its parameters in brackets, and with the class and a
dot in front where there is one. The parameters cannot be known without running the tests. ``default_cassette`` and
``vcr`` marks, and ``use_cassette``, name files. Betamax' fixtures put the module and the class in front of the test,
all with dots.
"""

import ast
import posixpath
import re
import warnings
from collections.abc import Iterator

from cassette_tools.operations.claims.base import (
    Known,
    Name,
    Names,
    Recording,
    SourceFile,
    Status,
    Verdict,
    is_test,
    line_of,
    lists_recordings,
    literals,
    name_of,
)

_TOKENS = r"#[^\n]*|(?P<literal>\"[^\"\\\n]*(?:\\[^\n][^\"\\\n]*)*\"?|'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'?)"
_FOLDER = "cassettes"
_NAMING = (
    *("default_cassette_name", "vcr_cassette_name", "vcr_cassette_dir"),  # fixtures
    *("_get_cassette_name", "_get_cassette_library_dir"),  # VCRMixin
)
_SETTINGS = ("cassette_library_dir", "func_path_generator", "path_transformer")
_RECORDERS = ("use_cassette", "with_betamax")
_MARKS = ("vcr", "default_cassette")
_PLAIN_BASES = (
    "ABC",
    "Generic",
    "IsolatedAsyncioTestCase",
    "Protocol",
    "TestCase",
    "VCRMixin",
    "VCRTestCase",
    "object",
)
_LIKE_TEST = r"(?:\w*Tests?\w*\.)?test"
_LISTS = ("glob", "iterdir", "listdir", "rglob", "scandir", "walk")


class _Module:
    """The names of a module that may be tests."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.functions: set[str] = set()
        self.classes: dict[str, tuple[set[str], list[str]]] = {}
        """Methods and names of bases."""
        self.opaque = ""
        """Why there may be more tests than these."""


class _Folder:
    """The test modules of a folder together."""

    def __init__(self, first: _Module) -> None:
        self.first = first
        self.functions: dict[str, _Module] = {}
        self.classes: dict[str, list[_Module]] = {}
        self.opaque: _Module | None = None

    def add(self, module: _Module) -> None:
        self.functions.update(dict.fromkeys(module.functions, module))
        for name in module.classes:
            self.classes.setdefault(name, []).append(module)
        if module.opaque:
            self.opaque = self.opaque or module


class PythonTests:
    """The tests of all Python files."""

    def __init__(self) -> None:
        self._modules: dict[str, _Module] = {}
        self._by_file: dict[str, _Module] = {}
        self._folders: dict[str, _Folder] = {}
        self._functions: dict[str, str] = {}
        self._classes: dict[str, list[tuple[set[str], list[str]]]] = {}

    def add(self, source: SourceFile) -> Names:
        """Take note of a file; returns what it says about names."""
        module = _Module(source.path)
        folder, file = posixpath.split(source.place)
        self._modules[source.place] = module
        if is_test(file):
            self._by_file.setdefault(file, module)
        tree = _parse(source.text)
        if tree is None:
            names = _scan(source, module)
        else:
            _collect(tree, module)
            names = _names(tree)
        if is_test(file):
            self._folders.setdefault(folder, _Folder(module)).add(module)
        for function in module.functions:
            self._functions.setdefault(function, source.path)
        for name, class_ in module.classes.items():
            self._classes.setdefault(name, []).append(class_)
        return names

    def verdict(self, recording: Recording, known: Known) -> Verdict:
        """Who claims a recording of VCR.py or of Betamax."""
        mention = known.mentioned(recording)
        if mention:
            return Verdict(Status.CLAIMED, f"its name is in {mention}")
        *folders, stem = recording.parts
        test = stem.partition("[")[0]
        if folders[-2:-1] == [_FOLDER]:
            return self._in_module(recording, known, "/".join(folders[:-2]), folders[-1], test)
        if folders[-1:] == [_FOLDER]:
            return self._in_folder(recording, known, "/".join(folders[:-1]), test)
        return self._elsewhere(recording, known, test)

    def _in_module(self, recording: Recording, known: Known, folder: str, module_name: str, test: str) -> Verdict:
        file = f"{module_name}.py"
        module = self._modules.get(f"{folder}/{file}")
        if module is not None:
            return self._of_module(recording, known, module, test)
        if not is_test(file):
            return self._elsewhere(recording, known, test)
        if not known.searched(folder or "/"):
            return Verdict(Status.UNKNOWN, f"{file} is not below the folders of tests")
        module = self._by_file.get(file)
        if module is not None:
            if self._has(module, test):
                return Verdict(Status.CLAIMED, f"{test} is in {module.path}")
            return Verdict(Status.UNKNOWN, f"{file} is not beside its cassettes, but is {module.path}")
        if test in self._functions:
            return Verdict(Status.UNKNOWN, f"there is no {file}, but {test} in {self._functions[test]}")
        return known.orphan(recording, f"{test} in {file}, which is not there")

    def _of_module(self, recording: Recording, known: Known, module: _Module, test: str) -> Verdict:
        has = self._has(module, test)
        if has:
            return Verdict(Status.CLAIMED, f"{test} is in {module.path}")
        if has is None:
            return Verdict(Status.UNKNOWN, f"{test} may be inherited from a class that is not there")
        if module.opaque:
            return Verdict(Status.UNKNOWN, f"{module.path} {module.opaque}")
        return known.orphan(recording, f"{test} in {module.path}")

    def _in_folder(self, recording: Recording, known: Known, folder: str, test: str) -> Verdict:
        here = self._folders.get(folder)
        class_, dot, _ = test.partition(".")
        modules: list[_Module] = []
        if here is not None:
            modules = here.classes.get(class_, []) if dot else [here.functions[test]] if test in here.functions else []
        has = [self._has(module, test) for module in modules]
        if True in has:
            return Verdict(Status.CLAIMED, f"{test} is in {modules[has.index(True)].path}")
        if not re.match(_LIKE_TEST, test):
            return self._elsewhere(recording, known, test)
        if not known.searched(folder or "/"):
            return Verdict(Status.UNKNOWN, "its test modules are not below the folders of tests")
        if here is None:
            return self._elsewhere(recording, known, test)
        if None in has:
            return Verdict(Status.UNKNOWN, f"{test} may be inherited from a class that is not there")
        if here.opaque is not None:
            return Verdict(Status.UNKNOWN, f"{here.opaque.path} {here.opaque.opaque}")
        elsewhere = self._anywhere(test)
        if elsewhere:
            return Verdict(Status.UNKNOWN, f"{test} is not beside it, but in {elsewhere}")
        return known.orphan(recording, f"{test} in {here.first.path.rpartition('/')[0] or '.'}/test_*.py")

    def _elsewhere(self, recording: Recording, known: Known, test: str) -> Verdict:
        path = self._anywhere(test)
        if path and re.match(_LIKE_TEST, test.rpartition(".")[2]):
            return Verdict(Status.CLAIMED, f"{test} is in {path}")
        return known.by_literals(recording)

    def _anywhere(self, test: str) -> str:
        return self._functions.get(test.rpartition(".")[2], "")

    def _has(self, module: _Module, test: str) -> bool | None:
        """Whether a module has a test; None when a class may inherit it from one that is not there."""
        class_, dot, method = test.partition(".")
        if not dot:
            return test in module.functions
        if class_ not in module.classes:
            return False
        seen: set[str] = set()
        classes = [module.classes[class_]]
        outside = False
        while classes:
            methods, bases = classes.pop()
            if method in methods:
                return True
            for base in bases:
                if base in seen or base in _PLAIN_BASES:
                    continue
                seen.add(base)
                outside = outside or base not in self._classes
                classes += self._classes.get(base, [])
        return None if outside else False


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _scan(source: SourceFile, module: _Module) -> Names:
    """What can be said of a file that this Python cannot parse: its words, and that there may be more."""
    module.opaque = "cannot be parsed"
    module.functions.update(re.findall(r"(?m)^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", source.text))
    found = list(literals(source.text, _TOKENS))
    calls = re.search(r"\b(?:use_cassette|with_betamax|vcr_cassette_\w+|default_cassette\w*)\b", source.text)
    computed = line_of(source.text, calls.start()) if calls else 0
    return Names(frozenset(name_of(content) for *_, content in found) - {()}, frozenset(), computed)


def _collect(tree: ast.Module, module: _Module) -> None:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                module.functions.add(node.name)
            case ast.ClassDef():
                methods = {name for child in node.body for name in _bound(child)}
                bases = [base.rpartition(".")[2] for base in map(_dotted, node.bases)]
                known, inherited = module.classes.setdefault(node.name, (set(), []))
                known |= methods
                inherited += bases
                # A decorator may add tests, too.
                inherited += [_dotted(item) for item in node.decorator_list if not _is_mark(item)]
            case ast.ImportFrom():
                if any(alias.name == "*" for alias in node.names):
                    module.opaque = "imports everything from another module"
                module.functions.update(alias.asname or alias.name for alias in node.names)
            case ast.Assign() | ast.AnnAssign():
                module.functions.update(_bound(node))
            case ast.Call(func=ast.Name(id="globals" | "setattr" | "exec")):
                module.opaque = f"makes names by itself in line {node.lineno}"
            case _:
                pass


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives to something."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name
        case ast.Assign():
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.If() | ast.Try() | ast.With():
            for child in ast.walk(node):
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield child.name
        case _:
            return


def _dotted(node: ast.expr) -> str:
    """The name of a class, however it is written; something that no class is called if it is computed."""
    while isinstance(node, ast.Subscript | ast.Call):
        node = node.value if isinstance(node, ast.Subscript) else node.func
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id if isinstance(node, ast.Name) else "?", *parts])


def _is_mark(node: ast.expr) -> bool:
    return _dotted(node).partition(".")[0] in ("pytest", "unittest", "mock", "patch")


def _names(tree: ast.Module) -> Names:
    constants = _constants(tree)
    mentions: set[Name] = set()
    recorded: set[Name] = set()
    computed = 0
    lists = 0
    speaks_of_cassettes = False
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Constant(value=str(literal)):
                mentions.add(name_of(literal))
                speaks_of_cassettes = speaks_of_cassettes or "cassette" in literal
                if lists_recordings(literal):
                    computed = computed or line
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if node.name in _NAMING:
                    computed = computed or line
            case ast.keyword(arg=str(name), value=value):
                # Where the cassettes are is not what they are called.
                if name in _SETTINGS[1:] and not _dotted(value).endswith("ensure_suffix"):
                    computed = computed or line
            case ast.Dict():
                for name_node, value in zip(node.keys, node.values, strict=True):
                    if isinstance(name_node, ast.Constant) and name_node.value in _SETTINGS:
                        computed = computed or (0 if _dotted(value).endswith("ensure_suffix") else line)
            case ast.Call():
                if _dotted(node.func).rpartition(".")[2] in _LISTS:
                    lists = lists or line
                for argument in _named_cassettes(node):
                    literal_ = _literal(argument, constants)
                    if literal_ is None:
                        computed = computed or line
                    else:
                        recorded.add(name_of(literal_))
            case _:
                pass
    if lists and speaks_of_cassettes:
        computed = computed or lists
    return Names(frozenset(mentions - {()}), frozenset(recorded - {()}), computed)


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _named_cassettes(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that name cassettes."""
    function = _dotted(call.func).rpartition(".")
    if function[2] in _RECORDERS:
        yield from call.args[:1]
        yield from (keyword.value for keyword in call.keywords if keyword.arg in ("path", "cassette_name"))
    elif function[2] in _MARKS and function[0].rpartition(".")[2] == "mark":
        yield from call.args


def _literal(node: ast.expr, constants: dict[str, str]) -> str | None:
    """The end of a path that an expression gives, if it is written there."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.BinOp(op=ast.Div(), right=right):
            return _literal(right, constants)
        case ast.Call(args=[*_, last]) if _dotted(node.func).rpartition(".")[2] in ("join", "Path", "str", "fspath"):
            return _literal(last, constants)
        case _:
            return None
