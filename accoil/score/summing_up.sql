-- name: first_day
select min(first_day) as day from ever where product = :product
