"""Predictions of a SavedModel from Python, as `tf.contrib.predictor` had them.

```python
predict = predictor.from_saved_model("exports/1735689600")
predict({"x": [[1.0, 2.0]]})["probabilities"]
```
"""

import difflib
import os
import tempfile
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import SavedModelPathError

_v1 = tf.compat.v1
_DEFAULT_SIGNATURE = "serving_default"
_DEFAULT_TAGS = "serve"

__all__ = ["Predictor", "from_estimator", "from_saved_model"]


class Predictor:
    """A SavedModel as a function from a dict to a dict.

    `from_saved_model` and `from_estimator` make them. It keeps a session open;
    `close` it, or use it in a `with` block, to free what that holds.

    Args:
        session: A session in whose graph the model is loaded.
        feed_tensors: dict of name to the tensor that is fed.
        fetch_tensors: dict of name to the tensor that is returned.

    Attributes:
        session: As above.
        feed_tensors: As above.
        fetch_tensors: As above.
    """

    def __init__(
        self,
        session: Any,
        feed_tensors: Mapping[str, Any],
        fetch_tensors: Mapping[str, Any],
    ) -> None:
        self.session = session
        self.feed_tensors = dict(feed_tensors)
        self.fetch_tensors = dict(fetch_tensors)

    @property
    def graph(self) -> tf.Graph:
        """The graph of the model."""
        return self.session.graph

    def __call__(self, input_dict: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the outputs for a batch.

        Args:
            input_dict: A value for each of `feed_tensors`, by its name. Those
                that are no plain placeholders, as they have a default value,
                may be left out or be `None`.

        Returns:
            dict of name to NumPy array, with the names of `fetch_tensors`.

        Raises:
            ArgumentTypeError: If `input_dict` is no dict.
            ConfigError: If it has other keys, or lacks one, or a value has
                another shape.
        """
        if not isinstance(input_dict, Mapping):
            raise ArgumentTypeError(
                "A predictor takes a dict of name to value. Received: "
                f"{input_dict!r} ({type(input_dict).__name__}). The names are "
                f"{sorted(self.feed_tensors)}."
            )
        unexpected = sorted(set(input_dict) - set(self.feed_tensors))
        if unexpected:
            raise ConfigError(
                f"Got unexpected keys in input_dict: {unexpected}, expected: "
                f"{sorted(self.feed_tensors)}."
            )
        given = {k: v for k, v in input_dict.items() if v is not None}
        needed = [k for k, t in self.feed_tensors.items() if _must_be_fed(t)]
        missing = sorted(set(needed) - set(given))
        if missing:
            raise ConfigError(
                f"input_dict lacks values for {missing}. A predictor needs "
                f"one for each of {sorted(needed)}."
            )
        feeds = {self.feed_tensors[k]: v for k, v in given.items()}
        try:
            return self.session.run(self.fetch_tensors, feeds)
        except ValueError as error:
            # The session names tensors, the caller knows keys.
            keys = {k: t.name for k, t in self.feed_tensors.items()}
            raise ConfigError(
                f"input_dict has a value that cannot be fed: {error} (Tensors "
                f"by key: {keys}.)"
            ) from error

    def close(self) -> None:
        """Closes the session."""
        self.session.close()

    def __enter__(self) -> "Predictor":
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__} with feed tensors {self.feed_tensors} and "
            f"fetch_tensors {self.fetch_tensors}"
        )


def from_saved_model(
    export_dir: Path | bytes,
    signature_def_key: str | None = None,
    signature_def: Any = None,
    input_names: Mapping[str, str] | None = None,
    output_names: Mapping[str, str] | None = None,
    tags: str | Iterable[str] | None = None,
    graph: tf.Graph | None = None,
    config: Any = None,
) -> Predictor:
    """Returns a predictor over a SavedModel.

    Which tensors are fed and returned is said by one of `signature_def_key`,
    `signature_def`, and `input_names` with `output_names`.

    Args:
        export_dir: Folder of the SavedModel, also as `export_saved_model`
            returns it.
        signature_def_key: Name of a signature. Defaults to `serving_default`.
        signature_def: A `SignatureDef` for the tensors of the graph.
        input_names: dict of name to the name of the tensor to be fed:
            `{"x": "Placeholder:0"}`.
        output_names: dict of name to the name of the tensor to be returned.
        tags: Tags of the graph, separated by commas. Defaults to `serve`.
        graph: Where it is loaded. Defaults to a new one.
        config: `tf.compat.v1.ConfigProto` of the session.

    Returns:
        A function from a dict of arrays to a dict of arrays, with the
        attributes `feed_tensors`, `fetch_tensors`, `graph` and `session`.

    Raises:
        ConfigError: If what is fed and returned is not said in one way, or
            the graph has no such signature or tensor.
        SavedModelPathError: If there is no SavedModel.

    Example:
    ```python
    predict = from_saved_model("exports/1735689600", "regression")
    predict({"inputs": [example.SerializeToString()]})["outputs"]
    ```
    """
    _check_one_way(signature_def_key, signature_def, input_names, output_names)
    folder = _folder(export_dir)
    graph = tf.Graph() if graph is None else graph
    session = _v1.Session(graph=graph, config=config)
    try:
        with graph.as_default():
            loaded = _load(session, folder, _tags(tags))
        if input_names is None or output_names is None:
            if signature_def is None:
                signature_def = _signature(
                    loaded, signature_def_key or _DEFAULT_SIGNATURE, folder
                )
            feeds = _tensors(graph, signature_def.inputs)
            fetches = _tensors(graph, signature_def.outputs)
        else:
            feeds = _named_tensors(graph, "input_names", input_names)
            fetches = _named_tensors(graph, "output_names", output_names)
    except BaseException:
        session.close()
        raise
    return Predictor(session, feeds, fetches)


def from_estimator(
    estimator: Any,
    serving_input_receiver_fn: Callable[[], Any],
    output_key: str | None = None,
    graph: tf.Graph | None = None,
    config: Any = None,
) -> Predictor:
    """Returns a predictor over the newest checkpoint of an Estimator.

    Args:
        estimator: The Estimator.
        serving_input_receiver_fn: Returns a receiver, as for
            `export_saved_model`.
        output_key: Which of the `export_outputs` of model_fn is returned.
            Defaults to `serving_default`.
        graph: Where it is loaded. Defaults to a new one.
        config: `tf.compat.v1.ConfigProto` of the session.

    Returns:
        As `from_saved_model` does.

    Raises:
        ConfigError: If there is no such output.
        NotFittedError: If the Estimator has no checkpoint.
    """
    with tempfile.TemporaryDirectory() as folder:
        export = estimator.export_saved_model(folder, serving_input_receiver_fn)
        return from_saved_model(export, output_key, graph=graph, config=config)


def _must_be_fed(tensor: Any) -> bool:
    """Whether a tensor, or a part of a composite one, has no other value."""
    parts = tf.nest.flatten(tensor, expand_composites=True)
    return any(part.op.type == "Placeholder" for part in parts)


def _check_one_way(key: Any, signature: Any, inputs: Any, outputs: Any) -> None:
    given = [
        f"{name}={value!r}"
        for name, value in (
            ("signature_def_key", key),
            ("signature_def", signature),
            ("input_names", inputs),
            ("output_names", outputs),
        )
        if value is not None
    ]
    if (inputs is None) != (outputs is None):
        raise ConfigError(
            "input_names and output_names must both be specified or both be "
            f"unspecified. Received: {', '.join(given)}."
        )
    ways = [key is not None, signature is not None, inputs is not None]
    if sum(ways) > 1:
        raise ConfigError(
            "You must specify at most one of signature_def_key OR "
            "signature_def OR (input_names AND output_names). Received: "
            f"{', '.join(given)}."
        )


def _folder(export_dir: Any) -> str:
    if not isinstance(export_dir, (str, bytes, os.PathLike)):
        raise ArgumentTypeError(
            "`export_dir` must be the path of a folder. Received: "
            f"export_dir={export_dir!r} ({type(export_dir).__name__})."
        )
    folder = os.fsdecode(export_dir)
    if not tf.saved_model.contains_saved_model(folder):
        raise SavedModelPathError(
            f"SavedModel file does not exist at: export_dir={folder!r}. It is "
            "a folder with a file saved_model.pb or saved_model.pbtxt; "
            "`export_saved_model` returns its path, and makes it inside of "
            "`export_dir_base`."
        )
    return folder


def _tags(tags: str | Iterable[str] | None) -> list[str]:
    if tags is None:
        tags = _DEFAULT_TAGS
    found = tags.split(",") if isinstance(tags, str) else tags
    return [tag.strip() for tag in found]


def _load(session: Any, folder: str, tags: list[str]) -> Any:
    try:
        return _v1.saved_model.loader.load(session, tags, folder)
    except RuntimeError as error:
        if "MetaGraphDef associated with tags" not in str(error):
            raise
        raise ConfigError(f"tags={','.join(tags)!r}: {error}") from error


def _signature(loaded: Any, key: str, folder: str) -> Any:
    if key in loaded.signature_def:
        return loaded.signature_def[key]
    names = sorted(n for n in loaded.signature_def if n[:2] != "__")
    close = difflib.get_close_matches(str(key), names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise ConfigError(
        f"The SavedModel in {folder!r} has no signature {key!r}.{hint} It has: "
        f"{names}."
    )


def _tensors(graph: tf.Graph, infos: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the tensors of one side of a signature."""
    with graph.as_default():
        return {
            name: _v1.saved_model.get_tensor_from_tensor_info(info)
            for name, info in infos.items()
        }


def _named_tensors(
    graph: tf.Graph, argument: str, names: Mapping[str, str]
) -> dict[str, Any]:
    found = {}
    for key, name in names.items():
        try:
            found[key] = graph.get_tensor_by_name(name)
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                f"{argument}[{key!r}]={name!r}: {error.args[0]}"
            ) from error
    return found
