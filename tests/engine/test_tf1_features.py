"""What TF1 code does in a model_fn, beyond layers and an optimizer."""

import os

import numpy as np
import pytest

import keras_estimator.compat.v1 as tf

X = np.linspace(-1, 1, 24).reshape(12, 2).astype(np.float32)
Y = (X[:, :1] - 2 * X[:, 1:]).astype(np.float32)


def input_fn():
    return tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).batch(4).repeat()


def eval_input_fn():
    return tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).batch(4)


def ones(shape):
    return tf.get_variable("w", shape, initializer=tf.ones_initializer())


def spec(mode, predictions, labels, train=None, **kwargs):
    """A regression's spec; `train` makes the train_op from the loss."""
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(
            mode, predictions={"y": predictions}, **kwargs
        )
    loss = tf.losses.mean_squared_error(labels, predictions)
    train_op = None
    if mode == tf.estimator.ModeKeys.TRAIN:
        train_op = (train or descend)(loss)
    return tf.estimator.EstimatorSpec(
        mode,
        predictions={"y": predictions},
        loss=loss,
        train_op=train_op,
        **kwargs,
    )


def descend(loss):
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    return optimizer.minimize(loss, global_step=tf.train.get_global_step())


def run(model_fn, model_dir, steps=3):
    estimator = tf.estimator.Estimator(model_fn, model_dir)
    estimator.train(input_fn, steps=steps)
    return estimator


def test_an_operation_that_nothing_fetches_never_runs(model_dir):
    def model_fn(features, labels, mode):
        w = ones([2, 1])
        ran = tf.get_variable("ran", [], initializer=tf.zeros_initializer())
        tf.assign_add(ran, 1.0, name="defined_only")
        tf.py_func(lambda: 1 / 0, [], tf.float64, name="would_raise")
        return spec(mode, features["x"] @ w, labels)

    assert run(model_fn, model_dir).get_variable_value("ran") == 0


def test_an_operation_that_train_op_needs_runs_each_step(model_dir):
    def model_fn(features, labels, mode):
        w = ones([2, 1])
        ran = tf.get_variable("ran", [], initializer=tf.zeros_initializer())
        count = tf.assign_add(ran, 1.0)
        train = lambda loss: tf.group(descend(loss), count)  # noqa: E731
        return spec(mode, features["x"] @ w, labels, train)

    assert run(model_fn, model_dir).get_variable_value("ran") == 3


def test_moving_averages_are_kept_and_evaluated(model_dir):
    def model_fn(features, labels, mode):
        w = ones([2, 1])
        average = tf.train.ExponentialMovingAverage(0.5)
        if mode != tf.estimator.ModeKeys.TRAIN:
            restore = average.variables_to_restore()
            scaffold = tf.train.Scaffold(saver=tf.train.Saver(restore))
            return spec(mode, features["x"] @ w, labels, scaffold=scaffold)

        def train(loss):
            with tf.control_dependencies([descend(loss)]):
                return average.apply([w])

        return spec(mode, features["x"] @ w, labels, train)

    estimator = run(model_fn, model_dir)
    average = estimator.get_variable_value("w/ExponentialMovingAverage")
    weight = estimator.get_variable_value("w")
    assert np.abs(average - weight).max() > 1e-3
    # What is evaluated is the average: its variable is restored into `w`.
    (predicted, *_) = estimator.predict(eval_input_fn)
    np.testing.assert_allclose(predicted["y"], X[0] @ average, rtol=1e-6)


def test_moving_averages_follow_the_recurrence(model_dir):
    values = []

    def model_fn(features, labels, mode):
        w = ones([2, 1])
        average = tf.train.ExponentialMovingAverage(0.5)

        def train(loss):
            with tf.control_dependencies([descend(loss)]):
                return average.apply([w])

        class Watch(tf.train.SessionRunHook):
            def after_run(self, context, run_values):
                values.append(context.session.run([w, average.average(w)]))

        return spec(
            mode, features["x"] @ w, labels, train, training_hooks=[Watch()]
        )

    run(model_fn, model_dir)
    expected = np.ones([2, 1])
    for weight, average in values:
        expected = 0.5 * expected + 0.5 * weight
        np.testing.assert_allclose(average, expected, rtol=1e-6)


