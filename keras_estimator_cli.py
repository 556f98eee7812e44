"""The command `keras-estimator`: its arguments.

It is beside the package `keras_estimator`, not in it: importing anything from
there loads TensorFlow, and `--help` should not take seconds. What the commands
do is in `keras_estimator.cli`.
"""

import argparse
import contextlib
import importlib
import importlib.util
import os
import pathlib
import re
import sys
import tempfile
from collections.abc import Iterator
from collections.abc import Sequence

_CODES = """\
exit codes:
  0  done, and nothing is left to do
  1  done, and a person has to look at something
  2  not done: wrong arguments, or a file cannot be read or written
"""
_MAIN = """\
Moves TensorFlow 1 Estimator programs, model directories and checkpoints.
"""
_UPGRADE = """\
Rewrites the imports of TensorFlow 1 programs, so that they run on
keras_estimator, and reports what was changed, what runs as it is, and what has
no equivalent. Only imports are touched: formatting and comments stay as they
are. In programs of TensorFlow 2, tf.estimator becomes keras_estimator, and
tf.compat.v1 and tf.keras become those of keras_estimator.compat.v1.

Without --in-place, --output or --diff it writes nothing, and only reports.
"""
_UPGRADE_EXAMPLES = """\
examples:
  keras-estimator upgrade train.py             report only
  keras-estimator upgrade --diff src           all changes, for review
  keras-estimator upgrade --in-place src       change the files
  keras-estimator upgrade src --output src_new
                                               change a copy of the folder
  keras-estimator upgrade --json src | jq '.summary'

"""
_INSPECT = """\
Shows what is in a model directory: checkpoints, the variables of one of them,
exports, and the last evaluations. Also takes a single checkpoint, a SavedModel
folder or a .keras file. Nothing is written, and no GPU is used.
"""
_INSPECT_EXAMPLES = """\
examples:
  keras-estimator inspect /models/cvr
  keras-estimator inspect /models/cvr --checkpoint 12000
  keras-estimator inspect /models/cvr/model.ckpt-12000
  keras-estimator inspect /models/cvr/export/best/1735689600
  keras-estimator inspect /models/cvr --json | jq '.checkpoints[].step'

exit codes:
  0  shown, and nothing is wrong
  1  shown, and something is wrong with it
  2  wrong arguments, or nothing there that can be read
"""
_CONVERT = """\
Writes the values of a checkpoint in another form:

  checkpoint   -> .keras, .weights.h5   with --model or --model-fn
  .keras       -> checkpoint
  .weights.h5  -> checkpoint            with --model, unless it was written
                                        by an EstimatorModel
  checkpoint   -> checkpoint            renamed, or without slots

A checkpoint is one of tf.estimator's, by names: what Estimator continues, and
init_from_checkpoint and warm starts read. CHECKPOINT is model_dir (its newest
one), one such as model_dir/model.ckpt-100, the folder of a SavedModel, a .keras
or a .weights.h5 file. The name of OUT says what is written: .keras,
.weights.h5, or else a checkpoint such as new_dir/model.ckpt-100; new_dir/
alone gets model.ckpt- and the global step.

Variables are matched by name (`dense/kernel`). What does not match is listed,
and nothing is written: say with --map what is meant. A name is a variable's
name in a checkpoint, and its path in a Keras model.
"""
_CONVERT_EXAMPLES = """\
examples:
  keras-estimator convert model_dir model.keras --model-fn my_model:model_fn \\
      --params '{"units": 64}' --features '{"x": "float32[4]"}'
  keras-estimator convert model_dir trained.keras --model untrained.keras \\
      --map dense/=my_dense/
  keras-estimator convert model_dir/model.ckpt-100 model.weights.h5 \\
      --model untrained.keras
  keras-estimator convert model.keras new_dir/model.ckpt-0
  keras-estimator convert model_dir slim/ --drop-slots
  keras-estimator convert model_dir model.keras --model m.keras --dry-run

exit codes:
  0  written (with --dry-run: it would be)
  1  not written: variables do not match
  2  wrong arguments, or a file cannot be read or written
"""
_COMMANDS = {
    "upgrade": "keras_estimator.cli.upgrade.command",
    "inspect": "keras_estimator.cli.inspect.command",
    "convert": "keras_estimator.cli.convert.command",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        argv: Its arguments; by default those of the process.

    Returns:
        The exit code.
    """
    options = parser().parse_args(argv)
    if options.command == "upgrade" and not _has("libcst"):
        return _failed(
            "`keras-estimator upgrade` needs the package libcst, which is not "
            'installed. Run: pip install "keras-estimator[upgrade]"'
        )
    with _quiet_start():
        own = importlib.import_module("keras_estimator.cli.errors")
        command = importlib.import_module(_COMMANDS[options.command])
    try:
        return int(command.run(options))
    except own.reported() as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Returns the parser of all arguments."""
    whole = argparse.ArgumentParser(
        prog="keras-estimator",
        description=_MAIN,
        epilog="`keras-estimator COMMAND --help` has examples.",
    )
    whole.add_argument(
        "--version", action="version", version=f"%(prog)s {_version()}"
    )
    commands = whole.add_subparsers(
        dest="command", metavar="COMMAND", required=True
    )
    _add_upgrade(
        _added(
            commands,
            "upgrade",
            "rewrite the imports of programs",
            _UPGRADE,
            _UPGRADE_EXAMPLES + _CODES,
        )
    )
    _add_inspect(
        _added(
            commands,
            "inspect",
            "show checkpoints, exports and evaluations",
            _INSPECT,
            _INSPECT_EXAMPLES,
        )
    )
    _add_convert(
        _added(
            commands,
            "convert",
            "between checkpoints and Keras files",
            _CONVERT,
            _CONVERT_EXAMPLES,
        )
    )
    return whole


def _added(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    summary: str,
    description: str,
    epilog: str,
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_upgrade(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a file of Python code, a notebook, or a folder of them",
    )
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--in-place", action="store_true", help="change the files themselves"
    )
    where.add_argument(
        "--output",
        metavar="PATH",
        help="write a changed copy, other files included, into a new folder; "
        "of a single file, into one of this name if it ends in .py or .ipynb",
    )
    where.add_argument(
        "--diff",
        action="store_true",
        help="print a unified diff; the report goes to stderr",
    )
    command.add_argument(
        "--force",
        action="store_true",
        help="with --output: write into a folder that is not empty, or over a "
        "file",
    )
    command.add_argument(
        "--api",
        choices=("v1", "v2"),
        help="which TensorFlow `import tensorflow as tf` means; by default it "
        "is told by what a file uses, and TensorFlow 1 if that is in both",
    )
    command.add_argument(
        "--json", action="store_true", help="print the report as JSON"
    )


def _add_inspect(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "path",
        metavar="MODEL_DIR",
        help="a model directory, a checkpoint, a SavedModel or a .keras file",
    )
    command.add_argument(
        "--checkpoint",
        metavar="STEP",
        type=int,
        help="show the variables of this step instead of the newest",
    )
    command.add_argument("--json", action="store_true", help="print it as JSON")


def _add_convert(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "checkpoint", metavar="CHECKPOINT", help="what is read"
    )
    command.add_argument("out", metavar="OUT", help="what is written")
    model = command.add_mutually_exclusive_group()
    model.add_argument(
        "--model",
        metavar="FILE.keras",
        help="a Keras model that gets the values, or names those in a "
        ".weights.h5 file",
    )
    model.add_argument(
        "--model-fn",
        metavar="MODULE:FUNCTION",
        help="the model_fn of the checkpoint, to be written into OUT.keras",
    )
    command.add_argument(
        "--import",
        action="append",
        default=[],
        dest="imports",
        metavar="MODULE",
        help="import this first: it registers classes that a .keras file has",
    )
    command.add_argument(
        "--params",
        metavar="JSON",
        help="with --model-fn: its params, a JSON object or @FILE",
    )
    command.add_argument(
        "--features",
        metavar="JSON",
        help='with --model-fn: what a row of features looks like: {"x": '
        '"float32[4]", "word": "string"}, or one such text; or @FILE',
    )
    command.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="variable OLD of CHECKPOINT is NEW in what is written; may be "
        "given several times. Names that end in / stand for all that begin "
        "with them; an empty one for all names",
    )
    command.add_argument(
        "--drop-slots",
        action="store_true",
        help="leave out what belongs to optimizers",
    )
    command.add_argument(
        "--force", action="store_true", help="replace OUT if it is there"
    )
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="only show what matches what",
    )
    command.add_argument(
        "--json", action="store_true", help="print what matches as JSON"
    )


def _version() -> str:
    """Returns the version of the package, without importing it."""
    found = importlib.util.find_spec("keras_estimator")
    text = pathlib.Path(str(found and found.origin)).read_text("utf-8")
    match = re.search(r'^__version__ = "(.*)"$', text, re.MULTILINE)
    return match[1] if match else "(unknown)"


def _has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _failed(message: str) -> int:
    print(f"keras-estimator: {message}", file=sys.stderr)
    return 2


@contextlib.contextmanager
def _quiet_start() -> Iterator[None]:
    """Keeps what TensorFlow says when it is loaded to itself.

    Also keeps it from GPUs: a training that runs there may have all their
    memory. What it says is shown if it cannot be loaded.
    """
    if "tensorflow" in sys.modules:
        yield
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    with quiet():
        yield


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keeps what is written to stderr to itself, libraries in C++ included.

    It is shown if there is an error.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        except BaseException:
            said.seek(0)
            os.write(kept, said.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


if __name__ == "__main__":
    sys.exit(main())
