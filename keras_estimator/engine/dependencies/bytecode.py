"""What a code object is, and which names outside of itself it reads.

```
def model_fn(features, labels, mode):
    net = build_net(features, FLAGS.width)
    return config.train.LR * net
```
reads, of its globals, `{"build_net": {"": {}}, "FLAGS": {"width": {"": {}}},
"config": {"train": {"LR": {"": {}}}}}`: a tree of attribute names, in which
the empty name marks what is used as a whole.
"""

import dis
import functools
from collections.abc import Iterator
from types import CodeType
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

# Name -> names read of what it stands for, and so on.
Names: TypeAlias = dict[str, Any]
WHOLE = ""

# Methods of hooks and callbacks that run when the program runs. What they
# read is read afresh each time, so a built program does not depend on it.
RUN_TIME_METHODS = frozenset(
    {"after_create_session", "before_run", "after_run", "end"}
    | {"before_save", "after_save", "steps_until_due", "skip"}
    | {
        f"on_{when}_{edge}"
        for when in ("train", "test", "predict", "epoch", "batch")
        for edge in ("begin", "end")
    }
    | {
        f"on_{when}_batch_{edge}"
        for when in ("train", "test", "predict")
        for edge in ("begin", "end")
    }
)
_ONLY_HOOKS_HAVE = RUN_TIME_METHODS - {"end", "skip"}
# Code objects to remember: more than a large program has, as a walk visits
# them in turn, and a cache that is one too small would never hit.
_CACHED = 2**15
_OPTIMIZED = 0x1  # inspect.CO_OPTIMIZED: a function's body, not a class'


class Reads(NamedTuple):
    """The names that a code object and those nested in it read.

    Attributes:
        globals: Of the globals (or the builtins).
        closure: Of the closure of the function.
        imports: (level, name of the module) -> what is read of a module that
            the code imports itself.
    """

    globals: Names
    closure: Names
    imports: dict[tuple[int, str], Names]


@functools.lru_cache(maxsize=_CACHED)
def code_token(code: CodeType) -> tuple[Any, ...]:
    """Returns what the code does, without where it was written.

    Args:
        code: A function's `__code__`.

    Returns:
        A value equal for the same source run twice, whatever its file, its
        line numbers or the function around it.
    """
    return (
        code.co_name,
        code.co_code,
        tuple(map(_constant, code.co_consts)),
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_flags,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        getattr(code, "co_exceptiontable", b""),
    )


@functools.lru_cache(maxsize=_CACHED)
def code_reads(code: CodeType) -> Reads:
    """Returns the names outside of itself that the code reads.

    Args:
        code: A function's `__code__`.

    Returns:
        More than is read when in doubt, never less; except for names made
        up at run time (`getattr(module, name)` reads all of `module`, but
        `globals()[name]` shows no name at all).
    """
    reads = Reads({}, {}, {})
    _Scan(reads, {}).run(code)
    return reads


@functools.lru_cache(maxsize=_CACHED)
def names_in(code: CodeType) -> frozenset[str]:
    """Returns every name the code and the code nested in it mention."""
    names = set(code.co_names)
    for const in code.co_consts:
        if isinstance(const, CodeType):
            names |= names_in(const)
    return frozenset(names)


