"""The golden program's SavedModel, beside those that the real ones wrote."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

import keras_estimator as ke
from tests.golden import ours

_v1 = tf.compat.v1
_GOLDEN = pathlib.Path(__file__).parent / "golden"


@pytest.fixture(params=["tf1.15", "tf2.15"], scope="module")
def golden(request):
    return _GOLDEN / request.param


@pytest.fixture(scope="module")
def exported(golden, tmp_path_factory):
    """An export of the values that the real one exported."""
    path = tmp_path_factory.mktemp("golden")
    values = dict(np.load(golden / "variables_step_40.npz"))
    checkpoint = str(path / "model.ckpt-40")
    tf.raw_ops.SaveV2(
        prefix=checkpoint,
        tensor_names=list(values),
        shape_and_slices=[""] * len(values),
        tensors=list(values.values()),
    )
    folder = (
        ours.ported()
        .make(str(path / "m"))
        .export_saved_model(
            path / "exports", receiver_fn, None, False, checkpoint
        )
    )
    return pathlib.Path(folder.decode())


def receiver_fn():
    examples = _v1.placeholder(tf.string, [None], name="input_example_tensor")
    spec = {"x": tf.io.FixedLenFeature([6], tf.float32)}
    return ke.export.ServingInputReceiver(
        tf.io.parse_example(examples, spec), {"examples": examples}
    )


def meta_graph(folder):
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString((folder / "saved_model.pb").read_bytes())
    (graph,) = saved.meta_graphs
    return graph


def test_signatures_are_those_of_the_real_one(golden, exported):
    theirs, mine = map(meta_graph, (golden / "saved_model", exported))
    assert list(mine.meta_info_def.tags) == list(theirs.meta_info_def.tags)
    found, expected = ({**g.signature_def} for g in (mine, theirs))
    for signatures in (found, expected):
        # Its name is of the time: `ArgMax` or `hidden/...`.
        signatures["serving_default"].outputs["classes"].name = ""
        # What TensorFlow 2 adds for itself.
        signatures.pop("__saved_model_init_op", None)
    assert found == expected


def test_the_saver_has_the_names_of_the_real_one(golden, exported):
    theirs, mine = map(meta_graph, (golden / "saved_model", exported))
    assert mine.saver_def == theirs.saver_def


def test_the_variables_are_those_of_the_real_one(golden, exported):
    found = [
        tf.train.load_checkpoint(str(folder / "variables" / "variables"))
        for folder in (exported, golden / "saved_model")
    ]
    mine, theirs = (
        {n: r.get_tensor(n).tolist() for n in r.get_variable_to_shape_map()}
        for r in found
    )
    assert mine == theirs


def test_the_files_are_those_of_the_real_one(golden, exported):
    mine, theirs = (
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        for folder in (exported, golden / "saved_model")
    )
    assert mine == theirs
