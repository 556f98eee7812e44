"""Who saves, when, what is kept, and what listeners may do meanwhile."""

import os

from tests.parity import observe
from tests.parity import toys


def estimator(stack, path, fields=None, **config):
    """A new Estimator of the toy model."""
    config = stack.estimator.RunConfig(model_dir=path, **config)
    return stack.estimator.Estimator(toys.halving(stack, fields), config=config)


def left(path):
    """What is left in a folder: checkpoints, and what the state file says."""
    lines = observe.state(path)
    if lines is not None:
        # Savers of the user write whole paths.
        lines = [os.path.basename(line.split('"')[1]) for line in lines]
    return [observe.checkpoints(path), lines]


def with_saver(stack, **arguments):
    """Fields of a spec whose Scaffold has a saver."""

    def fields(mode, w, loss):
        saver = stack.tf.train.Saver(**arguments)
        return {"scaffold": stack.tf.train.Scaffold(saver=saver)}

    return fields


def scenario_rotation_over_calls(stack, path):
    """It goes on through the state file, also when its settings change."""
    facts = {}
    for name, keeps in (
        ("more", (2, 4)),
        ("then all", (2, None)),
        ("all first", (None, 2)),
        ("0 first", (0, 2, 0)),
    ):
        model_dir = os.path.join(path, name)
        facts[name] = []
        for keep in keeps:
            one = estimator(
                stack,
                model_dir,
                save_checkpoints_steps=1,
                keep_checkpoint_max=keep,
            )
            one.train(toys.eights(stack), steps=3)
            facts[name].append(left(model_dir))
    return facts


def scenario_savers_of_the_user(stack, path):
    """Their settings count; what is rotated in one call, and over two."""
    facts = {}
    for name, arguments in (
        ("keep 2", {"max_to_keep": 2}),
        ("keep 0", {"max_to_keep": 0}),
        ("keep None", {"max_to_keep": None}),
        (
            "every few hours",
            {"max_to_keep": 1, "keep_checkpoint_every_n_hours": 1e-9},
        ),
        ("sharded", {"sharded": True, "max_to_keep": 1}),
        ("relative", {"save_relative_paths": True, "max_to_keep": 2}),
    ):
        model_dir = os.path.join(path, name)
        facts[name] = []
        for _ in range(2):
            one = estimator(
                stack,
                model_dir,
                with_saver(stack, **arguments),
                save_checkpoints_steps=1,
                keep_checkpoint_max=4,
            )
            one.train(toys.eights(stack), steps=3)
            facts[name].append(left(model_dir))
        facts[name].append(observe.files(model_dir))
        facts[name].append(one.evaluate(toys.eights(stack, 1))["loss"])
        facts[name].append(one.get_variable_value("w"))
    return facts


def scenario_savers_in_collections(stack, path):
    """One that model_fn makes and puts where TF1 looks for it."""
    tf = stack.tf

    def fields(mode, w, loss):
        saver = tf.train.Saver(max_to_keep=1, save_relative_paths=True)
        tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
        return {}

    one = estimator(stack, path, fields, save_checkpoints_steps=1)
    one.train(toys.eights(stack), steps=3)
    return [left(path), one.evaluate(toys.eights(stack, 1))["loss"]]


def scenario_listeners_of_both(stack, path):
    """Those of a hook of the user's, and `saving_listeners` after them."""
    seen = []

    def hook(name, directory):
        return stack.tf.train.CheckpointSaverHook(
            directory,
            save_steps=2,
            listeners=[observe.listener(stack, seen, name)],
        )

    one = estimator(stack, os.path.join(path, "model"))
    one.train(
        toys.eights(stack),
        steps=3,
        hooks=[
            hook("first", os.path.join(path, "a")),
            hook("second", os.path.join(path, "b")),
        ],
        saving_listeners=[observe.listener(stack, seen, "given")],
    )
    # Which checkpoints are left in `a` is another matter: the hooks of the real
    # one share a saver, and so one rotation.
    return [seen, left(one.model_dir)]


def scenario_the_same_listener_twice(stack, path):
    seen = []
    listener = observe.listener(stack, seen, "one")
    hook = stack.tf.train.CheckpointSaverHook(
        path, save_steps=2, listeners=[listener, listener]
    )
    estimator(stack, path).train(
        toys.eights(stack), steps=1, hooks=[hook], saving_listeners=[listener]
    )
    return seen


