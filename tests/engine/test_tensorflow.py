"""Each private use of TensorFlow still is what the adapter takes it for."""

import sys
import types

import pytest
import tensorflow as tf

from keras_estimator.engine import _tensorflow

v1 = tf.compat.v1


def moved(name, adapter):
    return (
        f"TensorFlow has moved or changed {name}: mend "
        f"keras_estimator.engine._tensorflow.{adapter}"
    )


def test_eager_mode_leaves_plain_graphs_and_functions():
    says = moved("tf.__internal__.eager_context", "eager_mode")
    with tf.Graph().as_default():
        assert not tf.executing_eagerly()
        with _tensorflow.eager_mode():
            assert tf.executing_eagerly(), says
            assert tf.constant(2).numpy() == 2, says
        assert not tf.executing_eagerly(), says
    assert tf.executing_eagerly()


@pytest.fixture
def variable():
    return _tensorflow.uninitialized_variable(
        "scope/v", tf.TensorShape([2]), tf.float32, trainable=True
    )


def test_an_uninitialized_variable_has_no_value_until_it_is_assigned(variable):
    says = moved(
        "resource_variable_ops.UninitializedVariable", "uninitialized_variable"
    )
    assert not variable.is_initialized(), says
    variable.assign([1.0, 2.0])
    assert variable.is_initialized(), says
    assert variable.numpy().tolist() == [1, 2], says


def test_an_uninitialized_variable_has_its_name_in_any_name_scope():
    with tf.name_scope("outer"):
        variable = _tensorflow.uninitialized_variable(
            "scope/v", tf.TensorShape([]), tf.int64, trainable=False
        )
    assert variable.name == "scope/v:0", moved(
        "names of UninitializedVariable", "uninitialized_variable"
    )
    assert (variable.dtype, variable.shape) == (tf.int64, [])
    assert not variable.trainable


def test_a_value_that_user_code_assigns_is_told(variable):
    told = []
    variable.on_assign = lambda: told.append(1)
    variable.assign([1.0, 2.0])
    assert told == [1]

    @tf.function
    def in_a_program():
        tf.raw_ops.AssignVariableOp(
            resource=variable.handle, value=tf.zeros([2])
        )

    in_a_program()
    assert told == [1], "programs tell the store by themselves"


def _assigning(graph):
    """A `tf.cond` whose branch assigns to what its result does not need."""
    with graph.as_default():
        v = v1.get_variable(
            "v", [], initializer=v1.zeros_initializer(), use_resource=True
        )

        def branch():
            v.assign(5.0)
            return tf.constant(1.0)

        result = tf.cond(
            v1.placeholder_with_default(True, []),
            branch,
            lambda: tf.constant(0.0),
        )
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            session.run(result)
            return float(session.run(v))


def test_a_graph_says_whether_branches_run_all_that_is_in_them():
    class Whole(_tensorflow.GraphWithBranches):
        def runs_whole_branches(self):
            return True

    says = moved("Graph._add_control_dependencies", "GraphWithBranches")
    assert _assigning(Whole()) == 5.0, says
    assert _assigning(_tensorflow.GraphWithBranches()) == 0.0, says


def test_the_user_of_tensorflow_is_the_file_that_calls_it():
    found = []

    class Asking(tf.Graph):
        @property
        def _add_control_dependencies(self):
            found.append(_tensorflow.user_of_tensorflow())
            return False

        @_add_control_dependencies.setter
        def _add_control_dependencies(self, value):
            pass

    with Asking().as_default():
        tf.cond(
            v1.placeholder(tf.bool, []),
            lambda: tf.constant(1),
            lambda: tf.constant(2),
        )
    assert found, moved("Graph._add_control_dependencies", "GraphWithBranches")
    assert set(found) == {__file__}, moved(
        "the stack of tf.cond", "user_of_tensorflow"
    )


@pytest.mark.parametrize(
    "use",
    [
        lambda variable: tf.identity(variable),
        lambda variable: variable + 1.0,
        lambda variable: tf.ones([2]) * variable,
    ],
)
def test_an_eager_variable_in_a_plain_graph_is_told_by_its_error(variable, use):
    variable.assign([1.0, 2.0])
    with (
        tf.Graph().as_default(),
        pytest.raises(RuntimeError) as caught,
    ):
        use(variable)
    assert _tensorflow.is_eager_in_graph(caught.value), moved(
        "the message of eager tensors in graphs", "is_eager_in_graph"
    )


def test_other_errors_are_not_taken_for_that():
    assert not _tensorflow.is_eager_in_graph(RuntimeError("out of memory"))


def test_the_read_of_the_global_step_is_the_one_that_hooks_use():
    with tf.Graph().as_default() as graph:
        v1.train.create_global_step()
        _tensorflow.create_global_step_read(graph)
        version = graph.version
        v1.train.StopAtStepHook(last_step=3).begin()
        assert graph.version == version, moved(
            "training_util._get_or_create_global_step_read",
            "create_global_step_read",
        )


