-- What stood beside whom before an outcome. Places: states, a kept table with a row per entity and day: id, day, score,
-- activation, inside (bits of segments); came, with a row per entity and day from which on the outcome came; observed, as
-- made by `observed` from both.

-- name: no_states
select cast(0 as bigint) as id, 0 as day, 0 as score, cast(null as double) as activation, cast(0 as bigint) as inside
limit 0

-- name: states
-- One more day: everyone of a book for whom the outcome does not hold yet. Places: states, rows (users or accounts of the
-- book), groups and holds (truths per id). <inside>: the groups as bits. Value: day.
select * from {states}
union all
select x.id, cast(:day as integer) as day, x.score, x.activation, cast(<inside> as bigint) as inside
from {rows} x
left join {groups} g on g.id = x.id
where x.id not in (select id from {holds} where b0)

-- name: nothing_came
select cast(0 as bigint) as id, 0 as day limit 0

-- name: came
-- For whom the outcome holds at the end of a period. Places: came, holds. Value: began (the day before the period).
select * from {came}
union all
select id, cast(:began as integer) as day from {holds} where b0

-- name: observed
-- Who came to it (came: 1) and who did not (0), from the first day on of which it is asked.
select s.*, case when c.whose is null then 0 else 1 end as came
from {states} s
left join (select id as whose, day as on_day from {came}) as c on c.whose = s.id and c.on_day = s.day
where s.day >= :first

-- name: totals
select count(*) as observed, count(distinct id) as entities, cast(coalesce(sum(came), 0) as bigint) as cases,
       count(distinct day) as days
from {observed}

-- name: groups
-- How often the outcome came in each group, beside how often it came at all (lift), and where the true share lies with
-- 95 % confidence (Wilson's interval). Tenths: equal scores stay together, so a tenth can be larger than others or
-- missing. Value: segments (0, 1, 2 … of each bit).
with
ranked as (
    select *, cast(floor(10.0 * (rank() over (order by score) - 1) / count(*) over ()) as integer) as tenth
    from {observed}
),
grouped as (
    select 'band' as what, case when score >= 75 then 3 when score >= 50 then 2 when score >= 25 then 1 else 0 end
           as place, score, came
    from ranked
    union all
    select 'tenth' as what, tenth as place, score, came from ranked
    union all
    select 'activation' as what, case when activation >= 1 then 2 when activation > 0 then 1 else 0 end as place,
           score, came
    from ranked
    where activation is not null
    union all
    select 'segment' as what, s.place, r.score, r.came
    from ranked r
    join (select unnest(:segments) as place) as s on has_bit(r.inside, s.place)
),
counted as (
    select what, place, min(score) as lowest, max(score) as highest, count(*) as observed,
           cast(sum(came) as bigint) as cases, avg(came) as share
    from grouped
    group by what, place
)
select c.*,
       c.share / nullif((select avg(came) from {observed}), 0) as lift,
       (c.share + 1.9208 / c.observed - 1.96 * sqrt((c.share * (1 - c.share) + 0.9604 / c.observed) / c.observed))
           / (1 + 3.8416 / c.observed) as low,
       (c.share + 1.9208 / c.observed + 1.96 * sqrt((c.share * (1 - c.share) + 0.9604 / c.observed) / c.observed))
           / (1 + 3.8416 / c.observed) as high
from counted c
order by what, place

-- name: pairs
-- Of all pairs, one with the outcome and one without: the share in which the one with it stood higher, ties half (the
-- area under the ROC curve), and its standard error (DeLong). Places: observed, states; figure (score or activation).
-- Value: earlier (days before the observation, at which the figure is read).
with
figures as (
    select s.{figure} as figure, o.came
    from {observed} o
    join {states} s on s.id = o.id and s.day = o.day - :earlier
    where s.{figure} is not null
),
counted as (
    select figure, cast(sum(came) as double) as cases, cast(sum(1 - came) as double) as others
    from figures
    group by figure
),
placed as (
    select *, sum(cases) over () as all_cases, sum(others) over () as all_others,
           sum(others) over (order by figure) - 0.5 * others as others_below,
           sum(cases) over (order by figure desc) - 0.5 * cases as cases_above
    from counted
),
area as (
    select sum(cases * others_below) / nullif(max(all_cases) * max(all_others), 0) as auc,
           max(all_cases) as cases, max(all_others) as others
    from placed
)
select a.auc, cast(a.cases as bigint) as cases, cast(a.others as bigint) as others,
       sqrt(sum(p.cases * power(p.others_below / a.others - a.auc, 2)) / nullif(a.cases - 1, 0) / a.cases
            + sum(p.others * power(p.cases_above / a.cases - a.auc, 2)) / nullif(a.others - 1, 0) / a.others) as error
from area a
cross join placed p
where a.cases > 0 and a.others > 0
group by a.auc, a.cases, a.others
