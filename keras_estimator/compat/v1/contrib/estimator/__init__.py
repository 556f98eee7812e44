"""`tf.contrib.estimator`: what was tried there, and moved on."""

from keras_estimator import read_eval_metrics
from keras_estimator.add_metrics import add_metrics
from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.estimator.clipping import (
    clip_gradients_by_norm,
)
from keras_estimator.compat.v1.contrib.estimator.exporting import (
    build_supervised_input_receiver_fn_from_input_fn,
)
from keras_estimator.compat.v1.contrib.estimator.exporting import (
    export_all_saved_models,
)
from keras_estimator.compat.v1.contrib.estimator.exporting import (
    export_saved_model_for_mode,
)
from keras_estimator.compat.v1.contrib.estimator.features import (
    forward_features,
)
from keras_estimator.compat.v1.contrib.estimator.towers import TowerOptimizer
from keras_estimator.compat.v1.contrib.estimator.towers import (
    replicate_model_fn,
)
from keras_estimator.experimental import InMemoryEvaluatorHook
from keras_estimator.experimental import build_raw_supervised_input_receiver_fn
from keras_estimator.experimental import make_early_stopping_hook
from keras_estimator.experimental import make_stop_at_checkpoint_step_hook
from keras_estimator.experimental import stop_if_higher_hook
from keras_estimator.experimental import stop_if_lower_hook
from keras_estimator.experimental import stop_if_no_decrease_hook
from keras_estimator.experimental import stop_if_no_increase_hook

__getattr__ = missing(__name__)

__all__ = [
    "InMemoryEvaluatorHook",
    "TowerOptimizer",
    "add_metrics",
    "build_raw_supervised_input_receiver_fn",
    "build_supervised_input_receiver_fn_from_input_fn",
    "clip_gradients_by_norm",
    "export_all_saved_models",
    "export_saved_model_for_mode",
    "forward_features",
    "make_early_stopping_hook",
    "make_stop_at_checkpoint_step_hook",
    "read_eval_metrics",
    "replicate_model_fn",
    "stop_if_higher_hook",
    "stop_if_lower_hook",
    "stop_if_no_decrease_hook",
    "stop_if_no_increase_hook",
]
