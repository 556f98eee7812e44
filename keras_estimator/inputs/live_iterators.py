"""Iterators of an input_fn that a hook initializes, with values it feeds.

```python
class InitializeIterator(tf.train.SessionRunHook):
    def after_create_session(self, session, coord):
        session.run(self.initializer, feed_dict={self.x: array})
```

What such an iterator reads is known only then. It stays an iterator, as it was
in TF1's graph, and each batch is one call of its `get_next`.
"""

from collections.abc import Collection

import tensorflow as tf

from keras_estimator.engine.subgraph import GraphIndex
from keras_estimator.engine.subgraph import node_name
from keras_estimator.engine.subgraph import tensor_name

_raw = tf.raw_ops
_PLACEHOLDERS = ("Placeholder", "PlaceholderV2")


class LiveIterators:
    """The iterators of an input graph that wait for an initializer.

    Args:
        index: The graph.
        provided: Names of placeholders that need not be fed.

    Attributes:
        names: The tensors that are their handles.
    """

    def __init__(self, index: GraphIndex, provided: Collection[str]) -> None:
        self._index = index
        self._provided = provided
        self._handles: dict[str, tf.Tensor] = {}
        self.names = tuple(
            f"{node.name}:0"
            for node in index.graph_def.node
            if node.op == "IteratorV2" and self._is_live(node.name)
        )

    def datasets(self, iterator: str) -> set[str]:
        """Returns the tensors with the datasets that an iterator may read."""
        return {
            tensor_name(node.input[0])
            for node in self._index.graph_def.node
            if node.op == "MakeIterator"
            and node_name(node.input[1]) == iterator
        }

    def handle(self, name: str) -> tf.Tensor:
        """Returns the handle of the iterator that a tensor stands for."""
        if name not in self._handles:
            attributes = self._index.nodes[node_name(name)].attr
            self._handles[name] = _raw.AnonymousIteratorV3(
                output_types=list(attributes["output_types"].list.type),
                output_shapes=[
                    tf.TensorShape(shape)
                    for shape in attributes["output_shapes"].list.shape
                ],
            )
        return self._handles[name]

    def _is_live(self, iterator: str) -> bool:
        """Whether what it reads is decided by who initializes it."""
        datasets = self.datasets(iterator)
        return len(datasets) > 1 or any(
            self._index.nodes[name].op in _PLACEHOLDERS
            for name in self._index.ancestors(datasets, self._provided)
        )
