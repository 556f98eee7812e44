"""How an EstimatorModel is written down: model_fn, params and signatures."""

import functools
import importlib
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from types import FunctionType
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator._types import ElementSpec
from keras_estimator._types import ModelFn
from keras_estimator.engine.arguments import describe_function
from keras_estimator.engine.element import Element
from keras_estimator.engine.programs import Programs
from keras_estimator.errors import ConfigError
from keras_estimator.spec import ModeKeys

_v1 = tf.compat.v1
_HOW_TO_REGISTER = (
    "Define it at the top level of a module, or register it:\n"
    '    @keras.saving.register_keras_serializable(package="my_project")\n'
    "    def {name}(...): ...\n"
    "Values that it takes from an enclosing function go into `params`, or into "
    "a functools.partial of it."
)
_MAIN = "__main__"


class Parts(NamedTuple):
    """What a model is made from.

    Attributes:
        name: Its name.
        model_fn: Its model_fn.
        params: The hyperparameters.
        signature: Mode and signature of a program to build, so that its
            variables exist; `None` if it had none.
    """

    name: str
    model_fn: ModelFn
    params: Any
    signature: tuple[str, Element] | None


def to_config(name: str, programs: Programs) -> dict[str, Any]:
    """Returns what is needed to make a model again, in forms that JSON has.

    Raises:
        ConfigError: If model_fn or params have no such form.
    """
    # What loading builds: for predicting, if model_fn is known to do that.
    program = (
        programs.latest(ModeKeys.PREDICT)
        or programs.latest(ModeKeys.TRAIN)
        or programs.latest(ModeKeys.EVAL)
    )
    return {
        "name": name,
        "model_fn": model_fn_reference(programs.model_fn),
        "params": params_to_config(programs.params),
        "program": program
        and {
            "mode": program.mode,
            "features": nest_to_config(program.element.features),
            "labels": nest_to_config(program.element.labels),
        },
    }


def from_config(config: Mapping[str, Any]) -> Parts:
    """Returns what `to_config` wrote down.

    Raises:
        ConfigError: If model_fn cannot be found.
    """
    program = config["program"]
    signature = None
    if program is not None:
        nests = (program["features"], program["labels"])
        element = Element(*map(nest_from_config, nests))
        signature = (program["mode"], element)
    return Parts(
        config["name"],
        find_model_fn(config["model_fn"]),
        params_from_config(config["params"]),
        signature,
    )


def model_fn_reference(
    model_fn: Callable, what: str = "model_fn"
) -> dict[str, Any]:
    """Returns how to find a function again: registered, or by its import.

    An object that Keras can write down stands for itself. A functools.partial
    is written as its function and what it binds.

    Args:
        model_fn: The function.
        what: What it is, for messages.

    Raises:
        ConfigError: If neither is possible: a lambda, a closure, a method; or
            if what a functools.partial binds cannot be written down.
    """
    if hasattr(model_fn, "get_config"):
        return {"object": keras.saving.serialize_keras_object(model_fn)}
    # An object with `__call__`, or a partial, has no name.
    name = hasattr(model_fn, "__name__") and keras.saving.get_registered_name(
        model_fn
    )
    if name and keras.saving.get_registered_object(name) is model_fn:
        return {"registered": name}
    place = _place(model_fn)
    if place:
        return {"import": place}
    if isinstance(model_fn, functools.partial):
        return _partial_reference(model_fn, what)
    raise ConfigError(
        f"{what} {describe_function(model_fn)} cannot be saved: it can "
        f"neither be imported by its name nor is it registered. "
        f"{_HOW_TO_REGISTER.format(name=what.partition(' ')[0])}"
    )


