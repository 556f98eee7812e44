"""Import statements, written anew."""

from collections.abc import Mapping
from collections.abc import Sequence

from keras_estimator.cli.upgrade import namespace
from keras_estimator.cli.upgrade.meaning import Place
from keras_estimator.cli.upgrade.namespace import OVERLAY
from keras_estimator.cli.upgrade.scan import Imported
from keras_estimator.cli.upgrade.scan import Statement
from keras_estimator.cli.upgrade.source import Edit
from keras_estimator.cli.upgrade.source import Source

# Imported name -> where it is now; names that stay as they are, are not there.
Targets = Mapping[Imported, Place]


def rewritten(
    source: Source, statement: Statement, targets: Targets
) -> list[Edit]:
    """Returns the edits of a statement, as few as possible.

    Args:
        source: The program.
        statement: One of its import statements.
        targets: Where its names are now.
    """
    if not targets:
        return []
    if statement.module is None:
        plain = {name: _plain(name, target) for name, target in targets.items()}
        if all(plain.values()):
            return [
                Edit(name.start, name.end, str(text))
                for name, text in plain.items()
            ]
    else:
        module = _common_module(statement, targets)
        if module is not None:
            return [Edit(*statement.module_span, module)]
    pieces = _stay(statement, targets)
    pieces += _one_by_one(targets)
    return [
        Edit(statement.start, statement.end, joined(source, statement, pieces))
    ]


def joined(source: Source, statement: Statement, pieces: Sequence[str]) -> str:
    """Returns statements in the place of one."""
    if not statement.is_alone:
        return "; ".join(pieces)
    indent = source.indent(statement.start)
    return f"{source.newline}{indent}".join(pieces)


def module_of(place: Place) -> str | None:
    """Returns what to import for a place; `None` if it is no module."""
    if place.root == OVERLAY:
        return namespace.importable(place.path)
    return place.dotted if not place.path else None


def _plain(name: Imported, target: Place) -> str | None:
    """Returns what to write after `import`."""
    module = module_of(target)
    return None if module is None else f"{module} as {name.bound}"


def _parent(target: Place) -> tuple[str, str] | None:
    """Returns what to write after `from`, and after `import`."""
    if target.path:
        path, _, last = target.path.rpartition(".")
        if target.root != OVERLAY:
            return f"{target.root}.{path}".rstrip("."), last
        module = namespace.importable(path)
        return None if module is None else (module, last)
    package, _, last = target.root.rpartition(".")
    return (package, last) if package else None


def _common_module(statement: Statement, targets: Targets) -> str | None:
    """Returns what takes the place of the module, if nothing else changes."""
    if set(targets) != set(statement.names):
        return None
    modules = set()
    for name, target in targets.items():
        parent = _parent(target)
        if parent is None or parent[1] != name.dotted.rpartition(".")[2]:
            return None
        modules.add(parent[0])
    return modules.pop() if len(modules) == 1 else None


def _stay(statement: Statement, targets: Targets) -> list[str]:
    """Returns the statement without the names that move."""
    stay = [name for name in statement.names if name not in targets]
    if not stay:
        return []
    if statement.module is None:
        return [f"import {', '.join(_as_written(name) for name in stay)}"]
    names = ", ".join(_as_written(name, last=True) for name in stay)
    return [f"from {statement.module} import {names}"]


def _as_written(name: Imported, *, last: bool = False) -> str:
    written = name.dotted.rpartition(".")[2] if last else name.dotted
    return f"{written} as {name.bound}" if name.is_renamed else written


def _one_by_one(targets: Targets) -> list[str]:
    """Returns statements that import names, those of a module together."""
    grouped: dict[str, list[str]] = {}
    pieces = []
    for name, target in targets.items():
        parent = _parent(target)
        module = module_of(target)
        if parent is not None and parent[1] == name.bound:
            grouped.setdefault(parent[0], []).append(name.bound)
        elif module is not None:
            pieces.append(f"import {module} as {name.bound}")
        elif parent is not None:
            grouped.setdefault(parent[0], []).append(
                f"{parent[1]} as {name.bound}"
            )
    pieces += [
        f"from {module} import {', '.join(names)}"
        for module, names in grouped.items()
    ]
    return pieces
