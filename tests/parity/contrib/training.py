"""What `tf.contrib.training` and `slim.learning` of TensorFlow 1.15 do."""

import os


def _hparams(stack):
    return stack.tf.contrib.training.HParams(
        rate=0.1, layers=[3, 4], name="a", flag=True, count=2, none=None
    )


def _outcome(function):
    """Returns what a function returns, or the class of what it raises."""
    try:
        return function()
    except KeyError:
        return "KeyError"
    except ValueError:
        return "ValueError"
    except TypeError:
        return "TypeError"
    except AttributeError:
        return "AttributeError"


def scenario_hparams_values(stack, path):
    """What HParams hold, in which order, and how they are written."""
    hparams = _hparams(stack)
    hparams.add_hparam("later", 1.5)
    hparams.del_hparam("count")
    hparams.del_hparam("nothing")
    hparams.set_model_structure({"a": 1})
    return {
        "order": list(hparams.values()),
        "values": hparams.values(),
        "json": hparams.to_json(),
        "indented": hparams.to_json(indent=2, sort_keys=True),
        "separators": hparams.to_json(separators=(",", ":")),
        "str": str(hparams),
        "repr": repr(stack.tf.contrib.training.HParams(b=1, a=[1, 2])),
        "contains": ["rate" in hparams, "count" in hparams],
        "structure": hparams.get_model_structure(),
        "attributes": [hparams.rate, hparams.layers],
    }


def scenario_hparams_parse(stack, path):
    """Values of all hyperparameters after a text, or the error."""
    texts = [
        "rate=1",
        "rate=1e-3,count=5",
        "count=2.5",
        "flag=false",
        "flag=1",
        "flag=yes",
        "layers=[1,2,3]",
        "layers=[1, 2],count=4",
        "layers=[]",
        "layers=5",
        "layers[1]=7",
        "name=hello world",
        "name=",
        "name=[a]",
        "count=3,count=4",
        "unknown=1",
        "count",
        "count=",
        "rate=[1,2]",
        " count=4",
        "count = 4",
        'name="x,y"',
        "",
    ]

    def parsed(text):
        return _outcome(lambda: _hparams(stack).parse(text).values())

    return {text: parsed(text) for text in texts}


def scenario_hparams_changes(stack, path):
    def after(change):
        def run():
            hparams = _hparams(stack)
            returned = change(hparams)
            return [hparams.values(), returned is hparams]

        return _outcome(run)

    changes = {
        "float to int": lambda h: h.set_hparam("count", 3.0),
        "bool to int": lambda h: h.set_hparam("count", True),
        "int to float": lambda h: h.set_hparam("rate", 3),
        "int to text": lambda h: h.set_hparam("name", 3),
        "int to bool": lambda h: h.set_hparam("flag", 1),
        "unknown": lambda h: h.set_hparam("other", 1),
        "list to one": lambda h: h.set_hparam("count", [1]),
        "one to list": lambda h: h.set_hparam("layers", 1),
        "list": lambda h: h.set_hparam("layers", [7]),
        "tuple": lambda h: h.set_hparam("layers", (7, 8)),
        "other list": lambda h: h.set_hparam("layers", [1.5]),
        "none": lambda h: h.set_hparam("none", "text"),
        "add": lambda h: h.add_hparam("more", [1.0]),
        "add again": lambda h: h.add_hparam("count", 1),
        "add a method": lambda h: h.add_hparam("values", 1),
        "add nothing": lambda h: h.add_hparam("empty", []),
        "json": lambda h: h.parse_json('{"count": 4, "layers": [9]}'),
        "json unknown": lambda h: h.parse_json('{"other": 4}'),
        "dict": lambda h: h.override_from_dict({"count": 9, "flag": False}),
        "map": lambda h: h.set_from_map({"count": 9}),
        "attribute": lambda h: setattr(h, "rate", "any"),
        "missing": lambda h: h.other,
    }
    facts = {case: after(change) for case, change in changes.items()}
    hparams = _hparams(stack)
    facts["get"] = [
        hparams.get("rate"),
        hparams.get("other"),
        hparams.get("other", 7),
        hparams.get("layers", [1]),
        hparams.get("none", 3),
        _outcome(lambda: hparams.get("rate", "a")),
        _outcome(lambda: hparams.get("count", 3.5)),
        _outcome(lambda: hparams.get("layers", 1)),
        _outcome(lambda: hparams.get("layers", [1.5])),
    ]
    return facts


