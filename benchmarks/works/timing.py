"""Timing of calls, the same for every stack."""

import time


def seconds(function, *args, **kwargs):
    """Returns how long a call took."""
    start = time.perf_counter()
    function(*args, **kwargs)
    return time.perf_counter() - start


def steps_per_second(train, short, long):
    """Returns the steady rate of a long call of training.

    What a call costs beside its steps is taken off: it is what a call of few
    steps takes. A call before that builds whatever is built once. Where the
    long call is so short that noise eats the difference, it is the rate of the
    whole call.

    Args:
        train: Function of a number of steps.
        short: Steps of the first call, and of the one that is taken off.
        long: Steps of the long call.
    """
    train(short)
    set_up = seconds(train, short)
    whole = seconds(train, long)
    if whole <= set_up:
        return long / whole
    return (long - short) / (whole - set_up)
