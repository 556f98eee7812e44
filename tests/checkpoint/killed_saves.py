"""Saves again and again, and is killed once before each thing that it does.

Each time in a process of its own, forked from this one, which checks what is
left. Run by `test_atomic_saving.py`; prints how many times it was killed.
"""

import os
import shutil
import sys

import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import directory
from keras_estimator.checkpoint.directory import CheckpointDirectory
from keras_estimator.checkpoint.directory import Retention

_KILLED = 9
_DONE = 0
# What changes something.
_FILES = (
    "GFile",
    "makedirs",
    "remove",
    "rename",
    "rmtree",
)
_OPERATIONS = ("MergeV2Checkpoints", "SaveV2")


def _pieces(value):
    # Content without which it would be half a checkpoint.
    return [
        bundle.Piece(name, "", tf.fill([100], float(value)))
        for name in ("a", "b")
    ]


def _save(path, name, value):
    def stage_more(files):
        with tf.io.gfile.GFile(files.path(f"{name}.meta"), "w") as file:
            file.write("meta")

    kept = CheckpointDirectory(path, Retention(newest=2))
    kept.save(name, _pieces(value), stage_more)


def _kill_before(number):
    """Ends this process before it does the `number`th thing with files."""
    done = 0

    def counting(function):
        def call(*args, **kwargs):
            nonlocal done
            if done == number:
                os._exit(_KILLED)
            done += 1
            return function(*args, **kwargs)

        return call

    for module, names in (
        (tf.io.gfile, _FILES),
        (tf.raw_ops, _OPERATIONS),
    ):
        for name in names:
            setattr(module, name, counting(getattr(module, name)))


def _in_a_process(function):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        function()
    except BaseException as error:
        print("failed:", repr(error), flush=True)
        os._exit(1)
    os._exit(_DONE)


def _content(prefix):
    reader = tf.train.load_checkpoint(prefix)
    a, b = (set(reader.get_tensor(name).tolist()) for name in ("a", "b"))
    if a != b or len(a) != 1:
        raise AssertionError(f"half a checkpoint: {a} {b}")
    return a.pop()


def _check(path, before, after):
    """The newest, and all that have the name of one, are whole."""
    newest = tf.train.latest_checkpoint(path)
    if newest != directory.latest(path):
        raise AssertionError(newest)
    if _content(newest) not in (before, after):
        raise AssertionError(_content(newest))
    for index in tf.io.gfile.glob(f"{path}/*.index"):
        _content(index.removesuffix(".index"))


def _check_clean(path):
    """The next save leaves whole checkpoints, and nothing else.

    They may be more than are kept, where it was killed before it removed one.
    """
    names = set(os.listdir(path)) - {"checkpoint"}
    indexes = {name for name in names if name.endswith(".index")}
    whole = [name.removesuffix("index") for name in indexes]
    strange = [name for name in names if not name.startswith(tuple(whole))]
    newest = tf.train.latest_checkpoint(path)
    if strange or not newest.endswith("m-4") or _content(newest) != 4:
        raise AssertionError(f"{strange} {newest}")


def _killed_at_each_thing(folder, name):
    """Returns how many times a save of `name` was killed.

    Raises:
        RuntimeError: If a check has failed.
    """
    start = os.path.join(folder, "start")
    for number in range(1000):
        path = os.path.join(folder, f"{name} {number}")
        shutil.copytree(start, path)

        def killed(path=path, number=number):
            _kill_before(number)
            _save(path, name, 3)

        def go_on(path=path):
            _save(path, "m-4", 4)

        ended = _in_a_process(killed)
        _check(path, 2, 3)
        if ended not in (_KILLED, _DONE) or _in_a_process(go_on):
            raise RuntimeError(f"{name} {number}")
        _check_clean(path)
        if ended == _DONE:
            return number
    raise RuntimeError("it goes on and on")


def main(folder):
    def begin():
        _save(f"{folder}/start", "m-1", 1)
        _save(f"{folder}/start", "m-2", 2)

    _in_a_process(begin)
    # A new one; the newest, with other content.
    print(*(_killed_at_each_thing(folder, name) for name in ("m-3", "m-2")))


if __name__ == "__main__":
    main(sys.argv[1])
