"""A program of TensorFlow 1, changed so that it imports this package."""

from collections import Counter
from collections.abc import Iterator

import tensorflow as tf

from keras_estimator.cli.upgrade import namespace
from keras_estimator.cli.upgrade import notes
from keras_estimator.cli.upgrade import statements
from keras_estimator.cli.upgrade.findings import DIFFERENT
from keras_estimator.cli.upgrade.findings import OPEN
from keras_estimator.cli.upgrade.findings import Findings
from keras_estimator.cli.upgrade.findings import Point
from keras_estimator.cli.upgrade.findings import changes
from keras_estimator.cli.upgrade.meaning import V2
from keras_estimator.cli.upgrade.meaning import Meaning
from keras_estimator.cli.upgrade.meaning import Place
from keras_estimator.cli.upgrade.namespace import OVERLAY
from keras_estimator.cli.upgrade.places import is_private
from keras_estimator.cli.upgrade.scan import STAR
from keras_estimator.cli.upgrade.scan import Imported
from keras_estimator.cli.upgrade.scan import Scan
from keras_estimator.cli.upgrade.scan import Statement
from keras_estimator.cli.upgrade.scan import Use
from keras_estimator.cli.upgrade.source import Edit
from keras_estimator.cli.upgrade.source import Source

_PACKAGE = "keras_estimator"
_COMPAT = ("compat", "v1")
_BY_CALL = (
    "which names are used of what a call imports cannot be seen. Write an "
    "import statement and run this again, or import "
    f'"{OVERLAY}", which has what TensorFlow 1 had'
)


def rewrite(
    source: Source, scan: Scan, api: str
) -> tuple[list[Edit], Findings]:
    """Finds out how to change a program.

    Args:
        source: The program.
        scan: Its imports and uses.
        api: What `import tensorflow` means there: `v1` or `v2`.

    Returns:
        The edits of the program, and what was found in it.
    """
    return _Rewriting(source, scan, api).result()