def find_model_fn(
    reference: Mapping[str, Any], what: str = "model_fn"
) -> ModelFn:
    """Returns the function that a reference stands for.

    Args:
        reference: What `model_fn_reference` returned.
        what: What it is, for messages.

    Raises:
        ConfigError: If it is not there.
    """
    if "partial" in reference:
        return functools.partial(
            find_model_fn(reference["partial"], what),
            *params_from_config(reference["args"]),
            **params_from_config(reference["keywords"]),
        )
    if "object" in reference:
        return keras.saving.deserialize_keras_object(reference["object"])
    if "registered" in reference:
        name = reference["registered"]
        found = keras.saving.get_registered_object(name)
        if found is None:
            raise ConfigError(
                f"The model was saved with the registered {what} {name!r}, "
                "which is not registered now. Import the module that registers "
                "it before loading."
            )
        return found
    place = reference["import"]
    module, qualname = place.split(":", 1)
    found = (
        keras.saving.get_registered_object(place)
        or keras.saving.get_registered_object(qualname)
        or _imported(module, qualname)
    )
    if not callable(found):
        raise ConfigError(
            f"The model was saved with {what} `{place}`, which cannot be "
            "imported here. Make the module importable, or give the function: "
            "`keras.saving.load_model(path, custom_objects="
            f"{{{qualname!r}: {what}}})`."
        )
    return found


def warn_of_main(config: Mapping[str, Any]) -> None:
    """Warns of functions that no other process can import.

    Args:
        config: What `to_config` returned.
    """
    found = _names_in_main([config["model_fn"], config["params"]])
    names = list(dict.fromkeys(found))
    if names:
        given = ", ".join(f"{name!r}: ..." for name in names)
        _v1.logging.warning(
            "%s: defined in the module `%s`, which another process does not "
            "have. It can load the `.keras` file only with "
            "`keras.saving.load_model(path, custom_objects={%s})`. Move what "
            "is named here into a module that both import.",
            ", ".join(names),
            _MAIN,
            given,
        )


def _names_in_main(config: Any) -> Iterator[str]:
    """Yields by which names `find_model_fn` asks for custom objects."""
    if isinstance(config, list):
        for part in config:
            yield from _names_in_main(part)
    if not isinstance(config, Mapping):
        return
    match config:
        case {"import": str(place)} if place.startswith(f"{_MAIN}:"):
            yield place.partition(":")[2]
        case {"registered": str(name)}:
            found = keras.saving.get_registered_object(name)
            if getattr(found, "__module__", None) == _MAIN:
                yield name
        case _:
            yield from _names_in_main([*config.values()])


def _partial_reference(partial: functools.partial, what: str) -> dict[str, Any]:
    function = partial.func
    name = getattr(function, "__name__", type(function).__name__)
    where = f"functools.partial({name})"
    return {
        "partial": model_fn_reference(
            function, f"{what} is a functools.partial, whose function"
        ),
        "args": params_to_config(partial.args, f"{where}.args"),
        "keywords": params_to_config(partial.keywords, f"{where}.keywords"),
    }


def _place(function: Any) -> str | None:
    """Returns the module and name to import a function by, if it has one."""
    module = getattr(function, "__module__", None)
    qualname = getattr(function, "__qualname__", "")
    if module is None or _imported(module, qualname) is not function:
        return None
    return f"{module}:{qualname}"


def _imported(module: str, qualname: str) -> Any:
    try:
        found: Any = importlib.import_module(module)
        for part in qualname.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return None
    return found


