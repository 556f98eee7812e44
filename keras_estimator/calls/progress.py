"""Shows how far a call is, without slowing its steps."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

from keras_estimator.engine import _tensorflow
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.hooks import StopAtStepHook
from keras_estimator.inputs.input_fn import Input
from keras_estimator.progress import display
from keras_estimator.progress.choice import is_wanted
from keras_estimator.progress.line import Line

TRAIN = "train"
EVALUATE = "evaluate"
PREDICT = "predict"


class Source(NamedTuple):
    """Where a line gets its numbers from, each time that it is drawn.

    Attributes:
        batches: The input of the call.
        position: Returns the step that it has reached.
        ends: Returns the steps at which it is to end; `None` where that is
            not known.
        loss: Returns the loss to show, `None` without any.
    """

    batches: Input
    position: Callable[[], int]
    ends: Callable[[], Iterable[int | None]] = tuple
    loss: Callable[[], Any] = lambda: None


class CallProgress(ScheduledHook):
    """The line of one call, and the hook that keeps it up to date.

    No step waits for it: it draws when steps have run, if the last time was
    long enough ago.

    Args:
        verb: Which call it is.
        name: Name of the evaluation, if it has one.
        setting: `RunConfig.progress_bar`.
    """

    def __init__(
        self, verb: str, setting: bool | None, name: str | None = None
    ) -> None:
        self._verb = verb
        self._line = Line(f"{verb} [{name}]" if name else verb)
        self._is_wanted = is_wanted(setting)
        self._source: Source | None = None
        self._end_of_input: int | None = None

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Draws: other hooks know by now where they will stop."""
        if self._source is not None:
            self._move(self._source)
            display.SHARED.draw()

    def steps_until_due(self, global_step: int) -> None:
        """Has no step of its own."""

    def skip(self, steps: int) -> None:
        """Draws, if it is time to."""
        if self._source is not None and display.SHARED.is_due:
            self._line.loss = _number(self._source.loss())
            self._move(self._source)
            display.SHARED.draw()

    @contextmanager
    def showing(self, source: Source) -> Iterator[None]:
        """Shows the line while the block runs.

        In the end it stays to be read; but for that of a generator that is
        abandoned, and of a call inside of a call of train.

        Args:
            source: Has the numbers.
        """
        if not self._is_wanted:
            yield
            return
        start = source.position()
        self._line.start(start)
        self._end_of_input = _end_of_input(source.batches, start)
        self._source = source
        self._line.catch_up = lambda: self._move(source)
        self._move(source)
        stays = self._verb == TRAIN or not display.SHARED.has(TRAIN)
        try:
            display.SHARED.open(self._line)
            yield
            self._line.loss = _number(source.loss())
        except GeneratorExit:
            stays = False
            raise
        finally:
            self._source = None
            self._move(source)
            self._line.end()
            display.SHARED.close(self._line, stays=stays)

    def _move(self, source: Source) -> None:
        position = source.position()
        known = (*source.ends(), self._end_of_input)
        ends = [end for end in known if end is not None]
        # A step to stop at may have passed before the call.
        total = max(min(ends), position) if ends else None
        self._line.move(position, total)


def last_steps(hooks: Iterable[Any]) -> list[int | None]:
    """Returns the steps at which hooks will stop a call of train."""
    return [h.last_step for h in hooks if isinstance(h, StopAtStepHook)]


def mean_loss(binding: Binding) -> Any:
    """Returns the mean loss of an evaluation so far."""
    value, _ = binding.program.metrics["loss"]
    return binding.run([value])[0]


def _number(loss: Any) -> float | None:
    return None if loss is None else float(loss)


def _end_of_input(batches: Input, start: int) -> int | None:
    """Returns the step at which the input ends, if it is finite and known."""
    with _tensorflow.eager_mode():
        count = int(batches.dataset.cardinality())
    return start + count if count >= 0 else None
