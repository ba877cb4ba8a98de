-- The book day by day, in few figures. Values: product, win, events, weights, curve, fixed (a benchmark, or null);
-- first, last (days); day; everyone (whether all count) and hidden (accounts left out). Places: points, raws, pairs,
-- known (kept tables), counts (what makes points), kind_of_points (bigint, or double under a daily cap), people,
-- counted (ids of those who count on `day`, looked at unless everyone does).

-- name: points
-- What each user did for each account on each day that a window of these days holds.
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
)
select c.user_id, c.account_id, c.day, cast(sum(c.n * w.weight) as {kind_of_points}) as points
from {counts} c
join weights w on w.event_id = c.event_id
where c.product = :product and c.day > :first - :win and c.day <= :last
group by c.user_id, c.account_id, c.day
order by c.day

-- name: how_many
select count(*) as n from {points}

-- name: spread
-- Points in the window of each day from first to last.
with days as (
    select unnest(days_through(:first, :last)) as as_of
)
select p.user_id, p.account_id, d.as_of, cast(sum(p.points) as {kind_of_points}) as raw
from {points} p
join days d on p.day > d.as_of - :win and p.day <= d.as_of
where p.day > :first - :win and p.day <= :last
group by p.user_id, p.account_id, d.as_of

-- name: slide
-- The same of one day, from those of the day before: a day comes in, another drops out. A third of the work.
with moved as (
    select user_id, account_id, raw from {raws}
    union all
    select user_id, account_id, points from {points} where day = :day
    union all
    select user_id, account_id, -points from {points} where day = :day - :win
)
select user_id, account_id, cast(:day as integer) as as_of, cast(sum(raw) as bigint) as raw
from moved
group by user_id, account_id
having sum(raw) > 0

-- name: summaries
-- One row per day on which anyone was active: the benchmark, and what the whole book looked like.
with raws as (
    select * from {raws} where :everyone or user_id in (select id from {counted})
),
users as (
    select user_id, as_of, cast(sum(raw) as bigint) as raw from raws group by user_id, as_of
),
benchmarks as (
    select as_of, coalesce(cast(:fixed as double), p90(case when raw > 0 then raw end)) as benchmark
    from users
    group by as_of
),
user_means as (
    select u.as_of, count(*) as active_users, avg(score_of(u.raw, b.benchmark, :curve)) as average_user_score
    from users u
    join benchmarks b on b.as_of = u.as_of
    where u.raw > 0
    group by u.as_of
),
scored as (
    select r.as_of, r.account_id, score_of(r.raw, b.benchmark, :curve) as score
    from raws r
    join benchmarks b on b.as_of = r.as_of
    where r.raw > 0 and r.account_id <> 0 and r.account_id not in (select unnest(:hidden))
),
accounts as (
    select as_of, account_id, rounded(avg(score)) as score, sum(score) as total_score
    from scored
    group by as_of, account_id
),
account_means as (
    select as_of, count(*) as active_accounts, avg(score) as average_account_score,
           avg(total_score) as average_total_score
    from accounts
    group by as_of
)
select b.as_of, b.benchmark, u.active_users, u.average_user_score,
       coalesce(a.active_accounts, 0) as active_accounts, a.average_account_score, a.average_total_score
from benchmarks b
join user_means u on u.as_of = b.as_of
left join account_means a on a.as_of = b.as_of

-- name: pairs
-- When each user did anything at all for each account: last before the first of these days, and first on one of them.
-- These are at most 90 days, so that with it the user belongs to the 90 days of every day from then on.
select user_id, account_id, max(case when day < :first then day end) as before,
       min(case when day >= :first then day end) as within
from counts
where product = :product and account_id <> 0 and day > :first - 90 and day <= :last
group by user_id, account_id

-- name: known
-- Since when each user is a reason for an account to be in the profile; where everyone counts, whoever it is.
select user_id, account_id, min(day) as since
from (
    select case when :everyone then 0 else user_id end as user_id, account_id, first_day as day
    from ever
    where product = :product and account_id <> 0
    union all
    select case when :everyone then 0 else user_id end as user_id, account_id, day
    from membership
    where product = :product
) as reasons
where day <= :last
group by user_id, account_id

-- name: totals
-- How many there are on a day, and the mean share of an account's users that are active.
with there as (
    select account_id, count(*) as total_users
    from {pairs}
    where (before > :day - 90 or within <= :day) and (:everyone or user_id in (select id from {counted}))
      and account_id not in (select unnest(:hidden))
    group by account_id
),
active as (
    select account_id, count(*) as active_users
    from {raws}
    where as_of = :day and raw > 0 and (:everyone or user_id in (select id from {counted}))
    group by account_id
)
select (select count(*) from {people}
        where kind = 1 and first_day <= :day and (:everyone or id in (select id from {counted}))) as users,
       (select count(distinct account_id) from {known}
        where since <= :day and (:everyone or user_id in (select id from {counted}))
          and account_id not in (select unnest(:hidden))) as accounts,
       (select avg(coalesce(a.active_users, 0) / cast(t.total_users as double))
        from there t
        left join active a on a.account_id = t.account_id) as average_active_percent
