"""Runs the hooks of one call: who is called at a step, with what."""

import contextlib
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.engine import fetches as graph_elements
from keras_estimator.engine.fetches import FetchPlan
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.engine.hook import SessionRunContext
from keras_estimator.engine.hook import SessionRunValues
from keras_estimator.engine.hook import is_scheduled
from keras_estimator.engine.hook import wants_every_step
from keras_estimator.engine.session import GraphSession
from keras_estimator.errors import FeedConflictError

_v1 = tf.compat.v1
# How long threads of hooks have to end when a call does; as in TF1.
_SECONDS_TO_STOP = 120
_FOR_EVER = 2**62


class _Request(NamedTuple):
    """What one hook asked for before a step."""

    hook: Any
    plan: FetchPlan | None


class _Schedule:
    """When the hooks that have a schedule are due.

    Those that know when are asked again only when the first of them is: beside
    a hook that wants every step, asking all others at each costs more than it
    does. Hooks by time are asked at each.

    Args:
        hooks: They say when they are due.
    """

    def __init__(self, hooks: Sequence[ScheduledHook]) -> None:
        self._hooks = hooks
        self._watching: frozenset[int] = frozenset()
        # The hooks that the step that is running calls.
        self._called: frozenset[int] = frozenset()
        self._is_quiet = False
        # Until which global step none of the others needs to be asked.
        self._quiet_until = 0
        self._by_time: list[ScheduledHook] = []
        self._expected: int | None = None
        # Steps that hooks which are not called at each have not been told of.
        self._untold = 0

    def ask(self, global_step: int) -> int | None:
        """Returns how many steps from now the first of them is due.

        Returns:
            At least 1, or `None` if no hook waits for a step.
        """
        waits = self._waits(global_step).values()
        known = [steps for steps in waits if steps is not None]
        return max(1, min(known)) if known else None

    def due(self, global_step: int) -> frozenset[int]:
        """Returns which of them the next step calls, by `id`."""
        self._is_quiet = (
            global_step == self._expected
            and global_step < self._quiet_until
            and not any(_is_due(h, global_step) for h in self._by_time)
        )
        self._called = (
            self._watching if self._is_quiet else self._find(global_step)
        )
        # Hooks that count in other steps than these are asked at each.
        self._expected = global_step + 1
        return self._called

    def stepped(self) -> None:
        """Takes note that the step was made."""
        if self._is_quiet:
            self._untold += 1
            return
        for hook in self._hooks:
            if id(hook) not in self._called:
                hook.skip(1)

    def forget(self) -> None:
        """Tells hooks of the steps that ran without them; asks anew then."""
        self._expected = None
        steps, self._untold = self._untold, 0
        if steps:
            for hook in self._hooks:
                if id(hook) not in self._watching:
                    hook.skip(steps)

    def _waits(self, global_step: int) -> dict[int, int | None]:
        self.forget()
        return {id(h): h.steps_until_due(global_step) for h in self._hooks}

    def _find(self, global_step: int) -> frozenset[int]:
        waits = self._waits(global_step)
        known = {i: steps for i, steps in waits.items() if steps is not None}
        self._watching = frozenset(
            id(hook) for hook in self._hooks if hook.watched is not None
        )
        due = frozenset(i for i, steps in known.items() if steps <= 1)
        quiet = min(known.values(), default=_FOR_EVER) - 1
        self._quiet_until = global_step + quiet
        self._by_time = [
            hook
            for hook in self._hooks
            if waits[id(hook)] is None and id(hook) not in self._watching
        ]
        return due | self._watching


