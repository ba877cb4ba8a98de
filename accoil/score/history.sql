-- Scores over many days at once. Values: product, win, events, weights, curve; first, last (days), ids; benchmark_days
-- and benchmarks (one for each day); everyone (whether all count). Places: counts (what makes points), shown (whole, or
-- tenths under a daily cap), among (who counts from when until when, looked at unless everyone does).

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
    from {counts} c
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
    select id, as_of, whole(sum(points)) as raw from spread group by id, as_of
)
select r.id, r.as_of, r.raw, score_of(r.raw, b.benchmark, :curve) as score
from raws r
join benchmarks b on b.as_of = r.as_of
left join {among} m on m.id = r.id and m.from_day <= r.as_of and m.until_day > r.as_of
where :everyone or m.id is not null

-- name: accounts
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
),
benchmarks as (
    select unnest(:benchmark_days) as as_of, unnest(:benchmarks) as benchmark
),
points as (
    select c.account_id as id, c.user_id, c.day, sum(c.n * w.weight) as points
    from {counts} c
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
select r.id, r.as_of, {shown}(sum(r.raw)) as raw, rounded(avg(score_of(r.raw, b.benchmark, :curve))) as score
from raws r
join benchmarks b on b.as_of = r.as_of
left join {among} m on m.id = r.user_id and m.from_day <= r.as_of and m.until_day > r.as_of
where r.raw > 0 and (:everyone or m.id is not null)
group by r.id, r.as_of

-- name: together
select as_of, count(*) as active, avg(score) as average_score from (<scores>) as scored where score > 0 group by as_of
