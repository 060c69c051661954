"""Where work is done: in this process, in a pool of processes, or on a cluster.

Each is a ``concurrent.futures`` executor; nobody above knows which.
"""

import logging
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import ParamSpec, TypeVar

from programgen.errors import ProgramgenError

P = ParamSpec("P")
T = TypeVar("T")

AHEAD = 2
"""Pieces of work under way for each worker: one in hand, one waiting."""

ANSWERS_IN = 5
"""Seconds after which a scheduler that does not answer is taken for absent."""

PRELOADED = "programgen.preloaded"
"""Imported once; each worker starts as a copy of that process."""


class Inline(Executor):
    """Does each piece of work at once, in this process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return the work done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 (an executor hands every error on)
            future.set_exception(error)
        return future


@contextmanager
def opened(jobs: int, cluster: str | None = None) -> Iterator[tuple[Executor, int]]:
    """Open an executor; *jobs* are worker processes, 0 stands for this process.

    Yields the executor and how many pieces of work it wants under way.

    Raises:
        ProgramgenError: the cluster cannot be used, or was lost.
    """
    if cluster is not None:
        with _cluster(cluster) as found:
            yield found
    elif jobs:
        with _pool(jobs) as pool:
            yield pool, AHEAD * jobs
    else:
        yield Inline(), 1


@contextmanager
def _pool(jobs: int) -> Iterator[Executor]:
    # Forking this process would copy its threads' locks; where there is no fork server,
    # each worker starts anew.
    kind = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(kind)
    context.set_forkserver_preload([PRELOADED])
    pool = ProcessPoolExecutor(jobs, context, initializer=_settle)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _settle() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _cluster(address: str) -> Iterator[tuple[Executor, int]]:
    if not re.fullmatch(r"(tcp|tls)://\S+:\d{1,5}", address):
        message = f"'{address}' is not the address of a scheduler, such as tcp://10.0.0.5:8786"
        raise ProgramgenError(message)
    try:
        distributed = import_module("distributed")
        # It reports a lost scheduler as a traceback; that is said below in plain words.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
    except ModuleNotFoundError:
        message = "--cluster needs the extra 'cluster': pip install 'programgen[cluster]'"
        raise ProgramgenError(message) from None
    try:
        client = distributed.Client(address, timeout=ANSWERS_IN, set_as_default=False)
    except OSError:
        message = f"no scheduler answers at {address}; start one with 'dask scheduler'"
        raise ProgramgenError(message) from None
    with client:
        places = sum(client.nthreads().values())
        if not places:
            message = f"{address} has no worker; start one with 'dask worker {address}'"
            raise ProgramgenError(message)
        try:
            # Pure would let two equal pieces of work share one result.
            yield client.get_executor(pure=False), AHEAD * places
        except CancelledError:
            message = "the cluster was lost; what was finished is kept, run the same command again"
            raise ProgramgenError(message) from None
