"""Choosing the items of a form: blueprint + pool + seed -> form, the same on every machine.

`assemble` draws, `outlook` and `distinct_forms` say beforehand what a pool yields, `spread` says
afterwards how alike the forms of different people are.

Three things are held at once. **Nobody repeats what is fresh in mind**: items a person never met
come first, then rested ones. **Equal expected facility**: after the draw, picks are exchanged for
others of the same rule until the mean facility of the form is within 0.01 of its target, so that
nobody has drawn the hard paper. **Exposure control**: every place is drawn as the less shown of two
candidates. Two random choices instead of one flatten the load from log n / log log n to log log n
(Mitzenmacher, "The power of two choices in randomized load balancing", IEEE TPDS 12(10), 2001), and
a count that is some minutes old does nearly as well. The usual way in adaptive testing,
Sympson-Hetter (1985), gives each item a probability of being administered once selected; these
probabilities come from simulations that have to be repeated whenever the bank or the people change,
which a bank that grows daily cannot afford.
"""

from question_bank.assembly.blueprint import DIFFICULTIES, Blueprint, Rule, Section, simple
from question_bank.assembly.forecast import RuleOutlook, distinct_forms, outlook
from question_bank.assembly.form import AssembledForm, Pick, Shortfall, assemble, expected_facility
from question_bank.assembly.pool import Pool, PoolItem
from question_bank.assembly.spread import Spread, spread
from question_bank.assembly.stored import blueprint_from_dict, blueprint_to_dict

__all__ = [
    "DIFFICULTIES",
    "AssembledForm",
    "Blueprint",
    "Pick",
    "Pool",
    "PoolItem",
    "Rule",
    "RuleOutlook",
    "Section",
    "Shortfall",
    "Spread",
    "assemble",
    "blueprint_from_dict",
    "blueprint_to_dict",
    "distinct_forms",
    "expected_facility",
    "outlook",
    "simple",
    "spread",
]
