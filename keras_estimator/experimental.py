"""`tf.estimator.experimental`: early stopping, receivers with labels, ..."""

from keras_estimator._absent import absent
from keras_estimator.export.receivers import (
    build_raw_supervised_input_receiver_fn,
)
from keras_estimator.hooks.checkpoint_step import (
    make_stop_at_checkpoint_step_hook,
)
from keras_estimator.hooks.early_stopping import make_early_stopping_hook
from keras_estimator.hooks.early_stopping import stop_if_higher_hook
from keras_estimator.hooks.early_stopping import stop_if_lower_hook
from keras_estimator.hooks.early_stopping import stop_if_no_decrease_hook
from keras_estimator.hooks.early_stopping import stop_if_no_increase_hook
from keras_estimator.hooks.evaluation import InMemoryEvaluatorHook

__getattr__ = absent(__name__)

__all__ = [
    "InMemoryEvaluatorHook",
    "build_raw_supervised_input_receiver_fn",
    "make_early_stopping_hook",
    "make_stop_at_checkpoint_step_hook",
    "stop_if_higher_hook",
    "stop_if_lower_hook",
    "stop_if_no_decrease_hook",
    "stop_if_no_increase_hook",
]
