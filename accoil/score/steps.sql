-- Which activation steps everybody has met, and since when. `steps.py` puts these together.
-- Values: product, as_of (day); all (the bits of all steps); of each step its events and how often.
-- Places: population (users who count: id, account_id), people, met. In angle brackets: <bits>, <reached>, <who> (user_id
-- or account_id), <counted> (of an account: events of those who count), <created>, <soon>, names of bound values.

-- name: nobody
select cast(0 as bigint) as id, 0 as steps_met, cast(null as integer) as activated_day limit 0

-- name: met_user
select x.id, <bits> as steps_met, cast(null as integer) as activated_day
from {population} as x

-- name: met_account
select x.id, <bits> as steps_met, cast(null as integer) as activated_day
from (select id from {people} where kind = 2) as x

-- name: dated
-- Activated on the day on which the last of the event steps was reached.
select m.id, m.steps_met, r.day as activated_day
from {met} m
left join (
    select id, max(day) as day
    from (<reached>) as reached
    where id in (select id from {met} where steps_met = :all)
    group by id
) as r on r.id = m.id

-- name: activated
select id from {met} where steps_met = :all

-- name: their_accounts
select account_id from {population} where id in (select id from {met} where steps_met = :all)

-- name: first
select <who> as id, min(first_day) as day
from ever
<created>
where product = :product and event_id in (select unnest(<events>)) and first_day <= :as_of<counted>
group by <who>

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
