"""TPUEstimator with use_tpu=False: who is told what, and what comes of it."""

import functools
import os

from tests.parity import observe

EXACT = True


def tpu(stack):
    return stack.tf.estimator.tpu


def config(stack, path, **options):
    lib = tpu(stack)
    loop = lib.TPUConfig(iterations_per_loop=2, num_shards=8)
    options = {"log_step_count_steps": 4, **options}
    return lib.RunConfig(
        model_dir=path, save_checkpoints_steps=4, tpu_config=loop, **options
    )


def known(tensor):
    """Returns the shape, as far as it is known."""
    return [d if d is None else int(d) for d in tensor.shape.as_list()]


def program(stack, calls):
    """Returns model_fn and input_fn that note how they are called."""
    tf = stack.tf

    def metric_fn(y, labels):
        calls.append(["metric_fn", known(y)])
        return {"y": tf.metrics.mean(y), "labels": tf.metrics.mean(labels)}

    def host_fn(step, loss):
        calls.append(["host_fn", known(step), known(loss)])
        seen = tf.get_variable(
            "seen", [], tf.int64, tf.zeros_initializer(), trainable=False
        )
        return [tf.assign_add(seen, step[0])]

    def scaffold_fn():
        calls.append(["scaffold_fn"])
        return tf.train.Scaffold()

    def model_fn(features, labels, mode, params, config):
        calls.append(
            ["model_fn", mode, sorted(params.items()), known(features)]
        )
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        y = w * features
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tpu(stack).TPUEstimatorSpec(mode, {"y": y})
        loss = 0.5 * tf.reduce_mean(tf.square(y - labels))
        optimizer = tf.train.GradientDescentOptimizer(params["rate"])
        step = tf.train.get_global_step()
        return tpu(stack).TPUEstimatorSpec(
            mode,
            loss=loss,
            train_op=optimizer.minimize(loss, step),
            eval_metrics=(metric_fn, {"y": y, "labels": labels}),
            host_call=(
                host_fn,
                [tf.reshape(step, [1]), tf.reshape(loss, [1])],
            ),
            scaffold_fn=scaffold_fn,
        )

    def input_fn(params):
        calls.append(["input_fn", sorted(params.items())])
        rows = [float(i) for i in range(24)]
        dataset = tf.data.Dataset.from_tensor_slices((rows, rows))
        return dataset.batch(params["batch_size"], drop_remainder=True)

    return model_fn, input_fn


def tags(stack, folder):
    """Returns [step, tag] of the events of a folder."""
    found = []
    for name in sorted(os.listdir(folder)):
        if name.startswith("events"):
            path = os.path.join(folder, name)
            for event in stack.tf.train.summary_iterator(path):
                found += [[event.step, v.tag] for v in event.summary.value]
    return sorted(found)


def scenario_life(stack, path):
    """Trained, evaluated, and asked for predictions."""
    tf = stack.tf
    calls = []
    model_fn, input_fn = program(stack, calls)
    estimator = tpu(stack).TPUEstimator(
        model_fn,
        config=config(stack, path),
        params={"rate": 0.001},
        use_tpu=False,
        train_batch_size=3,
        eval_batch_size=4,
        predict_batch_size=12,
    )
    facts = {}
    estimator.train(input_fn, max_steps=7)
    facts["train"] = calls[:]
    facts["w"] = float(estimator.get_variable_value("w"))
    facts["host call"] = int(estimator.get_variable_value("seen"))
    facts["names"] = estimator.get_variable_names()
    del calls[:]
    found = estimator.evaluate(input_fn)
    facts["evaluate"] = calls[:]
    facts["metrics"] = {k: float(v) for k, v in sorted(found.items())}
    del calls[:]
    rows = list(estimator.predict(input_fn))
    facts["predict"] = calls[:]
    facts["rows"] = [len(rows), float(rows[-1]["y"])]
    facts["log steps"] = estimator.config.log_step_count_steps
    facts["params"] = estimator.params
    facts["tags"] = tags(stack, path)
    facts["eval tags"] = tags(stack, os.path.join(path, "eval"))
    facts["checkpoint"] = os.path.basename(tf.train.latest_checkpoint(path))
    return facts


def scenario_export(stack, path):
    """There is no batch size where there is no batch."""
    tf = stack.tf
    calls = []
    model_fn, input_fn = program(stack, calls)
    estimator = tpu(stack).TPUEstimator(
        model_fn,
        config=config(stack, path, log_step_count_steps=None),
        params={"rate": 0.001},
        use_tpu=False,
        train_batch_size=8,
        export_to_tpu=False,
    )
    estimator.train(input_fn, steps=1)
    del calls[:]

    def receiver_fn():
        x = tf.placeholder(tf.float32, [None], "x")
        receiver = tf.estimator.export.TensorServingInputReceiver
        return receiver(x, {"x": x})

    folder = estimator.export_saved_model(
        os.path.join(path, "export"), receiver_fn
    )
    return {
        "calls": calls,
        "files": sorted(os.listdir(folder.decode())),
        "tags": tags(stack, path),
    }


