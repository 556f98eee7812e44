"""Updates that Keras code makes run once a step, in program order."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke

v1 = tf.compat.v1
STEPS = 5
X = np.random.default_rng(0).normal(2.0, 3.0, [STEPS, 8, 4]).astype(np.float32)


def input_fn():
    return tf.data.Dataset.from_tensor_slices({"x": X})


def keras_optimizer(loss):
    del loss
    return keras.optimizers.SGD(0.1)


def tf1_optimizer(loss):
    optimizer = v1.train.GradientDescentOptimizer(0.1)
    return optimizer.minimize(loss, v1.train.get_global_step())


both = pytest.mark.parametrize("optimize", [keras_optimizer, tf1_optimizer])


def spec(mode, loss, optimize, **fields):
    return ke.EstimatorSpec(
        mode,
        predictions=tf.reshape(loss, [1]),
        loss=loss,
        train_op=optimize(loss),
        **fields,
    )


class Values(ke.SessionRunHook):
    """Notes what variables are after each step."""

    def __init__(self, *names):
        self.names = names
        self.seen = {name: [] for name in names}

    def after_run(self, run_context, run_values):
        graph = run_context.session.graph
        found = {v.op.name: v for v in graph.get_collection("variables")}
        for name in self.names:
            value = run_context.session.run(found[name])
            self.seen[name].append(value)


def train(model_fn, model_dir, *names):
    """Trains over all batches; returns the values after each step."""
    hook = Values(*names)
    estimator = ke.Estimator(
        model_fn, config=ke.RunConfig(model_dir=model_dir, tf_random_seed=1)
    )
    estimator.train(input_fn, hooks=[hook])
    return estimator, hook.seen


# Batch normalization ----------------------------------------------------------


def normalizing(optimize):
    def model_fn(features, mode):
        x = keras.layers.BatchNormalization(momentum=0.9)(
            features["x"], training=mode == ke.ModeKeys.TRAIN
        )
        x = keras.layers.Dense(1, kernel_initializer="ones")(x)
        return spec(mode, tf.reduce_mean(tf.square(x - 1)), optimize)

    return model_fn


def moving_means(values, momentum=0.9):
    """The moving mean after each batch, as its definition has it."""
    mean, found = np.zeros(values.shape[-1]), []
    for batch in values:
        mean = momentum * mean + (1 - momentum) * batch.mean(0)
        found.append(mean)
    return found


@both
def test_moving_statistics_advance_once_a_step(optimize, model_dir):
    names = [f"batch_normalization/moving_{x}" for x in ("mean", "variance")]
    _, seen = train(normalizing(optimize), model_dir, *names)
    np.testing.assert_allclose(seen[names[0]], moving_means(X), rtol=1e-5)
    variance = 1.0
    for batch, value in zip(X, seen[names[1]], strict=True):
        variance = 0.9 * variance + 0.1 * batch.var(0)
        np.testing.assert_allclose(value, variance, rtol=1e-5)


@both
def test_moving_statistics_stay_in_evaluate_and_predict(optimize, model_dir):
    estimator, _ = train(normalizing(optimize), model_dir)
    name = "batch_normalization/moving_mean"
    before = estimator.get_variable_value(name)
    evaluation = estimator.evaluate(input_fn)
    list(estimator.predict(input_fn))
    assert estimator.evaluate(input_fn) == evaluation
    estimator.train(input_fn, steps=1)
    after = 0.9 * before + 0.1 * X[0].mean(0)
    np.testing.assert_allclose(
        estimator.get_variable_value(name), after, rtol=1e-5
    )


def test_a_layer_that_is_called_twice_is_updated_twice_in_order(model_dir):
    def model_fn(features, mode):
        layer = keras.layers.BatchNormalization(momentum=0.5)
        layer(features["x"], training=True)
        x = layer(2.0 * features["x"], training=True)
        return spec(mode, tf.reduce_mean(x), tf1_optimizer)

    name = "batch_normalization/moving_mean"
    _, seen = train(model_fn, model_dir, name)
    twice = np.stack([X, 2 * X], 1).reshape(2 * STEPS, 8, 4)
    expected = moving_means(twice, 0.5)[1::2]
    np.testing.assert_allclose(seen[name], expected, rtol=1e-5)


@both
def test_a_frozen_layers_statistics_stay(optimize, model_dir):
    def model_fn(features, mode):
        layer = keras.layers.BatchNormalization()
        layer.trainable = False
        x = layer(features["x"], training=True)
        x = keras.layers.Dense(1)(x)
        return spec(mode, tf.reduce_mean(tf.square(x)), optimize)

    name = "batch_normalization/moving_mean"
    _, seen = train(model_fn, model_dir, name)
    assert not np.any(seen[name])


# Seeds ------------------------------------------------------------------------


def dropping(optimize):
    def model_fn(features, mode):
        ones = keras.ops.ones_like(features["x"])
        mask = keras.layers.Dropout(0.5, seed=7)(ones, training=True)
        w = keras.Variable(1.0, name="w")
        kept = keras.Variable(
            keras.ops.zeros([8, 4]), trainable=False, name="kept"
        )
        kept.assign(mask)
        return spec(mode, tf.reduce_mean(w * mask), optimize)

    return model_fn


@both
def test_dropout_draws_the_masks_that_keras_draws(optimize, model_dir):
    _, seen = train(dropping(optimize), model_dir, "kept")
    layer = keras.layers.Dropout(0.5, seed=7)
    masks = [layer(np.ones([8, 4]), training=True) for _ in range(STEPS)]
    assert np.array_equal(seen["kept"], np.stack(masks))
    assert len({mask.tobytes() for mask in seen["kept"]}) == STEPS


@both
def test_a_seed_advances_once_a_step_and_goes_on_in_the_next_call(
    optimize, model_dir
):
    name = "seed_generator/seed_generator_state"
    estimator, seen = train(dropping(optimize), model_dir, name)
    counts = [int(value[1]) for value in seen[name]]
    each = counts[0]
    assert each > 0
    assert counts == [each * (step + 1) for step in range(STEPS)]
    estimator.train(input_fn, steps=2)
    assert estimator.get_variable_value(name)[1] == each * (STEPS + 2)


def test_a_layer_without_a_seed_of_its_own_draws_anew_each_step(model_dir):
    def model_fn(features, mode):
        ones = keras.ops.ones_like(features["x"])
        mask = keras.layers.Dropout(0.5)(ones, training=True)
        noise = keras.random.normal([4])
        kept = keras.Variable(keras.ops.zeros([4]), name="kept")
        kept.assign(mask[0] + noise)
        return spec(mode, tf.reduce_mean(mask), lambda _: _count())

    _, seen = train(model_fn, model_dir, "kept")
    assert len({value.tobytes() for value in seen["kept"]}) == STEPS


def _count():
    return v1.train.get_global_step().assign_add(1)


# Variables of users' layers ---------------------------------------------------


class Counting(keras.layers.Layer):
    """Counts its calls, and tells the count."""

    def build(self, input_shape):
        self.calls = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="calls"
        )

    def call(self, inputs):
        before = self.calls + 0.0
        self.calls.assign_add(1.0)
        return inputs + 10.0 * before + self.calls


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_reads_see_what_was_assigned_before_them_and_nothing_later(
    mode, model_dir
):
    def model_fn(features, mode):
        layer = Counting()
        zero = tf.zeros([])
        first, second = layer(zero), layer(zero)
        return spec(
            mode,
            tf.reduce_mean(features["x"]),
            lambda _: _count(),
            eval_metric_ops={
                "first": v1.metrics.mean(first),
                "second": v1.metrics.mean(second),
                "calls": (layer.calls.value, tf.no_op()),
            },
        )

    estimator = ke.Estimator(model_fn, model_dir)
    if mode == "eval":
        found = estimator.evaluate(input_fn, steps=3)
        # Calls 0 to 5: the first of a step is even, the second is odd.
        assert found["first"] == pytest.approx(np.mean([1, 23, 45]))
        assert found["second"] == pytest.approx(np.mean([12, 34, 56]))
        assert found["calls"] == 6
    else:
        estimator.train(input_fn, steps=3)
        assert estimator.get_variable_value("counting/calls") == 6


def test_an_assign_of_tf1_code_that_nothing_fetches_never_runs(model_dir):
    def model_fn(features, mode):
        layer = keras.layers.Dense(1, kernel_initializer="ones")
        x = layer(features["x"])
        v1.assign(layer.kernel.value, tf.zeros([4, 1]))
        return spec(mode, tf.reduce_mean(x), lambda _: _count())

    estimator, _ = train(model_fn, model_dir)
    assert np.all(estimator.get_variable_value("dense/kernel") == 1)


def test_weights_that_are_set_in_model_fn_are_initial_values(model_dir):
    def model_fn(features, mode):
        layer = keras.layers.Dense(1)
        layer.build([None, 4])
        layer.set_weights([np.full([4, 1], 5.0), np.zeros([1])])
        loss = tf.reduce_mean(layer(features["x"]))
        return spec(mode, loss, keras_optimizer)

    estimator, seen = train(model_fn, model_dir, "dense/kernel")
    # The gradient of the mean is the mean of the features.
    expected, kernels = np.full([4, 1], 5.0), []
    for batch in X:
        expected = expected - 0.1 * batch.mean(0)[:, None]
        kernels.append(expected)
    np.testing.assert_allclose(seen["dense/kernel"], kernels, rtol=1e-5)
    before = estimator.get_variable_value("dense/kernel")
    estimator.evaluate(input_fn)
    assert np.array_equal(estimator.get_variable_value("dense/kernel"), before)


def test_a_tf1_optimizer_does_not_train_in_evaluate(model_dir):
    estimator, _ = train(normalizing(tf1_optimizer), model_dir)
    before = estimator.evaluate(input_fn, steps=1)["loss"]
    # The train_op is there in EVAL mode, too; nobody fetches it.
    assert estimator.evaluate(input_fn, steps=1)["loss"] == before


def test_metrics_that_train_mode_updates_start_anew_in_each_call(model_dir):
    seen = []

    def model_fn(features, mode):
        count = keras.metrics.Sum(name="count")
        count.update_state(1.0)
        v1.add_to_collection("count", tf.identity(count.result()))
        return spec(mode, tf.reduce_mean(features["x"]), lambda _: _count())

    class Count(ke.SessionRunHook):
        def before_run(self, run_context):
            graph = run_context.session.graph
            return ke.SessionRunArgs(graph.get_collection("count")[0])

        def after_run(self, run_context, run_values):
            seen.append(float(run_values.results))

    estimator = ke.Estimator(model_fn, model_dir)
    estimator.train(input_fn, hooks=[Count()], steps=3)
    estimator.train(input_fn, hooks=[Count()], steps=2)
    assert seen == [1, 2, 3, 1, 2]
    assert "count/total" not in estimator.get_variable_names()


def test_the_result_of_a_metric_is_no_value_to_return(model_dir):
    def model_fn(features, mode):
        mean = keras.metrics.Mean()
        mean.update_state(features["x"])
        metrics = {"m": (mean.result(), mean.result())}
        return spec(
            mode,
            tf.reduce_mean(features["x"]),
            lambda _: _count(),
            eval_metric_ops=metrics,
        )

    estimator = ke.Estimator(model_fn, model_dir)
    estimator.train(input_fn, steps=1)
    with pytest.raises(ke.errors.ModelFnError, match=r"`eval_metric_ops=\{'m'"):
        estimator.evaluate(input_fn)


# Comparisons ------------------------------------------------------------------


class Equal(keras.metrics.Metric):
    """The share of labels that are 1."""

    def __init__(self):
        super().__init__(name="equal")
        self.mean = keras.metrics.Mean()

    def update_state(self, values):
        self.mean.update_state(keras.ops.cast(_is_one(values), "float32"))

    def result(self):
        return self.mean.result()


def _is_one(values):
    return values == 1


class Masking(keras.layers.Layer):
    """Puts 7 in the place of zeros."""

    def call(self, inputs):
        return keras.ops.where(inputs != 0, inputs, 7.0)


def test_users_layers_and_metrics_compare_values(model_dir):
    rows = np.array([[0.0, 1.0, 2.0, 1.0]], np.float32)

    def model_fn(features, mode):
        equal = Equal()
        equal.update_state(features["x"])
        masked = Masking()(features["x"])
        v1.add_to_collection("identity", features["x"] == 1)
        return spec(
            mode,
            tf.reduce_sum(masked),
            lambda _: _count(),
            eval_metric_ops={"equal": equal},
        )

    estimator = ke.Estimator(model_fn, model_dir)
    found = estimator.evaluate(
        lambda: tf.data.Dataset.from_tensors({"x": rows})
    )
    assert found["equal"] == 0.5
    assert found["loss"] == 11.0
    graph = estimator.model.runtime.programs.latest("eval").graph
    assert graph.get_collection("identity") == [False], "TF1's comparison"
