"""`tf.nn.rnn_cell`: the cells of TF1's recurrent networks."""

from typing import Any

from keras_estimator.compat.v1._legacy import legacy


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(legacy("rnn_cell"), name)


def __dir__() -> list[str]:
    return dir(legacy("rnn_cell"))
