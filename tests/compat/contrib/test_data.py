"""`tf.contrib.data` as the input of an Estimator, and what is refused."""

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError


def _model_fn(features, labels, mode):
    seen = tf.get_variable("seen", [], initializer=tf.zeros_initializer())
    size = tf.to_float(tf.reduce_sum(features))
    train_op = tf.group(
        tf.assign_add(seen, size),
        tf.assign_add(tf.train.get_global_step(), 1),
    )
    return tf.estimator.EstimatorSpec(mode, loss=size, train_op=train_op)


def test_an_old_input_pipeline_runs(model_dir):
    def input_fn():
        data = tf.contrib.data
        dataset = tf.data.Dataset.range(4).apply(
            data.parallel_interleave(
                lambda i: tf.data.Dataset.from_tensors(i).repeat(3),
                cycle_length=2,
                sloppy=True,
                prefetch_input_elements=2,
            )
        )
        dataset = dataset.apply(data.shuffle_and_repeat(100, count=1))
        dataset = dataset.apply(
            data.map_and_batch(
                lambda x: x + 1, 5, num_parallel_batches=2, drop_remainder=False
            )
        )
        dataset = dataset.apply(data.prefetch_to_device("/device:GPU:0"))
        dataset = dataset.prefetch(data.AUTOTUNE)
        return dataset.make_one_shot_iterator().get_next()

    estimator = tf.estimator.Estimator(_model_fn, model_dir)
    estimator.train(input_fn)
    # 12 elements in batches of 5.
    assert estimator.get_variable_value("global_step") == 3
    assert estimator.get_variable_value("seen") == 3 * (1 + 2 + 3 + 4)


def test_a_window_has_one_shift():
    with pytest.raises(ConfigError, match="stride=2, window_shift=1"):
        tf.contrib.data.sliding_window_batch(2, stride=2, window_shift=1)


def test_shapes_of_nested_elements_are_checked():
    elements = ({"a": [1.0, 2.0]}, 3)
    dataset = tf.data.Dataset.from_tensors(elements)
    known = tf.contrib.data.assert_element_shape(({"a": [2]}, []))
    assert dataset.apply(known).output_shapes[0]["a"].as_list() == [2]
    with pytest.raises(ValueError, match=r"Shapes are \[3\] and \[2\]"):
        dataset.apply(tf.contrib.data.assert_element_shape(({"a": [3]}, [])))


def test_the_hook_of_the_input_is_here():
    hook = tf.contrib.data.CheckpointInputPipelineHook
    assert hook is tf.data.experimental.CheckpointInputPipelineHook
