-- Stays of a journey's stages in the application database. Values stand in the order told.

-- name: passed
-- journey, first day, last day, twice. A stay that was left on a day, and the one of the same journey begun on it.
select l.segment_id, next.segment_id, count(*)
from segment_stay l
join segment_segment s on s.id = l.segment_id
left join (
    select t.journey_id, e.entity, e.entered_day, e.segment_id
    from segment_stay e
    join segment_segment t on t.id = e.segment_id
    where t.journey_id = %s and e.entered_day between %s and %s and (e.left_day is null or e.left_day > e.entered_day)
) as next on next.entity = l.entity and next.entered_day = l.left_day and next.segment_id <> l.segment_id
where s.journey_id = %s and l.left_day between %s and %s and l.left_day > l.entered_day
group by l.segment_id, next.segment_id

-- name: went_on
-- journey, first day, last day. Of those who entered a stage in the range: how many were in a later one since.
select b.segment_id, count(distinct b.entity)
from segment_stay b
join segment_segment s on s.id = b.segment_id
join segment_round r on r.id = b.entered_in_id
join segment_segment t on t.journey_id = s.journey_id and t.position > s.position
join segment_stay l on l.segment_id = t.id and l.entity = b.entity and l.entered_day >= b.entered_day
where s.journey_id = %s and b.entered_day between %s and %s
  and not (r.reason = 'filled_in' and b.entered_day = coalesce(s.filled_from, s.recorded_from))
group by b.segment_id
