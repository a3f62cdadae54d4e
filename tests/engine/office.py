"""A desk with a store of its own; what it would tell the workers is kept."""

from tests.store import making
from tfcore.config import Config
from tfcore.engine.commands import Desk

REFUSED, ORDER, OPEN = "refused", "order", "open"


class Office:
    def __init__(self, folder, **limits):
        self.store, self.orders = making.open_store(folder), []
        self.config = Config(data=folder, worker_memory_mb=8000, **limits)
        self.desk = Desk(self.store, self.config, self.orders.append)

    def run(self, **options):
        return making.add_run(self.store, fields=options.pop("fields", {"step": 3}), **options)

    def take(self, *active):
        self.desk.take_commands(set(active))

    def outcome(self, command):
        refusal = self.store.refusal(command)
        if refusal is not None:
            return REFUSED
        is_open = command in [c.id for c in self.store.open_commands()]
        if self.orders:
            return ORDER if is_open else "order without waiting for its effect"
        return OPEN if is_open else None
