"""Uncertainties about the work: sharing information, knowledge, shared cases, reflection.

A row reads: name, unit, evidence range (low, high), default, accepted (minimum, maximum), grade,
meaning, evidence. The constants and the structural choices stand at the end.
"""

from __future__ import annotations

from functools import partial

from collabsim.parameters.kinds import Discount, choice, number

_number = partial(number, "uncertainty")
_constant = partial(number, "constant")
_choice = partial(choice, "structure")

# fmt: off
SHARING = (
    _number("sharing.base", "logit", -3.5, -2.3, -2.9, -10, 10, "J",
            "willingness to share without any trust",
            "ODD 7.10: base rate 0.55-0.65 [J]"),
    _number("sharing.trust", "logit per unit", 3, 7, 5, 0, 20, "M",
            "what trust adds to the willingness to share",
            "Levin & Cross 2004; r 0.25-0.55; values row 69"),
    _number("sharing.agreement", "logit", 0, 0.8, 0.3, 0, 5, "J",
            "what a full information-sharing agreement adds",
            "crosswalk B14, E2 [J]"),
    _number("sharing.record", "logit", 0, 1, 0.5, 0, 5, "J",
            "what a full shared record adds",
            "London Care Record evaluation for the fact; crosswalk B13; size [J]"),
    _number("sharing.familiarity", "logit", 0, 1, 0.5, 0, 5, "L",
            "what more than eight contacts with the person add",
            "Huckman & Staats; values row 36; size [J]"),
    _number("sharing.role", "logit per unit", 0, 1.5, 0.8, 0, 5, "J",
            "what role clarity adds",
            "crosswalk B7 [J]"),
    _number("sharing.safety", "logit per unit", 0, 2, 1, 0, 10, "M",
            "what psychological safety adds",
            "Frazier et al. 2017, halved for same-source surveys; values row 71; size [J]",
            discount=Discount("survey", 2.0)),
    _number("sharing.sensitivity", "logit", 0.5, 2, 1, 0, 10, "J",
            "what the sensitivity of information takes",
            "crosswalk B14, C12 [J]"),
    _number("sharing.sensitive_share", "share", 0.1, 0.4, 0.2, 0, 1, "J",
            "share of requests for sensitive information",
            "ODD 7.10 [J]"),
    _number("sharing.rivalry", "logit", 0, 1, 0.5, 0, 5, "J",
            "what rivalry for a grant takes",
            "Bunger 2013 for direction; crosswalk B4; size [J]"),
    _number("sharing.reciprocity", "logit", 0, 1, 0.4, 0, 5, "J",
            "what the other's last answer adds or takes",
            "crosswalk C21 [J]"),
    _number("sharing.calculus_slope", "logit per logit", 0.7, 1.7, 1.2, 0, 10, "J",
            "privacy calculus: how sharply people weigh trust against harm",
            "Culnan & Armstrong 1999 for the rule; matched to the logistic rule [D/J]"),
    _number("sharing.calculus_benefit", "logit", -1, 0.2, -0.39, -10, 10, "J",
            "privacy calculus: benefit against harm of sharing",
            "Culnan & Armstrong 1999 for the rule; matched to the logistic rule [D/J]"),
    _number("sharing.misdirected", "share", 0, 0.4, 0, 0, 1, "J",
            "share of requests that go to the wrong person, as long as no directory tells the right one",
            "crosswalk E10, E14 (0.4 go astray, 0.2 with a directory); off by default, no count of them known [J]"),
    _number("sharing.unusable", "share", 0, 0.3, 0, 0, 1, "J",
            "share of answers that are no use to those who asked",
            "crosswalk C23, C24; off by default, no count of them known [J]"),
    _number("sharing.request_hours", "hours", 0, 2, 0, 0, 37.5, "J",
            "how long a case waits while somebody is asked in person; a record saves it, a wrong address doubles it",
            "crosswalk B13, E2 (0.7; 0.2 to 2); off by default, no count of them known [J]"),
    _number("sharing.breach_risk", "probability", 0, 0.02, 0, 0, 1, "J",
            "chance, at full trust, that sensitive information is shared with someone who should not have it",
            "criticisms row 9; off by default, no rate is known; 0.01 is the dose to try [J]"),
)

