"""What a program imports of TensorFlow, and what it uses of that.

Names are followed as Python scopes them: a parameter that is called `layers`
is not `tf.layers`. Assignments are followed, too: after `flags = tf.app.flags`,
`flags.FLAGS` is `tensorflow.app.flags.FLAGS`.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from typing import NamedTuple

import libcst as cst
from libcst.metadata import Assignment
from libcst.metadata import ImportAssignment
from libcst.metadata import MetadataWrapper
from libcst.metadata import PositionProvider
from libcst.metadata import Scope
from libcst.metadata import ScopeProvider

from keras_estimator.cli.upgrade.source import Source

_THEIRS = ("tensorflow", "tensorflow_estimator")
ROOTS = (*_THEIRS, "keras_estimator")
STAR = "*"
_IMPORTERS = ("import_module", "__import__")


class Imported(NamedTuple):
    """One name of an import statement.

    Attributes:
        dotted: What is imported: `tensorflow.contrib.slim`.
        bound: The name that it gets: `slim`.
        is_renamed: Whether it is written with `as`.
        start: Where it begins in the text.
        end: Where it ends, `as` included.
    """

    dotted: str
    bound: str
    is_renamed: bool
    start: int
    end: int


class Statement(NamedTuple):
    """An import statement that concerns TensorFlow.

    Attributes:
        names: What it imports, also of other packages.
        module: What follows `from`; `None` for a plain import.
        module_span: Where that is in the text.
        start: Where the statement begins.
        end: Where it ends, without a comment.
        is_alone: Whether it has its line for itself.
    """

    names: tuple[Imported, ...]
    module: str | None
    module_span: tuple[int, int]
    start: int
    end: int
    is_alone: bool


class Use(NamedTuple):
    """A dotted name in the code that begins with something imported.

    Attributes:
        base: What its first part stands for: `tensorflow`.
        attributes: The other parts: `("train", "AdamOptimizer")`.
        start: Where it begins in the text.
        ends: Where each part ends, the first one included.
    """

    base: str
    attributes: tuple[str, ...]
    start: int
    ends: tuple[int, ...]

    @property
    def dotted(self) -> str:
        """The whole name, with what its first part stands for."""
        return ".".join((self.base, *self.attributes))


class Call(NamedTuple):
    """An import by a call, `importlib.import_module("tensorflow")`.

    Attributes:
        dotted: What is imported.
        start: Where the call begins in the text.
    """

    dotted: str
    start: int


class Scan(NamedTuple):
    """The imports and uses of a program, and all names that occur in it."""

    statements: tuple[Statement, ...]
    uses: tuple[Use, ...]
    names: frozenset[str]
    calls: tuple[Call, ...] = ()


def scan(source: Source) -> Scan:
    """Returns what a program imports and uses of TensorFlow.

    Raises:
        libcst.ParserSyntaxError: If it is not Python 3.
    """
    module = cst.parse_module(source.text)
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    collector = _Collector(source)
    wrapper.visit(collector)
    return collector.result()


class _Chain(NamedTuple):
    """A dotted name whose meaning is not known yet."""

    names: tuple[str, ...]
    scope: Scope | None
    start: int
    ends: tuple[int, ...]


class _Collector(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, ScopeProvider)

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._statements: list[Statement] = []
        self._chains: list[_Chain] = []
        self._calls: list[Call] = []
        self._names: set[str] = set()
        self._alone: set[int] = set()
        # Names that are written where they do not mean what is imported.
        self._skipped: set[int] = set()
        # Import node -> name -> what it stands for there.
        self._bound: dict[int, dict[str, str]] = {}
        # Target of an assignment -> what is assigned.
        self._assigned: dict[int, _Chain] = {}

    def result(self) -> Scan:
        """Returns what was found."""
        uses = []
        for chain in self._chains:
            base = self._meaning(chain, frozenset())
            if base is not None:
                uses.append(Use(base, chain.names[1:], chain.start, chain.ends))
        return Scan(
            tuple(self._statements),
            tuple(uses),
            frozenset(self._names),
            tuple(self._calls),
        )

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> None:
        """Notes which statements have a line for themselves."""
        if len(node.body) == 1:
            self._alone.add(id(node.body[0]))

    def visit_Import(self, node: cst.Import) -> bool:
        """Takes `import a.b as c`."""
        names = tuple(
            self._imported(alias, _dotted(alias.name)) for alias in node.names
        )
        self._bound[id(node)] = {
            name.bound: name.dotted
            if name.is_renamed
            else name.dotted.split(".")[0]
            for name in names
        }
        if any(_is_ours(name.dotted) for name in names):
            span = self._span(node)
            self._statements.append(
                Statement(names, None, (0, 0), *span, id(node) in self._alone)
            )
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        """Takes `from a.b import c`."""
        if node.relative or node.module is None:
            return False
        module = _dotted(node.module)
        if not _is_ours(module):
            return False
        span = self._span(node)
        if isinstance(node.names, cst.ImportStar):
            end = span[1]
            star = Imported(f"{module}.{STAR}", STAR, False, end - 1, end)
            names: tuple[Imported, ...] = (star,)
        else:
            names = tuple(
                self._imported(alias, f"{module}.{_dotted(alias.name)}")
                for alias in node.names
            )
        self._bound[id(node)] = {name.bound: name.dotted for name in names}
        self._statements.append(
            Statement(
                names,
                module,
                self._span(node.module),
                *span,
                id(node) in self._alone,
            )
        )
        return False

    def visit_Assign(self, node: cst.Assign) -> None:
        """Takes `name = a.b.c`."""
        target = node.targets[0].target
        if len(node.targets) == 1 and isinstance(target, cst.Name):
            chain = self._chain(node.value)
            if chain is not None:
                self._assigned[id(target)] = chain
                self._skipped.add(id(target))

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        """Takes `a.b.c` whole."""
        chain = self._chain(node)
        if chain is None:
            self._skipped.add(id(node.attr))
            return True
        self._names.update(chain.names)
        self._chains.append(chain)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        """Takes a name that stands alone."""
        self._names.add(node.value)
        if id(node) not in self._skipped:
            chain = self._chain(node)
            if chain is not None:
                self._chains.append(chain)

    def visit_Call(self, node: cst.Call) -> None:
        """Takes `importlib.import_module("a.b")`."""
        called = node.func
        if isinstance(called, cst.Attribute):
            called = called.attr
        if not (isinstance(called, cst.Name) and node.args):
            return
        name = node.args[0].value
        if called.value in _IMPORTERS and isinstance(name, cst.SimpleString):
            dotted = str(name.evaluated_value)
            if _is_ours(dotted, _THEIRS):
                self._calls.append(Call(dotted, self._span(node)[0]))

    def visit_Arg(self, node: cst.Arg) -> None:
        """Passes over the keyword, which is no name of the program."""
        if node.keyword is not None:
            self._skipped.add(id(node.keyword))

    def _imported(self, alias: cst.ImportAlias, dotted: str) -> Imported:
        start, end = self._span(alias)
        renamed = alias.asname
        # The position of an alias has the comma after it.
        last = renamed.name if renamed else alias.name
        end = self._span(last)[1]
        if renamed is not None:
            name = cst.ensure_type(renamed.name, cst.Name).value
            return Imported(dotted, name, True, start, end)
        written = _dotted(alias.name)
        return Imported(dotted, written.split(".")[0], False, start, end)

    def _chain(self, node: cst.BaseExpression) -> _Chain | None:
        parts: list[cst.Name] = []
        while isinstance(node, cst.Attribute):
            parts.append(node.attr)
            node = node.value
            if isinstance(node, cst.Attribute | cst.Name) and node.lpar:
                return None
        if not isinstance(node, cst.Name):
            return None
        parts.append(node)
        parts.reverse()
        spans = [self._span(part) for part in parts]
        return _Chain(
            tuple(part.value for part in parts),
            self.get_metadata(ScopeProvider, node, None),
            spans[0][0],
            tuple(end for _, end in spans),
        )

    def _meaning(self, chain: _Chain, seen: frozenset[int]) -> str | None:
        """Returns what the first name of a chain stands for."""
        found = list(self._meanings(chain, seen))
        # After `tf = tf.compat.v1` it is no more what was imported.
        return max(found, key=len, default=None)

    def _meanings(self, chain: _Chain, seen: frozenset[int]) -> Iterator[str]:
        if chain.scope is None:
            return
        name = chain.names[0]
        for assignment in chain.scope[name]:
            if isinstance(assignment, ImportAssignment):
                bound = self._bound.get(id(assignment.node), {}).get(name, "")
                if _is_ours(bound):
                    yield bound
            elif isinstance(assignment, Assignment):
                target = id(assignment.node)
                assigned = self._assigned.get(target)
                if assigned is None or target in seen:
                    continue
                base = self._meaning(assigned, seen | {target})
                if base is not None:
                    yield ".".join((base, *assigned.names[1:]))

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self.get_metadata(PositionProvider, node)
        start, end = place.start, place.end
        return (
            self._source.offset(start.line, start.column),
            self._source.offset(end.line, end.column),
        )


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return cst.ensure_type(node, cst.Name).value


def _is_ours(dotted: str, roots: Sequence[str] = ROOTS) -> bool:
    return dotted.split(".")[0] in roots
