"""TPUEstimator: an Estimator that tells its functions the batch size."""

import math
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator._types import InputFn
from keras_estimator._types import ModelFn
from keras_estimator._types import Path
from keras_estimator.checkpoint.warm_start import WarmStartSettings
from keras_estimator.engine.arguments import argument_names
from keras_estimator.engine.arguments import check_model_fn
from keras_estimator.engine.arguments import describe_function
from keras_estimator.errors import ConfigError
from keras_estimator.errors import InputFnError
from keras_estimator.errors import UnsupportedError
from keras_estimator.estimator import Estimator
from keras_estimator.inputs.input_fn import Input
from keras_estimator.tpu.config import loop
from keras_estimator.tpu.config import positive_integer
from keras_estimator.tpu.model_fn import BATCH_SIZE
from keras_estimator.tpu.model_fn import BatchSizes
from keras_estimator.tpu.model_fn import TPUModelFn
from keras_estimator.tpu.model_fn import exporting
from keras_estimator.tpu.model_fn import with_item
from keras_estimator.tpu.run_config import RunConfig

_v1 = tf.compat.v1
_RESERVED = (BATCH_SIZE, "context")
_EXPORT_VERSIONS = (1, 2)


class TPUEstimator(Estimator):
    """An `Estimator` for programs that were written for TPUs.

    It runs on this machine's CPU or GPU, as `TPUEstimator(use_tpu=False)` did:
    input_fn and model_fn take `params`, and find the batch size of the mode in
    `params["batch_size"]`. model_fn returns a `TPUEstimatorSpec`, or an
    `EstimatorSpec`; for an export it gets no batch size.

    Args:
        model_fn: Function of features, params, and any of (labels, mode,
            config).
        model_dir: Where checkpoints and events go.
        config: A `tpu.RunConfig`; must be given.
        params: Hyperparameters for input_fn and model_fn: dict or `HParams`,
            without the keys `batch_size` and `context`.
        use_tpu: There is no TPU here: `True` runs as `False` does, with a
            warning, and `params["use_tpu"]` is `False` in model_fn.
        train_batch_size: Batch size for training, > 0.
        eval_batch_size: Batch size for evaluation, > 0.
        predict_batch_size: Batch size for prediction, > 0.
        batch_axis: Has no effect: batches are not split.
        eval_on_tpu: Has no effect.
        export_to_tpu: Has no effect: there is no graph for TPUs in exports.
        export_to_cpu: Must be true if something is exported.
        warm_start_from: As for `Estimator`.
        embedding_config_spec: Must be `None`: embeddings are those of
            model_fn.
        export_saved_model_api_version: 1 or 2. Has no effect.
        reuse_programs: As for `Estimator`.
        jit_compile: As for `Estimator`.

    Raises:
        ConfigError: If config is no `tpu.RunConfig`, params has a reserved
            key, or a batch size is not positive.
        UnsupportedError: If embedding_config_spec is given.

    Example:
    ```python
    def input_fn(params):
        return dataset.repeat().batch(params["batch_size"])


    estimator = ke.tpu.TPUEstimator(
        model_fn,
        config=ke.tpu.RunConfig(model_dir="model"),
        use_tpu=False,
        train_batch_size=32,
    )
    estimator.train(input_fn, max_steps=1000)
    ```
    """

    def __init__(
        self,
        model_fn: ModelFn | None = None,
        model_dir: Path | None = None,
        config: RunConfig | None = None,
        params: Any = None,
        use_tpu: bool = True,
        train_batch_size: int | None = None,
        eval_batch_size: int | None = None,
        predict_batch_size: int | None = None,
        batch_axis: Any = None,
        eval_on_tpu: bool = True,
        export_to_tpu: bool = True,
        export_to_cpu: bool = True,
        warm_start_from: str | WarmStartSettings | None = None,
        embedding_config_spec: None = None,
        export_saved_model_api_version: Any = 1,
        *,
        reuse_programs: bool = True,
        jit_compile: bool = False,
    ) -> None:
        if not isinstance(config, RunConfig):
            raise ConfigError(
                "`config` must be provided with type `tpu.RunConfig`. Received:"
                f" config={config!r} ({type(config).__name__}). It takes what "
                "`estimator.RunConfig` takes, by name."
            )
        _check_params(params)
        sizes = BatchSizes(
            train_batch_size, eval_batch_size, predict_batch_size
        )
        if use_tpu:
            _check_batch_sizes(sizes)
        _check_embeddings(embedding_config_spec)
        _check_version(export_saved_model_api_version)
        check_model_fn(model_fn, params)  # type: ignore[arg-type]
        if use_tpu:
            _v1.logging.warning(
                "TPUEstimator(use_tpu=True): there is no TPU here. It runs on "
                "CPU or GPU, as with use_tpu=False."
            )
        steps, secs = _lines(config)
        self._batch_sizes = sizes
        self._export_to_cpu = bool(export_to_cpu)
        self._export_to_tpu = bool(export_to_tpu)
        super().__init__(
            TPUModelFn(model_fn, sizes, steps, secs),  # type: ignore[arg-type]
            model_dir,
            # The lines of its own hook take the place of an Estimator's.
            config.replace(log_step_count_steps=None),
            {} if params is None else params,
            warm_start_from,
            reuse_programs=reuse_programs,
            jit_compile=jit_compile,
        )

    def _input(self, input_fn: InputFn, mode: str) -> Input:
        """Calls input_fn, which has to look for its batch size.

        Raises:
            InputFnError: If it does not.
        """
        if callable(input_fn) and "params" not in argument_names(input_fn):
            raise InputFnError(
                f"input_fn {describe_function(input_fn)} does not include "
                "params argument, required by TPUEstimator to pass batch size "
                'as params["batch_size"]. Add `params` to its arguments.'
            )
        return super()._input(input_fn, mode)

    def _params_for_input(self, mode: str) -> Any:
        """Returns the hyperparameters, with the batch size of a mode."""
        batch_size = self._batch_sizes.of(mode)
        if batch_size is None:
            return self.params
        return with_item(self.params, BATCH_SIZE, batch_size)

    def _export(
        self,
        export_dir_base: Path,
        receiver_fns: Mapping[str, Callable[[], Any]],
        *args: Any,
        **kwargs: Any,
    ) -> bytes:
        """Exports the graphs for CPU and GPU.

        Raises:
            ConfigError: If it is to be exported for neither CPU nor TPU.
            UnsupportedError: If it is to be exported for TPUs alone.
        """
        if not self._export_to_cpu:
            if not self._export_to_tpu:
                raise ConfigError(
                    "One of export_to_cpu and export_to_tpu must be true."
                )
            raise UnsupportedError(
                "TPUEstimator(export_to_cpu=False, export_to_tpu=True): there "
                "is no graph for TPUs here. Leave export_to_cpu out."
            )
        with exporting():
            return super()._export(
                export_dir_base, receiver_fns, *args, **kwargs
            )

    def _with_model_fn(self, model_fn: ModelFn) -> "TPUEstimator":
        """Returns a TPUEstimator of another model_fn, the same in all else.

        Args:
            model_fn: One that calls that of this one, and so is told the batch
                size already.
        """
        new = type(self).__new__(type(self))
        vars(new).update(
            {name: vars(self)[name] for name in vars(self) if name in _OWN}
        )
        Estimator.__init__(
            new,
            model_fn,
            config=self._config,
            params=self._params,
            warm_start_from=self._warm_start,
            reuse_programs=self._reuse_programs,
            jit_compile=self._model.jit_compile,
        )
        return new


