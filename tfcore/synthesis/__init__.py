"""Growing ideal images: what must a network see to be most sure of a class?

Four words, four files: objective (what to excite), parametrization (which numbers to change),
transforms (which views must convince) and regularizers (what a picture pays for). ``program``
compiles them into one step, ``procedure`` is the run that the engine drives.
"""
