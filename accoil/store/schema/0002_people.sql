-- counts the journal anew
-- Who is the same person under several ids. What was received before this was known must be looked at again.

drop table counts;
create table counts (                                       -- merge: sum of n
    product integer not null, day integer not null, user_id bigint not null,
    given_id bigint not null,                               -- the account the messages named themselves
    account_id bigint not null,                             -- the account they count for
    event_id bigint not null, n bigint not null, last_at bigint not null,
    sent_as bigint not null                                 -- the id the messages carried; 0: the user's own
);

drop table membership;
create table membership (                                   -- merge: set
    product integer not null, user_id bigint not null, account_id bigint not null,
    sent_at bigint not null, day integer not null, sent_as bigint not null
);

drop table trait;
create table trait (                                        -- merge: the latest (sent_at, value) per id sent and day
    product integer not null,
    kind tinyint not null,                                  -- 1 user, 2 account, 4 told of an id that is nobody yet
    id bigint not null, key varchar not null, day integer not null, sent_at bigint not null,
    value varchar not null,                                 -- as JSON text
    text varchar, number double, moment bigint, moment_day integer,     -- the same as people read it; where it can be
    sent_as bigint not null
);

-- Kind 4 of `name`: when an anonymous id that a user adopted was seen. Its text is not kept.

create table link (                                         -- merge: min of sent_at
    product integer not null, id bigint not null,           -- an anonymous id, or an earlier one of a user
    user_id bigint not null, name varchar not null,         -- the user it was told to be; the name decides equal times
    sent_at bigint not null
);

create table waiting (                                      -- of ids that are nobody yet; merge: sum of n
    product integer not null, kind tinyint not null,        -- 1 events, 2 an identify call (given_id: its account)
    user_id bigint not null, day integer not null, given_id bigint not null, event_id bigint not null,
    n bigint not null, last_at bigint not null
);

-- Derived from `link`, made again for the ids a load touched.

create table adopted (                                      -- ids that are somebody else's
    product integer not null, id bigint not null, by_id bigint not null,    -- the link in force
    user_id bigint not null                                 -- who it is in the end
);

create table circle (product integer not null, id bigint not null);    -- ids with a link that would close a circle
