"""How far a call is, in numbers and in words."""

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

_WINDOW_SECS = 10.0


class Rate:
    """Steps per second over the last seconds.

    Example:
    >>> rate = Rate(window_secs=10)
    >>> for seconds, position in ((0, 0), (1, 10), (2, 30)):
    ...     rate.note(seconds, position)
    >>> rate.per_second()
    15.0
    """

    def __init__(self, window_secs: float = _WINDOW_SECS) -> None:
        self._window_secs = window_secs
        self._samples: deque[tuple[float, int]] = deque()

    def note(self, seconds: float, position: int) -> None:
        """Takes note of where it is at a time."""
        samples = self._samples
        if samples and samples[-1][1] == position:
            return
        samples.append((seconds, position))
        while len(samples) > 2 and samples[1][0] <= seconds - self._window_secs:
            samples.popleft()

    def per_second(self) -> float | None:
        """Returns the rate; `None` if it is not known yet."""
        if len(self._samples) < 2:
            return None
        (since, first), (until, last) = self._samples[0], self._samples[-1]
        return _per_second(last - first, until - since)


class Parts(NamedTuple):
    """What a line says; empty where it has nothing to say."""

    what: str
    steps: str
    rate: str
    loss: str
    time: str


class Line:
    """How far one call is.

    Args:
        what: Name of the call.
        clock: Returns the time in seconds.

    Attributes:
        position: The step that it has reached.
        total: The step at which it will end, `None` if that is not known.
        loss: The last known loss, if any.
        catch_up: Moves it to where its call is.
    """

    def __init__(
        self, what: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.what = what
        self.position = 0
        self.total: int | None = None
        self.loss: float | None = None
        self.catch_up: Callable[[], None] = lambda: None
        self._clock = clock
        self._rate = Rate()
        self._start = 0
        self._started = clock()
        self._ended: float | None = None

    def start(self, position: int) -> None:
        """Says at which step it begins."""
        self._start = self.position = position
        self._started = self._clock()

    def move(self, position: int, total: int | None) -> None:
        """Says how far it is."""
        self.position, self.total = position, total
        # Time counts from the first steps on: before, TensorFlow compiles.
        if position != self._start:
            self._rate.note(self._clock(), position)

    def end(self) -> None:
        """Stops its time."""
        self._ended = self._clock()

    @property
    def is_ended(self) -> bool:
        """Whether its time has stopped."""
        return self._ended is not None

    @property
    def elapsed_secs(self) -> float:
        """Seconds since it began, until it ended."""
        now = self._clock() if self._ended is None else self._ended
        return now - self._started

    @property
    def rate(self) -> float | None:
        """Steps per second: of late, and in the end those of the whole call."""
        if self._ended is None:
            return self._rate.per_second()
        return _per_second(self.position - self._start, self.elapsed_secs)

    @property
    def remaining_secs(self) -> float | None:
        """Seconds until it will have ended, if that is known."""
        if self.total is None or not self.rate or self.is_ended:
            return None
        return max(0, self.total - self.position) / self.rate

    def parts(self) -> Parts:
        """Returns what it says."""
        steps = f"{self.position}"
        if self.total is not None:
            steps = f"{steps}/{self.total}"
        remaining, elapsed = self.remaining_secs, duration(self.elapsed_secs)
        return Parts(
            self.what,
            steps,
            "" if self.rate is None else f"{_short(self.rate)} steps/s",
            "" if self.loss is None else f"loss {_loss(self.loss)}",
            elapsed
            if remaining is None
            else f"{elapsed} ({duration(remaining)} left)",
        )


def duration(seconds: float) -> str:
    """Returns a time as a person writes it.

    Example:
    >>> duration(65), duration(3600)
    ('1:05', '1:00:00')
    """
    minutes, secs = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{secs:02}"
    return f"{minutes}:{secs:02}"


def _per_second(steps: int, seconds: float) -> float | None:
    return steps / seconds if steps and seconds > 0 else None


def _short(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 99.95 else f"{rate:.3g}"


def _loss(loss: float) -> str:
    """Returns it with as many digits as Keras' bar shows."""
    is_plain = loss == 0 or 1e-3 <= abs(loss) < 1e5
    return f"{loss:.4f}" if is_plain else f"{loss:.4e}"
