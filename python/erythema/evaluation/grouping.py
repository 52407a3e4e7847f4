"""Which outlines of several raters are the same reaction."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from erythema.measurement.agreement import assign, iou

Overlaps = Mapping[tuple[int, int], NDArray[np.float64]]  # of raters, the earlier first: IoU
Group = dict[int, int]  # the number of a rater, and of that rater's outline


def overlaps(reactions: Sequence[Sequence[NDArray[np.bool_]]]) -> Overlaps:
    """Return the IoU of each two outlines of different raters of a photo.

    Parameters
    ----------
    reactions: of each rater, one mask a reaction, bool (height, width).

    Returns
    -------
    for each pair of raters' numbers, the earlier first: float (outlines, outlines).
    """
    return {
        (one, other): np.array(
            [[iou(first, second) for second in reactions[other]] for first in reactions[one]]
        ).reshape(len(reactions[one]), len(reactions[other]))
        for one in range(len(reactions))
        for other in range(one + 1, len(reactions))
    }


def group(shared: Overlaps, counts: Sequence[int]) -> list[Group]:
    """Return the outlines that are one reaction, together; each outline is in one group.

    Each rater's outlines in turn are matched with the groups of those before, one to one, as
    ``agreement.match`` does, by their mean IoU with the group's outlines; one without a match
    begins a group. Of two raters the groups are the pairs of ``match``, and the outlines left over.

    Parameters
    ----------
    shared: as ``overlaps`` returns it.
    counts: how many outlines each rater has.

    >>> group({(0, 1): np.array([[0.2, 0.9]])}, [1, 2])
    [{0: 0, 1: 1}, {1: 0}]
    """
    groups: list[Group] = []
    for rater, count in enumerate(counts):
        means = [
            [
                np.mean([shared[other, rater][own, one] for other, own in group_.items()])
                for one in range(count)
            ]
            for group_ in groups
        ]
        matched = assign(np.array(means).reshape(len(groups), count))
        for place, one in matched:
            groups[place][rater] = one
        taken = {one for _, one in matched}
        groups += [{rater: one} for one in range(count) if one not in taken]
    return groups
