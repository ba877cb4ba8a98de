-- Stays in the application database, written many at a time. Values stand in the order told.

-- name: enter
-- segment, entity, day, round. Who left on the day he entered, and comes back, goes on with the same stay, which tells
-- in which round; who never left is only written down again.
insert into segment_stay (segment_id, entity, entered_day, entered_in_id) values (%s, %s, %s, %s)
on conflict (segment_id, entity, entered_day) do update set left_day = null, left_in_id = null,
    back_in_id = case
        when segment_stay.left_day is null then segment_stay.back_in_id
        else excluded.entered_in_id
    end

-- name: leave
-- day, round, segment, entity
update segment_stay set left_day = %s, left_in_id = %s where segment_id = %s and entity = %s and left_day is null

-- name: wait
-- segment, entity, day
insert into segment_waiting (segment_id, entity, since_day) values (%s, %s, %s)
on conflict (segment_id, entity) do nothing

-- name: wait_no_more
-- segment, entity
delete from segment_waiting where segment_id = %s and entity = %s

-- name: fill_enter
-- segment, entity, day, round, until, round. In to the end of what is filled in, as far as is known yet.
insert into segment_stay (segment_id, entity, entered_day, entered_in_id, left_day, left_in_id)
values (%s, %s, %s, %s, %s, %s)
on conflict (segment_id, entity, entered_day) do nothing

-- name: fill_leave
-- day, segment, entity, until, round
update segment_stay set left_day = %s where segment_id = %s and entity = %s and left_day = %s and left_in_id = %s
