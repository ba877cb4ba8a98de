-- name: capped
-- Counts of scored events under a daily cap, in the shape of `counts`. Where one user did more of one event on a day than
-- the cap, over all accounts, each account's share is brought down in proportion: fractions that make the cap together.
-- Values: product, events, cap, first, last (days).
with above as (
    select day, user_id, event_id, sum(n) as n
    from counts
    where product = :product and day >= :first and day <= :last and event_id in (select unnest(:events))
    group by day, user_id, event_id
    having sum(n) > :cap
)
select c.product, c.day, c.user_id, c.account_id, c.event_id,
       case when a.n is null then cast(c.n as double) else cast(c.n as double) * :cap / a.n end as n
from counts c
left join above a on a.day = c.day and a.user_id = c.user_id and a.event_id = c.event_id
where c.product = :product and c.day >= :first and c.day <= :last and c.event_id in (select unnest(:events))
