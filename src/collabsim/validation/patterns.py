"""THE table of patterns: what the field knows, in its words, and the numbers that the model is held against.

Numbers of patterns are not consecutive: they are those of the evidence file that the table was made from.
Grade A: meta-analysis, official statistics, natural or randomised experiment. B: several consistent studies or
one good field study. C: single, indirect or grey literature. D: theory or judgement. Ranges were written down
before the model was measured; calibration patterns set parameters (`benchmarks/calibration.py`), the others
did not, but for pattern 12, which `cases.reach` was chosen to keep.
"""

from __future__ import annotations

from math import inf

from collabsim.validation import contact, draws, funding, governance, staff, trust, work
from collabsim.validation.kinds import Check, Pattern
from collabsim.validation.trust import CO_LOCATED, SEPARATE

A, B, C, D = "ABCD"

# fmt: off
STAFF = (
    Pattern(1, "Annual leaver rates by sector fall in the published ranges (police < housing ≤ councils ≤ NHS < VCSE "
            "< care providers)",
            "Health Foundation; Children's social work workforce 2024; LGA 2017/18; Home Office; Housemark 2023-24; "
            "Agenda Consulting 2014; Skills for Care", A, "calibration", (
        Check("leaver rate, NHS", 0.10, 0.20, "a year", staff.leaver_rate("nhs")),
        Check("leaver rate, council", 0.10, 0.17, "a year", staff.leaver_rate("la")),
        Check("leaver rate, police", 0.06, 0.35, "a year", staff.leaver_rate("police")),
        Check("leaver rate, housing", 0.08, 0.20, "a year", staff.leaver_rate("housing")),
        Check("leaver rate, VCSE", 0.12, 0.20, "a year", staff.leaver_rate("vcse")),
        Check("housing above police", 0, inf, "a year", staff.leaver_rate_above("housing", "police")),
        Check("council at least housing", -0.01, inf, "a year", staff.leaver_rate_above("la", "housing")),
        Check("NHS at least council", -0.01, inf, "a year", staff.leaver_rate_above("nhs", "la")),
        Check("VCSE above NHS", 0, inf, "a year", staff.leaver_rate_above("vcse", "nhs")),
        Check("care providers above VCSE", 0, inf, "a year", missing="the model has no sector of care providers"),
    ), "leavers over mean headcount, core posts of the reference partnership; 'at least' allows one percentage point"),
    Pattern(2, "The hazard of leaving in the first year is 1.4 to 2.2 times that of long-tenured staff",
            "Skills for Care; Home Office, police leavers by length of service", A, "calibration", (
        Check("hazard in year 1 over that after 5 years", 1.4, 2.2, "ratio", staff.early_hazard),
    ), "life table of core posts, within agencies (Mantel-Haenszel)"),
    Pattern(17, "Leaders last about 3 years; about 8% of leaders' posts are vacant at any time",
            "King's Fund and NHS Providers 2018", A, "calibration", (
        Check("years in office", 2, 4, "years", staff.leader_tenure),
        Check("leaders' posts vacant", 0.05, 0.11, "share", staff.leaders_vacant),
    )),
    Pattern(18, "Recruiting takes 9 to 16 weeks; 8 to 19% of posts are vacant in social care",
            "NHS time to hire; Public Accounts Committee; LGA 2023; Children's social work workforce 2023", A,
            "calibration", (
        Check("weeks from leaving to arrival", 9, 16, "weeks", staff.weeks_to_recruit),
        Check("council posts with nobody in them", 0.08, 0.19, "share", staff.vacant_share),
    ), "core posts for the weeks; all of the council's posts for the share, those whose grant ended included"),
    Pattern(19, "Newcomers need about 28 weeks (15 to 52) to full output", "Oxford Economics/Unum 2014", B,
            "calibration", (
        Check("weeks to 95% of full output", 15, 52, "weeks", staff.weeks_to_full_output),
    )),
    Pattern(33, "Coworkers' exits raise own exit risk: hazard ratio 1.05 to 1.3 per 10% of the team leaving",
            "Felps et al. 2009; Hancock, Allen & Soelberg 2017", B, "calibration", (
        Check("hazard ratio per 10% in a quarter", 1.05, 1.3, "ratio", staff.contagion),
    ), "weeks with and without leavers in the last quarter, permanent posts, within agencies"),
)

