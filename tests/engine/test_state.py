"""ModelState: where values are from, and who uses them."""

import gc
import weakref

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.state import ModelState

v1 = tf.compat.v1


def model_fn(features, labels, mode):
    w = v1.get_variable("w", [], initializer=v1.ones_initializer())
    step = v1.train.get_global_step()
    loss = tf.reduce_sum(features) * w
    with tf.control_dependencies([w.assign_add(1.0)]):
        train_op = step.assign_add(1)
    return ke.EstimatorSpec(
        mode, predictions=loss, loss=loss, train_op=train_op
    )


@pytest.fixture
def program(program_of):
    return program_of(model_fn, mode="train")


def names(records):
    return [record.name for record in records]


def fill(state, program):
    with state.bound(program) as binding:
        binding.initialize(program.model_records)
        binding.start_call()
    state.validate(program.model_records)


def train(state, program):
    with state.bound(program) as binding:
        (features,) = program.inputs
        binding.run(program.step, {features: tf.constant([1.0])})


def test_variables_need_a_value_until_they_are_validated(program):
    state = ModelState()
    assert state.is_empty
    assert names(state.without_value(program)) == ["global_step", "w"]
    state.validate(program.model_records[:1])
    assert names(state.without_value(program)) == ["w"]
    assert not state.is_empty
    state.forget()
    assert names(state.without_value(program)) == ["global_step", "w"]


def test_values_are_those_of_their_origin_until_they_change(program):
    state = ModelState()
    fill(state, program)
    assert not state.is_at(None)
    assert not state.is_at("checkpoint 1")
    state.mark("checkpoint 1")
    assert state.is_at("checkpoint 1")
    assert not state.is_at("checkpoint 2")
    train(state, program)
    assert not state.is_at("checkpoint 1")
    state.mark("checkpoint 2")
    assert state.is_at("checkpoint 2")
    state.is_changing = True
    assert not state.is_at("checkpoint 2")


def test_marking_ends_what_fit_left(program):
    state = ModelState()
    state.was_fitted = True
    state.mark("checkpoint")
    assert not state.was_fitted


def test_a_call_has_its_binding_for_itself(program):
    state = ModelState()
    with state.bound(program) as outer:
        assert outer.in_use
        with state.bound(program) as inner:
            assert inner is not outer
            assert inner.store is outer.store is state.store
        with state.bound(program) as again:
            assert again is inner, "free ones are used again"
    assert not outer.in_use
    with state.bound(program) as later:
        assert later is outer


def test_a_binding_is_free_again_after_an_error(program):
    state = ModelState()
    with pytest.raises(ZeroDivisionError), state.bound(program) as first:
        _ = 1 // 0
    with state.bound(program) as second:
        assert second is first


def test_an_own_binding_stays_in_use(program):
    state = ModelState()
    mine = state.own_binding(program)
    with state.bound(program) as other:
        assert other is not mine
    assert state.own_binding(program) is other


def test_a_copy_goes_its_own_way(program):
    state = ModelState()
    fill(state, program)
    state.mark("checkpoint")
    twin = state.copy()
    assert twin.is_at("checkpoint")
    assert not twin.without_value(program)
    train(state, program)
    assert twin.is_at("checkpoint")
    assert not state.is_at("checkpoint")
    assert state.store["w"].numpy() == 2
    assert twin.store["w"].numpy() == 1
    train(twin, program)
    train(twin, program)
    assert (state.store["w"].numpy(), twin.store["w"].numpy()) == (2, 3)


def test_a_copy_of_changed_values_is_at_no_checkpoint(program):
    state = ModelState()
    fill(state, program)
    state.mark("checkpoint")
    train(state, program)
    assert not state.copy().is_at("checkpoint")


@pytest.mark.parametrize("kept", ["state", "program"])
def test_bindings_go_with_their_program_or_their_state(program_of, kept):
    def used():
        program, state = program_of(model_fn, mode="train"), ModelState()
        fill(state, program)
        with state.bound(program) as binding:
            freed = weakref.ref(binding)
        return freed, {"state": state, "program": program}[kept]

    freed, kept_alive = used()
    gc.collect()
    assert freed() is None, kept_alive
    if kept == "state":
        assert kept_alive.store["w"].numpy() == 1
