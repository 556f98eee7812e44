"""Calls an input_fn and turns what it returns into a dataset of batches."""

from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator._types import InputFn
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine.arguments import argument_names
from keras_estimator.engine.arguments import describe_function
from keras_estimator.engine.element import Element
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import InputFnError
from keras_estimator.inputs import capture
from keras_estimator.inputs import graph_input

_v1 = tf.compat.v1
# What TensorFlow makes of the first operation seed where that of the graph is
# 0: its kernels take (0, 0) for no seed.
_INSTEAD_OF_0 = 2**31 - 1


class Input(NamedTuple):
    """What an input_fn provides.

    Attributes:
        dataset: Eager dataset. The components of its elements begin with those
            of `element`: first the features', then the labels'. Labels that
            nobody wants may come after them.
        element: Signature of a batch.
        seeds_used: How many operation seeds of the graph input_fn used up.
        source: What must live as long as the dataset is read.
        operations: What hooks may run of the graph of input_fn: iterators
            wait for that. `None` if none does.
    """

    dataset: tf.data.Dataset
    element: Element
    seeds_used: int
    source: Any
    operations: graph_input.InputOperations | None = None

    def batches(self) -> Iterator[Any]:
        """Returns an iterator over the batches."""
        with _tensorflow.eager_mode():
            return iter(self.dataset)


def call_input_fn(
    input_fn: InputFn,
    optional: dict[str, Any],
    *,
    seed: int | None,
    with_labels: bool,
) -> Input:
    """Calls `input_fn` with the arguments that it names.

    Args:
        input_fn: The user's function: returns a `tf.data.Dataset`, or the
            tensors of a batch.
        optional: Values of `mode`, `params` and `config`.
        seed: Seed of the graph in which it runs.
        with_labels: Whether the labels are wanted; `predict` drops them.

    Raises:
        ArgumentTypeError: If it is no function.
        InputFnError: If it returns something else.
    """
    if not callable(input_fn):
        raise ArgumentTypeError(
            "`input_fn` must be a function without arguments, or of some of "
            f"(mode, params, config). Received: input_fn={input_fn!r} (of type "
            f"{type(input_fn).__name__}). Wrap a dataset as `lambda: dataset`."
        )
    names = argument_names(input_fn)
    kwargs = {k: v for k, v in optional.items() if k in names}
    input_graph = capture.InputGraph()
    operations = None
    with capture.capturing(input_graph), tf.device("/cpu:0"):
        _v1.set_random_seed(seed)
        result = input_fn(**kwargs)
        seeds_used = 0 if seed is None else _seeds_used()
        where = describe_function(input_fn)
        if isinstance(result, tf.data.Dataset):
            element = _split(result.element_spec, where)
            dataset = graph_input.from_dataset(input_graph, result)
        else:
            batch = graph_input.as_tensors(_split(result, where), where)
            if not with_labels:
                batch = batch._replace(labels=None)
            element = Element(*elements.spec_of(tuple(batch)))
            dataset, operations = graph_input.from_tensors(input_graph, batch)
    if not with_labels:
        element = element._replace(labels=None)
    return Input(
        dataset, element, seeds_used, (input_graph, result), operations
    )


def _seeds_used() -> int:
    """Returns how many operation seeds the graph at hand has given out."""
    count = _v1.get_seed(None)[1]
    return 0 if count == _INSTEAD_OF_0 else count


def _split(result: Any, where: str) -> Element:
    """Returns features and labels of what an input_fn returned."""
    if result is None:
        raise InputFnError(
            f"input_fn {where} returned None. It must return a "
            "`tf.data.Dataset`, or (features, labels). Does each of its "
            "branches end in a `return`?"
        )
    if not isinstance(result, (list, tuple)):
        return Element(result)
    if len(result) != 2:
        raise InputFnError(
            "input_fn should return (features, labels) as a len 2 tuple. "
            f"{where} returned {len(result)} parts. Put several features into "
            "a dict, and weights among them."
        )
    return Element(*result)