def test_partitioned_variables_are_saved_as_slices_of_one(model_dir):
    def model_fn(features, labels, mode):
        with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(3)):
            table = tf.get_variable(
                "table", [10, 2], initializer=tf.ones_initializer()
            )
        rows = tf.nn.embedding_lookup(
            table, tf.cast(tf.abs(features["x"][:, 0]) * 9, tf.int64)
        )
        prediction = tf.reduce_sum(rows, 1, keepdims=True)
        optimizer = tf.train.AdagradOptimizer(0.1)
        train = lambda loss: optimizer.minimize(  # noqa: E731
            loss, tf.train.get_global_step()
        )
        return spec(mode, prediction, labels, train)

    estimator = run(model_fn, model_dir)
    assert "p/table" in estimator.get_variable_names()
    table = estimator.get_variable_value("p/table")
    assert table.shape == (10, 2)
    assert np.abs(table - 1).max() > 1e-3
    before = estimator.evaluate(eval_input_fn)
    again = tf.estimator.Estimator(model_fn, model_dir)
    assert again.evaluate(eval_input_fn) == before
    again.train(input_fn, steps=1)
    assert again.get_variable_value("global_step") == 4


def test_dynamic_rnn_trains(model_dir):
    def model_fn(features, labels, mode):
        sequence = tf.expand_dims(features["x"], -1)
        cell = tf.nn.rnn_cell.BasicLSTMCell(4)
        outputs, _ = tf.nn.dynamic_rnn(
            cell, sequence, sequence_length=[2, 1, 2, 2], dtype=tf.float32
        )
        prediction = tf.layers.dense(outputs[:, -1], 1)
        return spec(mode, prediction, labels)

    estimator = run(model_fn, model_dir)
    names = estimator.get_variable_names()
    assert "rnn/basic_lstm_cell/kernel" in names
    assert np.isfinite(estimator.evaluate(eval_input_fn)["loss"])


def test_dropout_in_loops_of_tf1s_own_kind_is_that_in_others(tmp_path):
    def model_fn(features, labels, mode):
        sequence = tf.expand_dims(features["x"], -1)
        uniform = tf.random_uniform_initializer(-0.5, 0.5)
        cell = tf.nn.rnn_cell.DropoutWrapper(
            tf.nn.rnn_cell.BasicRNNCell(4), output_keep_prob=0.5
        )
        with tf.variable_scope("rnn", initializer=uniform):
            outputs, _ = tf.nn.dynamic_rnn(cell, sequence, dtype=tf.float32)
        weights = tf.get_variable("out", [4, 1], initializer=uniform)
        return spec(mode, outputs[:, -1] @ weights, labels)

    def trained(name):
        config = tf.estimator.RunConfig(
            model_dir=str(tmp_path / name), tf_random_seed=5
        )
        estimator = tf.estimator.Estimator(model_fn, config=config)
        estimator.train(input_fn, steps=6)
        return estimator.get_variable_value("out")

    tf.disable_control_flow_v2()
    try:
        old, again = trained("old"), trained("again")
    finally:
        tf.enable_control_flow_v2()
    assert old.tolist() == again.tolist()
    np.testing.assert_allclose(trained("new"), old, rtol=1e-6)


def test_an_accumulator_starts_from_the_initialized_value(model_dir):
    def model_fn(features, labels, mode):
        w = tf.get_variable(
            "w", [2, 1], initializer=tf.random_uniform_initializer()
        )
        tf.Variable(w.initialized_value(), trainable=False, name="copy")
        tf.Variable(
            tf.zeros_like(w.initialized_value()), trainable=False, name="sum"
        )
        return spec(
            mode,
            features["x"] @ w,
            labels,
            lambda loss: tf.train.get_global_step().assign_add(1),
        )

    estimator = run(model_fn, model_dir)
    start = estimator.get_variable_value("w")
    assert np.array_equal(estimator.get_variable_value("copy"), start)
    assert not estimator.get_variable_value("sum").any()
    again = run(model_fn, model_dir)
    assert np.array_equal(again.get_variable_value("copy"), start)


