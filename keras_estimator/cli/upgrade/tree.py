"""The files of a program: found, copied, and replaced whole."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from keras_estimator.cli.errors import CommandError

_SUFFIXES = (".py", ".ipynb")
_PASSED_OVER = {
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    "__pycache__",
    "node_modules",
}


class File(NamedTuple):
    """A file with code.

    Attributes:
        path: Where it is.
        inside: Where it goes in a copy.
    """

    path: Path
    inside: Path


def code_files(paths: Sequence[str], output: str | None) -> list[File]:
    """Returns the files with code in files and folders, each once.

    Args:
        paths: Files, of any name, and folders.
        output: A folder to pass over, where copies go.

    Raises:
        CommandError: If a path does not exist.
    """
    files: dict[Path, File] = {}
    for root, inside in _roots(paths):
        found = [root]
        if root.is_dir():
            found = [p for p in _walk(root, output) if p.suffix in _SUFFIXES]
        for path in found:
            below = inside / path.relative_to(root)
            files.setdefault(path.resolve(), File(path, below))
    return list(files.values())


def output_file(paths: Sequence[str], output: str) -> Path | None:
    """Returns the file that the only one of `paths` is written to.

    Args:
        paths: Files and folders.
        output: The argument of --output.

    Returns:
        `None` if `output` is a folder.

    Raises:
        CommandError: If it is the file itself.
    """
    target = Path(output)
    source = Path(paths[0])
    if len(paths) > 1 or source.is_dir() or target.is_dir():
        return None
    # Of a new one only the name says whether it is to be a file.
    if not target.is_file() and target.suffix not in _SUFFIXES:
        return None
    if target.exists() and target.samefile(source):
        raise CommandError(
            f"--output {output}: this is the file itself. Give --in-place "
            "instead."
        )
    return target


def copy(paths: Sequence[str], output: str, *, force: bool) -> None:
    """Copies files and folders, code and all else, into a new folder.

    What version control, virtual environments and caches have there is left
    out. The content of a single folder goes into `output` itself. A single file
    is copied to a file if `output` is the name of one.

    Raises:
        CommandError: If there is something already, unless `force`.
    """
    target = Path(output)
    file = output_file(paths, output)
    if file is not None:
        if file.exists() and not force:
            raise CommandError(
                f"--output {output}: this file exists. Name another one, or "
                "give --force to write over it."
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        shutil.copy2(paths[0], file)
        return
    if target.exists() and not target.is_dir():
        raise CommandError(
            f"--output {output}: this is a file. For several files, or a "
            "folder, name a folder: the changed copies go into it."
        )
    if target.is_dir() and any(target.iterdir()) and not force:
        raise CommandError(
            f"--output {output}: this folder is not empty. Name another one, "
            "or give --force to write over files of the same names."
        )
    for root, inside in _roots(paths):
        found = _walk(root, output) if root.is_dir() else [root]
        for path in found:
            to = target / inside / path.relative_to(root)
            to.parent.mkdir(parents=True, exist_ok=True)
            if to.is_symlink() or to.exists():
                to.unlink()
            shutil.copy2(path, to, follow_symlinks=False)


def replace(path: Path, content: bytes) -> None:
    """Gives a file another content, at once and with its permissions.

    Raises:
        CommandError: If it cannot be written; then it is as it was.
    """
    # Through a link, which goes on to be one.
    path = path.resolve()
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}."
        )
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise CommandError(f"{path} could not be written: {error}") from error


def _roots(paths: Sequence[str]) -> list[tuple[Path, Path]]:
    """Returns each path, and where it goes in a copy."""
    roots = []
    for name in paths:
        path = Path(name)
        if not path.exists():
            raise CommandError(f"{name}: there is no such file or folder.")
        alone = len(paths) == 1 and path.is_dir()
        inside = Path() if alone else Path(path.resolve().name)
        roots.append((path, inside))
    places = [inside for _, inside in roots]
    for (path, inside), count in zip(
        roots, map(places.count, places), strict=True
    ):
        if count > 1 and not path.is_dir():
            raise CommandError(
                f"{path}: there are several paths that end in {inside}. Give "
                "the folder that they are in."
            )
    return roots


def _walk(root: Path, output: str | None) -> Iterator[Path]:
    """Yields the files in a folder, in order."""
    out = None if output is None else Path(output).resolve()
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _PASSED_OVER
            and not (here / name / "pyvenv.cfg").exists()
            and (here / name).resolve() != out
        )
        yield from (here / name for name in sorted(names))
        # `os.walk` does not go through links to folders: they are copied.
        yield from (here / n for n in folders if (here / n).is_symlink())
