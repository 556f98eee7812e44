"""Datasets and tensors that an input_fn makes in its graph."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from keras_estimator.errors import InputFnError
from keras_estimator.errors import UnsupportedError
from keras_estimator.inputs.input_fn import call_input_fn

Dataset = tf.data.Dataset
v1 = tf.compat.v1


def one_shot(dataset):
    return v1.data.make_one_shot_iterator(dataset)


def initializable(dataset):
    iterator = v1.data.make_initializable_iterator(dataset)
    v1.add_to_collection(v1.GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
    return iterator


def without_registration(dataset):
    return v1.data.make_initializable_iterator(dataset)


def reinitializable(dataset):
    iterator = v1.data.Iterator.from_structure(
        v1.data.get_output_types(dataset), v1.data.get_output_shapes(dataset)
    )
    v1.add_to_collection(
        v1.GraphKeys.TABLE_INITIALIZERS, iterator.make_initializer(dataset)
    )
    return iterator


def method(dataset):
    return dataset.make_one_shot_iterator()


ITERATORS = [one_shot, initializable, without_registration, reinitializable]


# Iterators -------------------------------------------------------------------


@pytest.mark.parametrize("iterator", [*ITERATORS, method])
def test_what_get_next_returns_is_a_batch(read, iterator):
    def input_fn():
        dataset = v1.data.Dataset.from_tensor_slices(
            ({"x": [1.0, 2.0, 3.0]}, [4, 5, 6])
        )
        return iterator(dataset.batch(2)).get_next()

    assert read(input_fn) == [
        ({"x": [1, 2]}, [4, 5]),
        ({"x": [3]}, [6]),
    ]


@pytest.mark.parametrize("iterator", ITERATORS)
def test_operations_after_get_next_are_applied_to_each_batch(read, iterator):
    def input_fn():
        x, y = iterator(
            Dataset.range(5).map(lambda i: (i, -i)).batch(2)
        ).get_next()
        return {"b": tf.one_hot(x, 2), "a": x + tf.size(x, tf.int64)}, y * 2

    assert read(input_fn)[1:] == [
        ({"b": [[0, 0], [0, 0]], "a": [4, 5]}, [-4, -6]),
        ({"b": [[0, 0]], "a": [5]}, [-8]),
    ]


def test_shapes_that_are_set_after_get_next_count(opened):
    def input_fn():
        x = one_shot(Dataset.range(4).batch(2)).get_next()
        x.set_shape([2])
        return tf.ensure_shape(x + 1, [2])

    inputs, batches = opened(input_fn)
    assert inputs.element.features.shape == [2]
    assert next(batches) == ([1, 2], None)


@pytest.mark.parametrize("iterator", ITERATORS)
def test_each_get_next_takes_an_element_of_its_own(read, iterator):
    def input_fn():
        it = iterator(Dataset.range(7))
        first, second, third = it.get_next(), it.get_next(), it.get_next()
        return {"a": first, "b": second}, third

    # The 7th element is read by the first, and nothing is left for the others.
    assert read(input_fn) == [
        ({"a": 0, "b": 1}, 2),
        ({"a": 3, "b": 4}, 5),
    ]


def test_several_get_next_share_sparse_and_ragged_elements_as_well(read):
    def input_fn():
        sparse = tf.SparseTensor([[0, 0], [1, 1]], [1, 2], [2, 2])
        ragged = tf.ragged.constant([[1], [2, 3]])
        it = one_shot(Dataset.from_tensor_slices((sparse, ragged)).batch(1))
        return it.get_next(), it.get_next()

    assert read(input_fn) == [
        (([[1, 0]], [[1]]), ([[0, 2]], [[2, 3]])),
    ]


def test_iterators_of_several_datasets_go_in_step(read):
    def input_fn():
        labeled = one_shot(Dataset.range(10)).get_next()
        unlabeled = initializable(Dataset.range(10, 13)).get_next()
        return {"labeled": labeled, "unlabeled": unlabeled}, labeled * 2

    found = read(input_fn)
    assert found[0] == ({"labeled": 0, "unlabeled": 10}, 0)
    assert len(found) == 3, "it ends with the shorter one"


def test_an_iterator_without_a_dataset_is_refused():
    def input_fn():
        return v1.data.Iterator.from_structure(tf.int64, []).get_next()

    with pytest.raises(
        UnsupportedError, match="'IteratorV2', which has no dataset"
    ):
        call_input_fn(input_fn, {}, seed=None, with_labels=True)


# Tensors ---------------------------------------------------------------------


def test_constants_are_an_endless_input(read):
    def input_fn():
        return {"x": tf.constant([[1.0]])}, tf.constant([2])

    assert read(input_fn, 3) == [({"x": [[1]]}, [2])] * 3


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        ((np.ones([2, 1]), np.array([3, 4])), ([[1], [1]], [3, 4])),
        (({"x": 2.5}, 1), ({"x": 2.5}, 1)),
        (({"x": "text"}, b"bytes"), ({"x": "text"}, "bytes")),
        ([tf.ones([1]).numpy(), np.int64(3)], ([1], 3)),
        ({"x": [1, 2]}, ({"x": [1, 2]}, None)),
        (({"x": None, "y": 1}, None), ({"x": None, "y": 1}, None)),
    ],
)
def test_arrays_numbers_and_texts_become_tensors(read, batch, expected):
    assert read(lambda: batch, 2) == [expected] * 2


def test_tensors_made_outside_of_the_input_fn_are_values(read):
    outside = tf.constant([1.0, 2.0])
    assert not hasattr(outside, "graph")
    assert read(lambda: ({"x": outside}, tf.constant(["a"])), 1) == [
        ({"x": [1, 2]}, ["a"])
    ]


def test_sparse_and_ragged_tensors_of_the_graph_are_batches(read):
    def input_fn():
        sparse = tf.SparseTensor([[0, 1]], [2], [1, 2])
        return {"s": sparse, "r": tf.ragged.constant([[1, 2], []])}, None

    assert read(input_fn, 1) == [({"s": [[0, 2]], "r": [[1, 2], []]}, None)]


def test_random_tensors_are_new_at_each_step(read):
    def input_fn():
        x = tf.random.uniform([2])
        return {"x": x}, tf.reduce_sum(x)

    batches = read(input_fn, 5, seed=1)
    assert len({labels for _, labels in batches}) == 5
    for features, labels in batches:
        assert sum(features["x"]) == pytest.approx(labels, rel=1e-6), (
            "one draw for a step, whoever looks at it"
        )


def test_random_augmentation_after_get_next_is_new_at_each_step(read):
    def input_fn():
        x = one_shot(Dataset.from_tensors(1.0).repeat(5)).get_next()
        return x + tf.random.normal([]), None

    found = [features for features, _ in read(input_fn)]
    assert len(set(found)) == 5


# Lookup tables ---------------------------------------------------------------


@pytest.fixture
def vocabulary(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("the\nquick\nfox\n")
    return str(path)


def from_file(vocabulary):
    return v1.lookup.StaticHashTable(
        v1.lookup.TextFileInitializer(
            vocabulary,
            tf.string,
            v1.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64,
            v1.lookup.TextFileIndex.LINE_NUMBER,
        ),
        -1,
    )


def with_buckets(vocabulary):
    return v1.lookup.StaticVocabularyTable(
        v1.lookup.TextFileInitializer(
            vocabulary,
            tf.string,
            v1.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64,
            v1.lookup.TextFileIndex.LINE_NUMBER,
        ),
        num_oov_buckets=1,
    )


def from_tensors(vocabulary):
    return v1.lookup.StaticHashTable(
        v1.lookup.KeyValueTensorInitializer(
            tf.constant(["the", "quick", "fox"]),
            tf.range(3, dtype=tf.int64),
        ),
        -1,
    )


@pytest.mark.parametrize("make", [from_file, with_buckets, from_tensors])
@pytest.mark.parametrize("place", ["map", "after get_next", "constant"])
def test_lookup_tables_are_filled(read, vocabulary, make, place):
    def input_fn():
        table = make(vocabulary)
        words = Dataset.from_tensor_slices(["fox", "the", "dog"]).batch(3)
        if place == "map":
            return words.map(table.lookup)
        if place == "constant":
            return table.lookup(tf.constant(["fox", "the", "dog"]))
        return table.lookup(one_shot(words).get_next())

    unknown = 3 if make is with_buckets else -1
    assert read(input_fn, 1) == [([2, 0, unknown], None)]


def test_a_table_is_filled_once_for_all_batches(read):
    times = []

    def noted(keys):
        times.append(1)
        return keys

    def input_fn():
        keys = tf.numpy_function(noted, [np.array([1, 2])], tf.int64)
        table = v1.lookup.StaticHashTable(
            v1.lookup.KeyValueTensorInitializer(keys, keys + 1), -1
        )
        looked_up = initializable(Dataset.range(3).map(table.lookup))
        return table.lookup(looked_up.get_next())

    assert read(input_fn) == [(-1, None), (3, None), (-1, None)]
    assert times == [1]


def test_tables_of_two_calls_do_not_meet(opened):
    def lookup(value):
        def input_fn():
            table = v1.lookup.StaticHashTable(
                v1.lookup.KeyValueTensorInitializer(
                    tf.constant([0], tf.int64), tf.constant([value])
                ),
                -1,
                name="table",
            )
            return Dataset.range(2).map(table.lookup)

        return input_fn

    _, first = opened(lookup(1))
    _, second = opened(lookup(2))
    assert [next(first), next(second)] == [(1, None), (2, None)]
    assert [next(first), next(second)] == [(-1, None), (-1, None)]


# What a session would be needed for ------------------------------------------


def _queue():
    return v1.train.batch([tf.constant(1)], 2)


def _reader():
    names = v1.train.string_input_producer(["a"])
    return v1.TextLineReader().read(names)[1]


def _shuffling_queue():
    return v1.train.shuffle_batch([tf.constant(1)], 2, 4, 2)


def _dataset_of_queue():
    return Dataset.from_tensors(v1.train.slice_input_producer([[1, 2]])[0])


def _dequeued(producer, *args, **kwargs):
    return lambda: {"x": producer(*args, **kwargs).dequeue()}


def _lines():
    names = v1.train.string_input_producer(["a"], num_epochs=2)
    line = v1.TextLineReader().read(names)[1]
    return v1.train.shuffle_batch([line], 2, 4, 2)


def _limited():
    return v1.train.limit_epochs(tf.constant([1]), num_epochs=1)


def _padding_queue():
    return v1.train.batch([tf.constant([1])], 2, dynamic_pad=True)


@pytest.mark.parametrize(
    ("input_fn", "replacements"),
    [
        (_queue, ["`tf.train.batch`: `.batch(batch_size)`"]),
        (_reader, ["`tf.TextLineReader`: `tf.data.TextLineDataset(files)`"]),
        (_shuffling_queue, ["`tf.train.shuffle_batch`: `.shuffle(capacity)"]),
        (_padding_queue, ["`.padded_batch(batch_size, padded_shapes)`"]),
        (_dataset_of_queue, ["slice_input_producer`", "`.from_tensor_slices("]),
        (_lines, ["TextLineDataset", ".shuffle(capacity)", ".repeat(num_ep"]),
        (_limited, ["`num_epochs`: `.repeat(num_epochs)`"]),
        (
            _dequeued(v1.train.string_input_producer, ["a"]),
            ["`tf.train.string_input_producer`", "from_tensor_slices(strings)"],
        ),
        (
            lambda: v1.FIFOQueue(10, [tf.int32]).dequeue(),
            ["if the queue is of `tf.train.range_i", "Dataset.from_generator"],
        ),
        (
            lambda: v1.PriorityQueue(9, [tf.int32], [[]]).dequeue_many(2)[1],
            ["`tf.train.batch`: `.batch(batch_size)`"],
        ),
        (
            _dequeued(v1.train.range_input_producer, 3),
            ["`tf.train.range_input_producer`", "`tf.data.Dataset.range("],
        ),
        (
            _dequeued(v1.train.input_producer, [1.0]),
            ["`tf.train.input_producer`", "from_tensor_slices(tensor)`"],
        ),
        (
            lambda: v1.TFRecordReader().read(v1.FIFOQueue(1, tf.string))[1],
            ["`tf.TFRecordReader`: `tf.data.TFRecordDataset(files)`"],
        ),
    ],
)
def test_queues_are_refused_with_what_replaces_them(input_fn, replacements):
    with pytest.raises(UnsupportedError, match="from a TF1 queue") as error:
        call_input_fn(input_fn, {}, seed=None, with_labels=True)
    assert "Return a `tf.data.Dataset`" in str(error.value)
    for replacement in replacements:
        assert replacement in str(error.value)


def _fed_tensor():
    return v1.placeholder(tf.float32, [2], name="pixels") + 1


def _fed_dataset():
    x = v1.placeholder(tf.float32, [2], name="pixels")
    return Dataset.from_tensor_slices(x)


def _fed_handle():
    handle = v1.placeholder(tf.string, [], name="pixels")
    return v1.data.Iterator.from_string_handle(handle, tf.int64, []).get_next()


def test_an_iterator_from_string_handle_is_refused_by_what_it_is():
    with pytest.raises(UnsupportedError, match="`from_string_handle` of 'pix"):
        call_input_fn(_fed_handle, {}, seed=None, with_labels=True)


@pytest.mark.parametrize("input_fn", [_fed_tensor, _fed_dataset])
def test_placeholders_are_refused_by_name(input_fn):
    with pytest.raises(UnsupportedError, match="placeholder 'pixels'") as error:
        call_input_fn(input_fn, {}, seed=None, with_labels=True)
    assert "`numpy_input_fn`" in str(error.value)


def test_a_placeholder_that_no_batch_needs_is_no_obstacle(read):
    def input_fn():
        v1.placeholder(tf.float32)
        return tf.constant(1)

    assert read(input_fn, 1) == [(1, None)]


@pytest.mark.parametrize("use_resource", [True, False])
def test_variables_are_refused_by_name(use_resource):
    def input_fn():
        scale = v1.get_variable("scale", [2], use_resource=use_resource)
        return {"x": scale * 2}

    with pytest.raises(UnsupportedError, match="variable 'scale'. Variables"):
        call_input_fn(input_fn, {}, seed=None, with_labels=True)


# Python functions, and reading nothing ahead ---------------------------------


class Counter:
    """A source that knows how much of it was read."""

    def __init__(self, end=1000):
        self.read = 0
        self.end = end

    def __call__(self):
        # Goes on where the generator before it ended.
        while self.read < self.end:
            self.read += 1
            yield self.read

    def take(self, *_):
        self.read += 1
        return np.int64(self.read)

    def dataset(self):
        return Dataset.from_generator(
            self, output_signature=tf.TensorSpec([], tf.int64)
        )


def _of_py_func(counter):
    return Dataset.range(100).map(
        lambda _: v1.py_func(counter.take, [], tf.int64)
    )


def _of_numpy_function(counter):
    return Dataset.range(100).map(
        lambda i: tf.numpy_function(counter.take, [i], tf.int64)
    )


def _of_py_function(counter):
    return Dataset.range(100).map(
        lambda i: tf.py_function(counter.take, [i], tf.int64)
    )


PIPELINES = {
    "generator": (Counter.dataset, 1),
    "mapped": (lambda c: c.dataset().map(lambda x: x * 1), 1),
    "batched": (lambda c: c.dataset().batch(3), 3),
    "mapped and batched": (
        lambda c: c.dataset().map(lambda x: x * 1).batch(3),
        3,
    ),
    "batched and mapped": (
        lambda c: c.dataset().batch(3).map(lambda x: x * 1),
        3,
    ),
    "filtered": (
        lambda c: c.dataset().filter(lambda x: tf.equal(x % 2, 0)).map(tf.abs),
        2,
    ),
    "interleaved": (
        lambda c: Dataset.range(9).interleave(
            lambda _: c.dataset().take(4), cycle_length=1
        ),
        1,
    ),
    "py_func": (_of_py_func, 1),
    "numpy_function": (_of_numpy_function, 1),
    "py_function": (_of_py_function, 1),
}


@pytest.mark.parametrize("name", PIPELINES)
@pytest.mark.parametrize("place", ["graph", "eager", "iterator"])
def test_nothing_is_read_ahead_of_what_is_asked_for(opened, name, place):
    make, per_batch = PIPELINES[name]
    counter = Counter()
    eager = make(counter)
    input_fn = {
        "graph": lambda: make(counter),
        "eager": lambda: eager,
        "iterator": lambda: one_shot(make(counter)).get_next() * 1,
    }[place]
    if place == "iterator" and "py" in name:
        input_fn = lambda: initializable(make(counter)).get_next() * 1  # noqa: E731
    _, batches = opened(input_fn)
    assert counter.read == 0
    for taken in range(1, 4):
        next(batches)
        assert counter.read == taken * per_batch


def test_a_prefetch_that_the_user_asks_for_is_done(opened):
    counter = Counter(10)
    _, batches = opened(lambda: counter.dataset().prefetch(20))
    next(batches)
    assert len(list(batches)) == 9
    assert counter.read == 10


@pytest.mark.parametrize("place", ["graph", "eager"])
def test_options_of_the_user_are_kept(place):
    options = tf.data.Options()
    options.deterministic = False
    options.experimental_optimization.inject_prefetch = True
    options.threading.private_threadpool_size = 3

    def build():
        return Counter().dataset().with_options(options)

    eager = build()
    inputs = call_input_fn(
        build if place == "graph" else lambda: eager,
        {},
        seed=None,
        with_labels=True,
    )
    found = inputs.dataset.options()
    assert found.deterministic is False
    assert found.threading.private_threadpool_size == 3
    assert found.experimental_optimization.inject_prefetch is True
    assert found.experimental_optimization.map_parallelization is False


def test_a_dataset_without_python_keeps_its_optimizations():
    inputs = call_input_fn(
        lambda: Dataset.range(3).map(lambda x: x + 1),
        {},
        seed=None,
        with_labels=True,
    )
    found = inputs.dataset.options().experimental_optimization
    assert found.map_parallelization is None
    assert found.inject_prefetch is None


def test_a_python_function_without_input_is_called_once_a_step(opened):
    counter = Counter()
    _, batches = opened(lambda: {"x": v1.py_func(counter.take, [], tf.int64)})
    assert [next(batches) for _ in range(3)] == [
        ({"x": 1}, None),
        ({"x": 2}, None),
        ({"x": 3}, None),
    ]
    assert counter.read == 3


def test_a_generator_ends_the_input(read):
    counter = Counter(3)
    assert read(counter.dataset) == [(1, None), (2, None), (3, None)]


def test_a_generator_may_use_the_closure_of_a_finished_input_fn(opened):
    def input_fn():
        rows = [[1], [2, 3]]
        return Dataset.from_generator(
            lambda: iter(rows), tf.int32, tf.TensorShape([None])
        )

    _, batches = opened(input_fn)
    assert list(batches) == [([1], None), ([2, 3], None)]


def test_an_error_in_a_generator_arrives(opened):
    def broken():
        yield np.int64(1)
        raise OSError("the disk is gone")

    _, batches = opened(
        lambda: Dataset.from_generator(
            broken, output_signature=tf.TensorSpec([], tf.int64)
        )
    )
    assert next(batches) == (1, None)
    with pytest.raises(tf.errors.UnknownError, match="the disk is gone"):
        next(batches)


# Kinds of datasets -----------------------------------------------------------


def test_files_of_lines_and_of_records_are_read(read, tmp_path):
    lines = tmp_path / "lines.csv"
    lines.write_text("x,y\n1.5,2\n2.5,3\n")
    records = str(tmp_path / "data.tfrecord")
    with tf.io.TFRecordWriter(records) as writer:
        for i in range(3):
            features = {
                "id": tf.train.Feature(
                    int64_list=tf.train.Int64List(value=[i])
                ),
                "words": tf.train.Feature(
                    bytes_list=tf.train.BytesList(value=[b"w"] * i)
                ),
            }
            example = tf.train.Example(
                features=tf.train.Features(feature=features)
            )
            writer.write(example.SerializeToString())

    def of_lines():
        def parse(line):
            x, y = v1.decode_csv(line, [[0.0], [0]])
            return {"x": x}, y

        dataset = v1.data.TextLineDataset(str(lines))
        return dataset.skip(1).map(parse).batch(2)

    spec = {
        "id": v1.FixedLenFeature([], tf.int64),
        "words": v1.VarLenFeature(tf.string),
    }

    def of_records():
        dataset = v1.data.TFRecordDataset([records]).batch(2)
        return dataset.map(lambda s: v1.parse_example(s, spec))

    def after_get_next():
        dataset = v1.data.TFRecordDataset([records]).batch(2)
        parsed = v1.parse_example(one_shot(dataset).get_next(), spec)
        return parsed, parsed.pop("id")

    assert read(of_lines) == [({"x": [1.5, 2.5]}, [2, 3])]
    assert read(of_records) == [
        ({"id": [0, 1], "words": [[""], ["w"]]}, None),
        ({"id": [2], "words": [["w", "w"]]}, None),
    ]
    assert read(after_get_next) == [
        ({"words": [[""], ["w"]]}, [0, 1]),
        ({"words": [["w", "w"]]}, [2]),
    ]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda d: d.map(tf.abs, num_parallel_calls=2), list(range(6))),
        (lambda d: d.cache().repeat(2), [*range(6), *range(6)]),
        (lambda d: d.shuffle(6), list(range(6))),
        (lambda d: d.prefetch(2).map(lambda x: x), list(range(6))),
        (
            lambda d: d.interleave(
                lambda x: Dataset.from_tensors(x).repeat(2),
                cycle_length=2,
                num_parallel_calls=2,
            ),
            sorted([*range(6), *range(6)]),
        ),
        (
            lambda d: d.apply(v1.data.experimental.shuffle_and_repeat(6, 1)),
            list(range(6)),
        ),
        (
            lambda d: d.flat_map(Dataset.from_tensors).concatenate(d),
            [*range(6), *range(6)],
        ),
        (
            lambda d: d.scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s)),
            [0, 0, 1, 3, 6, 10],
        ),
        (
            lambda d: Dataset.zip((d, d)).map(lambda a, b: a + b),
            [0, 2, 4, 6, 8, 10],
        ),
        (lambda d: d.take(0), []),
    ],
)
@pytest.mark.parametrize("place", ["graph", "iterator"])
def test_transformations_work_in_the_graph(read, make, expected, place):
    def input_fn():
        dataset = make(Dataset.range(6))
        return dataset if place == "graph" else one_shot(dataset).get_next()

    found = [features for features, _ in read(input_fn)]
    assert sorted(found) == sorted(expected)


def test_batches_are_padded_per_batch(read):
    def input_fn():
        dataset = Dataset.range(1, 4).map(lambda i: tf.fill([i], i))
        return dataset.padded_batch(2, [None])

    assert read(input_fn) == [([[1, 0], [2, 2]], None), ([[3, 3, 3]], None)]


def test_an_endless_dataset_goes_on(read):
    assert read(lambda: Dataset.range(2).repeat(), 5) == [
        (i, None) for i in (0, 1, 0, 1, 0)
    ]


@pytest.mark.parametrize("place", ["graph", "eager", "iterator"])
def test_an_empty_dataset_has_a_signature_and_no_batch(opened, place):
    eager = Dataset.range(0).batch(2)
    input_fn = {
        "graph": lambda: Dataset.range(0).batch(2),
        "eager": lambda: eager,
        "iterator": lambda: one_shot(Dataset.range(0).batch(2)).get_next(),
    }[place]
    inputs, batches = opened(input_fn)
    assert inputs.element.features == tf.TensorSpec([None], tf.int64)
    assert list(batches) == []


def test_each_iterator_begins_at_the_beginning(opened):
    inputs, batches = opened(lambda: Dataset.range(3))
    assert list(batches) == [(0, None), (1, None), (2, None)]
    assert [int(x) for x in itertools.islice(inputs.batches(), 2)] == [0, 1]


def test_values_from_outside_of_the_input_fn_may_be_used_in_the_dataset(read):
    rows = np.arange(6.0).reshape(3, 2)

    def input_fn():
        shift = tf.constant(10.0, tf.float64)
        return Dataset.from_tensor_slices(rows).map(lambda row: row + shift)

    assert read(input_fn, 1) == [([10, 11], None)]


def test_a_leaf_that_cannot_be_a_tensor_is_refused_by_its_value():
    with pytest.raises(InputFnError, match=r"\{3\} \(of type set\)"):
        call_input_fn(lambda: {"x": {3}}, {}, seed=None, with_labels=True)
