-- name: going
-- How many days would go, the first of them, and the events on them. Values: product; since, until (days).
with every as (
    select day, n from counts where product = :product and day >= :since and day < :until
    union all
    select day, n from waiting where product = :product and kind = 1 and day >= :since and day < :until
)
select count(distinct day) as days, min(day) as first, coalesce(cast(sum(n) as bigint), 0) as events from every

-- name: days_seen
-- The last days on which something was done: so `many` of them. Values: product; since (a day); many.
with every as (
    select day from counts where product = :product and day >= :since
    union all
    select day from waiting where product = :product and kind = 1 and day >= :since
)
select distinct day from every order by day desc limit :many

-- name: moves
-- Days from which on an id's events count for another account than before; of those that never moved there are none.
with moved as (
    select user_id, from_day
    from span
    where product = :product
      and user_id in (select user_id from span where product = :product group by user_id having count(*) > 1)
)
select user_id as id, from_day from moved
union all
select a.id, m.from_day
from adopted a
join moved m on m.user_id = a.user_id
where a.product = :product
