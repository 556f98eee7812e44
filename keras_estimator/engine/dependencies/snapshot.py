"""Puts hooks back into the state in which `model_fn` returned them.

`tf.estimator` got new hooks from `model_fn` at every call. A program that is
used again has the hooks of the one call that built it, and
`StopAtStepHook(num_steps=3)` must stop at 3, and then at 6:

```python
before = watch.snapshot()
spec = model_fn(features, labels, mode)
states = HookStates.take(spec.training_hooks, before.objects)
...
states.restore()  # at the start of each later call
```
"""

import argparse
import enum
import functools
import sys
from array import array
from collections import OrderedDict
from collections import deque
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from typing import TypeAlias

from keras_estimator.engine.dependencies.origin import FRAMEWORKS
from keras_estimator.engine.dependencies.origin import dict_of
from keras_estimator.engine.dependencies.origin import hides_state
from keras_estimator.engine.dependencies.origin import is_framework_class
from keras_estimator.engine.dependencies.origin import is_hook_class
from keras_estimator.engine.dependencies.origin import is_users_class
from keras_estimator.engine.dependencies.origin import package_of
from keras_estimator.engine.dependencies.origin import slots_of

_HOOK_MODULES = "keras_estimator.hooks"
_RECORDS = (SimpleNamespace, argparse.Namespace)
_NO_HOOKS = FRAMEWORKS | sys.stdlib_module_names
_EMPTY = object()
_Restore: TypeAlias = Callable[[Any, Any], None]


class HookStates:
    """What a program's hooks were like when `model_fn` returned them.

    Restored in place are hooks, callbacks, listeners and timers, the objects
    of users' classes and of the hooks' own packages that they hold, records
    such as `SimpleNamespace`, builtin containers, and NumPy arrays that kept
    their shape; wherever they are inside of each other.

    All else is left as it is, and so are objects that existed before
    `model_fn` was called: users hold on to these to read results.

    Args:
        restores: Functions that put back one object each.
    """

    def __init__(self, restores: Iterable[Callable[[], None]]) -> None:
        self._restores = tuple(restores)

    @classmethod
    def take(
        cls, hooks: Iterable[Any], external_ids: Collection[int] = ()
    ) -> "HookStates":
        """Takes down the state of hooks, right after `model_fn` returned.

        Args:
            hooks: All hooks of the spec.
            external_ids: The `id`s of objects that keep their state, such as
                the keys of `Fingerprint.objects` from before the call. They
                must still be alive.

        Returns:
            The states, which can be restored any number of times.
        """
        hooks = list(hooks)
        packages = {package_of(type(hook)) for hook in hooks} - _NO_HOOKS
        return cls(_restores(hooks, external_ids, frozenset(packages)))

    def restore(self) -> None:
        """Puts all hooks back into the states that were taken."""
        for restore in self._restores:
            restore()


def _restores(
    hooks: list[Any], external_ids: Collection[int], packages: frozenset[str]
) -> Iterator[Callable[[], None]]:
    """Yields for each object that the hooks lead to how to put it back."""
    pending = list(hooks)
    seen = set(external_ids)
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, (tuple, frozenset)):
            pending.extend(value)
        elif _is_state(type(value), packages):
            for restore, content in _contents(value):
                pending.extend(_references(content))
                yield functools.partial(restore, value, content)


def _is_state(cls: type, packages: frozenset[str]) -> bool:
    """Returns whether objects of a class are put back.

    Args:
        cls: Their class.
        packages: Those that the hooks come from.

    Returns:
        `False` for what may be part of the world outside of the hooks.
    """
    if is_hook_class(cls) or str(cls.__module__).startswith(_HOOK_MODULES):
        return True
    if is_framework_class(cls) or issubclass(cls, (type, enum.Enum)):
        return False
    if _is_container(cls) or cls in _RECORDS or _is_array(cls):
        return True
    is_known = is_users_class(cls) or package_of(cls) in packages
    return is_known and not hides_state(cls, packages)  # type: ignore[arg-type]


def _contents(value: Any) -> Iterator[tuple[_Restore, Any]]:
    """Yields what a value holds now, with the function that puts it back."""
    cls = type(value)
    if _is_array(cls):
        if value.flags.writeable:
            yield _restore_array, value.copy()
        return
    for base, (copy, restore) in _CONTAINERS.items():
        if issubclass(cls, base):
            yield restore, copy(value)
            break
    if cls.__dictoffset__ != 0:
        yield _restore_attributes, dict(dict_of(value))
    slots = slots_of(cls)  # type: ignore[arg-type]
    if slots:
        yield _restore_slots, [_slot_value(slot, value) for _, slot in slots]


def _references(content: Any) -> Iterable[Any]:
    if isinstance(content, dict):
        return [*content, *content.values()]
    return content if isinstance(content, (list, set)) else ()


def _is_container(cls: type) -> bool:
    is_builtin = cls.__module__ in ("array", "builtins", "collections")
    return is_builtin and issubclass(cls, tuple(_CONTAINERS))


def _is_array(cls: type) -> bool:
    numpy = sys.modules.get("numpy")
    # Not its subclasses: a `memmap` is a file.
    return numpy is not None and cls is numpy.ndarray


def _slot_value(slot: Any, value: Any) -> Any:
    try:
        return slot.__get__(value)
    except AttributeError:
        return _EMPTY


# Through the builtins' own methods: a subclass may have another idea of them.
def _restore_list(value: list[Any], content: list[Any]) -> None:
    list.__setitem__(value, slice(None), content)


def _restore_dict(value: dict[Any, Any], content: dict[Any, Any]) -> None:
    dict.clear(value)
    dict.update(value, content)


def _restore_ordered(value: OrderedDict, content: dict[Any, Any]) -> None:
    OrderedDict.clear(value)
    for key, item in content.items():
        OrderedDict.__setitem__(value, key, item)


def _restore_set(value: set[Any], content: set[Any]) -> None:
    set.clear(value)
    set.update(value, content)


def _restore_deque(value: deque[Any], content: list[Any]) -> None:
    deque.clear(value)
    deque.extend(value, content)


def _restore_sequence(value: Any, content: Any) -> None:
    value[:] = content


def _restore_array(value: Any, content: Any) -> None:
    if value.shape == content.shape and value.dtype == content.dtype:
        value[...] = content


def _restore_attributes(value: Any, content: dict[str, Any]) -> None:
    held = dict_of(value)
    held.clear()
    held.update(content)


def _restore_slots(value: Any, content: Sequence[Any]) -> None:
    slots = slots_of(type(value))  # type: ignore[arg-type]
    for (_, slot), item in zip(slots, content, strict=True):
        if item is not _EMPTY:
            slot.__set__(value, item)
        elif _slot_value(slot, value) is not _EMPTY:
            slot.__delete__(value)


# Type -> how to copy its content, and how to put it back.
_CONTAINERS: dict[type, tuple[Callable[[Any], Any], _Restore]] = {
    list: (lambda value: list(list.__iter__(value)), _restore_list),
    OrderedDict: (
        lambda value: dict(OrderedDict.items(value)),
        _restore_ordered,
    ),
    dict: (lambda value: dict(dict.items(value)), _restore_dict),
    set: (lambda value: set(set.__iter__(value)), _restore_set),
    deque: (lambda value: list(deque.__iter__(value)), _restore_deque),
    bytearray: (bytes, _restore_sequence),
    array: (lambda value: value[:], _restore_sequence),
}
