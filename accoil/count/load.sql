-- From new messages (`fresh`, `fresh_name`, `fresh_trait`) to facts. Duplicates are gone already.

-- name: new_names
-- Those that are new, or were seen earlier than known.
select f.product, f.kind, f.id, f.name, f.first_at, f.first_day
from fresh_name f
left join name n on n.product = f.product and n.kind = f.kind and n.id = f.id
     and n.first_at <= f.first_at and n.first_day <= f.first_day
where n.id is null

-- name: names
insert into name
select product, kind, id, name, first_at, first_day from new_name

-- name: messages
insert into message
select product, message_id, kind, sent_at, day, case when sent_as <> 0 then sent_as else user_id end, given_id, event_id
from fresh

-- name: traits
-- The last of a day is enough: a past day is asked for as it ended. Equal times: the larger text, null lowest.
insert into trait
select product, kind, id, key, day, sent_at, value, text, number, moment, moment_day, sent_as
from (
    select *, row_number() over (
        partition by product, kind, id, sent_as, key, day order by sent_at desc, value <> 'null' desc, value desc
    ) as place
    from fresh_trait
) as ranked
where place = 1

-- name: told_anew
-- Traits of which something was told that is not what we have: their last row is looked for again. Clients repeat
-- themselves, so these are few; repeating the last value never changes which value is the last.
create or replace temp table told_anew as
select distinct f.product, f.kind, f.id, f.key
from fresh_trait f
left join trait_last l on l.product = f.product and l.kind = f.kind and l.id = f.id and l.key = f.key
where f.kind <> 4 and (l.value is null or l.value <> f.value)

-- name: told_otherwise
select distinct product from told_anew

-- name: forget_last_traits
delete from trait_last where (product, kind, id, key) in (select product, kind, id, key from told_anew)

-- name: last_traits
insert into trait_last
select product, kind, id, key, last.day, last.text, last.number, last.moment_day, last.value
from (
    -- Not by a window: that would hold every value that was ever told of them.
    select t.product, t.kind, t.id, t.key,
           arg_max(struct_pack(day := t.day, text := t.text, number := t.number, moment_day := t.moment_day,
                               value := t.value), (t.sent_at, t.value <> 'null', t.value)) as last
    from trait t
    join told_anew n on n.product = t.product and n.kind = t.kind and n.id = t.id and n.key = t.key
    group by t.product, t.kind, t.id, t.key
) as told

-- name: joined
-- Who was no member of that account by that day.
select distinct f.product
from fresh f
left join membership m on m.product = f.product and m.user_id = f.user_id and m.account_id = f.given_id and m.day <= f.day
where f.kind in (2, 3) and f.user_id <> 0 and f.given_id <> 0 and not f.waits and m.user_id is null

-- name: memberships
insert into membership
select distinct product, user_id, given_id, sent_at, day, sent_as
from fresh
where kind in (2, 3) and user_id <> 0 and given_id <> 0 and not waits

-- name: touched
-- Users whose memberships may have changed.
create or replace temp table touched as
select distinct product, user_id
from fresh
where kind in (2, 3) and user_id <> 0 and given_id <> 0 and not waits

-- name: fresh_spans
-- The membership in force per day: the last of that day (equal times: the larger account name); before the first, the earliest.
create or replace temp table fresh_span as
with named as (
    select distinct m.product, m.user_id, m.account_id, m.sent_at, m.day, n.name
    from membership m
    join touched t on t.product = m.product and t.user_id = m.user_id
    join name n on n.product = m.product and n.kind = 2 and n.id = m.account_id
),
moves as (
    select product, user_id, day as from_day, arg_max(account_id, (sent_at, name)) as account_id
    from named
    group by product, user_id, day
    union all
    select product, user_id, -1000000 as from_day, arg_max(account_id, (-sent_at, name)) as account_id
    from named
    group by product, user_id
),
changes as (
    select *, lag(account_id, 1, 0) over (partition by product, user_id order by from_day) as before
    from moves
)
select product, user_id, account_id, from_day,
       lead(from_day, 1, 1000000) over (partition by product, user_id order by from_day) as until_day
