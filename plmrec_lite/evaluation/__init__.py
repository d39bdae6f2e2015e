"""How a result is measured, and what a page may claim from it."""

from plmrec_lite.evaluation.claims import ClaimError, claim
from plmrec_lite.evaluation.protocol import evaluate, evaluate_sampled
from plmrec_lite.evaluation.report import Report, table

__all__ = ["ClaimError", "Report", "claim", "evaluate", "evaluate_sampled", "table"]
