-- name: capped
-- Counts of scored events under a daily cap, in the shape of `counts`. Where one user did more of one event on a day than
-- the cap, over all accounts, each account's share is brought down in proportion: fractions that make the cap together.
-- Values: product, events, cap, first, last (days).
with mine as (
    select day, user_id, account_id, event_id, sum(n) as n
    from counts
    where product = :product and day >= :first and day <= :last and event_id in (select unnest(:events))
    group by day, user_id, account_id, event_id
),
above as (
    select day, user_id, event_id, sum(n) as n from mine group by day, user_id, event_id having sum(n) > :cap
)
select cast(:product as integer) as product, m.day, m.user_id, m.account_id, m.event_id,
       case when a.n is null then cast(m.n as double) else cast(m.n as double) * :cap / a.n end as n
from mine m
left join above a on a.day = m.day and a.user_id = m.user_id and a.event_id = m.event_id