def scenario_plain_spec(stack, path):
    """model_fn may return an EstimatorSpec, and need not say sizes."""
    tf = stack.tf
    seen = []

    def model_fn(features, labels, mode, params):
        seen.append(sorted(params.items()))
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        loss = tf.reduce_mean(tf.square(w - features))
        optimizer = tf.train.GradientDescentOptimizer(0.25)
        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=optimizer.minimize(loss, tf.train.get_global_step()),
            predictions={"w": w + features},
        )

    def input_fn(params):
        seen.append(sorted(params.items()))
        return tf.data.Dataset.from_tensors([8.0, 8.0])

    estimator = tpu(stack).TPUEstimator(
        model_fn, config=config(stack, path), use_tpu=False
    )
    estimator.train(input_fn)
    found = estimator.evaluate(input_fn, steps=1)
    rows = [float(row["w"]) for row in estimator.predict(input_fn)]
    return {"seen": seen, "loss": float(found["loss"]), "rows": rows}


def scenario_refused(stack, path):
    """Arguments that cannot be used."""
    lib = tpu(stack)

    def model_fn(features, labels, mode, params):
        return None

    def without_params(features, labels, mode):
        return None

    def input_fn(params):
        return stack.tf.data.Dataset.from_tensors([8.0])

    def estimator(**options):
        options = {"config": config(stack, path), "use_tpu": False, **options}
        return lib.TPUEstimator(options.pop("model_fn", model_fn), **options)

    def outcome(call, *says):
        return observe.outcome(call, says=says)

    plain = stack.estimator.RunConfig()
    return {
        "no config": outcome(lambda: estimator(config=None), "config"),
        "other config": outcome(lambda: estimator(config=plain), "config"),
        "batch_size": outcome(
            lambda: estimator(params={"batch_size": 3}), "reserved"
        ),
        "context": outcome(
            lambda: estimator(params={"context": 3}), "reserved"
        ),
        "version": outcome(
            lambda: estimator(export_saved_model_api_version=3),
            "should be 1 or 2",
        ),
        "no train size": outcome(
            lambda: estimator(use_tpu=True), "train_batch_size"
        ),
        "train size": outcome(
            lambda: estimator(use_tpu=True, train_batch_size=0),
            "must be positive",
        ),
        "train size type": outcome(
            lambda: estimator(use_tpu=True, train_batch_size="3"),
            "must be int",
        ),
        "eval size": outcome(
            lambda: estimator(
                use_tpu=True, train_batch_size=1, eval_batch_size=-1
            ),
            "must be positive",
        ),
        "model_fn": outcome(
            lambda: estimator(model_fn=without_params).train(input_fn),
            "does not include params",
        ),
        "input_fn": outcome(
            lambda: estimator().train(lambda: input_fn({})),
            "does not include params",
        ),
        "params": outcome(
            lambda: estimator(model_fn=without_params, params={"a": 1}),
            "does not include params",
        ),
    }


def scenario_specs(stack, path):
    """What a TPUEstimatorSpec refuses, when it is made and when it is used."""
    tf = stack.tf

    def spec(**options):
        return tpu(stack).TPUEstimatorSpec("eval", **options)

    def one(a):
        return {"a": tf.metrics.mean(a)}

    def outcome(call, *says):
        return observe.outcome(call, says=says)

    def names(**options):
        made = spec(loss=tf.constant(1.0), **options).as_estimator_spec()
        return [
            type(made).__name__,
            sorted(made.eval_metric_ops),
            len(made.training_hooks),
            len(made.evaluation_hooks),
            len(made.prediction_hooks),
        ]

    with tf.Graph().as_default():
        x = tf.constant([1.0])
        return {
            "list": outcome(lambda: names(eval_metrics=(one, [x]))),
            "dict": outcome(lambda: names(eval_metrics=(one, {"a": x}))),
            "pair as list": outcome(lambda: names(eval_metrics=[one, (x,)])),
            "any number": outcome(
                lambda: names(eval_metrics=(lambda *a: {}, [x, x]))
            ),
            "host call": outcome(lambda: names(host_call=(lambda a: a, [x]))),
            "no pair": outcome(lambda: spec(eval_metrics=one), "tuple or list"),
            "three": outcome(
                lambda: spec(host_call=(one, [x], 1)), "two elements"
            ),
            "no function": outcome(
                lambda: spec(eval_metrics=(x, [x])), "callable"
            ),
            "no list": outcome(
                lambda: spec(eval_metrics=(one, x)), "tuple or list, or dict"
            ),
            "too many": outcome(
                lambda: spec(eval_metrics=(one, [x, x])),
                "length of tensors 2 does not match",
            ),
            "other names": outcome(
                lambda: names(eval_metrics=(one, {"b": x})), "argument"
            ),
            "hook": outcome(lambda: spec(training_hooks=[3]), "SessionRunHook"),
            "no loss": outcome(
                lambda: spec().as_estimator_spec(), "Missing loss"
            ),
        }