KNOWLEDGE = (
    _number("knowledge.learn", "per week", 0.005, 0.02, 0.01, 0, 1, "J",
            "how fast staff in contact learn to know the cases and the system",
            "Argote, Beckman & Epple 1990 for the form; ODD 7.11 [J]"),
    _number("knowledge.forget", "per week", 0.00115, 0.0243, 0.005, 0, 1, "L",
            "how fast knowledge is forgotten",
            "0.5-10% a month; values row 35 [J]"),
    _number("knowledge.keep_none", "share", 0.1, 0.6, 0.35, 0, 1, "L",
            "knowledge a successor gets without a handover",
            "values row 34 [J]"),
    _number("knowledge.keep_written", "share", 0.4, 0.8, 0.60, 0, 1, "L",
            "knowledge a successor gets from a written handover",
            "below Bhabra et al. 2007's laboratory bound, 0.97; values row 33 [J]",
            discount=Discount("laboratory", 0.97)),
    _number("knowledge.keep_overlap", "share", 0.7, 0.95, 0.85, 0, 1, "L",
            "knowledge a successor gets from weeks alongside the leaver",
            "below Bhabra et al. 2007's laboratory bound, 0.998; values row 33 [J]",
            discount=Discount("laboratory", 0.998)),
    _number("knowledge.codify", "share", 0, 0.5, 0.1, 0, 1, "J",
            "share of knowledge that is codified and never leaves with a person",
            "crosswalk E18 [J]"),
    _number("knowledge.founding", "0-1", 0.3, 0.7, 0.5, 0, 1, "J",
            "knowledge at the start",
            "a starting point, two years before results count [J]"),
    _number("knowledge.novelty", "share", 0, 0.5, 0, 0, 2, "J",
            "how much more what is shared is worth to a case with a worker in post for under a year",
            "March 1991 for the idea; criticisms row 10; off by default, 0.1 is the dose to try [J]"),
)

CASES = (
    _number("cases.per_week", "cases per 45 posts", 0.35, 3, 1.5, 0, 10, "J",
            "new shared cases a week in a partnership of 45 posts",
            "about 30 open cases, 2 per worker; ODD 7.10 [J]"),
    _number("cases.weeks", "weeks", 12, 26, 20, 1, 100, "J",
            "work that a case needs, in weeks without delay",
            "ODD 7.10 [J]"),
    _number("cases.agencies", "agencies", 2, 4, 3, 2, 4, "J",
            "agencies that a case needs, on average",
            "crosswalk C16 [J]"),
    _number("cases.load", "FTE", 0.1, 0.25, 0.15, 0, 5, "J",
            "partnership time that one shared case takes of each of its workers",
            "ODD 7.6: two shared cases, a third of a job; from 0.25 an all-grant partnership overloads for good [J]"),
    _number("cases.coherence", "share", 0, 1, 0.4, 0, 1, "J",
            "share of cases with one agreed plan",
            "crosswalk B18 [J]"),
    _number("cases.coherence_pm", "share", 0, 0.4, 0.2, 0, 1, "J",
            "what a project manager adds to that share",
            "crosswalk E15 [J]"),
    _number("cases.duplication", "share", 0, 0.4, 0.2, 0, 5, "J",
            "extra work of a case without an agreed plan",
            "crosswalk B18, E19 [J]"),
    _number("cases.incoherence_effect", "SD", 0, 0.2, 0.10, 0, 5, "J",
            "what the lack of an agreed plan takes from the outcome",
            "crosswalk B18 [J]"),
    _number("cases.information_effect", "SD per SD", 0.15, 0.45, 0.315, 0, 5, "M",
            "what complete information adds to performance on a case",
            "Mesmer-Magnus & DeChurch 2009; values row 70; calibrated, pattern 8"),
    _number("cases.knowledge_effect", "SD per 0.2", 0, 0.25, 0.12, 0, 5, "J",
            "what the workers' knowledge adds, for each cases.sd_knowledge",
            "ODD 7.10 [J]"),
    _number("cases.practice_effect", "SD", 0, 0.25, 0.25, 0, 5, "M",
            "what the best practice quality adds",
            "Tannenbaum & Cerasoli 2013, d 0.67 less 60% for field use; values row 75",
            discount=Discount("laboratory", 0.625)),
    _number("cases.goal_effect", "SD per SD", 0, 0.15, 0.15, 0, 5, "M",
            "what goal alignment adds",
            "Kleingeld et al. 2011, mostly laboratory groups, capped; values row 76",
            discount=Discount("laboratory", 0.375)),
    _number("cases.change_effect", "SD per change", 0.05, 0.25, 0.15, 0, 5, "L",
            "what each change of worker takes",
            "Flower et al. 2005 for the sign; patterns row 42; size [J]"),
    _number("cases.wait_effect", "SD per 3 weeks", 0, 0.2, 0.10, 0, 5, "J",
            "what waiting takes, for each cases.sd_wait",
            "ODD 7.10 [J]"),
    _number("cases.noise", "SD", 0.8, 1, 0.9, 0, 5, "J",
            "luck in the work on a case",
            "ODD 7.10 [J]"),
    _number("cases.reach", "correlation", 0.1, 0.3, 0.2, 0, 1, "M",
            "how far the work on a case decides what comes of it for the person",
            "Alderwick et al. 2021; Baxter et al. 2018: process gains, little effect on health;"
            " values rows 79-84; size [J]"),
)

