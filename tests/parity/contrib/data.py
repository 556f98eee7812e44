"""What `tf.contrib.data` of TensorFlow 1.15 makes of a dataset."""

import os


def _elements(stack, dataset, count=12):
    """Returns elements of a dataset, and "end" if it has ended."""
    tf = stack.tf
    element = tf.data.make_one_shot_iterator(dataset).get_next()
    found = []
    with tf.Session() as session:
        try:
            for _ in range(count):
                found.append(_plain(session.run(element)))
        except tf.errors.OutOfRangeError:
            found.append("end")
    return found


def _plain(value):
    """A SparseTensorValue is a tuple; a dict has no order."""
    if hasattr(value, "dense_shape"):
        return [value.indices, value.values, value.dense_shape]
    return value


def _applied(stack, transformations, source):
    facts = {}
    for name, transformation in transformations.items():
        with stack.tf.Graph().as_default():
            facts[name] = _elements(stack, source().apply(transformation()))
    return facts


def scenario_batches(stack, path):
    """Transformations of the numbers 0 to 6 that batch."""
    tf = stack.tf
    data = tf.contrib.data
    return _applied(
        stack,
        {
            "batch_and_drop": lambda: data.batch_and_drop_remainder(2),
            "map_and_batch": lambda: data.map_and_batch(lambda x: x * 2, 3),
            "dropped": lambda: data.map_and_batch(
                lambda x: x * 2, 3, 2, drop_remainder=True
            ),
            "window": lambda: data.group_by_window(
                lambda x: x % 2, lambda key, part: part.batch(2), 2
            ),
            "sliding": lambda: data.sliding_window_batch(3, window_shift=2),
            "stride": lambda: data.sliding_window_batch(
                2, stride=2, window_stride=2
            ),
        },
        lambda: tf.data.Dataset.range(7),
    )


def scenario_ragged(stack, path):
    """Transformations of sequences of 0 to 6 elements."""
    tf = stack.tf
    data = tf.contrib.data
    return _applied(
        stack,
        {
            "padded": lambda: data.padded_batch_and_drop_remainder(2, [None]),
            "padded with": lambda: data.padded_batch_and_drop_remainder(
                2, [7], tf.constant(-1, tf.int64)
            ),
            "bucket": lambda: data.bucket_by_sequence_length(
                lambda x: tf.shape(x)[0], [3, 5], [2, 2, 2]
            ),
            "sparse": lambda: data.dense_to_sparse_batch(3, [7]),
        },
        lambda: tf.data.Dataset.range(7).map(lambda i: tf.fill([i], i)),
    )


def scenario_elements(stack, path):
    """Transformations of the numbers 0 to 3, one by one."""
    tf = stack.tf
    data = tf.contrib.data

    def repeated(i):
        return tf.data.Dataset.from_tensors(i).repeat(3)

    reducer = data.Reducer(
        lambda key: tf.constant(0, tf.int64),
        lambda total, x: total + x,
        lambda total: total * 10,
    )
    return _applied(
        stack,
        {
            "interleave": lambda: data.parallel_interleave(repeated, 2),
            "enumerate": lambda: data.enumerate_dataset(4),
            "scan": lambda: data.scan(
                tf.constant(0, tf.int64), lambda s, x: (s + x, s + x)
            ),
            "by key": lambda: data.group_by_reducer(lambda x: x % 2, reducer),
            "device": lambda: data.prefetch_to_device("/cpu:0"),
            "shape": lambda: data.assert_element_shape(tf.TensorShape([])),
        },
        lambda: tf.data.Dataset.range(4),
    )


