"""SavedModels: what is in their signatures, files, variables and assets."""

import os
import re

import numpy as np
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

from tests.parity import observe

# Of `tf.lookup.TextFileIndex`.
WHOLE_LINE, LINE_NUMBER = -2, -1


def model(stack, outputs=None, scaffold=None, more=None):
    """Returns a model_fn: y = w * x.

    Args:
        stack: The implementation.
        outputs: Function of y that returns the export outputs of PREDICT.
        scaffold: Function of w that returns the Scaffold of PREDICT.
        more: Function of y that returns more predictions.
    """
    tf = stack.tf

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        x = features["x"] if isinstance(features, dict) else features
        y = tf.multiply(x, w, name="y")
        predictions = {"y": y}
        if more is not None:
            predictions.update(more(y))
        if mode == "infer":
            return stack.estimator.EstimatorSpec(
                mode,
                predictions=predictions,
                export_outputs=None if outputs is None else outputs(y),
                scaffold=None if scaffold is None else scaffold(w),
            )
        error = y if labels is None else y - labels
        loss = tf.reduce_mean(tf.square(error), name="my_loss")
        optimizer = tf.train.AdamOptimizer(0.1)
        train_op = optimizer.minimize(loss, tf.train.get_global_step())
        return stack.estimator.EstimatorSpec(
            mode,
            predictions=predictions,
            loss=loss,
            train_op=train_op,
            eval_metric_ops={"mean": tf.metrics.mean(y, name="my_mean")},
        )

    return model_fn


def input_fn(stack):
    features, labels = {"x": [[1.0], [2.0]]}, [[3.0], [4.0]]
    data = stack.tf2.data.Dataset.from_tensors((features, labels))
    return data.repeat(2)


def estimator(stack, path, **kwargs):
    """Returns an Estimator; its model_dir is trained if it is not yet."""
    model_dir = os.path.join(path, "model")
    one = stack.estimator.Estimator(model(stack, **kwargs), model_dir)
    if not os.path.exists(os.path.join(model_dir, "checkpoint")):
        one.train(lambda: input_fn(stack))
    return one


def examples(stack):
    """A receiver of serialized examples, with placeholders named by us."""
    tf = stack.tf

    def receiver_fn():
        serialized = tf.placeholder(tf.string, [None], name="serialized")
        spec = {"x": tf.FixedLenFeature([1], tf.float32)}
        features = tf.parse_example(serialized, spec)
        return stack.estimator.export.ServingInputReceiver(
            features, {"examples": serialized}
        )

    return receiver_fn


def raw(stack):
    tf = stack.tf

    def receiver_fn():
        x = tf.placeholder(tf.float32, [None, 1], name="x")
        return stack.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

    return receiver_fn


def infos(tensors):
    return {
        key: [
            info.name,
            info.dtype,
            [d.size for d in info.tensor_shape.dim]
            if not info.tensor_shape.unknown_rank
            else "unknown",
        ]
        for key, info in tensors.items()
    }


def parsed(folder):
    """Returns the SavedModel proto in a folder."""
    saved = saved_model_pb2.SavedModel()
    with open(os.path.join(folder, b"saved_model.pb"), "rb") as file:
        saved.ParseFromString(file.read())
    return saved


def graphs(folder):
    """Returns what each graph of a SavedModel says of itself."""
    found = {}
    for graph in parsed(folder).meta_graphs:
        signatures = {
            key: [s.method_name, infos(s.inputs), infos(s.outputs)]
            for key, s in graph.signature_def.items()
        }
        found[" ".join(graph.meta_info_def.tags)] = {
            "signatures": signatures,
            "collections": sorted(graph.collection_def),
            "assets": assets(graph),
            "saver": [
                graph.saver_def.filename_tensor_name,
                graph.saver_def.save_tensor_name,
                graph.saver_def.restore_op_name,
                graph.saver_def.sharded,
            ],
            "placeholders": [
                node.name
                for node in graph.graph_def.node
                if node.op == "Placeholder"
            ],
            "stripped": graph.meta_info_def.stripped_default_attrs,
        }
    return found


def assets(graph):
    """Returns the names of asset files, with the types of their tensors."""
    found = []
    nodes = {node.name: node.op for node in graph.graph_def.node}
    for packed in graph.collection_def["saved_model_assets"].any_list.value:
        asset = meta_graph_pb2.AssetFileDef()
        packed.Unpack(asset)
        tensor = asset.tensor_info.name.removesuffix(":0")
        found.append([asset.filename, nodes[tensor]])
    return found


