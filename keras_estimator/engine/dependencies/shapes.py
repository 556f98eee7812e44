"""How a fingerprint looks into data: containers, records, arrays, instances.

Each function takes a value and returns its `Shape`: what to compare of it
now, and which values to look into next.
"""

from collections import OrderedDict
from collections import defaultdict
from collections import deque
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from keras_estimator.engine.dependencies.origin import dict_of
from keras_estimator.engine.dependencies.origin import hides_state
from keras_estimator.engine.dependencies.origin import is_users_class
from keras_estimator.engine.dependencies.origin import slots_of
from keras_estimator.engine.dependencies.tokens import PLAIN
from keras_estimator.engine.dependencies.tokens import Packed
from keras_estimator.engine.dependencies.tokens import Same
from keras_estimator.engine.dependencies.tokens import atom_of
from keras_estimator.engine.dependencies.tokens import pack

_SCALARS = (int, str, float, bytes, complex)


class Shape(NamedTuple):
    """What to compare of a value, and what to look into next.

    Attributes:
        kind: As in `Node`.
        value: As in `Node`.
        children: Label -> value of a part.
        packed: As in `Node`.
        owner: The object that the children belong to; `None` for the value.
        grows: As in `Node`.
    """

    kind: Any
    value: Any = None
    children: Mapping[str, Any] = {}
    packed: Packed | None = None
    owner: Any = None
    grows: bool = False


def opaque(value: Any) -> Shape:
    """Compares by identity."""
    return Shape("object", Same(value))


def sequence(value: Any) -> Shape:
    """Looks into a list, tuple or deque."""
    packed = pack(value)
    children = {} if packed is not None else _numbered(value)
    return Shape(type(value), len(value), children, packed)


def mapping(value: Any) -> Shape:
    """Looks into a dict."""
    packed = pack(value.values(), value.keys())
    children = {} if packed is not None else _items(value)
    return Shape(type(value), None, children, packed)


def default_mapping(value: defaultdict[Any, Any]) -> Shape:
    """Looks into a `defaultdict`, its factory included."""
    children = {".default_factory": value.default_factory, **_items(value)}
    return Shape(type(value), None, children)


def collection(value: Any) -> Shape:
    """Looks into a set, whose order does not count."""
    kinds = set(map(type, value))
    if len(kinds) == 1 and kinds <= PLAIN:
        return Shape(type(value), (kinds.pop(), frozenset(value)))
    atoms = [(atom_of(item), item) for item in value]
    content = frozenset(atom for atom, _ in atoms if atom is not None)
    others = (item for atom, item in atoms if atom is None)
    children = {f"{{{_label(item)}}}": item for item in others}
    return Shape(type(value), content, children)


def record(value: Any) -> Shape:
    """Looks into a library's object that only holds what was put in."""
    length, children = _content(value)
    return Shape(type(value), length, {**children, **attributes_of(value)})


def parts(*names: str) -> Callable[[Any], Shape]:
    """Returns a function that looks into these attributes of a value."""

    def shape(value: Any) -> Shape:
        children = {f".{name}": getattr(value, name) for name in names}
        return Shape(type(value), None, children)

    return shape


def library_container(value: Any) -> Shape:
    """Looks into a library's subclass of a builtin container or scalar."""
    length, children = _content(value)
    return Shape(type(value), length, children)


def instance(value: Any) -> Shape:
    """Looks into an instance of a class that a user wrote."""
    cls = type(value)
    length, children = _content(value)
    children = {".__class__": cls, **children, **attributes_of(value)}
    is_known = not hides_state(cls)  # type: ignore[arg-type]
    hidden = None if is_known else Same(value)
    return Shape("instance", (length, hidden), children)


def member(value: Any) -> Shape:
    """Compares a member of an enumeration by its name and its class."""
    cls = type(value)
    if is_users_class(cls):
        return Shape("member", value.name, {".__class__": cls})
    return Shape("member", (cls, value.name))


def _content(value: Any) -> tuple[Any, dict[str, Any]]:
    """Returns length and items of an instance of a container's subclass."""
    cls = type(value)
    if issubclass(cls, dict):
        return None, _items(value)
    if issubclass(cls, (list, tuple, deque)):
        items = list(_iterate(value))
        fields = getattr(cls, "_fields", ())
        if len(fields) != len(items):
            return len(items), _numbered(items)
        return len(items), {
            f".{field}": item for field, item in zip(fields, items, strict=True)
        }
    if issubclass(cls, (set, frozenset)):
        shape = collection(frozenset(_iterate(value)))
        return shape.value, dict(shape.children)
    for base in _SCALARS:
        if issubclass(cls, base):
            return base.__repr__(value), {}
    return None, {}


def _iterate(value: Any) -> Any:
    # The builtin's own iteration: a subclass may have another idea of it.
    for base in (list, tuple, deque, set, frozenset):
        if isinstance(value, base):
            iterate: Any = base.__iter__
            return iterate(value)
    return value


def _items(value: dict[Any, Any]) -> dict[str, Any]:
    children = {}
    for key, item in _pairs(value):
        label = f"[{_label(key)}]"
        children[label] = item
        if atom_of(key) is None:
            # Keeps the key alive, so that its label stays its own.
            children[f"{label}.key"] = key
    return children


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    for base in (OrderedDict, dict):
        if isinstance(value, base):
            return list(base.items(value))
    return list(value.items())


def _numbered(values: Iterable[Any]) -> dict[str, Any]:
    return {f"[{index}]": item for index, item in enumerate(values)}


def _label(key: Any) -> str:
    if atom_of(key) is not None:
        return repr(key)
    return f"<{type(key).__name__} at {id(key):#x}>"


def attributes_of(value: Any) -> dict[str, Any]:
    """Returns `.name` -> value of what `__dict__` and `__slots__` hold."""
    held = list(dict_of(value).items())
    children = {f".{name}": item for name, item in held}
    for name, slot in slots_of(type(value)):  # type: ignore[arg-type]
        try:
            children[f".{name}"] = slot.__get__(value)
        except AttributeError:
            continue  # the slot is empty
    return children
