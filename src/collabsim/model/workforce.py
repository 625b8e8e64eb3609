"""Staff: insecurity, quits, leaving, hiring, newcomers, redeployment."""

from __future__ import annotations

import math

from collabsim.model import casework, draws, journal, ledger, state, trust as trust_rules
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import clip, exp, log, ndtri, stream, uniform, within_a_week

HANDOVER_NONE, HANDOVER_WRITTEN, HANDOVER_OVERLAP = 0, 1, 2


# --- insecurity and quits ---------------------------------------------------------------------------------------


@rule
def months_left(grant, week):
    """Return the months until a grant's end (0 once passed)."""
    return max(0, grant["end"] - week) * 12.0 / 52.0


@rule
def insecurity(grant, week, c):
    """Return J (0-1) of a post on this grant: the risk of ending, felt the more the nearer the end.

    J = risk * exp(-months left / horizon); at least 75% of the rise falls in the last six months (Kahn 2012;
    values, row 21, H for the timing).
    """
    if grant["status"] == state.PERMANENT or grant["status"] == state.CLOSED:
        return 0.0
    if grant["decision"] == state.RENEWED:
        return 0.0
    risk = 1.0 if grant["decision"] == state.REFUSED else 1.0 - grant["chance"]
    return risk * exp(-months_left(grant, week) / c["turnover_insecurity_horizon"])


@rule
def quit_hazard(base, post, contagion, c):
    """Return the weekly hazard of a voluntary quit.

    On-the-job search (Burdett & Mortensen 1998) inside a proportional hazard (Cox 1972): early tenure (values, row
    15, H), insecurity (row 22, L: triangulated), satisfaction (judgement), leavers of the team in 13 weeks (Felps et
    al. 2009; row 26, L-M).
    """
    early = 1.0 + c["turnover_early_effect"] * exp(-post["tenure"] / c["turnover_early_scale"])
    search = 1.0 + c["turnover_insecurity_effect"] * post["insecurity"]
    mood = exp(-c["turnover_satisfaction_effect"] * (post["satisfaction"] - 0.5))
    return base * early * search * mood * (1.0 + c["turnover_contagion"] * contagion)


@rule
def update_insecurity(w, p, c, grants, posts):
    """Set every occupant's insecurity for this week (0 on core money and with the anticipation channel off)."""
    for i in range(len(posts)):
        g = posts[i]["grant"]
        felt = g != state.CORE and p["channel_anticipation"] > 0.0
        posts[i]["insecurity"] = insecurity(grants[g], w["week"], c) if felt else 0.0


@subroutine
def quit_posts(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events):  # fmt: skip
    """Draw this week's voluntary quits."""
    update_insecurity(w, p, c, grants, posts)
    luck = stream(key, draws.QUIT, w["week"])
    most = (1.0 + c["turnover_early_effect"]) * exp(0.5 * c["turnover_satisfaction_effect"]) * 1.000001
    for i in range(len(posts)):
        if posts[i]["filled"] == 1:
            t = posts[i]["team"]
            base, contagion = agencies[posts[i]["agency"]]["hazard"], teams[t]["leavers"] / teams[t]["posts"]
            drawn = uniform(luck, posts[i]["id"], 0)
            search = 1.0 + c["turnover_insecurity_effect"] * posts[i]["insecurity"]
            if drawn >= base * most * search * (1.0 + c["turnover_contagion"] * contagion):
                continue  # more than the highest hazard this person could have: no need to work it out
            if drawn < within_a_week(quit_hazard(base, posts[i], contagion, c)):
                leave(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, i, state.QUITS)  # fmt: skip


# --- leaving ----------------------------------------------------------------------------------------------------


@rule
def kept_share(standard, closing, c):
    """Return the share of uncodified knowledge that a handover keeps; overlap needs a successor (values, rows 33-34)."""
    if standard == HANDOVER_NONE:
        return c["knowledge_keep_none"]
    if standard == HANDOVER_WRITTEN or closing:
        return c["knowledge_keep_written"]
    return c["knowledge_keep_overlap"]


@rule
def inherited(knowledge, closing, p, c):
    """Return the knowledge that stays with the post when its occupant goes (0-1)."""
    keep = kept_share(int(p["handover_standard"]), closing, c)
    return c["knowledge_codify"] * knowledge + (1.0 - c["knowledge_codify"]) * keep * knowledge


