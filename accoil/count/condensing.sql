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
