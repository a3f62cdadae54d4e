"""A trained network as files for other programs, each checked before it is offered."""