def params_to_config(params: Any, where: str = "params") -> Any:
    """Returns hyperparameters in a form that JSON has.

    Args:
        params: The hyperparameters, or a part of them.
        where: What they are, for messages.

    Raises:
        ConfigError: If they have no such form.
    """
    if params is None or type(params) in (bool, int, float, str):
        return params
    if type(params) in (list, tuple):
        items = [
            params_to_config(value, f"{where}[{i}]")
            for i, value in enumerate(params)
        ]
        return {"kind": type(params).__name__, "items": items}
    if isinstance(params, dict):
        return {
            "kind": "dict",
            # Not a JSON object: its keys would become texts.
            "items": [
                [params_to_config(k), params_to_config(v, f"{where}[{k!r}]")]
                for k, v in params.items()
            ],
        }
    if isinstance(params, tf.DType):
        return {"kind": "dtype", "name": params.name}
    if isinstance(params, FunctionType) and _is_for_import(params):
        return {"kind": "function", "reference": model_fn_reference(params)}
    try:
        if isinstance(params, tuple):  # Keras would make a list of it
            raise TypeError(f"Cannot serialize {type(params)}.")
        config = keras.saving.serialize_keras_object(params)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise ConfigError(
            f"`{where}` cannot be saved: {error} Use numbers, texts, lists, "
            "tuples, dicts and Keras objects there; or save the weights "
            "alone with `save_weights`, and make the model again with these "
            "values, before `build` and `load_weights`."
        ) from error
    return {"kind": "keras", "config": config}


def _is_for_import(function: FunctionType) -> bool:
    """Whether Keras would write a function and not find it again."""
    module = function.__module__ or ""
    return module.partition(".")[0] != "keras" and bool(_place(function))


def params_from_config(config: Any) -> Any:
    """Returns the hyperparameters that `params_to_config` wrote down."""
    if not isinstance(config, dict):
        return config
    kind = config["kind"]
    if kind == "dict":
        return {
            params_from_config(k): params_from_config(v)
            for k, v in config["items"]
        }
    if kind in ("list", "tuple"):
        items = [params_from_config(value) for value in config["items"]]
        return items if kind == "list" else tuple(items)
    if kind == "dtype":
        return tf.as_dtype(config["name"])
    if kind == "function":
        return find_model_fn(config["reference"], "function")
    return keras.saving.deserialize_keras_object(config["config"])


def nest_to_config(nest: ElementSpec) -> Any:
    """Returns specs of an input in a form that JSON has.

    Raises:
        ConfigError: If one of them has no such form.
    """
    if nest is None:
        return None
    if isinstance(nest, Mapping):
        # Not a JSON object: its keys would become texts.
        items = [
            [params_to_config(k), nest_to_config(v)] for k, v in nest.items()
        ]
        return {"kind": "dict", "items": items}
    if isinstance(nest, (list, tuple)):
        kind = "list" if isinstance(nest, list) else "tuple"
        return {"kind": kind, "items": [nest_to_config(v) for v in nest]}
    for kind, (cls, arguments) in _SPECS.items():
        if type(nest) is cls:
            return {"kind": kind, **arguments(nest)}
    raise ConfigError(
        f"An input of the model is {nest!r}, which cannot be saved. Inputs may "
        "be dense, sparse and ragged tensors, in dicts, lists and tuples."
    )


def nest_from_config(config: Any) -> ElementSpec:
    """Returns the specs that `nest_to_config` wrote down."""
    if config is None:
        return None
    config = dict(config)
    kind = config.pop("kind")
    if kind == "dict":
        return {
            params_from_config(key): nest_from_config(value)
            for key, value in config["items"]
        }
    if kind in ("list", "tuple"):
        items = [nest_from_config(v) for v in config["items"]]
        return items if kind == "list" else tuple(items)
    cls, _ = _SPECS[kind]
    return cls(**config)


def _shape(shape: tf.TensorShape) -> list[int | None] | None:
    return None if shape.rank is None else shape.as_list()


_SPECS: dict[str, tuple[type, Callable[[Any], dict[str, Any]]]] = {
    "tensor": (
        tf.TensorSpec,
        lambda s: {"shape": _shape(s.shape), "dtype": s.dtype.name},
    ),
    "sparse": (
        tf.SparseTensorSpec,
        lambda s: {"shape": _shape(s.shape), "dtype": s.dtype.name},
    ),
    "ragged": (
        tf.RaggedTensorSpec,
        lambda s: {
            "shape": _shape(s.shape),
            "dtype": s.dtype.name,
            "ragged_rank": s.ragged_rank,
            "row_splits_dtype": s.row_splits_dtype.name,
        },
    ),
}