MONEY = (
    Pattern(3, "At least 75% of the anticipatory rise in quits over a contract of 24 months or more falls in its last "
            "6 months", "Kahn 2012", A, "validation", (
        Check("share of the excess hazard in the last 6 of 24 months", 0.75, 1, "share", funding.late_rise),
    ), "the decision comes at the end date, so that the whole contract is seen before it"),
    Pattern(36, "Annual voluntary quits in 12-month-funded teams are 1.2 to 2.0 times those in permanent ones; 1.05 to "
            "1.3 times at 36 months", "derived from Agenda Consulting 2014, SCVO 2025, Kahn 2012", C, "calibration", (
        Check("12 months over permanent", 1.2, 2.0, "ratio", funding.quits_against_permanent(12)),
        Check("36 months over permanent", 1.05, 1.3, "ratio", funding.quits_against_permanent(36)),
    ), "all-grant partnership, same agency and tenure band (Mantel-Haenszel)"),
    Pattern(37, "Total separations in 12-month-funded posts (quits and non-renewal) are 2 to 4 times those in permanent "
            "ones", "derived", C, "validation", (
        Check("separations over permanent", 2, 4, "ratio", funding.separations_against_permanent),
    )),
    Pattern(38, "About 25 to 30% of staff in grant-heavy VCSE expect to lose their job within a year, twice the "
            "all-sector share", "SCVO workforce survey 2025", C, "validation", (
        Check("VCSE staff with insecurity above 0.1", 0.25, 0.30, "share", funding.vcse_insecure),
        Check("over the share in all agencies", 1.5, 2.5, "ratio", funding.vcse_insecure_against_all),
    )),
    Pattern(39, "Bidding and reporting absorb 5 to 38% of grant value, worst for small agencies",
            "Pro Bono Economics; Giving Evidence; Plinth", C, "calibration", (
        Check("absorbed, agencies of 12 posts", 0.05, 0.38, "share", funding.absorbed(12)),
        Check("absorbed, agencies of 2 posts", 0.05, 0.38, "share", funding.absorbed(2)),
        Check("more when small", 0, inf, "share", funding.absorbed_more_when_small),
    ), "bids in the ledger and the time that reporting takes, over the pay that grants cover"),
    Pattern(44, "Short-term funding erodes knowledge and continuity before trust", "derived", D, "prediction", (
        Check("knowledge reaches a gap of 10% before trust by", 0, inf, "months",
              funding.months_before_trust(("knowledge_sum", "posts_filled"))),
        Check("posts filled before trust by", 0, inf, "months",
              funding.months_before_trust(("posts_filled", "posts"))),
        Check("changes of worker before trust by", 0, inf, "months",
              funding.months_before_trust(("worker_changes", "cases_closed"))),
    ), "from permanent money to 12-month grants; where a gap does not come in the run, only a bound is known"),
    Pattern(45, "Earlier renewal decisions cut 'wasted' quits (people leaving posts that are then renewed) but not "
            "total separations much", "derived", D, "prediction", (
        Check("cut in quits from posts then renewed", 0, 1, "share", funding.wasted_quits_cut),
        Check("change of all separations", -0.15, 0.05, "share", funding.separations_by_notice),
    ), "a decision six months ahead against one at the end date"),
)

CONTACT = (
    Pattern(4, "Co-location raises new cross-agency working ties 1.3 to 3.5 times",
            "Catalini 2018; Boudreau et al.; Owen-Smith et al.; Claudel et al. 2017", A, "calibration", (
        Check("chance of a new working tie within a year, over that apart", 1.3, 3.5, "ratio", contact.new_working_ties),
    ), "pairs that had less than one contact a month the year before and have one now; five days a week"),
    Pattern(6, "The effect of co-location builds over years, with a plateau about year 5",
            "Salazar Miranda & Claudel 2021", A, "validation", (
        Check("gap in trust, year 1 over years 4-6", -inf, 0.7, "ratio", contact.early_gap),
        Check("gap in trust, years 8-10 over years 4-6", 0.8, 1.2, "ratio", contact.late_gap),
    )),
    Pattern(32, "Co-location pays only with continuity of staff and shared systems (positive interaction with low "
            "turnover and IT)", "Lalani & Marshall 2020; Foundations, MASH evaluation", B, "validation", (
        Check("more information with permanent than 12-month funding", 0, inf, "share", contact.pays_with_continuity),
        Check("more information with a shared record than without", 0, inf, "share", contact.pays_with_shared_systems),
    ), "what five days of co-location add to information complete at closing, all-grant partnership"),
)

