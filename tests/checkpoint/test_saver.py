"""What `train` leaves on disk, for Python and for TF1's tools."""

import os
import pathlib
import tempfile

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
import keras_estimator.compat.v1 as v1


def _model_fn(features, labels, mode):
    x = features["x"]
    predicted = v1.layers.dense(x, 1, name="dense")
    predictions = {"y": v1.identity(predicted, name="predicted")}
    if mode == "infer":
        return ke.EstimatorSpec(mode, predictions=predictions)
    loss = v1.losses.mean_squared_error(labels, predicted)
    train_op = v1.train.AdamOptimizer(0.1).minimize(
        loss, v1.train.get_global_step()
    )
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


def _input_fn():
    x = np.linspace(-1, 1, 24, dtype=np.float32).reshape(8, 3)
    data = tf.data.Dataset.from_tensor_slices(({"x": x}, x.sum(1)[:, None]))
    return data.batch(4).repeat()


@pytest.fixture
def trained(model_dir):
    return ke.Estimator(_model_fn, model_dir).train(_input_fn, steps=3)


def test_files(trained, model_dir):
    names = {n for n in os.listdir(model_dir) if not n.startswith("events")}
    parts = (".index", ".meta", ".data-00000-of-00001")
    steps = {f"model.ckpt-{s}{part}" for s in (0, 3) for part in parts}
    assert names == {"checkpoint", "graph.pbtxt", *steps}


def test_tf1_imports_the_meta_graph(trained):
    """Restores in a session, predicts, saves again; no model_fn is needed."""
    prefix = trained.latest_checkpoint()
    with tf.Graph().as_default() as graph, v1.Session() as session:
        saver = v1.train.import_meta_graph(f"{prefix}.meta")
        saver.restore(session, prefix)
        variables = {v.op.name: v for v in v1.global_variables()}
        assert sorted(variables) == sorted(trained.get_variable_names())
        for name, variable in variables.items():
            np.testing.assert_array_equal(
                session.run(variable), trained.get_variable_value(name)
            )
        trainable = [v.op.name for v in v1.trainable_variables()]
        assert trainable == ["dense/kernel", "dense/bias"]
        again = saver.save(session, os.path.join(trained.model_dir, "again"))
        assert graph.get_tensor_by_name("predicted:0").shape[1] == 1
    theirs, ours = map(tf.train.load_checkpoint, (again, prefix))
    for name in trained.get_variable_names():
        np.testing.assert_array_equal(
            theirs.get_tensor(name), ours.get_tensor(name)
        )


def test_without_graphs(model_dir):
    config = ke.RunConfig(checkpoint_save_graph_def=False)
    ke.Estimator(_model_fn, model_dir, config).train(_input_fn, steps=2)
    names = os.listdir(model_dir)
    assert not [n for n in names if n.endswith((".meta", ".pbtxt"))]


def test_graph_pbtxt_is_a_graph(trained, model_dir):
    graph_def = v1.GraphDef()
    with open(os.path.join(model_dir, "graph.pbtxt")) as file:
        text = file.read()
    from google.protobuf import text_format

    text_format.Parse(text, graph_def)
    assert "dense/kernel" in {node.name for node in graph_def.node}


@pytest.fixture
def ordinary_user():
    """Lets this process be a user who may not write just anywhere."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # nobody
    yield
    if user == 0:
        os.seteuid(user)


@pytest.fixture
def locked_folder(tmp_path):
    # Whatever is imported late must be by now.
    ke.Estimator(_model_fn, str(tmp_path / "other")).train(_input_fn, steps=1)
    # Not in `tmp_path`, where nobody else may look.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        yield pathlib.Path(folder)


def test_a_directory_that_cannot_be_written(locked_folder, ordinary_user):
    estimator = ke.Estimator(_model_fn, str(locked_folder / "model"))
    with pytest.raises(tf.errors.PermissionDeniedError, match="model"):
        estimator.train(_input_fn, steps=1)


def test_a_file_in_place_of_the_directory(tmp_path):
    path = tmp_path / "model"
    path.write_text("here")
    estimator = ke.Estimator(_model_fn, str(path))
    with pytest.raises((OSError, tf.errors.OpError), match="model"):
        estimator.train(_input_fn, steps=1)
    assert path.read_text() == "here"


def test_each_folder_has_a_rotation_of_its_own(tmp_path):
    """Two hooks of the real one share a saver, which mixes their folders."""
    config = ke.RunConfig(keep_checkpoint_max=2)
    estimator = ke.Estimator(_model_fn, str(tmp_path / "m"), config)
    hooks = [
        ke.CheckpointSaverHook(str(tmp_path / name), save_steps=1)
        for name in ("a", "b")
    ]
    estimator.train(_input_fn, steps=3, hooks=hooks)
    for name in ("a", "b"):
        folder = str(tmp_path / name)
        state = tf.train.get_checkpoint_state(folder)
        assert list(state.all_model_checkpoint_paths) == [
            f"{folder}/model.ckpt-{step}" for step in (2, 3)
        ]
        assert len(tf.io.gfile.glob(f"{folder}/*.index")) == 2