def scenario_tpu_config(stack, path):
    lib = tpu(stack)
    two = lib.InputPipelineConfig.PER_HOST_V2

    def made(**options):
        return list(lib.TPUConfig(**options))

    def outcome(call, *says):
        return observe.outcome(call, says=says)

    cases = {
        "default": ({}, ""),
        "false": ({"per_host_input_for_training": False}, ""),
        "three": ({"per_host_input_for_training": two}, ""),
        "time": ({"iterations_per_loop": "30m"}, ""),
        "text": ({"iterations_per_loop": "100"}, ""),
        "zero": ({"iterations_per_loop": 0}, "iterations_per_loop"),
        "days": ({"iterations_per_loop": "1d"}, "iterations_per_loop"),
        "shards": ({"num_shards": 0}, "must be positive"),
        "shards type": ({"num_shards": "8"}, "must be int"),
        "cores": ({"num_cores_per_replica": 3}, "must be 1, 2, 4, 8"),
        "sleep": ({"initial_infeed_sleep_secs": -1}, "must be positive"),
        "no sleep": ({"initial_infeed_sleep_secs": 0}, ""),
        "eval": (
            {"eval_training_input_configuration": 3},
            "PER_HOST_V1 or SLICED",
        ),
        "dims": ({"input_partition_dims": [1, 2, 3]}, "one or two"),
        "dims without v2": (
            {"input_partition_dims": [[1, 2]]},
            "PER_HOST_V2 mode",
        ),
        "dims without cores": (
            {
                "input_partition_dims": [[1, 2]],
                "per_host_input_for_training": two,
            },
            "num_cores_per_replica",
        ),
    }
    facts = {}
    for name, (options, says) in cases.items():
        call = functools.partial(made, **options)
        facts[name] = outcome(call, *filter(None, [says]))
    replaced = lib.TPUConfig()._replace(num_shards=4)
    facts["replaced"] = [type(replaced).__name__, replaced.num_shards]
    values = vars(lib.InputPipelineConfig)
    facts["inputs"] = sorted(v for v in values.values() if isinstance(v, int))
    return facts


def scenario_run_config(stack, path):
    tf = stack.tf
    lib = tpu(stack)
    resolvers = tf.distribute.cluster_resolver

    def facts_of(**options):
        made = lib.RunConfig(**options)
        return [
            made.master,
            made.evaluation_master,
            made.tpu_config.iterations_per_loop,
            made.cluster is options.get("cluster"),
            made.save_checkpoints_secs,
            sorted(made.cluster_spec.as_dict()) if made.cluster_spec else None,
            isinstance(made, stack.estimator.RunConfig),
        ]

    def outcome(call, *says):
        return observe.outcome(call, says=says)

    simple = resolvers.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": ["a:1"]}), master="grpc://a:1"
    )
    own = tf.ConfigProto()
    own.cluster_def.job.add(name="worker")
    loop = lib.TPUConfig(iterations_per_loop=7)
    made = lib.RunConfig(tpu_config=loop, model_dir="a")
    other = made.replace(model_dir="b", tpu_config=lib.TPUConfig(5))
    return {
        "default": outcome(lambda: facts_of()),
        "master": outcome(lambda: facts_of(master="m")),
        "evaluation": outcome(
            lambda: facts_of(master="m", evaluation_master="e")
        ),
        "empty": outcome(lambda: facts_of(master="", evaluation_master="")),
        "cluster": outcome(lambda: facts_of(cluster=simple)),
        "both": outcome(
            lambda: facts_of(cluster=simple, master="m"), "Both master"
        ),
        "two clusters": outcome(
            lambda: facts_of(cluster=simple, session_config=own),
            "cluster_def",
        ),
        "replaced": [
            type(other).__name__,
            other.model_dir,
            other.tpu_config.iterations_per_loop,
            made.tpu_config.iterations_per_loop,
        ],
        "kept": made.replace(model_dir="c").tpu_config.iterations_per_loop,
        "unknown": outcome(
            lambda: made.replace(cluster=simple), "Replacing cluster"
        ),
    }
