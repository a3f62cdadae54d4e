"""Records of runs, made without a store."""

from tfcore.events import RunState
from tfcore.settings import SynthesizeSettings
from tfcore.store.records import Run


def run_of(changes, **more):
    """A finished run of these settings; `more` are fields of the record."""
    whole = SynthesizeSettings.model_validate(changes)
    fields = {
        "id": "r",
        "kind": "synthesize",
        "owner": "",
        "state": RunState.FINISHED,
        "settings": whole.model_dump(),
        "title": "a title",
        "created": 0.0,
        "started": 0.0,
        "ended": 1.0,
        "attempt": 1,
        "step": whole.steps,
        "steps": whole.steps,
        "stage": "",
        "rate": 0.0,
        "seconds": 1.0,
        "summary": {},
        "reason": "",
        "photo": None,
    }
    return Run(**{**fields, **more})
