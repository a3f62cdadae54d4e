"""Fooling networks: the smallest change to a photo that makes it be taken for something else.

``budget`` says what a change may cost, ``scene`` what an attack is given, ``attack`` is the base
that measures and keeps the budget; each method is a file of its own, ``program`` compiles a step.
"""