@subroutine
def leave(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, i, reason):  # fmt: skip
    """Let the occupant of post `i` go: relationships end, knowledge is lost, cases change hands, the post is vacant.

    A nonrenewal or closure closes the post; otherwise it starts recruiting at once.
    """
    post = posts[i]
    journal.note(w, events, reason, post["id"], post["occupant"], float(post["tenure"]))
    closing = reason == state.NONRENEWAL or reason == state.CLOSURE
    end_ties(w, places, posts, trust, met, ties, led, i, reason)
    if post["kind"] == state.ORDINARY:
        led["knowledge_left"] += ledger.change_of_staff(w, -post["knowledge"], -1)
        forget_roles(w, c, agencies, between, post["agency"])
        count_leaver(grants, post, s, reason)
    post["knowledge"] = inherited(post["knowledge"], closing, p, c)
    overlap = int(p["handover_standard"]) == HANDOVER_OVERLAP
    post["introduced"] = 1 if overlap and not closing else 0
    post["filled"] = 0
    teams[post["team"]]["leavers"] += 1
    leavers[post["team"], w["week"] % state.LEAVERS_WEEKS] += 1
    book_leaver(c, s, closing)
    casework.hand_over_cases(places, teams, posts, cases, member_post, member_team, open_cases, i)
    if closing:
        post["open"] = 0
    else:
        advertise(key, w, p, c, agencies, grants, posts, i)


@rule
def book_leaver(c, s, closing):
    """Book what one departure costs (values, row 37; costs, section 5.1)."""
    if closing:
        s["closures_cost"] += c["costs_closure"]
    else:
        s["leavers_cost"] += c["costs_leaver"]


@rule
def count_leaver(grants, post, s, reason):
    """Count one departure from an ordinary post in the month's flows."""
    on_grant = is_grant_funded(grants, post)
    if reason == state.QUITS:
        s["quits"] += 1.0
        s["grant_quits"] += on_grant
    elif reason == state.REORGANISED:
        s["reorganised"] += 1.0
    else:
        s["nonrenewals"] += 1.0
    s["grant_separations"] += on_grant


@rule
def is_grant_funded(grants, post):
    """Return 1.0 for a post on a grant that can end, else 0.0."""
    g = post["grant"]
    return 1.0 if g != state.CORE and grants[g]["status"] != state.PERMANENT else 0.0


@rule
def forget_roles(w, c, agencies, between, a):
    """Lose the leaver's part of what agency `a` had learned in training about the others' roles."""
    share = 1.0 - 1.0 / agencies[a]["posts"]
    for b in range(w["agencies"] + 1):
        if b != a:
            between[a, b]["clarity"] = c["role_start"] + (between[a, b]["clarity"] - c["role_start"]) * share


@rule
def end_ties(w, places, posts, trust, met, ties, led, i, reason):
    """End the relationships of post `i`; remember who the partners were, for introductions."""
    post = posts[i]
    first = places[post["place"]]["first"]
    total, count = 0.0, 0
    for k in range(places[post["place"]]["slots"]):
        j = first + k
        if posts[j]["team"] == post["team"]:
            continue
        ties[i, k]["partner"] = posts[j]["occupant"] if posts[j]["filled"] == 1 else -1
        met[i, k] = state.NO_TIE
        met[j, post["slot"]] = state.NO_TIE
        if posts[j]["filled"] == 1 and post["kind"] == state.ORDINARY and posts[j]["kind"] == state.ORDINARY:
            total += trust[i, k] + trust[j, post["slot"]]
            count += 2
    if count > 0:
        change = ledger.change_of_ties(w, -total, -count)
        if reason == state.QUITS:
            led["left_quit"] += change
        elif reason == state.REORGANISED:
            led["left_reorganisation"] += change
        else:
            led["left_nonrenewal"] += change


# --- hiring -----------------------------------------------------------------------------------------------------


@rule
def weeks_to_fill(key, p, c, agencies, grants, post, week):
    """Return how many weeks a vacancy will take: Gamma(4) with the sector's mean (values, rows 27-29, H-M).

    Half as long again when the grant has under nine months left (judgement).
    """
    mean = agencies[post["agency"]]["hire_weeks"]
    on_grant = is_grant_funded(grants, post) > 0.0
    if on_grant and post["kind"] == state.ORDINARY and p["channel_gaps"] == 0.0:
        return 1
    if on_grant and (grants[post["grant"]]["end"] - week) * 12.0 / 52.0 < 9.0:
        mean *= c["hiring_short_funding_factor"]
    luck = stream(key, draws.HIRE, post["year"])
    total = 0.0
    for q in range(4):
        total -= log(uniform(luck, post["id"], 4 * post["turn"] + q))
    return max(1, int(math.floor(mean / 4.0 * total + 0.5)))


@subroutine
def advertise(key, w, p, c, agencies, grants, posts, i):
    """Start recruiting to post `i` (it does not run down in the week of opening)."""
    posts[i]["open"] = 1
    posts[i]["since"] = w["week"]
    draws.turn_of_year(posts[i], w["week"])
    posts[i]["weeks_to_fill"] = weeks_to_fill(key, p, c, agencies, grants, posts[i], w["week"])


@rule
def is_frozen(p, c, grants, post, week):
    """Say whether recruitment waits: unconfirmed money that ends too soon (judgement)."""
    if is_grant_funded(grants, post) == 0.0:
        return False
    if post["kind"] == state.ORDINARY and p["channel_gaps"] == 0.0:
        return False
    grant = grants[post["grant"]]
    if grant["status"] == state.GAP:
        return True
    return grant["decision"] != state.RENEWED and (grant["end"] - week) * 12.0 / 52.0 < c["hiring_freeze"]


