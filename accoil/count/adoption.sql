-- Who is whom: links between ids (`fresh_link`), and what follows for the facts of those who turn out to be somebody else.
-- The rule, in words: docs/decisions/0005-ids-of-one-person.md.

-- name: new_links
-- Clients repeat themselves with every visit: only what is new, or earlier than known, goes on.
create or replace temp table new_link as
select f.product, f.id, f.user_id, f.name, f.sent_at
from fresh_link f
left join link l on l.product = f.product and l.id = f.id and l.user_id = f.user_id and l.sent_at <= f.sent_at
where l.id is null

-- name: new_products
select distinct product from new_link

-- name: forget_later_links
delete from link where (product, id, user_id) in (select product, id, user_id from new_link)

-- name: links
insert into link select product, id, user_id, name, sent_at from new_link

-- name: changed_links
-- Ids whose earliest link (equal times: to the larger name) is not the one in force.
select f.id, f.user_id as by_id
from (
    select l.id, l.user_id, row_number() over (partition by l.id order by l.sent_at, l.name desc) as place
    from link l
    where l.product = :product and l.id in (select id from new_link where product = :product)
) as f
left join adopted a on a.product = :product and a.id = f.id
where f.place = 1 and (a.by_id is null or a.by_id <> f.user_id)

-- name: trees
-- Everybody who in the end is the same as one of these, and that one; whether a link of theirs closed a circle.
with ends as (
    select distinct coalesce(a.user_id, q.id) as id
    from asked q
    left join adopted a on a.product = :product and a.id = q.id
),
members as (
    select a.id, a.by_id, a.user_id from adopted a join ends e on e.id = a.user_id where a.product = :product
    union all
    select id, 0 as by_id, id as user_id from ends
)
select m.id, m.by_id, m.user_id, m.id in (select id from circle where product = :product) as in_circle from members m

-- name: links_of
select l.id, l.user_id as by_id, l.name, l.sent_at from link l join asked q on q.id = l.id where l.product = :product

-- name: forget_circles
delete from circle where product = :product and id in (select id from asked)

-- name: circles_anew
insert into circle select :product, id from asked

-- name: no_moves
create or replace temp table moved (
    product integer not null, id bigint not null, old_id bigint not null, user_id bigint not null
)

-- name: moves
insert into moved select :product, id, old_id, user_id from tree where old_id <> user_id

-- name: forget_adopted
delete from adopted where product = :product and id in (select id from tree)

-- name: adopted
insert into adopted select :product, id, by_id, user_id from tree where id <> user_id

-- name: counted_as_users
-- Those of them of whom there are facts already: not the ids that waited.
create or replace temp table moved_user as
select m.product, m.id, m.old_id, m.user_id
from moved m
where m.old_id <> m.id or (m.product, m.id) in (select product, id from name where kind = 1)

-- name: moved_products
-- Where, and from which day on, numbers change.
select t.product, coalesce(min(e.first_day), 1000000) as first_day
from (select product, old_id as user_id from moved_user union select product, user_id from moved_user) as t
left join ever e on e.product = t.product and e.user_id = t.user_id
group by t.product

-- name: move_counts
update counts
set user_id = m.user_id, sent_as = case when m.id = m.user_id then 0 else m.id end
from moved_user m
where counts.product = m.product and counts.user_id = m.old_id
  and (counts.sent_as = m.id or (counts.sent_as = 0 and m.id = m.old_id))

-- name: move_memberships
update membership
set user_id = m.user_id, sent_as = case when m.id = m.user_id then 0 else m.id end
from moved_user m
where membership.product = m.product and membership.user_id = m.old_id
  and (membership.sent_as = m.id or (membership.sent_as = 0 and m.id = m.old_id))

-- name: move_traits
update trait
set id = m.user_id, sent_as = case when m.id = m.user_id then 0 else m.id end
from moved_user m
where trait.product = m.product and trait.kind = 1 and trait.id = m.old_id
  and (trait.sent_as = m.id or (trait.sent_as = 0 and m.id = m.old_id))