def test_a_users_saver_deletes_old_checkpoints_of_earlier_runs(model_dir):
    def model_fn(features, labels, mode):
        prediction = features["x"] @ ones([2, 1])
        scaffold = tf.train.Scaffold(saver=tf.train.Saver(max_to_keep=2))
        return spec(mode, prediction, labels, scaffold=scaffold)

    def left():
        names = [n for n in os.listdir(model_dir) if n.endswith(".index")]
        return sorted(int(n[len("model.ckpt-") : -6]) for n in names)

    config = tf.estimator.RunConfig(model_dir, save_checkpoints_steps=5)
    for last, kept in ((13, [10, 13]), (18, [13, 18]), (25, [23, 25])):
        # Each is as a new process.
        estimator = tf.estimator.Estimator(model_fn, config=config)
        estimator.train(input_fn, max_steps=last)
        assert left() == kept


def test_a_hook_may_initialize_the_iterator_of_input_fn(model_dir):
    class Initialize(tf.train.SessionRunHook):
        def after_create_session(self, session, coord):
            assert session.run(self.iterator.initializer) is None
            assert session.run({"i": self.iterator.initializer}) == {"i": None}

    hook = Initialize()

    def initialized():
        hook.iterator = tf.data.make_initializable_iterator(input_fn())
        return hook.iterator.get_next()

    def model_fn(features, labels, mode):
        return spec(mode, features["x"] @ ones([2, 1]), labels)

    estimator = tf.estimator.Estimator(model_fn, model_dir)
    estimator.train(initialized, steps=3, hooks=[hook])
    assert estimator.evaluate(initialized, steps=3, hooks=[hook])["loss"] > 0


def test_cond_and_while_loop_have_gradients(model_dir):
    def model_fn(features, labels, mode):
        w = ones([2, 1])
        doubled = tf.cond(
            tf.reduce_sum(features["x"]) > 0, lambda: w * 2.0, lambda: w
        )
        _, scaled = tf.while_loop(
            lambda i, _: i < 3,
            lambda i, value: (i + 1, value * 0.9),
            [tf.constant(0), doubled],
        )
        return spec(mode, features["x"] @ scaled, labels)

    estimator = run(model_fn, model_dir)
    assert np.abs(estimator.get_variable_value("w") - 1).max() > 1e-3


def test_py_func_sees_the_values_of_each_step(model_dir):
    seen = []

    def note(value):
        seen.append(float(value))
        return value

    def model_fn(features, labels, mode):
        w = ones([2, 1])
        prediction = features["x"] @ w
        noted = tf.py_func(note, [tf.reduce_sum(features["x"])], tf.float32)
        with tf.control_dependencies([noted]):
            prediction = tf.identity(prediction)
        return spec(mode, prediction, labels)

    run(model_fn, model_dir)
    batches = [X[i : i + 4].sum() for i in (0, 4, 8)]
    np.testing.assert_allclose(seen, batches, rtol=1e-5, atol=1e-6)


@pytest.fixture
def vocabulary(tmp_path):
    path = tmp_path / "vocabulary.txt"
    path.write_text("ant\nbee\ncat\n")
    return str(path)


def lines_of(path):
    return tf.lookup.TextFileInitializer(
        path,
        tf.string,
        tf.lookup.TextFileIndex.WHOLE_LINE,
        tf.int64,
        tf.lookup.TextFileIndex.LINE_NUMBER,
    )


def test_lookup_tables_work_in_every_mode(model_dir, vocabulary):
    words = np.array(["bee", "cat", "dog", "ant"])

    def words_input_fn():
        data = tf.data.Dataset.from_tensor_slices(({"word": words}, Y[:4]))
        return data.batch(4)

    def model_fn(features, labels, mode):
        table = tf.lookup.StaticVocabularyTable(
            lines_of(vocabulary), num_oov_buckets=1
        )
        ids = table.lookup(features["word"])
        weights = tf.get_variable("w", [4, 1])
        made = spec(mode, tf.gather(weights, ids), labels)
        made.predictions["id"] = ids
        return made

    estimator = tf.estimator.Estimator(model_fn, model_dir)
    estimator.train(words_input_fn, steps=1)
    assert np.isfinite(estimator.evaluate(words_input_fn)["loss"])
    predictions = list(estimator.predict(words_input_fn))
    assert [p["id"] for p in predictions] == [1, 2, 3, 0]


