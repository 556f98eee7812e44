"""The engine: TF1 graphs, run as pruned functions, without `tf.Session`.

Internal: import from the module that defines. Read `docs/architecture.md` for
the reasons, then these modules in this order:

    graph         one model_fn call's tf.Graph and what was created in it
    build         calls model_fn in such a graph and returns a Program
    ordering      which of Keras' updates run at each step, and in what order
    random_ops    stateful random operations with explicit counters
    subgraph      the part of a graph that a set of fetches needs
    variables     VariableStore: name -> variable
    binding       a Program over the variables of a store: callable fetches
    session       the session that hooks see
    hook, loop    who looks when, and as many steps as nobody looks
"""
