"""Uncertainties about relationships: contact, trust, conflict, roles, goals, power and rivalry.

A row reads: name, unit, evidence range (low, high), default, accepted (minimum, maximum), grade,
meaning, evidence.
"""

from __future__ import annotations

from functools import partial

from collabsim.parameters.kinds import Discount, number, whole

_number = partial(number, "uncertainty")
_whole = partial(whole, "uncertainty")

# fmt: off
CONTACT = (
    _number("contact.site", "contacts a week", 0.005, 0.05, 0.02, 0, 5, "M",
            "chance contacts of two people at separate sites",
            "Allen 1977; Kraut, Egido & Galegher 1990; values row 51"),
    _number("contact.colocated", "contacts a week", 0.06, 0.25, 0.10, 0, 5, "H",
            "chance contacts of two people who share a room five days a week",
            "Catalini 2018; Claudel et al. 2017; values rows 50 and 52"),
    _number("contact.meeting", "contacts a meeting", 0.02, 0.15, 0.04, 0, 5, "L",
            "contacts of two people at one meeting that both attend",
            "ODD 7.7; values row 59 for direction; size [J]"),
    _number("contact.case", "contacts a week", 0.1, 0.5, 0.3, 0, 5, "J",
            "contacts of two people who work on one case",
            "ODD 7.7 [J]"),
    _number("contact.virtual_effect", "ratio", 0.3, 0.9, 0.6, 0, 1, "J",
            "what an online meeting is worth against one in person",
            "crosswalk X22 [J]"),
    _number("contact.hub", "contacts a week", 0.05, 0.2, 0.10, 0, 5, "J",
            "contacts that a full key-worker service arranges for two people",
            "ODD 7.7 [J]"),
    _number("contact.key_worker", "contacts a week", 0.2, 1, 0.5, 0, 5, "J",
            "contacts of a key worker or project manager with each member of staff",
            "ODD 7.7 [J]"),
    _number("contact.core_group", "contacts a week", 0.1, 0.5, 0.3, 0, 5, "J",
            "contacts of two members of the core group",
            "crosswalk X32 (working groups) [J]"),
    _number("contact.trust_feedback", "per unit of trust", 0, 2, 1, 0, 2, "J",
            "how much people seek those they trust",
            "ODD 7.7 (0.5 + T) [J]"),
    _number("contact.time_budget", "contacts a week", 2, 12, 6, 0.1, 100, "J",
            "how many contacts across agencies one person has time for",
            "ODD 7.7 [J]"),
    _number("contact.meetings_per_training_day", "meetings", 1, 6, 3, 0, 20, "J",
            "meetings that a day of joint training is worth as contact",
            "crosswalk E3 [J]"),
    _number("contact.initiative", "ratio", 0.5, 1.5, 1, 0, 5, "J",
            "how readily staff seek contact: multiplies chance contacts",
            "crosswalk C13 [J]"),
)

ATTENDANCE = (
    _number("attendance.base", "probability", 0.4, 0.8, 0.6, 0, 1, "J",
            "attendance at meetings without anything that raises it",
            "ODD 7.6; crosswalk B17 [J]"),
    _number("attendance.leadership", "per unit", 0.1, 0.5, 0.3, 0, 1, "J",
            "what the leader's commitment adds to attendance",
            "ODD 7.6; crosswalk E11 [J]"),
    _number("attendance.system", "per unit", 0, 0.2, 0.1, 0, 1, "J",
            "what system leadership adds to attendance",
            "crosswalk X1 [J]"),
    _number("attendance.project_manager", "per unit", 0, 0.2, 0.1, 0, 1, "J",
            "what a project manager adds to attendance",
            "crosswalk E15 [J]"),
    _number("attendance.paid", "probability", 0, 0.2, 0.1, 0, 1, "J",
            "what paid participation, 150 pounds a day, adds to VCSE attendance",
            "crosswalk B11, X26 [J]"),
)