def test_a_part_of_a_partitioned_variable_knows_its_slice():
    says = moved("Variable._get_save_slice_info", "save_slice_info")
    with tf.Graph().as_default():
        whole = v1.get_variable("whole", [4])
        parts = v1.get_variable(
            "parts", [4, 2], partitioner=v1.fixed_size_partitioner(2)
        )
    assert _tensorflow.save_slice_info(whole) is None, says
    infos = [_tensorflow.save_slice_info(part) for part in parts]
    assert [info.full_name for info in infos] == ["parts", "parts"], says
    assert [info.spec for info in infos] == [
        "4 2 0,2:0,2",
        "4 2 2,2:0,2",
    ], says


def test_a_captured_tensor_is_an_input_of_the_function(variable):
    variable.assign([1.0, 2.0])

    def body():
        graph = v1.get_default_graph()
        handle = _tensorflow.capture(graph, variable.handle)
        return tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32)

    function = v1.wrap_function(body, [])
    assert len(function.captured_inputs) == 1, moved(
        "FuncGraph.capture", "capture"
    )
    variable.assign([3.0, 4.0])
    assert function().numpy().tolist() == [3, 4]


def test_required_operations_run_also_in_a_callers_loop(variable):
    variable.assign([0.0, 0.0])

    def body():
        graph = v1.get_default_graph()
        handle = _tensorflow.capture(graph, variable.handle)
        add = tf.raw_ops.AssignAddVariableOp(
            resource=handle, value=tf.ones([2])
        )
        _tensorflow.require_operations(graph, [add])
        return tf.constant(1.0)

    function = v1.wrap_function(body, [])

    @tf.function
    def loop():
        for _ in tf.range(3):
            function()

    loop()
    assert variable.numpy().tolist() == [3, 3], moved(
        "FuncGraph.control_outputs", "require_operations"
    )


def test_summaries_are_written_to_the_mark_of_a_graph():
    says = moved("the resource of a summary writer", "SummaryMark")
    graph = tf.Graph()
    graph.summary_log = types.SimpleNamespace(mark=None)
    with graph.as_default(), graph.name_scope("scope"):
        with _tensorflow.SummaryMark(graph).as_default(step=3):
            assert graph.get_operations() == [], says
            with tf.control_dependencies([tf.no_op("other")]):
                tf.summary.write("first", 1.0)
            tf.summary.write("second", 2.0)
        assert v1.summary.all_v2_summary_ops(), says
    mark = graph.get_operation_by_name(graph.summary_log.mark)
    assert mark.type == "SummaryWriter", says
    assert not mark.control_inputs
    writes = [o for o in graph.get_operations() if o.type == "WriteSummary"]
    assert [w.inputs[0].op for w in writes] == [mark, mark], says
    steps = [tf.get_static_value(w.inputs[1]) for w in writes]
    assert steps == [3, 3], says
    tags = [tf.get_static_value(w.inputs[3]) for w in writes]
    assert tags == [b"first", b"second"], says


