"""train_and_evaluate: the order of training, saving, evaluating, exporting."""

import os

from tests.parity import observe
from tests.parity import toys


def _exporter(stack, seen, name="exporter", returns=None, fails_at=None):
    """Returns an exporter that notes its calls."""

    class Notes(stack.estimator.Exporter):
        @property
        def name(self):
            return name

        def export(
            self,
            estimator,
            export_path,
            checkpoint_path,
            eval_result,
            is_the_final_export,
        ):
            seen.append(
                [
                    name,
                    os.path.relpath(export_path, estimator.model_dir),
                    os.path.basename(checkpoint_path),
                    sorted(eval_result),
                    int(eval_result["global_step"]),
                    bool(is_the_final_export),
                ]
            )
            if eval_result["global_step"] == fails_at:
                raise ZeroDivisionError("exporter")
            return returns

    return Notes()


def _run(
    stack,
    path,
    seen,
    max_steps=6,
    size=None,
    hooks=(),
    listeners=(),
    exporters=None,
    **options,
):
    """One call: checkpoints at every second step."""
    config = stack.estimator.RunConfig(
        save_checkpoints_steps=2, tf_random_seed=1
    )
    estimator = stack.estimator.Estimator(
        toys.halving(stack), path, config=config
    )

    def noted(what, input_fn):
        def call():
            seen.append(what)
            return input_fn()

        return call

    train_input = (
        toys.eights(stack) if size is None else toys.eights(stack, size)
    )
    train_spec = stack.estimator.TrainSpec(
        noted("train input_fn", train_input),
        max_steps=max_steps,
        hooks=[observe.trace_hook(stack, seen, "train"), *hooks],
        saving_listeners=[observe.listener(stack, seen), *listeners],
    )
    eval_spec = stack.estimator.EvalSpec(
        noted("eval input_fn", toys.eights(stack, 2)),
        hooks=[observe.trace_hook(stack, seen, "eval")],
        exporters=exporters,
        **options,
    )
    result = stack.estimator.train_and_evaluate(
        estimator, train_spec, eval_spec
    )
    seen.append(["result", _plain(result)])
    seen.append(["checkpoints", observe.checkpoints(path)])


def _plain(result):
    metrics, exports = result
    if metrics is not None:
        metrics = {name: float(value) for name, value in metrics.items()}
    return [metrics, exports]


def scenario_with_the_default_throttle(stack, path):
    seen = []
    exporters = [
        _exporter(stack, seen, "one", "there"),
        _exporter(stack, seen, "two"),
    ]
    _run(stack, path, seen, exporters=exporters)
    return seen


def scenario_without_a_throttle(stack, path):
    seen = []
    _run(
        stack,
        path,
        seen,
        max_steps=5,
        exporters=_exporter(stack, seen),
        throttle_secs=0,
    )
    return seen


def scenario_until_the_input_ends(stack, path):
    seen = []
    _run(
        stack,
        path,
        seen,
        max_steps=None,
        size=3,
        exporters=_exporter(stack, seen),
        throttle_secs=0,
        steps=1,
        name="mine",
    )
    seen.append(observe.files(path))
    return seen


def scenario_again_when_it_is_done(stack, path):
    seen = []
    for max_steps in (2, 2, 3):
        _run(
            stack,
            path,
            seen,
            max_steps=max_steps,
            exporters=_exporter(stack, seen),
        )
    return seen


def scenario_stopped_by_a_hook(stack, path):
    seen = []
    stop = stack.tf.train.StopAtStepHook(last_step=3)
    _run(
        stack,
        path,
        seen,
        hooks=[stop],
        exporters=_exporter(stack, seen),
        throttle_secs=0,
    )
    return seen


def scenario_stopped_by_a_listener(stack, path):
    seen = []
    stop = observe.listener(stack, seen, "stops", stop_at=4)
    _run(stack, path, seen, listeners=[stop], throttle_secs=0)
    return seen