TRUST = (
    _number("trust.gain", "share of the gap", 0.03, 0.15, 0.08, 0, 1, "L",
            "what one good contact adds to trust",
            "derived from time constants of 1.5-3.5 years; values row 61 [D]"),
    _number("trust.loss", "share of trust", 0.08, 0.32, 0.20, 0, 1, "M",
            "what one bad contact takes from trust",
            "Slovic 1993; Poortinga & Pidgeon 2004: 1-4 times the gain; values row 60"),
    _number("trust.drift", "per week", 0.002, 0.007, 0.004, 0, 1, "M",
            "how fast trust drifts without contact",
            "10-30% a year, Roberts & Dunbar 2011; values row 58"),
    _number("trust.bad_base", "probability", 0.05, 0.25, 0.10, 0, 1, "J",
            "chance that a contact goes badly, before anything else",
            "crosswalk B6 [J]"),
    _number("trust.bad_newcomer", "probability", 0, 0.3, 0.15, 0, 1, "J",
            "what the other person's first week adds to that chance",
            "ODD 7.8 [J]"),
    _number("trust.bad_goal_gap", "probability", 0, 0.3, 0.15, 0, 1, "J",
            "what opposite goals add to that chance",
            "crosswalk B15 [J]"),
    _number("trust.bad_overload", "probability", 0, 0.2, 0.10, 0, 1, "J",
            "what an overload of the other's team adds to that chance",
            "ODD 7.8 [J]"),
    _number("trust.bad_role", "probability", 0, 0.2, 0.10, 0, 1, "J",
            "what clear roles take from that chance",
            "crosswalk B4, B7 [J]"),
    _number("trust.disposition_mean", "0-1", 0.4, 0.6, 0.5, 0, 1, "M",
            "people's disposition to trust, mean",
            "Colquitt et al. 2007 for scope; values row 64 [J]"),
    _number("trust.disposition_sd", "0-1", 0.1, 0.2, 0.15, 0, 0.5, "M",
            "people's disposition to trust, standard deviation",
            "Colquitt et al. 2007 for scope; values row 64 [J]"),
    _number("trust.institution_weight", "weight", 0.2, 0.8, 0.5, 0, 1, "L",
            "how far a newcomer's trust starts from the agencies' trust, not from disposition",
            "McKnight et al. 1998; values row 63; size [J]"),
    _number("trust.institutional_learning", "per week", 0, 0.05, 0.01, 0, 1, "L",
            "how fast an agency learns to trust from its staff's trust",
            "unmeasured and pivotal; values section 0.6 [J]"),
    _number("trust.institutional_start", "0-1", 0.3, 0.65, 0.45, 0, 1, "J",
            "agencies' trust in each other at the start",
            "crosswalk B6, X12, X18 [J]"),
    _number("trust.introduction", "share", 0, 0.8, 0.5, 0, 1, "J",
            "share of a leaver's trust that an introduced successor gets; only with overlap",
            "ODD 7.5 [J]"),
    _number("trust.breach_drop", "0-1", 0.05, 0.2, 0.10, 0, 1, "J",
            "what a data breach takes from the other agencies' trust",
            "ODD 7.5 [J]"),
    _number("trust.breach_spill", "share", 0, 1, 0.5, 0, 1, "J",
            "share of that drop that reaches people's own relationships",
            "Zaheer et al. 1998 for the link; values row 65; size [J]"),
    _number("trust.competence_weight", "weight", 0.3, 0.7, 0.5, 0.1, 0.9, "M",
            "two dimensions: what competence counts in trust; the rest is goodwill",
            "Colquitt et al. 2007: ability .67, benevolence .63, integrity .62; values row 64"),
)

BETA = (
    _number("beta.prior_weight", "contacts", 2, 4, 3, 0.1, 100, "J",
            "beta rule: how many contacts first impressions are worth",
            "Josang & Ismail 2002; ODD 7.8 [J]"),
    _number("beta.bad_weight", "ratio", 1, 4, 2.5, 0, 20, "M",
            "beta rule: how many good contacts a bad one outweighs",
            "Slovic 1993; Poortinga & Pidgeon 2004; values row 60"),
    _number("beta.forgetting", "per week", 0.98, 0.995, 0.994, 0, 1, "J",
            "beta rule: share of past experience kept each week without contact",
            "Josang & Ismail 2002; ODD 7.8 [J]; calibrated, pattern 25"),
)

CONFLICT = (
    _number("conflict.share", "share", 0.05, 0.25, 0.15, 0, 1, "J",
            "share of bad contacts that are conflicts, which cost twice the trust",
            "ODD 7.8 [J]"),
    _number("conflict.integrity", "share", 0.1, 0.4, 0.2, 0, 1, "J",
            "share of conflicts about honesty, not competence",
            "Kim et al. 2004 for the distinction; crosswalk B9; share [J]"),
    _number("conflict.repair_base", "probability", 0.1, 0.3, 0.2, 0, 1, "J",
            "chance that a conflict is repaired within eight weeks",
            "ODD 7.8 [J]"),
    _number("conflict.repair_facilitation", "per unit", 0, 0.5, 0.3, 0, 1, "J",
            "what facilitation adds to that chance",
            "crosswalk E25 [J]"),
    _number("conflict.repair_safety", "per unit", 0, 0.4, 0.2, 0, 1, "J",
            "what psychological safety adds to that chance",
            "ODD 7.8 [J]"),
)

