-- Counts of scored events under a daily cap, in the shape of `counts`. Where one user did more of one event on a day than
-- the cap, over all accounts, each account's share is brought down in proportion: fractions that make the cap together.
-- Values: product, events, positions (0, 1, 2 … of each event), cap, first, last (days), many (events), at_once (days
-- that a set holds beside each other). Places: counts (all, or those of a few); several, above; bit_of, the narrowest
-- that holds the positions.

-- name: several
-- Who did something in more rows in a few days than there are events and days in them: for several accounts, or by
-- several loads. Nearly everybody is not among them, and what they did is told by its one row; to find that out takes a
-- third of the time of adding up everything. Of the days from <since> to <until> after the first, the second not: asked
-- for a few at a time, it groups fewer at once, which is a fifth faster.
with scored as (
    select unnest(:events) as event_id, unnest(:positions) as position
)
select c.user_id, wholes(c.day - :first, :at_once) as part
from {counts} c
join scored s on s.event_id = c.event_id
where c.product = :product and c.day >= :first + <since> and c.day < :first + <until> and c.day <= :last
group by c.user_id, wholes(c.day - :first, :at_once)
having count(*) > bits_in(bit_or({bit_of}(s.position + :many * ((c.day - :first) % :at_once))))

-- name: above
-- What they did of one event on a day in several rows, where that is above the cap in all of them.
select c.day, c.user_id, c.event_id, sum(c.n) as n
from {counts} c
join {several} s on s.user_id = c.user_id and s.part = wholes(c.day - :first, :at_once)
where c.product = :product and c.day >= :first and c.day <= :last and c.event_id in (select unnest(:events))
group by c.day, c.user_id, c.event_id
having count(*) > 1 and sum(c.n) > :cap

-- name: capped
select c.product, c.day, c.user_id, c.account_id, c.event_id,
       cast(case when a.n is null then least(c.n, :cap) else c.n * :cap / a.n end as double) as n
from {counts} c
left join {above} a on a.day = c.day and a.user_id = c.user_id and a.event_id = c.event_id

-- name: of_these_days
select *
from <capped> as capped
where product = :product and day >= :first and day <= :last and event_id in (select unnest(:events))