def scenario_parse_values(stack, path):
    parse = stack.tf.contrib.training.parse_values
    types = {"a": int, "b": float, "c": str}
    return [
        parse("a=1,b=[2,3],c[1]=x,c[0]=y", types),
        parse("a=1,z=2", types, ignore_unknown=True),
        _outcome(lambda: parse("c[1]=x,c[1]=y", types)),
        _outcome(lambda: parse("c[1]=x,c=y", types)),
        _outcome(lambda: parse("c[1]=[x]", types)),
    ]


def scenario_params_of_an_estimator(stack, path):
    """What model_fn gets, and whether it may change it."""
    tf = stack.tf
    seen = []

    def model_fn(features, labels, mode, params):
        seen.append([type(params).__name__, params.rate, "rate" in params])
        w = tf.get_variable("w", initializer=2.0)
        loss = tf.square(w)
        optimizer = tf.train.GradientDescentOptimizer(params.rate)
        train = optimizer.minimize(loss, tf.train.get_global_step())
        params.rate = 100.0
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)

    estimator = tf.estimator.Estimator(
        model_fn,
        os.path.join(path, "model"),
        params=tf.contrib.training.HParams(rate=0.25),
    )
    estimator.train(lambda: tf.data.Dataset.from_tensors([1.0]), steps=1)
    return {
        "seen": seen,
        "after": estimator.params.rate,
        "w": estimator.get_variable_value("w"),
    }


def _created(stack, create, steps=2):
    """Returns what a training operation of a small model does."""
    tf = stack.tf
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=[3.0, 4.0], use_resource=True)
        b = tf.get_variable("b", initializer=1.0, use_resource=True)
        moved = tf.get_variable("moved", initializer=0.0, trainable=False)
        tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, moved.assign_add(1.0).op)
        loss = tf.reduce_sum(w * w) + b * b
        train = create(tf, loss, tf.train.AdamOptimizer(0.1))
        variables = tf.global_variables()
        summaries = tf.get_collection(tf.GraphKeys.SUMMARIES)
        facts = {
            "names": [v.name for v in variables],
            "train": train.op.name,
            "summaries": [summary.op.name for summary in summaries],
            "train ops": [
                item.name for item in tf.get_collection(tf.GraphKeys.TRAIN_OP)
            ],
        }
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            facts["losses"] = [session.run(train) for _ in range(steps)]
            facts["values"] = session.run(variables)
    return facts


def scenario_create_train_op(stack, path):
    def plain(tf, loss, optimizer):
        return tf.contrib.training.create_train_op(loss, optimizer)

    def everything(tf, loss, optimizer):
        training = tf.contrib.training
        return training.create_train_op(
            loss,
            optimizer,
            transform_grads_fn=training.clip_gradient_norms_fn(0.5),
            summarize_gradients=True,
            variables_to_train=tf.trainable_variables()[:1],
            update_ops=[],
        )

    def no_step(tf, loss, optimizer):
        return tf.contrib.training.create_train_op(
            loss, optimizer, global_step=None, check_numerics=False
        )

    def multiplied(tf, loss, optimizer):
        return tf.contrib.training.create_train_op(
            loss,
            tf.train.GradientDescentOptimizer(0.1),
            transform_grads_fn=lambda pairs: (
                tf.contrib.training.multiply_gradients(pairs, {"w": 2.0})
            ),
        )

    def of_slim(tf, loss, optimizer):
        return tf.contrib.slim.learning.create_train_op(
            loss,
            tf.train.GradientDescentOptimizer(0.1),
            clip_gradient_norm=1.0,
            gradient_multipliers={"b": 0.1},
            summarize_gradients=True,
        )

    return {
        made.__name__: _created(stack, made)
        for made in (plain, everything, no_step, multiplied, of_slim)
    }
