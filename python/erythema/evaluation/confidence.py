"""Does a confidence mean what it says? It is fitted, and judged, on photos no network had seen."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from erythema.evaluation.intervals import Proportion, clopper_pearson
from erythema.evaluation.scores import FoundReaction, PhotoScore
from erythema.files import write_beside
from erythema.segmentation.confidence import Calibration, Evidence, confidence, manifest_field

COVERAGE = 0.8  # of the area interval
FEWEST_MATCHED = 9  # reactions, for the ends of an interval of 80 % to be two of them
RIDGE = 1.0  # on coefficients of standardised evidence
BINS = 5  # of equal width, from 0 to 1


@dataclass(frozen=True)
class ConfidenceBin:
    """The reactions whose confidence lies in one bin, from ``low`` to below ``high``."""

    low: float
    high: float
    reactions: int
    confidence: float  # their mean; 0 where the bin is empty
    correct: Proportion | None  # those whose outline has an IoU >= 0.5; None where it is empty


@dataclass(frozen=True)
class Judgement:
    """How well confidences and area intervals hold for the reactions found in many photos.

    The Brier score (Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2) is the mean
    squared distance of confidence and truth; the error is the mean distance of confidence and
    share of correct ones, weighted by the bins' reactions.
    """

    reactions: int
    correct: int
    patients: int
    bins: tuple[ConfidenceBin, ...]
    brier: float
    brier_of_the_share: float  # of who says the share of correct ones of every reaction
    error: float
    inside: Proportion | None  # correct ones whose drawn area lies in the interval; None without
    coverage: float  # the share that should


def fit(reactions: Sequence[FoundReaction]) -> Calibration | None:
    """Fit a calibration to reactions found in photos that their network was not trained on.

    The confidence is a logistic regression with a ridge penalty, its targets drawn in as Platt
    (1999) has them (Lin et al. 2007, doi:10.1007/s10994-007-5018-6), so that few reactions do not
    make it certain, nor do matched ones alone. The area interval is a two-sided split-conformal one
    (Vovk et al. 2005, doi:10.1007/b106715; Lei et al. 2018, doi:10.1080/01621459.2017.1307116): of
    n matched reactions, the floor((n + 1) (1 - coverage) / 2)-th lowest and highest
    ln(drawn / found area).
    Its coverage is guaranteed for reactions that are drawn like these, one a patient.

    Returns
    -------
    None with fewer than 9 matched reactions.
    """
    matched = np.array([one.log_area_ratio is not None for one in reactions])
    if matched.sum() < FEWEST_MATCHED:
        return None
    values = np.array([one.evidence for one in reactions], np.float64)
    means, scales = values.mean(axis=0), values.std(axis=0)
    scales[scales < 1e-6] = 1.0
    intercept, *coefficients = _ridge_logistic((values - means) / scales, matched)
    ratios = [one.log_area_ratio for one in reactions if one.log_area_ratio is not None]
    low, high = _conformal(ratios)
    return Calibration(
        Evidence(*means.tolist()),
        Evidence(*scales.tolist()),
        Evidence(*coefficients),
        intercept,
        low,
        high,
        COVERAGE,
    )


def judge(
    reactions: Sequence[FoundReaction],
    patients: Sequence[str],
    calibrations: Sequence[Calibration],
) -> Judgement:
    """Return how well calibrations hold, one a reaction, that were fitted on others.

    Parameters
    ----------
    reactions: at least one.
    patients: the patient of each.
    calibrations: what gives each reaction its confidence and its area interval.
    """
    pairs = list(zip(reactions, calibrations, strict=True))
    stated = np.array([confidence(one.evidence, calibration) for one, calibration in pairs])
    correct = np.array([one.log_area_ratio is not None for one in reactions])
    within = [
        calibration.log_area_low <= one.log_area_ratio <= calibration.log_area_high
        for one, calibration in pairs
        if one.log_area_ratio is not None
    ]
    bins = _bins(stated, correct)
    share = float(correct.mean())
    off = [one.reactions * abs(one.confidence - one.correct.share) for one in bins if one.correct]
    return Judgement(
        reactions=len(pairs),
        correct=int(correct.sum()),
        patients=len(set(patients)),
        bins=bins,
        brier=float(np.mean((stated - correct) ** 2)),
        brier_of_the_share=share * (1 - share),
        error=sum(off) / len(pairs),
        inside=clopper_pearson(sum(within), len(within)) if within else None,
        coverage=calibrations[0].coverage,
    )


def judge_network(scores: Sequence[PhotoScore], calibration: Calibration) -> Judgement | None:
    """Return how well a network's calibration holds in photos; None where it found nothing."""
    found = [(one, score.patient) for score in scores for one in score.found or ()]
    if not found:
        return None
    reactions, patients = zip(*found, strict=True)
    return judge(reactions, patients, [calibration] * len(found))