def scenario_an_exporter_that_raises(stack, path):
    seen = []
    exporter = _exporter(stack, seen, fails_at=4)
    outcome = observe.outcome(
        lambda: _run(stack, path, seen, exporters=exporter, throttle_secs=0)
    )
    return [seen, outcome, observe.checkpoints(path)]


def scenario_without_checkpoints(stack, path):
    """No RunConfig that saves; a saver that writes elsewhere."""
    facts = {}
    spec = stack.estimator.TrainSpec(toys.eights(stack), max_steps=2)
    evaluate = stack.estimator.EvalSpec(toys.eights(stack, 1))
    config = stack.estimator.RunConfig(
        save_checkpoints_steps=None, save_checkpoints_secs=None
    )
    estimator = stack.estimator.Estimator(
        toys.halving(stack), f"{path}/none", config=config
    )
    facts["none"] = observe.outcome(
        lambda: stack.estimator.train_and_evaluate(estimator, spec, evaluate),
        ["CheckpointSaverHook"],
    )
    elsewhere = stack.tf.train.CheckpointSaverHook(
        f"{path}/there", save_steps=1
    )
    estimator = stack.estimator.Estimator(toys.halving(stack), f"{path}/here")
    facts["elsewhere"] = observe.outcome(
        lambda: stack.estimator.train_and_evaluate(
            estimator, spec._replace(hooks=(elsewhere,)), evaluate
        ),
        ["There was no new checkpoint"],
    )
    return facts


def scenario_specs(stack, path):
    """What the specs hold, and refuse."""

    def input_fn():
        return None

    listener = observe.listener(stack, [])
    hook = stack.tf.train.StopAtStepHook(1)
    exporter = _exporter(stack, [])
    train, evaluate = stack.estimator.TrainSpec, stack.estimator.EvalSpec
    full = evaluate(input_fn, None, "n", [hook], exporter, 0, 0)
    facts = {
        "train": [
            train(input_fn)[1:],
            train(input_fn, 3)._replace(max_steps=4).max_steps,
            train(input_fn, hooks=[hook]).hooks == (hook,),
            train(input_fn, saving_listeners=[listener]).saving_listeners
            == (listener,),
            train._fields,
        ],
        "eval": [
            evaluate(input_fn)[1:],
            full.exporters == (exporter,),
            full.hooks == (hook,),
            full[1:3] + full[5:],
            evaluate._fields,
        ],
    }
    wrong = {
        "train input_fn": lambda: train(3),
        "max_steps 0": lambda: train(input_fn, 0),
        "max_steps -1": lambda: train(input_fn, -1),
        "train hooks": lambda: train(input_fn, hooks=[3]),
        "listeners": lambda: train(input_fn, saving_listeners=[hook]),
        "eval input_fn": lambda: evaluate(None),
        "steps": lambda: evaluate(input_fn, 0),
        "name": lambda: evaluate(input_fn, name=3),
        "eval hooks": lambda: evaluate(input_fn, hooks=[3]),
        "exporters": lambda: evaluate(input_fn, exporters=3),
        "exporters in a list": lambda: evaluate(input_fn, exporters=[3]),
        "no name": lambda: evaluate(
            input_fn, exporters=_exporter(stack, [], "")
        ),
        "a name that is no string": lambda: evaluate(
            input_fn, exporters=_exporter(stack, [], 3)
        ),
        "same names": lambda: evaluate(
            input_fn, exporters=[exporter, _exporter(stack, [])]
        ),
        "start_delay_secs": lambda: evaluate(input_fn, start_delay_secs=-1),
        "throttle_secs": lambda: evaluate(input_fn, throttle_secs=-1),
    }
    for name, call in wrong.items():
        facts[name] = observe.outcome(call)
    one = stack.estimator.Estimator(toys.halving(stack), path)
    for name, specs in {
        "train_spec": (3, full),
        "eval_spec": (train(input_fn), 3),
    }.items():
        facts[name] = observe.outcome(
            lambda specs=specs: stack.estimator.train_and_evaluate(one, *specs)
        )
    return facts
