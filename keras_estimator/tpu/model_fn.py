"""The model_fn of a TPUEstimator, as an Estimator calls it."""

from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from dataclasses import fields
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator._types import ModelFn
from keras_estimator.engine.arguments import argument_names
from keras_estimator.engine.arguments import call_model_fn
from keras_estimator.engine.arguments import describe_function
from keras_estimator.errors import ModelFnError
from keras_estimator.model import config as model_config
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys
from keras_estimator.tpu.hooks import ExamplesPerSecondHook
from keras_estimator.tpu.spec import TPUEstimatorSpec

_v1 = tf.compat.v1
BATCH_SIZE = "batch_size"
_USE_TPU = "use_tpu"
_exporting = ContextVar("exporting", default=False)


class BatchSizes(NamedTuple):
    """Examples in a batch, by mode; `None` where nothing is said of it."""

    train: int | None = None
    eval: int | None = None
    predict: int | None = None

    def of(self, mode: str) -> int | None:
        """Returns that of a mode."""
        return {
            ModeKeys.TRAIN: self.train,
            ModeKeys.EVAL: self.eval,
            ModeKeys.PREDICT: self.predict,
        }.get(mode)


def with_item(params: Any, key: str, value: Any) -> Any:
    """Sets one of the hyperparameters, which are a dict or `HParams`."""
    if not hasattr(params, "set_hparam"):
        params[key] = value
    elif key in params:
        params.set_hparam(key, value)
    else:
        params.add_hparam(key, value)
    return params


@contextmanager
def exporting() -> Iterator[None]:
    """Tells model_fn, within the block, that there are no batches.

    It gets no `batch_size` then: who is served sends as many examples as he
    likes.
    """
    token = _exporting.set(True)
    try:
        yield
    finally:
        _exporting.reset(token)


# Frozen, so that a change of what the function reads is looked for in it.
@keras.saving.register_keras_serializable(package="keras_estimator")
@dataclass(frozen=True, eq=False)
class TPUModelFn:
    """A model_fn that is told its batch size. `.keras` files can hold it.

    Attributes:
        model_fn: The user's function; returns a `TPUEstimatorSpec` or an
            `EstimatorSpec`.
        batch_sizes: Examples in a batch, by mode.
        log_every_n_steps: Steps between lines of the log.
        log_every_n_secs: Seconds between lines. `None` both: no lines.
    """

    model_fn: ModelFn
    batch_sizes: BatchSizes
    log_every_n_steps: int | None = None
    log_every_n_secs: int | None = None

    def __call__(
        self, features: Any, labels: Any, mode: str, params: Any, config: Any
    ) -> Any:
        """Builds one mode of the model.

        Raises:
            ModelFnError: If model_fn does not take params.
        """
        _v1.logging.info("Running %s on CPU/GPU", mode)
        if "params" not in argument_names(self.model_fn):
            raise ModelFnError(
                f"model_fn {describe_function(self.model_fn)} does not include "
                "params argument, required by TPUEstimator to pass batch size "
                "as params['batch_size']. Add `params` to its arguments."
            )
        batch_size = None if _exporting.get() else self.batch_sizes.of(mode)
        if batch_size is not None:
            params = with_item(params, BATCH_SIZE, batch_size)
        params = with_item(params, _USE_TPU, False)
        optional = {"mode": mode, "params": params, "config": config}
        spec = call_model_fn(self.model_fn, features, labels, optional)
        if isinstance(spec, TPUEstimatorSpec):
            spec = spec.as_estimator_spec()
        if mode != ModeKeys.TRAIN or not isinstance(spec, EstimatorSpec):
            return spec
        return self._reporting(spec, config)

    def _reporting(self, spec: EstimatorSpec, config: Any) -> EstimatorSpec:
        """Returns the spec with a hook that logs how fast it trains."""
        if self.log_every_n_steps is None and self.log_every_n_secs is None:
            return spec
        hook = ExamplesPerSecondHook(
            self.batch_sizes.train,
            self.log_every_n_steps,
            self.log_every_n_secs,
            config.model_dir if config.save_summary_steps else None,
        )
        return spec._replace(training_hooks=(*spec.training_hooks, hook))

    def get_config(self) -> dict[str, Any]:
        """Returns how to make it again, for `.keras` files.

        Raises:
            ConfigError: If model_fn cannot be found again by any name.
        """
        config = {f.name: getattr(self, f.name) for f in fields(self)}
        reference = model_config.model_fn_reference(self.model_fn)
        sizes = list(self.batch_sizes)
        return {**config, "model_fn": reference, "batch_sizes": sizes}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "TPUModelFn":
        """Returns what `get_config` describes.

        Raises:
            ConfigError: If model_fn is not there.
        """
        model_fn = model_config.find_model_fn(config["model_fn"])
        sizes = BatchSizes(*config["batch_sizes"])
        return cls(**{**config, "model_fn": model_fn, "batch_sizes": sizes})
