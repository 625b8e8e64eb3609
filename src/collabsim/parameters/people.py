"""Uncertainties about money and people: grants, leaving, hiring, leaders, and what things cost.

A row reads: name, unit, evidence range (low, high), default, accepted (minimum, maximum), grade,
meaning, evidence.
"""

from __future__ import annotations

from functools import partial

from collabsim.parameters.kinds import Discount, number, whole

_number = partial(number, "uncertainty")
_whole = partial(whole, "uncertainty")

# fmt: off
FUNDING = (
    _number("funding.renewal_probability", "probability", 0.3, 0.9, 0.65, 0, 1, "L",
            "chance that a grant is renewed at its end",
            "a consultant's blog, over 60% renewed, weak; values row 41"),
    _number("funding.evaluation_effect", "logit", 0, 0.8, 0.3, 0, 5, "J",
            "what evaluation adds to the odds of renewal, from its default share to a full dose",
            "ODD 7.1; crosswalk E17 [J]"),
    _number("funding.outcome_effect", "logit per SD", 0, 0.8, 0.3, 0, 5, "J",
            "what better performance on cases adds to the odds of renewal",
            "ODD 7.1; crosswalk E18 [J]"),
    _number("funding.leadership_effect", "logit", 0, 0.8, 0.3, 0, 5, "J",
            "what a leader's commitment adds to the odds of renewal",
            "ODD 7.1 [J]"),
    _number("funding.replacement_gap", "weeks", 13, 52, 26, 0, 520, "J",
            "mean wait until a closed grant is replaced by a new one",
            "bid success of 0.1-0.33 (values row 42) for direction; size [J]"),
    _number("funding.redeploy", "probability", 0, 0.5, 0.25, 0, 1, "J",
            "chance that someone whose grant ends may take a vacant post of the same team",
            "ODD 7.1 [J]"),
    _number("funding.bridge", "probability", 0, 1, 0.5, 0, 1, "J",
            "chance that an agency's reserves carry a post over the wait for a late decision",
            "SCVO on late settlements for the fact; values row 43; size [J]"),
    _whole("funding.posts_per_grant", "posts", 1, 10, 3, 1, 50, "J",
           "posts that one grant pays for",
           "ODD 2 [J]"),
    _number("funding.bid_hours", "hours", 40, 200, 80, 0, 2_000, "M",
            "hours that one bid takes",
            "Pro Bono Economics; Giving Evidence; values row 45; costs 5.1"),
    _number("funding.trend", "% a year", -8, 0, 0, -50, 0, "J",
            "core money from the policy's start on: a post whose money is cut closes when it next falls vacant",
            "crosswalk B3, C10; off by default (the crosswalk has -2) [J]"),
)

GRANT_SHARE = (
    _number("grant_share.nhs", "share of posts", 0.05, 0.2, 0.1, 0, 1, "L",
            "NHS posts paid by grants", "values row 49 [J]; range [J]"),
    _number("grant_share.la", "share of posts", 0.1, 0.3, 0.2, 0, 1, "L",
            "council posts paid by grants", "values row 49 [J]; range [J]"),
    _number("grant_share.police", "share of posts", 0.05, 0.2, 0.1, 0, 1, "L",
            "police posts paid by grants", "values row 49 [J]; range [J]"),
    _number("grant_share.housing", "share of posts", 0.1, 0.4, 0.2, 0, 1, "L",
            "housing posts paid by grants", "values row 49 [J]; range [J]"),
    _number("grant_share.vcse", "share of posts", 0.3, 1.0, 0.7, 0, 1, "L",
            "VCSE posts paid by grants", "values row 49 [J], consistent with rows 18 and 48"),
)

TURNOVER = (
    _number("turnover.nhs", "a year", 0.10, 0.20, 0.15, 0, 0.95, "M",
            "chance that an NHS worker leaves the post within a year",
            "Health Foundation on community trusts; values row 2; calibrated, pattern 1"),
    _number("turnover.la", "a year", 0.10, 0.17, 0.13, 0, 0.95, "H",
            "chance that a council worker leaves the post within a year",
            "Children's social work workforce 2024; LGA 2023; values rows 3 and 6; calibrated, pattern 1"),
    _number("turnover.police", "a year", 0.06, 0.35, 0.08, 0, 0.95, "L",
            "chance that a police officer leaves the partnership post within a year",
            "rotation every 2-4 years; values row 11 [J]; calibrated, pattern 1"),
    _number("turnover.housing", "a year", 0.08, 0.20, 0.11, 0, 0.95, "H",
            "chance that a housing worker leaves the post within a year",
            "Housemark voluntary turnover 2023-24; values row 12"),
    _number("turnover.vcse", "a year", 0.12, 0.20, 0.12, 0, 0.95, "M",
            "chance that a VCSE worker in a permanent post leaves within a year",
            "derived from Agenda Consulting 2014 and others; values rows 13-14; calibrated, pattern 1"),
    _number("turnover.early_effect", "ratio - 1", 0.4, 1.2, 1.1, 0, 10, "H",
            "how much likelier newcomers are to leave than long-serving staff",
            "Skills for Care; police leavers by length of service; values row 15; calibrated, pattern 2"),
    _number("turnover.early_scale", "weeks", 20, 80, 40, 1, 520, "J",
            "time over which that wears off",
            "ODD 7.4 [J]"),
    _number("turnover.insecurity_effect", "ratio - 1", 2, 8, 5, 0, 50, "L",
            "how much likelier someone is to leave whose job is certain to end now",
            "derived from values rows 18-23; Kahn 2012 for timing"),
    _number("turnover.insecurity_horizon", "months", 2, 6, 4, 0.1, 60, "H",
            "how far ahead the end of a contract makes people look for another job",
            "Kahn 2012: 75% of the rise in the last 6 months, so at most 4.3; values row 21"),
    _number("turnover.satisfaction_effect", "log hazard", 0, 2.5, 1.2, 0, 10, "M",
            "how much satisfaction with the job keeps people",
            "Dirks & Ferrin 2002, halved for same-source surveys; Skills for Care; values rows 9 and 72",
            discount=Discount("survey", 2.4)),
    _number("turnover.contagion", "ratio - 1 per share", 0, 3, 1.5, 0, 20, "L",
            "how much leavers in the team in the last quarter raise the chance that others leave",
            "Felps et al. 2009; Hancock et al. 2017; values row 26; size [J]"),
)

