-- Everyone's numbers under one definition as of one day. What each figure is: docs/reference/numbers.md.
-- Values: product, as_of (day), win (window in days), events, weights, positions (0, 1, 2 … of each event), curve, and
-- the benchmarks b_now, b_yesterday, b_last. Places: people (of those who count), late, pairs, parts, users, accounts,
-- population of three days (kept tables); ever, membership; counts (what makes points); points (bigint, or double under a daily cap) and
-- shown (whole, or tenths); bit_of, the narrowest that holds the positions and the days of the window.

-- name: parts
-- Points of each user for each account, in the window, in yesterday's, and in the one before. The two windows are summed
-- apart, so that what was done adds to no sum but its own; yesterday's is made of a part of each. As doubles, which hold
-- whole numbers exactly and are summed faster.
with weights as (
    select unnest(:events) as event_id, cast(unnest(:weights) as double) as weight,
           {bit_of}(unnest(:positions)) as bit
),
lately as (
    select c.user_id, c.account_id, sum(c.n * w.weight) as raw,
           sum(case when c.day < :as_of then c.n * w.weight else 0 end) as raw_yesterday,
           bit_or({bit_of}(:as_of - c.day)) as days, bit_or(w.bit) as events
    from {counts} c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.day > :as_of - :win and c.day <= :as_of
    group by c.user_id, c.account_id
),
before as (
    select c.user_id, c.account_id, sum(c.n * w.weight) as raw,
           sum(case when c.day = :as_of - :win then c.n * w.weight else 0 end) as raw_yesterday
    from {counts} c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.day > :as_of - 2 * :win and c.day <= :as_of - :win
    group by c.user_id, c.account_id
)
select coalesce(n.user_id, b.user_id) as user_id, coalesce(n.account_id, b.account_id) as account_id,
       cast(coalesce(n.raw, 0) as {points}) as raw,
       cast(coalesce(n.raw_yesterday, 0) + coalesce(b.raw_yesterday, 0) as {points}) as raw_yesterday,
       cast(coalesce(b.raw, 0) as {points}) as raw_last,
       n.days, n.events, :as_of - least_in(n.days) as last_day
from lately n
full join before b on b.user_id = n.user_id and b.account_id = n.account_id

-- name: among
-- Of these parts those of users who count, each day's after that day's population.
select p.user_id, p.account_id,
       case when n.id is not null then p.raw else 0 end as raw,
       case when y.id is not null then p.raw_yesterday else 0 end as raw_yesterday,
       case when l.id is not null then p.raw_last else 0 end as raw_last,
       case when n.id is not null then p.days end as days,
       case when n.id is not null then p.events end as events,
       case when n.id is not null then p.last_day end as last_day
from {parts} p
left join {population} n on n.id = p.user_id
left join {population_yesterday} y on y.id = p.user_id
left join {population_last} l on l.id = p.user_id
where n.id is not null or y.id is not null or l.id is not null

-- name: benchmarks
with per_user as (
    select whole(sum(raw)) as raw, whole(sum(raw_yesterday)) as raw_yesterday, whole(sum(raw_last)) as raw_last
    from {parts}
    group by user_id
)
select p90(case when raw > 0 then raw end) as b_now,
       p90(case when raw_yesterday > 0 then raw_yesterday end) as b_yesterday,
       p90(case when raw_last > 0 then raw_last end) as b_last
from per_user

-- name: size
select count(*) as users from {users}

-- name: goes_on
-- Whether anybody did anything after that day: `ever` knows only the last day of each, so what was last by then must be
-- looked up in the counts. As of today that is nobody but those whose clocks are ahead.
select count(*) > 0 as yes from ever where product = :product and first_day <= :as_of and last_day > :as_of