def scenario_a_listener_that_raises(stack, path):
    """Who is told before, and what is left, for each of its methods."""
    tf = stack.tf
    facts = {}
    for method in ("begin", "before_save", "after_save", "end"):
        for at in (0, 2):
            if at and method in ("begin", "end"):
                continue
            seen = []

            class Raises(tf.train.CheckpointSaverListener):
                def __init__(self, method=method, at=at):
                    def fail(session=None, step=None):
                        if step is None or method == "end" or step == at:
                            raise ZeroDivisionError("mine")

                    setattr(self, method, fail)

            model_dir = os.path.join(path, f"{method} {at}")
            one = estimator(stack, model_dir, save_checkpoints_steps=2)
            raised = observe.outcome(
                lambda one=one, seen=seen, Raises=Raises: one.train(
                    toys.eights(stack),
                    steps=3,
                    saving_listeners=[
                        observe.listener(stack, seen, "before"),
                        Raises(),
                        observe.listener(stack, seen, "after"),
                    ],
                ),
                ["mine"],
            )
            facts[f"{method} {at}"] = [raised, seen, left(model_dir)]
    return facts


def scenario_a_listener_that_ends_the_input(stack, path):
    """An OutOfRangeError from wherever ends training as the input would."""
    tf = stack.tf
    facts = {}
    for at in (0, 2):

        class Raises(tf.train.CheckpointSaverListener):
            def after_save(self, session, step, at=at):
                if step == at:
                    raise tf.errors.OutOfRangeError(None, None, "mine")

        model_dir = os.path.join(path, str(at))
        one = estimator(stack, model_dir, save_checkpoints_steps=2)
        facts[str(at)] = [
            observe.outcome(
                lambda one=one, Raises=Raises: (
                    one.train(
                        toys.eights(stack),
                        steps=5,
                        saving_listeners=[Raises()],
                    )
                    is one
                ),
                ["mine"],
            ),
            left(model_dir),
        ]
    return facts


def scenario_a_listener_that_evaluates(stack, path):
    """The checkpoint just written; training goes on as if nothing was."""
    tf = stack.tf
    seen = []

    class Evaluate(tf.train.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            found = one.evaluate(toys.eights(stack, 2))
            again = other.evaluate(toys.eights(stack, 1), name="other")
            (predicted,) = one.predict(toys.eights(stack, 1))
            seen.append([int(global_step_value), found, again, predicted["y"]])

    one = estimator(stack, path, save_checkpoints_steps=2)
    other = estimator(stack, path)
    one.train(toys.eights(stack), steps=5, saving_listeners=[Evaluate()])
    return [
        seen,
        left(path),
        one.get_variable_value("w"),
        observe.events(stack, os.path.join(path, "eval")),
    ]


def scenario_a_listener_that_trains_another(stack, path):
    tf = stack.tf
    seen = []

    class Train(tf.train.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            other.train(toys.eights(stack), steps=1)
            seen.append([int(global_step_value), left(theirs)])

    theirs = os.path.join(path, "theirs")
    one = estimator(stack, os.path.join(path, "a"), save_checkpoints_steps=2)
    other = estimator(stack, theirs)
    one.train(toys.eights(stack), steps=3, saving_listeners=[Train()])
    return [seen, left(one.model_dir), one.get_variable_value("w")]


def scenario_savers_of_hooks(stack, path):
    """A saver that a hook is given, and a scaffold."""
    tf = stack.tf
    facts = {}

    class Lazy(tf.train.SessionRunHook):
        """Makes its saver when the graph is there."""

        def begin(self):
            (w,) = tf.trainable_variables()
            self.saver = tf.train.Saver([w], max_to_keep=1)

        def after_create_session(self, session, coord):
            self.save(session)

        def end(self, session):
            self.save(session)

        def save(self, session):
            target = os.path.join(path, "own", "w")
            os.makedirs(os.path.dirname(target), exist_ok=True)
            step = tf.train.get_global_step()
            self.saver.save(session, target, step, write_meta_graph=False)

    one = estimator(stack, os.path.join(path, "model"))
    one.train(toys.eights(stack), steps=2, hooks=[Lazy()])
    reader = tf.train.load_checkpoint(os.path.join(path, "own"))
    facts["own"] = [
        observe.files(os.path.join(path, "own")),
        reader.get_variable_to_shape_map(),
        reader.get_tensor("w"),
        left(one.model_dir),
    ]
    facts["both"] = observe.outcome(
        lambda: tf.train.CheckpointSaverHook(
            path, save_steps=1, saver=1, scaffold=2
        ),
        ["You cannot provide both saver and scaffold."],
    )
    for name, arguments in (
        ("neither", {}),
        ("both times", {"save_secs": 1, "save_steps": 1}),
    ):
        facts[name] = observe.outcome(
            lambda arguments=arguments: (
                tf.train.CheckpointSaverHook(path, **arguments) is None
            ),
            ["Either every_secs or every_steps", "Can not provide both"],
        )
    return facts


def scenario_a_name_of_its_own(stack, path):
    """checkpoint_basename, and a folder that does not exist yet."""
    target = os.path.join(path, "deep", "er")
    hook = stack.tf.train.CheckpointSaverHook(
        target, save_steps=2, checkpoint_basename="net"
    )
    estimator(stack, os.path.join(path, "model")).train(
        toys.eights(stack), steps=3, hooks=[hook]
    )
    return [observe.files(target), observe.state(target)]