_OWN = ("_batch_sizes", "_export_to_cpu", "_export_to_tpu")


def _lines(config: RunConfig) -> tuple[int | None, int | None]:
    """Returns how many steps, or seconds, lie between lines of the log.

    A loop of a TPU counted as one step of what runs it, hence the quotient.
    """
    found = loop(config.tpu_config.iterations_per_loop)
    if found.secs is not None:
        return None, found.secs
    if config.log_step_count_steps is None:
        return None, None
    return math.ceil(config.log_step_count_steps / (found.steps or 1)), None


def _check_params(params: Any) -> None:
    taken = [k for k in _RESERVED if params is not None and k in params]
    if taken:
        raise ConfigError(
            f"{list(_RESERVED)} are reserved keys but existed in params "
            f"{params!r}. Rename {taken[0]!r}; the batch size is "
            "`train_batch_size`, `eval_batch_size` or `predict_batch_size`."
        )


def _check_batch_sizes(sizes: BatchSizes) -> None:
    if sizes.train is None:
        raise ConfigError(
            "`train_batch_size` cannot be `None`, unless with use_tpu=False."
        )
    for mode, size in sizes._asdict().items():
        if size is not None:
            positive_integer(f"{mode}_batch_size", size)


def _check_embeddings(embedding_config_spec: Any) -> None:
    if embedding_config_spec is not None:
        raise UnsupportedError(
            "`embedding_config_spec` puts embeddings into the memory of TPUs. "
            f"Received: {embedding_config_spec!r}. Leave it out, and look the "
            "embeddings up in model_fn."
        )


def _check_version(version: Any) -> None:
    # The real one has an enumeration, too.
    if getattr(version, "value", version) not in _EXPORT_VERSIONS:
        raise ConfigError(
            f"export_saved_model_api_version should be 1 or 2; got {version!r}."
        )