HIRING = (
    _number("hiring.nhs", "weeks", 8, 20, 14, 1, 104, "H",
            "mean time to fill an NHS post", "NHS time to hire; values row 27"),
    _number("hiring.la", "weeks", 10, 18, 16, 1, 104, "M",
            "mean time to fill a council post", "Public Accounts Committee, 99 days; values row 28; calibrated, pattern 18"),
    _number("hiring.police", "weeks", 10, 18, 13, 1, 104, "M",
            "mean time to fill a police post", "Public Accounts Committee, 99 days; values row 28"),
    _number("hiring.housing", "weeks", 5, 14, 10, 1, 104, "M",
            "mean time to fill a housing post", "values row 29; notice period [J]"),
    _number("hiring.vcse", "weeks", 5, 14, 9, 1, 104, "M",
            "mean time to fill a VCSE post",
            "Agenda Consulting 2014, 35 days, and notice period [J]; values row 29"),
    _number("hiring.freeze", "months", 0, 6, 3, 0, 60, "J",
            "no recruitment when a grant that is not renewed yet has less than this left",
            "ODD 7.5 [J]"),
    _number("hiring.short_funding_factor", "ratio", 1, 2, 1.5, 1, 10, "J",
            "how much longer hiring takes with under nine months of funding left",
            "ODD 7.5 [J]"),
    _number("hiring.starting_productivity", "share", 0.25, 0.6, 0.4, 0, 1, "L",
            "a newcomer's output in the first week",
            "values row 32 [J]"),
    _number("hiring.ramp", "weeks", 6, 20, 11.3, 0.1, 260, "M",
            "time scale of reaching full output: 95% at week 28 by default",
            "Oxford Economics/Unum 2014; values rows 31-32 [D]"),
    _number("hiring.cover_share", "share", 0, 0.3, 0, 0, 1, "M",
            "share of vacant posts covered by agency staff",
            "Children's social work workforce 2023, 0.18 (values row 4); off by default [J]"),
)

LEADERS = (
    _number("leaders.gap", "weeks", 8, 26, 14, 1, 260, "M",
            "time until a leader who left is replaced",
            "with 3-year tenures 14 weeks gives 8% of posts vacant, as the King's Fund reports "
            "(values row 16); the specification's 26 weeks would give 14%"),
    _number("leaders.vacancy_effect", "ratio", 0, 0.6, 0.3, 0, 1, "J",
            "what is left of a leader's commitment while the post is vacant",
            "ODD 7 [J]"),
    _number("leaders.safety", "per unit", 0, 0.4, 0.2, 0, 2, "J",
            "how much a committed leader adds to psychological safety",
            "ODD 7 [J]"),
)

COSTS = (
    _number("costs.leaver", "pounds", 8_000, 42_000, 15_000, 0, 1_000_000, "M",
            "recruiting and bringing in a successor",
            "NHS and Oxford Economics/Unum figures; values row 37"),
    _number("costs.closure", "pounds", 1_000, 8_000, 3_000, 0, 1_000_000, "L",
            "redundancy and closing down of a grant post",
            "costs 5.1 [J]"),
    _number("costs.bid", "pounds", 300, 20_000, 4_000, 0, 1_000_000, "M",
            "one bid, successful or not",
            "80 hours at 50 pounds; costs 5.1"),
    _number("costs.reporting", "pounds a grant-year", 500, 10_000, 2_500, 0, 1_000_000, "M",
            "reporting on one grant for a year",
            "5-20 days; values row 46; costs 5.1"),
    _number("costs.cover_premium", "share of pay", 0.3, 0.7, 0.4, 0, 5, "L",
            "what agency cover costs above the post's own pay",
            "costs 5.1"),
    _number("costs.post_year", "pounds", 55_000, 75_000, 64_000, 0, 1_000_000, "M",
            "a practitioner's year with employer's costs and overheads",
            "Agenda for Change April 2024, loaded; costs 5.1 [D]"),
    _number("costs.breach", "pounds", 2_000, 50_000, 10_000, 0, 1_000_000, "J",
            "dealing with one breach by over-sharing: investigation, notification, remedy",
            "no figure known [J]"),
)
# fmt: on
