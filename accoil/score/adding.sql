-- What was added to a book since it was made, put in place. Values: as in book.sql. Places: new (rows of counts that were
-- added, up to the day of the book), new_parts and new_pairs (what book.sql makes of them), parts, pairs, and points as
-- there; whole (merged rows of those concerned), of (users or accounts).

-- name: ever
select product, user_id, account_id, event_id, min(day) as first_day, max(day) as last_day, max(last_at) as last_at
from {new}
group by product, user_id, account_id, event_id

-- name: parts
select user_id, account_id, cast(sum(raw) as {points}) as raw, cast(sum(raw_yesterday) as {points}) as raw_yesterday,
       cast(sum(raw_last) as {points}) as raw_last, bit_or(days) as days, bit_or(events) as events,
       max(last_day) as last_day
from (select * from {parts} where user_id in (select user_id from {new_parts}) union all select * from {new_parts}) as every
group by user_id, account_id

-- name: pairs
select user_id, account_id, bit_or(events) as events, max(last_day) as last_day, max(last_at) as last_at,
       max(lately) as lately
from (select * from {pairs} where user_id in (select user_id from {new_pairs}) union all select * from {new_pairs}) as every
group by user_id, account_id

-- name: forget_parts
delete from {parts} where user_id in (select user_id from {whole})

-- name: put_parts
insert into {parts} select * from {whole}

-- name: forget_rows
delete from {of} where id in (select id from {whole})

-- name: put_rows
insert into {of} select * from {whole}
