-- On which day each user, or account, had done something so often; and when each user first did for each account. Values: product, events, least; first (a day). Places:
-- who (user_id or account_id), reached. <at>: the day among the first few, f.

-- name: early
-- The first few days tell, as each has one at least.
select id, day
from (
    select id, <at> as day
    from (
        select {who} as id, firsts(day, n, <many>) as f
        from counts
        where product = :product and event_id in (select unnest(:events)) and {who} <> 0
        group by {who}
    ) as firsts
) as days
where day is not null

-- name: running
select id, min(day) as day
from (
    select {who} as id, day, sum(sum(n)) over (partition by {who} order by day) as running
    from counts
    where product = :product and event_id in (select unnest(:events)) and {who} <> 0
    group by {who}, day
) as days
where running >= :least
group by id

-- name: again
-- Nothing changed before `first`: whoever had not done it so often by then did on one of the days since, or has not.
with unchanged as (
    select id, day from {reached} where day < :first
),
since as (
    select {who} as id, day, sum(n) as n
    from counts
    where product = :product and event_id in (select unnest(:events)) and day >= :first
      and {who} <> 0 and {who} not in (select id from unchanged)
    group by {who}, day
),
ever_done as (
    select {who} as id, sum(n) as n
    from ever
    where product = :product and event_id in (select unnest(:events)) and {who} in (select id from since)
    group by {who}
),
running as (
    select s.id, s.day,
           e.n - sum(s.n) over (partition by s.id) + sum(s.n) over (partition by s.id order by s.day) as so_far
    from since s
    join ever_done e on e.id = s.id
)
select id, day from unchanged
union all
select id, min(day) as day from running where so_far >= :least group by id

-- name: firsts
-- Of each user and account the first few days, which is all that can be among the first few of the account.
select user_id, account_id, day_in(f) as day, times_in(f) as n
from (
    select user_id, account_id, unnest(firsts(day, n, <many>)) as f
    from counts
    where product = :product and event_id in (select unnest(:events)) and account_id <> 0
    group by user_id, account_id
) as days

-- name: firsts_again
with unchanged as (
    select * from {reached} where day < :first
)
select user_id, account_id, day, n from unchanged
union all
select user_id, account_id, day_in(f), times_in(f)
from (
    select user_id, account_id, unnest(firsts(day, n, <many>)) as f
    from counts
    where product = :product and event_id in (select unnest(:events)) and day >= :first and account_id <> 0
      and (user_id, account_id) not in (
          select user_id, account_id from unchanged group by user_id, account_id having sum(n) >= :least)
    group by user_id, account_id
) as days
