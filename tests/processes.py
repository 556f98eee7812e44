"""Programs in processes of their own, without the seconds of an import.

Each is forked from a server that has imported TensorFlow (with Keras), and
nothing else: it begins after its own `import tensorflow`, so to speak.
"""

import multiprocessing
import os
import pathlib
import runpy
import sys
import tempfile
import textwrap
from typing import NamedTuple

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tensorflow"])
_SECONDS = 300


class Ended(NamedTuple):
    """What is left of a process."""

    returncode: int
    stdout: str
    stderr: str


def run(program, *arguments, cwd=None, env=None):
    """Runs a program, as `python program.py` does.

    Args:
        program: Its text, or the `pathlib.Path` of its file.
        *arguments: Its command line.
        cwd: The folder that it runs in, by default that of this process.
        env: Variables that it finds in its environment, beside those of this
            process.
    """
    with tempfile.TemporaryDirectory() as folder:
        if not isinstance(program, pathlib.Path):
            text = textwrap.dedent(program)
            program = pathlib.Path(folder, "program.py")
            program.write_text(text)
        process = _FORKS.Process(
            target=_main,
            args=(
                os.path.abspath(program),
                [os.fspath(argument) for argument in arguments],
                os.path.abspath(cwd or os.curdir),
                dict(env or {}),
                folder,
            ),
        )
        process.start()
        process.join(_SECONDS)
        process.kill()  # no more than _SECONDS
        process.join()
        returncode = process.exitcode
        process.close()
        said = [pathlib.Path(folder, name) for name in ("out", "err")]
        return Ended(returncode, *(path.read_text() for path in said))


def _main(path, arguments, cwd, env, folder):
    for stream, name in ((sys.stdout, "out"), (sys.stderr, "err")):
        with open(os.path.join(folder, name), "w") as file:
            os.dup2(file.fileno(), stream.fileno())
    os.chdir(cwd)
    os.environ.update(env)
    sys.argv = [path, *arguments]
    sys.path.insert(0, os.path.dirname(path))
    runpy.run_path(path, run_name="__main__")
