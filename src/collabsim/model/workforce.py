"""Staff: insecurity, quits, leaving, hiring, newcomers, redeployment."""

from __future__ import annotations

import math

from collabsim.model import casework, draws, journal, ledger, state
from collabsim.model import trust as trust_rules
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import (
    clip,
    draw_words,
    exp,
    log,
    ndtri,
    stream,
    uniform,
    uniform_of,
    within_a_week,
)

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
def update_insecurity(m):
    """Set insecurity for this week in the posts on grants (0 with the anticipation channel off, and on core money)."""
    for g in range(len(m.grants)):
        felt = m.policy["channel_anticipation"] > 0.0
        felt_now = insecurity(m.grants[g], m.world["week"], m.context) if felt else 0.0
        for n in range(m.grants[g]["first"], m.grants[g]["first"] + m.grants[g]["posts"]):
            m.posts[m.grant_posts[n]]["insecurity"] = felt_now


@rule
def contagion_in(team):
    """Return how many have left a team in 13 weeks, over its posts."""
    return team["leavers"] / max(1, team["posts"])


@rule
def worst_case(c):
    """Return the factor on hazards of somebody who has just begun and could not be less satisfied."""
    return (1.0 + c["turnover_early_effect"]) * exp(0.5 * c["turnover_satisfaction_effect"])


@rule
def highest_hazard(m, t, most):
    """Return a hazard that nobody in team `t` who is secure exceeds; `most` is the `worst_case`."""
    base = m.agencies[m.teams[t]["agency"]]["hazard"]
    return 1.000001 * base * most * (1.0 + m.context["turnover_contagion"] * contagion_in(m.teams[t]))


@rule
def quit_posts(m):
    """Draw this week's voluntary quits."""
    update_insecurity(m)
    luck = stream(m.key, draws.QUIT, m.world["week"])
    most = worst_case(m.context)
    for t in range(len(m.teams)):
        m.teams[t]["most"] = highest_hazard(m, t, most)
    for q in range(len(m.places)):
        first, slots = m.places[q]["first"], m.places[q]["slots"]
        for k in range(slots):
            m.entities[k] = m.posts[first + k]["id"]
        draw_words(luck, m.entities, slots, 0, m.words)
        for k in range(slots):
            if m.posts[first + k]["filled"] == 1:
                quit_post(m, first + k, uniform_of(m.words[k]), most)


@rule
def quit_post(m, i, drawn, most):
    """Let the occupant of post `i` quit, if the draw says so; `most` is the `worst_case` of hazards."""
    t = m.posts[i]["team"]
    search = 1.0 + m.context["turnover_insecurity_effect"] * m.posts[i]["insecurity"]
    if drawn < m.teams[t]["most"] * search:  # else no need to work the hazard out
        base = m.agencies[m.posts[i]["agency"]]["hazard"]
        hazard = quit_hazard(base, m.posts[i], contagion_in(m.teams[t]), m.context)
        if drawn < within_a_week(hazard):
            leave(m, i, state.QUITS)
            m.teams[t]["most"] = highest_hazard(m, t, most)


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
def leave(m, i, reason):
    """Let the occupant of post `i` go: relationships end, knowledge is lost, cases change hands, the post is vacant.

    A nonrenewal or closure closes the post, and so does a cut of core money; otherwise it starts recruiting at once.
    """
    post = m.posts[i]
    journal.note(m, reason, post["id"], post["occupant"], float(post["tenure"]))
    closing = reason == state.NONRENEWAL or reason == state.CLOSURE
    end_ties(m, i, reason)
    if post["kind"] == state.ORDINARY:
        m.ledger["knowledge_left"] += ledger.change_of_staff(m.world, -post["knowledge"], -1)
        forget_roles(m, post["agency"])
        count_leaver(m.grants, post, m.month, reason)
    post["knowledge"] = inherited(post["knowledge"], closing, m.policy, m.context)
    overlap = int(m.policy["handover_standard"]) == HANDOVER_OVERLAP
    post["introduced"] = 1 if overlap and not closing else 0
    post["filled"] = 0
    m.teams[post["team"]]["leavers"] += 1
    m.leavers[post["team"], m.world["week"] % state.LEAVERS_WEEKS] += 1
    book_leaver(m.context, m.month, closing)
    casework.hand_over_cases(m, i)
    if closing or is_cut(m, post):
        post["open"] = 0
    else:
        advertise(m, i)


