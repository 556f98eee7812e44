"""Rewritten random operations draw what TensorFlow's own kernels draw."""

from unittest import mock

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.variables import VariableStore

v1 = tf.compat.v1
FLOATS = (tf.float16, tf.bfloat16, tf.float32, tf.float64)
DRAWS = 3
LOOPS = {"parallel_iterations": 10}


def model_fn_of(make):
    """A model_fn whose predictions are the tensors that `make` makes."""

    def model_fn(features, mode):
        del features
        tensors = {str(k): tf.convert_to_tensor(v) for k, v in make().items()}
        return ke.EstimatorSpec(mode, predictions=tensors)

    return model_fn


def in_a_session(make, seed=None, draws=DRAWS):
    """What TF1 would draw: the values of each of several runs."""
    with tf.Graph().as_default() as graph:
        v1.set_random_seed(seed)
        v1.train.create_global_step()
        # The kernels draw for whichever iteration comes first.
        with mock.patch.dict(LOOPS, parallel_iterations=1):
            tensors = make()
        with v1.Session(graph=graph) as session:
            session.run(v1.global_variables_initializer())
            return [session.run(tensors) for _ in range(draws)]


def in_a_binding(binding, draws=DRAWS):
    names = [t.name for t in binding.program.spec.predictions.values()]
    keys = list(binding.program.spec.predictions)
    return [
        dict(zip(keys, [t.numpy() for t in binding.run(names)], strict=True))
        for _ in range(draws)
    ]


def assert_same(ours, theirs):
    assert len(ours) == len(theirs)
    wrong = [
        f"{key}, draw {draw}: {mine[key]} instead of {true[key]}"
        for draw, (mine, true) in enumerate(zip(ours, theirs, strict=True))
        for key in true
        if mine[key].dtype != true[key].dtype
        or mine[key].tobytes() != true[key].tobytes()
    ]
    assert not wrong, "\n".join(wrong)
    drawn = {tuple(value.tobytes() for value in d.values()) for d in ours}
    assert len(drawn) == len(ours), "each draw is a new one"


def floats():
    found = {}
    for dtype in FLOATS:
        for shape in ([], [1], [7], [3, 5], [0], [2, 513]):
            name = f"{dtype.name} {shape}"
            found[f"uniform {name}"] = tf.random.uniform(shape, dtype=dtype)
            found[f"normal {name}"] = tf.random.normal(shape, dtype=dtype)
            found[f"truncated {name}"] = tf.random.truncated_normal(
                shape, dtype=dtype
            )
    return found


def integers():
    found = {}
    for dtype in (tf.int32, tf.int64):
        for low, high in ((0, 2), (-5, 1000), (0, dtype.max), (3, 4)):
            found[f"{dtype.name} {low} {high}"] = tf.random.uniform(
                [9], low, high, dtype
            )
    return found


def gammas():
    found = {}
    for dtype in (tf.float16, tf.float32, tf.float64):
        for alpha in (0.3, 1.0, [0.5, 2.0, 30.0], [[0.1], [7.0]]):
            found[f"{dtype.name} {alpha}"] = tf.random.gamma(
                [4], tf.constant(alpha, dtype), dtype=dtype
            )
    return found


def shuffles():
    values = {
        "int32": tf.range(10),
        "float64": tf.cast(tf.range(11), tf.float64),
        "matrix": tf.reshape(tf.range(30), [10, 3]),
        "string": tf.as_string(tf.range(8)),
        "three": tf.range(3),
        "one": tf.range(1),
        "none": tf.range(0),
        "wide": tf.reshape(tf.range(4), [1, 4]),
        "hollow": tf.zeros([7, 0]),
        "many": tf.range(1000),
    }
    return {k: tf.random.shuffle(v) for k, v in values.items()}


def as_bytes(draws):
    """Text arrays have no comparable bytes: their items have."""
    return [
        {k: v.astype("S") if v.dtype == object else v for k, v in draw.items()}
        for draw in draws
    ]


@pytest.mark.parametrize("make", [floats, integers, gammas, shuffles])
def test_draws_are_those_of_the_kernel(bind, make):
    ours = in_a_binding(bind(model_fn_of(make), seed=11))
    assert_same(as_bytes(ours), as_bytes(in_a_session(make, seed=11)))


@pytest.mark.parametrize("graph_seed", [None, 0, 3, -1, 2**31 - 1])
def test_all_kinds_of_seeds_are_those_of_the_kernel(bind, graph_seed):
    def make():
        # Without both seeds an operation is random, in TF1 too.
        first = {} if graph_seed is None else {None: tf.random.normal([4])}
        return first | {
            seed: tf.random.normal([4], seed=seed)
            for seed in (0, 1, -7, 2**31 - 1, 2**40)
        }

    ours = in_a_binding(bind(model_fn_of(make), seed=graph_seed))
    theirs = in_a_session(make, seed=graph_seed)
    assert_same(ours, [{str(k): v for k, v in d.items()} for d in theirs])


