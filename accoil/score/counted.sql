-- Where everyone counts nobody is looked up, but a question wants a table.

-- name: nobody
select cast(0 as bigint) as id, 0 as from_day, 0 as until_day limit 0
