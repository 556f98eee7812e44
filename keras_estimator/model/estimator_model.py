"""EstimatorModel: a model_fn as a `keras.Model`."""

import inspect
import os
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextlib import nullcontext
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_estimator._types import ElementSpec
from keras_estimator._types import ModelFn
from keras_estimator._types import Path
from keras_estimator.engine import element as elements
from keras_estimator.engine._keras import SignatureFirst
from keras_estimator.engine.arguments import argument_names
from keras_estimator.engine.arguments import check_model_fn
from keras_estimator.engine.element import Element
from keras_estimator.engine.runtime import Runtime
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import KerasEstimatorError
from keras_estimator.errors import UnsupportedError
from keras_estimator.model import config as model_config
from keras_estimator.model.hooked import hooked
from keras_estimator.model.loops import KerasLoops
from keras_estimator.model.loops import features_and_labels
from keras_estimator.model.loops import metric_logs
from keras_estimator.model.loops import predictions
from keras_estimator.model.summary import summary_lines
from keras_estimator.run_config import RunConfig
from keras_estimator.spec import ModeKeys
from keras_estimator.tracebacks import users_line_first

_FROM_MODEL_FN = (
    "Loss, optimizer and metrics of an EstimatorModel are what model_fn "
    "returns in its EstimatorSpec: `loss`, `train_op` and `eval_metric_ops`."
)

_FIT, _EVALUATE, _PREDICT = map(
    inspect.signature,
    (keras.Model.fit, keras.Model.evaluate, keras.Model.predict),
)