def loops():
    def body(i, drawn):
        u, n = tf.random.uniform([1, 3], seed=4), tf.random.normal([1, 3])
        return i + 1, tf.concat([drawn, u, n], 0)

    drawn = tf.TensorShape([None, 3])
    _, collected = tf.while_loop(
        lambda i, _: i < 3,
        body,
        (tf.constant(0), tf.zeros([0, 3])),
        (tf.TensorShape([]), drawn),
        **LOOPS,
    )
    mapped = tf.map_fn(lambda _: tf.random.normal([]), tf.zeros([5]), **LOOPS)
    return {"while": collected, "map_fn": mapped}


def loops_of_tf1():
    """The same, as a program that has turned TensorFlow 2 off has them."""
    v1.disable_control_flow_v2()
    try:
        return loops()
    finally:
        v1.enable_control_flow_v2()


def branches():
    step = v1.train.get_global_step()
    yes = tf.cond(
        step < 5,
        lambda: tf.random.uniform([4]),
        lambda: tf.random.normal([4]),
    )
    nested = tf.cond(
        step < 5,
        lambda: tf.cond(
            step < 3,
            lambda: tf.random.normal([4], seed=8),
            lambda: tf.zeros([4]),
        ),
        lambda: tf.ones([4]),
    )
    case = tf.switch_case(
        tf.cast(step, tf.int32) + 1,
        [lambda: tf.zeros([4]), lambda: tf.random.truncated_normal([4])],
    )
    return {"cond": yes, "nested": nested, "case": case}


def dropouts():
    ones = tf.ones([4, 5])
    return {
        "dropout": tf.nn.dropout(ones, 0.5),
        "seeded": tf.nn.dropout(ones, 0.5, seed=2),
        "crop": tf.image.random_crop(tf.reshape(tf.range(60), [10, 6]), [4, 3]),
        "flip": tf.image.random_flip_left_right(
            tf.reshape(tf.range(12.0), [2, 6, 1])
        ),
    }


@pytest.mark.parametrize("make", [loops, loops_of_tf1, branches, dropouts])
def test_draws_within_other_operations_are_those_of_the_kernel(bind, make):
    ours = in_a_binding(bind(model_fn_of(make), seed=5))
    assert_same(ours, in_a_session(make, seed=5))


def test_a_draw_happens_once_in_a_run_whoever_looks_at_it(bind):
    def make():
        x = tf.random.uniform([4])
        return {"x": x, "y": x * 1, "z": tf.concat([x, x], 0)}

    for draw in in_a_binding(bind(model_fn_of(make), seed=1)):
        assert draw["x"].tolist() == draw["y"].tolist()
        assert draw["z"].tolist() == [*draw["x"], *draw["x"]]


def test_sizes_that_change_from_run_to_run_move_the_stream_as_the_kernel(bind):
    sizes = [3, 1, 0, 5, 8, 9, 4, 6, 7, 10, 2, 8, 9]

    def draws(n):
        return {
            "uniform": tf.random.uniform([n]),
            "int": tf.random.uniform([n], 0, 100, tf.int32),
            "gamma": tf.random.gamma([n], [0.5, 2.0]),
            "shuffle": tf.random.shuffle(tf.range(n)),
            "wide": tf.random.shuffle(tf.zeros([3, n]) + [[1.0], [2], [3]]),
        }

    def model_fn(features, mode):
        return ke.EstimatorSpec(mode, predictions=draws(features))

    binding = bind(model_fn, tf.TensorSpec([], tf.int32), seed=6)
    tensors = binding.program.spec.predictions
    ours = [
        binding.run(
            [t.name for t in tensors.values()],
            {binding.program.inputs[0]: tf.constant(n)},
        )
        for n in sizes
    ]
    with tf.Graph().as_default() as graph:
        v1.set_random_seed(6)
        n = v1.placeholder(tf.int32, [])
        fetched = draws(n)
        with v1.Session(graph=graph) as session:
            theirs = [session.run(fetched, {n: size}) for size in sizes]
    mine = [
        dict(zip(tensors, [t.numpy() for t in run], strict=True))
        for run in ours
    ]
    for size, one, other in zip(sizes, mine, theirs, strict=True):
        for key in one:
            assert one[key].tolist() == other[key].tolist(), (size, key)


