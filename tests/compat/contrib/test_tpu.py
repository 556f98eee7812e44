"""`tf.contrib.tpu` and `tf.tpu`: what runs without a TPU."""

import numpy as np
import pytest
import tensorflow as tf2

import keras_estimator as ke
import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

tpu = tf.contrib.tpu


def trained(make):
    """Returns the names and values of variables after two steps."""
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        step = tf.train.get_or_create_global_step()
        optimizer = make(tf.train.AdamOptimizer(0.1))
        train_op = optimizer.minimize(tf.reduce_sum(w**2), step)
        session.run(tf.global_variables_initializer())
        session.run(train_op)
        session.run(train_op)
        assert session.run(step) == 2
        if len(optimizer.variables()) > 1:
            assert optimizer.get_slot(w, "m").op.name == "w/Adam"
            assert optimizer.get_slot_names() == ["m", "v"]
        variables = tf.global_variables()
        return [v.op.name for v in variables], session.run(variables)


@pytest.mark.parametrize(
    "make",
    [
        tpu.CrossShardOptimizer,
        lambda adam: tf.tpu.CrossShardOptimizer(
            adam, reduction=tf.losses.Reduction.SUM
        ),
        lambda adam: tf.contrib.estimator.TowerOptimizer(adam),
        lambda adam: tf.contrib.estimator.TowerOptimizer(lambda: adam),
        lambda adam: tf.contrib.estimator.clip_gradients_by_norm(adam, 1e6),
    ],
    ids=["mean", "sum", "tower", "tower of function", "clipped"],
)
def test_wrapped_optimizers_do_what_the_other_one_does(make):
    names, values = trained(make)
    expected_names, expected = trained(lambda adam: adam)
    assert names == expected_names
    for found, value in zip(values, expected, strict=True):
        np.testing.assert_allclose(found, value, rtol=1e-6)


def test_wrong_arguments_of_cross_shard_optimizer_are_refused():
    assert tf.tpu.CrossShardOptimizer is tpu.CrossShardOptimizer
    with pytest.raises(ConfigError, match="Unsupported reduction: 'none'"):
        tpu.CrossShardOptimizer(tf.train.AdamOptimizer(), reduction="none")
    with pytest.raises(ArgumentTypeError, match="without it"):
        tpu.CrossShardOptimizer(3)


def test_a_sum_over_one_replica_is_what_is_summed():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tpu.cross_replica_sum(tf.constant([1.0, 2.0]))
        assert session.run(x).tolist() == [1.0, 2.0]
        with tpu.bfloat16_scope():
            w = tf.get_variable("w", [1], tf.bfloat16)
        assert w.dtype == tf.bfloat16
        assert [v.dtype.base_dtype for v in tf.global_variables()] == [
            tf.float32
        ]


def test_the_names_are_those_of_the_package():
    for name in ke.tpu.__all__:
        assert getattr(tpu, name) is getattr(ke.tpu, name)
        assert getattr(tf.estimator.tpu, name) is getattr(ke.tpu, name)
    assert tpu.AsyncCheckpointSaverHook is tf.train.CheckpointSaverHook


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("keras_to_tpu_model", "use the Keras model itself"),
        ("rewrite", "call the function itself"),
        ("while_loop", "tf.while_loop"),
        ("initialize_system", "leave it out"),
        ("infeed_enqueue", "TPUEstimator and what goes with it"),
    ],
)
def test_what_needs_a_tpu_says_so(name, says):
    with pytest.raises(AttributeError, match=says):
        getattr(tpu, name)


def test_host_calls_write_summaries(model_dir):
    summary = tf.contrib.summary

    def host_fn(step, loss, x):
        with (
            summary.create_file_writer(f"{model_dir}/host").as_default(),
            summary.record_summaries_every_n_global_steps(2, step[0]),
        ):
            summary.scalar("loss", loss[0], step=step[0], family="train")
            summary.histogram("x", x, step=step[0])
            with summary.never_record_summaries():
                summary.scalar("never", loss[0], step=step[0])
            return summary.all_summary_ops()

    def model_fn(features, labels, mode, params):
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        loss = tf.reduce_mean(tf.square(w - features))
        summary.scalar("off", loss)
        optimizer = tpu.CrossShardOptimizer(
            tf.train.GradientDescentOptimizer(0.25)
        )
        step = tf.train.get_global_step()
        fed = [tf.reshape(step, [1]), tf.reshape(loss, [1]), features]
        return tpu.TPUEstimatorSpec(
            mode,
            loss=loss,
            train_op=optimizer.minimize(loss, step),
            host_call=(host_fn, fed),
        )

    def input_fn(params):
        return tf2.data.Dataset.from_tensors([8.0, 8.0]).repeat(5)

    config = tpu.RunConfig(model_dir=model_dir)
    tpu.TPUEstimator(model_fn, config=config, use_tpu=False).train(input_fn)
    (path,) = tf2.io.gfile.glob(f"{model_dir}/host/*")
    found = [
        (event.step, value.tag)
        for event in tf.train.summary_iterator(path)
        for value in event.summary.value
    ]
    assert sorted(found) == [
        (step, tag) for step in (0, 2, 4) for tag in ("train/loss", "x")
    ]