def files(folder):
    found = []
    for where, _, names in os.walk(folder):
        paths = [os.path.join(where, name) for name in names]
        found += [os.path.relpath(path, folder) for path in paths]
    return sorted(found)


def variables(stack, folder):
    reader = stack.tf2.train.load_checkpoint(
        os.path.join(folder, b"variables", b"variables")
    )
    return {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
    }


def base(path, name):
    """Each export has a folder of its own: none waits for the next second."""
    return os.path.join(path, "exports", name)


def scenario_signatures(stack, path):
    """Each kind of output, from examples and from a float."""
    tf = stack.tf
    e = stack.estimator.export

    def text(y):
        return tf.as_string(y, name="text")

    def integer(y):
        return tf.cast(y, tf.int64, name="integer")

    makers = {
        "default": None,
        "one predict": lambda y: {"mine": e.PredictOutput({"a": y})},
        "a bare tensor": lambda y: {"mine": e.PredictOutput(y)},
        "named default": lambda y: {
            "serving_default": e.PredictOutput({"a": y})
        },
        "heads": lambda y: {
            "serving_default": e.PredictOutput({"a": y}),
            "other": e.PredictOutput({("b", "c"): integer(y)}),
        },
        "one classification": lambda y: {
            "classes": e.ClassificationOutput(scores=y, classes=text(y))
        },
        "one regression": lambda y: {"value": e.RegressionOutput(y)},
        "scores": lambda y: {"scores": e.ClassificationOutput(scores=y)},
        "labels": lambda y: {"labels": e.ClassificationOutput(classes=text(y))},
        "all kinds": lambda y: {
            "serving_default": e.ClassificationOutput(y, text(y)),
            "regression": e.RegressionOutput(y),
            "predict": e.PredictOutput({"a": y}),
        },
        "regression by default": lambda y: {
            "serving_default": e.RegressionOutput(y),
            "predict": e.PredictOutput({"a": y}),
        },
        "half scores": lambda y: {
            "serving_default": e.PredictOutput({"a": y}),
            "half": e.ClassificationOutput(tf.cast(y, tf.float16, name="half")),
            "double": e.RegressionOutput(tf.cast(y, tf.float64, name="double")),
        },
    }
    # From a float nothing is left of these. Ours says so in an error.
    nothing_left = {"one classification", "one regression", "scores", "labels"}
    facts = {}
    for name, outputs in makers.items():
        one = estimator(stack, path, outputs=outputs)
        for kind, receiver in (("examples", examples), ("raw", raw)):
            if kind == "raw" and name in nothing_left:
                continue
            export = one.export_saved_model(
                base(path, f"{name} {kind}"), receiver(stack)
            )
            facts[f"{name} from {kind}"] = graphs(export)
    return facts


def scenario_alternatives(stack, path):
    tf = stack.tf
    e = stack.estimator.export

    def receiver_fn():
        serialized = tf.placeholder(tf.string, [None], name="serialized")
        spec = {"x": tf.FixedLenFeature([1], tf.float32)}
        features = tf.parse_example(serialized, spec)
        return e.ServingInputReceiver(
            features,
            serialized,
            {
                "floats": {"x": features["x"]},
                "bare": features["x"],
                "again": serialized,
            },
        )

    def outputs(y):
        return {
            "serving_default": e.PredictOutput({"a": y}),
            "regression": e.RegressionOutput(y),
        }

    one = estimator(stack, path, outputs=outputs)
    export = one.export_saved_model(base(path, "a"), receiver_fn)
    facts = graphs(export)["serve"]["signatures"]
    for signature in facts.values():
        # Named by the operation that parses.
        for info in signature[1].values():
            info[0] = re.sub(r"Parse.*", "parsed", info[0])
    return facts


