"""Runs the text of a program as if it were started, in this process."""

import contextlib
import os
import pathlib
import runpy
import sys
import warnings

import tensorflow.compat.v1 as tf
from absl import flags


def start(script, arguments, folder):
    """Runs a script as `__main__`, and leaves the process as it was.

    Args:
        script: Path of its file.
        arguments: Command line, without the name of the program.
        folder: The working directory.

    Raises:
        RuntimeError: If it exits with a status other than 0.
    """
    with _unchanged_process(), working_directory(folder):
        sys.argv = [str(script)] + list(arguments)
        sys.path.insert(0, str(pathlib.Path(script).parent))
        try:
            runpy.run_path(str(script), run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise RuntimeError(
                    "{} exits with {!r}".format(script, end.code)
                ) from end


@contextlib.contextmanager
def working_directory(folder):
    """Paths are relative to `folder` in this context."""
    before = os.getcwd()
    os.chdir(str(folder))
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _unchanged_process():
    modules = set(sys.modules)
    argv, path = sys.argv, list(sys.path)
    hidden = _flags_of_tensorflow()
    for name in hidden:
        delattr(flags.FLAGS, name)
    names = set(flags.FLAGS)
    verbosity = tf.logging.get_verbosity()
    try:
        with warnings.catch_warnings():
            # A program is run by Python, not by pytest.
            warnings.simplefilter("default")
            yield
    finally:
        tf.logging.set_verbosity(verbosity)
        for name in set(flags.FLAGS) - names:
            delattr(flags.FLAGS, name)
        for name, flag in hidden.items():
            flags.FLAGS[name] = flag
        flags.FLAGS.unparse_flags()
        added = set(sys.path) - set(path)
        sys.argv, sys.path[:] = argv, path
        for name in set(sys.modules) - modules:
            # The next program may have a `utils.py`, too.
            if _lies_in(sys.modules[name], added):
                del sys.modules[name]


def _flags_of_tensorflow():
    """Returns what a program that is started would not find defined."""
    # One that was put back has no module.
    modules = {
        name: flags.FLAGS.find_module_defining_flag(name, "tensorflow.")
        for name in flags.FLAGS
    }
    return {
        name: flags.FLAGS[name]
        for name, module in modules.items()
        if module.startswith("tensorflow.")
    }


def _lies_in(module, folders):
    file = getattr(module, "__file__", None) or ""
    return os.path.dirname(file) in folders
