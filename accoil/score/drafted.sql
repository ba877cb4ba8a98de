-- Points under other weights, fast enough to be asked while a slider moves. Values and places: as in book.sql, and
-- sums, base (the parts of a book that differs in nothing but weights, benchmark and curve); rows (users or accounts),
-- steps (the same of that other book), how_many (steps).

-- name: sums
-- Everything that any weights of these events could need: how often each user did each of them for each account. As
-- doubles, which hold whole numbers exactly and are summed faster.
select user_id, account_id, event_id,
       sum(cast(case when day > :as_of - :win then n else 0 end as double)) as n,
       sum(cast(case when day >= :as_of - :win and day < :as_of then n else 0 end as double)) as n_yesterday,
       sum(cast(case when day <= :as_of - :win then n else 0 end as double)) as n_last
from {counts}
where product = :product and day > :as_of - 2 * :win and day <= :as_of and event_id in (select unnest(:events))
group by user_id, account_id, event_id

-- name: parts
-- Who counts, which days and which events hang on no weight: they are the base's.
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
),
weighed as (
    select s.user_id, s.account_id,
           cast(sum(s.n * w.weight) as {points}) as raw,
           cast(sum(s.n_yesterday * w.weight) as {points}) as raw_yesterday,
           cast(sum(s.n_last * w.weight) as {points}) as raw_last
    from {sums} s
    join weights w on w.event_id = s.event_id
    group by s.user_id, s.account_id
)
select b.user_id, b.account_id,
       case when b.raw > 0 then w.raw else 0 end as raw,
       case when b.raw_yesterday > 0 then w.raw_yesterday else 0 end as raw_yesterday,
       case when b.raw_last > 0 then w.raw_last else 0 end as raw_last,
       b.days, b.events, b.last_day
from {base} b
join weighed w on w.user_id = b.user_id and w.account_id = b.account_id

-- name: parts_moved
-- The same where the facts are still those of the base: what its points become when some events weigh more, or less.
-- Values: moved (events), moved_by. In angle brackets: <sums>, of these events and perhaps of others.
with moved as (
    select unnest(:moved) as event_id, unnest(:moved_by) as weight
),
weighed as (
    select s.user_id, s.account_id, sum(s.n * m.weight) as raw,
           sum(s.n_yesterday * m.weight) as raw_yesterday, sum(s.n_last * m.weight) as raw_last
    from (<sums>) as s
    join moved m on m.event_id = s.event_id
    group by s.user_id, s.account_id
)
select b.user_id, b.account_id,
       case when b.raw > 0 then cast(b.raw + coalesce(w.raw, 0) as {points}) else 0 end as raw,
       case when b.raw_yesterday > 0 then cast(b.raw_yesterday + coalesce(w.raw_yesterday, 0) as {points}) else 0 end
           as raw_yesterday,
       case when b.raw_last > 0 then cast(b.raw_last + coalesce(w.raw_last, 0) as {points}) else 0 end as raw_last,
       b.days, b.events, b.last_day
from {base} b
left join weighed w on w.user_id = b.user_id and w.account_id = b.account_id

-- name: with_steps
select r.* exclude (steps_met, activation, activated_day), coalesce(s.met, 0) as steps_met,
       bits_in(coalesce(s.met, 0)) / cast(nullif(:how_many, 0) as double) as activation, s.reached_on as activated_day
from {rows} r
left join (select id as whose, steps_met as met, activated_day as reached_on from {steps}) as s on s.whose = r.id
