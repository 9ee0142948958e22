"""Item response theory on incomplete data: Rasch and two-parameter logistic models.

The model is P(correct | theta) = 1 / (1 + exp(-(a * theta + d))) in the logistic metric (D = 1),
with theta standard normal; difficulty is b = -d / a. Parameters are estimated by marginal maximum
likelihood with an EM algorithm (Bock & Aitkin 1981, Psychometrika 46, 443-459). Needs numpy, so
import it only where a calibration is run.
"""

from .data import Collector, Responses
from .fitting import Fit, Step, fit
from .quadrature import Quadrature, normal_quadrature
from .scoring import Abilities, score_eap, score_map

__all__ = [
    "Abilities",
    "Collector",
    "Fit",
    "Quadrature",
    "Responses",
    "Step",
    "fit",
    "normal_quadrature",
    "score_eap",
    "score_map",
]