def scenario_files(stack, path):
    """Names and content of the files; the path that is returned."""
    tf = stack.tf
    words = os.path.join(path, "words.txt")
    twin = os.path.join(path, "twin", "words.txt")
    os.makedirs(os.path.dirname(twin))
    for name, content in ((words, "a\nb\n"), (twin, "c\nd\n")):
        with open(name, "w") as file:
            file.write(content)

    def more(y):
        table = tf.lookup.StaticVocabularyTable(
            tf.lookup.TextFileInitializer(
                words, tf.string, WHOLE_LINE, tf.int64, LINE_NUMBER
            ),
            1,
        )
        other = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(
                twin, tf.int64, LINE_NUMBER, tf.string, WHOLE_LINE
            ),
            "?",
        )
        ids = table.lookup(tf.constant(["b", "zzz"]))
        return {"word": other.lookup(tf.cast(y[:, 0], tf.int64)), "id": ids}

    facts = {}
    for name, kwargs in {
        "plain": {},
        "text": {"as_text": True},
        "extra": {
            "assets_extra": {"a.txt": words, "deep/er/b.txt": twin},
        },
    }.items():
        one = estimator(stack, path, more=more)
        folder = base(path, name)
        export = one.export_saved_model(folder, raw(stack), **kwargs)
        facts[name] = [
            type(export).__name__,
            bool(re.fullmatch(rb"\d{10}", os.path.basename(export))),
            os.path.dirname(export).decode() == folder,
            os.listdir(folder) == [os.path.basename(export).decode()],
            files(export.decode()),
        ]
        if name == "plain":
            found = graphs(export)["serve"]
            facts["assets"] = found["assets"]
            facts["collections"] = found["collections"]
            facts["variables"] = variables(stack, export)
        with open(os.path.join(export, b"assets", b"words.txt")) as file:
            facts[f"{name} words"] = file.read()
    return facts


def scenario_checkpoints(stack, path):
    """The newest checkpoint, or the one that is asked for."""
    one = estimator(stack, path)
    folder = one.model_dir
    oldest = os.path.join(folder, "model.ckpt-0")
    facts = {}
    for name, export in {
        "newest": lambda b: one.export_saved_model(b, raw(stack)),
        "oldest": lambda b: one.export_saved_model(
            b, raw(stack), checkpoint_path=oldest
        ),
        "all": lambda b: one.experimental_export_all_saved_models(
            b, {"infer": raw(stack)}, checkpoint_path=oldest
        ),
    }.items():
        facts[name] = variables(stack, export(base(path, name)))
    return facts


def supervised(stack):
    tf = stack.tf2

    def receiver_fn():
        build = (
            stack.estimator.experimental.build_raw_supervised_input_receiver_fn
        )
        return build(
            {"x": tf.constant([[1.0], [2.0]])}, tf.constant([[1.0], [2.0]])
        )()

    return receiver_fn


def scenario_modes(stack, path):
    """TRAIN and EVAL, each alone and all in one."""
    one = estimator(stack, path)
    facts = {}
    for mode in ("train", "eval"):
        export = one.export_saved_model(
            base(path, mode), supervised(stack), experimental_mode=mode
        )
        facts[mode] = [graphs(export), sorted(variables(stack, export))]
    export = one.experimental_export_all_saved_models(
        base(path, "all"),
        {
            "eval": supervised(stack),
            "infer": raw(stack),
            "train": supervised(stack),
        },
    )
    facts["all"] = [graphs(export), sorted(variables(stack, export))]
    facts["order"] = [
        list(graph.meta_info_def.tags) for graph in parsed(export).meta_graphs
    ]
    export = one.experimental_export_all_saved_models(
        base(path, "two"), {"infer": raw(stack), "eval": supervised(stack)}
    )
    facts["two"] = sorted(variables(stack, export))
    return facts


def scenario_scaffold(stack, path):
    """A saver of the user, and an operation that initializes."""
    tf = stack.tf

    def averages(w):
        return tf.train.Scaffold(
            saver=tf.train.Saver(
                {"w/average": w, "global_step": tf.train.get_global_step()},
                name="mine",
            )
        )

    def local_init(w):
        return tf.train.Scaffold(local_init_op=tf.no_op(name="my_init"))

    one = estimator(stack, path)
    given = os.path.join(path, "averages")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.Variable(40.0, name="w/average")
        tf.Variable(np.int64(2), name="global_step")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, given)
    facts = {}
    one = estimator(stack, path, scaffold=averages)
    export = one.export_saved_model(
        base(path, "saver"), raw(stack), checkpoint_path=given
    )
    facts["variables"] = variables(stack, export)
    facts["saver"] = graphs(export)["serve"]["saver"]
    one = estimator(stack, path, scaffold=local_init)
    export = one.export_saved_model(base(path, "local"), raw(stack))
    (graph,) = parsed(export).meta_graphs
    facts["init"] = list(
        graph.collection_def["saved_model_main_op"].node_list.value
    )
    return facts


def scenario_strip(stack, path):
    one = estimator(stack, path)
    tf = stack.tf
    old = tf.estimator.Estimator(model(stack), one.model_dir)
    facts = {}
    for strip in (True, False):
        export = old.export_savedmodel(
            base(path, str(strip)), raw(stack), strip_default_attrs=strip
        )
        (graph,) = parsed(export).meta_graphs
        (node,) = (n for n in graph.graph_def.node if n.name == "w")
        facts[str(strip)] = [
            graph.meta_info_def.stripped_default_attrs,
            "container" in node.attr,
        ]
    return facts


