"""Builds the programs of one model_fn, and keeps them while they are true."""

import copy
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from keras_estimator._types import ModelFn
from keras_estimator.distribute.strategy import strategy_of
from keras_estimator.engine.arguments import Params
from keras_estimator.engine.build import BuildOptions
from keras_estimator.engine.build import build
from keras_estimator.engine.dependencies.fingerprint import Fingerprint
from keras_estimator.engine.dependencies.fingerprint import Watch
from keras_estimator.engine.dependencies.snapshot import HookStates
from keras_estimator.engine.element import Element
from keras_estimator.engine.exporting import PROVIDER
from keras_estimator.engine.exporting import ExportGraph
from keras_estimator.engine.exporting import build_export
from keras_estimator.engine.graph import asset_files
from keras_estimator.engine.program import Program

_v1 = tf.compat.v1
# Inputs with ever new static shapes would fill the memory.
_MOST_KEPT = 32
# Building changes what Keras and Python keep for the process: names, seeds.
_building = threading.RLock()


@dataclass
class _Kept:
    """A program, with what it depends on."""

    program: Program
    token: Fingerprint
    assets: dict[str, Any]
    hooks: HookStates


class Programs:
    """The programs of one model_fn, by mode and signature of the input.

    A program is used again until something changes that model_fn reads: a
    global, a value of its closure, the code of a helper.

    Args:
        model_fn: The user's function.
        params: Hyperparameters that it gets a copy of at each call.
        config: The `RunConfig` that it gets.
        reuse: Whether programs are used again at all.

    Attributes:
        model_fn: As above.
        params: As above.
    """

    def __init__(
        self, model_fn: ModelFn, params: Any, config: Any, *, reuse: bool
    ) -> None:
        self.model_fn = model_fn
        self.params = params
        self._config = config
        self._reuse = reuse
        self._watch = Watch(model_fn)
        self._kept: dict[tuple, _Kept] = {}

    def get(
        self,
        mode: str,
        element: Element,
        seeds_used: int = 0,
        warm_start: Callable[[], None] | None = None,
    ) -> Program:
        """Returns the program for a mode and a signature.

        The hooks of its spec are in the state in which model_fn returned them.

        Args:
            mode: A `ModeKeys` value.
            element: Signature of the batches.
            seeds_used: How many operation seeds the input took.
            warm_start: Gives variables other initial values; an equal one
                gives them the same.
        """
        key = self._key(mode, element, seeds_used, warm_start)
        with _building:
            kept = self._kept.pop(key, None)
            reasons = [] if kept is None else self._reasons(kept)
            if reasons:
                _v1.logging.info(
                    "Building the program of mode %r again: %s.",
                    mode,
                    "; ".join(reasons),
                )
            if kept is None or reasons:
                options = self._options()._replace(
                    seeds_used=seeds_used,
                    device_fn=getattr(self._config, "device_fn", None),
                    strategy=strategy_of(self._config, mode),
                    warm_start=warm_start,
                )
                kept = self._build(mode, element, options)
            else:
                kept.hooks.restore()
            self._kept[key] = kept
            if len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return kept.program

    def build_export(
        self, mode: str, receiver_fn: Callable[[], Any]
    ) -> ExportGraph:
        """Returns a new graph for an export; it is not kept.

        Args:
            mode: A `ModeKeys` value.
            receiver_fn: Makes the inputs.
        """
        with _building:
            before = self._watch.snapshot()
            options = self._options()._replace(
                outside=before.objects, provider=PROVIDER
            )
            made = build_export(self.model_fn, mode, receiver_fn, options)
            # What this call has written is not what programs depend on.
            self._watch.built(before)
        return made

    def _options(self) -> BuildOptions:
        return BuildOptions(
            params=_for_model_fn(self.params),
            config=copy.deepcopy(self._config),
            seed=self._seed,
        )

    def _build(
        self, mode: str, element: Element, options: BuildOptions
    ) -> _Kept:
        before = self._watch.snapshot()
        options = options._replace(outside=before.objects)
        program = build(self.model_fn, mode, element, options)
        token = self._watch.built(before)
        hooks = HookStates.take(_hooks(program), before.objects)
        return _Kept(program, token, _assets(program), hooks)

    def is_current(self, program: Program) -> bool:
        """Whether `get` would return this very program, made for Keras."""
        kept = self._kept.get(self._key(program.mode, program.element))
        return (
            kept is not None
            and kept.program is program
            and not self._reasons(kept)
        )

    def restore_hooks(self, program: Program) -> None:
        """Puts the hooks of a spec in the state that model_fn gave them."""
        for kept in list(self._kept.values()):
            if kept.program is program:
                kept.hooks.restore()

    def latest(self, mode: str) -> Program | None:
        """Returns the program of a mode that was built last, if any."""
        programs = [
            kept.program
            for key, kept in list(self._kept.items())
            if key[0] == mode
        ]
        return programs[-1] if programs else None

    @property
    def _seed(self) -> int | None:
        return getattr(self._config, "tf_random_seed", None)

    def _key(
        self,
        mode: str,
        element: Element,
        seeds_used: int = 0,
        warm_start: Callable[[], None] | None = None,
    ) -> tuple:
        return (
            mode,
            element.key,
            0 if self._seed is None else seeds_used,
            warm_start,
            # What Keras' layers take from the process as a whole.
            keras.config.floatx(),
            keras.config.dtype_policy().name,
            keras.config.image_data_format(),
        )

    def _reasons(self, kept: _Kept) -> list[str]:
        if not self._reuse:
            return ["reuse_programs=False"]
        if kept.program.is_outgrown:
            return ["hooks have added operations to its graph"]
        if _assets(kept.program) != kept.assets:
            return [f"a file has changed: {', '.join(kept.assets)}"]
        return self._watch.stale(kept.token)


def _assets(program: Program) -> dict[str, Any]:
    """Returns the vocabulary files that a program reads, with their states."""
    paths = asset_files(program.graph)
    return {path: _state_of_file(path) for path in dict.fromkeys(paths)}


def _state_of_file(path: str) -> Any:
    try:
        found = os.stat(path)
    except OSError:  # gone, or not on this machine's own disks
        return None
    return found.st_mtime_ns, found.st_size


def _hooks(program: Program) -> list[Any]:
    spec = program.spec
    return [
        *spec.training_chief_hooks,
        *spec.training_hooks,
        *spec.evaluation_hooks,
        *spec.prediction_hooks,
    ]


def _for_model_fn(params: Any) -> Any:
    """Returns the copy of the hyperparameters that one call gets."""
    copied = copy.deepcopy({} if params is None else params)
    return Params(copied) if type(copied) is dict else copied