-- name: late
with weights as (
    select unnest(:events) as event_id
),
went_on as (
    select distinct user_id, account_id
    from ever
    where product = :product and first_day <= :as_of and last_day > :as_of
)
select c.user_id, c.account_id, max(c.day) as any_day, max(c.last_at) as last_at,
       max(case when w.event_id is not null then c.day end) as last_day
from counts c
join went_on o on o.user_id = c.user_id and o.account_id = c.account_id
left join weights w on w.event_id = c.event_id
where c.product = :product and c.day <= :as_of
group by c.user_id, c.account_id

-- name: pairs
-- One row per user and account with an event by this day: which scored ones, the last of them, and whether anything was
-- done in the last 90 days. Nothing of it hangs on weights.
with weights as (
    select unnest(:events) as event_id, {bit_of}(unnest(:positions)) as bit
),
done as (
    select e.user_id, e.account_id, bit_or(w.bit) as events,
           max(case when w.bit is not null then e.last_day end) as last_day,
           max(e.last_at) as last_at, max(e.last_day) as any_day
    from {ever} e
    left join weights w on w.event_id = e.event_id
    where e.product = :product and e.first_day <= :as_of
    group by e.user_id, e.account_id
)
select user_id, account_id, events, last_day, last_at, case when any_day > :as_of - 90 then 1 else 0 end as lately
from done

-- name: pairs_then
-- The same of a day after which somebody went on.
with weights as (
    select unnest(:events) as event_id, {bit_of}(unnest(:positions)) as bit
),
done as (
    select e.user_id, e.account_id, bit_or(w.bit) as events,
           max(case when e.last_day <= :as_of and w.bit is not null then e.last_day end) as last_day,
           max(case when e.last_day <= :as_of then e.last_at end) as last_at,
           max(case when (e.last_day > :as_of - 90 and e.last_day <= :as_of) or e.first_day > :as_of - 90
                    then 1 else 0 end) as lately
    from ever e
    left join weights w on w.event_id = e.event_id
    where e.product = :product and e.first_day <= :as_of
    group by e.user_id, e.account_id
)
select d.user_id, d.account_id, d.events, greatest(d.last_day, k.last_day) as last_day,
       greatest(d.last_at, k.last_at) as last_at,
       case when d.lately = 1 or k.any_day > :as_of - 90 then 1 else 0 end as lately
from done d
left join {late} k on k.user_id = d.user_id and k.account_id = d.account_id

-- name: users
with done as (
    select user_id, whole(sum(raw)) as raw, whole(sum(raw_yesterday)) as raw_yesterday,
           whole(sum(raw_last)) as raw_last,
           bit_or(days) as days, bit_or(events) as events, max(last_day) as last_day
    from {parts}
    group by user_id
),
life as (
    select user_id, bit_or(events) as events, max(last_day) as last_day, max(last_at) as last_at
    from {pairs}
    group by user_id
),
in_force as (
    select user_id, account_id
    from span
    where product = :product and from_day <= :as_of and until_day > :as_of
)
select p.id, p.tracking_id, p.name, p.email, p.role, f.account_id,
       coalesce(d.raw, 0) as raw,
       score_of(d.raw, :b_now, :curve) as score,
       score_of(d.raw_yesterday, :b_yesterday, :curve) as score_yesterday,
       score_of(d.raw_last, :b_last, :curve) as score_last_period,
       score_of(d.raw, :b_now, :curve) - score_of(d.raw_last, :b_last, :curve) as change,
       coalesce(bits_in(d.days), 0) as frequency,
       coalesce(bits_in(d.events), 0) as recently_scored_events,
       coalesce(bits_in(l.events), 0) as overall_scored_events,
       greatest(d.last_day, l.last_day) as last_day,
       l.last_at,
       p.first_day,
       p.created_day,
       coalesce(p.created_day, p.first_day) as created_on,
       greatest(0, :as_of - coalesce(p.created_day, p.first_day)) as tenure,
       0 as steps_met, cast(null as double) as activation, cast(null as integer) as activated_day
