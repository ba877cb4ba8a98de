-- Dropping the messages of days past the open window; their ids go into files (`sealed`).

-- name: oldest
select product, min(day) as day from message group by product

-- name: past
-- Ids of messages of days before the first open one.
select message_id from message where product = :product and day < :first_open limit :most

-- name: drop
delete from message
where product = :product and day < :first_open and message_id in (select message_id from sealed_now)

-- name: file
insert into sealed values (:product, :file, :ids, :checksum)

-- name: forget_file
delete from sealed where file = :file

-- name: files
select product, file, ids, checksum from sealed order by product, ids desc
