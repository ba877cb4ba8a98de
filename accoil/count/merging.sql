-- Merging what loads appended, each table by its merge rule.

-- name: size
select
    (select count(*) from name) as name, (select count(*) from trait) as trait,
    (select count(*) from ever) as ever, (select count(*) from counts) as counts,
    (select count(*) from waiting) as waiting

-- name: name
create table merged as
select product, kind, id, arg_min(name, first_at) as name, min(first_at) as first_at,
       min(first_day) as first_day
from name
group by product, kind, id

-- name: trait
-- By key, as they are looked for.
create table merged as
select product, kind, id, key, day, sent_at, value, text, number, moment, moment_day, sent_as
from (
    select *, row_number() over (
        partition by product, kind, id, sent_as, key, day order by sent_at desc, value <> 'null' desc, value desc
    ) as place
    from trait
) as ranked
where place = 1
order by product, kind, key, id

-- name: ever
create table merged as
select product, user_id, account_id, event_id, min(first_day) as first_day, max(last_day) as last_day,
       max(last_at) as last_at, cast(sum(n) as bigint) as n
from ever
group by product, user_id, account_id, event_id
order by product, user_id

-- name: counts
create table merged as
select product, day, user_id, given_id, account_id, event_id, cast(sum(n) as bigint) as n,
       max(last_at) as last_at, sent_as
from counts
group by product, day, user_id, given_id, account_id, event_id, sent_as
order by product, day, account_id, user_id

-- name: waiting
create table merged as
select product, kind, user_id, day, given_id, event_id, cast(sum(n) as bigint) as n, max(last_at) as last_at
from waiting
group by product, kind, user_id, day, given_id, event_id, case when kind = 2 then last_at else 0 end
order by product, user_id
