"""How far the nodes of a grammar are from an end, in tokens."""

from collections.abc import Sequence
import heapq

UNREACHABLE = 1 << 30
"""More than any reply has."""


def distances(nodes: Sequence[Sequence[tuple[int, int]]]) -> list[int]:
    """Return for each node how many tokens lead to an end at least.

    Args:
        nodes: for each the edges that lead on: the fewest tokens of each, and the node after it. A
            node without edges is an end.

    Source: Dijkstra 1959, from all ends at once and against the edges.

    """
    before: list[list[tuple[int, int]]] = [[] for _ in nodes]
    for number, edges in enumerate(nodes):
        for length, following in edges:
            before[following].append((length, number))
    found = [UNREACHABLE] * len(nodes)
    pending = [(0, number) for number, edges in enumerate(nodes) if not edges]
    while pending:
        distance, number = heapq.heappop(pending)
        if distance >= found[number]:
            continue
        found[number] = distance
        for length, earlier in before[number]:
            heapq.heappush(pending, (distance + length, earlier))
    return found
