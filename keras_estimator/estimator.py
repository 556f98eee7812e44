"""Estimator: model_fn, model_dir, and the verbs train, evaluate, predict."""

import copy
import difflib
import os
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf

from keras_estimator import session_config
from keras_estimator._types import InputFn
from keras_estimator._types import ModelFn
from keras_estimator._types import Path
from keras_estimator.calls import hooks as call_hooks
from keras_estimator.calls import keras_file
from keras_estimator.calls.evaluate import Evaluation
from keras_estimator.calls.evaluate import evaluate
from keras_estimator.calls.export import check_receivers
from keras_estimator.calls.export import check_target
from keras_estimator.calls.export import export
from keras_estimator.calls.memory import check_evaluates_memory
from keras_estimator.calls.predict import Prediction
from keras_estimator.calls.predict import predict
from keras_estimator.calls.progress import EVALUATE
from keras_estimator.calls.progress import PREDICT
from keras_estimator.calls.progress import TRAIN
from keras_estimator.calls.progress import CallProgress
from keras_estimator.calls.train import Training
from keras_estimator.calls.train import train
from keras_estimator.calls.values import Values
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import directory
from keras_estimator.checkpoint.best import BestDirectory
from keras_estimator.checkpoint.best import best_checkpoint
from keras_estimator.checkpoint.warm_start import WarmStartSettings
from keras_estimator.checkpoint.warm_start import warm_start_settings
from keras_estimator.checkpoint.warm_starting import WarmStart
from keras_estimator.distribute.strategy import input_context
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.arguments import call_model_fn
from keras_estimator.engine.arguments import check_model_fn
from keras_estimator.engine.arguments import describe_function
from keras_estimator.engine.program import Program
from keras_estimator.errors import CheckpointPathError
from keras_estimator.errors import NotFittedError
from keras_estimator.errors import VariableNotFoundError
from keras_estimator.estimator_config import check_distribution
from keras_estimator.estimator_config import check_is_directory
from keras_estimator.estimator_config import check_may_train
from keras_estimator.estimator_config import settled_config
from keras_estimator.inputs.input_fn import Input
from keras_estimator.inputs.input_fn import call_input_fn
from keras_estimator.model import EstimatorModel
from keras_estimator.run_config import RunConfig
from keras_estimator.spec import ModeKeys
from keras_estimator.tracebacks import naming_lines
from keras_estimator.tracebacks import users_line_first

_v1 = tf.compat.v1


