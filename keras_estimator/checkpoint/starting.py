"""Gives the variables of a program their values when a call starts.

As in TF1: from the checkpoint if there is one; else from their initializers,
and then the user's `Scaffold(init_fn=...)`. Variables that a hook made need not
be in the checkpoint: it may have been written without that hook.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint.saver import entries_of
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.engine.program import Program
from keras_estimator.engine.session import GraphSession
from keras_estimator.engine.state import ModelState
from keras_estimator.errors import ScaffoldError
from keras_estimator.errors import UninitializedVariableError

_v1 = tf.compat.v1
_KEYS = _v1.GraphKeys
# As tf.estimator begins.
_NOT_READY = {
    "ready_for_local_init_op": (
        "Init operations did not make model ready for local_init"
    ),
    "ready_op": "Init operations did not make model ready",
}


def restore(
    state: ModelState, binding: Binding, session: GraphSession, prefix: str
) -> None:
    """Restores those variables of a program that have no valid value.

    Raises:
        VariableNotFoundError: If the checkpoint lacks some of them.
        VariableShapeError: If some have another shape or dtype there.
        UninitializedVariableError: If the user's saver leaves some out.
    """
    _v1.logging.info("Restoring parameters from %s", prefix)
    program = binding.program
    if program.saver is None:
        restore_records(binding, state.without_value(program), prefix)
    else:
        bundle.reader(prefix)
        with session.graph.as_default():
            program.saver.restore(session, prefix)
        _initialize_those_of_hooks(binding)
    state.store.version += 1
    if _ready_for_local_init(program) is None:
        _check_given(
            [*_left_out_by_saver(program), *_without_value(binding)],
            "ready_for_local_init_op",
            "The Saver of the Scaffold restored only a part of them",
        )
    state.validate(program.model_records)


def restore_records(
    binding: Binding, records: Sequence[VariableRecord], prefix: str
) -> None:
    """Restores variables of a program, by our own reading.

    Those that hooks made take their initial values if they are not there.

    Raises:
        VariableNotFoundError: If the checkpoint lacks one of model_fn's.
        VariableShapeError: If some have another shape or dtype there.
    """
    of_hooks = [record for record in records if record.made_by_hook]
    missing: list[VariableRecord] = []
    if of_hooks:
        there = bundle.reader(prefix)
        missing = [r for r in of_hooks if not there.has_tensor(r.save_slice[0])]
    found = [record for record in records if record not in missing]
    if found:
        bundle.restore(prefix, entries_of(binding, found))
    for record in missing:
        _v1.logging.info(
            "The variable %s of a hook is not in %s: it takes its initial "
            "value.",
            record.name,
            prefix,
        )
    binding.initialize(missing)


def initialize(
    state: ModelState, binding: Binding, session: GraphSession
) -> None:
    """Runs the initializers of variables without a value.

    What the user's `Scaffold` has instead, or for after it, is run too.

    Raises:
        UninitializedVariableError: If the user's `init_op` leaves some out.
    """
    program = binding.program
    if all(record.made_by_hook for record in state.without_value(program)):
        # The model has its values: `init_fn` is not to replace them.
        _initialize_those_of_hooks(binding)
        state.validate(program.model_records)
        return
    scaffold: Any = program.spec.scaffold
    with session.graph.as_default():
        init_op = _chosen(program, "init_op", scaffold.init_op, _KEYS.INIT_OP)
        if init_op is None:
            binding.initialize(state.without_value(program))
        else:
            session.run(init_op, scaffold.init_feed_dict)
            _initialize_those_of_hooks(binding)
        if scaffold.init_fn is not None:
            scaffold.init_fn(session)
    state.store.version += 1
    if _ready_for_local_init(program) is None:
        _check_given(
            _without_value(binding),
            "ready_for_local_init_op",
            "The init_op of the Scaffold left them out",
        )
    state.validate(program.model_records)


def _initialize_those_of_hooks(binding: Binding) -> None:
    """Initializes what a user's saver or init_op cannot know of."""
    with _tensorflow.eager_mode():
        binding.initialize(
            record
            for record in binding.program.model_records
            if record.made_by_hook
            and not binding.store.is_initialized(record.name)
        )


