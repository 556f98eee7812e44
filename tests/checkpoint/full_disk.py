"""Trains until no more fits on the disk. Run by `test_atomic_saving.py`."""

import os
import pathlib
import resource
import sys

import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1
_BYTES = 400_000


def _model_fn(features, labels, mode):
    w = _v1.get_variable(
        "w", [_BYTES // 4], initializer=_v1.zeros_initializer()
    )
    with tf.control_dependencies([w.assign_add(tf.ones_like(w))]):
        train_op = _v1.train.get_global_step().assign_add(1)
    return ke.EstimatorSpec(
        mode, loss=tf.reduce_sum(w) + 0.0 * features, train_op=train_op
    )


def _input_fn():
    return tf.data.Dataset.from_tensors(1.0).repeat(100)


def _files(model_dir):
    return {
        path.name: path.read_bytes()
        for path in pathlib.Path(model_dir).iterdir()
        if "tfevents" not in path.name and path.name != "graph.pbtxt"
    }


def main(model_dir):
    config = ke.RunConfig(save_checkpoints_steps=2)
    estimator = ke.Estimator(_model_fn, model_dir, config)
    estimator.train(_input_fn, steps=4)
    before = _files(model_dir)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Else it is as it is to be, and is not written.
    os.remove(os.path.join(model_dir, "graph.pbtxt"))
    for limit in (1_000, _BYTES // 2):  # neither graph nor data; no data
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limits[1]))
        try:
            estimator.train(_input_fn, steps=4)
        except ke.errors.DiskFullError as error:
            print(error)
        else:
            raise AssertionError("It went on.")
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        if _files(model_dir) != before:
            raise AssertionError(sorted(os.listdir(model_dir)))
    estimator.train(_input_fn, steps=2)
    if estimator.get_variable_value("w")[0] != 6:
        raise AssertionError("It did not go on from step 4.")


if __name__ == "__main__":
    main(sys.argv[1])