def test_a_changed_vocabulary_file_is_read_again(model_dir, vocabulary):
    def words_input_fn():
        return tf.data.Dataset.from_tensors({"word": ["dog", "cat"]})

    def model_fn(features, labels, mode):
        table = tf.lookup.StaticHashTable(lines_of(vocabulary), -1)
        ids = table.lookup(features["word"])
        return tf.estimator.EstimatorSpec(mode, predictions={"id": ids})

    estimator = tf.estimator.Estimator(model_fn, model_dir)
    ids = [p["id"] for p in estimator.predict(words_input_fn)]
    assert ids == [-1, 2]
    with open(vocabulary, "w") as file:
        file.write("dog\ncat\n")
    ids = [p["id"] for p in estimator.predict(words_input_fn)]
    assert ids == [0, 1]


def test_init_from_checkpoint_gives_initial_values(model_dir, tmp_path):
    def model_fn(features, labels, mode):
        return spec(mode, features["x"] @ ones([2, 1]), labels)

    first = run(model_fn, str(tmp_path / "first"))
    trained = first.get_variable_value("w")
    checkpoint = first.latest_checkpoint()

    def starting_there(features, labels, mode):
        w = ones([2, 1])
        tf.train.init_from_checkpoint(checkpoint, {"w": w})
        return spec(mode, features["x"] @ w, labels)

    second = tf.estimator.Estimator(starting_there, model_dir)
    seen = []

    class Listener(tf.train.CheckpointSaverListener):
        def after_save(self, session, step):
            seen.append(session.run("w"))

    second.train(input_fn, steps=1, saving_listeners=[Listener()])
    np.testing.assert_array_equal(seen[0], trained)
    assert not np.array_equal(seen[1], trained)
    # A checkpoint of its own counts more.
    second.train(input_fn, steps=1, saving_listeners=[Listener()])
    np.testing.assert_array_equal(seen[2], seen[1])


def test_a_saver_in_model_fn_saves_and_restores(model_dir, tmp_path):
    prefix = str(tmp_path / "mine" / "copy")
    os.makedirs(os.path.dirname(prefix))

    def model_fn(features, labels, mode):
        w = ones([2, 1])
        saver = tf.train.Saver([w])

        class Keep(tf.train.SessionRunHook):
            def end(self, session):
                saver.save(session, prefix, global_step=7)

        return spec(mode, features["x"] @ w, labels, training_hooks=[Keep()])

    estimator = run(model_fn, model_dir)
    saved = tf.train.load_variable(f"{prefix}-7", "w")
    np.testing.assert_array_equal(saved, estimator.get_variable_value("w"))
    assert os.path.exists(f"{prefix}-7.meta")

    def restored(features, labels, mode):
        w = ones([2, 1])
        saver = tf.train.Saver([w])
        scaffold = tf.train.Scaffold(
            init_fn=lambda scaffold, session: saver.restore(
                session, f"{prefix}-7"
            )
        )
        return spec(mode, features["x"] @ w, labels, scaffold=scaffold)

    other = tf.estimator.Estimator(restored, str(tmp_path / "other"))
    (predicted, *_) = other.predict(eval_input_fn)
    np.testing.assert_allclose(predicted["y"], X[0] @ saved, rtol=1e-6)


def test_reuse_makes_one_variable_of_two(model_dir):
    def model_fn(features, labels, mode):
        def tower(x):
            with tf.variable_scope("tower", reuse=tf.AUTO_REUSE):
                return x @ ones([2, 1])

        return spec(mode, tower(features["x"]) + tower(features["x"]), labels)

    names = run(model_fn, model_dir).get_variable_names()
    assert names == ["global_step", "tower/w"]


def test_update_ops_move_batch_statistics(model_dir):
    def model_fn(features, labels, mode):
        training = mode == tf.estimator.ModeKeys.TRAIN
        net = tf.layers.batch_normalization(
            features["x"], training=training, momentum=0.5
        )

        def train(loss):
            updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
            with tf.control_dependencies(updates):
                return descend(loss)

        return spec(mode, tf.layers.dense(net, 1), labels, train)

    estimator = run(model_fn, model_dir)
    mean = np.zeros(2)
    for i in (0, 4, 8):
        mean = 0.5 * mean + 0.5 * X[i : i + 4].mean(0)
    np.testing.assert_allclose(
        estimator.get_variable_value("batch_normalization/moving_mean"),
        mean,
        rtol=1e-5,
    )


