-- Scores over many days at once. Values: as in book.sql, and first, last (days), offsets (0 … win - 1), ids.

-- name: summaries
-- One row per day: the benchmark, and what the whole book looked like.
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
),
points as (
    select c.user_id, c.account_id, c.day, sum(c.n * w.weight) as points
    from counts c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.day > :first - :win and c.day <= :last
    group by c.user_id, c.account_id, c.day
),
reach as (
    select unnest(:offsets) as later
),
raws as (
    select p.user_id, p.account_id, p.day + r.later as as_of, sum(p.points) as raw
    from points p
    cross join reach r
    where p.day + r.later >= :first and p.day + r.later <= :last
    group by p.user_id, p.account_id, p.day + r.later
),
users as (
    select user_id, as_of, sum(raw) as raw from raws group by user_id, as_of
),
benchmarks as (
    select as_of, coalesce(cast(:fixed as double), p90(raw)) as benchmark from users group by as_of
),
user_means as (
    select u.as_of, count(*) as active_users, avg(score_of(u.raw, b.benchmark, :curve)) as average_user_score
    from users u
    join benchmarks b on b.as_of = u.as_of
    group by u.as_of
),
account_scores as (
    select r.as_of, r.account_id, rounded(avg(score_of(r.raw, b.benchmark, :curve))) as score
    from raws r
    join benchmarks b on b.as_of = r.as_of
    where r.account_id <> 0
    group by r.as_of, r.account_id
),
account_means as (
    select as_of, count(*) as active_accounts, avg(score) as average_account_score from account_scores group by as_of
)
select b.as_of, b.benchmark, u.active_users, u.average_user_score,
       coalesce(a.active_accounts, 0) as active_accounts, a.average_account_score
from benchmarks b
join user_means u on u.as_of = b.as_of
left join account_means a on a.as_of = b.as_of

-- name: users
-- Points are summed per day before they are spread over the days whose window holds them: spreading the counts
-- themselves with a join made DuckDB 2.0 fail with an internal error on a year of a large book.
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
),
benchmarks as (
    select unnest(:benchmark_days) as as_of, unnest(:benchmarks) as benchmark
),
points as (
    select c.user_id as id, c.day, sum(c.n * w.weight) as points
    from counts c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.day > :first - :win and c.day <= :last
      and c.user_id in (select unnest(:ids))
    group by c.user_id, c.day
),
spread as (
    select id, points, unnest(days_through(greatest(day, :first), least(day + :win - 1, :last))) as as_of
    from points
),
raws as (
    select id, as_of, sum(points) as raw from spread group by id, as_of
)
select r.id, r.as_of, cast(r.raw as bigint) as raw, score_of(r.raw, b.benchmark, :curve) as score
from raws r
join benchmarks b on b.as_of = r.as_of

-- name: accounts
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
),
benchmarks as (
    select unnest(:benchmark_days) as as_of, unnest(:benchmarks) as benchmark
),
points as (
    select c.account_id as id, c.user_id, c.day, sum(c.n * w.weight) as points
    from counts c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.day > :first - :win and c.day <= :last
      and c.account_id in (select unnest(:ids))
    group by c.account_id, c.user_id, c.day
),
spread as (
    select id, user_id, points, unnest(days_through(greatest(day, :first), least(day + :win - 1, :last))) as as_of
    from points
),
raws as (
    select id, user_id, as_of, sum(points) as raw from spread group by id, user_id, as_of
)
select r.id, r.as_of, cast(sum(r.raw) as bigint) as raw, rounded(avg(score_of(r.raw, b.benchmark, :curve))) as score
from raws r
join benchmarks b on b.as_of = r.as_of
group by r.id, r.as_of
