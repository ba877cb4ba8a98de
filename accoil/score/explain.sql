-- Where a score comes from. Values: as in book.sql, and id; cap; b is the benchmark of the day. Places: counts; population; who, the
-- column that id is of (user_id or account_id). What was done is one of the first two; the others follow on it.
-- <counted>: nothing where everyone counts.

-- name: made
-- What was done, and how much of it makes points.
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight, unnest(:positions) as position
),
made as (
    select c.user_id, w.position, w.weight, c.n, c.n as made
    from {counts} c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.{who} = :id and c.day > :as_of - :win and c.day <= :as_of
      <counted>
)

-- name: made_under_cap
-- Of one event, one user's day makes points up to the cap, over all accounts, of which each has its share.
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight, unnest(:positions) as position
),
concerned as (
    select distinct user_id
    from {counts}
    where product = :product and {who} = :id and day > :as_of - :win and day <= :as_of
),
done as (
    select c.user_id, c.account_id, w.position, w.weight, sum(c.n) as n,
           sum(sum(c.n)) over (partition by c.user_id, w.position, c.day) as of_day
    from {counts} c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.user_id in (select user_id from concerned)
      and c.day > :as_of - :win and c.day <= :as_of
      <counted>
    group by c.user_id, c.account_id, w.position, w.weight, c.day
),
made as (
    select user_id, position, weight, n, cast(n as double) * least(:cap, of_day) / of_day as made
    from done
    where {who} = :id
)

-- name: of_those_who_count
and c.user_id in (select id from {population})

-- name: by_event
-- `score`: what all of it makes of one user.
select w.position, cast(coalesce(sum(m.n), 0) as bigint) as count, coalesce(sum(m.made), 0) as made,
       score_of(whole(sum(sum(m.made * m.weight)) over ()), :b, :curve) as score
from weights w
left join made m on m.position = w.position
group by w.position

-- name: by_user
-- `of_account`: what these scores make of the account.
select id, raw, score_of(raw, :b, :curve) as score, rounded(avg(score_of(raw, :b, :curve)) over ()) as of_account
from (select user_id as id, sum(made * weight) as raw from made group by user_id) as raws
order by raw desc, id