def test_update_ops_that_are_not_fetched_do_not_run(model_dir):
    def model_fn(features, labels, mode):
        net = tf.layers.batch_normalization(features["x"], training=True)
        return spec(mode, tf.layers.dense(net, 1), labels)

    mean = run(model_fn, model_dir).get_variable_value(
        "batch_normalization/moving_mean"
    )
    np.testing.assert_array_equal(mean, [0, 0])


def test_slots_and_beta_powers_have_their_tf1_names(model_dir):
    def model_fn(features, labels, mode):
        optimizer = tf.train.AdamOptimizer(0.1)
        train = lambda loss: optimizer.minimize(  # noqa: E731
            loss, tf.train.get_global_step()
        )
        return spec(mode, tf.layers.dense(features["x"], 1), labels, train)

    assert run(model_fn, model_dir).get_variable_names() == [
        "beta1_power",
        "beta2_power",
        "dense/bias",
        "dense/bias/Adam",
        "dense/bias/Adam_1",
        "dense/kernel",
        "dense/kernel/Adam",
        "dense/kernel/Adam_1",
        "global_step",
    ]


def test_two_variables_of_one_name_are_two(model_dir):
    def model_fn(features, labels, mode):
        a = tf.Variable(tf.ones([2, 1]), name="w")
        b = tf.Variable(tf.zeros([2, 1]), name="w")
        return spec(mode, features["x"] @ (a + b), labels)

    names = run(model_fn, model_dir).get_variable_names()
    assert names == ["global_step", "w", "w_1"]


def test_sparse_gradients_of_lookups_stay_sparse(model_dir):
    kinds = []

    def model_fn(features, labels, mode):
        table = tf.get_variable(
            "table", [100, 1], initializer=tf.ones_initializer()
        )
        ids = tf.cast(tf.abs(features["x"][:, 0]) * 9, tf.int64)

        def train(loss):
            optimizer = tf.train.AdagradOptimizer(0.5)
            pairs = optimizer.compute_gradients(loss)
            kinds.extend(type(gradient).__name__ for gradient, _ in pairs)
            return optimizer.apply_gradients(pairs, tf.train.get_global_step())

        return spec(mode, tf.nn.embedding_lookup(table, ids), labels, train)

    estimator = run(model_fn, model_dir)
    assert kinds == ["IndexedSlices"]
    table = estimator.get_variable_value("table")
    used = sorted({int(abs(value) * 9) for value in X[:, 0]})
    np.testing.assert_array_equal(np.delete(table, used, 0), 1)
    assert (table[used] != 1).all()


def test_learning_rate_decay_follows_the_global_step(model_dir):
    rates = []

    def model_fn(features, labels, mode):
        w = ones([2, 1])
        rate = tf.train.exponential_decay(
            1.0, tf.train.get_global_step(), 1, 0.5, name="rate"
        )

        def train(loss):
            return tf.train.GradientDescentOptimizer(rate * 0.1).minimize(
                loss, tf.train.get_global_step()
            )

        class Rates(tf.train.SessionRunHook):
            def before_run(self, context):
                return tf.train.SessionRunArgs("rate:0")

            def after_run(self, context, values):
                rates.append(float(values.results))

        return spec(
            mode, features["x"] @ w, labels, train, training_hooks=[Rates()]
        )

    run(model_fn, model_dir)
    run(model_fn, model_dir, steps=2)
    assert rates == [1.0, 0.5, 0.25, 0.125, 0.0625]


def test_an_optimizer_of_the_users_own_trains(model_dir):
    class Halving(tf.train.Optimizer):
        def __init__(self):
            super().__init__(use_locking=False, name="Halving")

        def apply_gradients(self, pairs, global_step=None, name=None):
            updates = [v.assign(v * 0.5) for _, v in pairs]
            with tf.control_dependencies(updates):
                return tf.assign_add(global_step, 1)

    def model_fn(features, labels, mode):
        train = lambda loss: Halving().minimize(  # noqa: E731
            loss, tf.train.get_global_step()
        )
        return spec(mode, features["x"] @ ones([2, 1]), labels, train)

    weight = run(model_fn, model_dir).get_variable_value("w")
    np.testing.assert_array_equal(weight, np.full([2, 1], 0.125))


