"""Made-up data from a seed, the same for every stack."""

import numpy as np

MLP_BATCH = 128
CNN_BATCH = 100
CTR_BATCH = 256


def rows(number, width=32):
    """Returns (x float32 [number, width], y float32 [number, 1])."""
    random = np.random.default_rng(0)
    x = random.random([number, width], dtype=np.float32)
    return x, x.mean(1, keepdims=True)


def images(number):
    """Returns (x float32 [number, 784], digits int64 [number])."""
    random = np.random.default_rng(0)
    x = random.random([number, 784], dtype=np.float32)
    return x, random.integers(0, 10, number)


def clicks(number, ids, vocabulary):
    """Returns (ids int64 [number, ids], clicked float32 [number])."""
    random = np.random.default_rng(0)
    # Few ids are frequent and most are rare, as in logs of clicks.
    skewed = random.random([number, ids]) ** 3
    clicked = random.random(number) < 0.25
    return (skewed * vocabulary).astype(np.int64), clicked.astype(np.float32)