def scenario_partitioned(stack, path):
    """Parts of a variable are saved as one."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        with tf.variable_scope(
            "s", partitioner=tf.fixed_size_partitioner(2), use_resource=True
        ):
            w = tf.get_variable("w", [4, 1], initializer=tf.ones_initializer())
        y = tf.matmul(features["x"], tf.convert_to_tensor(w))
        loss = tf.reduce_sum(y)
        return stack.estimator.EstimatorSpec(
            mode,
            predictions=y,
            loss=loss,
            train_op=tf.assign_add(tf.train.get_global_step(), 1),
        )

    def receiver_fn():
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        return stack.estimator.export.ServingInputReceiver({"x": x}, x)

    one = stack.estimator.Estimator(model_fn, os.path.join(path, "m"))
    one.train(
        lambda: stack.tf2.data.Dataset.from_tensors({"x": [[1.0] * 4]}), steps=1
    )
    export = one.export_saved_model(base(path, "p"), receiver_fn)
    return variables(stack, export)


def scenario_refused(stack, path):
    """What raises, and what is left then."""
    tf = stack.tf
    e = stack.estimator.export
    one = estimator(stack, path)
    new = stack.estimator.Estimator(model(stack), os.path.join(path, "new"))
    target = base(path, "refused")

    def missing(w):
        tf.get_variable("not_there", [2])

    def wrong_shape():
        x = tf.placeholder(tf.float32, [None, 1], name="x")
        return e.ServingInputReceiver({"z": x}, {"z": x})

    table = {
        "no checkpoint": lambda: new.export_saved_model(target, raw(stack)),
        "None": lambda: one.export_saved_model(target, None),
        "no modes": lambda: one.experimental_export_all_saved_models(
            target, {}
        ),
        "no such checkpoint": lambda: one.export_saved_model(
            target, raw(stack), checkpoint_path=os.path.join(path, "none")
        ),
        "missing variables": lambda: estimator(
            stack, path, scaffold=missing
        ).export_saved_model(target, raw(stack)),
        "feature": lambda: one.export_saved_model(target, wrong_shape),
        "receiver raises": lambda: one.export_saved_model(
            target, lambda: 1 / 0
        ),
        "eval without labels": lambda: bool(
            one.export_saved_model(target, raw(stack), experimental_mode="eval")
        ),
        "two without default": lambda: estimator(
            stack,
            path,
            outputs=lambda y: {
                "a": e.PredictOutput(y),
                "b": e.PredictOutput(y),
            },
        ).export_saved_model(target, raw(stack)),
        "extra": lambda: one.export_saved_model(
            target, raw(stack), assets_extra={"a": os.path.join(path, "none")}
        ),
        "a file": lambda: one.export_saved_model(
            os.path.join(one.model_dir, "checkpoint"), raw(stack)
        ),
    }
    return {name: observe.outcome(call) for name, call in table.items()}


def described(value):
    """Returns a tensor, or a dict of tensors, as its names and shapes."""
    if isinstance(value, dict):
        return {key: described(part) for key, part in value.items()}
    if hasattr(value, "dense_shape"):
        return ["sparse", value.dtype.name]
    if not hasattr(value, "dtype"):
        return type(value).__name__
    shape = value.shape.as_list() if value.shape.rank is not None else None
    return [value.name, value.dtype.name, shape]


def receiver(made):
    return {
        "class": type(made).__name__,
        **{
            field: described(getattr(made, field))
            for field in made._fields
            if getattr(made, field) is not None
        },
    }


def scenario_receivers(stack, path):
    """What the functions and classes make of what they are given."""
    tf = stack.tf
    e = stack.estimator.export
    more = stack.estimator.experimental
    spec = {
        "x": tf.FixedLenFeature([2], tf.float32),
        "ids": tf.VarLenFeature(tf.int64),
    }
    eager = stack.tf2.constant
    x = eager([[1.0, 2.0]])

    def in_graph(build):
        def call():
            with tf.Graph().as_default():
                return receiver(build())

        return observe.outcome(call)

    def tensor(name="t", dtype=tf.float32, shape=(3, 2)):
        return tf.placeholder(dtype, shape, name=name)

    def raw_in_graph(**kwargs):
        features = {"a": tensor("scope/mine"), "b": tf.constant([[1]])}
        return e.build_raw_serving_input_receiver_fn(features, **kwargs)()

    sparse = tf.sparse.from_dense if hasattr(tf, "sparse") else None
    return {
        "parsing": in_graph(
            lambda: e.build_parsing_serving_input_receiver_fn(
                {"x": spec["x"]}
            )()
        )["receiver_tensors"],
        "parsing batch": in_graph(
            lambda: e.build_parsing_serving_input_receiver_fn(
                {"x": spec["x"]}, default_batch_size=5
            )()
        )["receiver_tensors"],
        "parsed": sorted(
            in_graph(lambda: e.build_parsing_serving_input_receiver_fn(spec)())[
                "features"
            ]
        ),
        "raw eager": in_graph(
            e.build_raw_serving_input_receiver_fn({"x": x, "y": eager([1])})
        ),
        "raw eager batch": in_graph(
            e.build_raw_serving_input_receiver_fn({"x": x}, 7)
        ),
        "raw": in_graph(raw_in_graph),
        "raw batch": in_graph(lambda: raw_in_graph(default_batch_size=4)),
        "raw scalar": in_graph(
            e.build_raw_serving_input_receiver_fn({"x": eager(1.0)})
        ),
        "raw unknown": in_graph(
            lambda: e.build_raw_serving_input_receiver_fn(
                {"x": tensor("u", shape=None)}
            )()
        ),
        "supervised": in_graph(
            more.build_raw_supervised_input_receiver_fn({"x": x}, eager([1]))
        ),
        "supervised dicts": in_graph(
            more.build_raw_supervised_input_receiver_fn(
                {"x": x}, {"y": eager([1])}, default_batch_size=2
            )
        ),
        "supervised tensors": in_graph(
            more.build_raw_supervised_input_receiver_fn(x, eager([1]))
        ),
        "supervised twice": in_graph(
            lambda: more.build_raw_supervised_input_receiver_fn(
                {"x": x}, {"x": eager([1])}
            )()
        ),
        "dicts": in_graph(
            lambda: e.ServingInputReceiver({"a": tensor()}, {"b": tensor()})
        ),
        "tensors": in_graph(lambda: e.ServingInputReceiver(tensor(), tensor())),
        "alternatives": in_graph(
            lambda: e.ServingInputReceiver(
                tensor(), tensor(), {"o": tensor(), "d": {"k": tensor()}}
            )
        ),
        "sparse feature": in_graph(
            lambda: e.ServingInputReceiver(sparse(tensor()), tensor())
        ),
        "tensor": in_graph(
            lambda: e.TensorServingInputReceiver(tensor(), tensor())
        ),
        "tensor alternatives": in_graph(
            lambda: e.TensorServingInputReceiver(
                tensor(), {"k": tensor()}, {"o": tensor()}
            )
        ),
        "tensor sparse": in_graph(
            lambda: e.TensorServingInputReceiver(sparse(tensor()), tensor())
        ),
        "int keys": in_graph(
            lambda: e.ServingInputReceiver({1: tensor()}, {"a": tensor()})
        ),
        "refused": {
            name: in_graph(build)
            for name, build in {
                "no features": lambda: e.ServingInputReceiver(None, tensor()),
                "no tensors": lambda: e.ServingInputReceiver(tensor(), None),
                "feature list": lambda: e.ServingInputReceiver(
                    [tensor()], tensor()
                ),
                "feature number": lambda: e.ServingInputReceiver(
                    {"a": 1.0}, tensor()
                ),
                "feature key": lambda: e.ServingInputReceiver(
                    {1.5: tensor()}, tensor()
                ),
                "tensor number": lambda: e.ServingInputReceiver(
                    tensor(), {"a": 1.0}
                ),
                "tensor key": lambda: e.ServingInputReceiver(
                    tensor(), {1: tensor()}
                ),
                "tensor sparse": lambda: e.ServingInputReceiver(
                    tensor(), sparse(tensor())
                ),
                "alternatives": lambda: e.ServingInputReceiver(
                    tensor(), tensor(), tensor()
                ),
                "alternative number": lambda: e.ServingInputReceiver(
                    tensor(), tensor(), {"a": 1.0}
                ),
                "alternative key": lambda: e.ServingInputReceiver(
                    tensor(), tensor(), {1: tensor()}
                ),
                "empty features": lambda: e.ServingInputReceiver({}, tensor()),
                "empty tensors": lambda: e.ServingInputReceiver(tensor(), {}),
                "tensor none": lambda: e.TensorServingInputReceiver(
                    None, tensor()
                ),
                "tensor dict": lambda: e.TensorServingInputReceiver(
                    {"a": tensor()}, tensor()
                ),
                "tensor list": lambda: e.TensorServingInputReceiver(
                    [tensor()], tensor()
                ),
            }.items()
        },
    }