TRUST = (
    Pattern(21, "A negative event moves trust 1.5 to 4 times as much as an equal positive one, at mid-range trust",
            "Poortinga & Pidgeon 2004 on Slovic 1993; contested", B, "calibration", (
        Check("loss over gain at trust 0.5", 1.5, 4, "ratio", trust.loss_against_gain),
    )),
    Pattern(22, "After a competence lapse trust recovers with consistent good acts; after deception it does not fully "
            "recover", "Schweitzer, Hershey & Bradlow 2006; Kim et al. 2004", B, "validation", (
        Check("trust a year after a lapse, less before it", 0, inf, "0-1", trust.after_a_lapse),
        Check("trust a year after a deception, less before it", -inf, -0.02, "0-1", trust.after_deception),
    ), "a week of conflicts, then a year of good contacts; repairs at their usual odds"),
    Pattern(23, "Trust falls in weeks and recovers in months: regaining 90% takes at least 3 times as long as losing it",
            "derived from Schweitzer et al. 2006", B, "validation", (
        Check("weeks to 90% over weeks of the fall", 3, inf, "ratio", trust.recovery_against_fall),
    ), "a month in which every contact goes badly, then the usual luck"),
    Pattern(25, "Closeness drifts down 10 to 30% a year without contact", "Roberts & Dunbar 2011", B, "calibration", (
        Check("share of the way in a year without contact", 0.1, 0.3, "share", trust.yearly_drift),
    )),
    Pattern(26, "Correlation of trust and sharing between pairs is 0.25 to 0.55", "Levin & Cross 2004", B, "validation", (
        Check("r of trust and share answered, five requests or more", 0.25, 0.55, "r", trust.trust_and_sharing),
    )),
    Pattern(27, "A newcomer's trust starts at the agency's reputation: trust varies less, and reputation explains more "
            "of it, in new than in old pairs", "McKnight, Cummings & Chervany 1998; Zaheer, McEvily & Perrone 1998", B,
            "validation", (
        Check("variance explained, new less old", 0, inf, "R²", trust.explained_more_when_new),
        Check("variance of trust, new over old", 0, 1, "ratio", trust.spread_when_new),
    ), "up to half a year against five years and more"),
    Pattern(43, "Trust is realised to λ/(λ + h_i + h_j) of its potential, so that it stays below half where the two "
            "sides' turnover is above λ", "theorem", D, "verification", (
        Check("largest distance from the formula", -inf, 0.01, "0-1", trust.away_from_formula),
        Check("share realised where the formula says half, separate", 0.47, 0.53, "share", trust.at_half(SEPARATE)),
        Check("share realised where the formula says half, co-located", 0.47, 0.53, "share",
              trust.at_half(CO_LOCATED)),
    ), "without cases, drift and institutional learning; delta rule; 0.03 of the potential is 0.01 of trust"),
)

