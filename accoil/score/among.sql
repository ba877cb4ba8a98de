-- From when until when each user counts, day by day. Rows: id, from_day, until_day (not in it). Values: since, day.
-- Places: among (as it is so far), population (of the day).

-- name: nobody
select cast(0 as bigint) as id, 0 as from_day, 0 as until_day limit 0

-- name: before
select id, from_day, least(until_day, :since) as until_day from {among} where from_day < :since

-- name: day_more
select a.id, a.from_day, case when a.until_day = :day and p.id is not null then :day + 1 else a.until_day end as until_day
from {among} a
left join {population} p on p.id = a.id
union all
select p.id, :day, :day + 1
from {population} p
left join (select id from {among} where until_day = :day) as goes_on on goes_on.id = p.id
where goes_on.id is null
