"""Who has to wait, and who has to give way."""

import threading

from home_llm_engine.inbox import Inbox, Task
from home_llm_engine.protocol import Generate, Job, Load, Prepare


def prepare(number: int) -> Prepare:
    return Prepare(id=number, segments=[])


def generate(number: int) -> Generate:
    return Generate(id=number, segments=[], max_tokens=1)


def taken(inbox: Inbox) -> Task:
    task = inbox.take()
    assert task is not None
    return task


def test_requests_are_taken_in_their_order() -> None:
    inbox = Inbox()
    jobs: list[Job] = [
        Load(id=1, path="", n_ctx=1, n_threads=1),
        generate(2),
        generate(3),
        prepare(4),
    ]
    for job in jobs:
        assert inbox.put(job) == []
    assert [taken(inbox).job for _ in jobs] == jobs


def test_a_sentence_does_not_wait_for_preparations() -> None:
    inbox = Inbox()
    inbox.put(prepare(1))
    running = taken(inbox)
    inbox.put(prepare(2))
    assert not running.is_cancelled()
    assert inbox.put(generate(3)) == [2]
    assert running.is_cancelled()
    assert taken(inbox).job == generate(3)


def test_of_waiting_preparations_the_last_one_stays() -> None:
    inbox = Inbox()
    inbox.put(generate(1))
    inbox.put(prepare(2))
    assert inbox.put(prepare(3)) == [2]
    assert [taken(inbox).job.id for _ in range(2)] == [1, 3]


def test_a_sentence_does_not_disturb_another() -> None:
    inbox = Inbox()
    inbox.put(generate(1))
    running = taken(inbox)
    assert inbox.put(generate(2)) == []
    assert not running.is_cancelled()


def test_who_waits_is_dropped_and_who_runs_is_told() -> None:
    inbox = Inbox()
    inbox.put(generate(1))
    inbox.put(generate(2))
    running = taken(inbox)
    assert inbox.cancel(2) == [2]
    assert inbox.cancel(7) == []
    assert not running.is_cancelled()
    assert inbox.cancel(1) == []
    assert running.is_cancelled()


def test_closing_ends_the_wait_and_what_runs() -> None:
    inbox = Inbox()
    inbox.put(generate(1))
    running = taken(inbox)
    result: list[Task | None] = []
    waiting = threading.Thread(target=lambda: result.append(inbox.take()))
    waiting.start()
    inbox.put(generate(2))
    waiting.join()
    inbox.close()
    assert [task.job.id for task in result if task] == [2]
    assert inbox.take() is None
    assert not running.is_cancelled()
    last = result[0]
    assert last is not None
    assert last.is_cancelled()
