"""`keras-estimator upgrade`: what it does with its arguments."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from keras_estimator.cli.errors import CommandError
from keras_estimator.cli.terminal import Style
from keras_estimator.cli.upgrade import report
from keras_estimator.cli.upgrade import tree
from keras_estimator.cli.upgrade.meaning import V1
from keras_estimator.cli.upgrade.program import Program
from keras_estimator.cli.upgrade.program import Upgraded
from keras_estimator_cli import quiet

_DRY = (
    "Nothing has been written. --diff shows the changes, --in-place makes "
    "them, --output PATH writes a changed copy."
)


def run(options: argparse.Namespace) -> int:
    """Upgrades programs, or shows what it would do.

    Args:
        options: `paths`, `in_place`, `output`, `diff`, `force`, `api`, `json`.

    Returns:
        0 if nothing is left to be done, 1 if something is.

    Raises:
        CommandError: If files cannot be read or written.
    """
    programs = _read(tree.code_files(options.paths, options.output))
    # Names are looked for in modules that are loaded only then.
    with quiet():
        files = _upgraded(programs, options.api)
    if options.output:
        tree.copy(options.paths, options.output, force=options.force)
    for file in files:
        if not file.is_changed:
            continue
        if options.in_place:
            tree.replace(file.file.path, file.after)
        elif options.output:
            target = tree.output_file(options.paths, options.output)
            folder = Path(options.output)
            tree.replace(target or folder / file.file.inside, file.after)
    _tell(files, options)
    return 1 if any(file.findings.open_points for file in files) else 0


def _read(files: Sequence[tree.File]) -> list[Program]:
    programs = []
    for file in files:
        try:
            programs.append(Program(file))
        except OSError as error:
            raise CommandError(
                f"{file.path} could not be read: {error}. Nothing has been "
                "written."
            ) from error
    return programs


def _upgraded(programs: Sequence[Program], api: str | None) -> list[Upgraded]:
    """Returns what becomes of files.

    Where it cannot be seen which TensorFlow a file was written for, it is that
    of most of the others; TensorFlow 1 if there are none.
    """
    guesses = [program.api for program in programs]
    votes = Counter(guess for guess in guesses if guess)
    usual = votes.most_common(1)[0][0] if votes else V1
    return [
        program.upgraded(api or guess or usual)
        for program, guess in zip(programs, guesses, strict=True)
    ]


def _tell(files: Sequence[Upgraded], options: argparse.Namespace) -> None:
    if options.json:
        json.dump(report.as_json(files), sys.stdout, indent=1)
        sys.stdout.write("\n")
        return
    # A diff can be piped into `patch`: the report goes elsewhere then.
    stream = sys.stderr if options.diff else sys.stdout
    if options.diff:
        for file in files:
            if file.is_changed:
                sys.stdout.write(file.diff())
    is_written = bool(options.output or options.in_place)
    for line in report.as_text(files, Style(stream), is_written=is_written):
        print(line, file=stream)
    if options.output:
        print(f"The changed copy is in {options.output}.", file=stream)
    if not (is_written or options.diff) and any(f.is_changed for f in files):
        print(_DRY, file=stream)