def test_the_error_of_a_missing_tensorboard_is_known(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.v2", None)
    with pytest.raises(Exception, match="TensorBoard") as caught:
        tf.summary.scalar("s", 1.0, step=0)
    assert _tensorflow.lacks_tensorboard(caught.value), moved(
        "TBNotInstalledError", "lacks_tensorboard"
    )
    assert not _tensorflow.lacks_tensorboard(ValueError("x"))


def test_a_profile_can_be_parsed(tmp_path):
    says = moved("tensorflow.tsl.profiler.protobuf", "parse_profile")
    with tf.profiler.experimental.Profile(str(tmp_path)):
        tf.add(1, 2)
    (path,) = tmp_path.glob("plugins/profile/*/*.xplane.pb")
    planes = _tensorflow.parse_profile(path.read_bytes()).planes
    assert "/host:CPU" in [plane.name for plane in planes], says


def test_an_operation_that_is_made_waits_for_others():
    with tf.Graph().as_default() as graph:
        first, second = tf.no_op("first"), tf.no_op("second")
        last = tf.identity(1.0, "last").op
        _tensorflow.add_control_inputs(last, [first])
        _tensorflow.add_control_inputs(last, [first, second])
    assert last.control_inputs == [first, second], moved(
        "Operation._add_control_inputs", "add_control_inputs"
    )
    (node,) = (n for n in graph.as_graph_def().node if n.name == "last")
    assert sorted(i for i in node.input if i[0] == "^") == ["^first", "^second"]


def test_names_for_messages_are_left_out_of_a_graph():
    with tf.Graph().as_default() as graph:
        v1.get_variable("v", [2], use_resource=True)
        _tensorflow.forget_debug_names(graph)
    (node,) = (n for n in graph.as_graph_def().node if n.op == "VarHandleOp")
    assert "debug_name" not in node.attr, moved(
        "Operation._clear_attr", "forget_debug_names"
    )
    assert node.attr["shared_name"].s == b"v"


def test_a_builder_takes_a_train_op(tmp_path):
    builder = v1.saved_model.Builder(str(tmp_path / "m"))
    with tf.Graph().as_default() as graph:
        train_op = tf.no_op("train")
        _tensorflow.add_train_op(builder, train_op)
    found = graph.get_collection("saved_model_train_op")
    assert found == [train_op], moved(
        "SavedModelBuilder._add_train_op", "add_train_op"
    )


def test_a_function_is_called_with_flat_tensors():
    variable = tf.Variable(2.0)

    @tf.function
    def function(pair, other):
        variable.assign_add(1.0)
        return {"sum": pair[0] + pair[1] + variable}, other

    spec = tf.TensorSpec([], tf.float32)
    concrete = function.get_concrete_function((spec, spec), spec)
    one = tf.constant(1.0)
    found = _tensorflow.flat_call(concrete)(one, one, one * 7)
    assert [float(value) for value in found] == [5.0, 7.0], moved(
        "ConcreteFunction.inference_fn.call_flat", "flat_call"
    )
    assert float(variable) == 3.0


def test_operations_that_are_refused_are_told_of():
    told = []
    _tensorflow.on_refused_operation(told.append)
    assert float(tf.constant(1.0) + 1) == 2.0
    with pytest.raises((TypeError, ValueError)):
        tf.negative({"no": "tensor"})
    assert told == [((), {"x": {"no": "tensor"}, "name": None})], moved(
        "GlobalOpDispatcher", "on_refused_operation"
    )


@pytest.mark.parametrize("is_given", [True, False])
def test_an_optimizer_knows_whether_it_locks(is_given):
    optimizer = v1.train.GradientDescentOptimizer(0.1, use_locking=is_given)
    assert _tensorflow.uses_locking(optimizer) is is_given, moved(
        "Optimizer._use_locking", "uses_locking"
    )


def test_an_adam_tells_its_subclasses_the_numbers_of_a_step():
    says = moved(
        "AdamOptimizer._get_beta_accumulators, _lr_t, _beta1_t, _beta2_t or "
        "_epsilon_t",
        "adam_settings",
    )
    found = {}

    class Looking(v1.train.AdamOptimizer):
        def _resource_apply_dense(self, grad, var):
            dtype = var.dtype.base_dtype
            found.update(_tensorflow.adam_settings(self, dtype)._asdict())
            return super()._resource_apply_dense(grad, var)

    with tf.Graph().as_default():
        variable = v1.get_variable(
            "v", [1], tf.float64, v1.ones_initializer(), use_resource=True
        )
        train = Looking(0.5, 0.75, 0.25, 0.125).minimize(variable * 2.0)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            session.run(train)
            assert {t.dtype for t in found.values()} == {tf.float64}, says
            values = session.run(found)
    assert values == {
        "rate": 0.5,
        "beta1": 0.75,
        "beta2": 0.25,
        "epsilon": 0.125,
        "power1": 0.75**2,
        "power2": 0.25**2,
    }, says


def test_a_saver_hook_tells_whether_it_has_a_saver_and_is_given_one(tmp_path):
    says = moved(
        "CheckpointSaverHook._saver or _scaffold", "lacks_saver and give_saver"
    )
    saver, folder = object(), str(tmp_path)
    make = v1.train.CheckpointSaverHook
    assert _tensorflow.lacks_saver(make(folder, save_steps=1)), says
    assert not _tensorflow.lacks_saver(
        make(folder, save_steps=1, saver=saver)
    ), says
    scaffold = v1.train.Scaffold()
    hook = make(folder, save_steps=1, scaffold=scaffold)
    assert _tensorflow.lacks_saver(hook), says
    with_saver = types.SimpleNamespace(saver=saver)
    assert not _tensorflow.lacks_saver(
        make(folder, save_steps=1, scaffold=with_saver)
    ), says
    _tensorflow.give_saver(hook, saver)
    assert not _tensorflow.lacks_saver(hook), says


def test_a_saver_hook_saves_by_the_saver_that_it_is_given(tmp_path):
    class Saver:
        saved = []

        def save(self, session, path, **kwargs):
            self.saved.append(path)

        def as_saver_def(self):
            return None

    class Listener(v1.train.CheckpointSaverListener):
        heard = []

        def after_save(self, session, global_step_value):
            self.heard.append(global_step_value)

    with tf.Graph().as_default():
        step = v1.train.get_or_create_global_step()
        hook = v1.train.CheckpointSaverHook(str(tmp_path), save_steps=1)
        _tensorflow.give_saver(hook, Saver())
        _tensorflow.saving_listeners(hook).append(Listener())
        hook.begin()
        with v1.Session() as session:
            session.run(step.initializer)
            hook.end(session)
    assert Saver.saved == [str(tmp_path / "model.ckpt")], moved(
        "CheckpointSaverHook._saver", "give_saver"
    )
    assert Listener.heard == [0], moved(
        "CheckpointSaverHook._listeners", "saving_listeners"
    )
