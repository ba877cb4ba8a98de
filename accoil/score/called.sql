-- Who of a book is meant by a text: those called exactly so first, then those whose name or address begins with it, then
-- those with a word that does, then the others; among them the highest score. Places: accounts, users. Values: text, most.

-- name: account
select id, name, score,
       case when lower(name) = lower(:text) or lower(tracking_id) = lower(:text) then 0
            when starts_with(lower(name), lower(:text)) then 1
            when contains(lower(name), ' ' || lower(:text)) then 2
            else 3 end as how_far
from {accounts}
where contains(lower(name), lower(:text)) or contains(lower(tracking_id), lower(:text))
order by how_far, score desc, lower(name), id
limit :most

-- name: user
with found as (
    select id, name, email, account_id, score,
           case when lower(name) = lower(:text) or lower(tracking_id) = lower(:text) or lower(email) = lower(:text) then 0
                when starts_with(lower(name), lower(:text)) or starts_with(lower(coalesce(email, '')), lower(:text)) then 1
                when contains(lower(name), ' ' || lower(:text)) then 2
                else 3 end as how_far
    from {users}
    where contains(lower(name), lower(:text)) or contains(lower(tracking_id), lower(:text))
       or contains(lower(coalesce(email, '')), lower(:text))
    order by how_far, score desc, lower(name), id
    limit :most
)
select found.id, found.name, found.email, found.score, accounts.name as account_name
from found
left join {accounts} as accounts on accounts.id = found.account_id
order by how_far, found.score desc, lower(found.name), found.id