@subroutine
def hire(key, w, p, c, places, between, agencies, grants, posts, trust, cap, met, ties, s, led, events):
    """Run vacancies down by a week and let newcomers arrive."""
    for i in range(len(posts)):
        post = posts[i]
        if post["open"] == 1 and post["filled"] == 0 and post["since"] != w["week"]:
            if not is_frozen(p, c, grants, post, w["week"]):
                post["weeks_to_fill"] -= 1
                if post["weeks_to_fill"] <= 0:
                    arrive(key, w, c, places, between, agencies, posts, trust, cap, met, ties, led, i)
                    journal.note(w, events, state.HIRED, post["id"], post["occupant"], 0.0)
                    s["hires"] += 1.0 if post["kind"] == state.ORDINARY else 0.0


@rule
def disposition(key, c, post):
    """Return an occupant's disposition to trust (0.05-0.95), normal about 0.5 (values, row 64, M)."""
    u = uniform(stream(key, draws.DISPOSITION, post["year"]), post["id"], post["turn"])
    return clip(c["trust_disposition_mean"] + c["trust_disposition_sd"] * ndtri(u), 0.05, 0.95)


@subroutine
def arrive(key, w, c, places, between, agencies, posts, trust, cap, met, ties, led, i):
    """Put a newcomer in post `i` and begin its relationships."""
    post = posts[i]
    post["occupant"] += 1
    post["filled"] = 1
    post["tenure"] = 0
    post["satisfaction"] = 0.5
    post["vision"] = 0.0
    post["trim"] = 1.0
    post["disposition"] = disposition(key, c, post)
    ordinary = post["kind"] == state.ORDINARY
    post["goal"] = agencies[post["agency"]]["goal"] if ordinary else w["shared_goal"]
    if ordinary:
        led["knowledge_newcomers"] += ledger.change_of_staff(w, post["knowledge"], 1)
    trust_rules.begin_ties(w, c, places, between, posts, trust, cap, met, ties, led, i)


# --- redeployment -----------------------------------------------------------------------------------------------


@rule
def free_post(teams, posts, i):
    """Return the first open vacant post of the team of `i` that is outside its grant, or -1."""
    team = teams[posts[i]["team"]]
    for q in range(team["first"], team["first"] + team["posts"]):
        if posts[q]["open"] == 1 and posts[q]["filled"] == 0 and posts[q]["grant"] != posts[i]["grant"]:
            return q
    return -1


@subroutine
def redeploy(w, p, c, places, posts, trust, cap, met, ties, repairs, member_post, cases, open_cases, events, i, q):
    """Move the occupant of the closing post `i` to post `q` of the team, with relationships and cases."""
    old, new = posts[i], posts[q]
    journal.note(w, events, state.REDEPLOYED, old["id"], new["id"], 0.0)
    new["filled"] = 1
    new["occupant"] += 1
    new["tenure"] = old["tenure"]
    new["disposition"] = old["disposition"]
    new["knowledge"] = old["knowledge"]
    new["satisfaction"] = old["satisfaction"]
    new["goal"] = old["goal"]
    new["vision"] = old["vision"]
    new["introduced"] = 0
    new["trim"] = 1.0
    move_ties(places, posts, trust, cap, met, ties, i, q)
    move_repairs(w, posts, repairs, i, q)
    casework.take_cases_along(places, posts, member_post, cases, open_cases, i, q)
    old["filled"] = 0
    old["open"] = 0
    old["introduced"] = 0
    old["knowledge"] = inherited(old["knowledge"], True, p, c)


@rule
def move_ties(places, posts, trust, cap, met, ties, i, q):
    """Copy what post `i` and its partners hold about one another to post `q`."""
    place = places[posts[i]["place"]]
    from_slot, to_slot = posts[i]["slot"], posts[q]["slot"]
    for k in range(place["slots"]):
        j = place["first"] + k
        if posts[j]["team"] != posts[i]["team"]:
            trust[q, k], trust[j, to_slot] = trust[i, k], trust[j, from_slot]
            cap[q, k], cap[j, to_slot] = cap[i, k], cap[j, from_slot]
            met[q, k], met[j, to_slot] = met[i, k], met[j, from_slot]
            met[i, k], met[j, from_slot] = state.NO_TIE, state.NO_TIE
            trust_rules.copy_tie(ties, i, k, q, k)
            trust_rules.copy_tie(ties, j, from_slot, j, to_slot)


@rule
def move_repairs(w, posts, repairs, i, q):
    """Let repairs that were promised to, or by, the occupant of post `i` follow to post `q`."""
    old, new = posts[i], posts[q]
    for n in range(w["repairs"]):
        due = repairs[n]
        if due["post"] == i and due["occupant"] == old["occupant"]:
            due["post"], due["occupant"] = q, new["occupant"]
        elif posts[due["post"]]["place"] == old["place"] and due["slot"] == old["slot"]:
            if due["partner"] == old["occupant"]:
                due["slot"], due["partner"] = new["slot"], new["occupant"]
