"""What the feature columns of `tf.contrib.layers` of 1.15 do."""

import numpy as np


def _features(tf):
    places = [[0, 0], [1, 0], [1, 1]]
    return {
        "age": tf.constant([[18.0], [40.0], [65.0]]),
        "two": tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        "job": tf.SparseTensor(places, ["a", "b", "c"], [3, 2]),
        "weight": tf.SparseTensor(places, [0.5, 2.0, 1.0], [3, 2]),
        "school": tf.constant([["x"], ["y"], ["zz"]]),
        "number": tf.constant([[1], [2], [0]], tf.int64),
    }


def _columns(layers):
    job = layers.sparse_column_with_hash_bucket("job", 5)
    school = layers.sparse_column_with_keys("school", ["x", "y"])
    hashed = layers.sparse_column_with_hash_bucket("school", 5)
    age = layers.real_valued_column("age")
    return {
        "age": age,
        "two": layers.real_valued_column("two", dimension=2),
        "scaled": layers.real_valued_column(
            "age", normalizer=lambda values: values / 10.0
        ),
        "job": job,
        "school": school,
        "number": layers.sparse_column_with_integerized_feature("number", 4),
        "weighted": layers.weighted_sparse_column(job, "weight"),
        "buckets": layers.bucketized_column(age, [30, 50]),
        "pairs": layers.bucketized_column(
            layers.real_valued_column("two", dimension=2), [2.5, 4.5]
        ),
        "crossed": layers.crossed_column([job, hashed], 7, hash_key=11),
        "crossed intervals": layers.crossed_column(
            [school, layers.bucketized_column(age, [30, 50])],
            7,
            hash_key=layers.SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY,
        ),
    }


def _observed(stack, build):
    """Returns what a function of (layers, columns, features) makes."""
    tf = stack.tf
    layers = tf.contrib.layers
    with tf.Graph().as_default(), tf.Session() as session:
        outputs = build(layers, _columns(layers), _features(tf))
        variables = tf.global_variables()
        session.run(
            [tf.global_variables_initializer(), tf.tables_initializer()]
        )
        for variable in variables:
            shape = variable.shape.as_list()
            values = 0.1 * (1 + np.arange(np.prod(shape)))
            session.run(variable.assign(values.reshape(shape)))
        return {
            "outputs": session.run(outputs),
            "variables": [[v.name, v.shape.as_list()] for v in variables],
            "trainable": [v.name for v in tf.trainable_variables()],
            "model": [
                v.name for v in tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)
            ],
            "mine": [v.name for v in tf.get_collection("mine")],
        }


def scenario_input_layers(stack, path):
    def layer(choose, **arguments):
        return _observed(
            stack,
            lambda layers, columns, features: layers.input_from_feature_columns(
                features, choose(layers, columns), **arguments
            ),
        )

    return {
        "several": layer(
            lambda ly, c: [
                c["age"],
                ly.embedding_column(c["job"], 2),
                ly.one_hot_column(c["school"]),
                c["two"],
            ]
        ),
        "named": layer(
            lambda ly, c: [
                ly.embedding_column(c["job"], 2, combiner="sum"),
                c["buckets"],
            ],
            scope="inputs",
            weight_collections=["mine"],
        ),
        "scaled": layer(lambda ly, c: [c["scaled"]]),
        "pairs": layer(lambda ly, c: [c["pairs"]]),
        "integers": layer(
            lambda ly, c: [ly.embedding_column(c["number"], 2, trainable=False)]
        ),
        "weighted": layer(
            lambda ly, c: [ly.embedding_column(c["weighted"], 2)]
        ),
        "clipped": layer(
            lambda ly, c: [
                ly.embedding_column(c["job"], 2, combiner="sqrtn", max_norm=0.3)
            ]
        ),
        "counted": layer(lambda ly, c: [ly.one_hot_column(c["job"])]),
        "shared": layer(
            lambda ly, c: ly.shared_embedding_columns(
                [c["job"], ly.sparse_column_with_hash_bucket("school", 5)], 2
            )
        ),
        "crossed": layer(lambda ly, c: [ly.embedding_column(c["crossed"], 2)]),
        "crossed intervals": layer(
            lambda ly, c: [ly.embedding_column(c["crossed intervals"], 2)]
        ),
    }


def scenario_linear_models(stack, path):
    def model(names, num_outputs):
        return _observed(
            stack,
            lambda layers, columns, features: (
                layers.weighted_sum_from_feature_columns(
                    features, [columns[name] for name in names], num_outputs
                )[0]
            ),
        )

    return {
        "several": model(["age", "job", "school", "crossed", "buckets"], 1),
        "outputs": model(["two", "weighted", "number"], 2),
    }


def scenario_specs(stack, path):
    tf = stack.tf
    layers = tf.contrib.layers
    columns = _columns(layers)
    names = {case: column.name for case, column in columns.items()}
    names["embedding"] = layers.embedding_column(columns["job"], 2).name
    names["one hot"] = layers.one_hot_column(columns["weighted"]).name
    spec = layers.create_feature_spec_for_parsing(
        list(columns.values())
        + [
            layers.real_valued_column("more", 2, default_value=[0.0, 1.0]),
            layers.embedding_column(
                layers.sparse_column_with_hash_bucket("other", 3), 2
            ),
        ]
    )
    return {
        "names": names,
        "specs": {name: str(spec[name]) for name in sorted(spec)},
    }


def scenario_refused_columns(stack, path):
    layers = stack.tf.contrib.layers
    age = layers.real_valued_column("age")
    job = layers.sparse_column_with_hash_bucket("job", 5)
    cases = {
        "dimension": lambda: layers.real_valued_column("age", 0),
        "no dimension": lambda: layers.real_valued_column("age", "1"),
        "buckets": lambda: layers.sparse_column_with_hash_bucket("job", 0),
        "no vocabulary size": lambda: layers.sparse_column_with_vocabulary_file(
            "job", "words.txt"
        ),
        "boundaries": lambda: layers.bucketized_column(age, [2.0, 1.0]),
        "no numbers": lambda: layers.bucketized_column(job, [1.0]),
        "twice": lambda: layers.check_feature_columns([age, age]),
        "sparse": lambda: layers.input_from_feature_columns(
            _features(stack.tf), [job]
        ),
    }
    facts = {}
    for case, function in cases.items():
        with stack.tf.Graph().as_default():
            try:
                function()
            except (TypeError, ValueError):
                facts[case] = True
            else:
                facts[case] = False
    return facts
