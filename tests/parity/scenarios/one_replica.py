"""RunConfig with a strategy of one replica: what functions see, and numbers."""

from tests.parity import observe


def strategy(stack, name):
    distribute = stack.tf2.distribute
    if name == "one device":
        return distribute.OneDeviceStrategy("/cpu:0")
    return distribute.MirroredStrategy(["/cpu:0"])


def model_fn_of(stack, calls):
    tf = stack.tf

    def model_fn(features, labels, mode):
        distribute = tf.distribute
        calls.append(
            [
                mode,
                distribute.has_strategy(),
                distribute.get_strategy().num_replicas_in_sync,
                distribute.in_cross_replica_context(),
                distribute.get_replica_context().num_replicas_in_sync,
            ]
        )
        ones = tf.ones_initializer()
        hidden = tf.layers.batch_normalization(
            features, training=mode == "train", fused=False
        )
        y = tf.layers.dense(hidden, 1, kernel_initializer=ones, name="out")
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, {"y": y})
        loss = tf.losses.mean_squared_error(labels, y)
        optimizer = tf.train.AdamOptimizer(0.1)
        pairs = optimizer.compute_gradients(loss)
        variables = [variable for _, variable in pairs]
        gradients, _ = tf.clip_by_global_norm([g for g, _ in pairs], 0.5)
        with tf.control_dependencies(
            tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        ):
            train_op = optimizer.apply_gradients(
                zip(gradients, variables, strict=True),
                tf.train.get_global_step(),
            )
        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=train_op,
            eval_metric_ops={"mae": tf.metrics.mean_absolute_error(labels, y)},
        )

    return model_fn


def life(stack, path, config_options):
    """Returns what one Estimator does, and its functions see."""
    calls, losses, pipelines = [], [], []
    config = stack.tf.estimator.RunConfig(model_dir=path, **config_options)
    estimator = stack.tf.estimator.Estimator(
        model_fn_of(stack, calls), config=config
    )

    def input_fn(mode, input_context=None):
        pipelines.append(
            input_context
            and [
                mode,
                input_context.num_input_pipelines,
                input_context.input_pipeline_id,
                input_context.num_replicas_in_sync,
                input_context.get_per_replica_batch_size(8),
            ]
        )
        x = [[float(i % 5), float(i % 3)] for i in range(12)]
        y = [[float(i % 4)] for i in range(12)]
        dataset = stack.tf2.data.Dataset.from_tensor_slices((x, y))
        return dataset.batch(4).repeat(2)

    estimator.train(input_fn, hooks=[observe.losses_hook(stack, losses)])
    found = estimator.evaluate(input_fn)
    rows = [float(row["y"][0]) for row in estimator.predict(input_fn)]
    return {
        "calls": calls,
        "pipelines": pipelines,
        "losses": [float(loss) for loss in losses],
        "metrics": {k: float(v) for k, v in sorted(found.items())},
        "rows": rows[:3],
        "names": estimator.get_variable_names(),
    }


def scenario_train_and_eval(stack, path):
    one = strategy(stack, "mirrored")
    options = {"train_distribute": one, "eval_distribute": one}
    return life(stack, path, options)


def scenario_training_only(stack, path):
    """Each mode has a strategy of its own; prediction has none."""

    class Distribute:
        train_distribute = strategy(stack, "one device")
        eval_distribute = None
        remote_cluster = None

    return life(stack, path, {"experimental_distribute": Distribute()})
