-- Which activation steps everybody has met, and since when. `steps.py` puts these together.
-- Values: product, as_of (day); all (the bits of all steps), how_many; of each step its events and how often.
-- Places: population (users who count: id, account_id), people, rows (users or accounts of a book without steps), met;
-- tables of `reached.py`. In angle brackets: <bits>, <day>, <reached> (joins), <who> (user_id or account_id), <counted> (of an account:
-- events of those who count), <created>, <at>, <table>, names of bound values.

-- name: with_steps
-- Activated on the day on which the last of the event steps was reached.
select m.* exclude (met, reached_on, steps_met, activation, activated_day), m.met as steps_met,
       bits_in(m.met) / cast(nullif(:how_many, 0) as double) as activation,
       case when m.met = :all then m.reached_on end as activated_day
from (
    select x.*, <bits> as met, <day> as reached_on
    from {rows} as x
    <reached>
) as m

-- name: reached_on
-- Only `x` has a column `id`, so that `x.*` can be told by the names of its columns.
left join (select id as whose, day from (<reached>) as each) as <r> on <r>.whose = x.id

-- name: met
-- Who met all of them.
select id from (select x.id, <bits> as met from {rows} as x) as m where met = :all

-- name: activated
select id from {met}

-- name: their_accounts
select account_id from {population} where id in (select id from {met})

-- name: first
select <who> as id, min(first_day) as day
from ever
<created>
where product = :product and event_id in (select unnest(<events>)) and first_day <= :as_of<counted>
group by <who>

-- name: kept
select id, day from <table> where day <= :as_of

-- name: early
-- The first few days tell on which it had been done so often, as each has one at least.
select id, <at> as day
from (
    select <who> as id, firsts(day, n, <many>) as f
    from counts
    <created>
    where product = :product and event_id in (select unnest(<events>)) and day <= :as_of<counted>
    group by <who>
) as days

-- name: early_of_those
-- The same of accounts, from the first few days of each of their users.
select id, <at> as day
from (
    select account_id as id, firsts(day, n, <many>) as f
    from <table>
    where day <= :as_of<counted>
    group by account_id
) as days

-- name: running
select id, min(day) as day
from (
    select <who> as id, day, sum(sum(n)) over (partition by <who> order by day) as running
    from counts
    <created>
    where product = :product and event_id in (select unnest(<events>)) and day <= :as_of<counted>
      and <who> in (<activated>)
    group by <who>, day
) as days
where running >= <least>
group by id

-- name: of_users
-- What somebody's account reached.
select p.id, r.day from {population} as p join (<reached>) as r on r.id = p.account_id