REFLECTION = (
    _number("reflection.gain", "per week", 0.01, 0.05, 0.045, 0, 1, "L",
            "what one session a month adds to practice quality each week, in full safety",
            "Tannenbaum & Cerasoli 2013, discounted; values row 75; rate [J]; calibrated, pattern 14"),
    _number("reflection.half_life", "weeks", 13, 52, 36, 1, 1_000, "J",
            "time in which half of practice quality is lost without reflection",
            "ODD 7.11 [J]; calibrated, pattern 14"),
)

_Z = "fixed by definition: it sets the scale on which outcomes are standard deviations"
_WIDE = "fixed by choice [J]: about three times what cases of one partnership differ by"

CONSTANTS = (
    _constant("cases.ref_completeness", "share", 0.47, 0.47, 0.47, 0, 1, "J",
              "completeness of information of an ordinary case", _Z),
    _constant("cases.sd_completeness", "share", 0.2, 0.2, 0.2, 0.01, 1, "J",
              "its standard deviation between cases", _Z),
    _constant("cases.ref_knowledge", "0-1", 0.4, 0.4, 0.4, 0, 1, "J",
              "knowledge of an ordinary case's workers", _Z),
    _constant("cases.sd_knowledge", "0-1", 0.2, 0.2, 0.2, 0.01, 1, "J",
              "the step of knowledge that its effect is for: a wide one, between partnerships rather than cases", _WIDE),
    _constant("cases.ref_alignment", "0-1", 0.83, 0.83, 0.83, 0, 1, "J",
              "goal alignment from which its effect counts (the reference partnership settles near 0.80)", _Z),
    _constant("cases.sd_alignment", "0-1", 0.1, 0.1, 0.1, 0.01, 1, "J",
              "its standard deviation between partnerships", _Z),
    _constant("cases.ref_wait", "weeks", 0, 0, 0, 0, 104, "J",
              "wait of an ordinary case", _Z),
    _constant("cases.sd_wait", "weeks", 3, 3, 3, 0.01, 104, "J",
              "the step of waiting that its effect is for: about what cases of an overloaded partnership differ by",
              "fixed by choice [J]: in the reference partnership nobody waits"),
)

STRUCTURES = (
    _choice("structure.trust_rule", ("delta", "beta"), "J",
            "how experience changes trust: shares of the gap, or a beta reputation",
            "ODD 7.8; Josang & Ismail 2002"),
    _choice("structure.drift_target", ("institution", "zero"), "J",
            "where trust drifts to without contact: the agencies' trust, or nothing",
            "ODD 7.8; criticisms row 4"),
    _choice("structure.institutional_learning", ("slow", "fast"), "J",
            "how fast agencies learn from their staff's trust: the parameter, or 0.05 a week",
            "ODD 7.5; values section 0.6"),
    _choice("structure.sharing_rule", ("logistic", "privacy-calculus"), "J",
            "how people decide to share: a logistic choice, or a privacy calculus",
            "ODD 7.10; Culnan & Armstrong 1999"),
)

# Choices of structure besides the sixteen combinations of those above
OPTIONS = (
    _choice("structure.trust_dimensions", ("one", "two"), "J",
            "what trust is: one thing, or competence and goodwill, which different breaches harm",
            "Mayer, Davis & Schoorman 1995; Kim et al. 2004; criticisms row 8"),
    _choice("structure.effect_sizes", ("discounted", "published"), "J",
            "effects measured in other settings: lowered for use in the field, or as published",
            "method, not evidence; criticisms row 7"),
)
# fmt: on
