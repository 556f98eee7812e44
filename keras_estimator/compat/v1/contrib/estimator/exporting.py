"""`tf.contrib.estimator`: exports of other modes than prediction."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator._types import InputFn
from keras_estimator._types import Path
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import InputFnError
from keras_estimator.estimator import Estimator
from keras_estimator.export.receivers import (
    build_raw_supervised_input_receiver_fn,
)
from keras_estimator.spec import ModeKeys

_v1 = tf.compat.v1


def export_saved_model_for_mode(
    estimator: Estimator,
    export_dir_base: Path,
    input_receiver_fn: Callable[[], Any],
    assets_extra: Mapping[str, Path] | None = None,
    as_text: bool = False,
    checkpoint_path: Path | None = None,
    mode: str = ModeKeys.PREDICT,
) -> bytes:
    """Exports one mode of a model; see `Estimator.export_saved_model`.

    Args:
        estimator: The Estimator.
        export_dir_base: As for that method, and so are the others.
        input_receiver_fn: See there.
        assets_extra: See there.
        as_text: See there.
        checkpoint_path: See there.
        mode: The mode of model_fn.

    Returns:
        The path of the folder, as bytes.
    """
    _check_estimator(estimator)
    return estimator.export_saved_model(
        export_dir_base,
        input_receiver_fn,
        assets_extra,
        as_text,
        checkpoint_path,
        experimental_mode=mode,
    )


def export_all_saved_models(
    estimator: Estimator,
    export_dir_base: Path,
    input_receiver_fn_map: Mapping[str, Callable[[], Any]],
    assets_extra: Mapping[str, Path] | None = None,
    as_text: bool = False,
    checkpoint_path: Path | None = None,
) -> bytes:
    """Exports several modes of a model into one SavedModel.

    Args:
        estimator: The Estimator.
        export_dir_base: As for its `experimental_export_all_saved_models`,
            and so are the others.
        input_receiver_fn_map: See there.
        assets_extra: See there.
        as_text: See there.
        checkpoint_path: See there.

    Returns:
        The path of the folder, as bytes.
    """
    _check_estimator(estimator)
    return estimator.experimental_export_all_saved_models(
        export_dir_base,
        input_receiver_fn_map,
        assets_extra,
        as_text,
        checkpoint_path,
    )


def build_supervised_input_receiver_fn_from_input_fn(
    input_fn: InputFn, **input_fn_args: Any
) -> Callable[[], Any]:
    """Returns a receiver function that feeds what an input_fn provides.

    Args:
        input_fn: Returns a dataset of (features, labels), or their tensors.
            It is called once, in a graph of its own.
        **input_fn_args: What it is called with.

    Returns:
        A function that makes a `SupervisedInputReceiver` in the graph.

    Raises:
        InputFnError: If it returns no labels.
    """
    with tf.Graph().as_default():
        batch = input_fn(**input_fn_args)
        if isinstance(batch, tf.data.Dataset):
            batch = tf.nest.map_structure(
                lambda spec: _v1.placeholder(spec.dtype, spec.shape),
                batch.element_spec,
            )
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            raise InputFnError(
                "input_fn must return (features, labels), or a dataset of "
                f"these. It returned: {batch!r}. Without labels, use "
                "`export.build_raw_serving_input_receiver_fn`."
            )
        return build_raw_supervised_input_receiver_fn(*batch)


def _check_estimator(estimator: Any) -> None:
    if not isinstance(estimator, Estimator):
        raise ArgumentTypeError(
            "`estimator` must be an `Estimator`. Received: "
            f"estimator={estimator!r} ({type(estimator).__name__})."
        )
