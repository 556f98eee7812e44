"""TensorFlow 2.15 loads what is exported here."""

import json
import os
import subprocess
import textwrap

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from tests.golden import ours

_v1 = tf.compat.v1
_PROGRAM = """
    import json, sys
    import numpy as np
    import tensorflow as tf
    folder, data = sys.argv[1:]
    x = np.load(data)
    loaded = tf.saved_model.load(folder)
    outputs = loaded.signatures["serving_default"](x=tf.constant(x))
    tf1 = tf.compat.v1
    with tf.Graph().as_default(), tf1.Session() as session:
        tf1.saved_model.loader.load(session, ["serve"], folder)
        by_name = session.run("softmax_tensor:0", {"x:0": x})
    print(json.dumps({
        "classes": outputs["classes"].numpy().tolist(),
        "eager": outputs["probabilities"].numpy().tolist(),
        "by name": by_name.tolist(),
    }))
"""


def receiver_fn():
    x = _v1.placeholder(tf.float32, [None, 6], name="x")
    return ke.export.ServingInputReceiver({"x": x}, {"x": x})


@pytest.fixture(scope="module")
def estimator(tmp_path_factory):
    estimator = ours.ported().make(str(tmp_path_factory.mktemp("live") / "m"))
    return estimator.train(ours.ported().input_fn, max_steps=5)


def test_the_real_one_predicts_with_an_export_of_ours(
    peer, estimator, tmp_path
):
    program = ours.ported()
    folder = estimator.export_saved_model(tmp_path, receiver_fn).decode()
    np.save(tmp_path / "x.npy", program.data()[0])
    done = subprocess.run(
        [
            *(peer, "-c", textwrap.dedent(_PROGRAM)),
            *(folder, str(tmp_path / "x.npy")),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    mine = list(estimator.predict(program.eval_input_fn))
    assert found["classes"] == [p["classes"] for p in mine]
    for way in ("eager", "by name"):
        np.testing.assert_allclose(
            found[way], [p["probabilities"] for p in mine], 0, 3e-7
        )