@rule
def is_cut(m, post):
    """Say whether a post's core money is cut by now: core posts are kept with (1 + trend)^years (crosswalk B3; judgement).

    Posts go as they fall vacant, the usual way of saving; a kept post keeps its luck whatever the year.
    """
    if m.context["funding_trend"] == 0.0 or post["kind"] != state.ORDINARY or post["grant"] != state.CORE:
        return False
    years = max(0, m.world["week"] - m.world["burn_in"]) / 52.0
    kept = exp(years * log(1.0 + m.context["funding_trend"] / 100.0))
    return uniform(stream(m.key, draws.TREND, 0), post["id"], 0) >= kept


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
def forget_roles(m, a):
    """Lose the leaver's part of what agency `a` had learned in training about the others' roles."""
    share = 1.0 - 1.0 / m.agencies[a]["posts"]
    for b in range(m.world["agencies"] + 1):
        if b != a:
            m.between[a, b]["clarity"] = (
                m.context["role_start"] + (m.between[a, b]["clarity"] - m.context["role_start"]) * share
            )


@rule
def end_ties(m, i, reason):
    """End the relationships of post `i`; remember who the partners were, for introductions."""
    post = m.posts[i]
    first = m.places[post["place"]]["first"]
    total, count, began = 0.0, 0, 0
    for k in range(m.places[post["place"]]["slots"]):
        j = first + k
        if m.posts[j]["team"] == post["team"]:
            continue
        m.ties[i, k]["partner"] = m.posts[j]["occupant"] if m.posts[j]["filled"] == 1 else -1
        m.met[i, k] = state.NO_TIE
        m.met[j, post["slot"]] = state.NO_TIE
        if (
            m.posts[j]["filled"] == 1
            and post["kind"] == state.ORDINARY
            and m.posts[j]["kind"] == state.ORDINARY
        ):
            total += m.trust[i, k] + m.trust[j, post["slot"]]
            count += 2
            began += m.ties[i, k]["began"] + m.ties[j, post["slot"]]["began"]
    m.world["ties_began"] -= began
    if count > 0:
        change = ledger.change_of_ties(m.world, -total, -count)
        if reason == state.QUITS:
            m.ledger["left_quit"] += change
        elif reason == state.REORGANISED:
            m.ledger["left_reorganisation"] += change
        else:
            m.ledger["left_nonrenewal"] += change


# --- hiring -----------------------------------------------------------------------------------------------------


@rule
def weeks_to_fill(m, post, week):
    """Return how many weeks a vacancy will take: Gamma(4) with the sector's mean (values, rows 27-29, H-M).

    Half as long again when the grant has under nine months left (judgement).
    """
    mean = m.agencies[post["agency"]]["hire_weeks"]
    on_grant = is_grant_funded(m.grants, post) > 0.0
    if on_grant and post["kind"] == state.ORDINARY and m.policy["channel_gaps"] == 0.0:
        return 1
    if on_grant and (m.grants[post["grant"]]["end"] - week) * 12.0 / 52.0 < 9.0:
        mean *= m.context["hiring_short_funding_factor"]
    luck = stream(m.key, draws.HIRE, post["year"])
    total = 0.0
    for q in range(4):
        total -= log(uniform(luck, post["id"], 4 * post["turn"] + q))
    return max(1, int(math.floor(mean / 4.0 * total + 0.5)))