def scenario_rest(stack, path):
    """What is not applied to a range."""
    tf = stack.tf
    data = tf.contrib.data
    dataset = tf.data.Dataset
    with tf.Graph().as_default(), tf.Session() as session:
        reducer = data.Reducer(
            lambda key: key, lambda total, x: total + x, lambda total: total
        )
        numbers = dataset.range(3)
        choice = dataset.from_tensor_slices([0, 1, 1, 0])
        choice = choice.map(lambda i: tf.cast(i, tf.int64))
        inverse = dataset.from_tensor_slices([1.0, 0.0, 2.0])
        inverse = inverse.map(lambda x: tf.check_numerics(1 / x, "zero"))
        pairs = dataset.zip({"a": numbers, "b": numbers})
        found = {
            "sloppy": numbers.take(1).apply(
                data.sloppy_interleave(lambda i: dataset.range(2), 1)
            ),
            "unbatch": numbers.batch(2).apply(data.unbatch()),
            "ignore": inverse.apply(data.ignore_errors()),
            "choose": data.choose_from_datasets(
                [numbers, numbers.map(lambda x: x + 10)], choice
            ),
            "counter": data.Counter(3, 2).take(3),
            "pairs": pairs.apply(data.sliding_window_batch(2)),
            "unique": dataset.from_tensor_slices([1, 2, 1]).apply(
                data.unique()
            ),
            "shuffled": numbers.apply(
                data.shuffle_and_repeat(1, count=2, seed=1)
            ),
            "legacy": numbers.map_with_legacy_function(lambda x: x + 1),
        }
        facts = {name: _elements(stack, part) for name, part in found.items()}
        facts["reduced"] = session.run(data.reduce_dataset(numbers, reducer))
        facts["single"] = session.run(data.get_single_element(numbers.skip(2)))
        facts["AUTOTUNE"] = data.AUTOTUNE
        facts["types"] = numbers.output_types.name
        facts["shapes"] = pairs.output_shapes["a"].as_list()
        return facts


def _examples(stack, path):
    tf = stack.tf
    filename = os.path.join(path, "examples")
    with tf.python_io.TFRecordWriter(filename) as writer:
        for i in range(5):
            integers = tf.train.Int64List(value=[i])
            feature = {"x": tf.train.Feature(int64_list=integers)}
            example = tf.train.Example(
                features=tf.train.Features(feature=feature)
            )
            writer.write(example.SerializeToString())
    return filename, {"x": tf.FixedLenFeature([], tf.int64)}


def scenario_files(stack, path):
    """CSV files and files of `tf.Example`s."""
    tf = stack.tf
    data = tf.contrib.data
    table = os.path.join(path, "table.csv")
    with open(table, "w") as file:
        file.write("x,y\n1,2.5\n3,4.5\n5,6.5\n")
    examples, features = _examples(stack, path)
    with tf.Graph().as_default():
        found = {
            "csv": data.make_csv_dataset(
                table, 2, label_name="y", shuffle=False, num_epochs=1
            ),
            "lines": data.CsvDataset(
                table, [tf.int32, tf.float32], header=True
            ),
            "features": data.make_batched_features_dataset(
                examples, 2, features, shuffle=False, num_epochs=1
            ),
            "parsed": tf.data.TFRecordDataset(examples)
            .batch(3)
            .apply(data.parse_example_dataset(features)),
        }
        return {name: _elements(stack, part) for name, part in found.items()}


def scenario_read_batch_features(stack, path):
    """Batches as tensors."""
    tf = stack.tf
    examples, features = _examples(stack, path)
    facts = {}
    for num_epochs in (1, 2, None):
        with tf.Graph().as_default(), tf.Session() as session:
            batch = tf.contrib.data.read_batch_features(
                examples,
                2,
                features,
                randomize_input=False,
                num_epochs=num_epochs,
            )
            found = []
            try:
                for _ in range(6):
                    found.append(session.run(batch)["x"])
            except tf.errors.OutOfRangeError:
                found.append("end")
            facts[str(num_epochs)] = found
    return facts


def scenario_errors(stack, path):
    """What is refused."""
    tf = stack.tf
    data = tf.contrib.data
    raised = {}
    with tf.Graph().as_default():
        try:
            data.sliding_window_batch(2, stride=1, window_shift=1)
        except ValueError:
            raised["window"] = "ValueError"
        try:
            tf.data.Dataset.from_tensors([1.0]).apply(
                data.assert_element_shape(tf.TensorShape([3]))
            )
        except ValueError:
            raised["known shape"] = "ValueError"
        dataset = tf.data.Dataset.range(1).map(lambda i: tf.fill([i], i))
        dataset = dataset.apply(data.assert_element_shape(tf.TensorShape([3])))
        try:
            _elements(stack, dataset)
        except tf.errors.InvalidArgumentError:
            raised["shape"] = "InvalidArgumentError"
    return raised
