"""Exporters: which evaluations are exported, and what is kept.

With an Estimator that only notes what it is asked to export.
"""

import os

from tests.parity import observe


class _Estimator:
    """Makes folders named 1000000001, 1000000002, ..."""

    def __init__(self, model_dir):
        self.model_dir = model_dir
        self.calls = []
        self._count = 0

    def export_saved_model(
        self,
        export_dir_base,
        serving_input_receiver_fn,
        assets_extra=None,
        as_text=False,
        checkpoint_path=None,
        **more,
    ):
        self.calls.append(
            [
                os.path.relpath(export_dir_base, self.model_dir),
                serving_input_receiver_fn(),
                assets_extra,
                as_text,
                checkpoint_path,
                sorted(more),
            ]
        )
        self._count += 1
        path = os.path.join(export_dir_base, str(1000000000 + self._count))
        os.makedirs(path)
        return path.encode()


def receiver_fn():
    return "receiver"


def _exported(exporter, estimator, losses, final=()):
    """Returns what is exported of evaluations with these losses."""
    folder = os.path.join(estimator.model_dir, "export", exporter.name)
    results = []
    for step, loss in enumerate(losses):
        path = exporter.export(
            estimator,
            folder,
            f"model.ckpt-{step}",
            {"loss": loss, "global_step": step, "auc": 1 - loss},
            step in final,
        )
        results.append(path and os.path.basename(path))
    return [results, sorted(os.listdir(folder)) if any(results) else []]


def scenario_final(stack, path):
    one = _Estimator(path)
    exporter = stack.estimator.FinalExporter(
        "f", receiver_fn, assets_extra={"a": "b"}, as_text=True
    )
    return [
        _exported(exporter, one, [3, 1, 2], final=[2]),
        one.calls,
        exporter.name,
    ]


def scenario_latest(stack, path):
    """The newest are kept; what is not named like an export is left alone."""
    facts = {}
    for keep in (1, 2, None, 5):
        one = _Estimator(f"{path}/{keep}")
        folder = f"{path}/{keep}/export/l"
        for name in ("notes", "12345", "temp-1000000009", "10000000000"):
            os.makedirs(os.path.join(folder, name))
        exporter = stack.estimator.LatestExporter(
            "l", receiver_fn, exports_to_keep=keep
        )
        facts[str(keep)] = _exported(exporter, one, [3, 1, 2])
        facts[f"{keep} calls"] = one.calls
    return facts


def scenario_best(stack, path):
    def higher_auc(best_eval_result, current_eval_result):
        return best_eval_result["auc"] < current_eval_result["auc"]

    def never(best_eval_result, current_eval_result):
        return False

    facts = {}
    for name, options in {
        "loss": {},
        "compare_fn": {"compare_fn": higher_auc},
        "never": {"compare_fn": never},
        "keep": {"exports_to_keep": 1},
        "no pattern": {"event_file_pattern": None},
    }.items():
        one = _Estimator(f"{path}/{name}")
        exporter = stack.estimator.BestExporter(
            "b", receiver_fn, as_text=True, **options
        )
        facts[name] = _exported(exporter, one, [3, 2, 2, 4, 1, 1.5])
        facts[f"{name} calls"] = one.calls
    facts["name"] = stack.estimator.BestExporter().name
    return facts


def scenario_a_better_model_after_a_restart(stack, path):
    """The event files know what was best before."""
    _write_events(stack, path, [(1, {"loss": 2.0}), (2, {"loss": 1.0})])
    exporter = stack.estimator.BestExporter("b", receiver_fn)
    return _exported(exporter, _Estimator(path), [0.5, 3, 0.25])


def _write_events(stack, path, evaluations):
    tf = stack.tf
    with tf.Graph().as_default():
        writer = tf.summary.FileWriter(os.path.join(path, "eval"))
        for step, metrics in evaluations:
            summary = tf.Summary()
            for tag, value in metrics.items():
                summary.value.add(tag=tag, simple_value=value)
            writer.add_summary(summary, step)
        writer.close()


def scenario_wrong_arguments(stack, path):
    estimator = stack.estimator
    best = estimator.BestExporter
    calls = {
        "compare_fn None": lambda: best("b", receiver_fn, compare_fn=None),
        "no arguments": lambda: best(compare_fn=lambda: True),
        "other names": lambda: best(compare_fn=lambda best, current: True),
        "one of them": lambda: best(compare_fn=lambda best_eval_result: True),
        "one more": lambda: best(
            compare_fn=lambda best_eval_result, current_eval_result, more: 1
        ),
        "keep 0": lambda: best(exports_to_keep=0),
        "latest keep -1": lambda: estimator.LatestExporter(
            "l", receiver_fn, exports_to_keep=-1
        ),
    }
    return {name: observe.outcome(call) for name, call in calls.items()}
