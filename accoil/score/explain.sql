-- Where a score comes from. Values: as in book.sql, and id; b is the benchmark of the day.

-- name: user
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight, unnest(:positions) as position
)
select w.position, cast(coalesce(sum(c.n), 0) as bigint) as count
from weights w
left join counts c on c.event_id = w.event_id and c.product = :product and c.user_id = :id
     and c.day > :as_of - :win and c.day <= :as_of
group by w.position

-- name: account
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight, unnest(:positions) as position
)
select w.position, cast(coalesce(sum(c.n), 0) as bigint) as count
from weights w
left join counts c on c.event_id = w.event_id and c.product = :product and c.account_id = :id
     and c.day > :as_of - :win and c.day <= :as_of
group by w.position

-- name: users_of_account
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
),
raws as (
    select c.user_id, sum(c.n * w.weight) as raw
    from counts c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.account_id = :id and c.day > :as_of - :win and c.day <= :as_of
    group by c.user_id
)
select user_id as id, cast(raw as bigint) as raw, score_of(raw, :b, :curve) as score
from raws
order by raw desc, user_id
