"""Whether calls that overlapped can have happened one at a time (Wing and Gong's search, with a memory)."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.support.one_wallet import Call, OneWallet, Seen

MAX_STATES = 500_000


class Done(NamedTuple):
    """A call that was made, between these two instants, and what came back."""

    began: float
    ended: float
    call: Call
    seen: Seen


def one_at_a_time(start: OneWallet, history: Sequence[Done]) -> bool:
    """Whether some order of the calls explains every answer, each taking effect between its beginning and its end.

    Raises AssertionError if that cannot be told within MAX_STATES states.
    """
    everything = (1 << len(history)) - 1
    paths, find_merge = [(0, start)], {(0, start)}
    while paths:
        done, wallet = paths.pop()
        if done == everything:
            return True
        left = [place for place in range(len(history)) if not done >> place & 1]
        # Whoever began after another had ended comes after it.
        first_end = min(history[place].ended for place in left)
        for place in left:
            one = history[place]
            if one.began > first_end:
                continue
            after, seen = wallet.after(one.call)
            state = (done | 1 << place, after)
            if seen == one.seen and state not in find_merge:
                assert len(find_merge) < MAX_STATES, "the history is too wide to be searched"
                find_merge.add(state)
                paths.append(state)
    return False