def test_a_program_bound_twice_has_two_streams(program_of):
    def make():
        return {**loops(), "graph": tf.random.uniform([4])}

    program = program_of(model_fn_of(make), seed=7)
    bindings = [Binding(program, VariableStore()) for _ in range(2)]
    first = in_a_binding(bindings[0])
    second = in_a_binding(bindings[1])
    theirs = in_a_session(make, seed=7, draws=2 * DRAWS)
    assert_same(first, theirs[:DRAWS])
    assert_same(second, theirs[:DRAWS])
    for index in range(DRAWS, 2 * DRAWS):
        for binding in bindings:
            assert_same(in_a_binding(binding, 1), [theirs[index]])


def test_each_call_begins_at_the_beginning_of_the_stream(bind):
    def make():
        return {**loops(), "graph": tf.random.uniform([4])}

    binding = bind(model_fn_of(make), seed=7)
    first = in_a_binding(binding)
    binding.start_call()
    assert_same(in_a_binding(binding), first)


def test_how_fetches_are_cut_does_not_change_a_draw(bind):
    def make():
        return {"a": tf.random.uniform([4]), "b": tf.random.uniform([4])}

    binding = bind(model_fn_of(make), seed=7)
    names = {k: t.name for k, t in binding.program.spec.predictions.items()}
    theirs = in_a_session(make, seed=7)
    assert binding.run([names["a"]])[0].numpy().tolist() == (
        theirs[0]["a"].tolist()
    )
    b, a = binding.run([names["b"], names["a"]])
    assert b.numpy().tolist() == theirs[0]["b"].tolist()
    assert a.numpy().tolist() == theirs[1]["a"].tolist()
    assert binding.run([names["a"]])[0].numpy().tolist() == (
        theirs[2]["a"].tolist()
    )


def derived():
    return {
        "categorical": tf.random.categorical(tf.zeros([2, 50]), 8),
        "poisson": tf.random.poisson([8], tf.constant([3.0, 50.0])),
        "poisson int": v1.random_poisson(20.0, [9], dtype=tf.int32),
    }


def test_derived_distributions_are_reproducible(bind):
    first = in_a_binding(bind(model_fn_of(derived), seed=3), 20)
    again = in_a_binding(bind(model_fn_of(derived), seed=3), 20)
    assert_same(again, first)
    other = in_a_binding(bind(model_fn_of(derived), seed=4), 1)
    for key in other[0]:
        assert other[0][key].tolist() != first[0][key].tolist()
    counts = np.stack([draw["poisson"] for draw in first])
    assert counts.mean((0, 1)) == pytest.approx([3, 50], rel=0.1)
    classes = np.stack([draw["categorical"] for draw in first])
    assert (classes.min(), classes.max()) == (0, 49)


def test_what_has_no_seed_stays_random(program_of):
    def make():
        x = tf.random.uniform([4])
        loop = tf.map_fn(lambda x: x + tf.random.normal([]), tf.zeros([5]))
        return {"x": x, "loop": loop, **derived()}

    program = program_of(model_fn_of(make), seed=None)
    assert not program.streams
    drawn = [
        draw
        for _ in range(2)
        for draw in in_a_binding(Binding(program, VariableStore()))
    ]
    for key in drawn[0]:
        assert len({draw[key].tobytes() for draw in drawn}) == len(drawn), key


def test_each_seeded_operation_has_a_stream_of_its_own(program_of):
    program = program_of(
        model_fn_of(
            lambda: {
                "a": tf.random.uniform([2], name="a"),
                "b": tf.random.normal([2], seed=9, name="b"),
                "c": tf.random.uniform([2], name="c") + 1,
            }
        ),
        seed=4,
    )
    assert [(s.operation, s.state) for s in program.streams] == [
        ("a/RandomUniform", (0, 0, 4)),
        ("b/RandomStandardNormal", (0, 9, 4)),
        ("c/RandomUniform", (0, 1, 4)),
    ]


def test_static_shapes_survive_the_rewrite(bind):
    binding = bind(
        model_fn_of(lambda: {"x": tf.random.uniform([2, 3])}), seed=4
    )
    (name,) = (t.name for t in binding.program.spec.predictions.values())
    function = binding.function([name])
    (output,) = function.outputs
    assert output.shape == [2, 3]


def test_gradients_pass_by_a_rewritten_operation(bind):
    def make():
        x = v1.get_variable("x", [3], initializer=v1.ones_initializer())
        dropped = tf.nn.dropout(x, 0.5, seed=1)
        (gradient,) = tf.gradients(dropped, x)
        return {"dropped": dropped, "gradient": gradient}

    for draw in in_a_binding(bind(model_fn_of(make), seed=2)):
        assert draw["dropped"].tolist() == draw["gradient"].tolist()
