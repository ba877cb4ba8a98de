-- What the numbers of a book are measured against, and the few of them that a list needs at least.
-- Values as in score/book.sql. Place: parts (a kept table).

-- name: bare
select c.user_id, sum(c.n * w.weight) as points
from counts c
join (select unnest(:events) as event_id, unnest(:weights) as weight) as w on w.event_id = c.event_id
where c.product = :product and c.day > :as_of - :win and c.day <= :as_of
group by c.user_id

-- name: light_users
select user_id, sum(raw) as raw, score_of(sum(raw), :b_now, :curve) as score,
       bits_in(bit_or(days)) as frequency, bits_in(bit_or(events)) as events
from {parts}
group by user_id

-- name: light_accounts
select account_id, sum(raw) as raw, rounded(avg(case when raw > 0 then score_of(raw, :b_now, :curve) end)) as score,
       sum(case when raw > 0 then 1 else 0 end) as active_users,
       bits_in(bit_or(days)) as frequency, bits_in(bit_or(events)) as events
from {parts}
where account_id <> 0
group by account_id

-- name: size
select (select count(*) from counts) as counts,
       (select count(*) from counts where day > :as_of - :win and day <= :as_of) as counts_in_window,
       (select count(*) from ever) as ever, (select count(*) from trait) as traits
