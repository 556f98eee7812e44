"""The command `keras-estimator`.

Its arguments are read by `keras_estimator_cli`, beside this package, so that
`--help` need not wait for TensorFlow; what the commands do is here.
"""

from keras_estimator_cli import main

__all__ = ["main"]
