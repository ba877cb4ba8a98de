-- name: add
insert into late
select product, user_id, given_id, event_id, day, max(received) from fresh_late group by all

-- name: days
-- When the last of the late events of a user, or of an account, came, by its day. Values: product, id, of_account, events
-- (ids); first, last (days).
with resolved as (
    select coalesce(a.user_id, l.user_id) as user_id, l.given_id, l.day, l.received
    from late l
    left join adopted a on a.product = l.product and a.id = l.user_id
    left join (select distinct user_id from waiting where product = :product) w on w.user_id = l.user_id
    where l.product = :product and l.day >= :first and l.day <= :last and l.event_id in (select unnest(:events))
      and w.user_id is null  -- of an id that is nobody's yet, nothing counts for an account either
)
select r.day, max(r.received) as received
from resolved r
left join span s on s.product = :product and s.user_id = r.user_id and r.day >= s.from_day and r.day < s.until_day
where (not :of_account and r.user_id = :id)
   or (:of_account and case when r.given_id <> 0 then r.given_id else s.account_id end = :id)
group by r.day