class _Rewriting:
    """The work on one program."""

    def __init__(self, source: Source, scan: Scan, api: str) -> None:
        self._source = source
        self._scan = scan
        self._api = api
        self._meaning = Meaning(scan, api)
        self._edits: list[Edit] = []
        self._points: list[Point] = []
        self._names: Counter[str] = Counter()
        # What stays imported from where it is not, and has been reported.
        self._unplaced: set[str] = set()
        self._overlay_name = self._free_name()
        self._needed: set[str] = set()
        self._has_told_of_keras = False

    def result(self) -> tuple[list[Edit], Findings]:
        """Returns the edits and the findings."""
        targets = {
            statement: dict(self._targets(statement))
            for statement in self._scan.statements
        }
        for use in self._scan.uses:
            self._look_at(use)
        for statement, found in targets.items():
            self._edits += statements.rewritten(self._source, statement, found)
        self._import_what_is_needed()
        for call in self._scan.calls:
            self._point(
                call.start, OPEN, f'import of "{call.dotted}"', _BY_CALL
            )
        self._edits.sort()
        points = tuple(sorted(dict.fromkeys(self._points)))
        is_either = any(
            name.dotted.startswith("tensorflow")
            for statement in self._scan.statements
            for name in statement.names
        )
        return self._edits, Findings(
            self._api if is_either else None,
            changes(self._source, self._edits),
            points,
            self._names,
        )

    # Imports -----------------------------------------------------------------

    def _targets(
        self, statement: Statement
    ) -> Iterator[tuple[Imported, Place]]:
        """Yields which names of a statement are elsewhere now."""
        for name in statement.names:
            if name.dotted.split(".")[0] == _PACKAGE or not _is_theirs(name):
                self._check_ours(name)
                continue
            if name.bound == STAR:
                self._star(name)
                continue
            dotted = name.dotted
            if statement.module is None and not name.is_renamed:
                # `import tensorflow.contrib.slim` binds `tensorflow`.
                dotted = dotted.partition(".")[0]
                if self._stays(name.dotted):
                    continue
            place = self._meaning.place(dotted)
            if place is None:
                self._without_place(name)
            elif place.root == "tensorflow":
                self._check(name.start, place)
            elif place.exists:
                yield name, place
            else:
                self._unplaced.add(dotted)
                is_whole = dotted == name.dotted
                self._check(
                    name.start, place, self._if_unused(name) if is_whole else ""
                )

    def _stays(self, dotted: str) -> bool:
        place = self._meaning.place(dotted)
        return (
            place is not None
            and place.root == "tensorflow"
            and (self._api == V2 or "." in dotted)
        )

    def _check_ours(self, name: Imported) -> None:
        if name.dotted.split(".")[0] != _PACKAGE or name.bound == STAR:
            return
        place = self._meaning.place(name.dotted)
        if place is not None and place.root == OVERLAY and not place.exists:
            self._unplaced.add(name.dotted)
            self._check(name.start, place)

    def _star(self, name: Imported) -> None:
        module = name.dotted.removesuffix(f".{STAR}")
        path = module.partition(".")[2]
        if is_private(path) and namespace.is_private_there(path, frozenset()):
            self._private_stays(name.start, module)
            return
        self._point(
            name.start,
            OPEN,
            f"from {module} import *",
            "which names this brings cannot be seen: import those that are "
            "used by their names, and run this again",
        )

    def _without_place(self, name: Imported) -> None:
        """Tells of a private name that has no public place."""
        self._unplaced.add(name.dotted)
        if self._meaning.stays_private(name.dotted):
            self._private_stays(name.start, name.dotted)
            return
        path = name.dotted.partition(".")[2]
        said = namespace.instead_of(path)
        used = sorted(
            use.attributes[0]
            for use in self._scan.uses
            if use.base == name.dotted and use.attributes
        )
        those = f" What is used of it: {', '.join(dict.fromkeys(used))}."
        self._point(
            name.start,
            OPEN,
            name.dotted,
            f"this private name is not in TensorFlow {tf.__version__}: "
            f"{said}{those if used else self._if_unused(name)}",
        )

    def _if_unused(self, name: Imported) -> str:
        """Returns what to say of an import that nothing here needs."""
        # It is not deleted: other files may take the name from this one, and
        # a `try` around it would be empty.
        return "" if name.bound in self._scan.names else f" {notes.UNUSED}"

    def _private_stays(self, offset: int, dotted: str) -> None:
        self._point(
            offset,
            DIFFERENT,
            dotted,
            f"it is private, has no public name, and is left as it is: "
            f"TensorFlow {tf.__version__} has it, another version may not",
        )

    # Uses --------------------------------------------------------------------

    def _look_at(self, use: Use) -> None:
        """Changes a name that is used, if need be, and notes what it is."""
        if use.base in self._unplaced or not use.attributes:
            return
        place = self._meaning.place(use.dotted)
        if place is None:
            self._private_use(use)
            return
        self._check(use.start, place)
        if self._is_left(use.base):
            self._tell_of_keras(use, place)
        text = self._new_name(use, place)
        if text is not None:
            end, written = text
            self._edits.append(Edit(use.start, end, written))

    def _tell_of_keras(self, use: Use, place: Place) -> None:
        """Tells once that Keras stays what it was for TensorFlow 2."""
        if place.root != OVERLAY or not place.path.startswith("keras."):
            return
        if use.attributes[:2] == _COMPAT or self._has_told_of_keras:
            return
        self._has_told_of_keras = True
        self._point(use.start, DIFFERENT, "tf.keras", notes.KERAS_2)

    def _private_use(self, use: Use) -> None:
        path = use.dotted.partition(".")[2]
        said = namespace.instead_of(path)
        self._point(use.start, OPEN, use.dotted, said)

    def _new_name(self, use: Use, place: Place) -> tuple[int, str] | None:
        """Returns up to where a use is replaced, and by what."""
        first = self._source.text[use.start : use.ends[0]]
        is_compat = use.attributes[:2] == _COMPAT
        if self._is_left(use.base):
            # The name of the module goes on to mean TensorFlow.
            if place.root == "tensorflow":
                return None
            if is_compat:
                return use.ends[2], self._need(OVERLAY)
            return self._anew(use, place)
        if is_compat and not _is_whole():
            return use.ends[2], first
        if is_private(".".join(use.attributes)):
            return use.ends[-1], f"{first}.{place.path}"
        return None

    def _is_left(self, base: str) -> bool:
        """Whether a module stays TensorFlow's, as in programs of TF 2."""
        return base in (
            "tensorflow",
            "tensorflow.compat.v2",
        ) and self._meaning.place(base) == Place("tensorflow", "")

    def _anew(self, use: Use, place: Place) -> tuple[int, str]:
        """Returns a name of `tf.estimator` or the like below its new module."""
        kept = len(place.path.split(".")) if place.path else 0
        written = ".".join((self._need(place.root), place.path)).rstrip(".")
        last = use.ends[-1]
        if use.attributes[0] == "estimator" or place.root == OVERLAY:
            # What follows stays as it is written, line breaks and all.
            count = 1 if place.root == _PACKAGE else 0
            if kept == len(use.attributes) - count:
                tail = self._source.text[use.ends[count] : last]
                return last, f"{self._need(place.root)}{tail}"
        return last, written

    def _need(self, root: str) -> str:
        """Returns what to call a module that is imported beside TensorFlow."""
        self._needed.add(root)
        return self._overlay_name if root == OVERLAY else _PACKAGE

    def _free_name(self) -> str:
        for statement in self._scan.statements:
            for name in statement.names:
                if name.dotted in (OVERLAY, "tensorflow.compat.v1"):
                    return name.bound if name.is_renamed else OVERLAY
        taken = self._scan.names
        return next(
            name
            for name in ("tf1", "tf_v1", "compat_v1", "keras_estimator_v1")
            if name not in taken
        )

    def _import_what_is_needed(self) -> None:
        """Imports the package beside each import of TensorFlow 2."""
        bound = {name.dotted for s in self._scan.statements for name in s.names}
        pieces = []
        if _PACKAGE in self._needed and _PACKAGE not in bound:
            pieces.append(f"import {_PACKAGE}")
        if OVERLAY in self._needed and not bound & {
            OVERLAY,
            "tensorflow.compat.v1",
        }:
            pieces.append(f"import {OVERLAY} as {self._overlay_name}")
        if not pieces:
            return
        for statement in self._scan.statements:
            if any(self._is_left(name.dotted) for name in statement.names):
                text = self._source.text[statement.start : statement.end]
                after = statements.joined(
                    self._source, statement, [text, *pieces]
                ).removeprefix(text)
                self._edits.append(Edit(statement.end, statement.end, after))

    # Findings ----------------------------------------------------------------

    def _check(self, offset: int, place: Place, more: str = "") -> None:
        """Notes whether a name is there, and whether it does what it did.

        Args:
            offset: Where it stands.
            place: Where it is today.
            more: What else to say if it is nowhere.
        """
        found = namespace.find(place.root, place.path)
        shown = Place(place.root, found.symbol).shown
        if found.problem is not None:
            self._point(offset, OPEN, shown, f"{found.problem}{more}")
            return
        for kind, table in ((OPEN, notes.OPEN), (DIFFERENT, notes.DIFFERENT)):
            said = notes.note(table, found.symbol)
            if said is not None and place.root == OVERLAY:
                self._point(offset, kind, shown, said)
                return
        if found.symbol:
            self._names[shown] += 1

    def _point(self, offset: int, kind: str, name: str, message: str) -> None:
        line = self._source.line(offset)
        self._points.append(Point(line, kind, name, message))


def _is_theirs(name: Imported) -> bool:
    return name.dotted.split(".")[0] in ("tensorflow", "tensorflow_estimator")


def _is_whole() -> bool:
    """Whether `tf.compat.v1` of the overlay is the overlay itself."""
    return namespace.exists(OVERLAY, "compat.v1.estimator.Estimator")
