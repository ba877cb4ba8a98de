-- What became of whom in a range of days, of those a book counts. Values: product; first, last (days, both in it); least,
-- most. Places: who (the book's users or accounts), before (the same as of the day before the range), id (user_id or
-- account_id).

-- name: moved
-- Whose score moved the most, of those who were there before. Values also: least (points).
select
    n.id, n.name, n.score as now, b.score as earlier, count(*) over () as of_all,
    sum(case when n.score > b.score then 1 else 0 end) over () as rose
from {who} as n
join {before} as b on b.id = n.id
where abs(n.score - b.score) >= :least
order by abs(n.score - b.score) desc, lower(n.name), n.id
limit :most

-- name: activated
select id, name, activated_day as day, score, count(*) over () as of_all
from {who}
where activated_day >= :first and activated_day <= :last
order by score desc, lower(name), id
limit :most

-- name: created
select id, name, created_on as day, score, count(*) over () as of_all
from {who}
where created_on >= :first and created_on <= :last
order by score desc, lower(name), id
limit :most

-- name: changed
-- Of whom a trait says something else at the end of the range than before it; one that was unset says nothing. Values
-- also: kind, key.
with now as (
    select id, arg_max(coalesce(text, ''), (sent_at, value <> 'null', value)) as text
    from trait
    where product = :product and kind = :kind and key = :key and day <= :last
    group by id
),
earlier as (
    select id, arg_max(coalesce(text, ''), (sent_at, value <> 'null', value)) as text
    from trait
    where product = :product and kind = :kind and key = :key and day < :first
    group by id
)
select n.id, n.name, b.text as earlier, a.text as now, n.score, count(*) over () as of_all
from now as a
join earlier as b on b.id = a.id
join {who} as n on n.id = a.id
where coalesce(a.text, '') <> coalesce(b.text, '')
order by n.score desc, lower(n.name), n.id
limit :most

-- name: first_time
-- Who did something for the first time ever. Values also: event_id.
with began as (
    select {id} as id, min(first_day) as day
    from ever
    where product = :product and event_id = :event_id and {id} <> 0
    group by {id}
)
select n.id, n.name, began.day, n.score, count(*) over () as of_all
from began
join {who} as n on n.id = began.id
where began.day >= :first and began.day <= :last
order by n.score desc, lower(n.name), n.id
limit :most

-- name: those
-- Those of a list, in its order. Values also: entities (ids).
select n.id, n.name, n.score, count(*) over () as of_all
from (select unnest(:entities) as id, unnest(range(len(:entities))) as place) as asked
join {who} as n on n.id = asked.id
order by asked.place
limit :most
