"""Who is asked to give a place to those who wait."""

from tfcore.engine.loop import PARK
from tfcore.events import RunState

S = RunState


def parked(office):
    return [told.run for told in office.orders if told.verb == PARK]


def test_a_paused_run_is_asked_to_park_once_a_pause(office):
    run, other = office.run(state=S.PAUSED), office.run(state=S.RUNNING)
    idle = office.run(state=S.PAUSED)
    for _ in range(3):
        office.desk.park_paused({run, other})
    assert parked(office) == [run]
    office.store.update(run, state=S.RUNNING)
    office.desk.park_paused({run, other})
    office.store.update(run, state=S.PAUSED)
    office.desk.park_paused({run, other})
    assert parked(office) == [run, run]
    assert len({told.command for told in office.orders}) == 2
    assert idle not in parked(office)


def test_a_task_that_could_not_hear_it_is_asked_again_to_park(office):
    run = office.run(state=S.PAUSED, fields={"attempt": 1, "stage": "Loading"})
    office.desk.park_paused({run})
    office.desk.announce_again(run, 1)
    office.desk.park_paused({run})
    assert parked(office) == [run, run]


def test_only_those_who_judge_an_ended_run_give_their_place_back(office):
    states = {state: office.run(state=state, fields={"attempt": 2}) for state in S}
    office.desk.park_ended(set(states.values()))
    judging = {states[s] for s in S} - {states[S.RUNNING], states[S.PAUSED]}
    assert set(parked(office)) == judging
    assert {told.attempt for told in office.orders} == {2}
