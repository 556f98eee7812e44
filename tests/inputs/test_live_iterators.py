"""Iterators of an input_fn that wait for a hook to initialize them.

What hooks do with them in a whole Estimator is in the parity scenarios
`iterator_hooks`.
"""

import numpy as np
import pytest
import tensorflow as tf

from keras_estimator.engine import fetches as graph_elements
from keras_estimator.inputs.input_fn import call_input_fn

v1 = tf.compat.v1
Dataset = tf.data.Dataset


class Opened:
    """An input whose iterators are to be initialized."""

    def __init__(self, input_fn):
        self.input = call_input_fn(input_fn, {}, seed=None, with_labels=True)
        self.batches = self.input.batches()

    def initialize(self, operation, feed_dict=None):
        operations = self.input.operations
        feeds = graph_elements.feeds(operations.graph, feed_dict or {})
        return operations.run([operation.name], feeds)

    def read(self):
        return [batch[0].numpy().tolist() for batch in self.batches]


def _fed(made):
    """An input_fn over rows that are fed; `made` gets what a hook needs."""

    def input_fn():
        made["rows"] = v1.placeholder(tf.int64, [None], name="rows")
        dataset = Dataset.from_tensor_slices(made["rows"]).batch(2)
        iterator = v1.data.make_initializable_iterator(dataset)
        made["initializer"] = iterator.initializer
        return iterator.get_next() * 10

    return input_fn


def test_what_is_fed_is_read():
    made = {}
    opened = Opened(_fed(made))
    opened.initialize(made["initializer"], {made["rows"]: [1, 2, 3]})
    assert opened.read() == [[10, 20], [30]]


def test_its_signature_is_known_before():
    element = Opened(_fed({})).input.element
    assert element.features == tf.TensorSpec([None], tf.int64)


def test_to_read_before_it_is_initialized_is_an_error():
    opened = Opened(_fed({}))
    with pytest.raises(
        tf.errors.FailedPreconditionError, match="has not been initialized"
    ):
        next(opened.batches)


def test_to_initialize_it_without_a_value_is_an_error():
    made = {}
    opened = Opened(_fed(made))
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="placeholder tensor 'rows'"
    ):
        opened.initialize(made["initializer"])


def test_nothing_is_read_ahead_of_a_new_beginning():
    made = {}
    opened = Opened(_fed(made))
    opened.initialize(made["initializer"], {made["rows"]: np.arange(100)})
    next(opened.batches)
    opened.initialize(made["initializer"], {made["rows"]: [7]})
    assert opened.read() == [[70]]


def test_two_calls_have_iterators_of_their_own():
    made, others = {}, {}
    first, second = Opened(_fed(made)), Opened(_fed(others))
    first.initialize(made["initializer"], {made["rows"]: [1]})
    second.initialize(others["initializer"], {others["rows"]: [2]})
    assert first.read() == [[10]]
    assert second.read() == [[20]]


def test_several_are_initialized_by_one_operation():
    made = {}

    def input_fn():
        made["rows"] = v1.placeholder(tf.int64, [None])
        iterators = [
            v1.data.make_initializable_iterator(
                Dataset.from_tensor_slices(made["rows"] + i)
            )
            for i in (0, 5)
        ]
        made["all"] = tf.group(*(it.initializer for it in iterators))
        return sum(it.get_next() for it in iterators)

    opened = Opened(input_fn)
    opened.initialize(made["all"], {made["rows"]: [1, 2]})
    assert opened.read() == [7, 9]


def test_beside_others_that_begin_by_themselves():
    made = {}

    def input_fn():
        own = v1.data.make_one_shot_iterator(Dataset.range(3)).get_next()
        return _fed(made)() + own

    opened = Opened(input_fn)
    opened.initialize(made["initializer"], {made["rows"]: [1, 2, 3, 4]})
    assert opened.read() == [[10, 20], [31, 41]]


def test_one_of_several_datasets_is_chosen():
    made = {}

    def input_fn():
        it = v1.data.Iterator.from_structure(tf.int64, [])
        made["odd"] = it.make_initializer(Dataset.range(1, 5, 2))
        made["even"] = it.make_initializer(Dataset.range(0, 5, 2))
        return it.get_next()

    opened = Opened(input_fn)
    opened.initialize(made["even"])
    assert opened.read() == [0, 2, 4]
    opened.initialize(made["odd"])
    opened.batches = opened.input.batches()
    assert opened.read() == [1, 3]


def test_an_iterator_that_nothing_feeds_begins_by_itself():
    opened = Opened(
        lambda: v1.data.make_initializable_iterator(Dataset.range(2)).get_next()
    )
    assert opened.input.operations is None
    assert opened.read() == [0, 1]
