"""`HParams`: hyperparameters, each with a type that it keeps."""

import json
import numbers
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from keras_estimator.compat.v1.contrib.training.parsing import parse_values
from keras_estimator.errors import ConfigError
from keras_estimator.errors import MissingParamError


class HParams:
    """Hyperparameters by name, as attributes.

    The type of a value is that of the first one; a float takes integers. A
    hyperparameter that was made with a list stays a list. An `Estimator` takes
    it as `params`.

    Args:
        hparam_def: Must be `None`: the protocol buffer is gone.
        model_structure: Anything, for `get_model_structure`.
        **kwargs: Name -> value.

    Raises:
        ConfigError: If a name is that of a method, or a list is empty.

    Example:
    >>> hparams = HParams(rate=0.1, layers=[64, 32])
    >>> hparams.parse("rate=0.5,layers=[8]")
    HParams([('layers', [8]), ('rate', 0.5)])
    >>> hparams.rate
    0.5
    """

    def __init__(
        self,
        hparam_def: None = None,
        model_structure: Any = None,
        **kwargs: Any,
    ) -> None:
        if hparam_def is not None:
            raise ConfigError(
                "`hparam_def` must be None: HParamDef protocol buffers are "
                f"gone. Received: {hparam_def!r}. Use `parse_json`."
            )
        # Name: type of the value, and whether it is a list of these.
        self._hparam_types: dict[str, tuple[type, bool]] = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Adds a hyperparameter.

        Args:
            name: Its name, which no other one and no method has.
            value: Its value, or a list of them.

        Raises:
            ConfigError: If the name is taken, or the list is empty.
        """
        if getattr(self, name, None) is not None:
            raise ConfigError(
                f"Hyperparameter name is reserved: {name}. `set_hparam` sets "
                "one that is there; a method's name cannot be one."
            )
        is_several = isinstance(value, (list, tuple))
        if is_several and not value:
            raise ConfigError(
                f"Multi-valued hyperparameters cannot be empty: {name}. Their "
                "type is that of the first value."
            )
        kind = type(value[0]) if is_several else type(value)
        self._hparam_types[name] = (kind, is_several)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Gives a hyperparameter another value.

        Args:
            name: Its name.
            value: A value of its type, or a list of them.

        Raises:
            MissingParamError: If there is none of that name.
            ConfigError: If the value is of another type.
        """
        kind, is_several = self._type_of(name)
        if isinstance(value, list):
            if not is_several:
                raise ConfigError(
                    "Must not pass a list for single-valued parameter: "
                    f"{name}. Received: {value!r}."
                )
            setattr(self, name, [_cast(name, kind, each) for each in value])
            return
        if is_several:
            raise ConfigError(
                f"Must pass a list for multi-valued parameter: {name}. "
                f"Received: {value!r}."
            )
        setattr(self, name, _cast(name, kind, value))

    def del_hparam(self, name: str) -> None:
        """Removes a hyperparameter, if it is there."""
        if name in self._hparam_types:
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> "HParams":
        """Sets what a text says, such as `rate=0.1,layers=[64,32]`.

        Args:
            values: Assignments, with commas between them.

        Returns:
            The hyperparameters.

        Raises:
            ConfigError: If the text is malformed, a name is unknown, or a
                value is of another type.
        """
        types = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, types))

    def override_from_dict(self, values_dict: Mapping[str, Any]) -> "HParams":
        """Sets several hyperparameters.

        Args:
            values_dict: Name -> value.

        Returns:
            The hyperparameters.

        Raises:
            MissingParamError: If there is none of a name.
            ConfigError: If a value is of another type.
        """
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def set_from_map(self, values_map: Mapping[str, Any]) -> "HParams":
        """Sets several hyperparameters: the old name of override_from_dict."""
        return self.override_from_dict(values_map)

    def parse_json(self, values_json: str) -> "HParams":
        """Sets the hyperparameters that a JSON object has.

        Args:
            values_json: The text of the object.

        Returns:
            The hyperparameters.
        """
        return self.override_from_dict(json.loads(values_json))

    def to_json(
        self,
        indent: int | None = None,
        separators: tuple[str, str] | None = None,
        sort_keys: bool = False,
    ) -> str:
        """Returns the hyperparameters as a JSON object.

        Args:
            indent: As for `json.dumps`.
            separators: As for `json.dumps`.
            sort_keys: As for `json.dumps`.
        """
        return json.dumps(
            self.values(),
            indent=indent,
            separators=separators,
            sort_keys=sort_keys,
        )

    def values(self) -> dict[str, Any]:
        """Returns name -> value."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """Returns a value, or the default if there is none of that name.

        Args:
            key: The name.
            default: Of the type that the hyperparameter has.

        Raises:
            ConfigError: If the hyperparameter is there, and the default is of
                another type.
        """
        if key not in self._hparam_types:
            return default
        if default is not None:
            self._check_default(key, default)
        return getattr(self, key)

    def set_model_structure(self, model_structure: Any) -> None:
        """Keeps anything, for `get_model_structure`."""
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        """Returns what `set_model_structure` was given."""
        return self._model_structure

    def _type_of(self, name: str) -> tuple[type, bool]:
        if name not in self._hparam_types:
            raise MissingParamError(
                f"There is no hyperparameter {name!r}. There are: "
                f"{', '.join(sorted(self._hparam_types))}. `add_hparam` adds "
                "one."
            )
        return self._hparam_types[name]

    def _check_default(self, key: str, default: Any) -> None:
        kind, is_several = self._hparam_types[key]
        shown = f"list<{kind}>" if is_several else str(kind)
        said = (
            f"Hparam {key!r} of type {shown!r} is incompatible with default="
            f"{default}."
        )
        if isinstance(default, list) != is_several:
            raise ConfigError(said)
        try:
            for each in default if is_several else [default]:
                _cast(key, kind, each)
        except ConfigError as error:
            raise ConfigError(f"{said} {error}") from error

    def __contains__(self, key: object) -> bool:
        return key in self._hparam_types

    def __str__(self) -> str:
        return ",".join(
            f"{name}={value}" for name, value in self.values().items()
        )

    def __repr__(self) -> str:
        return f"HParams({sorted(self.values().items())})"


def _cast(name: str, kind: type, value: Any) -> Any:
    """Returns a value in a type, if that says the same.

    Args:
        name: Name of the hyperparameter, for the error.
        kind: The type.
        value: The value.

    Raises:
        ConfigError: If it is of another one: of numbers, only integers
            become floats.
    """
    if issubclass(kind, type(None)):
        return value
    is_other = (
        (issubclass(kind, (str, bytes)) and not isinstance(value, (str, bytes)))
        or issubclass(kind, bool) != isinstance(value, bool)
        or (
            issubclass(kind, numbers.Integral)
            and not isinstance(value, numbers.Integral)
        )
        or (
            issubclass(kind, numbers.Number)
            and not isinstance(value, numbers.Number)
        )
    )
    if is_other:
        raise ConfigError(
            f"Could not cast hparam {name!r} of type {str(kind)!r} from value "
            f"{value!r}"
        )
    cast: Callable[[Any], Any] = kind
    return cast(value)