class HookRunner:
    """The hooks of one call, in order.

    Args:
        hooks: All hooks of the call.
        session: What they see.
        original_fetches: What a step runs without hooks.
    """

    def __init__(
        self,
        hooks: Iterable[Any],
        session: GraphSession,
        original_fetches: Any,
    ) -> None:
        self._hooks = tuple(hooks)
        self._session = session
        self._original = SessionRunArgs(original_fetches)
        self._scheduled = tuple(filter(is_scheduled, self._hooks))
        self._every_step = tuple(filter(wants_every_step, self._hooks))
        self._at_every_step = set(map(id, self._every_step))
        self._context = SessionRunContext(self._original, session)
        self._requests: list[_Request] = []
        self._schedule = _Schedule(self._scheduled)
        self._coordinator = tf.train.Coordinator()
        self._stop_requested = False

    @property
    def should_stop(self) -> bool:
        """Whether a hook has asked to stop, of its context or coordinator."""
        return self._stop_requested or self._coordinator.should_stop()

    @property
    def watched(self) -> list[str]:
        """Names of the tensors that hooks want looked at after each step."""
        tensors = [
            hook.watched for hook in self._scheduled if hook.watched is not None
        ]
        return list(dict.fromkeys(tensor.name for tensor in tensors))

    def after_create_session(self) -> None:
        """Tells all hooks that the variables have their values."""
        for hook in self._hooks:
            hook.after_create_session(self._session, self._coordinator)

    def steps_until_due(self, global_step: int) -> int | None:
        """Returns how many steps from now some hook must be called.

        Returns:
            At least 1, or `None` if no hook waits for a step.
        """
        if self._every_step:
            return 1
        return self._schedule.ask(global_step)

    def before_run(
        self, global_step: int
    ) -> tuple[tuple[str, ...], dict[str, tf.Tensor]]:
        """Asks the hooks that are due what to add to the next step.

        Args:
            global_step: The global step after the steps done so far.

        Returns:
            Names to fetch, and values to feed by name.
        """
        self._context = SessionRunContext(self._original, self._session)
        self._requests = []
        feeds: dict[str, tf.Tensor] = {}
        called = self._at_every_step | self._schedule.due(global_step)
        for hook in self._hooks:
            if id(hook) not in called:
                continue
            args = hook.before_run(self._context)
            plan = None
            if args is not None:
                if args.fetches is not None:
                    plan = FetchPlan(self._session.graph, args.fetches)
                self._feed(feeds, hook, args.feed_dict)
            self._requests.append(_Request(hook, plan))
        names = [n for r in self._requests if r.plan for n in r.plan.names]
        return tuple(dict.fromkeys(names)), feeds

    def after_run(self, values: Mapping[str, Any]) -> None:
        """Gives the hooks that were asked the values of their fetches."""
        for hook, plan in self._requests:
            results = None if plan is None else plan.values(values)
            hook.after_run(self._context, _run_values(results))
        self._schedule.stepped()
        self._stop_requested = self._context.stop_requested

    def skipped(self, steps: int, watched: Mapping[str, Any]) -> None:
        """Tells hooks that steps ran without them.

        Args:
            steps: How many.
            watched: Values of the watched tensors after the last of them.
        """
        self._context = SessionRunContext(self._original, self._session)
        self._schedule.forget()
        for hook in self._scheduled:
            hook.skip(steps)
            if hook.watched is not None:
                value = watched[hook.watched.name].numpy()
                hook.after_run(self._context, _run_values(value))
        self._stop_requested = self._context.stop_requested

    def end(self) -> None:
        """Tells all hooks that the call has ended without an error.

        What a hook's thread has reported to the coordinator is raised then.
        """
        self._schedule.forget()
        for hook in self._hooks:
            hook.end(self._session)
        self._coordinator.raise_requested_exception()

    def close(self) -> None:
        """Tells threads that hooks have started that the call is over.

        It waits for those that the coordinator knows.
        """
        self._coordinator.request_stop()
        # Why the call ended is raised already, if it was an error.
        with contextlib.suppress(Exception):
            self._coordinator.join(
                stop_grace_period_secs=_SECONDS_TO_STOP,
                ignore_live_threads=True,
            )

    def _feed(
        self,
        feeds: dict[str, tf.Tensor],
        hook: Any,
        feed_dict: Mapping[Any, Any] | None,
    ) -> None:
        for name, value in graph_elements.feeds(
            self._session.graph, feed_dict or {}
        ).items():
            if name in feeds:
                raise FeedConflictError(
                    f"Same tensor is fed by two hooks: {name!r}, and "
                    f"{type(hook).__name__} is the second. Let one hook feed "
                    "it."
                )
            feeds[name] = value


def _is_due(hook: ScheduledHook, global_step: int) -> bool:
    steps = hook.steps_until_due(global_step)
    return steps is not None and steps <= 1


def _run_values(results: Any) -> SessionRunValues:
    return SessionRunValues(results, _v1.RunOptions(), _v1.RunMetadata())