@subroutine
def advertise(m, i):
    """Start recruiting to post `i` (it does not run down in the week of opening)."""
    m.posts[i]["open"] = 1
    m.posts[i]["since"] = m.world["week"]
    draws.turn_of_year(m.posts[i], m.world["week"])
    m.posts[i]["weeks_to_fill"] = weeks_to_fill(m, m.posts[i], m.world["week"])


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


@rule
def hire(m):
    """Run vacancies down by a week and let newcomers arrive."""
    for i in range(len(m.posts)):
        post = m.posts[i]
        recruiting = post["open"] == 1 and post["filled"] == 0 and post["since"] != m.world["week"]
        if recruiting and not is_frozen(m.policy, m.context, m.grants, post, m.world["week"]):
            post["weeks_to_fill"] -= 1
            if post["weeks_to_fill"] <= 0:
                arrive(m, i)
                journal.note(m, state.HIRED, post["id"], post["occupant"], 0.0)
                m.month["hires"] += 1.0 if post["kind"] == state.ORDINARY else 0.0


@rule
def disposition(key, c, post):
    """Return an occupant's disposition to trust (0.05-0.95), normal about 0.5 (values, row 64, M)."""
    u = uniform(stream(key, draws.DISPOSITION, post["year"]), post["id"], post["turn"])
    return clip(c["trust_disposition_mean"] + c["trust_disposition_sd"] * ndtri(u), 0.05, 0.95)


@subroutine
def arrive(m, i):
    """Put a newcomer in post `i` and begin its relationships."""
    post = m.posts[i]
    post["occupant"] += 1
    post["filled"] = 1
    post["tenure"] = 0
    post["satisfaction"] = 0.5
    post["vision"] = 0.0
    post["trim"] = 1.0
    post["disposition"] = disposition(m.key, m.context, post)
    ordinary = post["kind"] == state.ORDINARY
    post["goal"] = m.agencies[post["agency"]]["goal"] if ordinary else m.world["shared_goal"]
    if ordinary:
        m.ledger["knowledge_newcomers"] += ledger.change_of_staff(m.world, post["knowledge"], 1)
    trust_rules.begin_ties(m, i)


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
def redeploy(m, i, q):
    """Move the occupant of the closing post `i` to post `q` of the team, with relationships and cases."""
    old, new = m.posts[i], m.posts[q]
    journal.note(m, state.REDEPLOYED, old["id"], new["id"], 0.0)
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
    move_ties(m, i, q)
    move_repairs(m.world, m.posts, m.repairs, i, q)
    casework.take_cases_along(m, i, q)
    old["filled"] = 0
    old["open"] = 0
    old["introduced"] = 0
    old["knowledge"] = inherited(old["knowledge"], True, m.policy, m.context)


@rule
def move_ties(m, i, q):
    """Copy what post `i` and its partners hold about one another to post `q`."""
    place = m.places[m.posts[i]["place"]]
    from_slot, to_slot = m.posts[i]["slot"], m.posts[q]["slot"]
    for k in range(place["slots"]):
        j = place["first"] + k
        if m.posts[j]["team"] != m.posts[i]["team"]:
            trust_rules.copy_tie(m, i, k, q, k)
            trust_rules.copy_tie(m, j, from_slot, j, to_slot)
            m.met[i, k], m.met[j, from_slot] = state.NO_TIE, state.NO_TIE


@rule
def move_repairs(w, posts, repairs, i, q):
    """Let repairs that were promised to, or by, the occupant of post `i` follow to post `q`."""
    old, new = posts[i], posts[q]
    for n in range(w["repairs"]):
        due = repairs[n]
        if due["post"] == i and due["occupant"] == old["occupant"]:
            due["post"], due["occupant"] = q, new["occupant"]
        elif (
            posts[due["post"]]["place"] == old["place"]
            and due["slot"] == old["slot"]
            and due["partner"] == old["occupant"]
        ):
            due["slot"], due["partner"] = new["slot"], new["occupant"]