def test_gradients_clipped_by_hand(model_dir):
    norms = []

    def model_fn(features, labels, mode):
        w = ones([2, 1])

        def train(loss):
            optimizer = tf.train.GradientDescentOptimizer(1.0)
            gradients, variables = zip(
                *optimizer.compute_gradients(loss), strict=True
            )
            clipped, _ = tf.clip_by_global_norm(gradients, 0.01)
            return optimizer.apply_gradients(
                zip(clipped, variables, strict=True),
                tf.train.get_global_step(),
            )

        class Norms(tf.train.SessionRunHook):
            def after_run(self, context, values):
                norms.append(context.session.run(w))

        return spec(
            mode, features["x"] @ w, labels, train, training_hooks=[Norms()]
        )

    run(model_fn, model_dir)
    moves = np.diff([np.ones([2, 1]), *norms], axis=0)
    lengths = [np.linalg.norm(move) for move in moves]
    np.testing.assert_allclose(lengths, 0.01, rtol=1e-4)


def test_feature_columns_make_tf1_names(model_dir):
    fc = tf.feature_column
    x = fc.numeric_column("x", shape=[2])
    column = fc.embedding_column(
        fc.categorical_column_with_identity("id", 5), 3
    )

    def columns_input_fn():
        features = {"x": X, "id": np.arange(12) % 5}
        data = tf.data.Dataset.from_tensor_slices((features, Y))
        return data.batch(4).repeat()

    def model_fn(features, labels, mode):
        net = fc.input_layer(features, [x, column])
        return spec(mode, tf.layers.dense(net, 1), labels)

    estimator = tf.estimator.Estimator(model_fn, model_dir)
    estimator.train(columns_input_fn, steps=2)
    assert estimator.get_variable_names() == [
        "dense/bias",
        "dense/kernel",
        "global_step",
        "input_layer/id_embedding/embedding_weights",
    ]


def test_the_notes_reset_recipe_clears_train_metrics(model_dir):
    """`tf.metrics` in TRAIN, set to zero every so many steps."""
    seen = []

    def model_fn(features, labels, mode):
        w = ones([2, 1])
        prediction = features["x"] @ w
        with tf.variable_scope("train_metrics_scope"):
            mean = tf.metrics.mean(tf.ones([1]))
            global_step = tf.train.get_global_step()
            is_reset = tf.equal(global_step % 4, 0)
            reset = tf.cond(
                is_reset,
                lambda: tf.group(
                    [
                        tf.assign(ref, tf.zeros_like(ref))
                        for ref in tf.local_variables()
                        if "train_metrics_scope" in ref.op.name
                    ]
                ),
                lambda: tf.no_op(),
            )

        def train(loss):
            with tf.control_dependencies([descend(loss), mean[1]]):
                return tf.group(reset)

        class Count(tf.train.SessionRunHook):
            def after_run(self, context, values):
                seen.append(
                    float(
                        context.session.run(
                            "train_metrics_scope/mean/count/"
                            "Read/ReadVariableOp:0"
                        )
                    )
                )

        return spec(mode, prediction, labels, train, training_hooks=[Count()])

    run(model_fn, model_dir, steps=4)
    assert max(seen) >= 2
    assert min(seen) <= 1


def test_queue_like_resources_do_not_leak_between_estimators(tmp_path):
    def model_fn(features, labels, mode):
        table = tf.lookup.experimental.MutableHashTable(tf.int64, tf.int64, -1)
        insert = table.insert(
            tf.constant(1, tf.int64), tf.constant(5, tf.int64)
        )
        size = table.size()

        def train(loss):
            with tf.control_dependencies([insert]):
                return descend(loss)

        made = spec(mode, features["x"] @ ones([2, 1]), labels, train)
        if mode == tf.estimator.ModeKeys.PREDICT:
            made.predictions["size"] = tf.fill([4], size)
        return made

    first = run(model_fn, str(tmp_path / "a"))
    assert first is not None
    second = tf.estimator.Estimator(model_fn, str(tmp_path / "b"))
    (predicted, *_) = second.predict(eval_input_fn)
    assert predicted["size"] == 0