def check_ready_for_local_init(session: GraphSession) -> None:
    """Asks the user's `ready_for_local_init_op`, if there is one.

    Raises:
        UninitializedVariableError: If it names variables.
    """
    operation = _ready_for_local_init(session.binding.program)
    if operation is not None:
        _ask(session, operation, "ready_for_local_init_op")


def check_ready(session: GraphSession) -> None:
    """Asks the user's `ready_op`; without one, checks what nobody has yet.

    Raises:
        UninitializedVariableError: If it names variables.
    """
    program = session.binding.program
    operation = _chosen(
        program, "ready_op", program.spec.scaffold.ready_op, _KEYS.READY_OP
    )
    if operation is not None:
        _ask(session, operation, "ready_op")
    elif _ready_for_local_init(program) is not None:
        _check_given(
            _without_value(session.binding),
            "ready_op",
            "The operations of the Scaffold left them out",
        )


def _ready_for_local_init(program: Program) -> Any:
    return _chosen(
        program,
        "ready_for_local_init_op",
        program.spec.scaffold.ready_for_local_init_op,
        _KEYS.READY_FOR_LOCAL_INIT_OP,
    )


def _chosen(program: Program, argument: str, given: Any, key: str) -> Any:
    """Returns what a Scaffold was given, or a collection of the graph has.

    Raises:
        ScaffoldError: If the collection has several.
    """
    if given is not None:
        return given
    found = program.graph.get_collection(key)
    if len(found) > 1:
        raise ScaffoldError(
            f'More than one item in the collection "{key}": it has '
            f"{len(found)}. Please indicate which one to use: `Scaffold("
            f"{argument}=...)`."
        )
    return found[0] if found else None


def _ask(session: GraphSession, operation: Any, argument: str) -> None:
    """Runs an operation that names what is not initialized."""
    answer = session.run(operation)
    if answer is None:
        return
    answer = np.asarray(answer)
    # Numbers mean "yes" since the first versions of TensorFlow.
    if answer.dtype == np.int32 or not answer.size:
        return
    if answer.ndim != 1 or not all(isinstance(a, bytes) for a in answer):
        raise ScaffoldError(
            f"`Scaffold({argument}=...)` must be a vector of strings, the "
            "names of variables that are not initialized. It has returned "
            f"{answer!r}. `tf.compat.v1.report_uninitialized_variables()` is "
            "one."
        )
    names = ", ".join(name.decode() for name in answer)
    raise UninitializedVariableError(
        f"{_NOT_READY[argument]}. Variables not initialized: {names}. So says "
        f"`Scaffold({argument}=...)` in model_fn; let `init_op` or `init_fn` "
        "initialize them."
    )


def _left_out_by_saver(program: Program) -> list[str]:
    """Returns the variables of model_fn that the user's saver does not restore.

    Whatever value they have in memory, a new process would have none.
    """
    if program.saver is None:
        return []
    restored = program.index.ancestors(
        [program.saver.saver_def.restore_op_name]
    )
    return [
        record.name
        for record in program.model_records
        if record.handle not in restored and not record.made_by_hook
    ]


def _without_value(binding: Binding) -> list[str]:
    names = [record.name for record in binding.program.model_records]
    with _tensorflow.eager_mode():
        return list(binding.store.uninitialized(names))


def _check_given(names: Sequence[str], argument: str, cause: str) -> None:
    """Refuses to begin with variables that have no value.

    Args:
        names: The variables.
        argument: The operation of the Scaffold that would tell in TF1.
        cause: Why they have none.
    """
    if names:
        raise UninitializedVariableError(
            f"{_NOT_READY[argument]}. Variables not initialized: "
            f"{', '.join(dict.fromkeys(names))}. {cause}. Let it cover all "
            "variables, or give the others a value in `Scaffold(init_fn=...)`."
        )
