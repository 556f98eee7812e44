"""What a model_fn depends on, and whether that has changed.

`fingerprint` is the module to begin with, then `walk`, which knows in which
order things are looked at; `snapshot` is about the hooks of a spec.

    fingerprint     Watch: is a program out of date, and why
    walk            one pass over all that a function reaches
    functions, bytecode, namespaces, classes, libraries
                    what each kind of thing depends on
    origin          the user's own, or a library's
    shapes, tokens  comparable values
    differences     two passes, compared
    snapshot        HookStates: hooks as model_fn returned them
"""