WORK = (
    Pattern(7, "Correlation of trust and performance across partnerships is 0.2 to 0.4",
            "De Jong, Dirks & Gillespie 2016", A, "validation", (
        Check("r of mean trust and mean performance on cases", 0.2, 0.4, "r", draws.trust_and_performance),
    ), "random draws of all uncertainties from their evidence ranges; trust surveyed once, performance in the same year"),
    Pattern(8, "Correlation of information sharing and performance is 0.3 to 0.5; unique information matters more than "
            "volume", "Mesmer-Magnus & DeChurch 2009", A, "calibration", (
        Check("r of complete information and performance, over cases", 0.3, 0.5, "r", work.information_and_outcome),
        Check("less r of the number of answers and performance", 0, inf, "r", work.unique_above_volume, use="validation"),
    )),
    Pattern(10, "Voluntary turnover hurts performance: r -0.05 to -0.30, steeper at low turnover",
            "Park & Shaw 2013; Hancock, Allen & Soelberg 2017", A, "validation", (
        Check("r of an agency's turnover and performance on its cases", -0.30, -0.05, "r", draws.turnover_and_performance),
        Check("quadratic term", 0, inf, "SD per (per year)²", draws.turnover_bends),
    ), "random draws as for pattern 7, each year of each agency a point"),
    Pattern(12, "Everything on against everything off moves case outcomes by SMD 0.3 at most, and process measures by "
            "far more", "Gilbody et al. 2006; Mason et al. 2015; Alderwick et al. 2021; Baxter et al. 2018", A,
            "validation", (
        Check("outcome of cases", -inf, 0.3, "SMD", work.everything_on_outcome),
        Check("trust", 0.3, inf, "SMD", work.everything_on_trust),
        Check("information complete at closing", 0.3, inf, "SMD", work.everything_on_information),
        Check("the smaller process change over that of outcomes", 2, inf, "ratio", work.process_above_outcome),
    ), "every lever at a full dose; the size of cases.reach was chosen with this pattern in view, so it is a design "
       "limit more than a test"),
    Pattern(13, "Pooled budgets alone: perceived joint working up, outcomes unchanged", "Mason et al. 2015; NAO 2017", A,
            "validation", (
        Check("trust", 0, inf, "SMD", work.pooled_on_trust),
        Check("outcome of cases", -0.05, 0.05, "SMD", work.pooled_on_outcome),
    )),
    Pattern(14, "Reflection and debriefs raise performance by a visible but bounded amount (field-discounted d 0.2 to "
            "0.4)", "Tannenbaum & Cerasoli 2013", A, "calibration", (
        Check("two sessions a month", 0.2, 0.4, "SMD", work.reflection_on_performance),
    )),
    Pattern(15, "Shared specific goals raise performance (d 0.3 to 0.8); agency-egocentric targets lower it",
            "Kleingeld, van Mierlo & Arends 2011", A, "calibration", (
        Check("shared goals, renewed quarterly", 0.3, 0.8, "SMD", work.goals_on_performance),
        Check("own-agency targets", -inf, 0, "SMD", work.own_targets_on_performance),
    ), "own-agency targets: goals as far apart, and staff as stubborn in them, as they can be"),
    Pattern(20, "Kept per handover: verbal below half, written above 0.95 of recorded facts", "Bhabra et al. 2007", B,
            "calibration", (
        Check("no written handover", 0, 0.5, "share", work.kept("none")),
        Check("written, of what is recorded", 0.95, 1, "share", work.kept("written", 1.0)),
    ), "knowledge of posts over five successive leavers; a written handover keeps less of what is not recorded"),
    Pattern(29, "Centralised or brokered networks coordinate better but voice is less equal",
            "Provan & Milward 1995; Milward & Provan 1998", B, "validation", (
        Check("information, lead agency less shared", 0, inf, "share", governance.on_information("lead")),
        Check("equity of voice, lead agency less shared", -inf, -0.001, "0-1", governance.on_equity("lead")),
        Check("information, administrative body less shared", 0, inf, "share", governance.on_information("nao")),
        Check("equity of voice, administrative body less shared", -inf, -0.001, "0-1", governance.on_equity("nao")),
    ), "the lead is the NHS trust, as leads are mostly large and statutory; less equal: by more than 0.001"),
    Pattern(30, "Shared governance suffices for small, high-trust, goal-agreed partnerships; larger or low-trust ones "
            "need a lead or administrative body", "Provan & Kenis 2008; Wiktorowicz et al. 2010", B, "validation", (
        Check("gain from a lead, three agencies, high trust", -inf, governance.WORTH_IT, "SD",
              governance.gain_when_small_and_trusting),
        Check("more gain with ten agencies", 0, inf, "SD", governance.more_gain_when_large),
        Check("more gain at low trust", 0, inf, "SD", governance.more_gain_at_low_trust),
        Check("agencies from which a lead is worth it", 5, 9, "agencies", governance.crossover),
    ), "45 posts in 3 to 10 agencies, which also agree on goals where trust is high; worth it: 0.05 SD of performance"),
    Pattern(34, "Joint training: large immediate gain of knowledge, smaller change of behaviour (about a quarter to a "
            "half report any), fading as staff leave", "Guraya & Barr 2018; Leicestershire LSCB; Carpenter et al. 2009",
            B, "calibration", (
        Check("share of the gap in role clarity closed at once", 0.2, 1, "share", work.clarity_gained),
        Check("staff whose requests are answered more often", 0.22, 0.5, "share", work.report_better_sharing),
        Check("share of the gain left after a year", 0, 0.6, "share", work.clarity_left(False), use="validation"),
        Check("more left where staff stay", 0, inf, "share", work.fades_as_staff_leave, use="validation"),
    ), "two days of training in a quarter, against the same staff under the same luck without it"),
    Pattern(40, "Poor information exchange is present in about 40% of serious-incident reviews",
            "Child Safeguarding Practice Review Panel 2018-19", C, "validation", (
        Check("of the 5% worst cases, with less than half of the information", 0.35, 0.5, "share",
              work.poor_information_in_the_worst),
    )),
    Pattern(42, "More workers per case, worse outcome, monotone", "Flower, McDonald & Sumski 2005", C, "validation", (
        Check("outcome per change of worker", -inf, 0, "SD", work.outcome_per_change),
        Check("smallest step down, none to one to more", 0, inf, "SD", work.smallest_step_down),
    )),
)
# fmt: on

PATTERNS: tuple[Pattern, ...] = tuple(
    sorted((*STAFF, *MONEY, *CONTACT, *TRUST, *WORK), key=lambda p: p.number)
)
"""Every pattern, by number."""