-- name: touched
create or replace temp table touched as
select product, old_id as user_id from moved_user union select product, user_id from moved_user

-- name: counted
-- Whatever they did is attributed again: it may come under another user's memberships now.
create or replace temp table counted as select product, user_id from touched

-- name: without_account
update counts
set account_id = 0
where given_id = 0 and account_id <> 0
  and (product, user_id) in (select product, user_id from counted)
  and (product, user_id) not in (select product, user_id from span)

-- name: told_again
create or replace temp table told_again as select product, user_id as id from touched

-- name: forget_last_traits
delete from trait_last where kind = 1 and (product, id) in (select product, id from told_again)

-- name: last_traits
insert into trait_last
select product, kind, id, key, day, text, number, moment_day, value
from (
    select *, row_number() over (
        partition by product, kind, id, key order by sent_at desc, value <> 'null' desc, value desc
    ) as place
    from trait
    where kind = 1 and (product, id) in (select product, id from told_again)
) as ranked
where place = 1

-- name: released
-- What waited for an id that a user has adopted now, or that turned out to be a user's own.
create or replace temp table released as
select w.product, w.kind, r.user_id, case when r.user_id = w.user_id then 0 else w.user_id end as sent_as,
       w.day, w.given_id, w.event_id, w.n, w.last_at
from waiting w
join (
    select product, id, user_id from moved
    union
    select product, id, id from fresh_name
    where kind = 1 and (product, id) not in (select product, id from adopted)
) as r on r.product = w.product and r.id = w.user_id

-- name: released_products
select product, min(day) as first_day, count(*) as n from released group by product

-- name: forget_waiting
delete from waiting
where (product, user_id) in (
    select product, case when sent_as = 0 then user_id else sent_as end from released
)

-- name: released_names
insert into name
select product, 4, case when sent_as = 0 then user_id else sent_as end as id, '', min(last_at), min(day)
from released
group by product, id

-- name: released_traits
update trait
set kind = 1, id = r.user_id, sent_as = r.sent_as
from (select distinct product, user_id, sent_as from released) as r
where trait.product = r.product and trait.kind = 4
  and trait.id = case when r.sent_as = 0 then r.user_id else r.sent_as end

-- name: told_of_released
create or replace temp table told_again as select distinct product, user_id as id from released

-- name: released_memberships
insert into membership
select distinct product, user_id, given_id, last_at, day, sent_as from released where kind = 2 and given_id <> 0

-- name: released_touched
insert into touched
select distinct product, user_id from released where kind = 2 and given_id <> 0

-- name: released_counts
insert into fresh_count
select r.product, r.day, r.user_id, r.given_id,
       case when r.given_id <> 0 then r.given_id else coalesce(s.account_id, 0) end as account_id,
       r.event_id, sum(r.n) as n, max(r.last_at) as last_at, r.sent_as
from released r
left join span s on s.product = r.product and s.user_id = r.user_id and r.day >= s.from_day and r.day < s.until_day
where r.kind = 1
group by all

-- name: who_they_are
-- Of the ids in this load (`asked`): those that are somebody else's.
select q.product, q.id, a.user_id from asked q join adopted a on a.product = q.product and a.id = q.id

-- name: who_are_users
-- Of the ids that came as anonymous ones: those that are users' own.
select distinct q.product, q.id from asked q join name n on n.product = q.product and n.id = q.id and n.kind = 1

-- name: adopted_names
insert into name
select product, 4, case when sent_as = 0 then user_id else sent_as end as id, '', min(sent_at), min(day)
from fresh
where is_anonymous and not waits
group by product, id

-- name: waiting
insert into waiting
select product, kind, user_id, day, given_id, event_id, cast(sum(n) as bigint), max(sent_at)
from fresh
where waits and kind = 1
group by all
union all
select product, kind, user_id, day, given_id, 0, 1, sent_at
from fresh
where waits and kind = 2
group by all

-- name: products
-- Where ids are linked or facts wait.
select distinct product from adopted union select distinct product from waiting
