"""Which implementation stands behind the name `tf` in the works.

The environment variable STACK says it. The programs import `tf` from here: the
one line that differs between ours and the real one. What both load only when it
is asked for is loaded here: imports are timed by a work of their own.
"""

import importlib
import os

STACK = os.environ.get("STACK", "ours")
_OURS = ("ours", "xla")
tf = importlib.import_module(
    "keras_estimator.compat.v1" if STACK in _OURS else "tensorflow.compat.v1"
)
tf.logging.set_verbosity(tf.logging.ERROR)
_LOADED = (tf.estimator.Estimator, tf.layers.dense, tf.train.AdamOptimizer)


def estimator(model_fn, model_dir, params=None, **config):
    """Returns an Estimator; on the stack `xla`, a compiled one."""
    options = {"jit_compile": True} if STACK == "xla" else {}
    return tf.estimator.Estimator(
        model_fn,
        model_dir,
        tf.estimator.RunConfig(tf_random_seed=1, **config),
        params=params,
        **options,
    )