class Estimator:
    """Trains and evaluates a model_fn, with its state in a model_dir.

    Each call begins with the newest checkpoint in model_dir. What model_fn
    builds is kept between calls, as long as nothing has changed that it reads.

    Subclasses may add to `__init__`, and pass a model_fn of their own to it.

    Args:
        model_fn: Function of (features, labels, mode, params, config), or of
            some of these by name; returns an `EstimatorSpec`.
        model_dir: Where checkpoints and events go. Defaults to that of
            `config`, and if it has none to a new temporary directory.
        config: How to run. Defaults to `RunConfig()`.
        params: Hyperparameters for model_fn, which gets a copy at each call.
        warm_start_from: Path of a checkpoint or SavedModel, or
            `WarmStartSettings`: where variables get their initial values from.
        reuse_programs: Whether what model_fn built is used again. `False`
            calls it at every call of train, evaluate and predict.
        jit_compile: Whether XLA compiles the steps of train, evaluate and
            predict. Steps that write summaries are run as they are. String
            operations have no XLA form: leave them to input_fn then.

    Raises:
        ConfigError: If model_dir is given twice, differently, or the arguments
            do not fit together.
        ModelFnError: If model_fn has arguments that nobody can give it.
        UnsupportedError: If `config` asks for distribution.

    Example:
    ```python
    estimator = Estimator(model_fn, "model", params={"learning_rate": 0.01})
    estimator.train(train_input_fn, max_steps=1000)
    print(estimator.evaluate(eval_input_fn))
    ```
    """

    def __init__(
        self,
        model_fn: ModelFn,
        model_dir: Path | None = None,
        config: RunConfig | None = None,
        params: Any = None,
        warm_start_from: str | WarmStartSettings | None = None,
        *,
        reuse_programs: bool = True,
        jit_compile: bool = False,
    ) -> None:
        check_model_fn(model_fn, params)
        self._config = settled_config(config, model_dir)
        check_distribution(self._config)
        session_config.apply(self._config.session_config)
        _v1.logging.info("Using config: %s", self._config)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})
        self._warm_start = warm_start_settings(warm_start_from)
        self._reuse_programs = reuse_programs
        # Its metrics are not ops of a graph that the program builds.
        with _tensorflow.eager_mode():
            self._model = EstimatorModel(
                model_fn,
                # `{}` would ask for a model_fn that takes params.
                None if params is None else self._params,
                self._config,
                reuse_programs=reuse_programs,
            )
            if jit_compile:
                self._model.compile(jit_compile=True)
        self._values = Values(self._model.runtime, self.model_dir)

    # What it is made of ------------------------------------------------------

    @property
    def model_dir(self) -> str:
        """Where checkpoints and events are."""
        return str(self._config.model_dir)

    @property
    def config(self) -> RunConfig:
        """A copy of the configuration."""
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        """A copy of the hyperparameters."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Callable[..., Any]:
        """The model_fn as a function of (features, labels, mode, config)."""

        def bound(features: Any, labels: Any, mode: str, config: Any) -> Any:
            optional = {"mode": mode, "params": self.params, "config": config}
            return call_model_fn(self._model_fn, features, labels, optional)

        return bound

    @property
    def model(self) -> EstimatorModel:
        """The model as a `keras.Model`: what it trains is the Estimator's too.

        It shows and trains the weights in memory. Checkpoints are written by
        `train` and `save_checkpoint`.
        """
        return self._model

    def eval_dir(self, name: str | None = None) -> str:
        """Returns where the events of an evaluation are.

        Args:
            name: Name of the evaluation.
        """
        return os.path.join(self.model_dir, f"eval_{name}" if name else "eval")

    # Checkpoints -------------------------------------------------------------

    def latest_checkpoint(self) -> str | None:
        """Returns the path of the newest checkpoint, `None` without any."""
        return self._values.newest_checkpoint()

    def best_checkpoint(self) -> str | None:
        """Returns the path of the best checkpoint, `None` if none was kept.

        Checkpoints are kept by how they evaluate if the config says so:
        `RunConfig(keep_best_checkpoints=BestCheckpoints())`.

        Raises:
            BestCheckpointsError: If the list of them is damaged.
        """
        return best_checkpoint(self.model_dir)

    def get_variable_names(self) -> list[str]:
        """Returns the names of the variables in the newest checkpoint.

        Raises:
            NotFittedError: If there is none.
        """
        checkpoint = self._trained()
        return sorted(bundle.reader(checkpoint).get_variable_to_shape_map())

    def get_variable_value(self, name: str) -> Any:
        """Returns the value of a variable in the newest checkpoint.

        Args:
            name: Name of the variable, with or without `:0`.

        Returns:
            A NumPy array.

        Raises:
            NotFittedError: If there is no checkpoint.
            VariableNotFoundError: If it has no such variable.
        """
        checkpoint = self._trained()
        reader = bundle.reader(checkpoint)
        name = name.removesuffix(":0")
        if not reader.has_tensor(name):
            names = sorted(reader.get_variable_to_shape_map())
            close = difflib.get_close_matches(name, names, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise VariableNotFoundError(
                f"Key {name} not found in checkpoint {checkpoint}.{hint} "
                f"It has: {', '.join(names)}."
            )
        return reader.get_tensor(name)

    def save_checkpoint(self) -> str:
        """Writes the weights in memory to model_dir, at their global step.

        For weights that `estimator.model.fit` has trained: `train` writes its
        own.

        Returns:
            The path of the checkpoint.

        Raises:
            NotBuiltError: If there are no weights in memory yet.
        """
        return self._values.save(self._config)

    def export_keras(
        self,
        filepath: Path,
        checkpoint_path: str | None = None,
        serving_input_receiver_fn: Callable[[], Any] | None = None,
    ) -> str:
        """Writes a `.keras` file for `keras.saving.load_model`.

        Args:
            filepath: Where it goes; the name ends in `.keras`.
            checkpoint_path: Whose values; by default the newest checkpoint's.
            serving_input_receiver_fn: Tells what features look like, where
                nothing has been trained, evaluated or predicted yet.

        Returns:
            The path of the file.

        Raises:
            ConfigError: If the name has another ending, or model_fn or params
                cannot be written down.
            NotBuiltError: If nobody knows what features look like.
            NotFittedError: If there is no checkpoint.

        Example:
        ```python
        estimator.export_keras("model.keras")
        model = keras.saving.load_model("model.keras")
        ```
        """
        path = os.fsdecode(filepath)
        checkpoint = (
            self._checkpoint(checkpoint_path, "export")
            if checkpoint_path
            else self._trained()
        )
        keras_file.write(
            self._model,
            self._values,
            str(checkpoint),
            path,
            serving_input_receiver_fn,
        )
        return path

    # The verbs ---------------------------------------------------------------

    @users_line_first
    def train(
        self,
        input_fn: InputFn,
        hooks: Iterable[Any] | None = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Iterable[Any] | None = None,
    ) -> "Estimator":
        """Trains on the batches of `input_fn`.

        Args:
            input_fn: Returns a `tf.data.Dataset` of (features, labels), or the
                tensors of a batch; may take mode, params and config by name.
            hooks: `SessionRunHook`s.
            steps: Steps to add to what has been trained.
            max_steps: Global step to stop at. Without both, training ends with
                the input.
            saving_listeners: Are told when checkpoints are written.

        Returns:
            Itself.

        Raises:
            ConfigError: If steps and max_steps are both given or not positive.
            InputFnError: If input_fn returns something else.
            ModelDirError: If model_dir is, or lies below, a file.
            ModelFnError: If model_fn does.
            NanLossDuringTrainingError: If the loss is not a number.
        """
        check_may_train(self._config)
        stop = call_hooks.steps_hook(steps, max_steps)
        user_hooks = [*call_hooks.check_hooks(hooks), *stop]
        listeners = call_hooks.check_listeners(saving_listeners)
        check_is_directory(self.model_dir)
        with _tensorflow.eager_mode():
            checkpoint = self._values.checkpoint_to_continue()
            if max_steps is not None and max_steps <= self._values.step_of(
                checkpoint
            ):
                _v1.logging.info(
                    "Skipping training since max_steps has already saved."
                )
                return self
            batches = self._input(input_fn, ModeKeys.TRAIN)
            program = self._program(ModeKeys.TRAIN, batches, checkpoint)
            call = Training(
                program,
                batches,
                self._config,
                self._values,
                checkpoint,
                self._model.jit_compile,
                self._model,
                CallProgress(TRAIN, self._config.progress_bar),
            )
            with _naming_lines(program, input_fn):
                loss = train(call, user_hooks, listeners)
        _v1.logging.info("Loss for final step: %s.", loss)
        return self

    @users_line_first
    def evaluate(
        self,
        input_fn: InputFn,
        steps: int | None = None,
        hooks: Iterable[Any] | None = None,
        checkpoint_path: str | None = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """Evaluates on the batches of `input_fn`.

        Args:
            input_fn: As for `train`.
            steps: Number of batches; by default all.
            hooks: `SessionRunHook`s.
            checkpoint_path: What to evaluate; by default the newest
                checkpoint, and without any the initial values.
            name: Name of the evaluation: its events go to `eval_<name>`.

        Returns:
            The metrics of model_fn by name, `loss` (its mean over batches) and
            `global_step`.

        Raises:
            ConfigError: If steps is not positive.
            CheckpointPathError: If there is no checkpoint at the given path.
            BestCheckpointsError: If the best checkpoints are to be kept, and
                the results cannot be compared.
        """
        steps = call_hooks.whole_steps("steps", steps)
        user_hooks = call_hooks.check_hooks(hooks)
        check_is_directory(self.model_dir)
        with _tensorflow.eager_mode():
            checkpoint = self._checkpoint(checkpoint_path, "evaluate")
            batches = self._input(input_fn, ModeKeys.EVAL)
            program = self._program(ModeKeys.EVAL, batches, checkpoint)
            call = self._evaluation(program, batches, name)._replace(
                checkpoint=checkpoint
            )
            with _naming_lines(program, input_fn):
                results = evaluate(call, user_hooks, steps)
            policy = self._config.keep_best_checkpoints
            if policy is not None:
                BestDirectory(self.model_dir, policy).consider(
                    name or None, checkpoint, results
                )
        return results

    @users_line_first
    def evaluate_in_memory(
        self,
        input_fn: InputFn,
        steps: int | None = None,
        hooks: Iterable[Any] | None = None,
        name: str | None = None,
        *,
        session: Any = None,
    ) -> dict[str, Any]:
        """Evaluates the weights that are in memory, at their global step.

        Those are what `estimator.model.fit` has trained, or what `train` has
        at the time: a hook may call it between two steps. Nothing is read from
        or written to checkpoints.

        Args:
            input_fn: As for `train`.
            steps: Number of batches; by default all.
            hooks: `SessionRunHook`s.
            name: Name of the evaluation: its events go to `eval_<name>`.
            session: The session that a hook got: what it runs is evaluated,
                even if it is training another Estimator.

        Returns:
            As `evaluate` does.

        Raises:
            ConfigError: If steps is not positive, or the Scaffold of model_fn
                in EVAL mode has a saver or an init_fn.
            NotBuiltError: If there are no weights in memory.

        Example:
        ```python
        estimator.model.fit(dataset, epochs=3)
        estimator.evaluate_in_memory(eval_input_fn)
        ```
        """
        steps = call_hooks.whole_steps("steps", steps)
        user_hooks = call_hooks.check_hooks(hooks)
        check_is_directory(self.model_dir)
        with _tensorflow.eager_mode():
            values = self._values.in_memory(session)
            batches = self._input(input_fn, ModeKeys.EVAL)
            program = self._model.runtime.programs.get(
                ModeKeys.EVAL, batches.element, batches.seeds_used
            )
            check_evaluates_memory(program)
            call = self._evaluation(program, batches, name)._replace(
                values=values
            )
            with _naming_lines(program, input_fn):
                return evaluate(call, user_hooks, steps)

    @users_line_first
    def predict(
        self,
        input_fn: InputFn,
        predict_keys: Collection[str] | str | None = None,
        hooks: Iterable[Any] | None = None,
        checkpoint_path: str | None = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """Yields predictions for the batches of `input_fn`.

        Nothing happens before the first one is asked for, and a batch is read
        only when all predictions of the one before have been taken.

        Args:
            input_fn: As for `train`; labels are dropped.
            predict_keys: Which predictions, if they are a dict; by default
                all.
            hooks: `SessionRunHook`s.
            checkpoint_path: What to predict with; by default the newest
                checkpoint, and without any the initial values.
            yield_single_examples: Whether to yield the examples of a batch one
                by one, rather than whole batches.

        Yields:
            The predictions of model_fn with NumPy values.

        Raises:
            ConfigError: If predict_keys names no prediction.
            CheckpointPathError: If there is no checkpoint at the given path.
        """
        user_hooks = call_hooks.check_hooks(hooks)
        with _tensorflow.eager_mode():
            checkpoint = self._checkpoint(checkpoint_path, "predict")
            batches = self._input(input_fn, ModeKeys.PREDICT)
            program = self._program(ModeKeys.PREDICT, batches, checkpoint)
        call = Prediction(
            program,
            batches,
            self._values,
            checkpoint,
            self._model.jit_compile,
            self._model,
            CallProgress(PREDICT, self._config.progress_bar),
        )
        with _naming_lines(program, input_fn):
            yield from predict(
                call,
                user_hooks,
                predict_keys,
                single_examples=yield_single_examples,
            )

    # Exports -----------------------------------------------------------------

    @users_line_first
    def export_saved_model(
        self,
        export_dir_base: Path,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, Path] | None = None,
        as_text: bool = False,
        checkpoint_path: Path | None = None,
        experimental_mode: str = ModeKeys.PREDICT,
    ) -> bytes:
        """Writes the model as a SavedModel, for serving.

        model_fn is called in a new graph, with the features of the receiver.
        Each of its `export_outputs` becomes a signature. The folder appears
        when it is complete.

        Args:
            export_dir_base: Directory in which the export gets a folder, named
                by the time in seconds.
            serving_input_receiver_fn: Function without arguments that returns
                an `export.ServingInputReceiver`.
            assets_extra: Files to copy along: dict of path inside of the
                folder `assets.extra` to the path of the file.
            as_text: Whether to write the graph as text, for reading it.
            checkpoint_path: Whose variables are exported; by default those of
                the newest checkpoint.
            experimental_mode: The mode of model_fn. TRAIN and EVAL need an
                `export.SupervisedInputReceiver`.

        Returns:
            The path of the folder, as bytes.

        Raises:
            NotFittedError: If there is no checkpoint.
            ReceiverError: If the function returns no receiver.
            FeatureNotFoundError: If model_fn needs another feature.
            SpecError: If nothing of it can be served.
            ExportVariablesError: If the checkpoint lacks variables.
            ExportWriteError: If it cannot be written.

        Example:
        ```python
        receiver_fn = ke.export.build_parsing_serving_input_receiver_fn(spec)
        folder = estimator.export_saved_model("exports", receiver_fn)
        predict = ke.predictor.from_saved_model(folder)
        ```
        """
        return self._export(
            export_dir_base,
            {experimental_mode: serving_input_receiver_fn},
            assets_extra,
            as_text,
            checkpoint_path,
        )

    @users_line_first
    def experimental_export_all_saved_models(
        self,
        export_dir_base: Path,
        input_receiver_fn_map: Mapping[str, Callable[[], Any]],
        assets_extra: Mapping[str, Path] | None = None,
        as_text: bool = False,
        checkpoint_path: Path | None = None,
    ) -> bytes:
        """Writes the graphs of several modes as one SavedModel.

        Their tags are `train`, `eval` and `serve`. They share the variables.

        Args:
            export_dir_base: As for `export_saved_model`.
            input_receiver_fn_map: dict of mode to a function that returns the
                receiver of that mode.
            assets_extra: As for `export_saved_model`.
            as_text: As for `export_saved_model`.
            checkpoint_path: As for `export_saved_model`.

        Returns:
            The path of the folder, as bytes.

        Raises:
            ConfigError: If there is no function, or one for no mode.
            NotFittedError: If there is no checkpoint.
            ExportWriteError: If it cannot be written.
        """
        return self._export(
            export_dir_base,
            input_receiver_fn_map,
            assets_extra,
            as_text,
            checkpoint_path,
        )

    @users_line_first
    def export_savedmodel(
        self,
        export_dir_base: Path,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, Path] | None = None,
        as_text: bool = False,
        checkpoint_path: Path | None = None,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """Writes the model as a SavedModel: the name of 2017.

        Args:
            export_dir_base: As for `export_saved_model`.
            serving_input_receiver_fn: As for `export_saved_model`.
            assets_extra: As for `export_saved_model`.
            as_text: As for `export_saved_model`.
            checkpoint_path: As for `export_saved_model`.
            strip_default_attrs: Whether attributes with default values are
                left out of the graph, so that older versions of TensorFlow
                can load it. `export_saved_model` always does that.

        Returns:
            The path of the folder, as bytes.
        """
        return self._export(
            export_dir_base,
            {ModeKeys.PREDICT: serving_input_receiver_fn},
            assets_extra,
            as_text,
            checkpoint_path,
            strip_default_attrs=strip_default_attrs,
        )

    def _export(
        self,
        export_dir_base: Path,
        receiver_fns: Mapping[str, Callable[[], Any]],
        assets_extra: Mapping[str, Path] | None,
        as_text: bool,
        checkpoint_path: Path | None,
        *,
        strip_default_attrs: bool = True,
    ) -> bytes:
        receiver_fns = check_receivers(receiver_fns)
        target = check_target(
            export_dir_base, assets_extra, as_text, strip_default_attrs
        )
        with _tensorflow.eager_mode():
            return export(
                self._model.runtime.programs,
                self._values,
                receiver_fns,
                self._checkpoint_to_export(checkpoint_path),
                target,
            )

    def _checkpoint_to_export(self, given: Path | None) -> str:
        if given:
            return self._given_checkpoint(os.fsdecode(given))
        newest = self._values.newest_checkpoint()
        if newest is not None:
            return newest
        if self._warm_start is not None:
            start = self._warm_start.ckpt_to_initialize_from
            found = directory.latest(start) if os.path.isdir(start) else start
            if found is not None:
                return found
        raise NotFittedError(
            f"Couldn't find trained model at {self.model_dir}. Call `train` "
            "first, or give `checkpoint_path`; what `estimator.model.fit` has "
            "trained is there after `estimator.save_checkpoint()`."
        )

    # How they begin ----------------------------------------------------------

    def _with_model_fn(self, model_fn: ModelFn) -> "Estimator":
        """Returns an Estimator of another model_fn, the same in all else."""
        return Estimator(
            model_fn,
            config=self._config,
            params=self._params,
            warm_start_from=self._warm_start,
            reuse_programs=self._reuse_programs,
            jit_compile=self._model.jit_compile,
        )

    def _input(self, input_fn: InputFn, mode: str) -> Input:
        return call_input_fn(
            input_fn,
            {
                "mode": mode,
                "params": self._params_for_input(mode),
                "config": self.config,
                "input_context": input_context(self._config, mode),
            },
            seed=self._config.tf_random_seed,
            with_labels=mode != ModeKeys.PREDICT,
        )

    def _params_for_input(self, mode: str) -> Any:
        """Returns the hyperparameters that input_fn gets in a mode."""
        return self.params

    def _evaluation(
        self, program: Program, batches: Input, name: str | None
    ) -> Evaluation:
        """Returns an evaluation of initial values."""
        return Evaluation(
            program,
            batches,
            self._values,
            None,
            self.eval_dir(name),
            self._model.jit_compile,
            self._model,
            CallProgress(EVALUATE, self._config.progress_bar, name),
        )

    def _program(
        self, mode: str, batches: Input, checkpoint: str | None
    ) -> Program:
        warm_start = None
        if self._warm_start is not None and checkpoint is None:
            settings = self._warm_start
            _v1.logging.info(
                "Warm-starting with WarmStartSettings: %s", settings
            )
            warm_start = WarmStart.of(settings)
        return self._model.runtime.programs.get(
            mode, batches.element, batches.seeds_used, warm_start
        )

    def _checkpoint(self, given: str | None, verb: str) -> str | None:
        """Returns the checkpoint for a call that does not train."""
        if given:
            return self._given_checkpoint(given)
        newest = self._values.newest_checkpoint()
        if newest is None:
            _v1.logging.info(
                "Could not find trained model in model_dir: %s, running "
                "initialization to %s.",
                self.model_dir,
                verb,
            )
        return newest

    def _given_checkpoint(self, path: str) -> str:
        try:
            bundle.reader(path)
        except CheckpointPathError as error:
            raise CheckpointPathError(
                f"checkpoint_path={path!r}: {error}. Give a path as "
                "`latest_checkpoint()` returns it (without `.index`), or "
                "leave it out for the newest checkpoint."
            ) from None
        return path

    def _trained(self) -> str:
        checkpoint = self._values.newest_checkpoint()
        if checkpoint is None:
            raise NotFittedError(
                f"Could not find trained model in model_dir: {self.model_dir}."
                " Call `train` first, or give the model_dir of a trained one."
            )
        return checkpoint


def _naming_lines(
    program: Program, input_fn: InputFn
) -> AbstractContextManager[None]:
    return naming_lines(
        lambda: program.graph, f"input_fn {describe_function(input_fn)}"
    )
