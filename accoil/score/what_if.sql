-- A draft against the definition in force. Places: now, draft (users or accounts of a book), differences (as made here).

-- name: differences
-- Everyone of either book; a score is null where one does not count.
select coalesce(d.id, n.id) as id, n.score as score_from, d.score as score_to,
       coalesce(d.score, 0) - coalesce(n.score, 0) as move,
       n.raw as raw_from, d.raw as raw_to, n.activation as activation_from, d.activation as activation_to
from {now} n
full join {draft} d on d.id = n.id

-- name: scored
-- How many count and how many of them have points, before and after, and how many differ in anything.
select count(score_from) as counted_from, count(score_to) as counted_to,
       count(case when raw_from > 0 then 1 end) as scored_from,
       count(case when raw_to > 0 then 1 end) as scored_to,
       count(case when move <> 0 then 1 end) as moved
from {differences}

-- name: histogram
-- Bins of 5 points; 100 is in the last.
select what, least(19, wholes(score, 5)) as bin, count(*) as n
from (
    select 'from' as what, score_from as score from {differences} where score_from is not null
    union all
    select 'to' as what, score_to as score from {differences} where score_to is not null
) as sides
group by 1, 2

-- name: movers
-- The largest moves up and down. Value: most (of each).
with far as (
    (select * from {differences} where move > 0 order by move desc, id limit :most)
    union all
    (select * from {differences} where move < 0 order by move, id limit :most)
)
select f.id, coalesce(d.tracking_id, n.tracking_id) as tracking_id, coalesce(d.name, n.name) as name,
       f.score_from, f.score_to, f.move
from far f
left join {now} n on n.id = f.id
left join {draft} d on d.id = f.id
order by f.move desc, lower(coalesce(d.name, n.name)), f.id

-- name: listed
-- Those who differ in anything. Place: order (a column), direction. Values: search, limit, offset.
select f.*, coalesce(d.tracking_id, n.tracking_id) as tracking_id, coalesce(d.name, n.name) as name,
       count(*) over () as of_all
from {differences} f
left join {now} n on n.id = f.id
left join {draft} d on d.id = f.id
where (move <> 0 or raw_from is distinct from raw_to or activation_from is distinct from activation_to
       or (score_from is null) <> (score_to is null))
  and (:search = '' or contains(lower(coalesce(d.name, n.name)), lower(:search))
       or contains(lower(coalesce(d.tracking_id, n.tracking_id)), lower(:search)))
order by {order} {direction} nulls last, lower(coalesce(d.name, n.name)), f.id
limit :limit offset :offset

-- name: told_otherwise_account
-- Whose figures differ as other tools are told them, in whole percents. Values: of_from, of_to (how many events count).
select f.id, f.score_from is not null as counted_from, f.score_to is not null as counted_to,
       n.score is distinct from d.score
       or round(100 * n.activation) is distinct from round(100 * d.activation)
       or round(100 * n.recently_scored_events / :of_from) is distinct from round(100 * d.recently_scored_events / :of_to)
       or round(100 * n.overall_scored_events / :of_from) is distinct from round(100 * d.overall_scored_events / :of_to)
       or n.last_day is distinct from d.last_day
       or n.frequency is distinct from d.frequency
       or n.active_users is distinct from d.active_users
       or n.total_users is distinct from d.total_users as differs
from {differences} f
left join {now} n on n.id = f.id
left join {draft} d on d.id = f.id

-- name: told_otherwise_user
select f.id, f.score_from is not null as counted_from, f.score_to is not null as counted_to,
       n.score is distinct from d.score
       or round(100 * n.activation) is distinct from round(100 * d.activation)
       or round(100 * n.recently_scored_events / :of_from) is distinct from round(100 * d.recently_scored_events / :of_to)
       or round(100 * n.overall_scored_events / :of_from) is distinct from round(100 * d.overall_scored_events / :of_to)
       or n.last_day is distinct from d.last_day
       or n.frequency is distinct from d.frequency as differs
from {differences} f
left join {now} n on n.id = f.id
left join {draft} d on d.id = f.id

-- name: nobody
select * from {draft} limit 0
