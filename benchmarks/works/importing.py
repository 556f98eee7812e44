"""What importing the package costs, beyond Keras and TensorFlow.

Only the standard library is loaded before.
"""

import importlib
import sys
import time

from benchmarks.works.memory import resident_mb


def importing():
    for name in ("tensorflow", "keras"):
        importlib.import_module(name)
    memory, start = resident_mb(), time.process_time()
    for name in ("keras_estimator", "keras_estimator.compat.v1"):
        importlib.import_module(name)
    cpu_seconds = time.process_time() - start
    figures = {"s": cpu_seconds, "MB": resident_mb() - memory}
    if "tf_keras" in sys.modules:
        raise RuntimeError("the import loads tf_keras")
    return figures
