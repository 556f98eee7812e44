"""The real tf.estimator and ours work in one model_dir, by turns."""

import json
import os
import shutil
import subprocess
import textwrap

import numpy as np
import pytest

from tests.golden import ours
from tests.golden.ours import ROUNDING

# The real one trains on its own kernels, of another TensorFlow version.
LOSS = 5e-7
VALUE = 2e-6


def run(peer, program, *arguments):
    """Runs a program with the real one."""
    done = subprocess.run(
        [peer, program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def trained(peer, tmp_path_factory):
    """model_dirs at step 20, and what came of it: of the real one, and ours."""
    path = tmp_path_factory.mktemp("live")
    theirs, mine = str(path / "theirs"), str(path / "ours")
    results = str(path / "results.json")
    run(peer, str(ours.PROGRAM), theirs, "20", results)
    with open(results) as file:
        found = json.load(file)
    return {
        "theirs": (theirs, found),
        "ours": (mine, ours.ported().run(mine, 20)),
    }


@pytest.fixture(params=["theirs", "ours"])
def left(request, trained, tmp_path):
    """A copy of one of them: where, and what came of it."""
    model_dir, found = trained[request.param]
    copied = str(tmp_path / "model")
    shutil.copytree(model_dir, copied)
    # What the state file says is where the original was.
    state = os.path.join(copied, "checkpoint")
    with open(state) as file:
        text = file.read().replace(model_dir, copied)
    with open(state, "w") as file:
        file.write(text)
    return copied, found


def assert_alike(one, other):
    np.testing.assert_allclose(one["losses"], other["losses"], 0, LOSS)
    assert sorted(one["variables"]) == sorted(other["variables"])
    for name, value in one["variables"].items():
        if name not in ROUNDING:
            np.testing.assert_allclose(
                value, other["variables"][name], 0, VALUE, err_msg=name
            )


def test_both_come_to_the_same(trained):
    assert_alike(trained["theirs"][1], trained["ours"][1])


def test_the_real_one_and_ours_continue_one_model_dir_alike(
    peer, left, tmp_path
):
    model_dir, _ = left
    twin = str(tmp_path / "twin")
    shutil.copytree(model_dir, twin)
    results = str(tmp_path / "results.json")
    run(peer, str(ours.PROGRAM), model_dir, "40", results)
    with open(results) as file:
        theirs = json.load(file)
    mine = ours.ported().run(twin, 40)
    assert len(theirs["losses"]) == len(mine["losses"]) == 20
    assert_alike(theirs, mine)


def test_ours_continues_what_the_real_one_continued(peer, left, tmp_path):
    model_dir, _ = left
    results = str(tmp_path / "results.json")
    run(peer, str(ours.PROGRAM), model_dir, "30", results)
    found = ours.ported().run(model_dir, 40)
    assert len(found["losses"]) == 10
    run(peer, str(ours.PROGRAM), model_dir, "50", results)
    with open(results) as file:
        assert len(json.load(file)["losses"]) == 10


def test_the_real_one_reads_every_value_bit_for_bit(peer, left):
    model_dir, found = left
    program = """
        import json, sys
        import tensorflow as tf
        reader = tf.train.load_checkpoint(sys.argv[1])
        print(json.dumps({
            name: reader.get_tensor(name).tolist()
            for name in reader.get_variable_to_shape_map()
        }))
    """
    out = run(peer, "-c", textwrap.dedent(program), model_dir)
    assert json.loads(out.splitlines()[-1]) == found["variables"]


def test_the_real_one_evaluates_what_either_has_trained_alike(
    peer, left, tmp_path
):
    model_dir, found = left
    results = str(tmp_path / "results.json")
    # Nothing is left to train.
    run(peer, str(ours.PROGRAM), model_dir, "20", results)
    with open(results) as file:
        again = json.load(file)
    assert again["losses"] == []
    assert again["evaluation"] == pytest.approx(found["evaluation"], abs=2e-7)
    assert again["short"] == pytest.approx(found["short"], abs=2e-7)
    assert again["classes"] == found["classes"]
    np.testing.assert_allclose(
        again["probabilities"], found["probabilities"], 0, 3e-7
    )


def test_the_real_one_imports_the_graph_beside_a_checkpoint(peer, left):
    model_dir, found = left
    program = """
        import json, sys
        import tensorflow.compat.v1 as tf
        tf.disable_eager_execution()
        prefix = tf.train.latest_checkpoint(sys.argv[1])
        saver = tf.train.import_meta_graph(prefix + ".meta")
        found = {v.op.name: v for v in tf.global_variables()}
        with tf.Session() as session:
            saver.restore(session, prefix)
            values = session.run(found)
        print(json.dumps({k: v.tolist() for k, v in values.items()}))
    """
    out = run(peer, "-c", textwrap.dedent(program), model_dir)
    assert json.loads(out.splitlines()[-1]) == found["variables"]
