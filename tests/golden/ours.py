"""The golden program with its one line changed."""

import pathlib
import types

_THEIRS = "import tensorflow.compat.v1 as tf\n"
_OURS = "import keras_estimator.compat.v1 as tf\n"

PROGRAM = pathlib.Path(__file__).parent / "program.py"

# Batch normalization takes the mean of the layer before it away, and with it
# that layer's bias: the gradient of the bias is rounding alone, which Adam
# makes steps of. TF 1.15 and 2.15 differ in these from each other, too.
ROUNDING = ("hidden/bias", "batch_normalization/moving_mean")


def ported():
    """Returns the program as a module."""
    source = PROGRAM.read_text()
    assert source.count(_THEIRS) == 1
    module = types.ModuleType("ported_program")
    code = compile(source.replace(_THEIRS, _OURS), str(PROGRAM), "exec")
    exec(code, vars(module))
    return module