ROLE = (
    _number("role.start", "0-1", 0.2, 0.7, 0.4, 0, 1, "J",
            "how clear agencies are about each other's roles at the start, and without training",
            "crosswalk B7 [J]"),
    _number("role.training_gain", "share of the gap", 0.05, 0.3, 0.15, 0, 1, "L",
            "what a day of joint training adds to role clarity",
            "Guraya & Barr 2018, discounted; values row 73; crosswalk E3",
            discount=Discount("before-after", 0.5)),
    _number("role.half_life", "weeks", 20, 80, 40, 1, 1_000, "L",
            "time in which half of that gain is lost",
            "Carpenter et al. 2009; crosswalk E3 [J]"),
)

GOALS = (
    _number("goals.self_weight", "weight", 0.4, 0.95, 0.7, 0, 1, "J",
            "how stubborn staff are in their agency's own goal",
            "Friedkin & Johnsen 1990; crosswalk B16 [J]"),
    _number("goals.leader_effect", "share", 0, 0.6, 0.3, 0, 1, "J",
            "how much a committed leader takes from that stubbornness",
            "ODD 7.9 [J]"),
    _number("goals.relapse", "per month", 0.02, 0.1, 0.05, 0, 1, "J",
            "how fast a shared purpose fades without workshops",
            "ODD 7.9 [J]"),
    _number("goals.spread", "0-0.5", 0, 0.5, 0.365, 0, 0.5, "J",
            "how far apart the agencies' own goals are: half the distance of the two extremes",
            "crosswalk B15 [J]; calibrated, pattern 15"),
)

POWER = (
    _number("power.nhs", "0-1", 0.8, 1, 1.0, 0, 1, "J",
            "formal power of NHS agencies", "ODD 7.9; crosswalk B8; range [J]"),
    _number("power.la", "0-1", 0.7, 1, 0.9, 0, 1, "J",
            "formal power of councils", "ODD 7.9; crosswalk B8; range [J]"),
    _number("power.police", "0-1", 0.4, 0.9, 0.7, 0, 1, "J",
            "formal power of the police", "ODD 7.9; crosswalk B8; range [J]"),
    _number("power.housing", "0-1", 0.2, 0.6, 0.4, 0, 1, "J",
            "formal power of housing agencies", "ODD 7.9; crosswalk B8; range [J]"),
    _number("power.vcse", "0-1", 0.1, 0.4, 0.25, 0, 1, "J",
            "formal power of VCSE agencies", "ODD 7.9; crosswalk B8; range [J]"),
    _number("power.alliance", "0-1", 0.3, 0.6, 0.45, 0, 1, "J",
            "formal power of VCSE agencies in an alliance", "crosswalk X72 [J]"),
)

GOVERNANCE = (
    _number("governance.broker", "probability", 0.1, 0.4, 0.2, 0, 1, "J",
            "chance that a lead or nao, asking in the name of all, obtains an answer that was not given",
            "Provan & Milward 1995 for the direction; values row 85; size [J]"),
    _number("governance.load", "per agency", 0, 0.05, 0, 0, 1, "J",
            "attention that settling things with one other agency takes from requests, where trust is 0.5",
            "Provan & Kenis 2008 for the direction; values row 86; off by default, 0.02 is the dose to try [J]"),
    _number("governance.board", "exponent", 0, 1, 0.5, 0, 5, "J",
            "how far seats on the board of an nao follow its members' posts: 0 all alike, 1 in proportion",
            "Provan & Kenis 2008: such a body favours efficiency over inclusion, its board often some of the members;"
            " values row 86; that size decides, and the exponent [J]"),
)

RIVALRY = (
    _number("rivalry.overlap", "0-1", 0, 1, 0.3, 0, 1, "J",
            "how far agencies bid for the same money",
            "crosswalk B4, X14 [J]"),
    _whole("rivalry.window", "weeks", 4, 12, 8, 1, 52, "J",
           "weeks before a decision in which agencies are rivals",
           "ODD 7.2 [J]"),
    _number("rivalry.loser_drop", "0-1", 0, 0.1, 0.05, 0, 1, "J",
            "what losing a bid takes from trust in the winner",
            "Bunger 2013 for the role of trust; values row 87; size [J]"),
)
# fmt: on
