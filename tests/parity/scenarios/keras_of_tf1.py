"""`tf.keras` of TF1 programs: what the same layers are and compute there."""

_STEPS = [[[1.0, -2.0], [0.5, 4.0], [3.0, 1.0]]]


def _facts(tf, layer, inputs):
    """Returns what a layer makes of inputs, and the variables that it has."""
    with tf.Graph().as_default():
        tf.set_random_seed(5)
        outputs = layer()(tf.constant(inputs))
        variables = tf.global_variables()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return {
                "outputs": session.run(outputs).tolist(),
                "variables": [[v.name, v.shape.as_list()] for v in variables],
                "trained": [v.name for v in tf.trainable_variables()],
            }


def scenario_recurrent_layers(stack, path):
    tf = stack.tf
    fixed = {
        "kernel_initializer": tf.constant_initializer(0.25),
        "recurrent_initializer": tf.constant_initializer(-0.5),
    }
    layers = tf.keras.layers
    return {
        kind.__name__: _facts(tf, lambda kind=kind: kind(2, **fixed), _STEPS)
        for kind in (layers.GRU, layers.LSTM, layers.SimpleRNN)
    }


def scenario_initial_values_by_seed(stack, path):
    tf = stack.tf
    initializers = tf.keras.initializers
    return {
        type(initializer).__name__: _facts(
            tf,
            lambda initializer=initializer: tf.keras.layers.Dense(
                2, kernel_initializer=initializer
            ),
            [[1.0, 2.0]],
        )
        for initializer in (
            initializers.RandomNormal(),
            initializers.RandomUniform(),
            initializers.TruncatedNormal(),
            initializers.glorot_uniform(),
            initializers.he_normal(),
            initializers.lecun_uniform(seed=3),
        )
    }


def scenario_batch_normalization_updates(stack, path):
    """By hand, as programs did before layers of Keras knew UPDATE_OPS."""
    tf = stack.tf
    with tf.Graph().as_default():
        layer = tf.keras.layers.BatchNormalization(momentum=0.5)
        outputs = layer(tf.constant([[1.0, 2.0], [3.0, 6.0]]), training=True)
        seen = {
            "collected": len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)),
            "updates": len(layer.updates),
            "losses": len(layer.losses),
            "names": [w.name for w in layer.weights],
        }
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(layer.updates)
            seen["outputs"] = session.run(outputs).tolist()
            seen["moving"] = [
                value.tolist()
                for value in session.run(layer.non_trainable_weights)
            ]
    return seen


def scenario_optimizers_and_losses(stack, path):
    tf = stack.tf
    keras = tf.keras
    with tf.Graph().as_default():
        weight = tf.get_variable("weight", initializer=[1.0, -2.0])
        loss = tf.reduce_sum(weight**2)
        optimizer = keras.optimizers.Adam(0.1)
        update = optimizer.get_updates(loss, [weight])
        error = keras.losses.mean_squared_error([[1.0, 2.0]], [[0.5, 4.0]])
        penalty = keras.regularizers.l2(0.5)(weight)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(3):
                session.run(update)
            names = sorted(v.name for v in optimizer.variables())
            return {
                "weight": session.run(weight).tolist(),
                "variables": names,
                "error": session.run(error).tolist(),
                "penalty": session.run(penalty).tolist(),
            }


def scenario_a_session_of_the_backend(stack, path):
    tf = stack.tf
    backend = tf.keras.backend
    with tf.Graph().as_default(), tf.Session() as session:
        backend.set_session(session)
        return {
            "same": backend.get_session() is session,
            "phase": backend.learning_phase().shape.as_list(),
            "epsilon": backend.epsilon(),
            "format": backend.image_data_format(),
        }