from changes
where account_id <> before

-- name: changed
create or replace temp table changed as
select distinct product, user_id
from (
    (select product, user_id, account_id, from_day, until_day from fresh_span
     except
     select product, user_id, account_id, from_day, until_day from span)
    union all
    (select s.product, s.user_id, s.account_id, s.from_day, s.until_day
     from span s join touched t on t.product = s.product and t.user_id = s.user_id
     except
     select product, user_id, account_id, from_day, until_day from fresh_span)
) as differences

-- name: members_elsewhere
select distinct product from changed

-- name: forget_spans
delete from span where (product, user_id) in (select product, user_id from changed)

-- name: spans
insert into span
select f.product, f.user_id, f.account_id, f.from_day, f.until_day
from fresh_span f join changed c on c.product = f.product and c.user_id = f.user_id

-- name: counted_before
-- Which of them have events counted already, perhaps for another account. Few: most are new.
create or replace temp table counted as
select e.product, e.user_id, min(e.first_day) as first_day
from ever e join changed c on c.product = e.product and c.user_id = e.user_id
group by e.product, e.user_id

-- name: whose_counted
select product, min(first_day) as first_day from counted group by product

-- name: attribute_again
update counts
set account_id = s.account_id
from span s, counted c
where c.product = counts.product and c.user_id = counts.user_id
  and s.product = counts.product and s.user_id = counts.user_id
  and counts.day >= s.from_day and counts.day < s.until_day
  and counts.given_id = 0 and counts.account_id <> s.account_id

-- name: forget_ever
delete from ever where (product, user_id) in (select product, user_id from counted)

-- name: ever_again
insert into ever
select c.product, c.user_id, c.account_id, c.event_id, min(c.day), max(c.day),
       max(c.last_at), sum(c.n)
from counts c
join counted x on x.product = c.product and x.user_id = c.user_id
group by c.product, c.user_id, c.account_id, c.event_id

-- name: fresh_counts
create or replace temp table fresh_count as
select f.product, f.day, f.user_id, f.given_id,
       case when f.given_id <> 0 then f.given_id else coalesce(s.account_id, 0) end as account_id,
       f.event_id, cast(sum(f.n) as bigint) as n, max(f.sent_at) as last_at, f.sent_as
from fresh f
left join span s on s.product = f.product and s.user_id = f.user_id and f.day >= s.from_day and f.day < s.until_day
where f.kind = 1 and f.user_id <> 0 and not f.waits
group by all

-- name: added
select product, day, user_id, account_id, event_id, n, last_at from fresh_count

-- name: counts
-- By account within a day: what one account did lies together then, and what one user did lies together anyhow.
insert into counts
select product, day, user_id, given_id, account_id, event_id, n, last_at, sent_as
from fresh_count
order by day, account_id, user_id

-- name: ever
insert into ever
select product, user_id, account_id, event_id, min(day), max(day), max(last_at), sum(n)
from fresh_count
group by product, user_id, account_id, event_id

-- name: loaded
update loaded set block = :block

-- name: last_days
-- On which people were told of, or seen first.
select product, max(day) as day
from (
    select product, day from trait_last
    union all
    select product, day from membership
    union all
    select product, first_day from name
) as told
group by product

-- name: last_loaded
select block from loaded

-- name: products_seen
select distinct product from message

-- name: seen
select message_id from message where product = :product

-- name: put_aside
insert into set_aside values (:block, :reason)

-- name: set_aside
select block, reason from set_aside order by block

-- name: zones
select product, zone, account_trait from product

-- name: zone
insert into product values (:product, :zone, :account_trait)

-- name: checksums
-- One figure per product and day that two stores share only if they hold the same counts.
select product, day, cast(sum(n) as bigint) as messages,
       cast(sum(n * ((user_id % 1000003) * 7919 + (account_id % 1000003) * 104729 + (event_id % 1000003) * 1299709))
            % 9007199254740993 as bigint) as checksum
from (
    select product, day, user_id, account_id, event_id, n from counts
    union all
    select product, day, user_id, given_id, event_id, n from waiting where kind = 1
) as every
group by product, day
order by product, day
