"""The session that hooks see: TF1's interface over a binding."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator._types import Fetches
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import fetches as graph_elements
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.fetches import FetchPlan
from keras_estimator.engine.fetches import Operations
from keras_estimator.engine.subgraph import node_name


class GraphSession(tf.compat.v1.Session):
    """A `tf.compat.v1.Session` by type, without a TensorFlow session inside.

    `Saver.save(session, ...)` checks the type. `run` cuts the fetches out of
    the program's graph and calls them over the binding's variables.

    Args:
        binding: What to run.
        next_batch: Returns the next batch of the input as flat tensors; used
            when fetches need one, as fetching them did in TF1.
        saver: Saves the variables as the run is configured to; has the method
            `save` of `tf.compat.v1.train.Saver`.
        of_input: The graph of the input, where its operations can be run to
            initialize iterators; `None` if there is nothing to initialize.

    Attributes:
        binding: What it runs.
        saver: As above.
    """

    def __init__(
        self,
        binding: Binding,
        next_batch: Callable[[], Sequence[tf.Tensor]] | None = None,
        saver: Any = None,
        of_input: Operations | None = None,
    ) -> None:
        # Not the base class's: it would start a TensorFlow session.
        self.binding = binding
        self.saver = saver
        self._next_batch = next_batch
        self._of_input = of_input
        self._default_graph_context_manager = None
        self._default_session_context_manager = None

    def __del__(self) -> None:
        """Does nothing: there is no TensorFlow session to release."""

    @property
    def graph(self) -> tf.Graph:
        """The graph that model_fn built."""
        return self.binding.program.graph

    @property
    def graph_def(self) -> tf.compat.v1.GraphDef:
        """The graph as a GraphDef."""
        return self.graph.as_graph_def()

    @property
    def sess_str(self) -> str:
        """The address of the session: this process."""
        return ""

    def raw_session(self) -> "GraphSession":
        """Returns itself; `MonitoredSession` has this method."""
        return self

    def should_stop(self) -> bool:
        """Returns False; `MonitoredSession` has this method."""
        return False

    def close(self) -> None:
        """Does nothing: the variables belong to the model."""

    def list_devices(self) -> list[Any]:
        """Returns the logical devices of this process."""
        return tf.config.list_logical_devices()

    def make_callable(
        self,
        fetches: Fetches,
        feed_list: Sequence[Any] | None = None,
        accept_options: bool = False,
    ) -> Callable[..., Any]:
        """Returns a function of values for `feed_list` that runs `fetches`."""
        keys = list(feed_list or [])
        return lambda *values: self.run(
            fetches, dict(zip(keys, values, strict=True))
        )

    def run(
        self,
        fetches: Fetches,
        feed_dict: Mapping[Any, Any] | None = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        """Runs what `fetches` needs, and returns the values.

        Args:
            fetches: Tensor, operation, variable or name of one, or a nest.
            feed_dict: Tensor, or name of one, -> value.
            options: Has no effect here.
            run_metadata: Has no effect here.

        Returns:
            A nest like `fetches`: NumPy values for tensors, `None` for
            operations.
        """
        with _tensorflow.eager_mode():
            graph = self.binding.program.graph
            fed, fed_to_input = self._split(feed_dict or {})
            plan = FetchPlan(graph, fetches, self._of_input)
            feeds = graph_elements.feeds(graph, fed)
            found = plan.run_in_input(fed_to_input)
            feeds = self._batch_for(plan, feeds) | feeds
            values = self.binding.run(plan.names, feeds)
        tensors = [name for name in plan.names if ":" in name]
        return plan.values(found | dict(zip(tensors, values, strict=True)))

    def _split(
        self, feed_dict: Mapping[Any, Any]
    ) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """Returns what is fed to the program, and what to its input."""
        parts: tuple[dict[Any, Any], dict[Any, Any]] = {}, {}
        other = None if self._of_input is None else self._of_input.graph
        for key, value in feed_dict.items():
            graph = getattr(key, "graph", None)
            parts[graph is not None and graph is other][key] = value
        return parts

    def _batch_for(
        self, plan: FetchPlan, feeds: Mapping[str, Any]
    ) -> dict[str, tf.Tensor]:
        """Reads a batch if the fetches depend on the input.

        Raises:
            tf.errors.OutOfRangeError: At the end of the input.
        """
        program = self.binding.program
        needed = program.index.ancestors(plan.names, {*feeds, *program.cut})
        if self._next_batch is None or not any(
            node_name(name) in needed for name in program.inputs
        ):
            return {}
        try:
            batch = self._next_batch()
        except StopIteration as error:
            raise tf.errors.OutOfRangeError(
                None, None, "End of sequence"
            ) from error
        return dict(zip(program.inputs, batch, strict=True))
