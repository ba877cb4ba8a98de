-- Whose own figures changed since somebody last looked. Values: none. Places: users or accounts (of a book), was, now
-- (kept tables).

-- name: user
select id, raw, frequency, recently_scored_events, overall_scored_events, last_day, steps_met from {users}

-- name: account
select id, raw, frequency, recently_scored_events, overall_scored_events, last_day, steps_met, active_users, total_users
from {accounts}

-- name: changed
select coalesce(n.id, w.id) as id
from {now} n
full join {was} w on w.id = n.id
where n.id is null or w.id is null or <differ>