from {people} p
left join done d on d.user_id = p.id
left join life l on l.user_id = p.id
left join in_force f on f.user_id = p.id
where p.kind = 1

-- name: accounts
with parts as (
    select *, score_of(raw, :b_now, :curve) as score,
           score_of(raw_yesterday, :b_yesterday, :curve) as score_yesterday,
           score_of(raw_last, :b_last, :curve) as score_last
    from {parts}
    where account_id <> 0
),
done as (
    select account_id, {shown}(sum(raw)) as raw,
           rounded(avg(case when raw > 0 then score end)) as score,
           rounded(avg(case when raw_yesterday > 0 then score_yesterday end)) as score_yesterday,
           rounded(avg(case when raw_last > 0 then score_last end)) as score_last,
           cast(sum(score) as bigint) as total_score,
           cast(sum(case when raw > 0 then 1 else 0 end) as integer) as active_users,
           bit_or(days) as days, bit_or(events) as events, max(last_day) as last_day
    from parts
    group by account_id
),
-- What anybody who counts did for it, and who put it into the profile: by that, or by a membership.
belongs as (
    select user_id, account_id, events, last_day, last_at, lately from {pairs} where account_id <> 0
    union all
    select user_id, account_id, null, null, null, 0 from {membership} where product = :product and day <= :as_of
),
life as (
    select b.account_id, bit_or(b.events) as events, max(b.last_day) as last_day, max(b.last_at) as last_at,
           cast(sum(b.lately) as integer) as total_users, min(u.created_day) as created_day
    from belongs b
    join {users} u on u.id = b.user_id
    group by b.account_id
)
select c.id, c.tracking_id, c.name, c.status, c.plan, c.mrr,
       coalesce(d.raw, 0) as raw,
       coalesce(d.score, 0) as score,
       coalesce(d.score_yesterday, 0) as score_yesterday,
       coalesce(d.score_last, 0) as score_last_period,
       coalesce(d.score, 0) - coalesce(d.score_last, 0) as change,
       coalesce(d.total_score, 0) as total_score,
       coalesce(d.active_users, 0) as active_users,
       coalesce(l.total_users, 0) as total_users,
       case when coalesce(l.total_users, 0) = 0 then 0.0
            else coalesce(d.active_users, 0) / cast(l.total_users as double) end as active_percent,
       coalesce(bits_in(d.days), 0) as frequency,
       coalesce(bits_in(d.events), 0) as recently_scored_events,
       coalesce(bits_in(l.events), 0) as overall_scored_events,
       greatest(d.last_day, l.last_day) as last_day,
       l.last_at,
       c.first_day,
       coalesce(c.created_day, l.created_day, c.first_day) as created_on,
       greatest(0, :as_of - coalesce(c.created_day, l.created_day, c.first_day)) as tenure,
       0 as steps_met, cast(null as double) as activation, cast(null as integer) as activated_day
from {people} c
join life l on l.account_id = c.id
left join done d on d.account_id = c.id
where c.kind = 2

-- name: summary
select
    (select count(*) from {users}) as users,
    (select count(*) from {accounts}) as accounts,
    (select count(*) from {users} where raw > 0) as active_users,
    (select count(*) from {accounts} where active_users > 0) as active_accounts,
    (select avg(score) from {users} where raw > 0) as average_user_score,
    (select avg(score) from {accounts} where active_users > 0) as average_account_score,
    (select avg(active_percent) from {accounts} where total_users > 0) as average_active_percent

-- name: of_all_points
-- What a summary of the day has beside.
select avg(total_score) as average_total_score from {accounts} where active_users > 0

-- name: bands
select who, case when score >= 75 then 'most' when score >= 50 then 'slightly' when score >= 25 then 'passive'
                 else 'least' end as band, count(*) as n
from (select 'users' as who, score from {users} union all select 'accounts' as who, score from {accounts}) as everyone
group by 1, 2