@keras.saving.register_keras_serializable(package="keras_estimator")
class EstimatorModel(SignatureFirst, keras.Model):
    """A model_fn as a `keras.Model`.

    `fit`, `evaluate` and `predict`, Keras callbacks, `summary`, `save` and
    `keras.saving.load_model` work on it. Loss, optimizer and metrics are what
    model_fn returns; `compile` need not be called.

    Args:
        model_fn: Function of (features, labels, mode, params, config), or of
            some of these; returns an `EstimatorSpec`.
        params: Hyperparameters for model_fn: a dict.
        config: A `RunConfig` for model_fn; one with all defaults, if it has
            an argument for one. It is not saved.
        reuse_programs: Whether what model_fn built is used again, as long as
            nothing has changed that it depends on.
        name: Name of the model.

    Raises:
        ModelFnError: If model_fn has arguments that nobody can give it.

    Example:
    ```python
    model = EstimatorModel(model_fn, params={"lr": 1e-3})
    model.fit(dataset, epochs=2)
    model.save("model.keras")
    ```
    """

    # What the hooks among the callbacks look for.
    runs_hooks = True

    def __init__(
        self,
        model_fn: ModelFn,
        params: Any = None,
        config: Any = None,
        *,
        reuse_programs: bool = True,
        name: str | None = None,
    ) -> None:
        check_model_fn(model_fn, params)
        super().__init__(name=name, autocast=False)
        if config is None and "config" in argument_names(model_fn):
            config = RunConfig()
        # In an object that Keras does not look into, or it would track, wrap
        # and save what is in there.
        runtime = Runtime(model_fn, params, config, reuse_programs)
        self._work = KerasLoops(runtime)
        # Nothing is left for Keras to build: model_fn makes the variables.
        self.built = True
        self.compile()

    @property
    def runtime(self) -> Runtime:
        """The programs, and the values of the variables."""
        return self._work.runtime

    # Building ----------------------------------------------------------------

    @users_line_first
    def build(self, element_spec: ElementSpec) -> None:
        """Calls model_fn, so that the variables exist.

        Fit, evaluate and predict do this by themselves.

        Args:
            element_spec: That of a dataset of (features, labels): the program
                for training is built; or of features alone, in a tuple of one
                or not in a tuple: that for prediction.

        Raises:
            ArgumentTypeError: If it is something else: a shape, a dataset.
        """
        if not isinstance(element_spec, tuple):
            element_spec = (element_spec,)
        if not elements.is_spec(element_spec) or len(element_spec) > 2:
            raise ArgumentTypeError(
                "build() takes the `element_spec` of a dataset of (features, "
                "labels), or of features alone: `tf.TypeSpec` objects. "
                f"Received: element_spec={element_spec!r}. For instance: "
                "`model.build(dataset.element_spec)`."
            )
        element = Element(*element_spec)
        mode = ModeKeys.PREDICT if element.labels is None else ModeKeys.TRAIN
        self._work.bind(mode, element)

    def compile(
        self,
        optimizer: Any = None,
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = False,
        auto_scale_loss: bool = True,
    ) -> None:
        """Sets how `fit` runs; it need not be called.

        Args:
            run_eagerly: Whether each step is one eager call.
            steps_per_execution: Batches that one call of the loop takes.
            jit_compile: Whether XLA compiles the steps.

        Raises:
            ConfigError: If another argument is given: model_fn decides.
        """
        given = {
            "optimizer": optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        for name, value in given.items():
            if value is not None:
                raise ConfigError(
                    f"compile() got {name}={value!r}. {_FROM_MODEL_FN}"
                )
        super().compile(
            optimizer=None,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            # Strings, tables and py_func have no XLA form: never by default.
            jit_compile=jit_compile is True,
        )

    # Keras' loops ------------------------------------------------------------

    @users_line_first
    def fit(self, *args: Any, **kwargs: Any) -> Any:
        """Trains the weights in memory; arguments as of `keras.Model.fit`.

        It advances `global_step`. A model_dir is not written to. The callbacks
        may be `SessionRunHook`s, too; the hooks of the spec run as well.

        Returns:
            The `keras.callbacks.History`.
        """
        if kwargs.get("class_weight") is not None:
            raise UnsupportedError(
                "fit() got class_weight. Weigh the loss in model_fn; weights "
                "of examples can be among the features."
            )
        given = _FIT.bind(self, *args, **kwargs)
        if isinstance(given.arguments.get("x"), tf.data.Dataset):
            # Keras warns that it does not shuffle one, asked to or not.
            given.arguments.setdefault("shuffle", False)
        with (
            self._training(),
            hooked(self._work, self, ModeKeys.TRAIN, given.arguments),
        ):
            return super().fit(*given.args[1:], **given.kwargs)

    @users_line_first
    def evaluate(
        self, *args: Any, return_dict: bool = False, **kwargs: Any
    ) -> Any:
        """Evaluates the weights in memory; as `keras.Model.evaluate`.

        The callbacks may be `SessionRunHook`s, too.

        Returns:
            The loss; if there are metrics a list of the loss and their values
            in the order of their names; or a dict.
        """
        self._refresh()
        given = _EVALUATE.bind(self, *args, return_dict=True, **kwargs)
        with (
            hooked(self._work, self, ModeKeys.EVAL, given.arguments),
            self._work.serving(ModeKeys.EVAL),
        ):
            logs = super().evaluate(*given.args[1:], **given.kwargs)
        return _results(logs, as_dict=return_dict)

    @users_line_first
    def predict(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Predicts with the weights in memory; as `keras.Model.predict`.

        The callbacks may be `SessionRunHook`s, too.
        """
        self._refresh()
        given = _PREDICT.bind(self, x, *args, **kwargs)
        if isinstance(x, tf.data.Dataset):
            # Keras' loop sees batches, and their sizes; the dataset knows.
            features, _, _ = keras.utils.unpack_x_y_sample_weight(
                x.element_spec
            )
            self._work.bind(ModeKeys.PREDICT, Element(features))
        with (
            hooked(self._work, self, ModeKeys.PREDICT, given.arguments),
            self._work.naming_lines(ModeKeys.PREDICT),
        ):
            return super().predict(*given.args[1:], **given.kwargs)

    @users_line_first
    def train_on_batch(
        self, *args: Any, return_dict: bool = False, **kwargs: Any
    ) -> Any:
        """Trains on one batch; as `keras.Model.train_on_batch`.

        Returns:
            What `evaluate` returns, of this batch.
        """
        with self._training():
            self.reset_metrics()  # Keras 3.8 does not
            logs = super().train_on_batch(*args, return_dict=True, **kwargs)
        return _results(logs, as_dict=return_dict)

    @users_line_first
    def test_on_batch(
        self, *args: Any, return_dict: bool = False, **kwargs: Any
    ) -> Any:
        """Evaluates one batch; as `keras.Model.test_on_batch`.

        Returns:
            What `evaluate` returns, of this batch.
        """
        self._refresh()
        with self._work.serving(ModeKeys.EVAL):
            self.reset_metrics()  # Keras 3.8 does not
            logs = super().test_on_batch(*args, return_dict=True, **kwargs)
        return _results(logs, as_dict=return_dict)

    @users_line_first
    def predict_on_batch(self, x: Any) -> Any:
        """Predicts for one batch; as `keras.Model.predict_on_batch`."""
        self._refresh()
        with self._work.naming_lines(ModeKeys.PREDICT):
            return super().predict_on_batch(x)

    def train_step(self, data: Any) -> dict[str, Any]:
        """Runs the program of TRAIN mode on a batch."""
        done = self._work.step(ModeKeys.TRAIN, features_and_labels(data))
        return self._work.train_logs(*done)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Runs the program of EVAL mode on a batch."""
        return metric_logs(
            *self._work.step(ModeKeys.EVAL, features_and_labels(data))
        )

    def predict_step(self, data: Any) -> Any:
        """Runs the program of PREDICT mode on a batch."""
        features, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self.call(features)

    def call(self, inputs: Any) -> Any:
        """Returns the predictions for a batch of features."""
        return predictions(*self._work.step(ModeKeys.PREDICT, (inputs, None)))

    def make_train_function(self, force: bool = False) -> None:
        """Makes what `fit` calls for each batch."""
        super().make_train_function(force)
        self._work.let_hooks_in(ModeKeys.TRAIN)

    def make_test_function(self, force: bool = False) -> None:
        """Makes what `evaluate` calls for each batch."""
        super().make_test_function(force)
        self._work.let_hooks_in(ModeKeys.EVAL)

    def make_predict_function(self, force: bool = False) -> None:
        """Makes what `predict` calls for each batch."""
        super().make_predict_function(force)
        self._work.let_hooks_in(ModeKeys.PREDICT)

    def on_data(self, element_spec: ElementSpec) -> None:
        """Builds the program when `fit` or `evaluate` knows its data."""
        mode = self._work.mode
        if mode is None:
            return
        if self._work.prepare(
            mode, Element(*features_and_labels(element_spec))
        ):
            # What Keras traced before was for other data. It would trace anew
            # with shapes that suit both.
            if mode == ModeKeys.TRAIN:
                self.train_function = None
            else:
                self.test_function = None

    def reset_metrics(self) -> None:
        """Puts all metrics back to their initial values."""
        self._work.reset_metrics()

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """Empty: the metrics are model_fn's, and in the logs."""
        return []

    @contextmanager
    def _training(self) -> Iterator[None]:
        with self._work.changing_values():
            self._refresh()
            with self._work.serving(ModeKeys.TRAIN):
                yield

    def _refresh(self) -> None:
        """Lets Keras trace its loops anew if a program is out of date."""
        # Within `fit` nothing has changed, and its loop is under way.
        if not self._work.mode and not self._work.is_current():
            self.train_function = None
            self.test_function = None
            self.predict_function = None

    # Variables ---------------------------------------------------------------

    @property
    def variables(self) -> list[keras.Variable]:
        """All variables of the model, without those of the optimizer.

        Raises:
            NotBuiltError: If model_fn has not been called yet.
        """
        everything = self.runtime.variables()
        slots = _optimizer_variables(everything, self.runtime.optimizer())
        return [v for v in everything if id(v) not in slots]

    @property
    def weights(self) -> list[keras.Variable]:
        """The same as `variables`."""
        return self.variables

    @property
    def optimizer(self) -> keras.optimizers.Optimizer | None:
        """The Keras optimizer that model_fn gave as `train_op`, if one.

        Its learning rate may be set while the program is in use; callbacks do.
        """
        if self.runtime.training is not None:
            return self.runtime.optimizer()
        return self._work.optimizer() or self.runtime.optimizer()

    @optimizer.setter
    def optimizer(self, value: Any) -> None:
        if value is not None:
            raise ConfigError(f"optimizer cannot be set. {_FROM_MODEL_FN}")

    @property
    def global_step(self) -> int:
        """The number of training steps that the weights have seen.

        Raises:
            NotBuiltError: If model_fn has not been called yet.
        """
        by_path = {v.path: v for v in self.runtime.variables()}
        return int(by_path["global_step"].numpy())

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable[[str], None] | None = None,
        **kwargs: Any,
    ) -> None:
        """Prints the variables of the model.

        Args:
            line_length: Width of the table.
            print_fn: Prints a line; by default `print`.

        Raises:
            NotBuiltError: If model_fn has not been called yet.
        """
        lines = summary_lines(self.name, self.variables, line_length)
        for line in lines:
            (print_fn or print)(line)

    def set_weights(self, weights: Any) -> None:
        """Sets the values of `weights`, from arrays in that order."""
        if self._work.mode:
            super().set_weights(weights)
        else:
            with self._work.changing_values():
                super().set_weights(weights)

    @property
    def trainable(self) -> bool:
        """True: model_fn says what is trained."""
        return True

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if not value:
            raise ConfigError(
                "trainable=False cannot be set on an EstimatorModel: the "
                "program for training is made. Set it on layers in model_fn, "
                "or give `keras_estimator.minimize` a `var_list` there."
            )

    # Saving ------------------------------------------------------------------

    def __dir__(self) -> list[str]:
        # Keras saves and loads what it finds in here; the variables of the
        # optimizer are among the model's own.
        return [name for name in super().__dir__() if name != "optimizer"]

    def save(self, filepath: Path, *args: Any, **kwargs: Any) -> Any:
        """Writes a `.keras` file; arguments as of `keras.Model.save`.

        Raises:
            ConfigError: If model_fn or params cannot be written down.
            NotBuiltError: If model_fn has not been called yet.
            UnsupportedError: If it is to be another kind of file.
        """
        if os.fspath(filepath).endswith((".h5", ".hdf5")):
            raise UnsupportedError(
                f"save() cannot write HDF5 files. Received: {filepath!r}. Let "
                "the name end in `.keras`, or write the weights alone with "
                "`save_weights`."
            )
        # An error amid writing would leave half a file.
        config = self.get_config()
        self.runtime.fullest_program()
        model_config.warn_of_main(config)
        return super().save(filepath, *args, **kwargs)

    def load_weights(self, *args: Any, **kwargs: Any) -> None:
        """Reads what `save_weights` wrote; as `keras.Model.load_weights`.

        Raises:
            ConfigError: If the file is not from such a model.
            NotBuiltError: If model_fn has not been called yet.
        """
        self._work.refused = None
        try:
            super().load_weights(*args, **kwargs)
        except ValueError:
            # Keras has put it into the text of another error.
            if self._work.refused is not None:
                raise self._work.refused from None
            raise

    def get_config(self) -> dict[str, Any]:
        """Returns what is needed to make the model again.

        Raises:
            ConfigError: If model_fn cannot be found again by any name.
        """
        return model_config.to_config(self.name, self.runtime.programs)

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Any = None
    ) -> "EstimatorModel":
        """Returns the model that `get_config` describes."""
        # An empty scope would hide the one that `load_model` has opened.
        scope = (
            keras.saving.custom_object_scope(custom_objects)
            if custom_objects
            else nullcontext()
        )
        with scope:
            parts = model_config.from_config(config)
            model = cls(parts.model_fn, parts.params, name=parts.name)
        if parts.signature is not None:
            model._work.bind(*parts.signature)
        return model

    def get_compile_config(self) -> dict[str, Any]:
        """Returns how `fit` runs."""
        return {
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
            "jit_compile": self.jit_compile,
        }

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Sets how `fit` runs."""
        self.compile(**config)

    def save_own_variables(self, store: Any) -> None:
        """Writes all variables, those of the optimizer included."""
        values = {**self.runtime.values(), **self._work.rates_set()}
        for name, value in values.items():
            store[_key(name)] = value

    def load_own_variables(self, store: Any) -> None:
        """Reads all variables.

        Those of programs that are built later wait until then.

        Raises:
            ConfigError: If the file lacks a variable of the model, or has
                another shape for it.
            NotBuiltError: If model_fn has not been called yet.
        """
        keys = list(store.keys())
        values = {_path(key): np.asarray(store[key]) for key in keys}
        rates = {
            name: values.pop(name)
            for name in list(values)
            if name.endswith("/learning_rate")
        }
        try:
            self.runtime.load(values)
            self._work.load_rates(rates)
        except KerasEstimatorError as error:
            self._work.refused = error
            raise


def _results(logs: dict[str, Any], *, as_dict: bool) -> Any:
    """Returns logs as Keras' loops do: a dict, a list or one number."""
    # In Keras 3.8 those that are not of its own metrics stay tensors.
    logs = {name: _as_number(value) for name, value in logs.items()}
    if as_dict:
        return logs
    metrics = [logs[name] for name in sorted(logs) if name != "loss"]
    return [logs["loss"], *metrics] if metrics else logs["loss"]


def _as_number(value: Any) -> Any:
    array = np.asarray(value)
    return array if array.ndim else array.item()


def _optimizer_variables(
    variables: list[keras.Variable],
    optimizer: keras.optimizers.Optimizer | None,
) -> set[int]:
    """Returns the ids of an optimizer's variables among a model's.

    TF1 optimizers name theirs after the variable that they belong to.
    """
    own = (
        {id(v) for v in optimizer.variables} if optimizer is not None else set()
    )
    trained = tuple(f"{v.path}/" for v in variables if v.trainable)
    slots = {
        id(v)
        for v in variables
        if not v.trainable and v.path.startswith(trained)
    }
    return own | slots


def _key(path: str) -> str:
    # A slash would make a group of the file.
    return path.replace("/", ":")


def _path(key: str) -> str:
    return key.replace(":", "/")
