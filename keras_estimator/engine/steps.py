"""Runs a binding's step over a dataset iterator, one or many at a time."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.element import Element
from keras_estimator.errors import UnsupportedError

_COUNTER = "global_step"


class Fused(NamedTuple):
    """What a call that ran several steps reports.

    Attributes:
        done: Number of steps it ran.
        ended: Whether the input ended before the next step.
        watched: Values after the last step, by name.
    """

    done: int
    ended: bool
    watched: dict[str, tf.Tensor]


class _Single(NamedTuple):
    """One step with certain fetches and feeds."""

    function: Callable[..., Any]
    names: tuple[str, ...]
    tensors: list[str]
    jit_compile: bool


class StepRunner:
    """The steps of one call of train or evaluate.

    Args:
        binding: What to run.
        iterator: Yields batches with the structure of the program's element.
        watched: Names of scalar tensors to look at after each step of a fused
            run, which stops when one of them is not a number.
        counts: Whether steps are expected to advance the global step by one
            each. If they turn out not to, steps are run one by one.
        jit_compile: Whether XLA compiles the steps that fetch no strings:
            summaries are strings, which it does not know.

    Attributes:
        global_step: Value of the global step after the last step.
        steps_done: Number of steps run.
        last: Values of the tensors that the last step fetched, by name.
    """

    def __init__(
        self,
        binding: Binding,
        iterator: Any,
        watched: Sequence[str] = (),
        *,
        counts: bool,
        jit_compile: bool = False,
    ) -> None:
        program = binding.program
        self._binding = binding
        self._iterator = iterator
        self._source = tf.nest.flatten(iterator, expand_composites=True)
        self._watched = tuple(watched)
        self._counts = counts
        self._jit_compile = jit_compile
        self._step = (*program.step, *program.updates.forced)
        # Iterators of one signature may pack the same components differently.
        self._packing = Element(iterator.element_spec).key
        self._functions = binding.step_functions
        # By fetches and feeds: looking up signatures takes longer.
        self._singles: dict[tuple, _Single] = {}
        with _tensorflow.eager_mode():
            self.global_step = int(binding.store[_COUNTER].numpy())
        self.steps_done = 0
        self.can_fuse = True
        self.last: dict[str, tf.Tensor] = {}

    def next_batch(self) -> list[tf.Tensor]:
        """Returns the next batch as flat tensors.

        Raises:
            StopIteration: At the end of the input.
        """
        with _tensorflow.eager_mode():
            batch = elements.components(next(self._iterator))
            return batch[: len(self._binding.program.inputs)]

    def run(
        self,
        fetches: Sequence[str] = (),
        feeds: Mapping[str, Any] | None = None,
    ) -> dict[str, tf.Tensor]:
        """Runs one step.

        Args:
            fetches: Names of what to fetch besides the step itself.
            feeds: Tensor name -> value, in place of or beside the input.

        Returns:
            The values of the fetched tensors by name.

        Raises:
            tf.errors.OutOfRangeError: At the end of the input.
        """
        feeds = dict(feeds or {})
        request = (tuple(fetches), tuple(feeds))
        if request not in self._singles:
            self._singles[request] = self._single(*request)
        single = self._singles[request]
        self._binding.note_run(single.names)
        with (
            _tensorflow.eager_mode(),
            _naming_what_xla_lacks(single.jit_compile),
        ):
            count, *values = single.function(*self._source, *feeds.values())
        self._took(1, int(count))
        self.last = dict(zip(single.tensors, values, strict=True))
        return self.last

    def _single(
        self, fetches: tuple[str, ...], feeds: tuple[str, ...]
    ) -> _Single:
        """Returns what runs one step with these fetches and feeds."""
        names = tuple(dict.fromkeys((*self._step, *fetches)))
        jit_compile = self._jit_compile and not self._fetches_strings(names)
        key = ("one", self._packing, names, feeds, jit_compile)
        if key not in self._functions:
            with _tensorflow.eager_mode():
                function = _one(self._binding, names, feeds, jit_compile)
                # Hooks may feed values of other shapes at other steps.
                specs = [self._binding.spec(name) for name in feeds]
                self._functions[key] = _compiled(
                    function, self._iterator, *specs
                )
        return _Single(
            self._functions[key], names, _tensors(names), jit_compile
        )

    def run_fused(self, steps: int) -> Fused:
        """Runs up to `steps` steps in one call, without looking in between."""
        jit_compile = self._jit_compile
        key = ("fused", self._packing, self._watched, self._counts, jit_compile)
        self._binding.note_run(self._step)
        with _tensorflow.eager_mode():
            limit = tf.constant(steps, tf.int64)
            if key not in self._functions:
                names = tuple(dict.fromkeys((*self._step, *self._watched)))
                function = _many(
                    self._binding,
                    names,
                    self._watched,
                    self._counts,
                    jit_compile,
                )
                self._functions[key] = _compiled(
                    function, self._iterator, limit
                )
            with _naming_what_xla_lacks(jit_compile):
                done, ended, count, *values = self._functions[key](
                    *self._source, limit
                )
            self._took(int(done), int(count))
        watched = dict(zip(self._watched, values, strict=True))
        if int(done):
            self.last = watched
        return Fused(int(done), bool(ended), watched)

    def _fetches_strings(self, names: Sequence[str]) -> bool:
        specs = (self._binding.spec(name) for name in _tensors(names))
        return any(spec.dtype == tf.string for spec in specs)

    def _took(self, steps: int, count: int) -> None:
        if self._counts and count != self.global_step + steps:
            self.can_fuse = False
        self.steps_done += steps
        self.global_step = count


def _compiled(function: Callable, *arguments: Any) -> Callable[..., Any]:
    """Returns a function traced for arguments like these, of flat tensors.

    A `tf.function` would look at each call whether it has to trace, and warn
    that functions of this place do so often.
    """
    traced = tf.function(function, autograph=False)
    return _tensorflow.flat_call(traced.get_concrete_function(*arguments))


def _step(
    binding: Binding,
    names: Sequence[str],
    feeds: Sequence[str],
    jit_compile: bool,
) -> Callable[..., Any]:
    """Returns a function from the values of `feeds` to those of `names`."""
    if not jit_compile:
        return binding.function(names, feeds)
    # XLA cannot take strings, even where nothing uses them.
    needed = binding.program.index.extract(names, feeds).inputs.union(names)
    used = [i for i, feed in enumerate(feeds) if feed in needed]
    compiled = tf.function(
        binding.function(names, [feeds[i] for i in used]),
        autograph=False,
        jit_compile=True,
    )
    return lambda *values: compiled(*(values[i] for i in used))


@contextmanager
def _naming_what_xla_lacks(jit_compile: bool) -> Iterator[None]:
    """Says what to do where XLA cannot compile a step."""
    try:
        yield
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as e:
        lacking = re.search(r"Detected unsupported operations.*", e.message)
        if not (jit_compile and lacking):
            raise
        raise UnsupportedError(
            "XLA cannot compile the steps of this model_fn, as jit_compile="
            "True asks for. Leave that out, or move what XLA does not have "
            "(strings, vocabularies, py_func) to input_fn. "
            f"{lacking[0]}"
        ) from e


def _one(
    binding: Binding,
    names: Sequence[str],
    feeds: Sequence[str],
    jit_compile: bool,
) -> Callable[..., Any]:
    """Returns a function that reads a batch and runs one step on it."""
    inputs = binding.program.inputs
    rest = [name for name in inputs if name not in feeds]
    step = _step(binding, names, (*rest, *feeds), jit_compile)
    counter = binding.store[_COUNTER]

    def run_one(iterator: Any, *fed: tf.Tensor) -> Any:
        batch = elements.components(iterator.get_next())
        # Labels may come after what the program takes.
        by_name = dict(zip(inputs, batch[: len(inputs)], strict=True))
        # At the end of the input nothing runs, not even what needs no batch.
        # (A dependency on the batch itself is lost when the call is inlined.)
        with tf.control_dependencies(batch):
            ready = tf.no_op()
        with tf.control_dependencies([ready]):
            values = step(*(by_name[name] for name in rest), *fed)
        return counter.read_value(), values

    return run_one


def _many(
    binding: Binding,
    names: Sequence[str],
    watched: Sequence[str],
    counts: bool,
    jit_compile: bool,
) -> Callable[..., Any]:
    """Returns a function that runs steps until something is to be looked at."""
    step = _step(binding, names, binding.program.inputs, jit_compile)
    counter = binding.store[_COUNTER]

    def one_step(batch: Any, before: tf.Tensor) -> Any:
        values = step(*elements.components(batch))
        by_name = dict(zip(_tensors(names), values, strict=True))
        seen = [by_name[name] for name in watched]
        count = counter.read_value()
        go_on = [~tf.math.is_nan(value) for value in seen]
        if counts:
            go_on.append(tf.equal(count, before + 1))
        return tf.reduce_all(tf.stack([True, *go_on])), count, seen

    def run_many(iterator: Any, steps: tf.Tensor) -> Any:
        def body(
            done: tf.Tensor, _: Any, __: Any, count: Any, seen: Any
        ) -> Any:
            batch = iterator.get_next_as_optional()
            has_batch = batch.has_value()
            go_on, count, seen = tf.cond(
                has_batch,
                lambda: one_step(batch.get_value(), count),
                lambda: (tf.constant(False), count, seen),
            )
            done = done + tf.cast(has_batch, tf.int64)
            return done, go_on, ~has_batch, count, seen

        specs = [binding.spec(name) for name in watched]
        done, _, ended, count, seen = tf.while_loop(
            lambda done, go_on, *_: go_on & (done < steps),
            body,
            (
                tf.zeros([], tf.int64),
                tf.constant(True),
                tf.constant(False),
                counter.read_value(),
                [tf.zeros(spec.shape, spec.dtype) for spec in specs],
            ),
        )
        return done, ended, count, seen

    return run_many


def _tensors(names: Sequence[str]) -> list[str]:
    return [name for name in names if ":" in name]
