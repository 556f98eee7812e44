"""Asks a SavedModel what it is made for."""

import numpy as np
import tensorflow.compat.v1 as tf


def answers(folder, feed):
    """Returns what each signature of a SavedModel answers.

    Args:
        folder: The SavedModel.
        feed: Function of (signature name, {input: (dtype, shape)}) that returns
            what it is fed, `{input: array}`.

    Returns:
        dict of signature name to its `method`, its `inputs` (dict of name to
        [dtype, shape]) and its `outputs` (dict of name to value).
    """
    with tf.Graph().as_default(), tf.Session() as session:
        loaded = tf.saved_model.loader.load(session, ["serve"], folder)
        return {
            name: _answer(session, name, signature, feed)
            for name, signature in loaded.signature_def.items()
            if not name.startswith("__")
        }


def _answer(session, name, signature, feed):
    inputs = {
        key: (
            tf.as_dtype(info.dtype).as_numpy_dtype,
            tf.TensorShape(info.tensor_shape).as_list(),
        )
        for key, info in signature.inputs.items()
    }
    fed = {
        signature.inputs[key].name: value
        for key, value in feed(name, inputs).items()
    }
    fetches = {key: info.name for key, info in signature.outputs.items()}
    return {
        "method": signature.method_name,
        "inputs": {
            key: [np.dtype(dtype).name, shape]
            for key, (dtype, shape) in inputs.items()
        },
        "outputs": session.run(fetches, fed),
    }