def calibrate(
    scores: Sequence[PhotoScore], path: Path, report: Callable[[str], None]
) -> Judgement | None:
    """Fit a calibration on all photos, and write it with its judgement to ``path``.

    The judgement is honest: the reactions of each patient are judged by a calibration that was
    fitted on those of all others. Where there are too few, nothing is written, and it says so.

    Parameters
    ----------
    scores: of photos, by networks that were not trained on them.
    report: called with a line for people.
    """
    found = [(one, score.patient) for score in scores for one in score.found or ()]
    whole = fit([one for one, _ in found])
    of_others = {
        patient: fit([one for one, other in found if other != patient])
        for patient in {patient for _, patient in found}
    }
    calibrations = [one for _, patient in found if (one := of_others[patient])]
    if whole is None or len(calibrations) < len(found):
        report(_too_few([one for one, _ in found]))
        return None
    reactions, patients = zip(*found, strict=True)
    judgement = judge(reactions, patients, calibrations)
    content = {"confidence": manifest_field(whole), "judged": asdict(judgement)}
    write_beside(path, json.dumps(content, indent=2, allow_nan=False) + "\n")
    return judgement


def _too_few(reactions: Sequence[FoundReaction]) -> str:
    matched = sum(one.log_area_ratio is not None for one in reactions)
    return (
        f"No confidence could be fitted: besides each patient's own it takes {FEWEST_MATCHED} or "
        "more found reactions that match a drawn one; of all patients together there are "
        f"{matched}."
    )


def _ridge_logistic(values: NDArray[np.float64], matched: NDArray[np.bool_]) -> list[float]:
    """Intercept, which bears no penalty, and coefficients."""
    yes, no = int(matched.sum()), int((~matched).sum())
    targets = np.where(matched, (yes + 1) / (yes + 2), 1 / (no + 2))
    design = np.column_stack([np.ones(len(values)), values])
    penalty = RIDGE * np.array([0.0, *np.ones(values.shape[1])])

    def objective(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_odds = design @ weights
        loss = np.sum(np.logaddexp(0, log_odds) - targets * log_odds) + weights**2 @ penalty / 2
        return float(loss), design.T @ (expit(log_odds) - targets) + penalty * weights

    start = np.zeros(design.shape[1])
    start[0] = logit(targets.mean())
    weights = minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-8}).x
    return [float(weight) for weight in weights]


def _conformal(ratios: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest of the ratios, after leaving out the same small share on each side."""
    ordered = sorted(ratios)
    rank = math.floor((len(ordered) + 1) * (1 - COVERAGE) / 2 + 1e-9)  # 0.99... is 1
    return ordered[rank - 1], ordered[-rank]


def _bins(stated: NDArray[np.float64], correct: NDArray[np.bool_]) -> tuple[ConfidenceBin, ...]:
    places = np.minimum((stated * BINS).astype(int), BINS - 1)
    bins = []
    for place in range(BINS):
        here = places == place
        count = int(here.sum())
        bins.append(
            ConfidenceBin(
                place / BINS,
                (place + 1) / BINS,
                count,
                float(stated[here].mean()) if count else 0.0,
                clopper_pearson(int(correct[here].sum()), count) if count else None,
            )
        )
    return tuple(bins)
