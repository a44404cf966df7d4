"""What a program may say to Overtake about its own threads.

A program that runs under ``overtake run`` is scheduled as one queue of commands at one priority. A
thread that is given a priority here gets a queue of its own, so that the requests that it serves
overtake the batch work of other threads on the same accelerator, even on the same stream::

    import overtake

    def serve():                      # in a thread
        overtake.set_priority(10)
        ...

    with overtake.priority(10):       # or for a while, in whatever thread this is
        answer(request)

    @overtake.priority(10)            # or whenever this function runs
    def answer(request): ...

Without Overtake every call does nothing, so a program need not know whether it runs under it.

A priority is a whole number from MIN_PRIORITY to MAX_PRIORITY (-255 to 255); larger is more urgent,
and queues of one priority do not hold one another. It belongs to a thread of the operating system:
what runs on that thread by turns, as asyncio's tasks and greenlets do, has it in common. Every
function here may be called by any thread at any time. ValueError is raised for a priority that is
out of range and TypeError for what is no whole number, with Overtake and without it.
"""

import ctypes
import errno
import functools
import inspect
import operator
import os
from typing import Any, Callable, List, Optional

__all__ = [
    "MAX_PRIORITY",
    "MIN_PRIORITY",
    "active",
    "clear_priority",
    "get_priority",
    "priority",
    "set_priority",
    "set_process_priority",
]

MIN_PRIORITY = -255
MAX_PRIORITY = 255


def active() -> bool:
    """Whether Overtake's library is at work in this process.

    False if it was started without it, or if the scheduling was turned off, could not begin or was
    given up. It does not say that there is an accelerator: ``overtake status`` shows what is scheduled.
    """
    return _library is not None and _library.overtake_active() == 1


def set_priority(value: int) -> None:
    """Gives the calling thread a queue of its own at this priority, -255 to 255.

    It holds for what the thread launches from now on, until it ends or clear_priority() is called.
    Other threads, those that it starts among them, are not affected.
    """
    checked = _in_range(value)
    if _library is not None:
        _require_done(_library.overtake_thread_priority_set(checked))


def get_priority() -> Optional[int]:
    """The priority that the calling thread was given; None if none, or without Overtake."""
    if _library is None:
        return None
    found = ctypes.c_int()
    status = _library.overtake_thread_priority_get(ctypes.byref(found))
    if status == errno.ENOENT:
        return None
    return found.value if _require_done(status) else None


def clear_priority() -> None:
    """Takes the calling thread's priority back: it is scheduled with its process again.

    Does nothing if it has none. A priority may be set and cleared with each request: what is below
    keeps little in flight from one to the next, for half a minute.
    """
    if _library is not None:
        _require_done(_library.overtake_thread_priority_clear())


def set_process_priority(value: int) -> None:
    """Changes the priority, -255 to 255, of all threads of this process that have none of their own.

    It was given to ``overtake run --priority``, and is 0 if it was not. Under ``--scope thread`` or
    ``stream`` it is that of queues that begin later.
    """
    checked = _in_range(value)
    if _library is not None:
        _require_done(_library.overtake_process_priority_set(checked))


class priority:
    """The calling thread's priority, -255 to 255, for as long as a block or a function runs.

    Afterwards, also after an exception, the thread has what it had before: the priority of the
    block around this one, or none. As a decorator it suits functions and methods that run in one
    go; a coroutine or a generator, whose thread does other things in between, is refused with
    TypeError. One object may be entered again while it is in effect, but by one thread only.
    """

    def __init__(self, value: int) -> None:
        self._value = _in_range(value)
        self._before: List[Optional[int]] = []

    def __enter__(self) -> None:
        self._before.append(get_priority())
        set_priority(self._value)

    def __exit__(self, *exception: Any) -> None:
        before = self._before.pop()
        if before is None:
            clear_priority()
        else:
            set_priority(before)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        for runs_by_turns in _RUN_BY_TURNS:
            if runs_by_turns(function):
                raise TypeError(
                    f"{function.__name__} is a coroutine or a generator, and its thread does other"
                    " things while it waits: put 'with overtake.priority(...)' around what it does"
                    " in one go"
                )

        @functools.wraps(function)
        def prioritized(*args: Any, **kwargs: Any) -> Any:
            with priority(self._value):  # a new one: threads may run the function at one time
                return function(*args, **kwargs)

        return prioritized


_RUN_BY_TURNS = (
    inspect.iscoroutinefunction,
    inspect.isgeneratorfunction,
    inspect.isasyncgenfunction,
)


def _in_range(value: int) -> int:
    number = operator.index(value)
    if not MIN_PRIORITY <= number <= MAX_PRIORITY:
        raise ValueError(
            f"priority {number} is out of range: give {MIN_PRIORITY} to {MAX_PRIORITY}"
        )
    return number


def _require_done(status: int) -> bool:
    """False if the process is not scheduled, and nothing was to be done."""
    if status == errno.ENOSYS:
        return False
    if status != 0:
        raise OSError(status, f"Overtake refused the hint: {os.strerror(status)}")
    return True


def _find_library() -> Optional[ctypes.CDLL]:
    """Overtake's library, which was loaded before this program if it is there at all."""
    try:
        process = ctypes.CDLL(None)
        process.overtake_active.argtypes = []
        process.overtake_thread_priority_set.argtypes = [ctypes.c_int]
        process.overtake_thread_priority_get.argtypes = [ctypes.POINTER(ctypes.c_int)]
        process.overtake_thread_priority_clear.argtypes = []
        process.overtake_process_priority_set.argtypes = [ctypes.c_int]
    except (AttributeError, OSError, TypeError):  # no such function; no such notion on this system
        return None
    return process


_library = _find_library()