class _Scan:
    """Follows loads and the attribute loads right behind them."""

    def __init__(self, reads: Reads, imported: dict[str, Names]) -> None:
        self._reads = reads
        # Variables that an import statement bound, here or further out.
        self._imported = dict(imported)
        # What was loaded last, while attributes of it may follow.
        self._loaded: Names | None = None
        # The import statement under way: its module, what the next store
        # binds, and whether it is a `from` import.
        self._module: Names = {}
        self._binding: Names | None = None
        self._is_from = False

    def run(self, code: CodeType) -> None:
        """Adds what `code` and the code nested in it read."""
        for action, name in _actions(code):
            if action == "attribute":
                if self._loaded is not None:
                    self._loaded = self._loaded.setdefault(name, {})
                continue
            # Setting an attribute reads nothing; any other use may read all.
            if self._loaded is not None and action != "set attribute":
                self._loaded.setdefault(WHOLE, {})
            self._loaded = self._load(action, name)
            self._follow_import(action, name)
        for inner in _nested(code):
            _Scan(self._reads, self._imported).run(inner)

    def _load(self, action: str, name: Any) -> Names | None:
        if action not in ("local", "closure", "global"):
            return None
        if name in self._imported:
            return self._imported[name]
        if action == "local":
            return None
        names = getattr(self._reads, _FIELDS[action])
        return names.setdefault(name, {})

    def _follow_import(self, action: str, name: Any) -> None:
        if action == "import":
            level, module, self._is_from = name
            if not self._is_from:
                # `import a.b` binds `a`; `import a.b as c` descends to `b`.
                module = module.partition(".")[0]
            self._module = self._reads.imports.setdefault((level, module), {})
            self._binding = self._module
        elif action == "import from":
            parent = self._module if self._is_from else self._binding
            if parent is not None:
                self._binding = parent.setdefault(name, {})
        elif action == "store" and self._binding is not None:
            self._imported[name] = self._binding
            self._binding = None


_FIELDS = {"global": "globals", "closure": "closure"}
_ACTIONS = {
    "LOAD_GLOBAL": "global",
    "LOAD_NAME": "global",
    "LOAD_FROM_DICT_OR_GLOBALS": "global",
    "LOAD_DEREF": "closure",
    "LOAD_CLASSDEREF": "closure",
    "LOAD_FROM_DICT_OR_DEREF": "closure",
    "LOAD_ATTR": "attribute",
    "LOAD_METHOD": "attribute",
    "STORE_ATTR": "set attribute",
    "DELETE_ATTR": "set attribute",
    "IMPORT_FROM": "import from",
    "STORE_DEREF": "store",
    "STORE_GLOBAL": "store",
    "STORE_NAME": "store",
}


def _actions(code: CodeType) -> Iterator[tuple[str, Any]]:
    """Yields (action, name) the same way on every version of Python."""
    cells = {*code.co_cellvars, *code.co_freevars}
    constants: list[Any] = [None, None]
    for step in dis.get_instructions(code):
        operation, name = step.opname, step.argval
        if operation == "EXTENDED_ARG":
            continue
        if operation == "IMPORT_NAME":
            level, names = constants
            yield "import", (level or 0, name, bool(names))
        elif "_FAST" in operation:
            yield from _local_actions(operation, name, cells)
        else:
            yield _ACTIONS.get(operation, "other"), name
        constants = [constants[1], name]


def _local_actions(
    operation: str, names: Any, cells: set[str]
) -> Iterator[tuple[str, str]]:
    # Python 3.13 has pairs: STORE_FAST_LOAD_FAST with ("a", "b").
    pair = names if isinstance(names, tuple) else (names,)
    parts = [part for part in operation.split("_") if part in _LOCALS]
    for part, name in zip(parts or ["other"], pair, strict=False):
        # From 3.13 on LOAD_FAST of a cell passes it to an inner function,
        # as LOAD_CLOSURE did before; it reads nothing.
        is_cell = part == "LOAD" and name in cells
        yield ("other" if is_cell else _LOCALS.get(part, "other")), name


_LOCALS = {"LOAD": "local", "STORE": "store"}


def _nested(code: CodeType) -> Iterator[CodeType]:
    is_hook = not code.co_flags & _OPTIMIZED and not (
        _ONLY_HOOKS_HAVE.isdisjoint(code.co_names)
    )
    for const in code.co_consts:
        if not isinstance(const, CodeType):
            continue
        if is_hook and const.co_name in RUN_TIME_METHODS:
            continue
        yield const


def _constant(value: Any) -> Any:
    # The type belongs to it: 1, 1.0 and True are equal, and so are 0.0, -0.0.
    kind = type(value)
    if kind is CodeType:
        return code_token(value)
    if kind is tuple:
        return kind, tuple(map(_constant, value))
    if kind is frozenset:
        return kind, frozenset(map(_constant, value))
    if kind in (float, complex):
        return kind, repr(value)
    return kind, value
