"""Watches what a program does with its Estimators, without changing its text.

The methods of the class are wrapped while the program runs. What they do is
noted in the order in which the program asks for it.
"""

import contextlib

import numpy as np

from tests.programs.running import exports


class Notes:
    """What was seen: the calls in order, and the Estimators by model_dir."""

    def __init__(self):
        self.calls = []
        self.estimators = {}

    def note(self, estimator, call, **what):
        """Notes a call."""
        self.estimators[estimator.model_dir] = estimator
        self.calls.append(dict(what, call=call))


@contextlib.contextmanager
def watched(tf, feed):
    """Notes what Estimators do in this context.

    Args:
        tf: The namespace that the program sees as `tf`.
        feed: What exports are fed: see `catalog.Entry`.

    Yields:
        The `Notes`.
    """
    notes = Notes()
    wrappers = {
        "train": _train(tf, notes),
        "evaluate": _evaluate(notes),
        "predict": _predict(notes),
        "export_saved_model": _export(feed, notes),
        "export_savedmodel": _export(feed, notes),
    }
    with contextlib.ExitStack() as undo:
        for name, wrap in wrappers.items():
            mro = tf.estimator.Estimator.__mro__
            cls = next(base for base in mro if name in vars(base))
            original = vars(cls)[name]
            setattr(cls, name, wrap(original))
            undo.callback(setattr, cls, name, original)
        yield notes


def _train(tf, notes):
    def wrap(original):
        def train(self, input_fn, hooks=None, *args, **kwargs):
            losses = []
            notes.note(self, "train", losses=losses)
            hooks = list(hooks or []) + [_losses_hook(tf, losses)]
            return original(self, input_fn, hooks, *args, **kwargs)

        return train

    return wrap


def _losses_hook(tf, losses):
    class Losses(tf.train.SessionRunHook):
        def before_run(self, run_context):
            graph = run_context.session.graph
            # The last is that of the EstimatorSpec.
            loss = graph.get_collection(tf.GraphKeys.LOSSES)[-1]
            return tf.train.SessionRunArgs(loss)

        def after_run(self, run_context, run_values):
            losses.append(np.asarray(run_values.results))

    return Losses()


def _evaluate(notes):
    def wrap(original):
        def evaluate(self, *args, **kwargs):
            metrics = original(self, *args, **kwargs)
            notes.note(self, "evaluate", metrics=dict(metrics))
            return metrics

        return evaluate

    return wrap


def _predict(notes):
    def wrap(original):
        def predict(self, *args, **kwargs):
            found = []
            notes.note(self, "predict", predictions=found)
            for prediction in original(self, *args, **kwargs):
                found.append(prediction)
                yield prediction

        return predict

    return wrap


def _export(feed, notes):
    def wrap(original):
        def export(self, *args, **kwargs):
            folder = original(self, *args, **kwargs)
            # Exporters may remove it: it is asked at once.
            notes.note(self, "export", signatures=exports.answers(folder, feed))
            return folder

        return export

    return wrap
