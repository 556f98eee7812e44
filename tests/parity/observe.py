"""What scenarios look at: errors, files, log lines, calls of hooks."""

import contextlib
import logging
import os
import re


def outcome(call, says=()):
    """Returns what a call returned; or what it raised, and words it said.

    Args:
        call: Function without arguments.
        says: Words to look for in the message of the error.

    Returns:
        The result, or `{"raises": name, "says": words}`. The name is that of
        the built-in class, or the class of TensorFlow, that it is.
    """
    try:
        return call()
    except Exception as error:
        return {
            "raises": kind(error),
            "says": [words for words in says if words in str(error)],
        }


def kind(error):
    """Returns the name of the class of Python or TensorFlow that it is."""
    return next(
        cls.__name__
        for cls in type(error).__mro__
        if cls.__module__.split(".")[0] in ("builtins", "tensorflow")
    )


def checkpoints(path):
    """Returns the steps of the checkpoints that are on disk."""
    found = []
    for name in os.listdir(path) if os.path.isdir(path) else []:
        match = re.fullmatch(r"model\.ckpt-(\d+)\.index", name)
        if match:
            found.append(int(match[1]))
    return sorted(found)


def state(path):
    """Returns the lines of the state file, `None` without one."""
    name = os.path.join(path, "checkpoint")
    if not os.path.exists(name):
        return None
    with open(name) as file:
        return file.read().splitlines()


def files(path):
    """Returns the names in a folder; event files lose what varies."""
    if not os.path.isdir(path):
        return None
    return sorted(
        re.sub(r"(\.tfevents)\..*", r"\1", n) for n in os.listdir(path)
    )


@contextlib.contextmanager
def logged(stack):
    """Collects the messages that TensorFlow's logger gets."""
    lines = []

    class Collect(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    logger, handler = stack.tf2.get_logger(), Collect()
    level, propagate, handlers = logger.level, logger.propagate, logger.handlers
    logger.setLevel("INFO")
    logger.propagate, logger.handlers = False, [handler]
    try:
        yield lines
    finally:
        logger.setLevel(level)
        logger.propagate, logger.handlers = propagate, handlers


def steps_hook(stack, seen):
    """Returns a hook that notes the global step after each step."""
    tf = stack.tf

    class Steps(tf.train.SessionRunHook):
        def begin(self):
            self.step = tf.train.get_global_step()

        def after_run(self, run_context, run_values):
            seen.append(int(run_context.session.run(self.step)))

    return Steps()


def losses_hook(stack, seen):
    """Returns a hook that notes the loss of each step."""
    tf = stack.tf

    class Losses(tf.train.SessionRunHook):
        def before_run(self, run_context):
            graph = run_context.session.graph
            losses = graph.get_collection(tf.GraphKeys.LOSSES)
            return tf.train.SessionRunArgs(losses[0])

        def after_run(self, run_context, run_values):
            seen.append(float(run_values.results))

    return Losses()


def raising_hook(stack, at):
    """Returns a hook that raises after the step that reaches `at`."""
    tf = stack.tf

    class Raise(tf.train.SessionRunHook):
        def begin(self):
            self.step = tf.train.get_global_step()

        def after_run(self, run_context, run_values):
            if run_context.session.run(self.step) >= at:
                raise ZeroDivisionError(f"at {at}")

    return Raise()


def listener(stack, seen, name="listener", stop_at=None):
    """Returns a saving listener that notes its calls.

    Args:
        stack: The implementation.
        seen: List that gets [name, method, step, value of `w`].
        name: Is noted.
        stop_at: Step at which `after_save` returns True.
    """

    class Listener(stack.tf.train.CheckpointSaverListener):
        def begin(self):
            (self.w,) = stack.tf.trainable_variables()
            seen.append([name, "begin"])

        def before_save(self, session, global_step_value):
            self.note("before_save", session, global_step_value)

        def after_save(self, session, global_step_value):
            self.note("after_save", session, global_step_value)
            return global_step_value == stop_at

        def end(self, session, global_step_value):
            self.note("end", session, global_step_value)

        def note(self, method, session, step):
            value = float(session.run(self.w))
            seen.append([name, method, int(step), value])

    return Listener()


def trace_hook(stack, seen, name, fetch=None, also=None):
    """Returns a hook that notes each of its calls with the global step.

    Args:
        stack: The implementation.
        seen: List that gets [name, method, step, ...].
        name: Is noted.
        fetch: Function without arguments, called in `begin` to say what to
            fetch; what came is noted after each step.
        also: Function of (method, run_context) called at each step.
    """
    tf = stack.tf

    class Trace(tf.train.SessionRunHook):
        def begin(self):
            self.step = tf.train.get_global_step()
            self.fetches = None if fetch is None else fetch()
            seen.append([name, "begin"])

        def after_create_session(self, session, coord):
            self.note("after_create_session", session)

        def before_run(self, run_context):
            self.note("before_run", run_context.session)
            if also is not None:
                also("before_run", run_context)
            if self.fetches is None:
                return None
            return tf.train.SessionRunArgs(self.fetches)

        def after_run(self, run_context, run_values):
            results = run_values.results
            more = [] if self.fetches is None else [results]
            self.note("after_run", run_context.session, *more)
            if also is not None:
                also("after_run", run_context)

        def end(self, session):
            self.note("end", session)

        def note(self, method, session, *more):
            step = int(session.run(self.step))
            seen.append([name, method, step, *more])

    return Trace()


def events(stack, path):
    """Returns what the event files of a folder hold.

    Returns:
        [step, tag, kind, value] of each summary value, in order; without the
        rate of steps, and with paths relative to `path`.
    """
    tf = stack.tf
    rows = []
    if not os.path.isdir(path):
        return None
    for name in sorted(os.listdir(path)):
        if ".tfevents." not in name:
            continue
        for event in tf.train.summary_iterator(os.path.join(path, name)):
            for value in event.summary.value:
                if value.tag == "global_step/sec":
                    continue
                what = value.WhichOneof("value")
                if what == "simple_value":
                    content = value.simple_value
                elif what == "tensor":
                    array = tf.make_ndarray(value.tensor)
                    content = array.tolist()
                    if array.dtype == object and isinstance(content, bytes):
                        content = os.path.basename(content.decode())
                else:
                    content = None
                rows.append([event.step, value.tag, what, content])
    return rows
