"""Hyperparameters written as text: `rate=0.1,layers=[64,32]`."""

import re
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import NoReturn

from keras_estimator.errors import ConfigError

_ASSIGNMENT = re.compile(
    r"""
    (?P<name>[a-zA-Z][\w.]*)
    (?:\[\s*(?P<index>\d+)\s*\])?
    \s*=\s*
    (?:\[(?P<several>[^\]]*)\]|(?P<one>[^,\[]*))
    (?:$|,\s*)
    """,
    re.VERBOSE,
)
_BOOLS = {"true": True, "True": True, "false": False, "False": False}


def parse_values(
    values: str, type_map: Mapping[str, type], ignore_unknown: bool = False
) -> dict[str, Any]:
    """Returns the values that a text assigns to names.

    Args:
        values: Assignments `name=value`, `name=[value,value]` or
            `name[index]=value`, with commas between them.
        type_map: Name -> type of its value, or of those in its list.
        ignore_unknown: Whether names that are not in type_map are left out.

    Returns:
        Name -> value, list of values, or index -> value.

    Raises:
        ConfigError: If the text is malformed, a name is unknown or assigned
            twice, or a value is not of its type.

    Example:
    >>> parse_values("rate=0.1,layers=[3,4]", {"rate": float, "layers": int})
    {'rate': 0.1, 'layers': [3, 4]}
    """
    results: dict[str, Any] = {}
    position = 0
    while position < len(values):
        found = _ASSIGNMENT.match(values, position)
        if found is None:
            raise ConfigError(
                f"Malformed hyperparameter value: {values[position:]}. Write "
                "`name=value` or `name=[value,value]`, with commas between "
                "assignments; a value has no comma or bracket."
            )
        position = found.end()
        name = found["name"]
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ConfigError(
                f"Unknown hyperparameter type for {name}. There are: "
                f"{', '.join(sorted(type_map))}."
            )
        _assign(results, found, _parser(type_map[name], name, values), values)
    return results


def _assign(
    results: dict[str, Any],
    found: re.Match[str],
    parse: Callable[[str], Any],
    values: str,
) -> None:
    name, index = found["name"], found["index"]
    if index is not None and found["one"] is not None:
        elements = results.setdefault(name, {})
        if not isinstance(elements, dict) or int(index) in elements:
            _assigned_twice(name, values)
        elements[int(index)] = parse(found["one"])
        return
    if name in results:
        _assigned_twice(name, values)
    if found["one"] is not None:
        results[name] = parse(found["one"])
        return
    if index is not None:
        raise ConfigError(
            f"An element of a list cannot be a list: {name}[{index}] in "
            f"{values}."
        )
    texts = re.split(r"[ ,]+", found["several"].strip())
    results[name] = [parse(text) for text in texts if text]


def _parser(
    kind: Callable[..., Any], name: str, values: str
) -> Callable[[str], Any]:
    said = getattr(kind, "__name__", kind)

    def parse(text: str) -> Any:
        try:
            if kind is bool:
                return _BOOLS[text] if text in _BOOLS else bool(int(text))
            return kind(text)
        except (TypeError, ValueError) as error:
            raise ConfigError(
                f"Could not parse hparam {name!r} of type {said!r} with value "
                f"{text!r} in {values}"
            ) from error

    return parse


def _assigned_twice(name: str, values: str) -> NoReturn:
    raise ConfigError(f"Multiple assignments to variable {name!r} in {values}")
